"""Figures about the running assistant, in the text form that Prometheus reads. Never a word of a user."""

from __future__ import annotations

import os
import resource
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_HELP = {
    "acu_messages_total": ("counter", "Messages by channel and outcome: answered, silent, failed."),
    "acu_turn_seconds": ("histogram", "Time from taking a message to having its answer stored."),
    "acu_late_total": ("counter", "Messages whose client was told that it takes longer."),
    "acu_refused_total": ("counter", "Requests that were refused, by HTTP status."),
    "acu_cards_total": ("counter", "Cards in answers, by kind; out_of_scope is what was not understood."),
    "acu_warning_signs_total": ("counter", "Answers to warning signs, by level."),
    "acu_errors_total": ("counter", "Failures by kind of error."),
    "acu_repeated_total": ("counter", "Messages that came again and got their answer again."),
    "acu_purged_total": ("counter", "Conversations deleted because their time was over."),
    "acu_clock_jumps_total": ("counter", "Times the machine's clock was set by minutes or more."),
    "acu_turns_running": ("gauge", "Messages being answered right now."),
    "process_cpu_seconds_total": ("counter", "Processor time of this process."),
    "process_resident_memory_bytes": ("gauge", "Memory of this process."),
    "process_start_time_seconds": ("gauge", "When this process began."),
}
_BEGAN = time.time()

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counters and one histogram; safe to use from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, Labels], float] = defaultdict(float)
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self.running = 0

    def add(self, name: str, number: float = 1, **labels: str) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += number

    def turn(self, channel: str, seconds: float, outcome: str, messages: Iterable[Mapping[str, Any]]) -> None:
        """Count a turn that has ended, and what it showed."""
        self.add("acu_messages_total", channel=channel, outcome=outcome)
        with self._lock:
            self._buckets[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds
        for message in messages:
            card = message.get("custom")
            if isinstance(card, Mapping) and isinstance(card.get("card"), str):
                self.add("acu_cards_total", card=card["card"])
                if card["card"] in {"urgent", "crisis"}:
                    self.add("acu_warning_signs_total", level=str(card.get("level") or card["card"]))

    def text(self) -> str:
        """Return all figures as Prometheus reads them."""
        with self._lock:
            samples = [(name, labels, value) for (name, labels), value in self._counts.items()]
            samples += self._histogram()
        samples += [("acu_turns_running", (), self.running), *_process()]
        lines = []
        for family, (kind, words) in _HELP.items():
            lines += [f"# HELP {family} {words}", f"# TYPE {family} {kind}"]
            found = [s for s in samples if s[0] == family or kind == "histogram" and s[0].startswith(family)]
            lines += [f"{name}{_labels(labels)} {value:g}" for name, labels, value in found]
        return "\n".join(lines) + "\n"

    def _histogram(self) -> Iterator[tuple[str, Labels, float]]:
        total = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._buckets):
            total += count
            yield "acu_turn_seconds_bucket", (("le", bound),), total
        yield "acu_turn_seconds_sum", (), self._seconds
        yield "acu_turn_seconds_count", (), total


def _labels(labels: Labels) -> str:
    escaped = (
        (key, value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")) for key, value in labels
    )
    inner = ",".join(f'{key}="{value}"' for key, value in escaped)
    return f"{{{inner}}}" if inner else ""


def _process() -> Iterator[tuple[str, Labels, float]]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield "process_cpu_seconds_total", (), used.ru_utime + used.ru_stime
    yield "process_start_time_seconds", (), _BEGAN
    statm = Path("/proc/self/statm")
    if statm.exists():
        pages = int(statm.read_text().split()[1])
        yield "process_resident_memory_bytes", (), pages * os.sysconf("SC_PAGE_SIZE")


METRICS = Metrics()
"""The figures of this process."""
