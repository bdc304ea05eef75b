"""Finds the point that a plain description of its place means ("the dent where the leg bends")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from acupressure.catalog import Catalog, catalog
from acupressure.finder import PointMention
from nlu.catalog_reader import FOUND, MASKED, PLACEHOLDER
from nlu.ridge import Ridge
from nlu.sentence_encoder import Encoder, encoder

_QUESTION = re.compile(
    r"\b(?:where|what|how|which|why|does|do|can|could|should|would|tell me|show me|press|pressing|hold|holding|push|pushing|"
    r"rub|rubbing|massage|massaging|long|hard|firm|firmly|strong|often|times?|safe|good|for|used|use|points?|spots?|please|called|"
    r"named|name|purpose|harm|there|dangerous|benefits?|help|helps|seconds|minutes|i|me|you|u|we|is it|it|its|that|this|these)\b"
)
_SPLIT = re.compile(r"[.?!,;:]| and how\b| what\b| how\b| where\b| is it\b")
LEAST_WORDS = 0.12
"""Likeness in words below which a text speaks of no place."""
MOST_ENCODED = 4
CLOSE = 0.2
"""Points whose nearest description is this much less alike than the best one may still be meant."""
_MEANING, _LETTERS = 0.6, 0.4
"""Weights of meaning and wording, chosen on the training descriptions."""


@dataclass(frozen=True)
class Place:
    """The point a description fits best."""

    code: str
    score: float
    """0 to 1; about 0.6 for a good description."""


class Places:
    """All descriptions of the catalogue, ready to be compared with."""

    def __init__(self, known: Catalog, model: Encoder | None) -> None:
        described = [
            (t.lower(), p.code) for p in known.points.values() for t in (*p.places, p.area, p.where, p.find)
        ]
        texts = [text for text, _ in described]
        self._codes = np.array([code for _, code in described])
        self._model = model
        self._vectors = model.learn(texts) if model else None
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"[a-z]{4,}")
        self._by_letters = self._letters.fit_transform(texts)
        self._by_words = self._words.fit_transform(texts)
        # the nearest description tells that a place is meant; which one, a classifier tells better (leaving
        # each description out: 0.78 right against 0.62)
        vectors = list(self._vectors) if model else [None] * len(texts)
        marks = np.zeros((len(texts), 1), np.float32)
        self._ridge, _, _ = Ridge.fit(texts, vectors, marks, list(self._codes), 0.3, leave_out=False)

    def best(self, text: str) -> Place | None:
        """Return the point whose description is most alike the text or a part of it, None for no likeness at all."""
        pieces = parts(text)
        by_words = (self._words.transform(pieces) @ self._by_words.T).toarray()
        if by_words.max() < LEAST_WORDS:
            return None
        alike = 0.5 * (self._letters.transform(pieces) @ self._by_letters.T).toarray() + 0.5 * by_words
        # meaning costs milliseconds a part: only the parts that speak of a place are looked at
        promising = np.argsort(-alike.max(axis=1))[:MOST_ENCODED]
        chosen, alike = [pieces[i] for i in promising], alike[promising]
        vectors = self._model(chosen) if self._model else [None] * len(chosen)
        if self._model:
            alike = _LETTERS * alike + _MEANING * (vectors @ self._vectors.T)
        nearest: dict[str, float] = {}
        for code, score in zip(self._codes, alike.max(axis=0)):
            nearest[str(code)] = max(nearest.get(str(code), 0.0), float(score))
        best = max(nearest.values())
        marks = np.zeros((len(chosen), 1), np.float32)
        told = dict(zip(self._ridge.classes, self._ridge.scores(chosen, list(vectors), marks).max(axis=0)))
        likely = [code for code, score in nearest.items() if score >= best - CLOSE]
        return Place(max(likely, key=lambda code: told[code] + nearest[code]), best)


def parts(text: str) -> list[str]:
    """Return the text, its longer clauses, and both without the words of the question."""
    pieces = [text, *(p.strip() for p in _SPLIT.split(text) if len(p.split()) >= 3)][:8]
    bare = [re.sub(r"\s+", " ", _QUESTION.sub(" ", p)).strip(" ?.,!") for p in pieces]
    return list(dict.fromkeys([*pieces, *(b for b in bare if b)]))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceFinder(GraphComponent):
    """Adds a point mention where no point is named but a place is described well enough."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config
        self._places = Places(catalog(), encoder())
        self._lowest = config["score"] if encoder() else config["score_by_words"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: lowest scores, and what a complaint in the message asks beyond them."""
        return {"score": 0.55, "score_by_words": 0.3, "beside_complaint": 0.17, "most_words": 60}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceFinder:
        """Return a finder over this checkout's catalogue."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training phrases as they are."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add a mention of kind ``place`` to what was found."""
        for message in messages:
            found, text = message.get(FOUND), message.get(MASKED) or ""
            if (
                not found["points"]
                and PLACEHOLDER not in text
                and 2 < len(text.split()) <= self._config["most_words"]
            ):
                place = self._places.best(text)
                extra = (
                    self._config["beside_complaint"]
                    if any(not c.is_body_part for c in found["complaints"])
                    else 0.0
                )
                if place and place.score >= self._lowest + extra:
                    mention = PointMention(text, 0, len(text), (place.code,), "place")
                    message.set(FOUND, {**found, "points": [mention], "complaints": []})
        return messages
