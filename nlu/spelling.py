"""Repairs typos against the words of training data and catalogue, never touching a sensible other word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from acupressure.catalog import catalog
from acupressure.slips import slip_repair
from acupressure.text import plain, word_spans, words
from acupressure.vocabulary import is_common

_STRETCHED = re.compile(r"([a-z])\1{2,}")
"""Letters drawn out for effect: "sooo", "helppp"."""
MAX_KEPT = 4_096
"""Words whose repair is remembered: the same ones come again and again."""
MAX_REPAIRED = 200
"""Words looked at in one message; the rest of a flood stays as it is."""


_HEAVIER = 3
_PARTS = (
    "back",
    "neck",
    "knee",
    "head",
    "hand",
    "foot",
    "feet",
    "heel",
    "calf",
    "shin",
    "palm",
    "sole",
    "hips",
)
"""Words for parts of the body in which a left-out letter leaves three: "kne", "bak"."""


def _is_slip(word: str, seen: Counter, sound: list[str]) -> bool:
    """Tell whether a word of the texts is itself a slip: phrases are misspelt on purpose, some words often."""
    near = process.extract(
        word, sound, scorer=DamerauLevenshtein.distance, score_cutoff=_allowed(word), limit=5
    )
    return any(seen[found] >= _HEAVIER * seen[word] for found, _, _ in near)


def _allowed(word: str) -> int:
    return 1 if len(word) < 7 else 2


_LINES = (
    "bladder",
    "kidney",
    "stomach",
    "spleen",
    "liver",
    "heart",
    "lung",
    "gallbladder",
    "pericardium",
    "large",
    "small",
    "governing",
    "conception",
)
"""First words of the names of points that are told with a number."""
_CLOSE = {"scorer": DamerauLevenshtein.distance, "score_cutoff": 1}
_A_NUMBER = re.compile(
    r"\s*(?:\d{1,2}\b|(?:one|two|three|four|five|six|seven|eight|nine|ten|(?:twen|thir|for|fif|six)ty)\b)"
)


class Speller:
    """Replaces words that nobody knows by the nearest known one: one edit, two from seven letters on.

    The vocabulary stands in the order of frequency: of several equally near words the commonest wins.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self.vocabulary = list(dict.fromkeys(vocabulary))
        self._known = frozenset(self.vocabulary)
        self._by_letters: dict[str, list[str]] = {}
        for word in self.vocabulary:
            if len(word) >= 5:
                self._by_letters.setdefault(_letters(word), []).append(word)
        self._nearest = lru_cache(MAX_KEPT)(self._looked_up)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Speller:
        """Return a speller that knows the words seen at least twice in the texts, and all of the catalogue."""
        seen = Counter(w for text in texts for w in words(plain(text)))
        ours = catalog_words()
        frequent = [w for w, count in seen.most_common() if count >= 2 and len(w) > 3]
        sound = [w for w in frequent if w in ours or is_common(w)]
        heavy = [w for w in sound if seen[w] >= _HEAVIER * 2]
        kept = {w for w in frequent if w in ours or is_common(w) or not _is_slip(w, seen, heavy)}
        return cls([*(w for w in frequent if w in kept), *sorted(ours)])

    def repair(self, text: str) -> str:
        """Return the text in plain lower case with unknown words replaced by the nearest known ones."""
        lower = _STRETCHED.sub(r"\1", plain(text))
        pieces, position = [], 0
        for number, (word, start, end) in enumerate(word_spans(lower)):
            repaired = self._nearest(word) if number < MAX_REPAIRED else word
            if repaired != word and _A_NUMBER.match(lower, end):  # "kindey 1" is no "kindly 1"
                repaired = next(iter(process.extract(word, _LINES, **_CLOSE, limit=1)), (repaired,))[0]
            pieces += [lower[position:start], repaired]
            position = end
        return "".join([*pieces, lower[position:]])

    def _looked_up(self, word: str) -> str:
        if len(word) == 3 and word not in self._known and not is_common(word):
            return next((part for part in _PARTS if _within(word, part) and word[0] == part[0]), word)
        if (
            len(word) < 4
            or word in self._known
            or is_common(word)
            or not word.isascii()
            or re.search(r"\d|'", word)
        ):
            return word
        near = process.extract(
            word, self.vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=_allowed(word), limit=8
        )
        near = [found for found in near if found[0][0] == word[0] or found[1] <= 1]
        if near:  # letters are left out more often than exchanged: "wich" is which, "slep" is sleep
            return min(near, key=lambda found: (found[1], not _within(word, found[0]), found[2]))[0]
        # the same letters in another order ("naseua") are a slip too
        mixed = self._by_letters.get(_letters(word), ())
        return next((w for w in mixed if w[0] == word[0]), word)


def _within(word: str, longer: str) -> bool:
    """Tell whether the letters of a word stand in a longer one in the same order."""
    rest = iter(longer)
    return all(letter in rest for letter in word)


def _letters(word: str) -> str:
    return "".join(sorted(word))


def catalog_words() -> set[str]:
    """Return the words people use for points, places, complaints, signs and risks."""
    known = catalog()
    texts = [n for p in known.points.values() for n in (*p.names, *p.places, p.area)]
    texts += [c.name for c in known.complaints.values()]  # what people say stands misspelt in it on purpose
    texts += [s.heard for s in known.signs.signs.values()] + [
        c.name for c in known.cautions.cautions.values()
    ]
    found = {w for text in texts for w in words(plain(text)) if len(w) > 3}
    # what tells of a sign or a risk must never be put "right" into something else ("graze" into "gaze")
    tables = (known.signs.combinations, known.cautions.combinations)
    return found | {w for table in tables for w in slip_repair(table).words if len(w) > 3}
