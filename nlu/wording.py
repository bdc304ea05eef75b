"""The words and letters of a text as counts: what a phrase is made of, before anybody weighs it.

The counts need no vocabulary: every word, pair of words and piece of a word has a place by its hash. So they are
taken once for a message, whoever looks at it afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy.sparse as sparse
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer

PLACES = 2**18
"""Places for words, and as many again for letters."""
_KEPT = 4_096

_words = HashingVectorizer(
    n_features=PLACES,
    ngram_range=(1, 2),
    token_pattern=r"[\w']+|\?",
    alternate_sign=False,
    norm=None,
    dtype=np.float32,
)
_letters = HashingVectorizer(
    n_features=PLACES,
    analyzer="char_wb",
    ngram_range=(2, 5),
    alternate_sign=False,
    norm=None,
    dtype=np.float32,
)
# the same without what sklearn prepares anew at every call: half of the time for a single text
_READERS = [
    (v.build_analyzer(), FeatureHasher(PLACES, input_type="string", dtype=np.float32, alternate_sign=False))
    for v in (_words, _letters)
]


def counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return how often each word, pair of words (left half) and piece of a word (right half) stands in texts."""
    return sparse.hstack([_words.transform(texts), _letters.transform(texts)], format="csr")


@lru_cache(maxsize=_KEPT)
def count(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (places, counts) of one text, remembered, because several components look at a message."""
    halves = [hasher.transform([read(text)]) for read, hasher in _READERS]
    for half in halves:
        half.sum_duplicates()
    places = np.concatenate([half.indices + PLACES * number for number, half in enumerate(halves)])
    return places, np.concatenate([half.data for half in halves])
