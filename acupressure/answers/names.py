"""What a point is called: in English, in pinyin, in Chinese characters."""

from __future__ import annotations

import re

from acupressure.answers import points
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn
from acupressure.wording import listing

_NAMES = re.compile(
    r"\b(?:what|how)(?:'?s| is| are| do| does)?\b[^?]{0,60}\b(?:called|named?|names?|say|pronounced?|spell|written|write|characters?)\b[^?]{0,60}\b(?:chinese|pinyin|mandarin|china)\b|"
    r"\b(?:chinese|pinyin|mandarin) (?:name|word|characters?|writing|spelling)s?\b|\bother names?\b|\bin chinese (?:characters?|letters|writing|signs)\b|\bwhat else is (?:it|that|this) called\b"
)


def asked(turn: Turn) -> bool:
    """Tell whether a message asks what the point named, or the one shown, is called ("what's its Chinese name?")."""
    named = (
        any(m.codes for m in turn.reading.points)
        or len(turn.memory.focus) == 1
        and turn.shown.keys() & {"point", "step", "points"}
    )
    return bool(named) and bool(_NAMES.search(turn.reading.text.lower()))


def tell(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Tell the names of a point: in English, in pinyin, in Chinese characters, and what else it is called."""
    told = [c for m in turn.reading.points for c in m.codes if m.how != "place"]
    codes = (
        tuple(dict.fromkeys(told))[:1]
        or turn.memory.focus[:1]
        or tuple(c for m in turn.reading.points for c in m.codes)[:1]
    )
    bubbles, memory = points.show(catalog, turn.memory, codes, ("location",))
    open_, _ = points.sort_by_policy(catalog, turn.memory, codes)
    if not open_:
        return bubbles, memory
    point = catalog.point(codes[0])
    others = [n for n in point.names if n not in {point.name, point.pinyin}][:3]
    facts = {
        "name": point.name,
        "code": point.code,
        "pinyin": point.pinyin,
        "chinese": listing(point.chinese, "or"),
        "others": listing(others, "or"),
    }
    says = Say("utter_points_names" if others else "utter_points_names_only", facts)
    return [bubble(says), *bubbles], memory
