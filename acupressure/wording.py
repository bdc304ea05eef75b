"""Turns response names into words: the texts stand in domain.yml, this module only fills them in."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from acupressure.catalog import read_yaml
from acupressure.codes import spoken, spoken_number
from acupressure.errors import WordingError

DOMAIN = Path(__file__).resolve().parent.parent / "domain.yml"
_CODE = re.compile(r"\b(?:EX-[A-Z]{1,2}|[A-Z]{2})\d{1,2}(?:-\d{1,2})?\b")
_INITIALS = re.compile(r"\b[A-Z]{2,4}\b")
_ABBREVIATIONS = {
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "and so on",
    "approx.": "about",
    " vs ": " or ",
    "&": " and ",
}
_TO_CALL = re.compile(r"\b(?:call|dial|phone|ring|on|or)\b[^.!?]*", re.IGNORECASE)
"""Where numbers to call stand: they are said digit by digit, as people dial them."""
_PHONE = re.compile(
    r"\b(?:\d{3}(?: \d{3})+|\d\d \d\d \d\d|112|911|999|000|111|988)\b(?! (?:people|women|men|nurses|patients|percent))"
)
MOST_HEARD = 3
"""Items of a list that a listener keeps in mind."""
_MAY_BE_SHORT = {"points", "names", "rest"}
"""Lists that may be cut for the ear. Never one of risks, signs or numbers to call."""
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_NOT_SPOKEN = re.compile(r"https?://\S+|[*_#`~|<>{}\[\]\u2022]|[\U0001F300-\U0001FAFF\u2600-\u27BF]")


class Wording:
    """The responses of a domain, rendered for the eye or the ear."""

    def __init__(self, responses: Mapping[str, list], chance: random.Random | None = None) -> None:
        self._responses = responses
        self._chance = chance or random.Random()

    def __contains__(self, name: str) -> bool:
        return name in self._responses

    def text(self, name: str, facts: Mapping[str, Any] | None = None, channel: str = "") -> str:
        """Return the words of a response.

        Raises:
            WordingError: no such response, or it needs a value that ``facts`` lacks.
        """
        facts = facts or {}
        if channel == "voice":
            facts = {k: getattr(v, "short", v) if k in _MAY_BE_SHORT else v for k, v in facts.items()}
        return self._fill(name, self._variant(name, channel).get("text", ""), facts)

    def buttons(self, name: str, facts: Mapping[str, Any] | None = None, channel: str = "") -> list[dict]:
        """Return the quick replies of a response as title and payload."""
        listed = self._variant(name, channel).get("buttons") or []
        return [{key: self._fill(name, b[key], facts or {}) for key in ("title", "payload")} for b in listed]

    def _variant(self, name: str, channel: str) -> Mapping[str, Any]:
        variants = self._responses.get(name)
        if not variants:
            raise WordingError(f"domain.yml has no response {name!r}")
        fitting = [v for v in variants if channel and v.get("channel") == channel] or [
            v for v in variants if not v.get("channel")
        ]
        return self._chance.choice(fitting or variants)

    @staticmethod
    def _fill(name: str, template: str, facts: Mapping[str, Any]) -> str:
        needed = {f for _, f, _, _ in string.Formatter().parse(template) if f}
        for missing in sorted(needed - facts.keys()):
            raise WordingError(f"response {name!r} needs {missing!r}")
        return " ".join(template.format(**facts).split())


def for_ear(text: str) -> str:
    """Return the same content for the ear: codes spelt out, no brackets, symbols, addresses or abbreviations."""
    for short, long in _ABBREVIATIONS.items():
        text = text.replace(short, long)
    text = _CODE.sub(lambda m: spoken(m.group()), text)
    text = _INITIALS.sub(lambda m: " ".join(m.group()), text)
    text = _NOT_SPOKEN.sub(" ", text)
    text = re.sub(r"[()]", " ", re.sub(r"\s*\(([^)]*)\)", r", \1,", text))
    text = _TO_CALL.sub(
        lambda m: _PHONE.sub(lambda n: " ".join(spoken_number(int(d)) for d in n[0] if d != " "), m[0]), text
    )
    text = _CLOCK.sub(
        lambda m: (
            f"{m[1]} o'clock"
            if m[2] == "00"
            else f"{m[1]} {m[2].replace('0', 'oh ', 1) if m[2][0] == '0' else m[2]}"
        ),
        text,
    )
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(\d+)\.(\d+)", lambda m: f"{m[1]} point {' '.join(m[2])}", text)
    text = (
        re.sub(r"(\d+)\s*[-\u2013\u2014]\s*(\d+)", r"\1 to \2", text)
        .replace("%", " percent")
        .replace("/", " or ")
    )
    text = re.sub(r"[\u2013\u2014;]", ",", text)
    text = re.sub(r"\b(?!(?:19|20)\d\d\b)(\d{1,6})\b", lambda m: spoken_number(int(m.group())), text)
    return re.sub(r"\s+([.,:!?])", r"\1", re.sub(r",\s*(?=[,.:!?])", "", " ".join(text.split())))


class Listed(str):
    """Items as one phrase, that knows a shorter one for the ear."""

    short: str


def listing(items: list[str], last: str = "and") -> str:
    """Return items as one phrase: "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    phrase = Listed(f"{', '.join(items[:-1])} {last} {items[-1]}")
    more = {"and": "and more", "or": "or others"}.get(last, last)
    phrase.short = str(phrase) if len(items) <= MOST_HEARD else f"{', '.join(items[:MOST_HEARD])}, {more}"
    return phrase


def counted(number: int, thing: str) -> str:
    """Return a number of things in words: "1 point", "3 points"."""
    return f"{number} {thing}{'s' if number != 1 else ''}"


def duration(seconds: int) -> str:
    """Return a length of time in words: "30 seconds", "one minute", "1 and a half minutes", "2 minutes"."""
    if seconds < 60 or seconds % 30:
        minutes, rest = divmod(seconds, 60)
        parts = [counted(n, unit) for n, unit in ((minutes, "minute"), (rest, "second")) if n]
        return " and ".join(parts) or "0 seconds"
    minutes, half = divmod(seconds, 60)
    if half:
        return f"{minutes} and a half minutes"
    return "one minute" if minutes == 1 else f"{minutes} minutes"


@lru_cache(maxsize=4)
def wording(path: str = str(DOMAIN)) -> Wording:
    """Return the responses of a domain file, read once."""
    return Wording(read_yaml(Path(path))["responses"])
