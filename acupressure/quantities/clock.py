"""Reads a time of day."""

from __future__ import annotations

import re
from datetime import time

from acupressure.quantities.figures import in_figures

_PART_TIMES = {
    "morning": time(8),
    "noon": time(12),
    "afternoon": time(15),
    "evening": time(20),
    "night": time(22),
}
_PART_WORDS = re.compile(
    r"(?:\b|(?<=\d))(?:(?P<morning>mornings?|(?<=\d)am|(?<=\d )am)|(?P<afternoon>afternoons?)|(?P<evening>evenings?|tonight)|(?P<night>nights?|nightly)|"
    r"(?P<pm>(?<=\d)pm|(?<=\d )pm))\b"
)
_FIXED_TIMES: list[tuple[re.Pattern[str], time]] = [
    (re.compile(p), at)
    for p, at in (
        (r"\b(?:noon|mid ?day|12 noon)\b", time(12)),
        (r"\bmid ?night\b", time(0)),
        (r"\b(?:lunch ?time|lunch break|over lunch|at lunch|after lunch|before lunch)\b", time(12, 30)),
        (
            r"\bbefore breakfast\b|\b(?:when|as soon as|after) i (?:wake|get) up\b|\bfirst thing\b|\bon waking\b|\bafter waking(?: up)?\b",
            time(7),
        ),
        (r"\b(?:at|after|with|over) breakfast\b", time(8)),
        (r"\b(?:after work|when i get home|tea ?time)\b", time(18)),
        (r"\b(?:after|at) (?:dinner|supper|tea)\b|\bdinner ?time\b", time(20)),
        (
            r"\b(?:before|at|going to|go to|goes to|to) bed ?(?:time)?\b|\bbed ?time\b|\bbefore (?:i (?:go to )?sleep|sleep(?:ing)?|going to (?:sleep|bed))\b",
            time(22),
        ),
    )
]
_MINUTE_OF = r"(?P<min>\d{1,2}|half|(?:a )?quarter)"
_HOUR = r"(?P<hour>\d{1,2})"
_CLOCK = [
    re.compile(p)
    for p in (
        rf"\b(?P<min>half)(?: past| after)? (?:the hour )?{_HOUR}\b",
        rf"\b{_MINUTE_OF} (?:minutes? |mins? )?(?P<rel>past|after|to|til|till|until|before|of) (?:(?P<named>noon|midnight|midday)|{_HOUR})\b(?! ?(?:min|m\b|hours?|h\b|sec|10\b))",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) ?[:.h] ?(?P<min>\d{2})(?![\d:/]|\.\d)(?! ?(?:min|sec|percent|%))",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) hundred(?: hours| hrs)?\b",
        r"(?<![\d.:,/])(?P<hour>[01]\d|2[0-3])(?P<min>[0-5]\d)(?: ?(?:hours|hrs|h)\b|(?= ?[ap]m\b)|$)",
        r"(?:^|\b(?:at|around|about|for) )(?P<hour>[1-9])(?P<min>[0-5]\d)(?= ?[ap]m\b|$)",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) (?:oh? |0 )(?P<min>\d)\b(?! ?(?:min|times))",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) (?P<min>[0-5]\d)\b(?! ?(?:min|m\b|sec|hour|day|times|point))",
        r"(?<![\d.:,/\u00a7-])(?P<hour>\d{1,2}) ?(?P<sure>o ?clock|(?=[ap]m\b))",
        r"(?<![\d.:,/\u00a7-])(?P<hour>\d{1,2}) (?P<sure>in the (?:morning|afternoon|evening)|at night|tonight|every (?:morning|evening|night)|each (?:morning|evening|night)|tomorrow|daily|every day)\b",
        r"(?:\b(?:at|around|about|by|for|make it|make that|change it to|say|from|until|till|past|every (?:day|morning|evening|night)|daily|tomorrow|morning|evening|tonight|it to|no|no,|sorry|sorry,|rather|actually|i mean|"
        r"alarm to|reminder to)|@) ?(?:about |around |like |roughly |at )?(?P<hour>\d{1,2})(?:ish| ish)?\b(?![:./%\u00a7]\d| ?(?:min|sec|m\b|hours?|hrs?|h\b|days?|weeks?|months?|years?|times|points?|percent|%|x\b|out of|of 10|st\b|th\b|-))",
        r"^(?:(?:ok|okay|um|uh|yes|yeah|well|no|maybe|perhaps|rather|sorry|please|lets say|about|like) ?,? ?)*(?P<hour>\d{1,2})(?:ish| ish)?(?: (?:please|thanks|then|is fine|is good|works|would be (?:good|great|fine)|maybe|sharp))*[.!?]*$",
    )
]
_INTERVAL = re.compile(
    r"\b(?:every|each) (?:other )?\d+(?:\.\d+)? ?(?:hours?|hrs?|h|minutes?|mins?|days?|weeks?)\b|\bin (?:about )?\d+ ?(?:hours?|minutes?|mins?|hrs?)\b"
)
_ABOUT_PAIN = re.compile(
    r"^(?!.*\b(?:remind|reminder|alarm|every|each|daily|routine)\b).*\b(?:pain|hurts?|hurting|aches?|aching|sore|worse|better|stiff|numb)\b"
)
"""Says when it hurts ("pain at night"), which is no wish for that time."""
_EARLIEST_SAID = 6
"""Without "morning" or "pm", hours from one up to this are taken for the afternoon: nobody asks to be woken at three."""


