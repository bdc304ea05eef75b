"""Who may call, how often, and how deep a request may be."""

import json

import pytest

from channels import guard
from channels.logs import JsonFormatter
from channels.messages import MAX_DEPTH, BadRequest, check_origin, read_json
from channels.metrics import Metrics


def test_a_caller_may_send_some_at_once_and_then_so_many_a_minute():
    limit = guard.RateLimit(per_minute=60, at_once=3)
    for _ in range(3):
        limit.check("a", now=0.0)
    with pytest.raises(guard.TooMany) as refused:
        limit.check("a", now=0.1)
    assert (refused.value.status, refused.value.seconds) == (429, 1)
    limit.check("b", now=0.1)
    limit.check("a", now=1.1)
    with pytest.raises(guard.TooMany):
        limit.check("a", now=1.2)


def test_without_a_limit_everybody_sends_as_they_like():
    limit = guard.RateLimit(0)
    for _ in range(1000):
        limit.check("a", now=0.0)


def test_callers_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(guard, "MAX_CALLERS", 5)
    limit = guard.RateLimit(60)
    for number in range(50):
        limit.check(str(number))
    assert len(limit._callers) == 5


@pytest.mark.parametrize("given", [None, "", "Bearer ", "Bearer wrong", "Basic secret", "Bearer sécret"])
def test_a_wrong_token_is_refused(given):
    with pytest.raises(BadRequest) as refused:
        guard.check_token(given, "secret")
    assert refused.value.status == 401


def test_the_right_token_is_taken_and_none_is_asked_for_where_none_is_set():
    guard.check_token("Bearer secret", "secret")
    guard.check_token(None, None)


@pytest.mark.parametrize(
    ("ip", "header", "caller"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_a_caller_cannot_choose_their_address(ip, header, caller):
    class Asked:
        headers = {"x-real-ip": header} if header else {}

    Asked.ip = ip
    assert guard.caller_of(Asked) == caller


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://[::1", "http://guide.example:99999999"]
)
def test_odd_origins_are_refused_and_do_no_harm(origin):
    """`http://[::1` ended in an error 500: found by `make fuzz`."""
    with pytest.raises(BadRequest) as refused:
        check_origin(origin, "guide.example")
    assert refused.value.status == 403


def nested(depth):
    return ("[" * depth + "]" * depth).encode()


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": ' + nested(MAX_DEPTH) + b"}",
        b'{"a": ' + nested(900) + b"}",
        b'{"a": ' + nested(30_000) + b"}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": ' + b"9" * 6_000 + b"}",
        b"\xff\xfe",
        b'{"a": "\xff"}',
    ],
)
def test_bodies_that_would_do_harm_are_refused(body):
    with pytest.raises(BadRequest):
        read_json(body)


def test_a_sensible_depth_is_read():
    assert read_json(b'{"a": ' + nested(MAX_DEPTH - 1) + b"}")


def record(**kwargs):
    import logging

    return logging.LogRecord("x", logging.ERROR, "f.py", 1, kwargs.pop("msg", "failed"), (), **kwargs)


def test_a_log_line_names_its_request_and_hides_the_words_of_errors(monkeypatch):
    monkeypatch.delenv("ACU_LOG_ERRORS", raising=False)
    guard.request_id.set("request-1")
    try:
        raise ValueError("my back hurts")
    except ValueError as error:
        line = JsonFormatter().format(record(exc_info=(ValueError, error, error.__traceback__)))
        monkeypatch.setenv("ACU_LOG_ERRORS", "full")
        full = JsonFormatter().format(record(exc_info=(ValueError, error, error.__traceback__)))
    told = json.loads(line)
    assert (told["request_id"], told["error"], told["level"]) == ("request-1", "ValueError", "ERROR")
    assert told["trace"]
    assert "back" not in line
    assert "my back hurts" in full


def test_metrics_are_what_prometheus_reads():
    metrics = Metrics()
    metrics.turn(
        "rest", 0.03, "answered", [{"text": "x"}, {"custom": {"card": "urgent", "level": "emergency"}}]
    )
    metrics.turn("rest", 7.0, "failed", [])
    metrics.add("acu_errors_total", error='odd "one"\n')
    lines = metrics.text().splitlines()
    assert 'acu_messages_total{channel="rest",outcome="answered"} 1' in lines
    assert 'acu_warning_signs_total{level="emergency"} 1' in lines
    assert 'acu_turn_seconds_bucket{le="0.025"} 0' in lines
    assert 'acu_turn_seconds_bucket{le="0.05"} 1' in lines
    assert 'acu_turn_seconds_bucket{le="+Inf"} 2' in lines
    assert "acu_turn_seconds_count 2" in lines
    assert 'acu_errors_total{error="odd \\"one\\"\\n"} 1' in lines
    assert all(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 for line in lines)
