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

from acupressure import mentions
from acupressure.catalog import catalog, read_yaml
from acupressure.mentions import Mention
from acupressure.text import clean
from acupressure.understanding import KEY, Reading
from nlu.catalog_reader import MASKED
from nlu.intent_classifier import CRISIS, SIGN
from nlu.linear import Linear, Vectors, detect, detector
from nlu.sentence_encoder import encoder
from nlu.spelling import Speller

FOLDER = Path(__file__).resolve().parent.parent / "data" / "screening"
HARMLESS = "harmless"
_TELLING = {SIGN, CRISIS, "tell_risk", "correct_risk", "ask_safe_for_me", "retract_sign", "sign_cleared"}
LONGEST = 30
"""Words of a message looked at in one piece; longer ones are read piece by piece as well."""
_PIECE = re.compile(
    r"[.!?\n;]+|,\s+(?=(?:and|but|so|then|now|i|my|since|also)\b)|\b(?:but|and then|although|however)\b"
)


class Spotter:
    """Tells how likely a text states one of several things (warning signs, risks) or none, and which."""

    def __init__(self, linear: Linear, numbers: dict[str, Any]) -> None:
        self._linear, self.numbers = linear, numbers
        self._signs = np.array([c != HARMLESS for c in linear.classes])

    def judge(self, texts: list[str], vectors: Vectors) -> list[tuple[str, float]]:
        """Return for each text the likeliest sign and the probability that there is one."""
        rows = self._linear.scores(texts, vectors, np.zeros((len(texts), 1), np.float32))
        found = []
        for row in rows:
            best = int(np.where(self._signs, row, -np.inf).argmax())
            own, harmless = float(row[best]), float(row[~self._signs].max())
            found.append((self._linear.classes[best], detect(self.numbers["sign"], own, harmless)))
        return found

    @classmethod
    def train(cls, texts: list[str], vectors: Vectors, labels: list[str], ridge: float) -> Spotter:
        """Return a model trained on messages and their sign ids (or ``harmless``)."""
        marks = np.zeros((len(texts), 1), np.float32)
        linear, left_out, numbers = Linear.fit(texts, vectors, marks, labels, ridge)
        signs = np.array([c != HARMLESS for c in linear.classes])
        own, harmless = left_out[:, signs].max(axis=1), left_out[:, ~signs].max(axis=1)
        return cls(linear, {"sign": detector(own, harmless, signs[numbers])})

    def store(self, folder: Path, name: str) -> None:
        """Write the model into a folder."""
        self._linear.store(folder, name)
        (folder / f"{name}_numbers.json").write_text(json.dumps(self.numbers), encoding="utf-8")

    @classmethod
    def restore(cls, folder: Path, name: str) -> Spotter:
        """Return the model that ``store`` wrote."""
        numbers = json.loads((folder / f"{name}_numbers.json").read_text(encoding="utf-8"))
        return cls(Linear.restore(folder, name), numbers)


def sign_examples() -> list[tuple[str, str]]:
    """Return (message, sign id or ``harmless``) of ``data/screening``."""
    signs = read_yaml(FOLDER / "signs.yml")["signs"]
    harmless = read_yaml(FOLDER / "harmless.yml")["harmless"]
    listed = [(text, sign) for sign, texts in signs.items() for text in texts]
    return listed + [(text, HARMLESS) for texts in harmless.values() for text in texts]


