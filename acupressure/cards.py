"""The machine-readable side of a reply: one mapping per card of the reply contract."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from acupressure.catalog import Catalog
from acupressure.codes import spoken
from acupressure.maps import atlas
from acupressure.models import Point
from acupressure.routine.progress import Progress, cues, seconds_left

_CONTRACT_ASPECT = {
    "location": ("location",), "pressure": ("pressure",), "duration": ("duration",), "frequency": ("duration",),
    "benefits": ("benefits",), "caution": ("caution",), "evidence": ("evidence",), "picture": ("picture",),
    "posture": ("pressure",), "overview": ("location", "pressure", "benefits"), "find": ("location",),
}  # fmt: skip
"""Finer questions are reported under the contract's aspect names."""
_SHORTEST_COUNT = 5
"""Seconds a timer counts at least, where a pause came with the hold almost over."""


def picture(point: Point, side: str = "") -> str | None:
    """Return the URL path of the point's body map, or None where the drawings have no place for it.

    Args:
        side: ``left`` or ``right`` for a map that shows this side only.
    """
    if point.code not in atlas().places:
        return None
    return f"/chat/maps/{point.code}{f'-{side}' if side in ('left', 'right') else ''}.svg"


def point_facts(point: Point) -> dict[str, Any]:
    """Return the values that responses about a point may use."""
    return {
        "code": point.code,
        "code_spoken": spoken(point.code),
        "name": point.name,
        "pinyin": point.pinyin,
        "area": point.area,
        "where": point.where,
        "find": point.find,
        "posture": point.posture,
        "press": point.press,
        "hold": hold(point),
        "often": point.often,
        "used_for": point.used_for,
        "tested": point.tested,
        "caution": point.caution,
        "caution_more": point.caution_more,
        "doubts": point.doubts or "",
    }


def hold(point: Point) -> str:
    """Return how long the point is held, in words."""
    from acupressure.wording import duration

    length = duration(point.seconds.default)
    ending = {"side": " on each side", "both": ", both sides together", "point": ""}[point.seconds.per]
    return f"{length}{ending}"


def point_card(
    point: Point, aspects: Iterable[str], catalog: Catalog, advice: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the card of one answered point.

    Args:
        aspects: what was asked, in the skill's finer names.
        advice: sentences for personal risks that limit the point, put in front of its own caution.
    """
    asked = dict.fromkeys(a for aspect in aspects for a in _CONTRACT_ASPECT[aspect])
    card = {
        "card": "point",
        "code": point.code,
        "name": point.name,
        "pinyin": point.pinyin,
        "chinese": point.chinese[0],
        "aliases": [n for n in (*point.names, point.pinyin_plain, *point.old_codes) if n != point.name],
        "aspects": list(asked) or ["location"],
        "location": f"{point.where} {point.find}",
        "press": point.press,
        "seconds": point.seconds.default,
        "sides": point.sides,
        "benefits": point.used_for,
        "caution": " ".join([*advice, point.caution, point.caution_more]),
        "source": "; ".join(catalog.sources[s].title for s in point.sources),
    }
    path = picture(point)
    return {**card, "picture": path} if path else card


def points_card(
    points: Iterable[Point], why: Mapping[str, str] | None = None, for_: str = ""
) -> dict[str, Any]:
    """Return the card of a list of points.

    Args:
        why: reason by code; the traditional use where none is given.
        for_: complaint id, area or ``ambiguous`` the list is about.
    """
    listed = [
        {
            "code": p.code,
            "name": p.name,
            "why": (why or {}).get(p.code, p.used_for),
            "caution": p.caution,
            "location": p.where,
            "press": p.press,
            "seconds": p.seconds.default,
        }
        for p in points
    ]
    card = {"card": "points", "points": listed}
    return {**card, "for": for_} if for_ else card


def step_card(progress: Progress, catalog: Catalog, now: float, instruction: str = "") -> dict[str, Any]:
    """Return the card of the present step of a routine.

    ``seconds`` is what a timer has to count: the whole hold, or what was left of it before a pause.
    ``cues`` are seconds from the start of that count.

    Args:
        instruction: what is said; without it, how to press.
    """
    step = progress.current
    if step is None:
        raise ValueError("a routine without steps has no step to show")
    point = catalog.point(step.code)
    seconds = max(_SHORTEST_COUNT, math.ceil(step.seconds - progress.step_seconds_spent))
    card = {
        "card": "step",
        "routine": progress.plan.routine,
        "index": progress.index + 1,
        "of": len(progress.plan.steps),
        "code": point.code,
        "name": point.name,
        "side": step.side,
        "seconds": seconds,
        "instruction": instruction or step.how or point.press,
        "state": "running",
        "seconds_left": math.ceil(seconds_left(progress, now)),
        "cues": cues(seconds),
    }
    path = picture(point, step.side)
    return {**card, "picture": path} if path else card


def routine_card(
    progress: Progress, catalog: Catalog, now: float, state: str | None = None
) -> dict[str, Any]:
    """Return the card of a whole routine.

    Args:
        state: told instead of the state the routine is in.
    """
    plan = progress.plan
    return {
        "card": "routine",
        "routine": plan.routine,
        "state": state or progress.status,
        "name": plan.name,
        "minutes": plan.minutes,
        "steps": [
            {
                "code": s.code,
                "name": catalog.point(s.code).name,
                "side": s.side,
                "seconds": s.seconds,
                "how": s.how or catalog.point(s.code).press,
                "where": catalog.point(s.code).where,
            }
            for s in progress.steps
        ],
        "seconds_left": math.ceil(seconds_left(progress, now)),
        "steps_left": progress.steps_left,
    }


def caution_card(codes: Sequence[str], risk: str, instead: Sequence[str]) -> dict[str, Any]:
    """Return the card of points withheld or limited for a personal risk."""
    return {"card": "caution", "codes": list(codes), "risk": risk, "instead": list(instead)}


def ask_card(about: str, options: Sequence[str] = ()) -> dict[str, Any]:
    """Return the card of a question to the user."""
    return {"card": "ask", "about": about, "options": list(options)}


def noted_card(what: str, value: Any, person: str) -> dict[str, Any]:
    """Return the card of a fact about the user that was taken in, corrected or asked about."""
    return {"card": "noted", "what": what, "value": value, "person": person}


def faq_card(topic: str, sources: Sequence[str]) -> dict[str, Any]:
    """Return the card of a general question."""
    return {"card": "faq", "topic": topic, "sources": list(sources)}


def urgent_card(level: str, signs: Sequence[str], advice: str) -> dict[str, Any]:
    """Return the card of a warning sign."""
    return {"card": "urgent", "level": level, "signs": list(signs), "advice": advice}


def out_of_scope_card(suggestions: Sequence[str]) -> dict[str, Any]:
    """Return the card of a message that is none of our business or was not understood."""
    return {"card": "out_of_scope", "suggestions": list(suggestions)}
