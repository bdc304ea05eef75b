"""Warning signs win over every intent: patterns of the catalogue and a classifier, the last word of the pipeline.

The patterns know how a sign is meant (denied, past, somebody else's); the classifier, trained on
``data/screening``, recognises what no pattern foresaw. Either can raise the alarm; the classifier alone can
also silence a pattern that it finds absurd ("my wifi is having a stroke").
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure.catalog import catalog, read_yaml
from acupressure.mentions import Mention
from acupressure.text import clean
from acupressure.understanding import KEY, Reading
from nlu.catalog_reader import MASKED, REPAIRED
from nlu.intent_classifier import CRISIS, SIGN
from nlu.linear import Linear, Vectors, detect, detector
from nlu.sentence_encoder import encoder
from nlu.spelling import Speller

FOLDER = Path(__file__).resolve().parent.parent / "data" / "screening"
HARMLESS = "harmless"
LONGEST = 30
"""Words of a message looked at in one piece; longer ones are read piece by piece as well."""
_PIECE = re.compile(
    r"[.!?\n;]+|,\s+(?=(?:and|but|so|then|now|i|my|since|also)\b)|\b(?:but|and then|although|however)\b"
)


class SignModel:
    """Tells how likely a text states a warning sign, and which."""

    def __init__(self, linear: Linear, numbers: dict[str, Any]) -> None:
        self._linear, self.numbers = linear, numbers
        self._signs = np.array([c != HARMLESS for c in linear.classes])

    def judge(self, texts: list[str], vectors: Vectors) -> list[tuple[str, float]]:
        """Return for each text the likeliest sign and the probability that there is one."""
        rows = self._linear.scores(texts, vectors, np.zeros((len(texts), 1), np.float32))
        found = []
        for row in rows:
            best = int(np.where(self._signs, row, -np.inf).argmax())
            own, harmless = float(row[self._signs].clip(0).sum()), float(row[~self._signs].max())
            found.append((self._linear.classes[best], detect(self.numbers["sign"], own, harmless)))
        return found

    @classmethod
    def train(cls, texts: list[str], vectors: Vectors, labels: list[str], ridge: float) -> SignModel:
        """Return a model trained on messages and their sign ids (or ``harmless``)."""
        marks = np.zeros((len(texts), 1), np.float32)
        linear, left_out, numbers = Linear.fit(texts, vectors, marks, labels, ridge)
        signs = np.array([c != HARMLESS for c in linear.classes])
        own, harmless = left_out[:, signs].clip(0).sum(axis=1), left_out[:, ~signs].max(axis=1)
        return cls(linear, {"sign": detector(own, harmless, signs[numbers])})

    def store(self, folder: Path) -> None:
        """Write the model into a folder."""
        self._linear.store(folder, "signs")
        (folder / "sign_numbers.json").write_text(json.dumps(self.numbers), encoding="utf-8")

    @classmethod
    def restore(cls, folder: Path) -> SignModel:
        """Return the model that ``store`` wrote."""
        numbers = json.loads((folder / "sign_numbers.json").read_text(encoding="utf-8"))
        return cls(Linear.restore(folder, "signs"), numbers)


def screening_examples() -> list[tuple[str, str]]:
    """Return (message, sign id or ``harmless``) of the files in ``data/screening``."""
    signs = read_yaml(FOLDER / "signs.yml")["signs"]
    harmless = read_yaml(FOLDER / "harmless.yml")["harmless"]
    listed = [(text, sign) for sign, texts in signs.items() for text in texts]
    return listed + [(text, HARMLESS) for texts in harmless.values() for text in texts]


def pieces(text: str) -> list[str]:
    """Return the text and, where it is long, its clauses and pairs of clauses."""
    parts = [p.strip(" ,") for p in _PIECE.split(text) if p and len(p.split()) >= 3]
    if len(text.split()) <= 8 or len(parts) < 2:
        return [text]
    pairs = [f"{a} {b}" for a, b in pairwise(parts)]
    wholes = [text] if len(text.split()) <= LONGEST else []
    listed = [*wholes, *parts, *pairs]
    return [" ".join(p.split()[:LONGEST]) for p in dict.fromkeys(listed)][:24]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyScreen(GraphComponent):
    """Sets the intent to a warning sign where one is meant as here and now."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: SignModel | None = None,
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model
        self._catalog = catalog()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: probabilities at which the classifier alarms alone, or silences a pattern."""
        return {"ridge": 1.0, "sure": 0.8, "sure_when_denied": 0.97, "absurd": 0.03}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreen:
        """Return an untrained screen: patterns only."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyScreen:
        """Return the trained screen."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, SignModel.restore(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the screening examples, and from all training phrases as harmless ones."""
        examples = screening_examples()
        speller = Speller.learn([text for text, _ in examples])
        texts = [speller.repair(clean(text)) for text, _ in examples]
        labels = [label for _, label in examples]
        for message in training_data.intent_examples:
            if message.get(INTENT) not in {SIGN, CRISIS, "tell_risk"} and message.get(MASKED):
                texts.append(message.get(MASKED))
                labels.append(HARMLESS)
        model = encoder()
        vectors = list(model(texts)) if model else [None] * len(texts)
        self._model = SignModel.train(texts, vectors, labels, self._config["ridge"])
        with self._storage.write_to(self._resource) as folder:
            self._model.store(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Override intent and reading where a warning sign is meant."""
        for message in messages:
            reading = Reading.from_dict(message.get(KEY))
            sign, score = self._judge(message.get(REPAIRED) or "")
            signs = self._signs(reading, sign, score)
            changed = {**message.get(KEY), "signs": [m.__dict__ for m in signs], "sign_score": score}
            if any(self._catalog.signs.counts(m) for m in signs):
                crisis = any(self._catalog.signs.signs[m.id].level == "crisis" for m in signs)
                intent = CRISIS if crisis else SIGN
                message.set(INTENT, {"name": intent, "confidence": max(score, 0.5)}, add_to_output=True)
                changed.update(intent=intent, clauses=())
            message.set(KEY, changed, add_to_output=True)
        return messages

    def _judge(self, text: str) -> tuple[str, float]:
        """Return the likeliest sign of the text or a part of it, with its probability."""
        if not self._model or not text.strip():
            return "", 0.0
        parts = pieces(text)
        model = encoder()
        judged = self._model.judge(parts, list(model(parts)) if model else [None] * len(parts))
        return max(judged, key=lambda item: item[1])

    def _signs(self, reading: Reading, sign: str, score: float) -> list[Mention]:
        """Return the mentions of the patterns, without absurd ones, and that of the classifier."""
        signs = list(reading.signs)
        counted = [m for m in signs if self._catalog.signs.counts(m)]
        if counted and score < self._config["absurd"]:
            return [m for m in signs if m not in counted]
        if not counted and sign:
            wanted = self._config["sure_when_denied"] if signs else self._config["sure"]
            if score >= wanted:
                signs.append(Mention(sign, reading.text, 0, len(reading.text)))
        return signs