def risk_examples() -> list[tuple[str, str]]:
    """Return (message, caution id or ``harmless``) of ``data/screening``."""
    content = read_yaml(FOLDER / "risks.yml")
    harmless = read_yaml(FOLDER / "harmless.yml")["harmless"]
    listed = [(text, risk) for risk, texts in content["risks"].items() for text in texts]
    listed += [(text, HARMLESS) for text in content["none"]]
    # personal facts of "risks_only" are risks, so they are no example of none
    return listed + [
        (text, HARMLESS) for kind, texts in harmless.items() if kind != "risks_only" for text in texts[::2]
    ]


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
        signs: Spotter | None = None,
        risks: Spotter | None = None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._sign_spotter, self._risk_spotter = signs, risks
        self._catalog = catalog()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: probabilities at which the classifier alarms alone, or silences a
        pattern; and that every third training phrase is enough of harmless talk."""
        return {
            "ridge": 1.0,
            "every": 3,
            "sure": 0.8,
            "sure_of_same_day": 0.9,
            "sure_of_soon": 0.95,
            "sure_when_denied": 0.97,
            "sure_of_crisis": 0.85,
            "sure_beside_complaint": 0.97,
            "sure_of_risk": 0.8,
            "sure_of_risk_beside_point": 0.93,
            "absurd": 0.1,
        }

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
            return cls(
                config,
                model_storage,
                resource,
                *(Spotter.restore(folder, name) for name in ("signs", "risks")),
            )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the screening examples, and from training phrases as harmless ones."""
        talk = [m for m in training_data.intent_examples if m.get(INTENT) not in _TELLING]
        plain = [(m.get(MASKED) or "", HARMLESS) for m in talk[:: self._config["every"]]]
        self._sign_spotter = self._learn([*sign_examples(), *plain])
        self._risk_spotter = self._learn([*risk_examples(), *plain[::2]])
        with self._storage.write_to(self._resource) as folder:
            self._sign_spotter.store(folder, "signs")
            self._risk_spotter.store(folder, "risks")
        return self._resource

    def _learn(self, examples: list[tuple[str, str]]) -> Spotter:
        speller = Speller.learn([text for text, _ in examples])
        texts = [speller.repair(clean(text)) for text, _ in examples]
        model = encoder()
        vectors = list(model(texts)) if model else [None] * len(texts)
        return Spotter.train(texts, vectors, [label for _, label in examples], self._config["ridge"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Override intent and reading where a warning sign is meant; add risks that no pattern foresaw."""
        for message in messages:
            reading, text = Reading.from_dict(message.get(KEY)), message.get(MASKED) or ""
            sign, score = _spot(self._sign_spotter, text)
            signs = self._signs(reading, sign, score)
            risks = self._risks(reading, text)
            changed = {**message.get(KEY), "signs": [m.__dict__ for m in signs], "sign_score": score}
            changed["risks"] = [m.__dict__ for m in risks]
            if any(self._catalog.signs.counts(m) for m in signs):
                crisis = any(self._catalog.signs.signs[m.id].level == "crisis" for m in signs)
                intent = CRISIS if crisis else SIGN
                message.set(INTENT, {"name": intent, "confidence": max(score, 0.5)}, add_to_output=True)
                changed.update(intent=intent, clauses=())
            message.set(KEY, changed, add_to_output=True)
        return messages

    def _signs(self, reading: Reading, sign: str, score: float) -> list[Mention]:
        """Return the mentions of the patterns, without absurd ones, and that of the classifier."""
        level = {id_: s.level for id_, s in self._catalog.signs.signs.items()}
        signs = list(reading.signs)
        counted = [m for m in signs if self._catalog.signs.counts(m)]
        if counted and score < self._config["absurd"]:
            return [m for m in signs if m not in counted or level[m.id] == "crisis"]
        if not counted and reading.crisis_score >= self._config["sure_of_crisis"] and not signs:
            sign, score = CRISIS, 1.0
        if not counted and sign:
            wanted = self._config.get(f"sure_of_{level[sign]}", self._config["sure"])
            if level[sign] != "emergency" and any(not c.is_body_part for c in reading.complaints):
                wanted = max(wanted, self._config["sure_beside_complaint"])
            if score >= (self._config["sure_when_denied"] if signs else wanted):
                signs.append(Mention(sign, reading.text, 0, len(reading.text)))
        return signs

    def _risks(self, reading: Reading, text: str) -> list[Mention]:
        """Return the risks of the patterns, or else the one the classifier is sure of."""
        risks = list(reading.risks)
        if risks or len(text.split()) < 2:
            return risks
        risk, score = _spot(self._risk_spotter, text)
        wanted = self._config["sure_of_risk_beside_point" if reading.points else "sure_of_risk"]
        return [mentions.whole(risk, text)] if score >= wanted else risks


def _spot(spotter: Spotter | None, text: str) -> tuple[str, float]:
    """Return what the text or a part of it states most clearly, with its probability."""
    if not spotter or not text.strip():
        return "", 0.0
    parts = pieces(text)
    model = encoder()
    judged = spotter.judge(parts, list(model(parts)) if model else [None] * len(parts))
    return max(judged, key=lambda item: item[1])
