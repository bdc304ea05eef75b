"""The assistant in this process: the trained model with the real actions, without any server."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

_COUNTER = itertools.count(1)


class InProcessActions:
    """Stands where Rasa expects the action server and runs the same actions here."""

    def __init__(self) -> None:
        from rasa_sdk.executor import ActionExecutor

        self.url = "in-process"
        self.kwargs = {"enable_selective_domain": True}
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, json: dict | None = None, **_: Any) -> dict:
        """Answer an action call as the action server would."""
        return await self._executor.run(json)


class LocalAssistant:
    """Talk to the assistant turn by turn; every instance of ``talk`` is a new person."""

    def __init__(self, model: Path) -> None:
        from rasa.core.agent import Agent
        from rasa.utils.log_utils import configure_structlog

        from channels.validator import check_schema_once

        configure_structlog(50)
        check_schema_once()
        self._loop = asyncio.new_event_loop()
        self.agent = Agent.load(str(model), action_endpoint=InProcessActions())

    def new_sender(self) -> str:
        """Return the id of somebody who never spoke before."""
        return f"person-{next(_COUNTER)}"

    def say(self, sender: str, text: str, channel: str = "rest") -> list[dict]:
        """Return the messages that answer a text."""
        return self._loop.run_until_complete(self._say(sender, text, channel))

    async def _say(self, sender: str, text: str, channel: str) -> list[dict]:
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        output = CollectingOutputChannel()
        await self.agent.handle_message(UserMessage(text, output, sender, input_channel=channel))
        return output.messages

    def parse(self, text: str) -> dict:
        """Return what is understood of a text."""
        return self._loop.run_until_complete(self.agent.parse_message(text))

    def slots(self, sender: str) -> dict:
        """Return the slots of a conversation."""
        tracker = self._loop.run_until_complete(self.agent.tracker_store.retrieve(sender))
        return dict(tracker.current_slot_values()) if tracker else {}


def cards(messages: list[dict]) -> list[dict]:
    """Return the cards of an answer."""
    return [m["custom"] for m in messages if "custom" in m]


def card(messages: list[dict], kind: str) -> dict | None:
    """Return the first card of a kind, or None."""
    return next((c for c in cards(messages) if c["card"] == kind), None)


def shown(messages: list[dict]) -> list[str]:
    """Return the codes of all points that an answer shows."""
    codes = []
    for c in cards(messages):
        if c["card"] in {"point", "step"}:
            codes.append(c["code"])
        elif c["card"] == "points":
            codes += [p["code"] for p in c["points"]]
    return codes


def text(messages: list[dict]) -> str:
    """Return all words of an answer."""
    return " ".join(m["text"] for m in messages if "text" in m)
