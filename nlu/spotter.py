"""Tells how likely a text states one of several things (warning signs, personal risks) or none, and which.

What is learnt from examples and what the patterns meet are blended; how much each counts is learnt from the same
examples, each judged by a model that did not see it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from acupressure.mentions import Mention
from nlu.clauses import clauses, is_long
from nlu.ridge import Ridge, sample
from nlu.sentence_encoder import encoder

HARMLESS = "harmless"
"""Class of the texts that state none of them."""
Parts = tuple[str, ...]
Find = Callable[[str], list[Mention]]
Patterns = Callable[[list[Mention]], list[float]]
SHORT, LONGEST = 8, 30
"""Words up to which a message is looked at in one piece only, and from which on only piece by piece."""


class Spotter:
    """Tells how likely a text states one of several things (warning signs, risks) or none, and which."""

    def __init__(self, ridge: Ridge, blend: list[float], patterns: Patterns) -> None:
        self._ridge, self._blend, self._patterns = ridge, np.asarray(blend), patterns
        self._stated = np.array([c != HARMLESS for c in ridge.classes])

    def judge(self, text: str, found: list[Mention]) -> tuple[str, float]:
        """Return the likeliest sign of a text and the probability that it states any.

        Args:
            found: what the patterns met in it, however meant.
        """
        (listed, has_whole), model = pieces(text), encoder()
        rows = self._ridge.scores(_texts(listed), model.joined(listed) if model else None)
        margins = _margins(rows, self._stated)
        best = int(np.where(self._stated, rows[int(margins.argmax())], -np.inf).argmax())
        features = _features(margins, has_whole, self._patterns(found))
        return self._ridge.classes[best], float(
            1 / (1 + np.exp(-(features @ self._blend[:-1] + self._blend[-1])))
        )

    @classmethod
    def train(
        cls, texts: list[str], labels: list[str], find: Find, patterns: Patterns, ridge: float, most: int
    ) -> Spotter:
        """Return a spotter that learnt messages and their sign ids (or ``harmless``).

        Args:
            find: tells what the patterns meet in a text.
            most: examples that others are compared with.
        """
        model = encoder()
        learnt, left_out = Ridge.fit(
            texts,
            model.learn(texts) if model else None,
            labels,
            ridge=ridge,
            landmarks=_landmarks(texts, labels, most),
        )
        stated = np.array([c != HARMLESS for c in learnt.classes])
        # how pattern and classifier are blended is learnt by scores that have not seen the message
        some = left_out.numbers
        split = [pieces(texts[i]) for i in some]
        listed = [parts for own, _ in split for parts in own]
        owners = np.repeat(np.arange(len(some)), [len(own) for own, _ in split])
        rows = left_out.scores_of(_texts(listed), model.learn_joined(listed) if model else None, owners)
        margins = np.split(_margins(rows, stated), np.flatnonzero(np.diff(owners)) + 1)
        features = np.array(
            [
                _features(own, has_whole, patterns(find(texts[i])))
                for own, (_, has_whole), i in zip(margins, split, some)
            ]
        )
        told = [labels[i] != HARMLESS for i in some]
        blend = LogisticRegression(C=10.0, max_iter=2_000).fit(features, told)
        return cls(learnt, [*map(float, blend.coef_[0]), float(blend.intercept_[0])], patterns)

    def store(self, folder: Path, name: str) -> None:
        """Write the model into a folder."""
        self._ridge.store(folder, name)
        (folder / f"{name}_blend.json").write_text(json.dumps(list(self._blend)), encoding="utf-8")

    @classmethod
    def restore(cls, folder: Path, name: str, patterns: Patterns) -> Spotter:
        """Return the model that ``store`` wrote."""
        blend = json.loads((folder / f"{name}_blend.json").read_text(encoding="utf-8"))
        return cls(Ridge.restore(folder, name), blend, patterns)


def _landmarks(texts: Sequence[str], labels: Sequence[str], most: int) -> np.ndarray:
    """Return which examples others are compared with: all that state something, and some harmless ones."""
    is_harmless = np.array([label == HARMLESS for label in labels])
    harmless = np.flatnonzero(is_harmless)
    kept = harmless[sample([texts[i] for i in harmless], max(500, most - int((~is_harmless).sum())))]
    return np.sort(np.concatenate([np.flatnonzero(~is_harmless), kept]))


def _texts(listed: Sequence[Parts]) -> list[str]:
    return [" ".join(" ".join(parts).split()[:LONGEST]) for parts in listed]


def _margins(rows: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """Return for each text how far its best sign is ahead of harmless."""
    return rows[:, stated].max(axis=1) - rows[:, ~stated].max(axis=1)


def _features(margins: np.ndarray, whole_first: bool, met: list[float]) -> np.ndarray:
    """Return what the last decision is made on: the whole text, its clearest part, and the patterns."""
    parts = margins[1:] if whole_first and len(margins) > 1 else margins
    has_parts = float(len(margins) > 1)
    whole = margins[0] if whole_first else margins.max()
    return np.array([whole, float(parts.max()) * has_parts, has_parts, *met])


def pieces(text: str) -> tuple[list[Parts], bool]:
    """Return what of a text is looked at, each piece as its parts, and whether the whole text comes first.

    Of a text of several parts that say something it is each of them and each two that follow one another.
    """
    parts = [p for p in clauses(text) if len(p.split()) >= 3]
    if len(text.split()) <= SHORT or len(parts) < 2:
        return [(text,)], True
    listed = [*((p,) for p in parts), *(pairwise(parts) if len(parts) > 2 else ())]
    if len(text.split()) > LONGEST:
        return listed, False
    return [tuple(parts) if is_long(text) else (text,), *listed], True
