"""Finds the complaint that a plain description means ("I lie awake half the night") where none is named."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from acupressure.catalog import catalog
from acupressure.finder import ComplaintMention
from acupressure.understanding import KEY
from nlu.catalog_reader import MASKED
from nlu.place_finder import parts
from nlu.sentence_encoder import encoder

_ASKING = {"ask_complaint", "start_routine"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ComplaintFinder(GraphComponent):
    """Adds the complaint nearest in meaning to a message that complains without naming anything known."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._lowest = config["score"]
        said = [(phrase, c.id) for c in catalog().complaints.values() for phrase in (*c.says, c.name)]
        self._ids = np.array([id_ for _, id_ in said])
        model = encoder()
        self._vectors = model([phrase for phrase, _ in said]) if model else None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default: the lowest likeness (cosine) that counts."""
        return {"score": 0.62}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ComplaintFinder:
        """Return a finder over this checkout's complaints."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add a complaint to the reading where one is meant but not named."""
        for message in messages:
            reading, text = message.get(KEY), message.get(MASKED) or ""
            nameless = not reading["complaints"] and not reading["points"] and reading["intent"] in _ASKING
            if nameless and self._vectors is not None and len(text.split()) > 2:
                alike = encoder()(parts(text)[:6]) @ self._vectors.T
                best = int(alike.max(axis=0).argmax())
                if alike[:, best].max() >= self._lowest:
                    mention = ComplaintMention(str(self._ids[best]), text, 0, len(text))
                    message.set(KEY, {**reading, "complaints": [asdict(mention)]}, add_to_output=True)
        return messages
