"""What is stored can be had, and goes: on request, and by itself when its time is over."""

from __future__ import annotations

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


async def test_the_assistant_purges_by_itself(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    path = str(tmp_path / "x.db")
    agent = await stored(path, "old", "new")
    connection = sqlite3.connect(path)
    connection.execute(
        "UPDATE acu_conversations SET updated = ? WHERE sender_id = 'old'", (time.time() - 8 * 86_400,)
    )
    connection.commit()
    connection.close()
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
