"""What every channel does with a message: read the request, clean the text, remember, forget."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any
from urllib.parse import urlsplit

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, UserUtteranceReverted, UserUttered

from acupressure.text import MAX_CHARACTERS, clean, has_words

MAX_BODY = 64 * 1024
"""Bytes of a request body that are read; far more than the longest message we answer."""
MAX_DEPTH = 16
"""How deeply lists and objects of a request may be nested."""
MAX_TITLE = 200
"""Characters of a button's title that are kept for the history."""
MAX_HISTORY = 200
"""Messages handed back when a page is opened again."""

EMPTY, TOO_LONG, PROBLEM, BUSY = (f"utter_channel_{n}" for n in ("empty", "too_long", "problem", "busy"))
"""The responses of domain.yml that a channel gives on its own."""

_NAME = re.compile(r"[A-Za-z0-9_.:@+-]{1,128}")
_LEADING = re.compile(r"^[/\s]+")


class BadRequest(Exception):
    """A request that a channel refuses: an HTTP status and one sentence for whoever wrote the client."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


@dataclass(frozen=True)
class Prepared:
    """A message ready for the assistant, or the name of the response that answers it instead."""

    text: str
    response: str | None = None
    """Set where there is nothing to ask the assistant: the message is empty or too long."""


# Reading requests


def check_json(content_type: str | None) -> None:
    """Refuse anything but JSON: a foreign page can post text/plain without asking first."""
    if (content_type or "").split(";")[0].strip().lower() != "application/json":
        raise BadRequest(415, "Please send JSON with the header Content-Type: application/json.")


def check_origin(origin: str | None, host: str | None) -> None:
    """Refuse requests that a page of another site makes in somebody's browser."""
    try:
        same = origin is None or urlsplit(origin).netloc.lower() == (host or "").lower()
    except ValueError:
        same = False  # such as http://[::1, which is no address at all
    if not same:
        raise BadRequest(403, "Requests from pages of another site are not answered here.")


def check_host(host: str | None, allowed: Iterable[str]) -> None:
    """Refuse names that are not ours: a foreign name that suddenly points to this machine is an attack."""
    allowed = {name.lower() for name in allowed}
    if "*" not in allowed and not {host_name(host), (host or "").lower()} & allowed:
        raise BadRequest(
            403, "This assistant does not answer under that host name. Add it to `hosts` if it should."
        )


def host_name(host: str | None) -> str:
    """Return the name in a Host header, in lower case and without its port."""
    try:
        return urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:
        return ""


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object in a request body."""
    if len(body) > MAX_BODY:
        raise BadRequest(413, f"The request is too big: {MAX_BODY // 1024} kB is the most that is read.")
    try:
        data = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest(400, "The body is not valid JSON.") from None
    if _depth(data) > MAX_DEPTH:
        raise BadRequest(400, f"The body is nested more than {MAX_DEPTH} levels deep.")
    if not isinstance(data, dict):
        raise BadRequest(400, 'The body must be a JSON object, such as {"sender": "...", "message": "..."}.')
    return data


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity: Python reads them, but they are no JSON and no database takes them."""
    raise ValueError(name)


def _depth(value: Any) -> int:
    """Return how deeply lists and objects are nested, without recursion that would itself run too deep."""
    depth, level = 0, [value]
    while level := [v for v in level if isinstance(v, (dict, list))]:
        depth += 1
        level = [inner for v in level for inner in (v.values() if isinstance(v, dict) else v)]
    return depth


def sender_of(data: Mapping[str, Any]) -> str:
    """Return whose conversation this is. There is no default: it would be one conversation for everybody."""
    return _name(data.get("sender"), "sender")


def channel_of(data: Mapping[str, Any], default: str) -> str:
    """Return the channel a client names as its own, or the default."""
    named = data.get("input_channel")
    return default if named in (None, "") else _name(named, "input_channel")


def message_of(data: Mapping[str, Any]) -> str:
    """Return the text of the message as it was sent."""
    message = data.get("message")
    if not isinstance(message, str):
        raise BadRequest(400, "The field `message` is missing or not a text.")
    return message


