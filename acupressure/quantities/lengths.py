"""Reads how many minutes someone has or wants."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acupressure.quantities.figures import in_figures

_M = r"(?:(?<=\d)m|min|mins|mns?|m(?=[iunesr]*t)[iunesrt]{3,9})(?![a-z\d])"
"""A minute in every spelling: ``mintues``, ``minuts``, ``minites``; only read behind a number."""
_H = r"(?:hours?|hrs?|h|huors?|horus?|houres?)(?![a-z\d])"
_S = r"(?:seconds?|secs?|s|secon[ds]|secconds?|seonds?)(?![a-z\d])"
_N = r"(?<![\w.:])(\d{1,4}(?:\.\d{1,3})?)"
_ADJECTIVE = r"(?:(?:more|extra|spare|free|quick|short|good|full|little|whole|solid|or so) )?"
_DURATIONS = {
    name: re.compile(pattern)
    for name, pattern in (
        (
            "part of an hour",
            r"\b(?P<part>half(?: of)?|(?<![\d.])0\.5|1/2|(?:a )?quarter(?: of)?|1 quarter(?: of)?|3 quarters?(?: of)?|3/4(?: of)?|1/4(?: of)?)"
            rf"(?: an?(?= ))? ?{_H}",
        ),
        (
            "hours",
            rf"(?:{_N} ?|\b(?P<an>an?|1 single) ){_H} ?(?:and )?(?:(?P<half>a half|1/2|half)\b|"
            rf"(?P<quarter>a quarter)\b|(?P<m>\d{{1,3}}) ?(?:{_M}|$))?",
        ),
        ("hours with minutes", r"(?<![\w.:])(?P<h>\d)h(?P<m>[0-5]\d)\b"),
        (
            "minutes",
            rf"(?:{_N}|\b(?P<word>(?:a )?couple(?: of)?|(?:a )?few|half a|an?)) ?{_ADJECTIVE}{_M} ?(?:and )?"
            rf"(?:(?P<half>a half|half|1/2)\b|(?P<s>\d{{1,3}}) ?{_S}|(?P<s2>[1-5][05])(?=$))?",
        ),
        ("seconds", rf"{_N} ?{_S}"),
    )
}
_IDIOM = re.compile(
    r"\b(?:wait|hang on|hold on|give me|gimme|just|in|within|another|every|any|this|last|(?:do|have) you (?:have|got)|"
    r"once|at) (?=an? (?:min|m|sec))"
)
_ABOUT_THE_PAST = re.compile(r"\b(?:ago|earlier|later|long already|after|of pain|of agony|now my|into)\b")
_SITS = r"(?:sit|sits|sat|sitting|sleep|slept|sleeping|stood|work|worked|drive|drove|driving|walk(?! me)|walked|walking|ran|run|running|wait|waited|waiting)"
_HAD = re.compile(
    rf"\b(?:had|has|have had|ive had|having|been|started|began|since|hurts?|hurting|hurted|ache[sd]?|aching|killing me|"
    rf"last(?:s|ed|ing)?|took|takes|every|after|{_SITS})\b[^.,;!?]*$"
)
_TAKES = re.compile(
    r"\b(?:routine|session|something|anything|exercises?|one|plan|should|must|can|could)\b[^.,;!?]*\b(?:takes?|lasts?|lasting)\b[^.,;!?]*$"
)
_PAIN = re.compile(
    r"\b(?:pain|ache|backache|headache|sore|stiff|numb|tingling|dizzy|cramps?|spasms?)\b[^.,;!?]*\bfor (?:about |the |around |over )*$"
)
_WISH = re.compile(
    r"\b(?:routine|session|programme?|exercises?|sequence|workout|massage|walk me|plan|guide|lead|give|want|need|"
    r"do|lets|show|make|something|help|relief|start|can we|could we|please|points)\b"
)
_DEADLINE = re.compile(
    r"\b(?:remind|meeting|leave|leaving|call|bus|train|appointment|guests?|again|back|stops?|starts?|ask)\b[^.,;!?]*\bin $"
)
_HOLD_BEFORE = re.compile(
    r"\b(?:hold|holds|holding|held|press|presses|pressed|pressing|push|pushing|squeeze|squeezing|rub|rubbing|knead|kneading|"
    r"keep it|keep pressing|keep my|stay on)\b[^.,;!?]*$"
)
_HOLD_AFTER = re.compile(
    r" ?(?:per|each|every|on each|for each|a|on every) ?(?:point|side|spot|one|step|hold|leg|hand|please|[.,!?]|$)| ?apiece"
)
_LONGEST_HOLD = 5.0
"""Minutes; "press points for ten minutes" is a whole routine and no single hold."""
_HAVE = re.compile(
    r"\b(?:got|have|has|want|id like|would like|how about|only|just|give me|gimme|make it|make that|lets do|lets say|theres|there is|spare|say|for|free for|take) "
    r"(?:about |around |like |maybe |only |just |roughly |max |at most |up to )*(?:\d+(?: or |-| to ))?(\d{1,2})"
    r"(?: (?:please|to spare|today|now|right now|only|max|maximum|tops|or so|free|left|before \w.*|until \w.*|till \w.*|so))*$"
)
_ALONE = re.compile(
    r"^(?:(?:um|uh|er|ok|okay|yes|yeah|well|about|around|maybe|perhaps|say|let s|lets say|id say|make it|like|roughly|only|just|"
    r"or|no|rather|sorry|actually|hmm|ill take|for) ?,? )*(?:\d+(?: ?(?:or|to|-|maybe) ?))?(\d+(?:\.\d+)?)"
    r"(?: (?:please|thanks|maybe|or so|is fine|would be (?:good|fine|nice|great)|will do|ish|then|max|tops))*$"
)


_BESIDE_LENGTHS = frozenset(
    ["a", "about", "each", "for", "full", "is", "it", "like", "maybe", "or", "so", "whole"]
)


def minutes(text: str, *, asked: bool = False, holds: bool = False) -> float | None:
    """Return how many minutes the user has or wants, None if the text tells no such time.

    Of several the last counts ("five or ten minutes" is 10). Times of the past, of the pain itself ("back
    pain for 20 minutes"), of deadlines and of idioms ("wait a minute") are left out.

    Args:
        text: what was said.
        asked: the guide has just asked for minutes, so that a bare number counts.
        holds: count the length of a hold too ("hold for 30 seconds"), which is left out otherwise.
    """
    said = in_figures(text)
    found = [value for value, start, end in _durations(said) if _is_wanted(said, value, start, end, holds)]
    if found:
        return found[-1]
    bare = _HAVE.search(said) or (_ALONE.match(said.rstrip(".!?")) if asked else None)
    return float(bare[1]) if bare else None


def only_lengths(text: str) -> bool:
    """Tell whether a text holds nothing but lengths of time ("ten seconds? two minutes?")."""
    said = in_figures(text)
    rest, last = "", 0
    for _, start, end in _durations(said):
        rest, last = rest + said[last:start], end
    return last > 0 and set(re.findall(r"\w+", rest + said[last:])) <= _BESIDE_LENGTHS


def _durations(said: str) -> Iterator[tuple[float, int, int]]:
    taken: list[tuple[float, int, int]] = []
    for kind, pattern in _DURATIONS.items():
        for match in pattern.finditer(said):
            if all(match.end() <= start or end <= match.start() for _, start, end in taken):
                taken.append((_length(kind, match), match.start(), match.end()))
    yield from sorted(taken, key=lambda item: item[1])


def _length(kind: str, match: re.Match) -> float:
    """Return the minutes of a match of the pattern of a kind."""
    groups = match.groupdict()
    if kind == "part of an hour":
        part = groups["part"]
        return 45.0 if part.startswith("3") else 15.0 if "quarter" in part or part.startswith("1/4") else 30.0
    if kind == "hours with minutes":
        return int(groups["h"]) * 60.0 + int(groups["m"])
    number = float(match[1]) if match[1] else 1.0
    if kind == "hours":
        return number * 60 + (30 if groups["half"] else 15 if groups["quarter"] else int(groups["m"] or 0))
    if kind == "seconds":
        return number / 60
    word = groups["word"] or ""
    number = 2.0 if "couple" in word else 3.0 if "few" in word else 0.5 if "half" in word else number
    return number + (0.5 if groups["half"] else int(groups["s"] or groups["s2"] or 0) / 60)


def _is_wanted(said: str, value: float, start: int, end: int, holds: bool) -> bool:
    before, after = said[:start], said[end:].lstrip()
    if any(m.end() == start for m in _IDIOM.finditer(said)) or re.search(
        r"\bnot (?:for )?$|\b(?:last|past) $", before
    ):
        return False
    if (
        _ABOUT_THE_PAST.match(after)
        or re.match(r"(?:a|per|every|each) (?:day|night)\b", after)
        and value >= 60
    ):
        return False
    if re.search(r"\bfor the (?:last|past)\b", before[-40:]) or _DEADLINE.search(before):
        return False
    clause = re.split(r"[.,;!?]| but | and (?=i\b|ive\b|give|can)", before)[-1]
    if (
        _HAD.search(clause)
        and not _TAKES.search(clause)
        and not re.search(r"\b(?:ive got|i have(?! had| been)|i got|weve got|only got)\b[^.,;]*$", clause)
    ):
        return False
    if _PAIN.search(clause) and not _WISH.search(clause):
        return False
    hold = value <= _LONGEST_HOLD and (_HOLD_BEFORE.search(clause) or _HOLD_AFTER.match(said[end:]))
    return holds or not hold
