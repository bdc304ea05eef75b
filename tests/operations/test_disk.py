"""A disk that is full: nobody is answered what cannot be kept, and all goes on when there is room again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from benchmarks.crowd import answers_by_message
from benchmarks.disk import SmallDisk, small_disk
from scripts.run import Assistant
from scripts.train import ensure_model
from tests.conftest import free_port
from tests.support.assistant import shown, text

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Return a real disk of 8 MB."""
    with small_disk(tmp_path / "disk", megabytes=8) as disk:
        if disk is None:
            pytest.skip("a small disk can only be mounted by root on Linux")
        yield disk


@pytest.fixture
def address(disk: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start the assistant with its conversations and its logs on that disk."""
    monkeypatch.setenv("ACU_DB", str(disk.folder / "conversations.db"))
    assistant = Assistant(ensure_model(validate=False), free_port(), free_port(), disk.folder / "logs")
    try:
        assistant.wait_until_healthy()
        yield f"http://127.0.0.1:{assistant.port}"
    finally:
        assistant.end()


def test_a_turn_that_cannot_be_stored_is_to_be_tried_again_and_then_answered(
    disk: SmallDisk, address: str
) -> None:
    def say(message: str, name: str) -> list[dict]:
        body = {"sender": "a", "message": message, "message_id": name}
        return requests.post(f"{address}/webhooks/rest/webhook", json=body, timeout=20).json()

    def ready() -> requests.Response:
        time.sleep(1.1)  # an answer is believed for a second
        return requests.get(f"{address}/ready", timeout=5)

    assert shown(say("where is LI4", "message-1")) == ["LI4"]
    disk.fill()
    for name in ("message-2", "message-3"):
        answer = say("where is BL40", name)
        assert shown(answer) == []
        assert "try that once more" in text(answer)
    assert ready().status_code == 503
    assert ready().json()["reasons"] == {"conversations": "The disk is full."}
    assert requests.post(f"{address}/webhooks/rest/export", json={"sender": "a"}, timeout=5).json()["events"]
    disk.empty()
    assert ready().status_code == 200
    assert shown(say("where is BL40", "message-3")) == ["BL40"]
    assert shown(say("and for how long?", "message-4")) == ["BL40"]
    events = requests.post(f"{address}/webhooks/rest/export", json={"sender": "a"}, timeout=5).json()[
        "events"
    ]
    assert answers_by_message(events) == ["message-1", "message-3", "message-4"]
