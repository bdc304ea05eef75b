"""Tells what is meant: intent with calibrated confidence, what is out of scope, and the parts of a message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure.aches import something_wrong
from acupressure.catalog import catalog
from acupressure.finder import Finder
from acupressure.understanding import KEY, Clause, Reading
from nlu.catalog_reader import FOUND, MASKED, PLACEHOLDER
from nlu.clauses import clauses
from nlu.ridge import Ridge, detect, detector, fitted_temperature, softmax
from nlu.sentence_encoder import encoder

OUT_OF_SCOPE = "out_of_scope"
SIGN = "report_warning_sign"
CRISIS = "self_harm"
SET_APART = (OUT_OF_SCOPE, SIGN, CRISIS)
"""Not in the race with the others: they have detectors with thresholds of their own."""
FALLBACK = "nlu_fallback"
_SCRAP = 3
"""Words up to which a part of a message may be a mere scrap."""
RANKED = 8
"""Intents that are handed on with their probabilities, so that the conversation can decide between them."""
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True)
class Judgement:
    """What the classifier thinks of one text."""

    ranking: tuple[tuple[str, float], ...]
    """Intents with calibrated probabilities, best first."""
    outside: float
    """Probability that the text is none of our business."""
    sign: float
    crisis: float


class Model:
    """The trained classifier: ridge regression with a temperature and detectors."""

    def __init__(self, ridge: Ridge, numbers: dict[str, Any], words: Iterable[str] = ()) -> None:
        """Take over the parts; ``words`` are those met in training."""
        self._ridge, self.numbers, self._words = ridge, numbers, frozenset(words)
        self._finder = Finder(catalog())
        self._race = np.array([c not in SET_APART for c in ridge.classes])
        self._apart = [ridge.classes.index(name) for name in SET_APART if name in ridge.classes]

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Return what is meant by each text."""
        model = encoder()
        rows = self._ridge.scores(texts, model(texts) if model else None, marks(self._finder, texts))
        return [self._one(row) for row in rows]

    def _one(self, row: np.ndarray) -> Judgement:
        likely = softmax(np.where(self._race, row, -np.inf) / self.numbers["temperature"])
        ranking = tuple((self._ridge.classes[i], float(likely[i])) for i in np.argsort(-likely)[:RANKED])
        best = float(row[self._race].max())
        own = (float(row[number]) for number in self._apart)
        return Judgement(ranking, *(detect(self.numbers[n], o, best) for n, o in zip(SET_APART, own)))

    def knows(self, text: str) -> bool:
        """Tell whether at least one word of a text was met in training."""
        return any(word in self._words for word in _WORD.findall(text.lower()))

    @classmethod
    def train(cls, texts: list[str], intents: list[str], ridge: float) -> Model:
        """Return a model trained on phrases and their intents."""
        model = encoder()
        vectors = model.learn(texts) if model else None
        seen = marks(Finder(catalog()), texts)
        ridge_model, left_out = Ridge.fit(texts, vectors, intents, seen, ridge)
        words = {word for text in texts for word in _WORD.findall(text.lower())}
        trained = cls(ridge_model, {}, words)
        trained.numbers = trained._calibrate(left_out.scores, left_out.labels)
        return trained

    def _calibrate(self, scores: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
        """Return temperature and detector coefficients fitted on leave-one-out scores."""
        racing = self._race[labels]
        columns = np.flatnonzero(self._race)
        inside, wanted = scores[racing][:, columns], np.searchsorted(columns, labels[racing])
        best = scores[:, columns].max(axis=1)
        numbers: dict[str, Any] = {}
        for name in SET_APART:
            column = self._ridge.classes.index(name)
            numbers[name] = detector(scores[:, column], best, labels == column)
        numbers["temperature"] = fitted_temperature(inside, wanted)
        numbers["left_out_accuracy"] = float((inside.argmax(axis=1) == wanted).mean())
        return numbers

    def store(self, folder: Path) -> None:
        """Write the model into a folder."""
        self._ridge.store(folder, "intents")
        kept = {"numbers": self.numbers, "words": sorted(self._words)}
        (folder / "numbers.json").write_text(json.dumps(kept), encoding="utf-8")

    @classmethod
    def restore(cls, folder: Path) -> Model:
        """Return the model that ``store`` wrote."""
        kept = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
        return cls(Ridge.restore(folder, "intents"), kept["numbers"], kept["words"])


def marks(finder: Finder, texts: Sequence[str]) -> np.ndarray:
    """Return what the catalogue sees in each text: a point, a complaint, a question, brevity."""
    rows = []
    for text in texts:
        complaints = finder.complaints(text)
        definite = any(not c.is_body_part for c in complaints)
        troubled = bool(complaints) and something_wrong(text)
        rows.append([PLACEHOLDER in text, definite, troubled, "?" in text, len(text.split()) <= 3])
    return np.array(rows, dtype=np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent, RasaIntentClassifier):
    """Sets the intent, its ranking, the parts of a message that say several things, and the reading."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Model | None = None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; thresholds are probabilities. Between the two ``unsure`` an intent counts that is
        ``ahead`` times as likely as the next one."""
        return {
            "ridge": 2.0,
            "outside": 0.5,
            "outside_with_point": 0.93,
            "unsure": 0.15,
            "unsure_but_ahead": 0.1,
            "ahead": 2.0,
            "clause": 0.45,
            "clause_beside": 0.6,
            "clear_whole": 0.9,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """Return an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the masked phrases and store the numbers."""
        examples = [m for m in training_data.intent_examples if m.get(MASKED)]
        self._model = Model.train(
            [m.get(MASKED) for m in examples],
            [m.get(INTENT) for m in examples],
            self._config["ridge"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.store(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Return the trained classifier."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Model.restore(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge every message and its parts."""
        for message in messages:
            reading = self._read(message)
            ranking = [{"name": reading.intent, "confidence": reading.confidence}]
            ranking += [
                {"name": name, "confidence": chance}
                for name, chance in zip(reading.ranking, reading.chances)
                if name != reading.intent
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set(KEY, reading.to_dict(), add_to_output=True)
        return messages

    def _read(self, message: Message) -> Reading:
        text, found = message.get(MASKED) or "", message.get(FOUND)
        parts = clauses(text)
        texts = [text, *parts] if len(parts) > 1 else [text]
        judged = self._model.judge(texts) if text.strip() else [Judgement((), 1.0, 0.0, 0.0)]
        whole = judged[0]
        clear = self._clear(dict(zip(texts[1:], judged[1:])), whole)
        known = bool(found["points"]) or self._model.knows(text)
        intent, confidence = self._decide(whole, clear, found, known)
        return Reading(
            text=message.get(TEXT),
            intent=intent,
            confidence=confidence,
            ranking=tuple(name for name, _ in whole.ranking),
            chances=tuple(round(chance, 4) for _, chance in whole.ranking),
            points=tuple(found["points"]),
            complaints=tuple(found["complaints"]),
            signs=tuple(found["signs"]),
            sign_score=whole.sign,
            crisis_score=whole.crisis,
            risks=tuple(found["risks"]),
            clauses=clear if intent not in {FALLBACK, OUT_OF_SCOPE} or len(clear) > 1 else (),
        )

    def _clear(self, parts: dict[str, Judgement], whole: Judgement) -> tuple[Clause, ...]:
        """Return the parts that clearly say something of their own."""
        if not parts:
            return ()
        sure = whole.ranking[0][1] if whole.ranking else 0.0
        lowest = (
            self._config["clause"] if sure < self._config["clause_beside"] else self._config["clause_beside"]
        )
        clear = [
            Clause(p, *j.ranking[0])
            for p, j in parts.items()
            if j.ranking[0][1] >= lowest
            and j.outside < 0.5
            # a scrap such as "and this one" says nothing beside a clear whole
            and (len(p.split()) > _SCRAP or sure < self._config["clear_whole"])
        ]
        if clear and sure >= self._config["unsure"] and whole.ranking[0][0] not in {c.intent for c in clear}:
            clear.insert(0, Clause("", *whole.ranking[0]))
        return tuple(clear)

    def _decide(
        self, whole: Judgement, clear: tuple[Clause, ...], found: dict, known: bool
    ) -> tuple[str, float]:
        """Return the intent of the whole message with its confidence.

        Args:
            known: False where no word was ever met: letters typed by a cat mean nothing.
        """
        if not whole.ranking or not known:
            return FALLBACK, 0.0
        intent, confidence = whole.ranking[0]
        evidence = (
            bool(found["points"])
            or any(not c.is_body_part for c in found["complaints"])
            or bool(found["risks"])
        )
        threshold = self._config["outside_with_point"] if evidence else self._config["outside"]
        if whole.outside >= threshold:
            return OUT_OF_SCOPE, whole.outside
        if self._is_unsure(whole) and not evidence:
            best = max(clear, key=lambda c: c.confidence, default=None)
            return (best.intent, best.confidence) if best else (FALLBACK, confidence)
        return intent, confidence

    def _is_unsure(self, whole: Judgement) -> bool:
        """Tell whether none of the intents is likely enough, or ahead of all others."""
        (_, first), (_, second) = whole.ranking[:2]
        least = self._config["unsure_but_ahead" if first >= self._config["ahead"] * second else "unsure"]
        return first < least
