"""People who write at a steady rate, as a crowd does that does not wait for one another, and what they noticed.

Messages begin at random moments (a Poisson process), whatever became of those before: a slow answer does not slow the
crowd down, as it would if everybody waited. The conversations are the held-out dialogues and questions, in random
order, each by somebody new.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from acupressure.wording import wording
from benchmarks.speed import Usage, free_ports, usage
from scripts.run import Assistant
from scripts.settings import HOST, ROOT
from scripts.train import ensure_model

HELD_OUT = ROOT / "tests" / "held_out"
QUESTIONS_EACH = 8
"""Single questions that one person asks."""
MESSAGE_SECONDS = 30.0


@dataclass(frozen=True)
class Message:
    """One message that was sent, and what became of it."""

    at: float
    """Seconds from the beginning of the load to the moment it was due."""
    seconds: float
    """From then to the answer."""
    trouble: str = ""
    """Why it counts as not answered; empty for an answer."""


def conversations() -> list[list[str]]:
    """Return the texts of the held-out dialogues, and of the single questions as if by people with several."""
    found: list[list[str]] = []
    for name in ("dialogues", "context"):
        read = yaml.safe_load((HELD_OUT / f"{name}.yml").read_text(encoding="utf-8"))
        found += [[turn["say"] for turn in dialogue["turns"]] for dialogue in read["dialogues"]]
    listed = yaml.safe_load((HELD_OUT / "answers.yml").read_text(encoding="utf-8"))["messages"]
    texts = [message["text"] for message in listed]
    return found + [texts[i : i + QUESTIONS_EACH] for i in range(0, len(texts), QUESTIONS_EACH)]


class Crowd:
    """Writes to an assistant. One crowd may write several times in a row, and goes on where it was."""

    def __init__(self, port: int, seed: int = 1) -> None:
        self._url = f"http://{HOST}:{port}/webhooks/rest/webhook"
        self._random = random.Random(seed)
        self._scripts = conversations()
        self._free: list[tuple[str, list[str]]] = []
        self._excuses = {wording().text(f"utter_channel_{name}") for name in ("problem", "busy")}

    async def write(self, rate: float, seconds: float) -> list[Message]:
        """Send ``rate`` messages a second for some seconds, and return what became of them once all have ended."""
        began = time.perf_counter()
        timeout = aiohttp.ClientTimeout(total=MESSAGE_SECONDS)
        connector = aiohttp.TCPConnector(limit=0)
        tasks: list[asyncio.Task[Message]] = []
        # No trust_env: a proxy set for the outer world must not see this.
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            due = self._random.expovariate(rate)
            while due < seconds:
                await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
                tasks.append(asyncio.create_task(self._send(session, began, due)))
                due += self._random.expovariate(rate)
            return list(await asyncio.gather(*tasks))

    async def say_everything(self, senders: int) -> int:
        """Hold every conversation once, as fast as it is answered; return the number of messages.

        What is remembered of texts (bounded, a few kB each) is remembered then, and does not look like a leak.
        """
        waiting = [(f"load-{uuid.uuid4().hex}", script) for script in self._scripts]
        timeout = aiohttp.ClientTimeout(total=MESSAGE_SECONDS)

        async def one(session: aiohttp.ClientSession) -> None:
            while waiting:
                sender, script = waiting.pop()
                for text in script:
                    await self._ask(session, sender, text)

        async with aiohttp.ClientSession(timeout=timeout) as session:
            await asyncio.gather(*(one(session) for _ in range(senders)))
        return sum(map(len, self._scripts))

    async def press(self, senders: int, seconds: float) -> float:
        """Let some people write as fast as they are answered; return how many messages were answered in a second."""
        began, done = time.perf_counter(), 0
        timeout = aiohttp.ClientTimeout(total=MESSAGE_SECONDS)

        async def one(session: aiohttp.ClientSession) -> None:
            nonlocal done
            while (now := time.perf_counter()) - began < seconds:
                message = await self._send(session, now, 0.0)
                done += not message.trouble  # not in one line: what others counted meanwhile would be lost

        async with aiohttp.ClientSession(timeout=timeout) as session:
            await asyncio.gather(*(one(session) for _ in range(senders)))
        return done / (time.perf_counter() - began)

    async def _send(self, session: aiohttp.ClientSession, began: float, due: float) -> Message:
        # Somebody who waits for an answer does not write: the others do.
        sender, script = self._free.pop() if self._free else self._somebody()
        trouble = await self._ask(session, sender, script.pop())
        if script:
            self._free.insert(self._random.randrange(len(self._free) + 1), (sender, script))
        return Message(due, time.perf_counter() - began - due, trouble)

    def _somebody(self) -> tuple[str, list[str]]:
        return f"load-{uuid.uuid4().hex}", self._random.choice(self._scripts)[::-1]

    async def _ask(self, session: aiohttp.ClientSession, sender: str, text: str) -> str:
        try:
            async with session.post(self._url, json={"sender": sender, "message": text}) as answer:
                if answer.status != 200:
                    return f"status {answer.status}"
                replies = await answer.json(content_type=None)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            return type(error).__name__
        if not replies:
            return "silence"
        return "excuse" if any(reply.get("text") in self._excuses for reply in replies) else ""


def quantile(messages: Sequence[Message], share: float) -> float:
    """Return the time in seconds within which a share of the messages was answered; nan where there are too few."""
    if len(messages) < 2:
        return float("nan")
    cuts = statistics.quantiles((message.seconds for message in messages), n=100, method="inclusive")
    return cuts[round(100 * share) - 1]


@dataclass
class Measured:
    """A running assistant that is measured."""

    port: int
    processes: dict[str, Callable[[], int]]
    """Name -> its process group."""
    stored: Callable[[], int]
    """Bytes that the conversations take."""

    def usage(self) -> dict[str, Usage]:
        """Return what each process holds and has used."""
        return {name: usage({group()}) for name, group in self.processes.items()}


def _sqlite_bytes(path: Path) -> int:
    """Return what the pages in use take: the file itself has not got what still stands in the journal."""
    with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection:
        ((pages,),), ((size,),) = (connection.execute(f"PRAGMA page_{word}") for word in ("count", "size"))
        return pages * size


@contextlib.contextmanager
def on_cores(cores: set[int] | None) -> Iterator[None]:
    """Start programs on some cores for as long as the block runs (Linux; elsewhere, or for None, on all)."""
    if cores is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def one_process(cores: set[int] | None = None) -> Iterator[Measured]:
    """Start one assistant with its action server and an SQLite file of its own."""
    with tempfile.TemporaryDirectory(prefix="acu-load-") as scratch:
        folder = Path(scratch)
        os.environ["ACU_DB"] = str(folder / "conversations.db")
        with on_cores(cores):
            assistant = Assistant(ensure_model(validate=False), *free_ports(), folder / "logs")
        try:
            assistant.wait_until_healthy()
            groups = {name: (lambda p=process: p.pid) for name, (process, _) in assistant.parts.items()}
            yield Measured(assistant.port, groups, lambda: _sqlite_bytes(folder / "conversations.db"))
            assistant.check_alive()
        finally:
            assistant.end()
            os.environ.pop("ACU_DB")
