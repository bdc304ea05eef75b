"""What is measured on: the training phrases, split, and the held-out messages."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from acupressure.catalog import read_yaml
from benchmarks.accuracy import HELD_OUT, held_out
from scripts.settings import ROOT

WORKED_ON, FRESH = "answers", "messages"
"""Held-out files: one whose misses were looked at and mended, one that nothing was mended by."""
SEED = 1


@dataclass(frozen=True)
class Split:
    """Phrases to learn, and phrases to be asked."""

    learnt: tuple[Message, ...]
    asked: tuple[Message, ...]


def phrases(most: int | None = None) -> list[Message]:
    """Return the training phrases with their intents, or up to so many of each intent, spread over the files."""
    found = load_data(str(ROOT / "data" / "nlu")).intent_examples
    if most is None:
        return found
    kept = []
    for own in by_intent(found).values():
        kept += own[:: max(1, -(-len(own) // most))]
    return kept


def by_intent(listed: Sequence[Message]) -> dict[str, list[Message]]:
    """Return phrases by their intent."""
    groups: dict[str, list[Message]] = defaultdict(list)
    for message in listed:
        groups[message.get("intent")].append(message)
    return dict(groups)


def splits(listed: Sequence[Message], parts: int) -> list[Split]:
    """Return as many splits as parts: each part is asked once, by one who learnt the others.

    Every intent is spread evenly. Phrases that differ in nothing but case and signs stay together, or else some
    would be asked what they have just learnt.
    """
    number: dict[int, int] = {}
    for own in by_intent(listed).values():
        alike: dict[str, list[Message]] = defaultdict(list)
        for message in own:
            alike[folded(message.get("text"))].append(message)
        keys = sorted(alike)
        random.Random(SEED).shuffle(keys)
        number.update((id(m), at % parts) for at, key in enumerate(keys) for m in alike[key])
    return [
        Split(
            tuple(m for m in listed if number[id(m)] != part),
            tuple(m for m in listed if number[id(m)] == part),
        )
        for part in range(parts)
    ]


def folded(text: str) -> str:
    """Return a text without case and signs."""
    return re.sub(r"\W+", " ", text.lower()).strip() or text


def write(listed: Sequence[Message], file: Path, labels: bool = True) -> Path:
    """Write phrases as Rasa reads them.

    Args:
        labels: whether the complaint that a phrase means stands with it.
    """
    kept = [m if labels else Message.build(m.get("text"), intent=m.get("intent")) for m in listed]
    file.write_text(TrainingData(training_examples=kept).nlu_as_yaml(), encoding="utf-8")
    return file


def messages(name: str, every: int = 1) -> list[dict[str, Any]]:
    """Return the held-out messages of a file, or every so manieth."""
    return held_out(name)[::every]


def outside(every: int = 1) -> list[str]:
    """Return the everyday queries that are none of the guide's business, or every so manieth."""
    return read_yaml(HELD_OUT / "outside.yml")["queries"][::every]
