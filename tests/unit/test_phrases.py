"""The training phrases are enough. That none stands under two intents is checked by ``scripts.validate``."""

from __future__ import annotations

from collections import Counter

from scripts.validate import nlu_examples

PHRASES = Counter(intent for _, intent, _ in nlu_examples())


def test_there_are_at_least_3000() -> None:
    assert sum(PHRASES.values()) >= 3_000


def test_every_intent_has_at_least_25() -> None:
    assert {intent: count for intent, count in PHRASES.items() if count < 25} == {}
