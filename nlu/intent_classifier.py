"""Tells what is meant: a linear classifier on words, letters and sentence meaning, with calibrated confidence.

Ridge regression against one-hot targets, solved in the dual (as many unknowns as training phrases): training
takes seconds, the leave-one-out scores come for free, and the confidence, the out-of-scope detector and the
warning-sign score are calibrated on them. Nothing is pickled: arrays and word lists only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from acupressure.catalog import catalog
from acupressure.finder import Finder, something_wrong
from acupressure.understanding import KEY, Clause, Reading
from nlu.catalog_reader import FOUND, MASKED, PLACEHOLDER, REPAIRED
from nlu.sentence_encoder import DIMENSIONS, VECTOR, encoder

OUT_OF_SCOPE = "out_of_scope"
SIGN = "report_warning_sign"
CRISIS = "self_harm"
SET_APART = (OUT_OF_SCOPE, SIGN, CRISIS)
"""Not in the race with the others: they have detectors with thresholds of their own."""
FALLBACK = "nlu_fallback"
_SPLIT = re.compile(
    r"[.?!;\n]+|,\s*(?=(?:and|but|also|then|where|how|what|which|why|when|is|can|do|does|i|or)\b)|"
    r"\b(?:and|but|also|plus|then)\b(?=\s+(?:\w+\s+)?(?:where|how|what|which|why|when|is|are|can|could|do|does|should|tell|show|for|i|i'm|my|will|who)\b)"
)
_WORDS, _LETTERS, _MEANING, _MARKS = 0.7, 0.7, 2.0, 0.5
"""Weights of the feature groups; with ``ridge`` chosen by leave-one-out accuracy."""


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
    """The trained numbers."""

    def __init__(self, classes: list[str], words: TfidfVectorizer, letters: TfidfVectorizer, weights: np.ndarray, numbers: dict):
        self.classes, self.words, self.letters, self.numbers = classes, words, letters, numbers
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._finder = Finder(catalog())
        self._race = np.array([c not in SET_APART for c in classes])

    # -- features ---------------------------------------------------------------------------------

    def features(self, texts: list[str], vectors: list[np.ndarray | None]) -> sparse.csr_matrix:
        """Return one row of features for each text."""
        meaning = np.stack([v if v is not None else np.zeros(DIMENSIONS, np.float32) for v in vectors])
        marks = np.array([self._marks(t) for t in texts], dtype=np.float32)
        parts = [self.words.transform(texts) * _WORDS, self.letters.transform(texts) * _LETTERS]
        dense = sparse.csr_matrix(np.hstack([meaning * _MEANING, marks * _MARKS]).astype(np.float32))
        return sparse.hstack([*parts, dense]).tocsr()

    def _marks(self, text: str) -> list[float]:
        complaints = self._finder.complaints(text)
        definite = any(not c.is_body_part for c in complaints)
        return [PLACEHOLDER in text, definite, bool(complaints) and something_wrong(text), "?" in text, len(text.split()) <= 3]

    # -- judging ----------------------------------------------------------------------------------

    def judge(self, texts: list[str], vectors: list[np.ndarray | None]) -> list[Judgement]:
        """Return what is meant by each text."""
        scores = np.asarray(self.features(texts, vectors) @ self.weights) + np.asarray(self.numbers["mean"], np.float32)
        return [self._one(row) for row in scores]

    def _one(self, row: np.ndarray) -> Judgement:
        inside = np.where(self._race, row, -np.inf)
        likely = _softmax(inside / self.numbers["temperature"])
        order = np.argsort(-likely)[:4]
        ranking = tuple((self.classes[i], float(likely[i])) for i in order)
        return Judgement(ranking, *(self._detect(row, name) for name in SET_APART))

    def _detect(self, row: np.ndarray, name: str) -> float:
        slope, best, base = self.numbers[name]
        own = row[self.classes.index(name)]
        return float(1 / (1 + np.exp(-(slope * own + best * row[self._race].max() + base))))

    # -- training ---------------------------------------------------------------------------------

    @classmethod
    def train(cls, texts: list[str], vectors: list[np.ndarray | None], intents: list[str], ridge: float) -> Model:
        """Return a model trained on phrases and their intents."""
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+", dtype=np.float32).fit(texts)
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, max_features=30_000, dtype=np.float32
        ).fit(texts)
        classes = sorted(set(intents))
        model = cls(classes, words, letters, np.zeros((1, 1)), {})
        rows = model.features(texts, vectors)
        labels = np.array([classes.index(i) for i in intents])
        targets = np.eye(len(classes))[labels]
        mean = targets.mean(axis=0)
        # rare intents count a little more, so that large ones do not swallow them
        weight = (len(labels) / len(classes) / np.bincount(labels))[labels] ** 0.25
        gram = (rows @ rows.T).toarray().astype(np.float64) * np.outer(weight, weight)
        gram[np.diag_indices_from(gram)] += ridge
        inverse = np.linalg.inv(gram)
        dual = inverse @ ((targets - mean) * weight[:, None])
        left_out = targets - dual / np.diag(inverse)[:, None] / weight[:, None]
        model.weights = np.ascontiguousarray(np.asarray(rows.T @ (dual * weight[:, None])), dtype=np.float32)
        model.numbers = {"mean": mean.tolist(), **model._calibrate(left_out, labels)}
        return model

    def _calibrate(self, scores: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
        """Return temperature and detector coefficients fitted on leave-one-out scores."""
        racing = self._race[labels]
        columns = np.flatnonzero(self._race)
        inside, wanted = scores[racing][:, columns], np.searchsorted(columns, labels[racing])

        def loss(temperature: float) -> float:
            likely = _softmax(inside / temperature)
            return -float(np.log(likely[np.arange(len(wanted)), wanted] + 1e-12).mean())

        numbers: dict[str, Any] = {"temperature": float(minimize_scalar(loss, bounds=(0.01, 1.0), method="bounded").x)}
        best = scores[:, columns].max(axis=1)
        for name in SET_APART:
            column = self.classes.index(name)
            fit = LogisticRegression(C=100.0).fit(np.column_stack([scores[:, column], best]), labels == column)
            numbers[name] = [*map(float, fit.coef_[0]), float(fit.intercept_[0])]
        right = scores[racing][:, columns].argmax(axis=1) == wanted
        return {**numbers, "left_out_accuracy": float(right.mean())}


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent, RasaIntentClassifier):
    """Sets the intent, its ranking, the parts of a message that say several things, and the reading."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Model | None = None) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; thresholds are probabilities."""
        return {"ridge": 1.0, "outside": 0.5, "outside_with_point": 0.93, "unsure": 0.2, "clause": 0.45, "clause_beside": 0.6}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> IntentClassifier:
        """Return an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the masked phrases and store the numbers."""
        examples = [m for m in training_data.intent_examples if m.get(MASKED)]
        self._model = Model.train(
            [m.get(MASKED) for m in examples], [m.get(VECTOR) for m in examples], [m.get(INTENT) for m in examples], self._config["ridge"]
        )
        with self._storage.write_to(self._resource) as folder:
            _store(self._model, folder)
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
            return cls(config, model_storage, resource, _restore(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge every message and its parts."""
        for message in messages:
            reading = self._read(message)
            ranking = [{"name": reading.intent, "confidence": reading.confidence}]
            ranking += [{"name": name, "confidence": 0.0} for name in reading.ranking if name != reading.intent]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set(KEY, reading.to_dict(), add_to_output=True)
        return messages

    def _read(self, message: Message) -> Reading:
        text, found = message.get(MASKED) or "", message.get(FOUND)
        whole = self._model.judge([text], [message.get(VECTOR)])[0] if text.strip() else Judgement((), 1.0, 0.0, 0.0)
        parts = self._parts(text)
        clauses = self._clauses(parts, whole)
        intent, confidence = self._decide(whole, clauses, found)
        return Reading(
            text=message.get(TEXT),
            intent=intent,
            confidence=confidence,
            ranking=tuple(name for name, _ in whole.ranking),
            points=tuple(found["points"]),
            complaints=tuple(found["complaints"]),
            signs=tuple(found["signs"]),
            sign_score=whole.sign,
            crisis_score=whole.crisis,
            risks=tuple(found["risks"]),
            clauses=clauses if intent not in {FALLBACK, OUT_OF_SCOPE} or len(clauses) > 1 else (),
        )

    def _parts(self, text: str) -> list[str]:
        pieces = [p.strip(" ,") for p in _SPLIT.split(text)]
        return [p for p in pieces if len(p) > 3][:8] if len([p for p in pieces if p]) > 1 else []

    def _clauses(self, parts: list[str], whole: Judgement) -> tuple[Clause, ...]:
        """Return the parts that clearly say something of their own."""
        if len(parts) < 2:
            return ()
        model = encoder()
        judged = self._model.judge(parts, list(model(parts)) if model else [None] * len(parts))
        sure = whole.ranking[0][1] if whole.ranking else 0.0
        lowest = self._config["clause"] if sure < self._config["clause_beside"] else self._config["clause_beside"]
        clear = [Clause(p, *j.ranking[0]) for p, j in zip(parts, judged) if j.ranking[0][1] >= lowest and j.outside < 0.5]
        if sure >= self._config["clause"] and whole.ranking[0][0] not in {c.intent for c in clear}:
            clear.insert(0, Clause("", *whole.ranking[0]))
        return tuple(clear)

    def _decide(self, whole: Judgement, clauses: tuple[Clause, ...], found: dict) -> tuple[str, float]:
        """Return the intent of the whole message with its confidence."""
        if not whole.ranking:
            return FALLBACK, 0.0
        intent, confidence = whole.ranking[0]
        evidence = bool(found["points"]) or any(not c.is_body_part for c in found["complaints"]) or bool(found["risks"])
        threshold = self._config["outside_with_point"] if evidence else self._config["outside"]
        if whole.outside >= threshold:
            return OUT_OF_SCOPE, whole.outside
        if confidence < self._config["unsure"] and not evidence:
            best = max(clauses, key=lambda c: c.confidence, default=None)
            return (best.intent, best.confidence) if best else (FALLBACK, confidence)
        return intent, confidence


def _store(model: Model, folder: Any) -> None:
    state = {
        "classes": model.classes,
        "numbers": model.numbers,
        "words": {k: int(v) for k, v in model.words.vocabulary_.items()},
        "letters": {k: int(v) for k, v in model.letters.vocabulary_.items()},
    }
    (folder / "model.json").write_text(json.dumps(state), encoding="utf-8")
    np.savez_compressed(
        folder / "weights.npz", weights=model.weights.astype(np.float16), words=model.words.idf_, letters=model.letters.idf_
    )


def _restore(folder: Any) -> Model:
    state = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+", vocabulary=state["words"], dtype=np.float32)
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, vocabulary=state["letters"], dtype=np.float32
        )
        words.idf_, letters.idf_ = arrays["words"], arrays["letters"]
        return Model(state["classes"], words, letters, arrays["weights"].astype(np.float32), state["numbers"])
