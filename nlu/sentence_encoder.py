"""Meaning of a sentence as a vector: all-MiniLM-L6-v2 as an int8 CTranslate2 encoder, in process, offline."""

from __future__ import annotations

import logging
import os
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
FOLDER = Path(__file__).resolve().parent.parent / ".cache" / "encoder"


class Encoder:
    """The converted model with its tokenizer."""

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._model = ctranslate2.Encoder(str(folder), device="cpu", compute_type="int8", intra_threads=1)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._one = lru_cache(maxsize=2_000)(self._encode_one)

    def __call__(self, texts: list[str]) -> np.ndarray:
        """Return unit vectors (mean of the last layer) of the texts, one row each."""
        if len(texts) <= 4:
            return np.stack([self._one(text) for text in texts])
        return np.concatenate([self._encode(texts[i : i + 64]) for i in range(0, len(texts), 64)])

    def _encode_one(self, text: str) -> np.ndarray:
        return self._encode([text])[0]

    def _encode(self, texts: list[str]) -> np.ndarray:
        ids = [self._tokenizer.encode(text or ".").ids for text in texts]
        output = self._model.forward_batch(ids, token_type_ids=[[0] * len(i) for i in ids])
        states = np.array(output.last_hidden_state)
        means = np.stack([states[row, : len(i)].mean(axis=0) for row, i in enumerate(ids)])
        return means / np.linalg.norm(means, axis=1, keepdims=True)


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
        """Encode all training phrases in batches."""
        self.process([m for m in training_data.training_examples if m.get(MASKED) is not None])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the vectors of the messages."""
        model = encoder()
        vectors = model([m.get(MASKED) for m in messages]) if model and messages else [None] * len(messages)
        for message, vector in zip(messages, vectors):
            message.set(VECTOR, vector)
        return messages
