"""People who talk while something goes wrong, and what they noticed of it.

Each waits for the answer to every message. A message has an id, and is sent again under it when there was no answer, or
the words that something went wrong or takes longer, as a careful client does. At the end every conversation is read
back: each answered message must be in it once, in the order in which it was sent.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import aiohttp

from acupressure.wording import wording
from scripts.settings import HOST

SENDERS = 8
FIRST_WORD = 10.0
"""Seconds within which everybody has to hear something."""
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


class Playground(Protocol):
    """A running system that people can talk to."""

    port: int
    ready: Callable[[], None]
    """Waits until everything is well."""


P = TypeVar("P", bound=Playground)


async def play(stage: P, name: str, trouble: Callable[[P], None], seconds: float) -> Scene:
    """Let the crowd talk, make trouble, wait until all is well again, and look at what came of it."""
    crowd = Crowd(stage.port, SENDERS)
    loop = asyncio.get_running_loop()
    talking = asyncio.create_task(crowd.talk())
    await asyncio.sleep(2)
    await loop.run_in_executor(None, trouble, stage)
    await asyncio.sleep(seconds)
    crowd.stop.set()
    await talking
    await loop.run_in_executor(None, stage.ready)
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
