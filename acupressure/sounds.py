"""How a speech recogniser writes a pinyin name: English respellings derived by rule.

A recogniser trained on English writes ``Tàichōng`` as "tie chong" and ``Hégǔ`` as "hey goo". Each initial
and final of Hanyu Pinyin has a few English spellings; their products are the spellings to expect.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from acupressure.text import joined

_INITIALS = {
    "zh": ("zh", "j", "ch", "z"),
    "ch": ("ch", "tch"),
    "sh": ("sh", "s"),
    "q": ("q", "ch", "k"),
    "x": ("x", "sh", "s"),
    "j": ("j", "g", "ch"),
    "z": ("z", "s", "ds"),
    "c": ("c", "ts"),
    "t": ("t", "th"),
    "k": ("k", "c"),
    "w": ("w", "v"),
    "h": ("h", "w"),
}
_FINALS = {
    "iang": ("iang", "eang", "yang", "eeang"),
    "iong": ("iong", "yong"),
    "uang": ("uang", "wang", "wong"),
    "iao": ("iao", "iow", "ow", "eow", "yao", "yow", "ao", "eeow", "eeao"),
    "ian": ("ian", "ien", "en", "yen", "ean", "eeen", "eean"),
    "uan": ("uan", "wan", "uen", "wen", "uon"),
    "ing": ("ing",),
    "ong": ("ong", "ung", "oong"),
    "ang": ("ang", "ung", "ong"),
    "eng": ("eng", "ung", "ang"),
    "uo": ("uo", "wo"),
    "ua": ("ua", "wa"),
    "ui": ("ui", "way", "wei", "hway", "uey"),
    "un": ("un", "oon", "oun"),
    "ue": ("ue", "weh", "way", "uay", "ueh"),
    "ai": ("ai", "ie", "y", "ye", "i", "eye", "igh"),
    "ei": ("ei", "ay", "ey", "a", "eigh", "i", "ee"),
    "ao": ("ao", "ow", "au"),
    "ou": ("ou", "o", "oh", "ow"),
    "an": ("an", "on", "ann"),
    "en": ("en", "un", "in"),
    "in": ("in", "een"),
    "ia": ("ia", "ya"),
    "ie": ("ie", "ieh", "yeh", "ia"),
    "iu": ("iu", "ew"),
    "er": ("er", "are"),
    "a": ("a", "ah"),
    "o": ("o", "oh"),
    "e": ("e", "er", "ey", "uh", "u"),
    "i": ("i", "ee", "e", "y", "ea", "ir", "ih"),
    "u": ("u", "oo", "o", "oe", "ew"),
}
_BUZZING = {"zh", "ch", "sh", "r", "z", "c", "s"}
_BUZZED = ("ur", "er", "r")
"""What the "i" of zhi, chi, shi sounds like to an English ear."""
_SYLLABLE = re.compile(
    "(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?("
    + "|".join(sorted(_FINALS, key=len, reverse=True))
    + ")(?=(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])|$)"
)
MAX_SPELLINGS = 2_000
"""Names of many syllables are cut here; the commonest spellings stand first in the tables."""


def syllables(pinyin: str) -> list[tuple[str, str]]:
    """Return the (initial, final) pairs of a pinyin name, or an empty list if it is not pinyin."""
    text, found, position = joined(pinyin), [], 0
    while position < len(text):
        match = _SYLLABLE.match(text, position)
        if not match:
            return []
        found.append((match.group(1) or "", match.group(2)))
        position = match.end()
    return found


@lru_cache(maxsize=1024)
def spellings(pinyin: str) -> frozenset[str]:
    """Return the English respellings of a pinyin name, written as one word without spaces."""
    parts = []
    for initial, final in syllables(pinyin):
        heads = _INITIALS.get(initial, (initial,))
        tails = (*_FINALS[final], *_BUZZED) if final == "i" and initial in _BUZZING else _FINALS[final]
        parts.append([head + tail for tail in tails for head in heads])
    if not parts:
        return frozenset()
    by_likelihood = (
        sorted(itertools.product(*(range(len(p)) for p in parts)), key=sum) if _size(parts) <= 200_000 else ()
    )
    chosen = itertools.islice(by_likelihood, MAX_SPELLINGS)
    return frozenset("".join(part[i] for part, i in zip(parts, index)) for index in chosen)


def _size(parts: list[list[str]]) -> int:
    size = 1
    for part in parts:
        size *= len(part)
    return size
