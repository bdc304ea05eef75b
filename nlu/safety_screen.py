"""Warning signs win over every intent: the last word of the pipeline."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from acupressure.catalog import catalog
from acupressure.understanding import KEY, Reading
from nlu.intent_classifier import CRISIS, SIGN


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreen(GraphComponent):
    """Sets the intent to a warning sign where the patterns name one, or the classifier is sure of one."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config
        self._catalog = catalog()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default: how sure the classifier has to be without a pattern."""
        return {"sure": 0.9}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SafetyScreen:
        """Return a screen over this checkout's warning signs."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Override intent and reading where a warning sign is meant as here and now."""
        for message in messages:
            data = message.get(KEY)
            reading = Reading.from_dict(data)
            intent, confidence = self._alarm(reading)
            if intent:
                message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
                changed = {**data, "intent": intent, "confidence": confidence, "clauses": ()}
                message.set(KEY, changed, add_to_output=True)
        return messages

    def _alarm(self, reading: Reading) -> tuple[str, float]:
        """Return the overriding intent with its confidence, or an empty string."""
        if any(self._catalog.signs.counts(m) for m in reading.signs):
            return SIGN, 1.0
        if reading.crisis_score >= self._config["sure"]:
            return CRISIS, reading.crisis_score
        if not reading.signs and reading.sign_score >= self._config["sure"]:
            return SIGN, reading.sign_score
        return "", 0.0
