"""Alive, ready, figures: the truth about each part, at the addresses where probes look."""

import asyncio

import pytest
from rasa.shared.core.domain import Domain

from channels.operations import OperationsInput
from channels.rest import RestInput
from stores.lock_store import LocalLockStore
from stores.tracker_store import FlatTrackerStore
from tests.channels.test_served import WORDS, serving


@pytest.fixture
async def client(tmp_path):
    channels = (RestInput(WORDS, 0.5, token="right", per_minute=60), OperationsInput("secret-of-figures"))
    async with serving(*channels) as served:
        served.assistant.tracker_store = FlatTrackerStore(Domain.empty(), str(tmp_path / "x.db"))
        served.assistant.lock_store = LocalLockStore()
        yield served


async def body(client, path, **kwargs):
    async with client._session.get(client._base + path, **kwargs) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_alive_and_ready_are_two_questions(client):
    assert (await body(client, "/health"))[0] == 200
    assert (await body(client, "/ready"))[0] == 200

    async def broken():
        raise OSError

    client.assistant.tracker_store.ping = broken
    await asyncio.sleep(1.1)
    status, text, _ = await body(client, "/ready")
    assert status == 503
    assert "conversations" in text
    assert (await body(client, "/health"))[0] == 200


async def test_figures_need_the_token(client):
    assert (await body(client, "/metrics"))[0] == 401
    headers = {"Authorization": "Bearer secret-of-figures"}
    status, text, _ = await body(client, "/metrics", headers=headers)
    assert status == 200
    assert "# TYPE acu_turn_seconds histogram" in text


async def post(client, path="webhook", token="right", **fields):
    headers = {"Authorization": f"Bearer {token}", "X-Request-ID": "request-0001"}
    url = f"{client._base}/webhooks/rest/{path}"
    async with client._session.post(
        url, json={"sender": "a", "message": "hello", **fields}, headers=headers
    ) as a:
        return a.status, await a.json(), a.headers


async def test_programs_need_the_token_and_hear_their_request_id(client):
    assert (await post(client, token="wrong"))[0] == 401
    status, _, headers = await post(client)
    assert status == 200
    assert headers["X-Request-ID"] == "request-0001"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_who_sends_too_fast_is_told_when_to_come_back(client):
    answers = [await post(client, message="?!") for _ in range(12)]
    assert [status for status, _, _ in answers][-1] == 429
    assert int(answers[-1][2]["Retry-After"]) >= 1


async def test_what_is_stored_is_handed_out_and_deleted(client):
    await post(client)
    _, exported, _ = await post(client, "export")
    assert [m.get("text") for m in exported["said"]][:2] == ["hello", "hello"]
    assert (await post(client, "forget"))[1] == {"forgotten": True}
    assert (await post(client, "export"))[1]["events"] == []


@pytest.mark.parametrize("channel", [RestInput, OperationsInput])
def test_settings_that_do_not_exist_are_errors(channel):
    with pytest.raises(ValueError, match="tokn"):
        channel.from_credentials({"tokn": "x"})


def test_figures_are_of_this_process():
    from channels.metrics import METRICS

    assert "process_cpu_seconds_total" in METRICS.text()
