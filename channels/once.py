"""A message is answered once: a repeated one gets the same answer again, and one that lost a race runs again."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered

from channels.messages import PROBLEM, BadRequest
from channels.metrics import METRICS
from stores.tracker_store import Conflict, to_events

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Awaitable[Any]]
HEADER = "idempotency-key"
"""The header by which a client, or the web server in front, names a message so that it can be sent again."""
TRIES = 3
"""How often a turn runs that finds its conversation changed by another process."""

_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


def message_id_of(data: Mapping[str, Any], header: str | None) -> str | None:
    """Return the id that a client gave its message, in the body or in the header."""
    given = data.get("message_id") or header
    if given is None:
        return None
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise BadRequest(
            400,
            "The field `message_id` must be 8 to 64 letters, digits or the signs _ - . :, new for each message.",
        )
    return given


def once(app: Any, handle: Handler, message_id: str | None) -> Handler:
    """Return a handler that answers each named message once, whichever process it comes to and how often."""

    async def handled(message: UserMessage) -> None:
        agent = app.ctx.agent
        if message_id is None or not getattr(agent.lock_store, "reentrant", False):
            await _run(handle, message)
            return
        # Looked up while nobody else can be answering it: the first try may still be under way elsewhere.
        async with agent.lock_store.lock(message.sender_id):
            if not await _repeat(agent.tracker_store, message, message_id):
                await _run(handle, message)

    return handled


async def _run(handle: Handler, message: UserMessage) -> None:
    for tries_left in reversed(range(TRIES)):
        try:
            await handle(message)
            return
        except Conflict:
            # A lock was lost (its Redis restarted, this process was frozen). Nothing was stored, nothing shown.
            if not tries_left or not message.output_channel.start_again():
                raise
            logger.warning("A turn found its conversation changed and runs again")


async def _repeat(store: Any, message: UserMessage, message_id: str) -> bool:
    """Send what was answered to a message; False if it never was."""
    find = getattr(store, "replies_to", None)
    dicts = await find(message.sender_id, message_id) if find else None
    if dicts is None:
        return False
    if any((d.get("metadata") or {}).get("utter_action") == PROBLEM for d in dicts):
        # What it was told then is that it should be tried again: this is the other try.
        return False
    METRICS.add("acu_repeated_total")
    logger.info("A message that came again gets its answer again")
    for event in to_events(dicts):
        if isinstance(event, BotUttered):
            await message.output_channel.send_response(message.sender_id, event.message())
    return True
