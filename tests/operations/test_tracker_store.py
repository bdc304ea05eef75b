"""Conversations are kept whole, read short, written once, and really deleted; on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from stores import database
from stores.database import Unavailable
from stores.tracker_store import Conflict, FlatTrackerStore, to_events
from tests.operations.conftest import Servers

DOMAIN = Domain.from_dict(
    {
        "version": "3.1",
        "intents": ["hello"],
        "actions": ["action_answer"],
        "slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("mood", "count")},
    }
)
Make = Callable[[], FlatTrackerStore]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "conversations.db")
    from scripts.services import make_database

    servers = request.getfixturevalue("servers")
    url = servers.postgres_url.rsplit("/", 1)[0] + f"/t{uuid.uuid4().hex}"
    make_database(url)
    return url


@pytest.fixture
async def make(url: str) -> AsyncIterator[Make]:
    """Return a maker of stores on one database, each as if in a process of its own."""
    made: list[FlatTrackerStore] = []

    def one(**options: Any) -> FlatTrackerStore:
        made.append(FlatTrackerStore(DOMAIN, url, **options))
        return made[-1]

    yield one
    for store in made:
        store.database.close()


def raw(url: str, query: str) -> list[tuple]:
    """Return what is in a database, past the store."""
    connection = psycopg2.connect(url) if "://" in url else sqlite3.connect(url)
    cursor = connection.cursor()
    cursor.execute(query)
    rows = cursor.fetchall()
    connection.close()
    return rows


def turn(number: int) -> list[Event]:
    return [
        UserUttered(f"message {number}", {"name": "hello"}),
        ActionExecuted("action_answer"),
        SlotSet("count", number),
        BotUttered(f"answer {number}"),
        ActionExecuted("action_listen"),
    ]


async def talk(store: TrackerStore, turns: int, sender: str = "a", first: int = 0) -> None:
    for number in range(first, first + turns):
        tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
        if not tracker.events:
            tracker.update(ActionExecuted("action_session_start"))
            tracker.update(SessionStarted())
            tracker.update(ActionExecuted("action_listen"))
            tracker.update(SlotSet("mood", "sore"))
        for event in turn(number):
            tracker.update(event)
        await store.save(tracker)


def said(tracker: DialogueStateTracker) -> list[str]:
    return [e.text for e in tracker.events if isinstance(e, (UserUttered, BotUttered))]


def expected(turns: int) -> list[str]:
    return [text for number in range(turns) for text in (f"message {number}", f"answer {number}")]


def test_rasa_makes_it_from_its_endpoints(tmp_path: Path) -> None:
    config = EndpointConfig(str(tmp_path / "x.db"), type="stores.tracker_store.FlatTrackerStore")
    assert isinstance(TrackerStore.create(config, DOMAIN), FlatTrackerStore)


async def test_all_is_kept_and_little_is_read(make: Make) -> None:
    await talk(make(), 40)
    store = make()
    window, full = await store.retrieve("a"), await store.retrieve_full_tracker("a")
    assert said(full) == expected(40)
    assert said(window) == expected(40)[-len(said(window)) :]
    assert 2 * 3 <= len(said(window)) <= 2 * 7
    assert len(full.events) == 4 + 40 * 5
    assert await store.exists("a")
    assert list(await store.keys()) == ["a"]


async def test_a_window_stands_for_the_whole(make: Make) -> None:
    """Slots, the last message and what Rasa derives from copies are as after a replay of everything."""
    await talk(make(), 23)
    window, full = await make().retrieve("a"), await make().retrieve_full_tracker("a")
    for tracker in (window, window.copy()):
        assert tracker.current_slot_values() == full.current_slot_values()
        assert tracker.latest_message == full.latest_message
        assert tracker.latest_action_name == full.latest_action_name
        assert tracker.followup_action == full.followup_action
    assert (window.get_slot("mood"), window.get_slot("count")) == ("sore", 22)
    assert window.applied_events()[-5:] == full.applied_events()[-5:]


async def test_a_full_tracker_can_be_saved_too(make: Make) -> None:
    store = make()
    await talk(store, 10)
    full = await store.retrieve_full_tracker("a")
    for event in turn(10):
        full.update(event)
    await store.save(full)
    await talk(store, 1, first=11)
    assert said(await store.retrieve_full_tracker("a")) == expected(12)
    assert (await store.retrieve("a")).get_slot("mood") == "sore"


async def test_a_tracker_made_elsewhere_is_added(make: Make) -> None:
    store = make()
    made = DialogueStateTracker.from_events("a", [*turn(0), Restarted()], DOMAIN.slots)
    await store.save(made)
    await store.save(made)
    again = DialogueStateTracker.from_events("a", [*turn(0), Restarted(), *turn(1)], DOMAIN.slots)
    await store.save(again)
    assert said(await store.retrieve_full_tracker("a")) == expected(2)


async def test_two_that_write_at_once_do_not_lose_or_double(make: Make) -> None:
    one, other = make(), make()
    await talk(one, 2)
    mine, theirs = await one.retrieve("a"), await other.retrieve("a")
    for tracker in (mine, theirs):
        for event in turn(2):
            tracker.update(event)
    await one.save(mine)
    with pytest.raises(Conflict):
        await other.save(theirs)
    assert said(await one.retrieve_full_tracker("a")) == expected(3)


async def test_two_that_begin_at_once_do_not_lose_or_double(make: Make) -> None:
    stores = [make(), make()]
    results = await asyncio.gather(*(talk(store, 1) for store in stores), return_exceptions=True)
    assert [type(r) for r in results if r] in ([], [Conflict])
    assert len(said(await make().retrieve_full_tracker("a"))) == 2 * (2 - len([r for r in results if r]))


async def test_the_stock_store_loses_what_is_written_at_once(tmp_path: Path) -> None:
    """The fault that the version answers: Rasa counts rows to find out what is new."""
    path = str(tmp_path / "stock.db")
    one, other = (SQLTrackerStore(DOMAIN, db=path) for _ in range(2))
    await talk(one, 2)
    mine, theirs = await one.retrieve("a"), await other.retrieve("a")
    for tracker, text in ((mine, "from one"), (theirs, "from the other")):
        tracker.update(UserUttered(text))
    await one.save(mine)
    await other.save(theirs)
    texts = said(await one.retrieve_full_tracker("a"))
    assert not {"from one", "from the other"} <= set(texts)


async def test_a_retry_after_a_lost_commit_writes_nothing_twice(make: Make, monkeypatch: Any) -> None:
    store = make()
    await talk(store, 1)
    real, failed = store.database._try, []

    def lose_the_answer(work: Any, attempt: Any) -> Any:
        result = real(work, attempt)
        if not failed:
            failed.append(1)
            raise store.database.errors[0]("the line went dead after COMMIT")
        return result

    tracker = await store.retrieve("a")
    for event in turn(1):
        tracker.update(event)
    monkeypatch.setattr(store.database, "_try", lose_the_answer)
    await store.save(tracker)
    assert failed
    assert said(await store.retrieve_full_tracker("a")) == expected(2)


async def test_a_deleted_conversation_is_gone_and_not_written_back(make: Make, url: str) -> None:
    store = make()
    await talk(store, 9)
    await talk(store, 1, sender="b")
    late = await store.retrieve("a")
    assert await store.delete("a")
    assert not await store.delete("a")
    assert await store.retrieve("a") is None
    late.update(UserUttered("late"))
    with pytest.raises(Conflict):
        await store.save(late)
    for table in ("acu_conversations", "acu_events"):
        assert {sender for (sender,) in raw(url, f"SELECT sender_id FROM {table}")} == {"b"}
    if "://" not in url:
        for file in Path(url).parent.iterdir():
            assert b"message 8" not in file.read_bytes()


async def test_old_conversations_are_purged(make: Make, url: str) -> None:
    store = make()
    await talk(store, 2, sender="old")
    between = time.time()
    await talk(store, 2, sender="new")
    assert await store.purge(between) == 1
    assert list(await store.keys()) == ["new"]
    assert {sender for (sender,) in raw(url, "SELECT sender_id FROM acu_events")} == {"new"}


@pytest.mark.parametrize(
    "text", ["\x00 nul", "ünï \U0001f64f", "x" * 4000, "\ud800", "'; DROP TABLE acu_events"]
)
async def test_any_text_can_be_kept(make: Make, text: str) -> None:
    store = make()
    tracker = await store.get_or_create_tracker("a", append_action_listen=False)
    tracker.update(UserUttered(text))
    await store.save(tracker)
    assert (await make().retrieve("a")).latest_message.text == text


async def test_the_conversations_of_rasas_own_store_are_taken_over(tmp_path: Path) -> None:
    path = str(tmp_path / "conversations.db")
    stock = SQLTrackerStore(DOMAIN, db=path)
    await talk(stock, 12)
    await talk(stock, 1, sender="untouched")
    store = FlatTrackerStore(DOMAIN, path)
    await talk(store, 1, first=12)
    assert said(await store.retrieve_full_tracker("a")) == expected(13)
    assert (await store.retrieve("a")).get_slot("mood") == "sore"
    assert await store.delete("untouched")
    assert raw(path, "SELECT COUNT(*) FROM events") == [(0,)]


async def test_reading_does_not_grow_with_the_history(make: Make) -> None:
    """Stock Rasa takes five times as long at 1,000 events as at 100."""
    store = make()
    big = DialogueStateTracker.from_events("big", [e for n in range(600) for e in turn(n)], DOMAIN.slots)
    await store.save(big)
    await talk(store, 5, sender="small")

    async def cost(sender: str) -> float:
        times = []
        for number in range(15):
            began = time.perf_counter()
            await talk(store, 1, sender=sender, first=number)
            times.append(time.perf_counter() - began)
        return sorted(times)[len(times) // 2]

    small, large = await cost("small"), await cost("big")
    assert large < 2 * small


async def test_events_come_back_as_they_were() -> None:
    dicts = [event.as_dict() for event in turn(1)]
    assert [event.as_dict() for event in to_events(json.loads(json.dumps(dicts)))] == dicts


async def test_a_restart_of_postgres_is_waited_for(servers: Servers) -> None:
    store = FlatTrackerStore(DOMAIN, servers.postgres_url, seconds=20)
    sender = uuid.uuid4().hex
    await talk(store, 1, sender)
    servers.postgres.kill()
    starting = threading.Timer(0.5, servers.postgres.start)
    starting.daemon = True
    starting.start()
    await talk(store, 1, sender, first=1)
    starting.join()
    assert said(await store.retrieve_full_tracker(sender)) == expected(2)
    store.database.close()


async def test_a_frozen_postgres_is_told_in_time_and_nothing_half_is_kept(servers: Servers) -> None:
    """Stock Rasa waits in the event loop, for ever."""
    store = FlatTrackerStore(DOMAIN, servers.postgres_url, seconds=1.5)
    sender = uuid.uuid4().hex
    await talk(store, 1, sender)
    tracker = await store.retrieve(sender)
    for event in turn(1):
        tracker.update(event)
    servers.postgres.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await store.save(tracker)
        assert time.monotonic() - began < 3
    finally:
        servers.postgres.thaw()
    assert said(await store.retrieve_full_tracker(sender)) == expected(1)
    store.database.close()


async def test_a_full_disk_is_told_at_once(tmp_path: Path) -> None:
    store = FlatTrackerStore(DOMAIN, str(tmp_path / "small.db"))
    await talk(store, 1)
    limit = "PRAGMA max_page_count = 1"

    def full(transaction: database.Transaction) -> None:
        transaction.rows(limit)

    await store.database.run(full)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await talk(store, 40, first=1)
    assert time.monotonic() - began < 3
    read = said(await store.retrieve_full_tracker("a"))
    assert read == expected(len(read) // 2)


async def test_rasas_safety_net_turns_a_failed_read_into_an_empty_conversation(tmp_path: Path) -> None:
    """The fault why the net is taken off at the start: what is not read is forgotten, what is not written lost."""
    store = FlatTrackerStore(DOMAIN, str(tmp_path / "x.db"))
    await talk(store, 1)
    net = FailSafeTrackerStore(store)

    async def fails(*_: Any) -> None:
        raise Unavailable

    store.retrieve = store.save = fails  # type: ignore[method-assign]
    assert await net.retrieve("a") is None
    await net.save(net.init_tracker("a"))


async def test_the_answer_to_a_message_is_found_again(make: Make) -> None:
    store = make()
    for number in range(9):
        tracker = await store.get_or_create_tracker("a", append_action_listen=False)
        tracker.update(UserUttered(f"message {number}", message_id=f"id-{number}"))
        tracker.update(BotUttered(f"answer {number}"))
        await store.save(tracker)
    assert [e["text"] for e in await make().replies_to("a", "id-2")] == ["answer 2"]
    assert await store.replies_to("a", "id-99") is None
    assert await store.replies_to("b", "id-2") is None
