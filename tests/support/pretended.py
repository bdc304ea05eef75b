"""Our channels behind a real server, with an assistant that needs no model."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import InputChannel, register
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from sanic import Sanic

from channels.deadline import DeadlineEndpoint
from tests.conftest import free_port

# Sanic rewrites its own methods when a server starts; only in this mode can it do so a second time.
Sanic.test_mode = True


class Assistant:
    """Stands in for Rasa's agent: says what the message asks for, and stores it."""

    def __init__(self, endpoint=None):
        self.tracker_store = InMemoryTrackerStore(Domain.empty())
        self.lock_store = InMemoryLockStore()
        self.domain = Domain.empty()
        self.action_endpoint = endpoint
        self.processor = SimpleNamespace(action_endpoint=endpoint)
        self.heard = []

    def is_ready(self):
        return True

    async def handle_message(self, message):
        async with self.lock_store.lock(message.sender_id, wait_time_in_seconds=0.01):
            self.heard.append(message)
            await self._answer(message)

    async def _answer(self, message):
        out, sender, text = message.output_channel, message.sender_id, message.text
        if text.startswith("slow"):
            await out.send_text_message(sender, "first")
            await asyncio.sleep(1.5)
        if text == "raise":
            raise RuntimeError("broken")
        if text == "silence":
            return
        reply = {
            "text": text,
            "buttons": [{"title": "T", "payload": "P"}],
            "custom": {"card": "ask", "about": "x"},
        }
        if text == "forget me":
            reply = {"custom": {"card": "forgotten"}}
        tracker = await self.tracker_store.get_or_create_tracker(sender)
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        tracker.update(UserUttered(text, metadata=message.metadata, message_id=message.message_id))
        tracker.update(BotUttered(reply.get("text"), {k: v for k, v in reply.items() if k != "text"}))
        await out.send_response(sender, dict(reply))
        await self.tracker_store.save(tracker)


class Alive(DeadlineEndpoint):
    """Stands for an action server that is well."""

    def __init__(self) -> None:
        pass

    async def is_alive(self) -> bool:
        """Say that it is."""
        return True

    async def close(self) -> None:
        """Do nothing: there is no connection."""


@asynccontextmanager
async def served(assistant: Assistant, *channels: InputChannel) -> AsyncIterator[tuple[str, Assistant]]:
    """Serve the channels on a free port; yields the address and the assistant behind them."""
    app = Sanic(f"test_{uuid.uuid4().hex}", configure_logging=False)
    app.ctx.agent = assistant
    register(list(channels), app, "/webhooks/")
    # Told a port of 0 it would take its own favourite, as would the next server.
    port = free_port()
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, debug=False)
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    yield f"http://127.0.0.1:{port}", app.ctx.agent
    await server.before_stop()
    await server.close()
    await server.after_stop()


@contextmanager
def served_beside(*channels: InputChannel) -> Iterator[str]:
    """Serve the channels in a thread, for tests that wait for a browser; yields the address."""
    loop, found, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    address: list[Any] = []

    async def serve() -> None:
        async with served(Assistant(Alive()), *channels) as (base, _):
            address.append(base)
            found.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    found.wait(timeout=30)
    yield address[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(timeout=10)
