"""A linear model on words, letters and sentence meaning, solved in the dual.

Ridge regression against one-hot targets has as many unknowns as training phrases: training takes seconds, and
the leave-one-out scores, on which everything is calibrated, come for free. Nothing is pickled: arrays and word
lists only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from scipy.linalg import lapack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from nlu.sentence_encoder import DIMENSIONS

_WORDS, _LETTERS, _MEANING, _MARKS = 0.7, 0.7, 2.0, 0.5
"""Weights of the feature groups; with the ridge chosen by leave-one-out accuracy."""
Vectors = Sequence["np.ndarray | None"]


class Linear:
    """The trained numbers: one score for each class."""

    def __init__(
        self,
        classes: list[str],
        words: TfidfVectorizer,
        letters: TfidfVectorizer,
        weights: np.ndarray,
        mean: np.ndarray,
    ) -> None:
        self.classes, self._words, self._letters = classes, words, letters
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._mean = np.asarray(mean, dtype=np.float32)

    def scores(self, texts: Sequence[str], vectors: Vectors, marks: np.ndarray) -> np.ndarray:
        """Return a row of scores for each text; about 1 for a clear case of a class, 0 for none."""
        wordy, dense = self._wordy(texts), _dense(vectors, marks)
        split = wordy.shape[1]
        return np.asarray(wordy @ self._weights[:split]) + dense @ self._weights[split:] + self._mean

    def _wordy(self, texts: Sequence[str]) -> sparse.csr_matrix:
        by_words = self._words.transform(texts) * _WORDS
        return sparse.hstack([by_words, self._letters.transform(texts) * _LETTERS]).tocsr()

    @classmethod
    def fit(
        cls, texts: Sequence[str], vectors: Vectors, marks: np.ndarray, labels: Sequence[str], ridge: float
    ) -> tuple[Linear, np.ndarray, np.ndarray]:
        """Return (model, leave-one-out scores, class numbers of the labels)."""
        words, letters = _words().fit(texts), _letters(min_df=2, max_features=30_000).fit(texts)
        classes = sorted(set(labels))
        numbers = np.searchsorted(classes, labels)
        targets = np.eye(len(classes))[numbers]
        mean = targets.mean(axis=0)
        wordy = cls(classes, words, letters, np.zeros((1, 1)), mean)._wordy(texts)
        dense = _dense(vectors, marks)
        # rare classes count a little more, so that large ones do not swallow them
        weight = (len(numbers) / len(classes) / np.bincount(numbers))[numbers] ** 0.25
        gram = ((wordy @ wordy.T).toarray() + dense @ dense.T) * np.outer(weight, weight).astype(np.float32)
        gram[np.diag_indices_from(gram)] += ridge
        inverse = _inverse(gram)
        dual = inverse @ ((targets - mean) * weight[:, None]).astype(np.float32)
        left_out = targets - dual / np.diag(inverse)[:, None] / weight[:, None]
        dual = (dual * weight[:, None]).astype(np.float32)
        weights = np.vstack([np.asarray(wordy.T @ dual), dense.T @ dual])
        return cls(classes, words, letters, weights, mean), left_out, numbers

    def store(self, folder: Path, name: str) -> None:
        """Write the model into two files of a folder."""
        lists = {
            "classes": self.classes,
            "words": {k: int(v) for k, v in self._words.vocabulary_.items()},
            "letters": {k: int(v) for k, v in self._letters.vocabulary_.items()},
        }
        (folder / f"{name}.json").write_text(json.dumps(lists), encoding="utf-8")
        np.savez_compressed(
            folder / f"{name}.npz",
            weights=self._weights.astype(np.float16),
            mean=self._mean,
            words=self._words.idf_,
            letters=self._letters.idf_,
        )

    @classmethod
    def restore(cls, folder: Path, name: str) -> Linear:
        """Return the model that ``store`` wrote."""
        lists = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            words, letters = _words(vocabulary=lists["words"]), _letters(vocabulary=lists["letters"])
            words.idf_, letters.idf_ = arrays["words"], arrays["letters"]
            return cls(lists["classes"], words, letters, arrays["weights"].astype(np.float32), arrays["mean"])


def _dense(vectors: Vectors, marks: np.ndarray) -> np.ndarray:
    meaning = np.stack([v if v is not None else np.zeros(DIMENSIONS, np.float32) for v in vectors])
    return np.hstack([meaning * _MEANING, marks * _MARKS]).astype(np.float32)


def _inverse(gram: np.ndarray) -> np.ndarray:
    """Return the inverse of a symmetric positive matrix by Cholesky: a quarter of the work of a general one."""
    factor, failed = lapack.spotrf(gram, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("the training phrases lead to a matrix that cannot be solved")
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(inverse)
    return lower + np.tril(lower, -1).T


def _words(**options: object) -> TfidfVectorizer:
    return TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+", dtype=np.float32, **options
    )


def _letters(**options: object) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32, **options
    )


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return probabilities from scores along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def detector(own: np.ndarray, other: np.ndarray, is_case: np.ndarray) -> list[float]:
    """Return (slope of own score, slope of the best other, base) of a calibrated yes or no."""
    fit = LogisticRegression(C=100.0).fit(np.column_stack([own, other]), is_case)
    return [*map(float, fit.coef_[0]), float(fit.intercept_[0])]


def detect(numbers: Sequence[float], own: float, other: float) -> float:
    """Return the probability of yes."""
    return float(1 / (1 + np.exp(-(numbers[0] * own + numbers[1] * other + numbers[2]))))
