"""Finds the point that a plain description of its place means ("the dent where the leg bends").

A classifier learns the descriptions of the catalogue, alone and in the sentences of the training phrases, where
a description may stand wherever a name does; what is said of other things is its class of none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure.aches import ComplaintMention
from acupressure.catalog import Catalog, catalog
from acupressure.finder import PointMention
from acupressure.text import words
from acupressure.vocabulary import WHICH_TOOL
from nlu.catalog_reader import FOUND, MASKED, PLACEHOLDER
from nlu.clauses import clauses
from nlu.ridge import Ridge, fitted_temperature, sample, softmax
from nlu.sentence_encoder import encoder

NONE = "none"
LANDMARKS = 2_000
OF_POINTS = {
    "ask_location", "ask_pressure", "ask_duration", "ask_frequency", "ask_benefits", "ask_point_safety",
    "ask_point_evidence", "ask_picture", "ask_posture", "describe_point", "explain_find", "list_points",
    "compare_points", "pick_point", "tell_more",
}  # fmt: skip
"""Intents whose phrases may describe a place themselves: no examples of none."""
NEAREST = {"ask_complaint", "start_routine", "tell_risk"}
"""Intents that speak of places of the body and mean something else: every second phrase is learnt."""
EVERY = 8
"""Of the other intents every so manieth phrase is learnt as none."""
_RELATION = re.compile(
    r"\b(?:behind|between|under\w*|below|above|beneath|inside|outside|inner|outer|side|edge|front|top|middle|mid\w*|cent(?:er|re)|"
    r"hollow|dent|dip|dimple|crease|fold|bump|knob|gap|groove|soft|spots?|points?|place|tip|end|web|next to|near|beside|"
    r"fingers?|width|inch|base|sole|ball|bone|muscle|tendon)\b"
)
"""Words that place something on the body."""
_POINTING = re.compile(r"\b(?:it|there|that one|this one)\b")
"""Words for a point that was shown already."""
_TOOLS = re.compile(WHICH_TOOL)
"""Asks what to press with: "knuckles or thumbs" is no place."""
_SMALL = frozenset(
    words("a about actually also and any are be but can do for have how i i'd in is it it's its make me mean meant my no not of on or "
          "please rather should sorry that the then there these this to too was what which points spots yes you your")
)  # fmt: skip
"""Words that place nothing: with names of parts of the body alone they describe no point."""
_DENIED = re.compile(r"\bnot (?:the |my )?(?:\w+ )?\w+\W*$")
LONGEST_SENTENCE = 10
SENTENCES = 2
"""Sentences that each description is learnt in."""


@dataclass(frozen=True)
class Place:
    """The point a description fits best."""

    code: str
    score: float
    """Probability."""


class Places:
    """Knows what the places of the points are called."""

    def __init__(self, ridge: Ridge, temperature: float) -> None:
        self._ridge, self._temperature = ridge, temperature

    def best(self, text: str) -> Place | None:
        """Return the point that a text or a part of it describes, None where none is described at all."""
        parts, model = clauses(text), encoder()
        texts = [text, *(p for p in parts if len(p.split()) > 2)] if len(parts) > 1 else [text]
        rows = softmax(self._ridge.scores(texts, model(texts) if model else None) / self._temperature)
        none = self._ridge.classes.index(NONE)
        surest = rows[int(rows[:, none].argmin())]
        best = int(surest.argmax())
        return Place(self._ridge.classes[best], float(surest[best])) if best != none else None

    @classmethod
    def train(cls, known: Catalog, others: list[str], sentences: list[str], ridge: float) -> Places:
        """Learn the descriptions of a catalogue.

        Args:
            others: phrases that describe no point.
            sentences: phrases with the placeholder for a point.
        """
        texts, labels = list(others), [NONE] * len(others)
        sentence = cycle(sentences)
        for point in known.points.values():
            for told in (*point.places, point.area, point.where, point.find):
                bare = told.lower().rstrip(".")
                around = (
                    [next(sentence).replace(PLACEHOLDER, bare) for _ in range(SENTENCES)] if sentences else []
                )
                texts += [bare, *around]
                labels += [point.code] * (1 + len(around))
        model = encoder()
        learnt, left_out = Ridge.fit(
            texts,
            model.learn(texts) if model else None,
            labels,
            ridge=ridge,
            landmarks=sample(texts, LANDMARKS),
        )
        return cls(learnt, fitted_temperature(left_out.scores, left_out.labels))

    def store(self, folder: Any) -> None:
        """Write what was learnt into a folder."""
        self._ridge.store(folder, "places")
        (folder / "temperature.json").write_text(json.dumps(self._temperature), encoding="utf-8")

    @classmethod
    def restore(cls, folder: Any) -> Places:
        """Return what ``store`` wrote."""
        temperature = json.loads((folder / "temperature.json").read_text(encoding="utf-8"))
        return cls(Ridge.restore(folder, "places"), temperature)


def _describes(text: str, named: Sequence[ComplaintMention]) -> bool:
    """Tell whether a text says more than the names of parts of the body."""
    told = {word for mention in named for word in words(mention.text)}
    return any(word not in _SMALL and word not in told for word in words(_DENIED.sub(" ", text)))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PlaceFinder(GraphComponent):
    """Adds a point mention where no point is named but a place is described well enough."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, places: Places | None = None
    ) -> None:
        self._config, self._storage, self._resource, self._places = config, storage, resource, places

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: lowest probability, and what a complaint in the message asks beyond it."""
        return {"ridge": 2.0, "sure": 0.45, "beside_complaint": 0.3, "most_words": 60}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceFinder:
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
    ) -> PlaceFinder:
        """Return the trained finder."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Places.restore(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the places of this checkout's catalogue in the sentences of the training phrases."""
        near: list[str] = []
        far: list[str] = []
        sentences: list[str] = []
        for message in training_data.intent_examples:
            text, intent = message.get(MASKED) or "", message.get(INTENT)
            if intent not in OF_POINTS and text and PLACEHOLDER not in text:
                (near if intent in NEAREST else far).append(text)
            elif (
                intent in OF_POINTS and text.count(PLACEHOLDER) == 1 and len(text.split()) <= LONGEST_SENTENCE
            ):
                sentences.append(text)
        others = [*near[::2], *far[::EVERY]]
        # neighbours in the file are alike: a stride brings variety
        sentences = [s for first in range(7) for s in sentences[first::7]]
        self._places = Places.train(catalog(), others, sentences, self._config["ridge"])
        with self._storage.write_to(self._resource) as folder:
            self._places.store(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add a mention of kind ``place`` to what was found."""
        for message in messages:
            found, text = message.get(FOUND), message.get(MASKED) or ""
            if self._places is None or found["points"] or PLACEHOLDER in text:
                continue
            if not 2 < len(text.split()) <= self._config["most_words"]:
                continue
            if found["complaints"] and not _describes(text, found["complaints"]):
                continue  # "and for the knee?", "no, the neck I mean, not the back"
            complains = any(not c.is_body_part for c in found["complaints"])
            if _TOOLS.search(text):
                continue
            placed = _RELATION.search(text)
            if _POINTING.search(text) and not placed:
                continue  # "my thumb on it"
            place = self._places.best(text)
            if found["complaints"] and not placed:
                complains = True  # "the knee when I climb": part of the body, no place on it
            lowest = self._config["sure"] + (self._config["beside_complaint"] if complains else 0.0)
            if place and place.score >= lowest:
                mention = PointMention(text, 0, len(text), (place.code,), "place")
                message.set(FOUND, {**found, "points": [mention], "complaints": []})
        return messages
