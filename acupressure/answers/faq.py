"""Answers to general questions, evidence included."""

from __future__ import annotations

import re
from dataclasses import replace

from acupressure import cards
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn

PREFIX = "faq_"
_CURE = re.compile(
    r"\b(?:can|could|does|do|will|would|is|are)\b.*\b(?:cures?|cured|heals?|healed|for good|forever|permanent(?:ly)?|get rid of)\b"
)


def asks_for_a_cure(text: str) -> bool:
    """Tell whether a text asks if an ache is cured by pressing."""
    return "?" in text and bool(_CURE.search(text.lower()))


def answer(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer every general question of the message, short first."""
    topics = [i[len(PREFIX) :] for i in turn.intents if i.startswith(PREFIX)]
    asks_of_sham = bool(_SHAM.search(turn.reading.text.lower()))
    bubbles = [
        more_of(catalog, topic) if asks_of_sham and topic == _EVIDENCE else _short(catalog, topic)
        for topic in topics
        if topic in catalog.faq
    ]
    memory = turn.memory
    waits = memory.asked if memory.request else ""  # a routine that waits for an answer goes on waiting
    return bubbles, replace(memory, topic=topics[-1] if topics else memory.topic, asked=waits)


_EVIDENCE = "does_it_work"
_SHAM = re.compile(r"\b(?:sham|dummy|fake|placebo|pretend|compared? (?:with|to)|control group|controls?)\b")
"""What the longer answer about the trials tells."""


def _short(catalog: Catalog, topic: str) -> Bubble:
    entry = catalog.faq[topic]
    return bubble(Say("utter_faq_short", {"answer": entry.short}), card=_card(catalog, topic))


def more(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Give the longer answer to the question answered last."""
    return [more_of(catalog, turn.memory.topic)], turn.memory


def more_of(catalog: Catalog, topic: str) -> Bubble:
    """Return the longer answer to a question."""
    return bubble(Say("utter_faq_more", {"answer": catalog.faq[topic].more}), card=_card(catalog, topic))


def _card(catalog: Catalog, topic: str) -> dict:
    entry = catalog.faq[topic]
    titles = [catalog.sources[s].title for s in entry.sources]
    studies = [f"{catalog.studies[s].who}, {catalog.studies[s].year}" for s in entry.evidence]
    return cards.faq_card(topic, [*titles, *studies])
