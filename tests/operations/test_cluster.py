"""Two assistants behind nginx with Redis and PostgreSQL: a conversation moves freely between them."""

from __future__ import annotations

import concurrent.futures
import signal
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import requests

from benchmarks.crowd import answers_by_message
from scripts import services
from scripts.run_cluster import Cluster, free_port, running
from tests.support.assistant import card, shown, text

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Start a cluster as `make run-cluster` does."""
    if lacking := services.missing():
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORT", str(free_port()))
        patch.setenv("ACTION_PORT", str(free_port()))
        with running(Path(tempfile.mkdtemp(prefix="acu-cluster-test-")), keep=False) as started:
            yield started


def post(
    cluster: Cluster, path: str = "webhook", port: int | None = None, **body: object
) -> requests.Response:
    url = f"http://127.0.0.1:{port or cluster.port}/webhooks/rest/{path}"
    return requests.post(url, json=body, timeout=20)


def say(cluster: Cluster, sender: str, message: str, port: int | None = None, **more: object) -> list[dict]:
    answer = post(cluster, port=port, sender=sender, message=message, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def events(cluster: Cluster, sender: str) -> list[dict]:
    return post(cluster, "export", sender=sender).json()["events"]


def test_a_conversation_moves_between_the_processes(cluster: Cluster) -> None:
    one, other = (worker.port for worker in cluster.assistants)
    say(cluster, "mover", "where is LI4", one)
    assert card(say(cluster, "mover", "and for how long?", other), "point")["code"] == "LI4"
    assert card(say(cluster, "mover", "say that again", one), "point")["code"] == "LI4"


def test_messages_of_one_sender_at_once_are_all_kept_once(cluster: Cluster) -> None:
    """Stock Rasa with Redis and PostgreSQL keeps 9 to 12 of 12."""
    ports = [worker.port for worker in cluster.assistants]
    ids = [uuid.uuid4().hex for _ in range(12)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(
            pool.map(
                lambda n: say(cluster, "crowd", "where is LI4", ports[n % 2], message_id=ids[n]),
                range(len(ids)),
            )
        )
    assert all(text(answer) for answer in answers)
    deadline = time.monotonic() + 15
    while (
        len(kept := answers_by_message(events(cluster, "crowd"))) < len(ids) and time.monotonic() < deadline
    ):
        time.sleep(0.5)
    assert sorted(kept) == sorted(ids)


def test_a_message_sent_again_is_answered_once(cluster: Cluster) -> None:
    ports = [worker.port for worker in cluster.assistants]
    first = say(cluster, "again", "where is BL40", ports[0], message_id="message-1")
    assert say(cluster, "again", "where is BL40", ports[1], message_id="message-1") == first
    assert answers_by_message(events(cluster, "again")) == ["message-1"]


def test_forgetting_really_deletes(cluster: Cluster) -> None:
    say(cluster, "forgetful", "I am pregnant, where is BL40?")
    assert card(say(cluster, "forgetful", "forget me"), "forgotten") or card(
        say(cluster, "forgetful", "yes"), "forgotten"
    )
    connection = psycopg2.connect(cluster.database_url)
    cursor = connection.cursor()
    for table in ("acu_conversations", "acu_events"):
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE sender_id = 'forgetful'")
        assert cursor.fetchone() == (0,)
    connection.close()
    say(cluster, "forgetful", "where is LI4")
    assert post(cluster, "forget", sender="forgetful").json() == {"forgotten": True}
    assert events(cluster, "forgetful") == []


def test_a_frozen_assistant_is_passed_over_and_what_it_does_later_does_no_harm(cluster: Cluster) -> None:
    say(cluster, "frozen", "where is LI4")
    cluster.assistants[0].send(signal.SIGSTOP)
    try:
        began = time.monotonic()
        answers = [say(cluster, "frozen", "where is BL40") for _ in range(3)]
        assert time.monotonic() - began < 20
    finally:
        cluster.assistants[0].send(signal.SIGCONT)
    assert all(shown(answer) == ["BL40"] for answer in answers)
    time.sleep(1)
    kept = answers_by_message(events(cluster, "frozen"))
    assert len(kept) == len(set(kept)) == 4


def test_health_tells_the_truth_and_figures_stay_inside(cluster: Cluster) -> None:
    outside, inside = f"http://127.0.0.1:{cluster.port}", f"http://127.0.0.1:{cluster.assistants[0].port}"
    assert requests.get(f"{outside}/ready", timeout=5).json() == {"status": "ok"}
    for hidden in ("/metrics", "/model", "/conversations/x/tracker", "/webhooks/operations/"):
        assert requests.get(outside + hidden, timeout=5).status_code == 404
    figures = requests.get(f"{inside}/metrics", timeout=5).text
    assert 'acu_messages_total{channel="rest",outcome="answered"}' in figures
    cluster.redis.freeze()
    try:
        time.sleep(1.1)
        answer = requests.get(f"{inside}/ready", timeout=5)
        assert answer.status_code == 503
        assert "locks" in answer.json()["reasons"]
        assert requests.get(f"{inside}/health", timeout=5).status_code == 200
    finally:
        cluster.redis.thaw()
    time.sleep(1.1)
    assert requests.get(f"{inside}/ready", timeout=5).status_code == 200


def test_the_logs_hold_requests_but_no_words_of_users(cluster: Cluster) -> None:
    say(cluster, "logged", "my unmistakable zebra back hurts")
    for worker in cluster.workers:
        log = worker._log.read_text(errors="replace")
        assert "zebra" not in log
    assert '"request_id"' in cluster.assistants[0]._log.read_text(errors="replace")


def test_a_killed_assistant_is_not_noticed(cluster: Cluster) -> None:
    """Stock Rasa keeps its lock for a minute."""
    say(cluster, "killed", "where is LI4")
    cluster.assistants[1].kill()
    for _ in range(4):
        began = time.monotonic()
        assert shown(say(cluster, "killed", "where is BL40")) == ["BL40"]
        assert time.monotonic() - began < 8
    kept = answers_by_message(events(cluster, "killed"))
    assert len(kept) == len(set(kept)) == 5
