"""Kernel ridge regression on words, letters and sentence meaning.

Words and letters count in a straight line; of the meaning counts how near a text is to the training phrases
(a Gaussian of the distance). Not all phrases are compared with, but a sample of them, the landmarks (Nyström's
method, Williams and Seeger 2001). The more the better: of 2,500 phrases of other hands, 3,000 landmarks of 12,200 put 0.580
under the right intent, 5,000 0.592, 8,000 0.609, 12,000 0.624; each costs time in training and in use. The leave-one-out
scores, on which everything is calibrated, come for free. Meanings are compared along the 128 directions in
which the phrases differ most: half the work, and not worse. Nothing is pickled: arrays and names only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import scipy.sparse as sparse
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.linalg.blas import ssyrk
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from nlu.wording import PLACES, count, counts

_WORDING, _MARKS = 0.7, 0.5
_MEANING = 5.0
"""Weights of the feature groups, chosen with the ridge by leave-one-out accuracy."""
RIDGE = 2.0
LANDMARKS = 5_000
_LEFT_OUT = 7
"""Every so manieth phrase is left out once: enough to calibrate by."""
_BLOCK = 512
"""Phrases that are compared at a time: as many as stay in the cache of the processor."""
_DIRECTIONS = 128
_OFTEN = 0.03
"""Share of the landmarks from which on a word or a row of letters counts as frequent."""
_RARE = 0.25
"""How much more rare classes count, so that large ones do not swallow them."""


class Ridge:
    """The trained numbers: one score for each class."""

    def __init__(
        self,
        classes: list[str],
        places: np.ndarray,
        rarity: np.ndarray,
        weights: np.ndarray,
        mean: np.ndarray,
        directions: np.ndarray,
        known: np.ndarray,
        pull: np.ndarray,
    ) -> None:
        """Take the numbers over.

        Args:
            places: of the words and letters that count, ascending.
            rarity: inverse document frequency of each place.
            weights: of the places, then of the marks.
            mean: share of each class in training.
            directions: along which meanings are compared, one in each column.
            known: meanings of the landmarks along them, no rows where there is no encoder.
            pull: how much each landmark speaks for each class.
        """
        self.classes = classes
        self._places, self._rarity = places, np.asarray(rarity, dtype=np.float32)
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._mean = np.asarray(mean, dtype=np.float32)
        self._directions = np.ascontiguousarray(directions, dtype=np.float32)
        self._known = np.ascontiguousarray(known, dtype=np.float32)
        self._pull = np.ascontiguousarray(pull, dtype=np.float32)

    def scores(
        self, texts: Sequence[str], vectors: np.ndarray | None, marks: np.ndarray | None = None
    ) -> np.ndarray:
        """Return a row of scores for each text; about 1 for a clear case of a class, 0 for none."""
        told = np.stack([self._told(text) for text in texts])
        if marks is not None:
            told += marks * _MARKS @ self._weights[len(self._places) :]
        told += self._mean
        if vectors is not None and len(self._known):
            # one by one: for so few rows BLAS takes longer to rearrange the landmarks than to multiply
            for row, vector in zip(told, along(vectors, self._directions)):
                row += _nearness(vector, self._known) @ self._pull
        return told

    def _told(self, text: str) -> np.ndarray:
        """Return what the words and letters of a text speak for."""
        places, numbers = count(text)
        at = np.searchsorted(self._places, places)
        at[at == len(self._places)] = 0
        met = self._places[at] == places
        if not met.any():
            return np.zeros(len(self._mean), np.float32)
        at, values = at[met], _damped(numbers[met])
        values = values * self._rarity[at]
        is_word = places[met] < PLACES
        for half in (is_word, ~is_word):
            length = np.sqrt(np.square(values[half]).sum())
            values[half] *= _WORDING / length if length else 0.0
        return values @ self._weights[at]

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: np.ndarray | None,
        labels: Sequence[str],
        marks: np.ndarray | None = None,
        ridge: float = RIDGE,
        landmarks: np.ndarray | None = None,
    ) -> tuple[Ridge, LeftOut]:
        """Return the model, and what it would have said of phrases without having seen them.

        Args:
            vectors: meanings of the texts, None where there is no encoder.
            marks: further features of each text.
            landmarks: numbers of the texts that others are compared with; a sample by chance where not given.
        """
        numbers = counts(texts)
        places = np.flatnonzero(np.asarray((numbers > 0).sum(axis=0)).ravel() >= 2)
        rarity = _rarity(numbers[:, places])
        wordy = _weighed(numbers, places, rarity)
        dense = (
            np.zeros((len(texts), 0), np.float32) if marks is None else (marks * _MARKS).astype(np.float32)
        )
        classes = sorted(set(labels))
        wanted = np.searchsorted(classes, labels)
        chosen = sample(texts, LANDMARKS) if landmarks is None else landmarks
        directions = np.zeros((0, 1), np.float32)
        if vectors is not None:
            directions = main_directions(vectors)
            vectors = along(vectors, directions)
        some = _Some(wordy[chosen], dense[chosen], None if vectors is None else vectors[chosen])
        left_out, pull = LeftOut.solve(some, chosen, wordy, dense, vectors, wanted, len(classes), ridge)
        weights = np.vstack([np.asarray(some.wordy.T @ pull), some.dense.T @ pull])
        used = np.flatnonzero(np.abs(weights[: len(places)]).max(axis=1))
        weights = np.vstack([weights[used], weights[len(places) :]])
        none = np.zeros((0, 1), np.float32)
        model = cls(
            classes,
            places[used],
            rarity[used],
            weights,
            left_out.mean,
            directions,
            none if vectors is None else some.vectors,
            np.zeros((0, len(classes))) if vectors is None else pull,
        )
        left_out.weigh = lambda listed: _weighed(counts(listed), places, rarity)
        left_out.directions = directions
        return model, left_out

    def store(self, folder: Path, name: str) -> None:
        """Write the model into two files of a folder."""
        (folder / f"{name}.json").write_text(json.dumps(self.classes), encoding="utf-8")
        np.savez_compressed(
            folder / f"{name}.npz",
            places=self._places.astype(np.int32),
            rarity=self._rarity.astype(np.float16),
            weights=self._weights.astype(np.float16),
            mean=self._mean,
            directions=self._directions.astype(np.float16),
            known=self._known.astype(np.float16),
            pull=self._pull.astype(np.float16),
        )

    @classmethod
    def restore(cls, folder: Path, name: str) -> Ridge:
        """Return the model that ``store`` wrote."""
        classes = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
            return cls(classes, **{key: stored[key] for key in stored.files})


@dataclass
class _Some:
    """The landmarks, in all their features."""

    wordy: sparse.csr_matrix
    dense: np.ndarray
    vectors: np.ndarray | None

    def alike(self, wordy: sparse.csr_matrix, dense: np.ndarray, vectors: np.ndarray | None) -> np.ndarray:
        """Return how alike each phrase is to each landmark."""
        often = np.diff(self.wordy.tocsc().indptr) > _OFTEN * self.wordy.shape[0]
        # what stands in many phrases costs most as a sparse product and little as a dense one
        frequent, of_frequent = wordy[:, often].toarray(), self.wordy[:, often].toarray().T
        rare, of_rare = wordy[:, ~often].tocsr(), self.wordy[:, ~often].T.tocsr()
        alike = np.empty((wordy.shape[0], self.wordy.shape[0]), np.float32)
        for first in range(0, len(alike), _BLOCK):
            rows = slice(first, first + _BLOCK)
            np.matmul(frequent[rows], of_frequent, out=alike[rows])
            alike[rows] += (rare[rows] @ of_rare).toarray()
            if self.dense.shape[1]:
                alike[rows] += dense[rows] @ self.dense.T
            if vectors is not None:
                alike[rows] += _nearness(vectors[rows], self.vectors)
        return alike


class LeftOut:
    """What the model says of a phrase when that phrase is left out of its training; of every seventh phrase."""

    def __init__(self, some: _Some, numbers: np.ndarray) -> None:
        self._some = some
        self.numbers = numbers
        """Numbers of the phrases that were left out, each for itself."""
        self.scores = self.mean = self._faults = self._pull = self._own_pull = np.zeros(0)
        self.labels = np.zeros(0, int)
        self.weigh = counts
        self.directions = np.zeros((0, 1), np.float32)

    @classmethod
    def solve(
        cls,
        some: _Some,
        chosen: np.ndarray,
        wordy: sparse.csr_matrix,
        dense: np.ndarray,
        vectors: np.ndarray | None,
        labels: np.ndarray,
        classes: int,
        ridge: float,
    ) -> tuple[LeftOut, np.ndarray]:
        """Return the leave-one-out answers and the pull of the landmarks.

        With Z the phrases seen from the landmarks, the weights are those of ridge regression on Z; leaving
        phrase i out changes its residual e to e / (1 - h), h being its leverage (Hastie et al., The Elements of
        Statistical Learning, 7.10).
        """
        targets = np.eye(classes, dtype=np.float32)[labels]
        mean = targets.mean(axis=0)
        weight = ((len(labels) / classes / np.bincount(labels))[labels] ** _RARE).astype(np.float32)[:, None]
        between = some.alike(some.wordy, some.dense, some.vectors)
        between[np.diag_indices_from(between)] += 0.01  # keeps twins apart
        lower = cholesky(between, lower=True, overwrite_a=True, check_finite=False)
        rest = np.setdiff1d(np.arange(len(labels)), chosen)
        alike = some.alike(wordy[rest], dense[rest], None if vectors is None else vectors[rest])
        seen = np.empty((len(chosen), len(labels)), np.float32, order="F")
        seen[:, rest] = solve_triangular(lower, alike.T, lower=True, overwrite_b=True, check_finite=False)
        seen[:, chosen] = lower.T  # what solving for the landmarks themselves would give
        seen *= weight.T
        # half of seen @ seen.T, which is as much as is looked at
        square = ssyrk(1.0, seen, lower=True)
        square[np.diag_indices_from(square)] += ridge
        factor = cholesky(square, lower=True, overwrite_a=True, check_finite=False)
        wanted = (targets - mean) * weight
        own = cls(some, np.arange(0, len(labels), _LEFT_OUT))
        beta = cho_solve((factor, True), seen @ wanted, check_finite=False)
        seen, targets, weight, wanted = (
            seen[:, own.numbers], targets[own.numbers], weight[own.numbers], wanted[own.numbers]
        )  # fmt: skip
        fault = wanted - seen.T @ beta
        solved = solve_triangular(factor, seen, lower=True, overwrite_b=True, check_finite=False)
        own._faults = fault / (1 - np.square(solved).sum(axis=0))[:, None]
        own.scores, own.mean, own.labels = targets - own._faults / weight, mean, labels[own.numbers]
        # brought back to the landmarks once, so that every further text is only compared with these
        for triangle in (factor, lower):
            solved = solve_triangular(
                triangle, solved, lower=True, trans=1, overwrite_b=True, check_finite=False
            )
        own._own_pull = solved.T
        own._pull = solve_triangular(lower, beta, lower=True, trans=1, check_finite=False)
        return own, own._pull

    def scores_of(self, texts: Sequence[str], vectors: np.ndarray | None, owners: np.ndarray) -> np.ndarray:
        """Return the scores of further texts (parts of phrases), each without having seen its owner.

        Args:
            owners: which of the phrases left out each text is a part of.
        """
        dense = np.zeros((len(texts), self._some.dense.shape[1]), np.float32)
        vectors = None if vectors is None else along(vectors, self.directions)
        alike = self._some.alike(self.weigh(texts), dense, vectors)
        shared = np.einsum("ij,ij->i", alike, self._own_pull[owners])
        return alike @ self._pull - shared[:, None] * self._faults[owners] + self.mean


def sample(texts: Sequence[str], most: int) -> np.ndarray:
    """Return the numbers of up to ``most`` texts, ascending, as good as chosen by chance.

    Each text has its own lot, so that a text more or less changes little of what was chosen.
    """
    lots = np.array([crc32(text.encode()) for text in texts])
    return np.sort(np.argsort(lots, kind="stable")[:most])


def _damped(numbers: np.ndarray) -> np.ndarray:
    return 1.0 + np.log(numbers)


def _rarity(numbers: sparse.csr_matrix) -> np.ndarray:
    """Return the smoothed inverse document frequency of each column."""
    met = np.asarray((numbers > 0).sum(axis=0)).ravel()
    return (np.log((1 + numbers.shape[0]) / (1 + met)) + 1).astype(np.float32)


def _weighed(numbers: sparse.csr_matrix, places: np.ndarray, rarity: np.ndarray) -> sparse.csr_matrix:
    """Return the counts at the places by rarity; words and letters each of the same length for every text."""
    picked = numbers[:, places]
    picked.data = _damped(picked.data)
    picked = (picked @ sparse.diags(rarity)).tocsr().astype(np.float32)
    middle = int(np.searchsorted(places, PLACES))
    halves = []
    for half in (picked[:, :middle], picked[:, middle:]):
        length = np.sqrt(np.asarray(half.multiply(half).sum(axis=1)).ravel())
        scale = np.divide(_WORDING, length, out=np.zeros_like(length), where=length > 0)
        halves.append(sparse.diags(scale.astype(np.float32)) @ half)
    return sparse.hstack(halves, format="csr").astype(np.float32)


def main_directions(vectors: np.ndarray) -> np.ndarray:
    """Return the directions in which meanings differ most, one in each column."""
    directions = np.linalg.eigh(vectors.T @ vectors)[1][:, : -_DIRECTIONS - 1 : -1]
    return np.ascontiguousarray(directions)  # BLAS takes no negative strides


def along(vectors: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return unit vectors along the directions."""
    along = vectors @ directions
    return along / np.linalg.norm(along, axis=1, keepdims=True)


def _nearness(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how near each vector is to each other one: a Gaussian of their distance, times its weight."""
    near = some @ others.T
    near -= 1.0
    np.exp(near, out=near)
    near *= _MEANING
    return near


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return probabilities from scores along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def fitted_temperature(left_out: np.ndarray, wanted: np.ndarray) -> float:
    """Return the temperature at which the leave-one-out scores become honest probabilities."""

    def loss(temperature: float) -> float:
        likely = softmax(left_out / temperature)
        return -float(np.log(likely[np.arange(len(wanted)), wanted] + 1e-12).mean())

    return float(minimize_scalar(loss, bounds=(0.01, 1.0), method="bounded").x)


def detector(own: np.ndarray, other: np.ndarray, is_case: np.ndarray) -> list[float]:
    """Return (slope of own score, slope of the best other, base) of a calibrated yes or no."""
    fit = LogisticRegression(C=100.0).fit(np.column_stack([own, other]), is_case)
    return [*map(float, fit.coef_[0]), float(fit.intercept_[0])]


def detect(numbers: Sequence[float], own: float, other: float) -> float:
    """Return the probability of yes."""
    return float(1 / (1 + np.exp(-(numbers[0] * own + numbers[1] * other + numbers[2]))))
