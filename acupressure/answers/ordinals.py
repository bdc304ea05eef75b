"""Which of the points shown is meant by its number or turn: "the second", "the other one", "the one before"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from acupressure.memory import Memory

_ORDINALS = {
    "first": 0, "1st": 0, "1": 0, "one": 0, "former": 0, "top": 0, "second": 1, "2nd": 1, "2": 1, "two": 1, "latter": 1,
    "third": 2, "3rd": 2, "3": 2, "three": 2, "fourth": 3, "4th": 3, "4": 3, "four": 3, "fifth": 4, "5th": 4, "5": 4,
    "five": 4, "sixth": 5, "6": 5, "last": -1, "bottom": -1,
}  # fmt: skip


_POSITION = re.compile(
    r"\b(?:the |number |no\.? ?|option )?("
    + "|".join(sorted(_ORDINALS, key=len, reverse=True))
    + r")\b(?: one| point)?"
)
_COUNTS = {"one", "two", "three", "four", "five"}
"""Words that count more often than they tell a position."""
_ENDS = {"top", "bottom"}
_OF_THE_BODY = re.compile(r"\s+of (?:the|my|your|his|her|each|both)\b(?! (?:list|page|screen|bunch|lot)\b)")
_OF_TWO = {"former", "latter"}
_BOTH = re.compile(
    r"\b(?:both(?! (?:the |my |your )?(?:sides?|hands?|feet|legs?|arms?|wrists?|ankles?|knees?|ears?|shoulders?|thumbs?)\b)|(?:the|these|those) two|two of (?:them|these|those)|the pair)\b"
)
"""Both of the points, not both sides of one."""
_NEXT_TO = re.compile(
    r"\bits (?:neighbou?r|twin|companion)\b|\bthe neighbou?ring (?:one|point|spot)\b|\brunner[- ]?up\b|\bnext best\b"
)
ANOTHER = re.compile(
    rf"\b(?:the|that) other (?:one|point|spot|fell(?:a|ow)|guy|bloke|chap|lad|bugger|thing)\b|{_NEXT_TO.pattern}"
)
"""Asks for another one of the points shown, which ``picked_codes`` tells."""
_REST = re.compile(r"\b(?:the|all the) (?:others|rest|other (?:ones|points))\b")


_PUT_ASIDE = re.compile(
    r"\b(?:drop|skip|leave out|lose|scrap|ditch|forget(?: about)?|ignore|never ?mind|without|not|except)\W*$"
)
"""Said before the position of a point that is not wanted any more: "drop the last one"."""


def picked_codes(text: str, memory: Memory) -> tuple[str, ...]:
    """Return the codes chosen by position ("the second", "the other one", "the one before", "both")."""
    offered = memory.offered
    if re.search(
        r"\b(?:before (?:that|this|it)|previous|one before|earlier one|last but one|prior|the one (?:you showed )?(?:earlier|before))\b",
        text,
    ):
        return memory.earlier[-1] if memory.earlier else ()
    if re.search(
        r"\b(?:the |that )?other(?: one| point)?\b|\balternative\b|\bnext one\b", text
    ) and not re.search(r"\bother (?:side|hand|foot|leg|points)\b", text):
        rest = tuple(c for c in offered if c not in memory.focus)
        if rest:
            return rest[:1]
        return memory.earlier[-1] if memory.earlier else ()
    if _NEXT_TO.search(text) and len(offered) > 1:
        rest = tuple(c for c in offered if c not in memory.focus)
        return rest[:1]
    if _REST.search(text) and len(offered) > 1:
        return tuple(c for c in offered if c not in memory.focus)
    matches = [m for m in _POSITION.finditer(text) if not _PUT_ASIDE.search(text[: m.start()])]
    match = next(iter(matches), None)
    if (
        match
        and match.group(1) == "first"
        and memory.earlier
        and re.search(r"\btold me\b|\basked about\b", text)
    ):
        return memory.earlier[0]
    told = [m for m in matches if _is_ordinal(text, m)]
    one_by_one = len(memory.focus) == 1 and memory.earlier and set(memory.focus).isdisjoint(offered)
    if one_by_one and told and told[0].group(1) in _OF_TWO:  # asked about one after the other
        return memory.focus if told[0].group(1) == "latter" else memory.earlier[-1]
    if (
        (len(offered) < 2 and "again" in text or not offered)
        and memory.earlier
        and told
        and told[0].group(1) == "first"
    ):
        return memory.earlier[0]
    if any(m.group(1) not in _COUNTS for m in told):  # "how hard on the first and how long on the second"
        return _at(told, offered)
    if _BOTH.search(text) and len(memory.focus) < 2:
        before = memory.earlier[-1] if memory.earlier else ()
        if len(offered) != 2 and len(before) == len(memory.focus) == 1:
            return (*before, *memory.focus)  # asked about one after the other
        if len(offered) >= 2:
            return offered[:2]
    return _at(told[:1], offered)


def _at(told: Iterable[re.Match[str]], offered: Sequence[str]) -> tuple[str, ...]:
    """Return the points of a list at the positions told, those that it has."""
    positions = [_ORDINALS[m.group(1)] for m in told]
    return tuple(dict.fromkeys(offered[at] for at in positions if -len(offered) <= at < len(offered)))


def _is_ordinal(text: str, match: re.Match[str]) -> bool:
    """Tell a position in a list from "one" as a pronoun or a number of minutes."""
    word = match.group(1)
    if word in _ENDS and _OF_THE_BODY.match(text[match.end() :]):
        return False  # "the one on the bottom of the foot"
    if re.match(
        r"\s*(?:seconds?|minutes?|mins?|times?|x|days?|weeks?|hours?|fingers?|of(?! (?:them|those|these|the)\b))\b",
        text[match.end() :],
    ):
        return False
    if word in _COUNTS or word.isdigit():
        return bool(
            re.fullmatch(r"\W*(?:the |number |no\.? ?|option |point )?\w+(?: please)?\W*", text)
            or match.group(0).startswith(("number", "no", "option"))
        )
    return True
