"""What a point may be called: every name, respelling and code of the catalogue, made ready to be looked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acupressure import codes, sounds
from acupressure.catalog import Catalog
from acupressure.text import joined, plain, word_spans
from acupressure.vocabulary import FILLERS, common_words

POINT_WORDS = {
    "points": "point",
    "spot": "point",
    "spots": "point",
    "acupoint": "point",
    "acupoints": "point",
}


def _content(text: str) -> str:
    """Return a name without filler words, joined: what has to agree for two names to be the same."""
    return content_of([w for w, _, _ in word_spans(plain(text))])


def content_of(plain_words: Sequence[str]) -> str:
    """Return what has to agree of words that are already plain."""
    kept = "".join([POINT_WORDS.get(w, w) for w in plain_words if w not in FILLERS])
    return kept or "".join(plain_words).replace("'", "")


@dataclass(frozen=True)
class Aliases:
    """The names of one catalogue by the ways they are looked for."""

    exact: Mapping[str, frozenset[str]]
    """Joined name -> codes."""
    content: Mapping[str, frozenset[str]]
    """Joined name without filler words -> codes."""
    fuzzy: Sequence[str]
    """Names worth comparing with misspelt words: keys of ``content``."""
    sound: Mapping[str, frozenset[str]]
    """English respelling of a pinyin name -> codes."""
    hanzi: Mapping[str, str]
    who_names: Mapping[str, str]
    """Joined pinyin of a point outside the catalogue -> WHO code."""
    irregular: Sequence[tuple[str, re.Pattern[str]]]
    """Codes of other shapes (EX-UE7, M-UE-19, 4GI) with their patterns."""
    longest: int
    beginnings: frozenset[str]
    """Whatever a joined name, respelling or WHO name begins with: where none does, no longer one can stand."""
    content_beginnings: frozenset[str]
    """The same of ``content``."""
    within: frozenset[str]
    """Stretches of four letters and more that stand in a name."""


def build(catalog: Catalog) -> Aliases:
    """Return the names of a catalogue."""
    exact: dict[str, set[str]] = defaultdict(set)
    content: dict[str, set[str]] = defaultdict(set)
    sound: dict[str, set[str]] = defaultdict(set)
    hanzi: dict[str, str] = {}
    longest = 1
    for point in catalog.points.values():
        pinyin = [p for p in re.split(r"[,()]+\s*", point.pinyin) if p.strip()]
        for name in (*point.names, *pinyin):
            exact[joined(name)].add(point.code)
            content[_content(name)].add(point.code)
            longest = max(longest, len(name.split()), len(sounds.syllables(name)))
        for name in pinyin:
            for spelling in sounds.spellings(name):
                if len(spelling) >= 4:
                    sound[spelling].add(point.code)
        for chinese in point.chinese:
            for part in re.split(r"[\s,()/]+", chinese):
                if len(part) >= 2:
                    hanzi[part] = point.code
    who_names = {}
    common = common_words()
    for who in catalog.who.values():
        hanzi.setdefault(who.chinese, who.code)
        key = joined(who.pinyin)
        if (
            key not in exact
            and key not in sound
            and key not in common
            and not all(w in common for w in plain(who.pinyin).split())
        ):
            who_names.setdefault(key, who.code)
    fuzzy = [name for name in content if len(name) >= 4]
    whole = (*exact, *sound, *who_names)
    within = {
        name[first:last]
        for name in fuzzy
        for first in range(len(name))
        for last in range(first + 4, len(name) + 1)
    }
    return Aliases(
        {k: frozenset(v) for k, v in exact.items()},
        {k: frozenset(v) for k, v in content.items() if len(k) >= 4},
        fuzzy,
        {k: frozenset(v) for k, v in sound.items()},
        hanzi,
        who_names,
        _irregular_codes(catalog),
        longest + 1,
        _beginnings(whole),
        _beginnings(content),
        frozenset(within),
    )


def _beginnings(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name[:length] for name in names for length in range(1, len(name) + 1))


def _irregular_codes(catalog: Catalog) -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for point in catalog.points.values():
        for code in (point.code, *point.other_codes):
            body = r"[\s\-.]*".join(re.escape(p) for p in re.findall(r"[a-z]+|\d+", plain(code)))
            if body and code not in catalog.who:
                aloud = re.escape(codes.spoken(code).lower())
                found.append((point.code, re.compile(rf"(?<!\w)(?:{body}|{aloud})(?!\w)")))
    return found
