"""Repairs typos against the words of training data and catalogue, never touching a sensible other word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from acupressure.catalog import catalog
from acupressure.text import plain, word_spans, words
from acupressure.vocabulary import is_common

MAX_REPAIRED = 200
"""Words looked at in one message; the rest of a flood stays as it is."""


class Speller:
    """Replaces words that nobody knows by the nearest known one: one edit, two from seven letters on.

    The vocabulary stands in the order of frequency: of several equally near words the commonest wins.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self.vocabulary = list(dict.fromkeys(vocabulary))
        self._known = frozenset(self.vocabulary)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Speller:
        """Return a speller that knows the words seen at least twice in the texts, and all of the catalogue."""
        seen = Counter(w for text in texts for w in words(plain(text)))
        frequent = [w for w, count in seen.most_common() if count >= 2 and len(w) > 3]
        return cls([*frequent, *sorted(catalog_words())])

    def repair(self, text: str) -> str:
        """Return the text in plain lower case with unknown words replaced by the nearest known ones."""
        lower = plain(text)
        pieces, position = [], 0
        for number, (word, start, end) in enumerate(word_spans(lower)):
            pieces += [lower[position:start], self._nearest(word) if number < MAX_REPAIRED else word]
            position = end
        return "".join([*pieces, lower[position:]])

    def _nearest(self, word: str) -> str:
        if (
            len(word) < 4
            or word in self._known
            or is_common(word)
            or not word.isascii()
            or re.search(r"\d|'", word)
        ):
            return word
        allowed = 1 if len(word) < 7 else 2
        best = process.extractOne(
            word, self.vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=allowed
        )
        return best[0] if best and (best[0][0] == word[0] or best[1] <= 1) else word


def catalog_words() -> set[str]:
    """Return the words people use for points, places, complaints, signs and risks."""
    known = catalog()
    texts = [n for p in known.points.values() for n in (*p.names, *p.places, p.area)]
    texts += [c.name for c in known.complaints.values()]  # what people say stands misspelt in it on purpose
    texts += [s.heard for s in known.signs.signs.values()] + [
        c.name for c in known.cautions.cautions.values()
    ]
    return {w for text in texts for w in words(plain(text)) if len(w) > 3}
