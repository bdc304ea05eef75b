"""What all actions share: from Rasa's tracker to the skill and back, and never silence."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from acupressure.answers import respond
from acupressure.catalog import catalog
from acupressure.memory import Memory
from acupressure.reply import Reply, render
from acupressure.understanding import KEY, Reading, Turn
from acupressure.wording import wording

logger = logging.getLogger(__name__)


class Answering:
    """Answers the latest message. The actions of the topics only add the topic's name.

    Not an ``Action`` itself: rasa_sdk would register it as one.
    """

    topic = ""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return f"action_answer_{self.topic}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Send the reply and keep what it remembers; a fault becomes an apology, never silence."""
        try:
            turn = turn_of(tracker)
            reply = respond(turn, catalog())
            send(reply, dispatcher, turn.channel)
        except Exception:
            logger.exception("no answer from the skill")
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_channel_problem")
            return []
        return changed_slots(tracker, reply.memory)


def turn_of(tracker: Tracker) -> Turn:
    """Return the turn that the tracker's latest message stands for."""
    latest = tracker.latest_message
    data = dict(latest.get(KEY) or {})
    reading = Reading.from_dict({"text": latest.get("text") or "", **data})
    return Turn(
        reading,
        Memory.from_slots(tracker.slots),
        tracker.get_latest_input_channel() or "",
        last_messages(tracker),
        time.time(),
    )


def send(reply: Reply, dispatcher: CollectingDispatcher, channel: str) -> None:
    """Hand the messages of a reply to Rasa."""
    for message in render(reply, wording(), channel):
        if "custom" in message:
            dispatcher.utter_message(json_message=message["custom"])
        else:
            dispatcher.utter_message(text=message["text"], buttons=message.get("buttons"))


def changed_slots(tracker: Tracker, memory: Memory) -> list[EventType]:
    """Return the slot events for what has changed."""
    return [
        SlotSet(slot, value) for slot, value in memory.to_slots().items() if tracker.slots.get(slot) != value
    ]


def last_messages(tracker: Tracker) -> tuple[dict[str, Any], ...]:
    """Return the assistant's messages of the turn before this one, ready to be sent again."""
    found: list[dict[str, Any]] = []
    seen_users = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            seen_users += 1
            if seen_users > 1 and found:
                break
        elif event.get("event") == "bot" and seen_users:
            found.append(_message(event))
    return tuple(reversed([m for m in found if m]))


def _message(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event.get("data") or {}
    if data.get("custom"):
        return {"custom": data["custom"]}
    message = {"text": event.get("text")} if event.get("text") else {}
    return {**message, "buttons": data["buttons"]} if message and data.get("buttons") else message
