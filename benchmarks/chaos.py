"""What users see while parts of a cluster die, hang and come back; and whether anything is lost or doubled.

Senders talk to a cluster through nginx, each waiting for its answer. Every message has an id, and is sent again under
it when the client got no answer, or the words that something went wrong or takes longer, as a careful client does.
Meanwhile one part after the other is killed or frozen. At the end every conversation is read back from the
database: each answered message must be in it once, in the order in which it was sent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from acupressure.wording import wording
from scripts.processes import Stopped, stop_on_signals
from scripts.run_cluster import Cluster, free_port, running
from scripts.settings import CACHE, HOST, Problem, short

REPORT = CACHE / "bench" / "chaos.json"
SENDERS = 8
SECONDS = 20.0
"""Length of one scene."""
FIRST_WORD = 10.0
"""Time within which everybody has to hear something."""
TEXTS = ("Where is LI4?", "How long do I hold it?", "Where is BL40?", "Is BL23 good for my back?")
GIVE_UP = 45.0
RETRY_SECONDS = 0.5


@dataclass
class Asked:
    """One message and what became of it."""

    sender: str
    message_id: str
    first_word: float = 0.0
    """Seconds to the first reply of any kind: an answer, or the word to try again."""
    answered: float | None = None
    """Seconds to the answer."""
    tries: int = 0


@dataclass
class Scene:
    """One kind of trouble and how the users got through it."""

    name: str
    messages: int = 0
    answered: int = 0
    told_to_try_again: int = 0
    longest_first_word: float = 0.0
    longest_answer: float = 0.0
    median_answer: float = 0.0
    unanswered: int = 0
    lost: int = 0
    """Answered, but not in the database."""
    doubled: int = 0
    """In the database with more than one answer."""
    out_of_order: int = 0
    trouble: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Tell whether it kept what docs/operations.md promises."""
        return not (self.unanswered or self.lost or self.doubled or self.out_of_order) and (
            self.longest_first_word <= FIRST_WORD
        )


