"""Reads points, complaints, warning signs and personal risks from a message, by the catalogue."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure import mentions
from acupressure.aches import ComplaintMention
from acupressure.catalog import catalog
from acupressure.finder import Finder, PointMention
from acupressure.mentions import Mention
from acupressure.risks import CautionTable
from acupressure.signs import SignTable
from acupressure.text import MAX_CHARACTERS, clean, plain
from acupressure.understanding import PLACEHOLDER
from nlu.spelling import Speller

REPAIRED = "repaired"
"""Message key of the text in lower case with typos repaired."""
MASKED = "masked"
"""Message key of the repaired text in which a named point is written as a placeholder."""
FOUND = "catalog_found"
"""Message key of what was found: points, complaints, signs, risks."""


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class CatalogReader(GraphComponent, EntityExtractorMixin):
    """Finds what the catalogue knows and hides names from the classifier, so that it learns sentences."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, vocabulary: list[str] | None = None
    ) -> None:
        self._storage, self._resource = storage, resource
        self._catalog = catalog()
        self._finder = Finder(self._catalog)
        self._speller = Speller(vocabulary or ())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CatalogReader:
        """Return a reader of this checkout's catalogue without any training words."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CatalogReader:
        """Return the reader with the stored words, ready for its first message."""
        for table in (catalog().signs, catalog().cautions):
            mentions.make_ready(table.combinations)
        with model_storage.read_from(resource) as folder:
            return cls(
                model_storage, resource, json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
            )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the words of the training phrases for the repair of typos."""
        self._speller = Speller.learn(clean(m.get(TEXT) or "") for m in training_data.training_examples)
        with self._storage.write_to(self._resource) as folder:
            (folder / "vocabulary.json").write_text(json.dumps(self._speller.vocabulary), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Repair and mask the training phrases as a message would be; they need no signs and risks."""
        for message in training_data.training_examples:
            if message.get(TEXT):
                self._read(message)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set entities, the repaired and the masked text, and everything found."""
        for message in messages:
            points = self._read(message)
            repaired = message.get(REPAIRED)
            found = {
                "points": points,
                "complaints": _apart(self._finder.complaints(message.get(MASKED)), points),
                "signs": _both(self._catalog.signs, message.get(TEXT), repaired),
                "risks": _both(self._catalog.cautions, message.get(TEXT), repaired),
            }
            message.set(FOUND, found)
            message.set(ENTITIES, self._entities(found), add_to_output=True)
        return messages

    def _read(self, message: Message) -> list[PointMention]:
        """Clean, repair and mask a message; return the points of the text as written, else as repaired."""
        text = clean(message.get(TEXT) or "")[:MAX_CHARACTERS]
        message.set(TEXT, text, add_to_output=True)
        repaired = self._speller.repair(text)
        message.set(REPAIRED, repaired)
        points = self._finder.points(text)
        if points:
            message.set(MASKED, self._speller.repair(mask(text, points)))
        else:
            points = self._finder.points(repaired) if repaired != plain(text) else []
            message.set(MASKED, mask(repaired, points))
        return points

    def _entities(self, found: dict[str, list]) -> list[dict[str, Any]]:
        listed = [_entity("point", m, ",".join(m.codes) or m.other) for m in found["points"]]
        listed += [_entity("complaint", m, m.id) for m in found["complaints"]]
        listed += [_entity("sign", m, m.id) for m in found["signs"] if self._catalog.signs.counts(m)]
        listed += [_entity("risk", m, m.id) for m in found["risks"] if self._catalog.cautions.counts(m)]
        return listed


def _both(table: SignTable | CautionTable, text: str, repaired: str) -> list[Mention]:
    """Return what stands in a text as written, put right towards the words of the table, or else as repaired.

    Either repair may go wrong where two words are equally near: "thigs" are things to one, thighs to the other.
    """
    found = table.find(text)
    if repaired == plain(text):
        return found
    known = {m.id for m in found}
    return [*found, *(m for m in table.find(repaired) if m.id not in known)]


def mask(text: str, points: list[PointMention]) -> str:
    """Return the text with every named point replaced by the placeholder."""
    for mention in sorted(points, key=lambda m: -m.start):
        before = text[: mention.start].rstrip()
        before = (
            before[:-3].rstrip() if before.lower().endswith(" the") or before.lower() == "the" else before
        )
        after = text[mention.end :].lstrip()
        after = (
            after[5:].lstrip() if after.lower().startswith("point ") or after.lower() == "point" else after
        )
        text = (
            f"{before} {PLACEHOLDER} {after}"
            if after[:1] not in {"?", ".", ",", "!", "'"}
            else f"{before} {PLACEHOLDER}{after}"
        )
    return text.strip()


def _apart(complaints: list[ComplaintMention], points: list[PointMention]) -> list[ComplaintMention]:
    """Return the complaints whose words are not part of a point's name ("knee" in "knee back point")."""
    named = [p.text.lower() for p in points if p.how in {"name", "typo", "sound"}]
    return [c for c in complaints if not any(c.text in name for name in named)]


def _entity(kind: str, mention: PointMention | ComplaintMention | Mention, value: str) -> dict[str, Any]:
    return {
        "entity": kind,
        "value": value,
        "start": mention.start,
        "end": mention.end,
        "extractor": CatalogReader.__name__,
    }
