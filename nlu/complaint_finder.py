"""Tells which complaint a message means, where none is named or the name misleads.

"I lie awake half the night" names nothing, and "my back moans at the desk" names the back and means the desk.
The training phrases of ``ask_complaint`` carry the complaint they mean as an entity; a classifier learns them.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure.aches import ComplaintMention, something_wrong
from acupressure.catalog import catalog
from acupressure.finder import Finder
from acupressure.understanding import KEY, PLACEHOLDER
from nlu.catalog_reader import MASKED
from nlu.ridge import Ridge, fitted_temperature, softmax
from nlu.sentence_encoder import encoder

ENTITY = "complaint"
NONE = "none"
"""What the classifier says of things the catalogue has no complaint for."""
_STRANGE = {"other_health", "out_of_scope"}
MOST_STRANGE = 400
"""Phrases about other things that are learnt besides."""
_PUT_RIGHT = re.compile(r"\bnot (?:for |in )?(?:the |my )?\w+\W*$|\bnot\b.*\bbut\b|\bi mean\b|\bmake that\b")
_FOR_SOMETHING = re.compile(
    r"\b(?:desk|office|chair|seat\w*|computer|laptop|screen|work|bed\w*|sleep\w*|night|wind|relax\w*|calm\w*|stress\w*|travel\w*|flight|train|plane|"
    r"car|stiff\w*|tired|energy|head\w*|ach\w*|pain\w*|sore\w*|hurts?|tens\w*|back|neck|hips?|shoulders?|legs?|feet|foot|knees?|belly|period|sick)\b"
)
"""What a routine is for, without the name of a complaint."""
_LONG = 30
"""Words of a story."""
_WIDE = {"whole_back", "stiffness", "computer_work"}
"""Complaints that a narrower one may be meant by."""
_ASKING = {"ask_complaint", "start_routine", "ask_routines"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ComplaintFinder(GraphComponent):
    """Adds the complaint that is meant, or puts it in the place of one that is only named."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        ridge: Ridge | None = None,
        temperature: float = 0.1,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._ridge, self._temperature = ridge, temperature

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: the probability that counts where nothing is named, and those at which
        what is meant wins over what is named."""
        return {
            "ridge": 2.0,
            "sure": 0.3,
            "sure_in_a_story": 0.6,
            "surer_than_named": 0.5,
            "named_is_unlikely": 0.2,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ComplaintFinder:
        """Return an untrained finder, which adds nothing."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ComplaintFinder:
        """Return the trained finder."""
        with model_storage.read_from(resource) as folder:
            temperature = json.loads((folder / "temperature.json").read_text(encoding="utf-8"))
            return cls(config, model_storage, resource, Ridge.restore(folder, "complaints"), temperature)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the annotated phrases, and the phrases of the catalogue beside them."""
        texts, labels = [], []
        for message in training_data.intent_examples:
            meant = [e["value"] for e in message.get(ENTITIES) or [] if e["entity"] == ENTITY]
            if len(meant) == 1 and message.get(MASKED):
                texts.append(message.get(MASKED))
                labels.append(meant[0])
        strange = [m for m in training_data.intent_examples if m.get(INTENT) in _STRANGE and m.get(MASKED)]
        for message in strange[:: max(1, len(strange) // MOST_STRANGE)]:
            texts.append(message.get(MASKED))
            labels.append(NONE)
        for text in _without_complaint(training_data):
            texts.append(text)
            labels.append(NONE)
        said = [(phrase, c.id) for c in catalog().complaints.values() for phrase in (c.name, *c.says)]
        texts += [phrase for phrase, _ in said]
        labels += [id_ for _, id_ in said]
        model = encoder()
        self._ridge, left_out = Ridge.fit(
            texts, model.learn(texts) if model else None, labels, ridge=self._config["ridge"]
        )
        self._temperature = fitted_temperature(left_out.scores, left_out.labels)
        with self._storage.write_to(self._resource) as folder:
            self._ridge.store(folder, "complaints")
            (folder / "temperature.json").write_text(json.dumps(self._temperature), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the complaint of the reading to the one that is meant."""
        for message in messages:
            reading, text = message.get(KEY), message.get(MASKED) or ""
            if self._ridge is None or reading["points"] or reading["intent"] not in _ASKING or not text:
                continue
            if any(
                not c["is_body_part"] and c["id"] not in _WIDE for c in reading["complaints"]
            ) and something_wrong(text):
                continue  # "my foot fell asleep; my lower back is sore": what hurts is named
            if reading["complaints"] and len(text.split()) > _LONG:
                continue  # a long story tells of many things: what it names stands
            meant = self._meant(text, [c["id"] for c in reading["complaints"]])
            if meant:
                mention = ComplaintMention(meant, text, 0, len(text))
                message.set(KEY, {**reading, "complaints": [asdict(mention)]}, add_to_output=True)
        return messages

    def _meant(self, text: str, named: list[str]) -> str | None:
        """Return the complaint that is meant, None where what is named stands or nothing is clear."""
        model = encoder()
        rows = self._ridge.scores([text], model([text]) if model else None)
        likely = dict(zip(self._ridge.classes, softmax(rows[0] / self._temperature)))
        best = max(likely, key=likely.__getitem__)
        if best == NONE:
            return None
        if not named:
            sure = self._config["sure" if len(text.split()) <= _LONG else "sure_in_a_story"]
            return best if likely[best] >= sure and len(text.split()) > 1 else None
        if named and _PUT_RIGHT.search(text):  # "make that shoulders, not neck": the words say which
            return None
        if len(set(named)) > 1:  # two complaints are meant, not a third one
            return None
        least = max(likely.get(id_, 0.0) for id_ in named)
        wins = likely[best] >= self._config["surer_than_named"] and least <= self._config["named_is_unlikely"]
        return best if wins and best not in named else None


def _without_complaint(training_data: TrainingData) -> list[str]:
    """Return the wishes for a routine that name nothing it should be for: they are no reason to guess one."""
    finder = Finder(catalog())
    return [
        text
        for message in training_data.intent_examples
        if message.get(INTENT) in {"start_routine", "ask_routines"}
        and (text := message.get(MASKED))
        and PLACEHOLDER not in text
        and not any(e["entity"] == ENTITY for e in message.get(ENTITIES) or [])
        and not finder.complaints(text)
        and not _FOR_SOMETHING.search(text.lower())
    ]
