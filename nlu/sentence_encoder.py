"""Meaning of a sentence as a vector: all-MiniLM-L6-v2 as an int8 CTranslate2 encoder, in process, offline."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.catalog_reader import MASKED
from nlu.clauses import clauses, is_long

logger = logging.getLogger(__name__)
DIMENSIONS = 384
MAX_TOKENS = 128
MAX_KEPT = 60_000
"""Texts whose vectors are kept on disk (1.5 kB each)."""
MAX_LATEST = 2_000
"""Texts of users whose vectors are remembered."""
FOLDER = Path(__file__).resolve().parent.parent / ".cache" / "encoder"


class Encoder:
    """The converted model with its tokenizer. Vectors have length 384 and unit norm.

    A long text of several parts is encoded part by part, and its own meaning is the mean of theirs: so every
    word of a message goes through the model once, whoever asks for the message or for a part of it.
    """

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._open = lambda threads: ctranslate2.Encoder(
            str(folder), device="cpu", compute_type="int8", inter_threads=threads, intra_threads=1
        )
        self._model = self._open(1)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._latest: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = Lock()
        self._kept_file = folder / "vectors.npz"
        self._kept: _Kept | None = None

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Return the vectors of the texts, one row each; the latest ones are remembered."""
        return self.joined([_parts(text) for text in texts])

    def joined(self, listed: Sequence[Sequence[str]]) -> np.ndarray:
        """Return for each list of parts what they mean together."""
        parts = list(dict.fromkeys(part for parts in listed for part in parts))
        with self._lock:
            found = {part: self._latest[part] for part in parts if part in self._latest}
        missing = [part for part in parts if part not in found]
        if missing:
            found.update(zip(missing, self._encode(missing)))
            with self._lock:
                self._latest.update((part, found[part]) for part in missing)
                while len(self._latest) > MAX_LATEST:
                    self._latest.popitem(last=False)
        return np.stack([_mean(parts, found) for parts in listed])

    def learn(self, texts: Sequence[str]) -> np.ndarray:
        """Return the vectors of many texts that do not change from day to day, kept on disk once made.

        The phrases of training and the descriptions of the catalogue: encoding them takes most of the time
        of a training and of a start.
        """
        return self.learn_joined([_parts(text) for text in texts])

    def learn_joined(self, listed: Sequence[Sequence[str]]) -> np.ndarray:
        """Return for each list of parts what they mean together, as ``learn`` does."""
        self._kept = self._kept or _Kept(self._kept_file)
        missing = [p for p in dict.fromkeys(p for parts in listed for p in parts) if p not in self._kept]
        if missing:
            self._kept.add(missing, self._encode_many(missing))
        return np.stack([_mean(parts, self._kept) for parts in listed])

    def _encode_many(self, texts: list[str]) -> np.ndarray:
        one, self._model = (
            self._model,
            self._open(os.cpu_count() or 1),
        )  # nobody waits for an answer meanwhile
        # alike lengths together: a batch costs as much as its longest text
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        batches = [order[first : first + 24] for first in range(0, len(order), 24)]
        try:
            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                encoded = pool.map(lambda rows: self._encode([texts[i] for i in rows]), batches)
                for rows, found in zip(batches, encoded):
                    vectors[rows] = found
        finally:
            self._model = one
        return vectors

    def _encode(self, texts: list[str]) -> np.ndarray:
        ids = [self._tokenizer.encode(text or ".").ids for text in texts]
        output = self._model.forward_batch(ids, token_type_ids=[[0] * len(i) for i in ids])
        states = np.asarray(output.last_hidden_state)
        means = np.stack([states[row, : len(i)].mean(axis=0) for row, i in enumerate(ids)])
        return means / np.linalg.norm(means, axis=1, keepdims=True)


def _parts(text: str) -> tuple[str, ...]:
    return clauses(text) if is_long(text) else (text,)


def _mean(parts: Sequence[str], vectors: Mapping[str, np.ndarray] | _Kept) -> np.ndarray:
    if len(parts) == 1:
        return vectors[parts[0]]
    mean = sum(len(part.split()) * vectors[part] for part in parts)
    return mean / np.linalg.norm(mean)


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
    """Works out what a message and its parts mean, once for all components that ask for it."""

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
        """Encode all training phrases, so that those who learn from them find them ready."""
        model, texts = encoder(), [m.get(MASKED) for m in training_data.training_examples if m.get(MASKED)]
        if model and texts:
            model.learn(texts)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encode the messages and their parts in one go; the components behind find them ready."""
        model, texts = encoder(), [m.get(MASKED) for m in messages if m.get(MASKED)]
        if model and texts:
            model([part for text in texts for part in (text, *clauses(text))])
        return messages
