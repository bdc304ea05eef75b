"""What the agent knows of the guide; nothing here needs Home Assistant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

_ENDED = {"stopped", "finished"}


def sender(satellite: str | None, device: str | None, conversation: str | None) -> str:
    """Return the name of the conversation: the satellite's, since Home Assistant's own changes all the time."""
    known = satellite or device or conversation or "home"
    return f"home-{hashlib.sha256(known.encode()).hexdigest()[:32]}"


def speech(messages: Iterable[Mapping[str, Any]]) -> str:
    """Return what is said: the words of the messages, which are made for the ear on this channel."""
    return " ".join(m["text"] for m in messages if m.get("text"))


def goes_on(messages: Iterable[Mapping[str, Any]], before: bool) -> bool:
    """Tell whether the satellite keeps listening: while a routine runs, and behind a question.

    Args:
        before: whether a routine was running before this answer.
    """
    running, asks = before, False
    for message in messages:
        card = message.get("custom") or {}
        kind, state = card.get("card"), card.get("state")
        if kind == "step" or kind == "routine" and state in {"running", "paused"}:
            running = True
        elif kind in {"urgent", "crisis"} or kind == "routine" and state in _ENDED:
            running = False
        asks = asks or kind == "ask" or kind == "routine" and state == "offered"
        asks = asks or str(message.get("text", "")).rstrip().endswith("?")
    return running or asks


def is_running(messages: Iterable[Mapping[str, Any]], before: bool) -> bool:
    """Tell whether a routine runs after an answer."""
    return goes_on(
        [
            m
            for m in messages
            if (m.get("custom") or {}).get("card") in {"step", "routine", "urgent", "crisis"}
            and (m.get("custom") or {}).get("state") != "offered"
        ],
        before,
    )
