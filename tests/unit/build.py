"""Builders for tests of the pure skill: a message as it would be understood, and its answer as messages."""

from __future__ import annotations

import random
from functools import lru_cache

from acupressure.answers import respond
from acupressure.catalog import Catalog, catalog
from acupressure.finder import Finder
from acupressure.memory import Memory
from acupressure.reply import Reply, render
from acupressure.understanding import Clause, Reading, Turn
from acupressure.wording import DOMAIN, Wording, read_yaml
from tests.unit import contract


@lru_cache(maxsize=1)
def finder() -> Finder:
    """Return the finder over the catalogue of this checkout."""
    return Finder(catalog())


@lru_cache(maxsize=1)
def words() -> Wording:
    """Return the responses of this checkout with a fixed choice of variants."""
    return Wording(read_yaml(DOMAIN)["responses"], random.Random(0))


def reading(
    text: str, intent: str, *others: str, confidence: float = 0.9, ranking: tuple = (), screened: bool = True
) -> Reading:
    """Return what is understood of a text whose intent (or several, in order) is given.

    Args:
        screened: False leaves warning signs out, as the trained screen does where it finds them absurd.
    """
    known, found = catalog(), finder().points(text)
    named = [p.text for p in found if p.how != "code"]
    complaints = [c for c in finder().complaints(text) if not any(c.text in n for n in named)]
    return Reading(
        text=text,
        intent=intent,
        confidence=confidence,
        ranking=ranking,
        points=tuple(found),
        complaints=tuple(complaints),
        signs=tuple(known.signs.find(text)) if screened else (),
        risks=tuple(known.cautions.find(text)),
        clauses=tuple(Clause(text, i, confidence) for i in (intent, *others)) if others else (),
    )


def answer(turn: Turn, known: Catalog) -> tuple[Reply, list[dict]]:
    """Return the reply to a turn and its messages, which keep the contract."""
    reply = respond(turn, known)
    messages = render(reply, words(), turn.channel)
    contract.check_messages(messages, known, turn.channel)
    return reply, messages


class Talk:
    """A conversation with the skill alone: ``say(text, intent)`` again and again."""

    def __init__(self, known: Catalog, memory: Memory | None = None, channel: str = "rest") -> None:
        self.known, self.memory, self.channel = known, memory or Memory(), channel
        self.now = 1_700_000_000.0
        """The clock of the conversation: seconds since the epoch; tests move it."""
        self.messages: list[dict] = []
        self.reply = Reply((), self.memory)

    def say(self, text: str, intent: str, *others: str, **understood: object) -> Talk:
        """Send a message and keep its answer."""
        turn = Turn(
            reading(text, intent, *others, **understood),
            self.memory,
            self.channel,
            tuple(self.messages),
            self.now,
        )
        self.reply, self.messages = answer(turn, self.known)
        # what Rasa keeps between two turns
        self.memory = Memory.from_slots(self.reply.memory.to_slots())
        return self

    @property
    def cards(self) -> list[dict]:
        """The cards of the last answer."""
        return [m["custom"] for m in self.messages if "custom" in m]

    @property
    def kinds(self) -> list[str]:
        """The kinds of the cards of the last answer."""
        return [c["card"] for c in self.cards]

    @property
    def shown(self) -> list[str]:
        """The points that the last answer shows."""
        return contract.shown_codes(self.cards)

    @property
    def text(self) -> str:
        """All words of the last answer."""
        return " ".join(m["text"] for m in self.messages if "text" in m)

    def card(self, kind: str) -> dict:
        """Return the first card of a kind."""
        return next(c for c in self.cards if c["card"] == kind)
