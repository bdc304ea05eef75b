"""What is stored, and forgetting it."""

from __future__ import annotations

from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn


def forget(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Forget everything the conversation holds."""
    return [bubble(Say("utter_privacy_forgotten"), card={"card": "forgotten"})], Memory()


def just_forgotten(turn: Turn) -> bool:
    """Tell whether the last answer said that everything is forgotten."""
    return "forgotten" in turn.shown


def already(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer a "yes, I am sure" behind what is forgotten already."""
    return [bubble(Say("utter_privacy_forgotten_already"), card={"card": "forgotten"})], turn.memory


def explain(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Tell what is stored, where, and how to have it deleted."""
    return [
        bubble(Say("utter_privacy_stored"), card={"card": "faq", "topic": "privacy", "sources": []})
    ], turn.memory
