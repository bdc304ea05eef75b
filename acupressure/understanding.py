"""What was understood of one message, as the NLU pipeline hands it to the skill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from acupressure.aches import ComplaintMention
from acupressure.finder import PointMention
from acupressure.mentions import Mention

KEY = "reading"
"""Name under which the reading travels in Rasa's message and ``latest_message``."""
PLACEHOLDER = "the sample point"
"""What stands for a named point in the parts of a message."""


@dataclass(frozen=True)
class Clause:
    """A part of a message that says one thing."""

    text: str
    intent: str
    confidence: float


@dataclass(frozen=True)
class Reading:
    """Everything that was understood of one message."""

    text: str = ""
    """The cleaned text as typed or said."""
    intent: str = "nlu_fallback"
    confidence: float = 0.0
    ranking: tuple[str, ...] = ()
    """The likeliest intents, best first."""
    chances: tuple[float, ...] = ()
    """Their probabilities, from the words alone: the conversation may know better."""
    points: tuple[PointMention, ...] = ()
    complaints: tuple[ComplaintMention, ...] = ()
    signs: tuple[Mention, ...] = ()
    """Warning signs mentioned, however meant."""
    sign_score: float = 0.0
    """Probability from the classifier that a warning sign is reported."""
    crisis_score: float = 0.0
    """Probability from the classifier of words of self-harm."""
    risks: tuple[Mention, ...] = ()
    clauses: tuple[Clause, ...] = ()
    """Parts in order, where the message says several things; empty for one thing."""

    @property
    def intents(self) -> tuple[str, ...]:
        """The intents of all parts in order, without repetition; the whole message's if it is one thing."""
        return tuple(dict.fromkeys(c.intent for c in self.clauses)) or (self.intent,)

    def to_dict(self) -> dict:
        """Return the reading as JSON-ready data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping | None) -> Reading:
        """Return the reading from ``to_dict``'s data; an empty reading for None."""
        if not data:
            return cls()
        plain = {k: v for k, v in data.items() if k in cls.__dataclass_fields__}
        plain["points"] = tuple(
            PointMention(**{**p, "codes": tuple(p["codes"])}) for p in data.get("points", ())
        )
        plain["complaints"] = tuple(ComplaintMention(**c) for c in data.get("complaints", ()))
        for name in ("signs", "risks"):
            plain[name] = tuple(Mention(**m) for m in data.get(name, ()))
        plain["clauses"] = tuple(Clause(**c) for c in data.get("clauses", ()))
        plain["ranking"] = tuple(data.get("ranking", ()))
        plain["chances"] = tuple(data.get("chances", ()))
        return cls(**plain)


@dataclass
class Turn:
    """One message in its conversation: what the topic functions work on."""

    reading: Reading
    memory: object
    """``acupressure.memory.Memory``; replaced, never changed in place."""
    channel: str = "rest"
    recent: tuple[dict, ...] = ()
    """The assistant's messages of the turn before, for "say that again"."""
    now: float = 0.0
    """Seconds since the epoch: the clock of routines and scores."""
    extra: dict = field(default_factory=dict)
    """What earlier steps of the answer found out: ``news`` of risks, ``intents`` seen in context."""

    @property
    def shown(self) -> dict[str, dict]:
        """The cards of the answer before, by their kind."""
        cards = [m.get("custom") or {} for m in self.recent]
        return {card["card"]: card for card in cards if "card" in card}

    @property
    def intents(self) -> tuple[str, ...]:
        """The intents as the conversation makes them appear; as read where nothing changes them."""
        return self.extra.get("intents") or self.reading.intents
