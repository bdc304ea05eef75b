"""Speed and memory of our assistant as ratios to a baseline, measured one after the other in the same run.

The baseline (benchmarks/baseline) is what `rasa init` leads to: Rasa's default pipeline and policies, its own
REST channel, conversations in memory, one small custom action. It is trained once, with fewer epochs than
Rasa's 100: that changes the minutes of training and not the time or the memory of a message.

Each assistant runs with its action server on free ports of this machine, and everything a message costs is
counted for both: Rasa, the call of the action server, the store. Ours is asked the held-out questions about
points and complaints, all different, so that nothing kept from an earlier one helps; every one of its answers
comes from a custom action, as do those of the baseline. A conversation has ten messages.

Absolute figures belong to the machine and to what else it was doing; compare the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import json
import os
import platform
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from acupressure.wording import wording
from scripts.fetch_encoder import ensure_encoder
from scripts.processes import command, end, reason, start
from scripts.run import Assistant
from scripts.settings import CACHE, HOST, LOCK, LOGS, ROOT, Problem, encoder_mark, short
from scripts.shell import send
from scripts.train import ensure_model

HERE = Path(__file__).resolve().parent / "baseline"
MODELS = CACHE / "baseline"
REPORT = CACHE / "bench" / "speed.json"
HELD_OUT = ROOT / "tests" / "held_out" / "answers.yml"

WARM_UP = 10
ALONE = 100
"""Messages sent one after the other."""
SENDERS = 10
EACH = 10
"""Messages of each of the senders that write at the same time."""
MANY = 50
EACH_OF_MANY = 3
"""The same for a larger crowd."""
TALK = 10
"""Messages of one conversation."""
START_SECONDS = 600
MESSAGE_SECONDS = 30
PROGRESS_SECONDS = 20

Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Side:
    """One of the two that are compared."""

    name: str
    launch: Callable[[int, int], Assistant]
    """Starts the assistant on a port, with its action server on another."""
    first: str
    """The message whose answer ends the start."""
    messages: tuple[str, ...]
    is_answer: Callable[[Messages], bool]
    """Tells an answer of the custom action from an apology or silence."""


@dataclass(frozen=True)
class Figures:
    """What was measured of one side."""

    start_seconds: float
    """From the launch of both processes to the first answer of the custom action."""
    memory_mb: float
    """Resident memory of both processes after the first answer."""
    memory_after_mb: float
    """The same after all messages."""
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    """Processor time of both processes for one message: the figure that other programs disturb least."""
    messages_per_second: float
    """With ten senders at the same time."""
    messages_per_second_many: float
    """With fifty."""
    unanswered: tuple[str, ...]
    """Messages that got silence or an apology."""


class Baseline(Assistant):
    """The baseline with its action server, as stock Rasa runs them."""

    def __init__(self, model: Path, port: int, action_port: int) -> None:
        self.port, self.action_port, self.parts, self._commands = port, action_port, {}, {}
        env = _baseline_env(action_port)
        action_server = [sys.executable, "-m", "benchmarks.baseline", str(action_port)]
        rasa = [
            *(sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(port), "--model", short(model)),
            *("--endpoints", short(HERE / "endpoints.yml")),
            *("--credentials", short(HERE / "credentials.yml")),
        ]
        try:
            self._start("The baseline's action server", action_server, LOGS / "baseline-actions.log", env)
            self._start("The baseline", rasa, LOGS / "baseline-rasa.log", env)
        except BaseException:
            self.end()
            raise


def _baseline_env(action_port: int = 5055) -> dict[str, str]:
    # Written out: what `make run` sets to be fast must not make the baseline faster too.
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ACTION_ENDPOINT_URL": f"http://{HOST}:{action_port}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_ACCESS_LOG": "False",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


# The two sides


def baseline_model() -> Path:
    """Return the baseline's model, training it if its files have changed."""
    files = [*sorted(HERE.rglob("*.yml")), LOCK]
    target = MODELS / f"{hashlib.sha256(b''.join(f.read_bytes() for f in files)).hexdigest()[:12]}.tar.gz"
    if target.is_file():
        print("Baseline: trained.", flush=True)
        return target
    print("Training the baseline (once, a few minutes) ...", flush=True)
    MODELS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "baseline-train.log"
    with tempfile.TemporaryDirectory(dir=MODELS, prefix="train-") as scratch:
        command = [
            *(sys.executable, "-m", "rasa", "train", "--force", "--out", scratch),
            *("--fixed-model-name", "model", "--domain", short(HERE / "domain.yml")),
            *("--config", short(HERE / "config.yml"), "--data", short(HERE / "data")),
        ]
        cache = {"RASA_CACHE_DIRECTORY": f"{scratch}/cache", "RASA_MAX_CACHE_SIZE": "0"}
        code = _wait_with_progress(start(command, log, {**_baseline_env(), **cache}), log)
        made = Path(scratch) / "model.tar.gz"
        if code or not made.is_file():
            raise Problem(f"Training the baseline failed: {reason(log)}. Log: {short(log)}")
        made.replace(target)
    return target


