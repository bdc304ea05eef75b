"""What dies is started again by `make run` and `make run-cluster`; what cannot live is told."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from scripts.run import Assistant, Restarts
from scripts.settings import Problem
from scripts.train import ensure_model
from tests.conftest import free_port
from tests.support.assistant import shown


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """Start the assistant and watch over it, as `make run` does."""
    monkeypatch.setenv("ACU_DB", str(tmp_path / "conversations.db"))
    assistant = Assistant(ensure_model(validate=False), free_port(), free_port(), tmp_path / "logs")
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.25):
            assistant.mend()

    watching = threading.Thread(target=watch)
    try:
        assistant.wait_until_healthy()
        watching.start()
        yield assistant
    finally:
        over.set()
        if watching.is_alive():
            watching.join()
        assistant.end()


@pytest.mark.server
@pytest.mark.slow
def test_whatever_is_killed_comes_back_and_the_conversation_goes_on(
    watched: Assistant, capfd: pytest.CaptureFixture[str]
) -> None:
    def answered(message: str, within: float) -> list[str]:
        """Send a message again until it is answered, as somebody does who was told to."""
        body = {"sender": "a", "message": message, "message_id": message.replace(" ", "-")}
        until = time.monotonic() + within
        while time.monotonic() < until:
            try:
                url = f"http://127.0.0.1:{watched.port}/webhooks/rest/webhook"
                codes = shown(requests.post(url, json=body, timeout=10).json())
            except requests.ConnectionError:
                codes = []
            if codes:
                return codes
            time.sleep(0.5)
        return []

    assert answered("where is LI4", 30) == ["LI4"]
    for name in ("The action server", "Rasa"):
        process, log = watched.parts[name]
        said_before = log.read_bytes()
        os.killpg(process.pid, signal.SIGKILL)
        assert answered(f"how long do I hold it after {name} died", 90) == ["LI4"]
        assert f"{name} stopped: something ended it (SIGKILL)" in capfd.readouterr().out
        assert watched.parts[name][0].pid != process.pid
        assert log.read_bytes().startswith(said_before), "what it said before it died is lost"


class Broken(Assistant):
    """An assistant one of whose parts ends as soon as it begins."""

    def __init__(self, log: Path) -> None:
        self.parts, self._commands, self._restarts = {}, {}, Restarts(most=3)
        self._start("The part", [sys.executable, "-c", "raise ValueError('no luck')"], log, dict(os.environ))


def test_what_cannot_live_is_told_instead_of_started_for_ever(tmp_path: Path) -> None:
    broken = Broken(tmp_path / "log")
    with pytest.raises(Problem, match="The part stopped: exit 1, ValueError: no luck"):
        broken.watch()
    assert (tmp_path / "log").read_text().count("no luck") >= 4
