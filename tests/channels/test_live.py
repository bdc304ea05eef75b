"""The running assistant over its REST webhook, as a script or another program would use it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import requests

from acupressure.catalog import Catalog
from scripts.run import Assistant, running
from tests.conftest import free_port
from tests.support.assistant import card, shown, text

pytestmark = pytest.mark.server
LIMIT = 5.0
"""Seconds within which everybody gets an answer, whatever they send."""


def post(server: str, body: object, **options) -> requests.Response:
    return requests.post(f"{server}/webhooks/rest/webhook", json=body, timeout=10, **options)


def say(server: str, sender: str, message: str) -> list[dict]:
    answer = post(server, {"sender": sender, "message": message})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_first_question_is_answered_within_ten_seconds(server: str) -> None:
    begun = time.monotonic()
    answer = say(server, "first", "Where is the knee back point?")
    assert time.monotonic() - begun < 10
    assert shown(answer) == ["BL40"]
    point = card(answer, "point")
    assert "knee" in point["location"]
    assert point["press"]
    assert point["caution"]


def test_every_point_is_found_by_its_code_and_its_name(server: str, known: Catalog) -> None:
    for point in known.points.values():
        for number, asked in enumerate((point.code, point.name)):
            assert point.code in shown(say(server, f"all-{point.code}-{number}", f"Where is {asked}?")), asked


def test_a_conversation_is_kept_between_requests(server: str) -> None:
    say(server, "keeps", "where is LI4")
    assert card(say(server, "keeps", "and for how long?"), "point")["code"] == "LI4"


@pytest.mark.parametrize(
    "message", ["", "   ", "🙂🙂", "\u0000\u0001", "?", "/restart", "/EXTERNAL_x{}", "\ud800"]
)
def test_empty_and_strange_messages_get_words(server: str, message: str) -> None:
    begun = time.monotonic()
    answer = say(server, "strange", message)
    assert text(answer)
    assert time.monotonic() - begun < LIMIT


def test_a_huge_message_gets_a_kind_answer_in_time(server: str) -> None:
    begun = time.monotonic()
    answer = post(server, {"sender": "huge", "message": "where is it " * 4_000})
    assert answer.status_code == 200
    assert text(answer.json())
    assert time.monotonic() - begun < LIMIT


def test_a_typed_intent_triggers_nothing(server: str) -> None:
    answer = say(server, "slash", '/ask_location{"point": "LI4"}')
    assert card(answer, "forgotten") is None
    assert "<" not in text(say(server, "slash", '/forget_me{"x": "<img src=x onerror=alert(1)>"}'))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": "hi"}, 400),
        ({"sender": "", "message": "hi"}, 400),
        ({"sender": "a", "message": 5}, 400),
        ([1], 400),
    ],
)
def test_a_wrong_body_is_told_so(server: str, body: object, status: int) -> None:
    answer = post(server, body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_invalid_json_and_other_content_types_are_refused(server: str) -> None:
    url = f"{server}/webhooks/rest/webhook"
    assert (
        requests.post(url, data="{", headers={"Content-Type": "application/json"}, timeout=5).status_code
        == 400
    )
    assert requests.post(url, data="hi", headers={"Content-Type": "text/plain"}, timeout=5).status_code == 415


def test_a_frozen_action_server_leads_to_words_and_the_conversation_goes_on(server: str) -> None:
    """Without the deadline a hanging action server keeps every user waiting for five minutes."""
    pid = int(os.environ["ACU_TEST_ACTION_PID"])
    say(server, "frozen", "where is HT7")
    os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        answer = say(server, "frozen", "how long do I hold it?")
        assert time.monotonic() - begun < LIMIT
        assert text(answer)
        assert shown(answer) == []
    finally:
        os.kill(pid, signal.SIGCONT)
    assert shown(say(server, "frozen", "how long do I hold HT7?")) == ["HT7"]


def kill(started: Assistant) -> None:
    """End everything that was started as a power cut would: no process gets a chance to save anything."""
    for process, _ in started.parts.values():
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_routine_goes_on_after_everything_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The conversation stands in the database, the routine in its slots: nothing else has to survive."""
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setenv("ACTION_PORT", str(free_port()))
    monkeypatch.setenv("ACU_DB", str(tmp_path / "conversations.db"))
    with running() as started:
        address = f"http://127.0.0.1:{started.port}"
        assert card(say(address, "led", "lead me through the desk reset"), "ask")["about"] == "screen"
        assert card(say(address, "led", "none of those"), "step")["index"] == 1
        assert card(say(address, "led", "a seven out of ten"), "pain")["change"] is None
        second = card(say(address, "led", "next"), "step")
        kill(started)
    with running() as started:
        third = card(say(address, "led", "next"), "step")
        trend = card(say(address, "led", "show my scores"), "pain")
    assert (second["index"], second["code"], third["index"], third["code"]) == (2, "LI4", 3, "EX-UE7")
    assert (third["routine"], third["of"]) == (second["routine"], second["of"])
    assert [score["value"] for score in trend["scores"]] == [7]
