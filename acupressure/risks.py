"""Personal risks: how they are said, and which points they forbid or limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from acupressure import mentions
from acupressure.mentions import Combination, Mention
from acupressure.models import Flag, Point, Record, Region, Sentence
from acupressure.signs import combinations_of, read_table

FILE = "cautions.yml"


class Reach(Record):
    """Which points a risk concerns."""

    flags: tuple[Flag, ...] = ()
    regions: tuple[Region, ...] = ()
    codes: tuple[str, ...] = ()
    every: bool = False
    """True: every point."""

    def covers(self, point: Point) -> bool:
        """Tell whether the point is concerned."""
        return (
            self.every
            or point.code in self.codes
            or point.region in self.regions
            or any(flag in point.flags for flag in self.flags)
        )


class Caution(Record):
    """A fact about a person that decides which points are shown."""

    _at_least: ClassVar[dict[str, int]] = {"any": 1, "sources": 1}

    id: str
    name: Sentence
    """A noun phrase: "pregnancy", "blood thinners"."""
    noted: Sentence
    """Fits behind "I noted that you": "are pregnant", "take a blood thinner"."""
    any: tuple[Any, ...]
    forbids: Reach = Reach()
    only: tuple[str, ...] = ()
    """When not empty, the only points that may be shown."""
    needs: tuple[Any, ...] = ()
    """Combinations of which a text that only looks like this risk has to hold one, where there are any."""
    medicines: tuple[str, ...] = ()
    """Names of medicines that tell this risk, for ears: a recogniser of speech has to know them as words."""
    limits: Reach = Reach()
    """Points that stay, with the advice in front."""
    advice: Sentence
    routine: Literal["full", "gentle", "none"] = "full"
    covers: tuple[str, ...] = ()
    """Ids of wider risks whose acknowledgement would say the same once more."""
    passes: bool = False
    """True where it is over in an hour or two: how a point is pressed may be told besides the advice to wait."""
    past_counts: bool = False
    local: bool = False
    """True where only the named place is concerned (a cut, a rash)."""
    group: str | None = None
    """Question group of the screen before the first routine."""
    sources: tuple[str, ...]

    def forbids_point(self, point: Point) -> bool:
        """Tell whether this risk keeps the point from being shown."""
        return point.code not in self.only if self.only else self.forbids.covers(point)


@dataclass(frozen=True)
class CautionTable:
    """All personal risks, ready to be looked for."""

    cautions: Mapping[str, Caution]
    combinations: Mapping[str, Sequence[Combination]]
    needed: Mapping[str, Sequence[Combination]]

    @classmethod
    def load(cls, content: dict, parse: Callable) -> CautionTable:
        """Return the table of a YAML mapping with ``concepts`` and ``cautions``."""
        records, combos = read_table(FILE, content, "cautions", Caution, parse)
        needed = combinations_of(FILE, records, "needs")
        return cls(records, combos, needed)

    def find(self, text: str) -> list[Mention]:
        """Return every risk mentioned, however meant."""
        return mentions.find(text, self.combinations)

    def is_plausible(self, id_: str, text: str) -> bool:
        """Tell whether a text that only looks like a risk says what the risk needs: an ankle alone is no sprain."""
        needed = self.needed[id_]
        return not needed or any(combo.stands_in(text.lower()) for combo in needed)

    def counts(self, mention: Mention) -> bool:
        """Tell whether a mention states a risk that holds now."""
        if mention.negated or mention.hypothetical:
            return False
        return not mention.past or self.cautions[mention.id].past_counts
