"""What is stored can be had, and goes: on request, and by itself when its time is over."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from types import SimpleNamespace

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from acupressure.settings import retention_days
from channels import messages, operations
from stores.lock_store import LocalLockStore
from stores.tracker_store import FlatTrackerStore


async def stored(path: str, *senders: str) -> SimpleNamespace:
    store = FlatTrackerStore(Domain.empty(), path)
    for sender in senders:
        tracker = await store.get_or_create_tracker(sender)
        tracker.update(UserUttered("a private matter"))
        tracker.update(BotUttered("an answer"))
        await store.save(tracker)
    return SimpleNamespace(tracker_store=store, lock_store=LocalLockStore())


async def test_forgetting_leaves_nothing_in_the_file(tmp_path) -> None:
    agent = await stored(str(tmp_path / "x.db"), "a")
    assert await messages.forget(agent, "a")
    assert b"private matter" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


async def test_everything_stored_is_handed_out(tmp_path) -> None:
    agent = await stored(str(tmp_path / "x.db"), "a", "b")
    found = await messages.exported(agent, "a")
    assert [m["text"] for m in found["said"]] == ["a private matter", "an answer"]
    assert [e["event"] for e in found["events"]][-2:] == ["user", "bot"]
    assert (await messages.exported(agent, "nobody"))["events"] == []


@pytest.mark.parametrize(
    ("value", "days"), [("", 90), ("7", 7), ("0.5", 0.5), ("off", None), ("never", None)]
)
def test_retention_is_a_setting(monkeypatch: pytest.MonkeyPatch, value: str, days: float | None) -> None:
    monkeypatch.setenv("ACU_RETENTION_DAYS", value)
    assert retention_days() == days


def test_nonsense_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACU_RETENTION_DAYS", "a while")
    with pytest.raises(ValueError, match="ACU_RETENTION_DAYS"):
        retention_days()


def date(path: str, sender: str, when: float) -> None:
    """Date the last message of somebody."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE acu_conversations SET updated = ? WHERE sender_id = ?", (when, sender))
    connection.commit()
    connection.close()


async def test_what_was_said_before_the_clock_was_set_is_not_old(tmp_path) -> None:
    """A small machine without a battery begins in 1970 or 2000, until it has found out the time."""
    path = str(tmp_path / "x.db")
    store = (await stored(path, "old", "undated")).tracker_store
    date(path, "old", time.time() - 8 * 86_400)
    date(path, "undated", 946_684_800.0)
    assert await store.purge(time.time() - 7 * 86_400) == 1
    assert list(await store.keys()) == ["undated"]
    # From then on it has a date like everybody's.
    assert await store.purge(time.time() + 1) == 1


async def test_nothing_is_purged_by_a_clock_that_was_just_set(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await stored(str(tmp_path / "x.db"), "somebody")
    monkeypatch.setenv("ACU_RETENTION_DAYS", "7")
    monkeypatch.setattr(operations, "PURGE_SECONDS", 0.2)
    real = time.time
    purging = asyncio.create_task(
        operations.purge_now_and_then(SimpleNamespace(ctx=SimpleNamespace(agent=agent)))
    )
    await asyncio.sleep(0.1)
    monkeypatch.setattr(time, "time", lambda: real() + 30 * 86_400)
    await asyncio.sleep(0.2)
    assert list(await agent.tracker_store.keys()) == ["somebody"]
    # A clock that goes on like this is believed.
    await asyncio.sleep(0.6)
    purging.cancel()
    assert list(await agent.tracker_store.keys()) == []


async def test_the_assistant_purges_by_itself(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "x.db")
    agent = await stored(path, "old", "new")
    date(path, "old", time.time() - 8 * 86_400)
    monkeypatch.setenv("ACU_RETENTION_DAYS", "7")
    purging = asyncio.create_task(
        operations.purge_now_and_then(SimpleNamespace(ctx=SimpleNamespace(agent=agent)))
    )
    for _ in range(50):
        await asyncio.sleep(0.05)
        if list(await agent.tracker_store.keys()) == ["new"]:
            break
    purging.cancel()
    assert list(await agent.tracker_store.keys()) == ["new"]