class Crowd:
    """Senders that talk until they are told to stop."""

    def __init__(self, port: int, number: int) -> None:
        self._url = f"http://{HOST}:{port}/webhooks/rest"
        self._number = number
        self._excuses = {wording().text(f"utter_channel_{name}") for name in ("problem", "busy")}
        self.asked: list[Asked] = []
        self.stop = asyncio.Event()

    async def talk(self) -> None:
        """Let everybody talk."""
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(self._one(session) for _ in range(self._number)))

    async def _one(self, session: aiohttp.ClientSession) -> None:
        sender = f"chaos-{uuid.uuid4().hex}"
        number = 0
        while not self.stop.is_set():
            asked = Asked(sender, uuid.uuid4().hex)
            self.asked.append(asked)
            await self._ask(session, asked, TEXTS[number % len(TEXTS)])
            number += 1
            await asyncio.sleep(random.uniform(0.05, 0.4))

    async def _ask(self, session: aiohttp.ClientSession, asked: Asked, text: str) -> None:
        body = {"sender": asked.sender, "message": text, "message_id": asked.message_id}
        began = time.monotonic()
        while time.monotonic() - began < GIVE_UP:
            asked.tries += 1
            replies: list[dict[str, Any]] = []
            try:
                timeout = aiohttp.ClientTimeout(total=15)
                async with session.post(f"{self._url}/webhook", json=body, timeout=timeout) as answer:
                    content = await answer.json(content_type=None)
                    asked.first_word = asked.first_word or time.monotonic() - began
                    replies = content if answer.status == 200 else []
            except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
                pass
            if replies and not any(r.get("text") in self._excuses for r in replies):
                asked.answered = time.monotonic() - began
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def stored(self, sender: str) -> list[dict[str, Any]]:
        """Return the events of a conversation."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._url}/export", json={"sender": sender}) as answer,
        ):
            return (await answer.json())["events"]


def answers_by_message(events: list[dict[str, Any]]) -> list[str]:
    """Return the ids of the messages that have an answer in a conversation, in order and as often as they have one."""
    found: list[str] = []
    current, failed, spoke = None, False, False
    for event in [*events, {"event": "user", "message_id": None}]:
        if event["event"] == "user":
            if current and spoke and not failed:
                found.append(current)
            current, failed, spoke = event.get("message_id"), False, False
        elif event["event"] == "bot":
            spoke = True
            failed |= (event.get("metadata") or {}).get("utter_action") == "utter_channel_problem"
    return found


async def play(cluster: Cluster, name: str, trouble: Callable[[], None], seconds: float) -> Scene:
    """Let the crowd talk, make trouble, and look at what came of it."""
    crowd = Crowd(cluster.port, SENDERS)
    talking = asyncio.create_task(crowd.talk())
    await asyncio.sleep(2)
    await asyncio.get_running_loop().run_in_executor(None, trouble)
    await asyncio.sleep(seconds)
    crowd.stop.set()
    await talking
    await asyncio.get_running_loop().run_in_executor(None, cluster.wait_until_ready)
    return await judge(crowd, name)


async def judge(crowd: Crowd, name: str) -> Scene:
    """Compare what was answered with what is stored."""
    times = sorted(a.answered for a in crowd.asked if a.answered is not None)
    scene = Scene(
        name,
        messages=len(crowd.asked),
        answered=len(times),
        told_to_try_again=sum(a.tries > 1 for a in crowd.asked),
        longest_first_word=round(max(a.first_word for a in crowd.asked), 2),
        longest_answer=round(times[-1], 2) if times else 0.0,
        median_answer=round(times[len(times) // 2], 3) if times else 0.0,
        unanswered=sum(a.answered is None for a in crowd.asked),
    )
    for sender in {a.sender for a in crowd.asked}:
        sent = [a.message_id for a in crowd.asked if a.sender == sender and a.answered is not None]
        kept = answers_by_message(await crowd.stored(sender))
        scene.lost += len(set(sent) - set(kept))
        scene.doubled += len(kept) - len(set(kept))
        scene.out_of_order += [i for i in dict.fromkeys(kept) if i in set(sent)] != [
            i for i in sent if i in kept
        ]
    return scene


def scenes(cluster: Cluster) -> dict[str, Callable[[], None]]:
    """Return the kinds of trouble."""

    def kill_assistants() -> None:
        for worker in cluster.assistants:
            if worker.process is not None and worker.process.poll() is None:
                worker.kill()
            time.sleep(random.uniform(0.2, 1))
            # The other one must be back before it is its turn: two of two dead is another scene.
            cluster.mend()
            cluster.wait_until_ready()

    def freeze(service: Any, seconds: float) -> Callable[[], None]:
        def frozen() -> None:
            service.send(signal.SIGSTOP)
            time.sleep(seconds)
            service.send(signal.SIGCONT)

        return frozen

    def restart(service: Any) -> Callable[[], None]:
        def restarted() -> None:
            service.kill()
            time.sleep(0.3)
            service.start()

        return restarted

    return {
        "nothing happens": lambda: None,
        "assistants killed (kill -9), one after the other": kill_assistants,
        "an assistant frozen for 8 s": freeze(cluster.assistants[0], 8),
        "Redis killed and started": restart(cluster.redis),
        "Redis frozen for 8 s": freeze(cluster.redis, 8),
        "PostgreSQL killed and started": restart(cluster.postgres),
        "PostgreSQL frozen for 8 s": freeze(cluster.postgres, 8),
        "action server killed and started": restart(cluster.actions),
        "action server frozen for 8 s": freeze(cluster.actions, 8),
    }


def table(played: list[Scene]) -> str:
    """Return the scenes as a table."""
    lines = [
        f"{'':50} {'messages':>8} {'answered':>8} {'again':>6} {'first':>7} {'answer':>7} {'lost':>5} {'twice':>5}"
    ]
    for s in played:
        lines.append(
            f"{s.name:50} {s.messages:8} {s.answered:8} {s.told_to_try_again:6} {s.longest_first_word:6.1f}s "
            f"{s.longest_answer:6.1f}s {s.lost:5} {s.doubled:5}{'' if s.is_good else '  <- not good'}"
        )
    return "\n".join(lines)


async def show(cluster: Cluster, only: str | None, seconds: float) -> list[Scene]:
    """Play the scenes."""
    played = []
    for name, trouble in scenes(cluster).items():
        if only is None or only in name:
            print(f"{name} ...", flush=True)
            played.append(await play(cluster, name, trouble, seconds))
            print(table(played[-1:]).splitlines()[1], flush=True)
    return played


def main() -> int:
    """Play all scenes, print the table and write .cache/bench/chaos.json; 1 if one was not good."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="the scenes with these words in their name")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long a scene goes on")
    options = parser.parse_args()
    stop_on_signals()
    os.environ["PORT"], os.environ["ACTION_PORT"] = str(free_port()), str(free_port())
    try:
        with running(Path(tempfile.mkdtemp(prefix="acu-chaos-")), keep=False) as cluster:
            played = asyncio.run(show(cluster, options.only, options.seconds))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except Stopped as stopped:
        return 128 + stopped.signum
    print(table(played))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    figures = [{**asdict(s), "good": s.is_good} for s in played]
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {short(REPORT)}.")
    return int(not all(s.is_good for s in played))


if __name__ == "__main__":
    sys.exit(main())
