"""Conversations on SQLite or PostgreSQL, whose turns cost the same however long the talk has been.

It answers these faults of Rasa 3.6's SQL store (each has a test in tests/operations/test_tracker_store.py):

* A turn reads, rebuilds and copies the whole history. Here a conversation is read as a short window: what the slots
  were, as slot events, and the last turns. All events are kept and can be had with ``retrieve_full_tracker``.
* What is new is found by counting rows, so two processes that hold the same conversation lose or double events.
  Here a write names the version it was read at, and `Conflict` refuses it if somebody else was faster.
* It works in the event loop (see `stores.database`).
* There is no way to delete, to hand out, or to purge a conversation.
* Reading an event searches all classes of events for its name.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from stores.database import Database, Transaction, database

KEEP_TURNS = 3
"""Turns that a shortened window still holds: repeating an answer needs the one before."""
MAX_TURNS = 6
"""Turns after which a window is shortened."""
CLOCK_SET = 1_704_067_200.0
"""The beginning of 2024, in seconds since 1970: a clock that shows less has never been set."""

SCHEMA = (
    # `start` is the number of the window's first event, `state` what the slots were before it.
    "CREATE TABLE IF NOT EXISTS acu_conversations (sender_id VARCHAR(255) PRIMARY KEY, "
    "version VARCHAR(32) NOT NULL, total INTEGER NOT NULL, start INTEGER NOT NULL, state TEXT NOT NULL, "
    "updated DOUBLE PRECISION NOT NULL)",
    "CREATE INDEX IF NOT EXISTS acu_conversations_updated ON acu_conversations (updated)",
    "CREATE TABLE IF NOT EXISTS acu_events (sender_id VARCHAR(255) NOT NULL, number INTEGER NOT NULL, "
    "timestamp DOUBLE PRECISION NOT NULL, message_id VARCHAR(64), data TEXT NOT NULL, "
    "PRIMARY KEY (sender_id, number))",
    "CREATE INDEX IF NOT EXISTS acu_events_message ON acu_events (sender_id, message_id) "
    "WHERE message_id IS NOT NULL",
)
_WINDOW = (
    "SELECT -1, version || ' ' || CAST(total AS TEXT) || ' ' || CAST(start AS TEXT) || ' ' || state "
    "FROM acu_conversations WHERE sender_id = ? UNION ALL SELECT number, data FROM acu_events "
    "WHERE sender_id = ? AND number >= (SELECT start FROM acu_conversations WHERE sender_id = ?) ORDER BY 1"
)
_ALL = _WINDOW.replace("number >= (SELECT start FROM acu_conversations WHERE sender_id = ?)", "number >= ?")
_REPLIES = (
    "SELECT data FROM acu_events WHERE sender_id = ? AND number > "
    "(SELECT MAX(number) FROM acu_events WHERE sender_id = ? AND message_id = ?) ORDER BY number LIMIT 100"
)
_ROWS_AT_ONCE = 200


class Conflict(Exception):
    """Somebody else has written to the conversation since it was read."""


@dataclass
class _Kept:
    """How a tracker stands to what is stored; travels on the tracker itself."""

    version: str | None
    """The version it was read at; None for a conversation that is not stored yet."""
    total: int
    """Events that are stored."""
    loaded: int
    """Events of the tracker that came from the store."""
    start: int
    """Number of the first stored event in the tracker."""
    state: int
    """Events in front of it that only stand for the slots."""
    text: str = "[]"
    """These events as they are stored."""


class FlatTrackerStore(TrackerStore):
    """The tracker store of the guide: ``type: stores.tracker_store.FlatTrackerStore`` with a ``url``."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        keep_turns: int = KEEP_TURNS,
        max_turns: int = MAX_TURNS,
        **options: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        if not host:
            raise ValueError("The tracker store needs a `url`: a path, or postgresql://...")
        self.database: Database = database(host, SCHEMA, **options)
        self._keep, self._max = keep_turns, max(max_turns, keep_turns)
        self._stock: bool | None = None

    # Reading

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation as its window: the slots and the last turns."""
        rows = await self.database.run(lambda t: t.rows(_WINDOW, sender_id, sender_id, sender_id))
        return self._tracker(sender_id, rows) if rows else await self._adopt(sender_id)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the conversation with all that was ever said in it."""
        rows = await self.database.run(lambda t: t.rows(_ALL, conversation_id, conversation_id, 0))
        return self._tracker(conversation_id, rows, full=True) if rows else await self._adopt(conversation_id)

    async def exists(self, conversation_id: str) -> bool:
        """Tell whether something is stored under that id."""
        statement = "SELECT 1 FROM acu_conversations WHERE sender_id = ?"
        return bool(await self.database.run(lambda t: t.rows(statement, conversation_id)))

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        rows = await self.database.run(lambda t: t.rows("SELECT sender_id FROM acu_conversations"))
        return [sender for (sender,) in rows]

    def _tracker(self, sender_id: str, rows: Sequence[tuple], full: bool = False) -> DialogueStateTracker:
        version, total, start, state = rows[0][1].split(" ", 3)
        slots = [] if full else json.loads(state)
        tracker = self.init_tracker(sender_id)
        for event in to_events([*slots, *(json.loads(data) for _, data in rows[1:])]):
            tracker.update(event)
        tracker.kept = _Kept(
            version, int(total), len(tracker.events),
            0 if full else int(start), len(slots), "[]" if full else state,
        )  # fmt: skip
        return tracker

    async def replies_to(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        """Return the events that followed a message of that id, or None where there was no such message."""
        rows = await self.database.run(lambda t: t.rows(_REPLIES, sender_id, sender_id, message_id))
        events = [json.loads(data) for (data,) in rows]
        until = next((i for i, event in enumerate(events) if event["event"] == "user"), len(events))
        return events[:until] if events else None

    # Writing

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """Return a new conversation; whoever stores something under that id before it does is not overwritten."""
        tracker = self.init_tracker(sender_id)
        tracker.kept = _Kept(None, 0, 0, 0, 0)  # type: ignore[attr-defined]
        if append_action_listen:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        await self.save(tracker)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add what is new to what is stored; `Conflict` if that is no longer what was read."""
        kept = getattr(tracker, "kept", None) or await self._stand_of(tracker)
        new = list(tracker.events)[kept.loaded :]
        if not new:
            tracker.kept = kept  # type: ignore[attr-defined]
            return
        dicts = [event.as_dict() for event in new]
        rows = [(d.get("timestamp") or time.time(), _id_of(d), json.dumps(d)) for d in dicts]
        start, state = self._window(tracker, kept)
        version = uuid.uuid4().hex
        total = kept.total + len(new)

        def write(transaction: Transaction) -> None:
            if self._claim(transaction, tracker.sender_id, kept.version, version, total, start, state):
                _insert(transaction, tracker.sender_id, kept.total, rows)

        await self.database.run(write)
        # The next save of the same object goes on from here, as if all had been loaded.
        tracker.kept = _Kept(  # type: ignore[attr-defined]
            version, total, kept.loaded + len(new), kept.start, kept.state, kept.text
        )
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    @staticmethod
    def _claim(
        transaction: Transaction, sender: str, old: str | None, new: str, total: int, start: int, state: str
    ) -> bool:
        """Take the conversation from its old version to the new; False if an earlier try already did."""
        now = time.time()
        if old is None:
            statement = (
                "INSERT INTO acu_conversations (sender_id, version, total, start, state, updated) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sender_id) DO NOTHING"
            )
            changed = transaction.run(statement, sender, new, total, start, state, now)
        else:
            statement = (
                "UPDATE acu_conversations SET version = ?, total = ?, start = ?, state = ?, updated = ? "
                "WHERE sender_id = ? AND version = ?"
            )
            changed = transaction.run(statement, new, total, start, state, now, sender, old)
        if changed == 1:
            return True
        # A connection lost in the middle of COMMIT leaves open whether it happened: the version tells.
        found = transaction.rows("SELECT version FROM acu_conversations WHERE sender_id = ?", sender)
        if found == [(new,)]:
            return False
        raise Conflict(f"The conversation was changed by somebody else: {len(found)} version stored.")

    async def _stand_of(self, tracker: DialogueStateTracker) -> _Kept:
        """Return how a tracker made elsewhere stands to what is stored: it begins at the beginning."""
        statement = "SELECT version, total FROM acu_conversations WHERE sender_id = ?"
        rows = await self.database.run(lambda t: t.rows(statement, tracker.sender_id))
        version, total = rows[0] if rows else (None, 0)
        return _Kept(version, total, total, 0, 0)

    def _window(self, tracker: DialogueStateTracker, kept: _Kept) -> tuple[int, str]:
        """Return where the window begins from now on, and the slots before it."""
        events = list(tracker.events)
        spoken = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
        cut = _listening_before(events, spoken[-self._keep]) if len(spoken) > self._max else 0
        if cut <= kept.state:
            return kept.start, kept.text
        before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], self.domain.slots)
        return kept.start + cut - kept.state, json.dumps(_state_of(before))

    # Giving out and deleting

    async def delete(self, sender_id: str) -> bool:
        """Delete everything about a conversation; False if there was nothing."""
        stock = await self._has_stock()

        def remove(transaction: Transaction) -> int:
            found = transaction.run("DELETE FROM acu_conversations WHERE sender_id = ?", sender_id)
            found += transaction.run("DELETE FROM acu_events WHERE sender_id = ?", sender_id)
            if stock:
                found += transaction.run("DELETE FROM events WHERE sender_id = ?", sender_id)
            return found

        found = await self.database.run(remove)
        if found:
            await self._tidy()
        return bool(found)

    async def purge(self, before: float) -> int:
        """Delete the conversations that nobody has added to since a time (seconds since 1970); return how many.

        What was written while the machine's clock was not set (no battery, not yet online) has no date to judge it
        by: it counts as written today.
        """

        def remove(transaction: Transaction) -> int:
            if (now := time.time()) > CLOCK_SET:
                undated = "UPDATE acu_conversations SET updated = ? WHERE updated < ?"
                transaction.run(undated, now, CLOCK_SET)
            transaction.run(
                "DELETE FROM acu_events WHERE sender_id IN "
                "(SELECT sender_id FROM acu_conversations WHERE updated < ?)",
                before,
            )
            if stock:
                transaction.run(
                    "DELETE FROM events WHERE sender_id IN "
                    "(SELECT sender_id FROM events GROUP BY sender_id HAVING MAX(timestamp) < ?)",
                    before,
                )
            return transaction.run("DELETE FROM acu_conversations WHERE updated < ?", before)

        stock = await self._has_stock()
        count = await self.database.run(remove)
        if count:
            await self._tidy()
        return count

    async def ping(self) -> None:
        """Raise if the database cannot be asked, or has no room for another turn."""

        def look(transaction: Transaction) -> None:
            transaction.rows("SELECT 1")
            self.database.check_room()

        await self.database.run(look)

    async def _tidy(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self.database.threads, self.database.tidy)

    # Conversations that Rasa's own SQL store has left in the same database

    async def _has_stock(self) -> bool:
        if self._stock is None:

            def look(transaction: Transaction) -> bool:
                return bool(transaction.rows(self.database.find_table, "events"))

            self._stock = await self.database.run(look)
        return self._stock

    async def _adopt(self, sender_id: str) -> DialogueStateTracker | None:
        """Take over a conversation that was begun under Rasa's store, so that an upgrade forgets nothing."""
        if not await self._has_stock():
            return None
        statement = "SELECT data FROM events WHERE sender_id = ? ORDER BY id"
        rows = await self.database.run(lambda t: t.rows(statement, sender_id))
        if not rows:
            return None
        tracker = self.init_tracker(sender_id)
        for event in to_events([json.loads(data) for (data,) in rows]):
            tracker.update(event)
        await self.save(tracker)
        await self.database.run(lambda t: t.run("DELETE FROM events WHERE sender_id = ?", sender_id))
        return await self.retrieve(sender_id)


def _insert(transaction: Transaction, sender: str, number: int, rows: Sequence[tuple]) -> None:
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        part = rows[first : first + _ROWS_AT_ONCE]
        values = [v for i, row in enumerate(part) for v in (sender, number + first + i, *row)]
        marks = ", ".join(["(?, ?, ?, ?, ?)"] * len(part))
        statement = "INSERT INTO acu_events (sender_id, number, timestamp, message_id, data) VALUES "
        transaction.run(statement + marks, *values)


def _id_of(event: dict[str, Any]) -> str | None:
    message_id = event.get("message_id")
    return message_id if isinstance(message_id, str) and len(message_id) <= 64 else None


def _listening_before(events: Sequence[Event], index: int) -> int:
    """Return where the turn of a user's message begins: at the listening before it, if there was one."""
    for place in range(index - 1, -1, -1):
        event = events[place]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return place
        if isinstance(event, UserUttered):
            break
    return index


def _state_of(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Return events that bring an empty tracker to the same slots and the same form."""
    when = tracker.events[-1].timestamp if tracker.events else time.time()
    state: list[Event] = [
        SlotSet(name, slot.value, when)
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value
    ]
    if tracker.active_loop_name:
        state.append(ActiveLoop(tracker.active_loop_name, when))
    return [event.as_dict() for event in state]


_classes: dict[str, type[Event]] = {}


def to_events(dicts: Iterable[dict[str, Any]]) -> list[Event]:
    """Return the events that were stored as these."""
    if not _classes:
        _classes.update({c.type_name: c for c in all_subclasses(Event) if getattr(c, "type_name", None)})
    # `from_parameters` finds the class by a search through all of them, and then does just this.
    return [_classes[d["event"]]._from_parameters(d) for d in dicts]
