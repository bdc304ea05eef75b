"""What the assistant answers: named responses, cards, and the memory afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from acupressure.memory import Memory
from acupressure.wording import Wording, for_ear


@dataclass(frozen=True)
class Say:
    """A named response with the values it needs."""

    response: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bubble:
    """One message: responses read one after another, and the card of what they are about."""

    says: tuple[Say, ...]
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reply:
    """The bubbles of one turn and what is remembered afterwards."""

    bubbles: tuple[Bubble, ...]
    memory: Memory
    replay: tuple[dict, ...] = ()
    """Messages to send again as they were."""

    @property
    def responses(self) -> tuple[str, ...]:
        """The names of all responses in order."""
        return tuple(s.response for b in self.bubbles for s in b.says)

    @property
    def cards(self) -> tuple[Mapping[str, Any], ...]:
        """The cards in order."""
        return tuple(b.card for b in self.bubbles if b.card)


def bubble(*says: Say | None, card: Mapping[str, Any] | None = None) -> Bubble:
    """Return a bubble of the responses that are there."""
    return Bubble(tuple(s for s in says if s), card)


def render(reply: Reply, wording: Wording, channel: str = "") -> list[dict]:
    """Return the messages of a reply: text with buttons, each card behind its words.

    A card without ``speech`` gets the words of its bubble in their form for the ear.
    """
    messages: list[dict] = list(reply.replay)
    for item in reply.bubbles:
        text = " ".join(filter(None, (wording.text(s.response, s.facts, channel) for s in item.says)))
        buttons = [b for s in item.says for b in wording.buttons(s.response, s.facts, channel)]
        if text:
            messages.append({"text": text, "buttons": buttons} if buttons else {"text": text})
        if item.card:
            spoken = " ".join(filter(None, (wording.text(s.response, s.facts, "voice") for s in item.says)))
            messages.append({"custom": {"speech": for_ear(spoken), **item.card}})
    return messages
