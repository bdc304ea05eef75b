"""Meaning of a sentence as a vector: all-MiniLM-L6-v2 as an int8 CTranslate2 encoder, in process, offline."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.catalog_reader import MASKED

logger = logging.getLogger(__name__)
VECTOR = "sentence_vector"
"""Message key of the vector (length 384, unit norm), or None where there is no encoder."""
DIMENSIONS = 384
MAX_TOKENS = 128
MAX_KEPT = 60_000
"""Texts whose vectors are kept on disk (1.5 kB each)."""
FOLDER = Path(__file__).resolve().parent.parent / ".cache" / "encoder"


class Encoder:
    """The converted model with its tokenizer."""

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._open = lambda threads: ctranslate2.Encoder(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads
        )
        self._model = self._open(1)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._one = lru_cache(maxsize=2_000)(self._encode_one)
        self._kept_file = folder / "vectors.npz"

    def __call__(self, texts: list[str]) -> np.ndarray:
        """Return unit vectors (mean of the last layer) of the texts, one row each."""
        if len(texts) <= 4:
            return np.stack([self._one(text) for text in texts])
        return self._encode_many(texts)

    def learn(self, texts: list[str]) -> np.ndarray:
        """Return the vectors of many texts that do not change from day to day, kept on disk once made.

        The phrases of training and the descriptions of the catalogue: encoding them takes most of the time
        of a training and of a start.
        """
        kept = _Kept(self._kept_file)
        missing = [text for text in dict.fromkeys(texts) if text not in kept]
        if missing:  # nobody waits for an answer meanwhile: every core may help
            one, self._model = self._model, self._open(os.cpu_count() or 1)
            try:
                kept.add(missing, self._encode_many(missing))
            finally:
                self._model = one
        return np.stack([kept[text] for text in texts])

    def _encode_many(self, texts: list[str]) -> np.ndarray:
        # alike lengths together: a batch costs as much as its longest text
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for first in range(0, len(order), 32):
            rows = order[first : first + 32]
            vectors[rows] = self._encode([texts[i] for i in rows])
        return vectors

    def _encode_one(self, text: str) -> np.ndarray:
        return self._encode([text])[0]

    def _encode(self, texts: list[str]) -> np.ndarray:
        ids = [self._tokenizer.encode(text or ".").ids for text in texts]
        output = self._model.forward_batch(ids, token_type_ids=[[0] * len(i) for i in ids])
        states = np.array(output.last_hidden_state)
        means = np.stack([states[row, : len(i)].mean(axis=0) for row, i in enumerate(ids)])
        return means / np.linalg.norm(means, axis=1, keepdims=True)


class _Kept:
    """Vectors on disk by the digest of their text; a file that cannot be read is made anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: dict[bytes, np.ndarray] = {}
        try:
            with np.load(file, allow_pickle=False) as stored:
                self._rows = dict(zip(stored["digests"].tolist(), stored["vectors"]))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            pass

    def __contains__(self, text: str) -> bool:
        return _digest(text) in self._rows

    def __getitem__(self, text: str) -> np.ndarray:
        return self._rows[_digest(text)]

    def add(self, texts: list[str], vectors: np.ndarray) -> None:
        """Keep the vectors of new texts, the latest ones where they become too many."""
        self._rows.update(zip(map(_digest, texts), vectors))
        digests, rows = zip(*list(self._rows.items())[-MAX_KEPT:])
        try:
            with tempfile.NamedTemporaryFile(dir=self._file.parent, suffix=".npz", delete=False) as scratch:
                np.savez(scratch, digests=np.array(digests), vectors=np.stack(rows))
            Path(scratch.name).replace(self._file)
        except OSError as error:  # a read-only folder or a full disk only costs time
            logger.warning("vectors are not kept: %s", error)


def _digest(text: str) -> bytes:
    # as hexadecimal letters, because numpy cuts trailing zero bytes off
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest().encode()


@lru_cache(maxsize=1)
def encoder() -> Encoder | None:
    """Return the encoder, loaded once, or None where set-up could not get it (understanding is then weaker)."""
    if os.environ.get("ACU_ENCODER", "").lower() == "off":
        return None
    folder = Path(os.environ.get("ACU_ENCODER_DIR") or FOLDER)
    if not (folder / "ok").exists():
        logger.warning("no sentence encoder in place: understanding uses word features alone")
        return None
    return Encoder(folder)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Puts the vector of the masked text beside every message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Return the component; the model is shared by all of them in a process."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode all training phrases."""
        messages = [m for m in training_data.training_examples if m.get(MASKED) is not None]
        model = encoder()
        vectors = (
            model.learn([m.get(MASKED) for m in messages]) if model and messages else [None] * len(messages)
        )
        for message, vector in zip(messages, vectors):
            message.set(VECTOR, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the vectors of the messages."""
        model = encoder()
        vectors = model([m.get(MASKED) for m in messages]) if model and messages else [None] * len(messages)
        for message, vector in zip(messages, vectors):
            message.set(VECTOR, vector)
        return messages
