"""How alike the phrases of an intent are: many that say the same teach little and flatter a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure.text import clean, plain, words
from benchmarks.nlu.data import by_intent
from nlu.catalog_reader import MASKED, CatalogReader
from nlu.sentence_encoder import Encoder, encoder
from nlu.spelling import Speller
from scripts.settings import Problem

TWINS = 0.95
"""Cosine above which two phrases say the same in nearly the same words."""
NEAR = (0.0, 0.6, 0.7, 0.8, 0.9, 1.01)
"""Borders between classes of nearness (cosine) to the nearest phrase learnt."""


def masked(texts: Sequence[str], learnt: Sequence[str]) -> list[str]:
    """Return texts as the classifier sees them: repaired, with a placeholder where a point is named.

    Args:
        learnt: the phrases whose words typos are repaired by.
    """
    reader = CatalogReader(None, None, Speller.learn(map(clean, learnt)).vocabulary)
    # Of each text one copy: the reader writes into what it reads.
    copies = {text: Message.build(text) for text in texts}
    reader.process_training_data(TrainingData(list(copies.values())))
    return [copies[text].get(MASKED) for text in texts]


def meanings(listed: Sequence[Message]) -> np.ndarray:
    """Return the meanings of training phrases, of unit length, as the classifier learns them."""
    texts = [m.get(TEXT) for m in listed]
    return _encoder().learn(masked(texts, texts))


def nearest_phrase(texts: Sequence[str], listed: Sequence[Message]) -> np.ndarray:
    """Return for each text that is not learnt the cosine of the nearest training phrase."""
    asked = masked(texts, [m.get(TEXT) for m in listed])
    # Not ``learn``: the file of kept vectors is for what is learnt.
    return (_encoder()(asked) @ meanings(listed).T).max(axis=1)


def _encoder() -> Encoder:
    model = encoder()
    if model is None:
        raise Problem("How alike phrases are is measured with the sentence encoder, and there is none.")
    return model


def measure(listed: Sequence[Message]) -> dict[str, Any]:
    """Return for each intent how many phrases there are, how near the nearest is, and how many words they use."""
    texts = [m.get(TEXT) for m in listed]
    seen = masked(texts, texts)
    meaning = _encoder().learn(seen)
    at = {id(m): number for number, m in enumerate(listed)}
    intents = {}
    for intent, own in by_intent(listed).items():
        rows = [at[id(m)] for m in own]
        near = _nearest(meaning[rows])
        vocabulary = {word for row in rows for word in words(plain(seen[row]))}
        intents[intent] = {
            "phrases": len(own),
            "nearest": float(near.mean()),
            "twins": float((near > TWINS).mean()),
            "words": len(vocabulary),
        }
    return {"intents": intents, "phrases": len(listed)}


def _nearest(meaning: np.ndarray) -> np.ndarray:
    """Return for each vector the cosine of the nearest other one, 0 where there is none."""
    near = meaning @ meaning.T
    np.fill_diagonal(near, -1.0)
    return np.maximum(near.max(axis=1), 0.0)
