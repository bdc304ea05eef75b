"""How many of the examples nearest in meaning to a text state something (a warning sign): a second opinion.

The spotter compares with a sample of the harmless talk only, so a kind of talk it has not met may look like a sign
to it. Here all of it is kept, and only looked at where an alarm rests on the spotter alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.ridge import along, main_directions
from nlu.sentence_encoder import encoder

NEAREST = 10
_FILE = "neighbours.npz"


class Neighbours:
    """Examples by their meaning, and which of them state something."""

    def __init__(self, directions: np.ndarray, known: np.ndarray, stated: np.ndarray) -> None:
        """Take the numbers over.

        Args:
            directions: along which meanings are compared, one in each column.
            known: meanings of the examples along them.
            stated: which examples state something.
        """
        self._directions = np.asarray(directions, dtype=np.float32)
        self._known, self._stated = known, np.asarray(stated, dtype=bool)

    def share(self, text: str) -> float | None:
        """Return the share of the nearest examples that state something, None where there is no encoder."""
        model = encoder()
        if model is None or len(self._known) < NEAREST:
            return None
        vector = along(model([text]), self._directions)[0]
        near = self._known.astype(np.float32) @ vector
        return float(self._stated[np.argpartition(near, -NEAREST)[-NEAREST:]].mean())

    @classmethod
    def fit(cls, texts: Sequence[str], stated: Sequence[bool]) -> Neighbours:
        """Return the examples as they are looked at later."""
        model = encoder()
        if model is None:
            return cls(np.zeros((0, 1)), np.zeros((0, 1), np.float16), np.zeros(0))
        vectors = model.learn(texts)
        directions = main_directions(vectors)
        return cls(directions, along(vectors, directions).astype(np.float16), np.array(stated))

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
