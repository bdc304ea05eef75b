"""What a message costs after a short and after a long conversation, with our tracker store and with Rasa's.

In one process, with the trained model and the real actions: nothing but the length of the history differs. Processor
time, which other programs disturb least; the median of some messages.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.engine import is_light, lighten
from scripts.settings import CACHE, Problem, short
from scripts.train import ensure_model

LENGTHS = (10, 100, 1_000, 3_000)
MESSAGES = 15
TEXTS = ("Where is LI4?", "How long do I hold it?", "Where is BL40?", "Is BL23 good for my back?")
REPORT = CACHE / "bench" / "history.json"


def grown(assistant: Any, sender: str, length: int) -> None:
    """Give somebody a history of about so many events: real turns, told again and again."""
    seed = f"{sender}-seed"
    for text in TEXTS:
        assistant.say(seed, text)
    store = assistant.agent.tracker_store

    async def copy() -> None:
        turns = list((await store.retrieve_full_tracker(seed)).events)[3:]
        tracker = await store.get_or_create_tracker(sender)
        while len(tracker.events) < length:
            for event in turns[: length - len(tracker.events)]:
                tracker.update(event)
        await store.save(tracker)

    assistant._loop.run_until_complete(copy())


def cost(assistant: Any, length: int) -> float:
    """Return the milliseconds of processor time that a message costs after so many events."""
    sender = f"history-{length}"
    grown(assistant, sender, length)
    assistant.say(sender, TEXTS[0])
    times = []
    for number in range(MESSAGES):
        began = time.process_time()
        assistant.say(sender, TEXTS[number % len(TEXTS)])
        times.append(1000 * (time.process_time() - began))
    return statistics.median(times)


def measure(make: Callable[[Any], Any]) -> dict[int, float]:
    """Return the cost for each length with one kind of store."""
    from tests.support.assistant import LocalAssistant

    assistant = LocalAssistant(ensure_model(validate=False))
    store = make(assistant.agent.domain)
    assistant.agent.tracker_store = assistant.agent.processor.tracker_store = store
    for text in TEXTS * 3:
        assistant.say("warm", text)
    return {length: round(cost(assistant, length), 1) for length in LENGTHS}


def main() -> int:
    """Measure both, print them and write .cache/bench/history.json."""
    if is_light():
        lighten()
    from rasa.core.tracker_store import SQLTrackerStore

    from stores.tracker_store import FlatTrackerStore

    with tempfile.TemporaryDirectory() as scratch:
        try:
            ours = measure(lambda domain: FlatTrackerStore(domain, str(Path(scratch) / "ours.db")))
            theirs = measure(lambda domain: SQLTrackerStore(domain, db=str(Path(scratch) / "theirs.db")))
        except Problem as problem:
            print(problem, file=sys.stderr)
            return 1
    print(f"{'events':>8} {'ours':>10} {'Rasa SQL':>10}   (ms of processor time for a message)")
    for length in LENGTHS:
        print(f"{length:8} {ours[length]:10.1f} {theirs[length]:10.1f}")
    ratio = ours[LENGTHS[-1]] / ours[LENGTHS[0]]
    print(f"ours, {LENGTHS[-1]} to {LENGTHS[0]}: {ratio:.2f}")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps({"ours": ours, "rasa_sql": theirs}, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {short(REPORT)}.")
    return 0


if __name__ == "__main__":
    asyncio.set_event_loop(asyncio.new_event_loop())
    sys.exit(main())
