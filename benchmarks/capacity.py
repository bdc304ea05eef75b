"""How many people one core serves who each write every twenty seconds, if 95 of 100 answers come within a second.

An assistant, its action server and its store are put on one core (Linux; elsewhere they have all, and the report says
so); those who write are on the others. Their messages come at random moments, so that some meet, as in life. The number
of people is doubled until answers come too late, and then the limit is looked for between the last two. Beside it stands
what the core could do at most if answers might wait without end (20 seconds by the processor time of a message): the
ratio of the two is what can be compared between machines.

What other programs take from that core meanwhile is measured too: if it is more than a few hundredths, the figures are
those of a busy machine, and say so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.load import Crowd, Measured, Message, one_process, quantile
from scripts.processes import command
from scripts.settings import CACHE, short

REPORT = CACHE / "bench" / "capacity.json"
EVERY_SECONDS = 20.0
"""Time between two messages of one person."""
WITHIN_SECONDS = 1.0
STEP_SECONDS = 60.0
SETTLE_SECONDS = 5.0
"""Part of a step that is not judged."""
FINENESS = 1.1
"""The limit is known well enough when too many are no more than this many times enough."""
BUSY = 0.05
"""Share of a core from which other programs are said to have disturbed."""


@dataclass(frozen=True)
class Step:
    """Some people wrote for a while."""

    people: int
    messages: int
    troubles: int
    p50_seconds: float
    p95_seconds: float
    cpu_share: float
    """Share of the core that the guide used."""
    others_share: float
    """Share that other programs used; nan where it cannot be told."""
    cpu_ms_per_message: float

    @property
    def is_served(self) -> bool:
        """Tell whether answers came in time."""
        return self.messages > 0 and not self.troubles and self.p95_seconds <= WITHIN_SECONDS


def core() -> int | None:
    """Return the core to measure on: the last we may use, where there is another for those who write."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[-1] if len(allowed) > 1 else None


def busy_seconds(number: int | None) -> float:
    """Return the seconds that a core has worked since the machine started; nan where it cannot be told."""
    stat = Path("/proc/stat")
    if number is None or not stat.exists():
        return float("nan")
    fields = next(line.split() for line in stat.read_text().splitlines() if line.startswith(f"cpu{number} "))
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, fields[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


async def step(measured: Measured, crowd: Crowd, number: int | None, people: int, seconds: float) -> Step:
    """Let some people write for a while."""
    rate = people / EVERY_SECONDS
    await crowd.write(rate, SETTLE_SECONDS)
    before, busy, began = cpu_seconds(measured), busy_seconds(number), time.perf_counter()
    messages: list[Message] = await crowd.write(rate, seconds)
    passed, used = time.perf_counter() - began, cpu_seconds(measured) - before
    return Step(
        people,
        len(messages),
        sum(bool(message.trouble) for message in messages),
        quantile(messages, 0.5),
        quantile(messages, 0.95),
        used / passed,
        (busy_seconds(number) - busy - used) / passed,
        1_000 * used / max(1, len(messages)),
    )


def cpu_seconds(measured: Measured) -> float:
    """Return the processor time that all processes have used."""
    return sum(usage.cpu_seconds for usage in measured.usage().values())


async def search(measured: Measured, number: int | None, people: int, seconds: float) -> list[Step]:
    """Return the steps on the way to the limit."""
    crowd = Crowd(measured.port)
    await crowd.write(2, 10)
    steps: list[Step] = []
    enough, too_many = 0, None
    while too_many is None or too_many > FINENESS * max(enough, 1):
        done = await step(measured, crowd, number, people, seconds)
        steps.append(done)
        print(line(done), flush=True)
        if done.is_served:
            enough = max(enough, people)
        else:
            too_many = people
        people = 2 * enough if too_many is None else (enough + too_many) // 2
        if people in (enough, 0):
            break
    return steps


def line(done: Step) -> str:
    """Return a step for people."""
    return (
        f"  {done.people:5} people: p50 {1000 * done.p50_seconds:6.0f} ms, p95 {1000 * done.p95_seconds:6.0f} ms, "
        f"{done.messages} messages, {done.troubles} without an answer, core {done.cpu_share:4.0%} by the guide, "
        f"{done.others_share:4.0%} by others{'' if done.is_served else '  <- too many'}"
    )


def summary(steps: list[Step], number: int | None) -> dict[str, object]:
    """Return the limit and what stands beside it."""
    served = [done for done in steps if done.is_served]
    best = max(served, key=lambda done: done.people, default=None)
    cpu = min(done.cpu_ms_per_message for done in steps)
    ceiling = 1_000 * EVERY_SECONDS / cpu
    others = max((done.others_share for done in steps), default=float("nan"))
    return {
        "core": number,
        "people": best.people if best else 0,
        "cpu_ms_per_message": cpu,
        "people_at_most_by_cpu": ceiling,
        "people_to_most": (best.people if best else 0) / ceiling,
        "others_share_at_worst": others,
        # Not a number is no proof of quiet.
        "machine_was_busy": not others <= BUSY,
        "steps": [asdict(done) for done in steps],
    }


@command
def main() -> int:
    """Measure, print the figures and write .cache/bench/capacity.json; 1 if not even the first step was served."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=50, help="people of the first step (%(default)s)")
    parser.add_argument("--seconds", type=float, default=STEP_SECONDS, help="length of a step (%(default)g)")
    options = parser.parse_args()
    if options.people < 1 or options.seconds < 1:
        parser.error("people and seconds have to be at least 1")
    number = core()
    if number is None:
        print("There is no second core, or this is not Linux: not confined to one core.", flush=True)
    with one_process(None if number is None else {number}) as measured:
        steps = asyncio.run(search(measured, number, options.people, options.seconds))
    figures = summary(steps, number)
    print(
        f"{figures['people']} people with a message every {EVERY_SECONDS:g} s, p95 within {WITHIN_SECONDS:g} s; "
        f"{figures['cpu_ms_per_message']:.0f} ms of processor time a message, by which it could be "
        f"{figures['people_at_most_by_cpu']:.0f}: a ratio of {figures['people_to_most']:.2f}."
    )
    if figures["machine_was_busy"]:
        print(
            "Other programs used that core too, or it cannot be told: figures of a busy machine, a lower bound."
        )
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {short(REPORT)}.")
    return int(not figures["people"])


if __name__ == "__main__":
    sys.exit(main())
