"""Half an hour at half of what it can do: does the memory grow, do answers get slower, how fast does the store grow?

First everything is said once, so that what is remembered of texts is there. Then the peak is found: how many messages a
second are answered when twenty people write as fast as they can. Then the held-out conversations come at half of that rate (or at `--rate`) for some minutes, and what is left after a warm-up is
judged: the memory of every process by a straight line through it, with the error of its slope; the times of the first
third beside those of the last. A slope whose error is as large as itself says nothing: measure longer.

Absolute figures belong to the machine and to what else it was doing; compare the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg2

from benchmarks.load import Crowd, Measured, Message, one_process, quantile
from benchmarks.speed import free_ports
from scripts.processes import command
from scripts.run_cluster import running
from scripts.settings import CACHE, Problem, short

REPORT = CACHE / "bench" / "soak.json"
MINUTES = 30.0
PEAK_SENDERS, PEAK_SECONDS = 20, 20.0
WARM_SENDERS = 3
WARM_UP = 0.2
"""Share of the time that is not judged: caches fill, and the database finds its size."""
LOOK_SECONDS = 5.0


def slope(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the slope of the straight line through points (least squares), and its standard error."""
    if len(points) < 3:
        return float("nan"), float("nan")
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    steep = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    left = sum((y - mean_y - steep * (x - mean_x)) ** 2 for x, y in points)
    return steep, math.sqrt(left / (n - 2) / spread)


@contextlib.contextmanager
def cluster() -> Iterator[Measured]:
    """Start a cluster as `make run-cluster` does; its PostgreSQL and nginx are not among what is watched."""
    os.environ["PORT"], os.environ["ACTION_PORT"] = map(str, free_ports())
    with running(Path(tempfile.mkdtemp(prefix="acu-soak-")), keep=False) as started:

        def stored() -> int:
            with contextlib.closing(psycopg2.connect(started.database_url)) as connection:
                cursor = connection.cursor()
                cursor.execute("SELECT pg_database_size(current_database())")
                return cursor.fetchone()[0]

        services = [*started.workers, started.redis]
        groups = {s.name: (lambda s=s: s.process.pid) for s in services}
        yield Measured(started.port, groups, stored)
        for worker in started.workers:
            if worker.process is not None and worker.process.poll() is not None:
                raise Problem(f"{worker.name} stopped: {worker.why_ended()}.")


async def soak(measured: Measured, rate: float | None, minutes: float) -> dict[str, Any]:
    """Find the peak, put the load on, and return all figures."""
    crowd = Crowd(measured.port)
    print("Saying everything once ...", flush=True)
    await crowd.say_everything(WARM_SENDERS)
    peak = None
    if rate is None:
        peak = await crowd.press(PEAK_SENDERS, PEAK_SECONDS)
        rate = peak / 2
        print(f"Peak: {peak:.1f} messages a second. Half of it for {minutes:g} minutes ...", flush=True)
    stored, seconds = measured.stored(), 60 * minutes
    samples: list[tuple[float, dict[str, tuple[float, float]]]] = []
    began = time.perf_counter()

    async def look() -> None:
        told = 0.0
        while True:
            now = {name: (u.memory_mb, u.cpu_seconds) for name, u in measured.usage().items()}
            samples.append((time.perf_counter() - began, now))
            if samples[-1][0] - told > 60:
                told = samples[-1][0]
                held = ", ".join(f"{name} {memory:.0f} MB" for name, (memory, _) in now.items())
                print(f"  {told / 60:.0f} min: {held}", flush=True)
            await asyncio.sleep(LOOK_SECONDS)

    looking = asyncio.create_task(look())
    messages = await crowd.write(rate, seconds)
    looking.cancel()
    return {
        "minutes": minutes,
        "rate": rate,
        "peak": peak,
        "messages": len(messages),
        "troubles": dict(Counter(m.trouble for m in messages if m.trouble)),
        "bytes_per_message": (measured.stored() - stored) / max(1, len(messages)),
        **times(messages, seconds),
        "memory": {name: memory(samples, name, seconds) for name in measured.processes},
    }


def times(messages: Sequence[Message], seconds: float) -> dict[str, Any]:
    """Return how long answers took after the warm-up: in the first third, in the last, and their ratio."""
    begin = WARM_UP * seconds
    third = (seconds - begin) / 3
    first = [m for m in messages if begin <= m.at < begin + third]
    last = [m for m in messages if m.at >= seconds - third]
    figures: dict[str, Any] = {}
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        one, other = quantile(first, share), quantile(last, share)
        figures[name] = {"first_third_s": one, "last_third_s": other, "last_to_first": other / one}
    return figures


def memory(samples: Sequence[tuple[float, dict]], name: str, seconds: float) -> dict[str, float]:
    """Return how the memory of a process went after the warm-up."""
    judged = [(at / 3_600, now[name][0]) for at, now in samples if at >= WARM_UP * seconds]
    steep, error = slope(judged)
    return {
        "at_the_start_mb": samples[0][1][name][0],
        "after_warm_up_mb": judged[0][1] if judged else float("nan"),
        "at_the_end_mb": samples[-1][1][name][0],
        "mb_per_hour": steep,
        "error_mb_per_hour": error,
    }


def table(figures: dict[str, Any]) -> str:
    """Return the figures for people."""
    lines = [
        f"{figures['messages']} messages, {figures['rate']:.1f} a second for {figures['minutes']:g} minutes; "
        f"{sum(figures['troubles'].values())} without an answer {figures['troubles'] or ''}",
        f"the store grew by {figures['bytes_per_message'] / 1024:.1f} kB a message",
        f"{'':22} {'first third':>12} {'last third':>12} {'last/first':>12}",
    ]
    for name in ("p50", "p95"):
        f = figures[name]
        lines.append(
            f"{name:22} {1000 * f['first_third_s']:9.0f} ms {1000 * f['last_third_s']:9.0f} ms "
            f"{f['last_to_first']:12.2f}"
        )
    lines.append(f"{'memory':22} {'warm':>12} {'end':>12} {'end/warm':>12} {'MB an hour':>20}")
    for name, m in figures["memory"].items():
        lines.append(
            f"{name:22} {m['after_warm_up_mb']:9.0f} MB {m['at_the_end_mb']:9.0f} MB "
            f"{m['at_the_end_mb'] / m['after_warm_up_mb']:12.3f} "
            f"{m['mb_per_hour']:12.1f} ± {m['error_mb_per_hour']:.1f}"
        )
    return "\n".join(lines)


@command
def main() -> int:
    """Measure, print the table and write .cache/bench/soak.json; 1 if a message had no answer or a process died."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long (default %(default)g)")
    parser.add_argument("--rate", type=float, help="messages a second (default: half of the peak)")
    parser.add_argument("--cluster", action="store_true", help="a cluster in place of one process")
    options = parser.parse_args()
    if options.minutes <= 0 or (options.rate is not None and options.rate <= 0):
        parser.error("minutes and rate have to be above zero")
    with cluster() if options.cluster else one_process() as measured:
        figures = asyncio.run(soak(measured, options.rate, options.minutes))
    print(table(figures))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {short(REPORT)}.")
    return int(bool(figures["troubles"]))


if __name__ == "__main__":
    sys.exit(main())
