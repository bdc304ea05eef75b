"""Warning signs win over every intent: the last word of the pipeline.

The patterns of the catalogue know how a sign is meant (denied, past, somebody else's); a classifier, trained
on ``data/screening``, recognises what no pattern foresaw. Neither decides alone: how much each counts is
learnt from the same messages, each judged by a model that did not see it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zlib import crc32

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure import mentions
from acupressure.catalog import catalog, read_yaml
from acupressure.finder import Finder
from acupressure.mentions import Mention
from acupressure.risks import CautionTable
from acupressure.signs import LEVELS, SignTable
from acupressure.text import clean
from acupressure.understanding import KEY, PLACEHOLDER, Reading
from nlu.catalog_reader import MASKED, mask
from nlu.intent_classifier import CRISIS, SIGN
from nlu.neighbours import Neighbours
from nlu.place_finder import OF_POINTS
from nlu.spelling import Speller
from nlu.spotter import HARMLESS, LONGEST, Patterns, Spotter

FOLDER = Path(__file__).resolve().parent.parent / "data" / "screening"
LANDMARKS = 7_000
LANDMARKS_OF_RISKS = 3_000
_COMPANY, _COMPANY_OF_RISK = 10, 20
"""Examples that are looked at for a second opinion; a risk has fewer of its own."""
_TELLS_A_RISK = {"tell_risk", "ask_safe_for_me"}
"""Intents of those who tell of themselves; any other message may well tell no risk at all."""
_TELLING = {SIGN, CRISIS, "tell_risk", "correct_risk", "ask_safe_for_me", "retract_sign", "sign_cleared"}
_NEAREST = {
    "ask_complaint", "routine_hurts", "forget_me", "ask_privacy", "goodbye", "start_over", "faq_self", "faq_does_it_work",
}  # fmt: skip
"""Intents nearest to a sign without being one: all their phrases count as harmless."""
_TOLD_IN = {
    "ask_complaint", "tell_risk", "retract_sign", "sign_cleared", "correct_risk", "routine_hurts", "other_health", "ask_safe_for_me",
    "faq_feeling", "faq_side_effects", "faq_does_it_hurt", "faq_other_help", "goodbye", "thank", "tell_pain", "insult", "how_are_you",
    "deny", "routine_stop", "ask_point_safety", "ask_pain_trend",
}  # fmt: skip
"""Intents that a message with a sign is taken for; one that is taken for another has to be surer, where no pattern meets anything."""
_NEAR_SIGNS = {
    "cancer_treatment",
    "fracture",
    "osteoporosis",
    "frail",
    "under_16",
    "aneurysm",
    "clot_history",
}
"""Personal risks that make a warning sign of a pain: what is said of them is no example of harmless talk."""
_WELL = re.compile(
    r"\bnothing (?:is )?(?:wrong|the matter) with my (?:bones?|back|spine|heart|blood|veins|skin|hips?|knees?)\b|"
    r"\b(?:bones?|heart|blood|veins|skin|kidneys?)(?: density)? (?:are|is|was|were|came back) (?:all |perfectly |quite |absolutely |in )*(?:good|fine|ok|okay|strong|healthy|normal|sound|great|alright|all right|clear|not weak)\b"
)
"""Tells of health: what only looks like a risk is none then."""
_SAYS_NOTHING = re.compile(
    r"(?<!\w)(?:ah|lah|leh|lor|eh|oh|uh|um|hey|hi|hello|please|pls|ok|okay|thanks)(?!\w)|[^\w\s']+"
)


def sign_patterns(found: list[Mention]) -> list[float]:
    """Return what the patterns say of warning signs: a level that is stated, denied, past, imagined."""
    table = catalog().signs
    levels = {table.signs[m.id].level for m in found if table.counts(m)}
    return [*(float(level in levels) for level in ("crisis", *LEVELS)), *_meant_otherwise(found, table)]


def risk_patterns(found: list[Mention]) -> list[float]:
    """Return what the patterns say of personal risks: stated, denied, past, imagined."""
    table = catalog().cautions
    return [float(any(table.counts(m) for m in found)), *_meant_otherwise(found, table)]


def _meant_otherwise(found: list[Mention], table: SignTable | CautionTable) -> list[float]:
    rest = [m for m in found if not table.counts(m)]
    denied = any(m.negated for m in rest)
    past = any(m.past and not m.negated for m in rest)
    return [float(denied), float(past), float(any(not m.past and not m.negated for m in rest))]


def sign_examples() -> list[tuple[str, str]]:
    """Return (message, sign id or ``harmless``) of ``data/screening``."""
    signs = read_yaml(FOLDER / "signs.yml")["signs"]
    harmless = read_yaml(FOLDER / "harmless.yml")["harmless"]
    listed = [(text, sign) for sign, texts in signs.items() for text in texts]
    risks, table = read_yaml(FOLDER / "risks.yml")["risks"], catalog().signs
    for risk, texts in risks.items():  # a risk alone, or with an ache, is no sign
        told = texts if risk not in _NEAR_SIGNS else ()
        listed += [(text, HARMLESS) for text in told if not any(table.counts(m) for m in table.find(text))]
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


def _length(text: str) -> int:
    """Return how many words of a text say something: the name of a point is one, and "ah" is none."""
    return len(_SAYS_NOTHING.sub(" ", text.lower().replace(PLACEHOLDER, "point")).split())


def _lot(text: str | None, of: int) -> bool:
    """Tell whether the lot falls on a text, one in so many: by the text itself, so that a new phrase moves no other."""
    return bool(text) and crc32(text.encode()) // of % of == 0


class _Masks(dict[str, str]):
    """Examples with the names of points hidden, as they are in a message of a user; each is read once."""

    def __init__(self, finder: Finder) -> None:
        super().__init__()
        self._finder = finder

    def __missing__(self, text: str) -> str:
        cleaned = clean(text)
        self[text] = masked = mask(cleaned, self._finder.points(cleaned))
        return masked

    def of(self, listed: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(self[text], label) for text, label in listed]


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
        neighbours: Neighbours | None = None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._sign_spotter, self._risk_spotter, self._neighbours = signs, risks, neighbours
        self._catalog = catalog()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: probabilities at which there is an alarm, by level, and at which a risk
        counts; that one in four training phrases that are no complaint is enough of harmless talk; and up to how
        many words a message in which no pattern meets anything says too little for a low probability to count,
        as where the words tell a personal risk and nothing worse; and what a long message needs at least, and one
        whose words speak rather for another errand, by the probability of that. Up to ``lone`` an alarm without
        any pattern also needs company: probability and the share of signs among the nearest examples together; and below ``sure_without_words`` it needs a word of the sign, where the sign names any; and a risk that only
        the classifier sees needs that share of its own examples among the nearest."""
        return {
            "ridge": 0.3,
            "every": 4,
            "sure_of_crisis": 0.58,
            "sure_of_crisis_in_words": 0.35,
            "sure_of_emergency": 0.36,
            "sure_of_emergency_in_words": 0.2,
            "sure_of_same_day": 0.55,
            "sure_of_soon": 0.65,
            "sure_of_risk": 0.5,
            "sure_of_risk_of_point": 0.75,
            "absurd_risk": 0.02,
            "short": 6,
            "sure_when_short": 0.85,
            "sure_when_long": 0.7,
            "sure_of_crisis_when_long": 0.6,
            "sure_of_soon_when_long": 0.75,
            "elsewhere": 0.45,
            "sure_when_elsewhere": 0.77,
            "lone": 0.85,
            "sure_without_words": 0.95,
            "lone_of_soon": 0.93,
            "sure_in_company": 1.05,
            "sure_of_crisis_in_company": 0.9,
            "sure_of_emergency_in_company": 0.75,
            "risk_in_company": 0.15,
            "risk_of_point_in_company": 0.1,
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
                Spotter.restore(folder, "signs", sign_patterns),
                Spotter.restore(folder, "risks", risk_patterns),
                Neighbours.restore(folder),
            )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the screening examples, and from training phrases as harmless ones."""
        talk = [m for m in training_data.intent_examples if m.get(INTENT) not in _TELLING]
        near = [m for m in talk if m.get(INTENT) in _NEAREST]
        far = [
            m for m in talk if m.get(INTENT) not in _NEAREST and _lot(m.get(MASKED), self._config["every"])
        ]
        plain = [(m.get(MASKED), HARMLESS) for m in (*near, *far) if m.get(MASKED)]
        all_plain = [(m.get(MASKED), HARMLESS) for m in talk if m.get(MASKED)]
        signs, risks, masks = self._catalog.signs, self._catalog.cautions, _Masks(Finder(self._catalog))
        told, risks_told = masks.of(sign_examples()), masks.of(risk_examples())
        self._sign_spotter = self._learn([*told, *plain], signs, sign_patterns, LANDMARKS)
        self._risk_spotter = self._learn(
            [*risks_told, *(p for p in plain if _lot(p[0], 2))],
            risks,
            risk_patterns,
            LANDMARKS_OF_RISKS,
        )
        stated = [pair for pair in (*told, *risks_told) if pair[1] != HARMLESS]
        self._neighbours = Neighbours.fit(dict([*all_plain, *told, *risks_told, *stated]))
        with self._storage.write_to(self._resource) as folder:
            self._sign_spotter.store(folder, "signs")
            self._risk_spotter.store(folder, "risks")
            self._neighbours.store(folder)
        return self._resource

    def _learn(
        self, examples: list[tuple[str, str]], table: SignTable | CautionTable, patterns: Patterns, most: int
    ) -> Spotter:
        speller = Speller.learn([text for text, _ in examples])
        texts, labels = [speller.repair(text) for text, _ in examples], [s for _, s in examples]
        return Spotter.train(texts, labels, table.find, patterns, self._config["ridge"], most)

    def process(self, messages: list[Message]) -> list[Message]:
        """Override intent and reading where a warning sign is meant; add risks that no pattern foresaw."""
        for message in messages:
            reading, text = Reading.from_dict(message.get(KEY)), message.get(MASKED) or ""
            signs, score = self._signs(reading, text)
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

    def _signs(self, reading: Reading, text: str) -> tuple[list[Mention], float]:
        """Return the signs that a message states, those it mentions otherwise, and the probability of any."""
        table, mentioned = self._catalog.signs, list(reading.signs)
        stated = [m for m in mentioned if table.counts(m)]
        otherwise = [m for m in mentioned if m not in stated]
        if self._sign_spotter is None or not text.strip():
            return mentioned, float(bool(stated))
        likeliest, score = self._sign_spotter.judge(text, mentioned)
        urgency = ("crisis", *LEVELS)
        likeliest = table.rather(likeliest, reading.text)
        level = table.signs[likeliest].level
        first = min((urgency.index(table.signs[m.id].level) for m in stated), default=len(urgency))
        likely = score >= self._lowest(level, reading, text)
        plausible = table.may_be(likeliest, text) and table.is_plausible(
            likeliest, reading.text, score >= self._sure_without_words(level)
        )
        believed = likely and plausible and (mentioned or self._in_company(text, level, score))
        if believed and urgency.index(level) < first:
            stated.append(Mention(likeliest, reading.text, 0, len(reading.text)))
        named = {m.id for m in mentioned}  # in so many words
        kept = [m for m in stated if score >= self._least(table.signs[m.id].level, m.id in named)]
        return [*kept, *otherwise], score

    def _sure_without_words(self, level: str) -> float:
        """Return the probability from which on a sign needs no word of its own: what cannot wait, sooner."""
        return self._config["lone" if level in {"emergency", "crisis"} else "sure_without_words"]

    def _lowest(self, level: str, reading: Reading, text: str) -> float:
        """Return the probability that the likeliest sign needs; more where no pattern meets anything."""
        lowest = self._config[f"sure_of_{level}"]
        if reading.signs:
            return lowest
        if reading.risks or _length(text) <= self._config["short"]:
            lowest = max(lowest, self._config["sure_when_short"])
        elif len(text.split()) > LONGEST:  # one of many pieces looks like a sign sooner
            when_long = self._config.get(f"sure_of_{level}_when_long", self._config["sure_when_long"])
            lowest = max(lowest, when_long)
        elsewhere = sum(c for i, c in zip(reading.ranking, reading.chances) if i not in _TOLD_IN)
        if elsewhere >= self._config["elsewhere"]:
            lowest = max(lowest, self._config["sure_when_elsewhere"])
        return lowest

    def _least(self, level: str, named: bool) -> float:
        """Return the probability that a sign of a level needs; less where it is named in so many words."""
        plain = self._config[f"sure_of_{level}"]
        return self._config.get(f"sure_of_{level}_in_words", plain) if named else plain

    def _in_company(self, text: str, level: str, score: float) -> bool:
        """Tell whether an alarm that no pattern supports is sure, or has examples of signs near it."""
        if self._neighbours is None or score >= self._config.get(f"lone_of_{level}", self._config["lone"]):
            return True
        share = self._neighbours.share(text, self._catalog.signs.signs, _COMPANY)
        least = self._config.get(f"sure_of_{level}_in_company", self._config["sure_in_company"])
        return share is None or score + share >= least

    def _risks(self, reading: Reading, text: str) -> list[Mention]:
        """Return the risks that a message states, those it mentions otherwise, or the one the classifier sees."""
        table, mentioned = self._catalog.cautions, list(reading.risks)
        if self._risk_spotter is None or len(text.split()) < 2:
            return mentioned
        likeliest, score = self._risk_spotter.judge(text, mentioned)
        stated = [m for m in mentioned if table.counts(m)]
        if stated:  # rather one point too few: only what is plainly absurd is not believed
            return (
                mentioned
                if score >= self._config["absurd_risk"]
                else [m for m in mentioned if m not in stated]
            )
        lowest = "sure_of_risk_of_point" if PLACEHOLDER in text else "sure_of_risk"
        if score < self._config[lowest] or likeliest in {m.id for m in mentioned}:
            return mentioned  # nothing, or the very thing that the words deny
        if not table.is_plausible(likeliest, reading.text) or _WELL.search(text.lower()):
            return mentioned
        if self._neighbours and reading.intent not in _TELLS_A_RISK:
            share = self._neighbours.share(text, {likeliest}, _COMPANY_OF_RISK)
            of_point = PLACEHOLDER in text and reading.intent in OF_POINTS
            name = "risk_of_point_in_company" if of_point else "risk_in_company"
            if share is not None and share < self._config[name]:
                return mentioned
        return [*mentioned, mentions.whole(likeliest, text)]
