"""Warning signs of serious illness: what they are, how they are said, how urgent they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from acupressure import mentions
from acupressure.errors import CatalogError
from acupressure.mentions import Combination, Mention
from acupressure.models import Record, Region, Sentence
from acupressure.quantities import days, own_age

FILE = "warning_signs.yml"
LEVELS = ("emergency", "same_day", "soon")
_STORY = 30
"""Words from which on a text tells more than one time."""
Level = Literal["emergency", "same_day", "soon", "crisis"]


class Sign(Record):
    """One warning sign."""

    _at_least: ClassVar[dict[str, int]] = {"any": 1, "sources": 1}

    id: str
    level: Level
    heard: Sentence
    """What was heard, fitting behind "You mentioned"."""
    do: Sentence
    """What to do, one or two sentences."""
    any: tuple[Any, ...]
    """Combinations that mean this sign, see ``mentions.combination``."""
    past_counts: bool = False
    """True where the past counts too (cancer)."""
    lasting: int = 0
    """Days for which it has to last: where a shorter time is told, it is no sign."""
    not_aged: tuple[int, ...] = ()
    """First and last year of age at which it is none, where the speaker's own age is told."""
    explained: tuple[Any, ...] = ()
    """Combinations that tell an everyday reason: with one, and no words of ``any``, a mere likeness is no sign."""
    needs: tuple[Any, ...] = ()
    """Combinations of which a mere likeness has to hold one ("constant", "strong"), where there are any."""
    rather: str = ""
    """The sign that a likeness is taken for where a text holds one of ``rather_if``: "only the one leg"."""
    rather_if: tuple[Any, ...] = ()
    near: tuple[Region, ...] = ()
    """Regions whose points are withheld while a same-day sign stands."""
    sources: tuple[str, ...]


@dataclass(frozen=True)
class SignTable:
    """All signs, ready to be looked for."""

    signs: Mapping[str, Sign]
    combinations: Mapping[str, Sequence[Combination]]
    explained: Mapping[str, Sequence[Combination]]
    needed: Mapping[str, Sequence[Combination]]
    otherwise: Mapping[str, Sequence[Combination]]

    @classmethod
    def load(cls, content: dict, parse: Callable) -> SignTable:
        """Return the table of a YAML mapping with ``concepts`` and ``signs``; CatalogError at a fault."""
        records, combos = read_table(FILE, content, "signs", Sign, parse)
        fields = ("explained", "needs", "rather_if")
        explained, needed, otherwise = (combinations_of(FILE, records, name) for name in fields)
        for sign in records.values():
            if bool(sign.rather) != bool(sign.rather_if) or sign.rather and sign.rather not in records:
                raise CatalogError(FILE, sign.id, "rather", "needs another sign, and rather_if")
        return cls(records, combos, explained, needed, otherwise)

    def find(self, text: str) -> list[Mention]:
        """Return every sign mentioned, however meant."""
        found = mentions.find(text, self.combinations)
        return [m for m in found if self.may_be(m.id, text)]

    def may_be(self, id_: str, text: str) -> bool:
        """Tell whether a text does not say that it lasts too short a time for a sign, or at another age."""
        least, ages = self.signs[id_].lasting, self.signs[id_].not_aged
        age = own_age(text) if ages else None
        if age is not None and ages[0] <= age <= ages[1]:
            return False
        told = days(text) if least and len(text.split()) <= _STORY else None
        return told is None or told >= least

    def rather(self, id_: str, text: str) -> str:
        """Return the sign that a text means that looks like another one: itself, or a like one that its words tell."""
        sign, lower = self.signs[id_], text.lower()
        return sign.rather if any(c.stands_in(lower) for c in self.otherwise[id_]) else id_

    def is_plausible(self, id_: str, text: str, sure: bool = False) -> bool:
        """Tell whether a text that only looks like a sign says what the sign needs and gives no everyday reason.

        "Sore from carrying boxes" has a reason; a pain between the shoulder blades has to be strong or constant.

        Args:
            sure: True where it looks so much like the sign that it need not say so: people have words of their own.
        """
        lower, needed = text.lower(), self.needed[id_]
        if needed and not sure and not any(combo.stands_in(lower) for combo in needed):
            return False
        return not any(combo.stands_in(lower) for combo in self.explained[id_])

    def present(self, text: str) -> list[Mention]:
        """Return the signs that are meant as here and now, most urgent first."""
        found = [m for m in self.find(text) if self.counts(m)]
        order = ("crisis", *LEVELS)
        return sorted(found, key=lambda m: order.index(self.signs[m.id].level))

    def counts(self, mention: Mention) -> bool:
        """Tell whether a mention is a present sign of somebody (or a past one of the speaker that matters)."""
        if mention.negated or mention.hypothetical:
            return False
        return not mention.past or (self.signs[mention.id].past_counts and mention.person == mentions.SELF)


def read_table(file: str, content: dict, top: str, model: type, parse: Callable) -> tuple[dict, dict]:
    """Return (records, combinations) of a file with ``concepts`` and a list of entries under ``top``."""
    for name in content.keys() - {"concepts", top}:
        raise CatalogError(file, "-", str(name), "unknown key")
    concepts: dict = {}
    for name, phrases in (content.get("concepts") or {}).items():
        try:  # a concept may build on those above it
            concepts[name] = mentions.concept_pattern(
                concepts[p[1:]].pattern if p.startswith("$") else p for p in phrases
            )
        except Exception as error:
            raise CatalogError(file, "concepts", name, str(error)) from None
    records, combos = {}, {}
    for number, entry in enumerate(content.get(top) or [], start=1):
        label = str(entry.get("id", f"entry {number}")) if isinstance(entry, dict) else f"entry {number}"
        record = parse(file, label, model, entry)
        if label in records:
            raise CatalogError(file, label, "id", "stands twice")
        try:
            combos[label] = tuple(mentions.combination(spec, concepts) for spec in record.any)
        except KeyError as error:
            raise CatalogError(file, label, "any", f"no concept {error}") from None
        except Exception as error:
            raise CatalogError(file, label, "any", str(error)) from None
        records[label] = record
    if not records:
        raise CatalogError(file, "-", top, "is empty")
    return records, combos


def combinations_of(
    file: str, records: Mapping[str, Record], field: str
) -> dict[str, tuple[Combination, ...]]:
    """Return the combinations of a further field of all records; CatalogError at a fault."""
    try:
        return {
            id_: tuple(mentions.combination(spec, {}) for spec in getattr(record, field))
            for id_, record in records.items()
        }
    except Exception as error:
        raise CatalogError(file, "-", field, str(error)) from None