def _wait_with_progress(process: subprocess.Popen[bytes], log: Path) -> int:
    """Return the exit code of a training; say from time to time how far it is."""
    begun = time.monotonic()
    try:
        while True:
            try:
                return process.wait(timeout=PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                parts = re.findall(r"Starting to train component '(\w+)'", log.read_text(errors="replace"))
                print(f"  {time.monotonic() - begun:.0f} s: {parts[-1] if parts else 'loading'}", flush=True)
    finally:
        end([process])


def baseline() -> Side:
    """Return the baseline, trained."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    asked = ("when are you open on {}", "what are your hours on {}", "is the library open on {}")
    messages = tuple(text.format(day) for day in days for text in asked)
    model = baseline_model()

    def is_answer(messages: Messages) -> bool:
        return any("open" in m.get("text", "") for m in messages)

    return Side("baseline", lambda *ports: Baseline(model, *ports), messages[0], messages, is_answer)


def ours() -> Side:
    """Return our assistant, trained."""
    listed = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))["messages"]
    messages = [m["text"] for m in listed if m["kind"] in {"point", "complaint"}]
    random.Random(1).shuffle(messages)
    ensure_encoder()
    model = ensure_model(validate=False)

    apologies = {wording().text(name) for name in ("utter_channel_problem", "utter_channel_busy")}

    def is_answer(messages: Messages) -> bool:
        return bool(messages) and not any(m.get("text") in apologies for m in messages)

    return Side("ours", lambda *ports: Assistant(model, *ports), "Where is BL40?", tuple(messages), is_answer)


# Measuring


def free_ports() -> tuple[int, int]:
    """Return two ports of this machine that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


@dataclass(frozen=True)
class Usage:
    """What some process groups hold and have used."""

    memory_mb: float
    """Resident memory."""
    cpu_seconds: float


def usage(groups: set[int]) -> Usage:
    """Return what all processes of some process groups hold and have used so far."""
    rows = _from_proc() if Path("/proc/self/stat").exists() else _from_ps()
    mine = [(memory, cpu) for group, memory, cpu in rows if group in groups]
    return Usage(sum(memory for memory, _ in mine), sum(cpu for _, cpu in mine))


def _from_proc() -> Iterator[tuple[int, float, float]]:
    page, tick = os.sysconf("SC_PAGE_SIZE") / 2**20, os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name before the last bracket may hold blanks; what follows is counted from there.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        yield int(fields[2]), int(fields[21]) * page, (int(fields[11]) + int(fields[12])) / tick


def _from_ps() -> Iterator[tuple[int, float, float]]:
    command = ["ps", "-A", "-o", "pgid=,rss=,time="]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        group, kilobytes, used = line.split()
        parts = [float(part) for part in re.split("[-:]", used)]
        seconds = sum(part * unit for part, unit in zip(reversed(parts), (1, 60, 3_600, 86_400)))
        yield int(group), int(kilobytes) / 1024, seconds


def wait_for_answer(side: Side, assistant: Assistant, begun: float) -> float:
    """Return the seconds from the launch to the first answer."""
    while time.monotonic() - begun < START_SECONDS:
        assistant.check_alive()
        try:
            if side.is_answer(send(assistant.port, "first", side.first)):
                return time.monotonic() - begun
        except Problem:
            pass  # nobody listens yet
        time.sleep(0.05)
    log = list(assistant.parts.values())[-1][1]
    raise Problem(f"No answer ({side.name}) within {START_SECONDS} seconds: {reason(log)}. Log: {short(log)}")


class Sender:
    """Somebody who sends messages one after the other, a new conversation after every ten."""

    def __init__(self, session: aiohttp.ClientSession, side: Side, port: int, name: str) -> None:
        self._session, self._side, self._name = session, side, name
        self._url = f"http://{HOST}:{port}/webhooks/rest/webhook"
        self.seconds: list[float] = []
        self.unanswered: list[str] = []

    async def send(self, messages: list[str]) -> None:
        """Send messages, waiting for each answer."""
        for number, message in enumerate(messages):
            body = {"sender": f"{self._name}-{number // TALK}", "message": message}
            begun = time.perf_counter()
            answer = await self._post(body)
            self.seconds.append(time.perf_counter() - begun)
            if not self._side.is_answer(answer):
                self.unanswered.append(message)

    async def _post(self, body: dict[str, str]) -> Messages:
        try:
            async with self._session.post(self._url, json=body) as answer:
                return await answer.json(content_type=None) if answer.status == 200 else []
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
            return []


async def talk(side: Side, port: int, used: Callable[[], Usage]) -> dict[str, Any]:
    """Send everything; return the figures of Figures that come from it."""
    script: Iterator[str] = itertools.cycle(side.messages)
    timeout = aiohttp.ClientTimeout(total=MESSAGE_SECONDS)
    # No trust_env: a proxy set for the outer world must not see this.
    async with aiohttp.ClientSession(timeout=timeout) as session:
        await Sender(session, side, port, "warm").send(list(itertools.islice(script, WARM_UP)))
        before = used()
        alone = Sender(session, side, port, "alone")
        await alone.send(list(itertools.islice(script, ALONE)))
        cpu = used().cpu_seconds - before.cpu_seconds
        crowd, rate = await _crowd(session, side, port, script, SENDERS, EACH)
        many, rate_of_many = await _crowd(session, side, port, script, MANY, EACH_OF_MANY)
    cuts = statistics.quantiles(alone.seconds, n=20)
    return {
        "p50_ms": 1000 * cuts[9],
        "p95_ms": 1000 * cuts[18],
        "cpu_ms": 1000 * cpu / ALONE,
        "messages_per_second": rate,
        "messages_per_second_many": rate_of_many,
        "unanswered": tuple(text for sender in (alone, *crowd, *many) for text in sender.unanswered),
    }


async def _crowd(
    session: aiohttp.ClientSession, side: Side, port: int, script: Iterator[str], count: int, each: int
) -> tuple[list[Sender], float]:
    """Let many send at the same time; return them and how many messages were answered in a second."""
    crowd = [Sender(session, side, port, f"crowd-{count}-{n}") for n in range(count)]
    scripts = [list(itertools.islice(script, each)) for _ in crowd]
    begun = time.perf_counter()
    await asyncio.gather(*(sender.send(texts) for sender, texts in zip(crowd, scripts)))
    return crowd, count * each / (time.perf_counter() - begun)


def measure(side: Side) -> Figures:
    """Start one side, talk to it, and end it."""
    print(f"Measuring: {side.name} ...", flush=True)
    begun = time.monotonic()
    assistant = side.launch(*free_ports())
    groups = {process.pid for process, _ in assistant.parts.values()}
    try:
        start_seconds = wait_for_answer(side, assistant, begun)
        memory = usage(groups).memory_mb
        talked = asyncio.run(talk(side, assistant.port, lambda: usage(groups)))
        assistant.check_alive()
        return Figures(start_seconds, memory, usage(groups).memory_mb, **talked)
    finally:
        assistant.end()


# Telling

ROWS = (
    ("start to first answer", "start_seconds", "s", 1),
    ("memory, first answer", "memory_mb", "MB", 0),
    ("memory, after all messages", "memory_after_mb", "MB", 0),
    ("one sender, p50", "p50_ms", "ms", 1),
    ("one sender, p95", "p95_ms", "ms", 1),
    ("processor time of a message", "cpu_ms", "ms", 1),
    (f"{SENDERS} senders", "messages_per_second", "messages/s", 1),
    (f"{MANY} senders", "messages_per_second_many", "messages/s", 1),
)


def table(base: Figures, own: Figures) -> str:
    """Return the figures side by side."""
    lines = [f"{'':34} {'baseline':>10} {'ours':>10} {'ours/baseline':>14}"]
    for label, key, unit, digits in ROWS:
        theirs, mine = getattr(base, key), getattr(own, key)
        lines.append(
            f"{f'{label} ({unit})':34} {theirs:10.{digits}f} {mine:10.{digits}f} {mine / theirs:14.2f}"
        )
    return "\n".join(lines)


def report(base: Figures, own: Figures) -> dict[str, Any]:
    """Return everything worth keeping."""
    ratios = {key: round(getattr(own, key) / getattr(base, key), 3) for _, key, _, _ in ROWS}
    machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    return {
        "baseline": asdict(base),
        "ours": asdict(own),
        "ratios": ratios,
        "sentence_encoder": bool(encoder_mark()),
        "messages": {"alone": ALONE, "senders": SENDERS, "each": EACH, "many": MANY, "conversation": TALK},
        "machine": machine,
        "measured": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


@command
def main() -> int:
    """Measure both, print the table and write .cache/bench/speed.json; 1 if a message had no answer."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    sides = (baseline(), ours())
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="bench-") as scratch:
        # The conversations of the measurement are nobody's.
        os.environ["ACU_DB"] = f"{scratch}/conversations.db"
        base, own = (measure(side) for side in sides)
    print(table(base, own))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report(base, own), indent=1) + "\n", encoding="utf-8")
    print(f"Written to {short(REPORT)}.")
    lost = [f"{side.name}: {text}" for side, got in zip(sides, (base, own)) for text in got.unanswered]
    for line in lost:
        print(f"Without an answer, {line}", file=sys.stderr)
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