def time_of_day(text: str) -> time | None:
    """Return the time of day that a text tells, None if it tells none.

    A bare hour is the morning from six on, and the afternoon from one to five. Parts of the day without an hour
    have a fixed one: morning 8, noon 12, afternoon 15, evening 20, night and bed 22. Of several times the first
    counts, unless a later one corrects it.
    """
    said = re.sub(r"\bgood (?:morning|afternoon|evening|night)\b", " ", in_figures(text))
    said = re.sub(
        r"\b(?:not|instead of|rather than) (?:at |in the )?(?:\d[\d:.]*(?: ?(?:am|pm|oclock))?|mornings?|evenings?|nights?|afternoons?)\b",
        " ",
        said,
    )
    said = _INTERVAL.sub(" ", said)
    said = " ".join(said.split())
    found = _clocks(said)
    if found:
        last = found[-1]
        if len(found) > 1 and re.search(
            r"\b(?:no|sorry|actually|make it|i mean|rather|better)\b", said[found[0][1] : last[1]]
        ):
            return last[2]
        return found[0][2]
    fixed = [(m.start(), at) for pattern, at in _FIXED_TIMES if (m := pattern.search(said))]
    if fixed:
        return min(fixed)[1]
    part = _PART_WORDS.search(said)
    if _ABOUT_PAIN.search(said):
        return None
    if (
        part
        and part.lastgroup in _PART_TIMES
        and not re.search(r"\b(?:all|last|this|yesterday) $", said[: part.start()])
    ):
        return _PART_TIMES[part.lastgroup]
    return None


def _clocks(said: str) -> list[tuple[int, int, time]]:
    """Return (start, end, time) of the clock times in a text, in its order."""
    taken: list[tuple[int, int, time | None]] = []
    for pattern in _CLOCK:
        for match in pattern.finditer(said):
            if all(match.end() <= start or end <= match.start() for start, end, _ in taken):
                taken.append((match.start(), match.end(), _clock(said, match)))
    return sorted((start, end, at) for start, end, at in taken if at is not None)


def _clock(said: str, match: re.Match) -> time | None:
    groups = match.groupdict()
    named = groups.get("named")
    hour = (0 if named == "midnight" else 12) if named else int(groups["hour"])
    minute = groups.get("min") or "0"
    if groups.get("rel") and minute.isdigit() and int(minute) % 5 and "min" not in match[0]:
        return None  # "from six to two" is a range; people round when they leave the minutes unsaid
    minute_number = 30 if minute == "half" else 15 if "quarter" in minute else int(minute)
    if hour > 24 or minute_number > 59:
        return None
    written = groups.get("hour") or ""
    hour = hour if named else _in_day(hour, said, match, exact=len(written) == 2 and written[0] == "0")
    total = hour * 60 + (
        -minute_number
        if groups.get("rel") in ("to", "til", "till", "until", "before", "of")
        else minute_number
    )
    return time(total // 60 % 24, total % 60)


def _in_day(hour: int, said: str, match: re.Match, exact: bool) -> int:
    """Return the hour of 24, from the part of the day said nearest behind it, else before it.

    An exact hour ("05:30") needs no guess where no part of the day is said.
    """
    part = _PART_WORDS.search(said, match.start()) or _PART_WORDS.search(said)
    half = part.lastgroup if part else None
    if hour > 12:
        return hour
    if half == "morning":
        return hour % 12
    if half in ("pm", "afternoon"):
        return hour % 12 + 12
    if half == "evening":
        return hour % 12 + 12 if hour != 12 else 0
    if half == "night":
        return 0 if hour == 12 else hour if hour < 5 else hour + 12
    if exact:
        return hour
    bed = re.search(r"\bbefore (?:bed|sleep)|\bbedtime\b|\bafter (?:work|dinner)\b", said)
    if bed or 1 <= hour < _EARLIEST_SAID:
        return hour % 12 + 12 if hour != 12 else 0
    return hour
