"""What the examples nearest in meaning to a text state (a warning sign, a personal risk): a second opinion.

The spotters compare with a sample of the harmless talk only, so a kind of talk they have not met may look like a sign
to them. Here all of it is kept, and only looked at where an alarm rests on a spotter alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from nlu.ridge import along, main_directions
from nlu.sentence_encoder import encoder

_FILE = "neighbours.npz"


class Neighbours:
    """Examples by their meaning, and what each of them states."""

    def __init__(self, directions: np.ndarray, known: np.ndarray, stated: np.ndarray) -> None:
        """Take the numbers over.

        Args:
            directions: along which meanings are compared, one in each column.
            known: meanings of the examples along them.
            stated: id of what each example states.
        """
        self._directions = np.asarray(directions, dtype=np.float32)
        self._known, self._stated = known, stated

    def share(self, text: str, ids: Collection[str], nearest: int) -> float | None:
        """Return the share of the nearest examples that state one of the ids, None where there is no encoder."""
        model = encoder()
        if model is None or len(self._known) < nearest:
            return None
        vector = along(model([text]), self._directions)[0]
        near = self._known.astype(np.float32) @ vector
        return float(np.isin(self._stated[np.argpartition(near, -nearest)[-nearest:]], list(ids)).mean())

    @classmethod
    def fit(cls, stated: Mapping[str, str]) -> Neighbours:
        """Return examples, each with the id of what it states, as they are looked at later."""
        model = encoder()
        if model is None:
            return cls(np.zeros((0, 1)), np.zeros((0, 1), np.float16), np.zeros(0, "U1"))
        vectors = model.learn(list(stated))
        directions = main_directions(vectors)
        return cls(directions, along(vectors, directions).astype(np.float16), np.array([*stated.values()]))

    def store(self, folder: Path) -> None:
        """Write them into a file of a folder."""
        np.savez_compressed(
            folder / _FILE,
            directions=self._directions.astype(np.float16),
            known=self._known,
            stated=self._stated,
        )

    @classmethod
    def restore(cls, folder: Path) -> Neighbours:
        """Return what ``store`` wrote."""
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            return cls(**{key: stored[key] for key in stored.files})