def metadata_of(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a client wants stored with the message."""
    metadata = data.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise BadRequest(400, "The field `metadata` must be an object.")
    return metadata


def _name(value: Any, field: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadRequest(
            400, f"The field `{field}` must be 1 to 128 letters, digits or the signs _ - . : @ +."
        )
    return value


# Preparing text


def prepare(text: str) -> Prepared:
    """Return the cleaned message, or the response for a message that the assistant need not see.

    Leading slashes go: Rasa takes what follows one for a command, and nobody may trigger an intent or a
    restart by typing it. Our buttons carry plain sentences.
    """
    text = _LEADING.sub("", clean(text))
    if len(text) > MAX_CHARACTERS:
        return Prepared("", TOO_LONG)
    if not has_words(text):
        return Prepared("", EMPTY)
    return Prepared(text)


# Cards, history, forgetting


def has_card(messages: Iterable[Mapping[str, Any]], kind: str) -> bool:
    """Tell whether one of the messages carries a card of that kind."""
    return any(isinstance(m.get("custom"), Mapping) and m["custom"].get("card") == kind for m in messages)


def history(events: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the conversation in a tracker's events, since it was last started over."""
    said: list[dict[str, Any]] = []
    for event in events:
        if event.type_name == "rewind":
            _unsay(said)
        if event.type_name == "restart" or (
            event.type_name == "user" and (event.metadata or {}).get("fresh")
        ):
            said.clear()
        if event.type_name == "user":
            said.extend(_user_said(event))
        elif event.type_name == "bot":
            said.extend(_bot_said(event))
    return said[-MAX_HISTORY:]


def _unsay(said: list[dict[str, Any]]) -> None:
    """Drop the last message of the user and what was said to it."""
    while said and said.pop()["from"] != "user":
        pass


def _user_said(event: Any) -> Iterator[dict[str, Any]]:
    metadata = event.metadata or {}
    text = metadata.get("title") or event.text
    # Reminders and intents triggered from outside are user events too, but nobody said them.
    if text and not text.startswith("/") and not metadata.get("is_external"):
        yield {"from": "user", "text": text, "time": event.timestamp}


def _bot_said(event: Any) -> Iterator[dict[str, Any]]:
    data = event.data or {}
    base = {"from": "bot", "time": event.timestamp}
    if event.text:
        yield {**base, "text": event.text, **({"buttons": data["buttons"]} if data.get("buttons") else {})}
    for key in ("custom", "image", "attachment"):
        if data.get(key):
            yield {**base, key: data[key]}


async def exported(agent: Any, sender: str) -> dict[str, Any]:
    """Return all that is stored about a conversation: what was said, what was noted, and the events themselves."""
    tracker = await agent.tracker_store.retrieve_full_tracker(sender)
    events = list(tracker.events) if tracker else []
    noted = {k: v for k, v in tracker.current_slot_values().items() if v is not None} if tracker else {}
    return {
        "sender": sender,
        "said": history(events),
        "noted": noted,
        "events": [event.as_dict() for event in events],
    }


async def forget(agent: Any, sender: str) -> bool:
    """Delete a conversation from the tracker store; False where a store offers no way to.

    Waits for a turn that is still running: its end would write the conversation back.
    """
    async with agent.lock_store.lock(sender):
        return all([await _delete(store, sender) for store in _innermost(agent.tracker_store)])


async def take_back(agent: Any, sender: str) -> bool:
    """Undo the last message of the user with all that followed; False where there is none."""
    async with agent.lock_store.lock(sender):
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is None or not any(isinstance(e, UserUttered) for e in tracker.applied_events()):
            return False
        # The listening goes with the message it heard, so that the next one needs one of its own.
        tracker.update_with_events(
            [UserUtteranceReverted(), ActionExecuted(ACTION_LISTEN_NAME)], agent.domain
        )
        await agent.tracker_store.save(tracker)
    return True


def _innermost(store: Any) -> Iterator[Any]:
    """Yield the stores that hold something: Rasa wraps the configured one and keeps a spare beside it."""
    inner = [getattr(store, name, None) for name in ("_tracker_store", "_fallback_tracker_store")]
    if inner == [None, None]:
        yield store
    for wrapped in inner:
        if wrapped is not None:
            yield from _innermost(wrapped)


async def _delete(store: Any, sender: str) -> bool:
    """Delete a conversation from one store: Rasa's stores have no method for it, and differ."""
    if callable(getattr(store, "delete", None)):
        # What it returns is whether there was anything: to the one who asks, nothing is as good as forgotten.
        result = store.delete(sender)
        await result if isawaitable(result) else None
    elif hasattr(store, "SQLEvent"):
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter(store.SQLEvent.sender_id == sender).delete()
            session.commit()
    elif hasattr(store, "red"):
        store.red.delete(store.key_prefix + sender)
    elif hasattr(store, "conversations"):
        store.conversations.delete_many({"sender_id": sender})
    elif isinstance(getattr(store, "store", None), dict):
        store.store.pop(sender, None)
    else:
        return False
    return True
