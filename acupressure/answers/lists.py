"""Answers about many points: all of them, those of a part of the body, two held against each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from acupressure import cards
from acupressure.answers import aspects, points
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.models import Region
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn
from acupressure.wording import counted

_REGIONS = re.compile(
    # "the back of the knee" is not the back
    rf"\b(?:on|at|in|about|only|just) (?:just |only )?(?:the|my|your|her|his|their|each|both)\s+({'|'.join(get_args(Region))})s?\b(?! of\b)",
    re.IGNORECASE,
)


def regions_asked(text: str) -> tuple[str, ...]:
    """Return the regions of the body to which a question for points is limited ("on the foot")."""
    return tuple(dict.fromkeys(region.lower() for region in _REGIONS.findall(text)))


_POINTS_ON = re.compile(
    r"\W*(?:(?:ok|okay|and|so|please|hi|hello|now|tell me|show me)\W+)*(?:which|what|all|the) (?:points|spots)\b[\w' ]{0,20}"
    r"\b(?:on|at|in) (?:the|my|your) \w+\W*$"
)


def asks_region(text: str) -> bool:
    """Tell whether a text asks in so many words for the points of a region ("which points are on the neck?")."""
    return bool(_POINTS_ON.match(text.lower()) and regions_asked(text))


def list_all(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """List the points of the catalogue that may be shown."""
    memory = turn.memory
    regions = regions_asked(turn.reading.text)
    asked = [p.code for p in catalog.points.values() if not regions or p.region in regions]
    if len(asked) == 1:
        return points.show(catalog, memory, asked, ("overview",))
    open_, withheld = points.sort_by_policy(catalog, memory, asked)
    shown = [catalog.point(c) for c in open_]
    if not shown:
        return [points.withheld_bubble(catalog, memory, withheld)], memory
    by_region: dict[str, list[str]] = {}
    for point in shown:
        by_region.setdefault(point.region, []).append(f"{point.name} ({point.code})")
    listed = ". ".join(f"{region.capitalize()}: {', '.join(names)}" for region, names in by_region.items())
    says = [
        Say(
            "utter_points_region" if regions else "utter_points_list",
            {"count": len(shown), "points": listed, "first": shown[0].name},
        )
    ]
    if withheld:
        says.append(Say("utter_safety_list_shortened", {"points": counted(len(withheld), "point")}))
    return [bubble(*says, card=cards.points_card(shown, for_=" ".join(regions) or "all"))], replace(
        memory, offered=tuple(open_), asked=""
    )


def compare(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Compare two points: where they are, what they are used for, what to mind."""
    memory = turn.memory
    codes = [c for m in turn.reading.points for c in m.codes]
    if len(codes) == 1 and memory.aspects and points.SAME.search(turn.reading.text.lower()):
        return points.show(catalog, memory, codes, memory.aspects)
    if len(set(codes)) > 2:
        return points.show(catalog, memory, _fittest_first(turn, catalog, codes), ("benefits",))
    codes += [
        c
        for c in (*memory.focus, *(memory.earlier[-1] if memory.earlier else ()), *memory.offered)
        if len(codes) < 2
    ]
    codes = list(dict.fromkeys(codes))[:2]
    if len(codes) == 1:  # nothing else was shown
        return points.show(catalog, memory, codes, aspects.named(turn.reading.text) or ("benefits",))
    if not codes:
        return points.ask_which(catalog, replace(memory, aspects=("benefits",)))
    open_, withheld = points.sort_by_policy(catalog, memory, codes)
    if withheld:
        return points.show(catalog, memory, codes, ("benefits",))
    first, second = (catalog.point(c) for c in open_)
    facts = {f"{k}_{n}": v for n, p in (("a", first), ("b", second)) for k, v in cards.point_facts(p).items()}
    says = [Say("utter_points_compare", facts)]
    memory = replace(memory.with_focus(tuple(open_), ("benefits",)), offered=tuple(open_), topic="")
    return [bubble(*says, card=cards.points_card([first, second], for_="comparison"))], memory


def _fittest_first(turn: Turn, catalog: Catalog, codes: Sequence[str]) -> list[str]:
    """Return the points named, first of all those that are used for an ache named beside them."""
    used = {p.code for m in turn.reading.complaints for p in catalog.complaints[m.id].points}
    return sorted(dict.fromkeys(codes), key=lambda code: code not in used)
