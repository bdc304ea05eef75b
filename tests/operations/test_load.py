"""What the measurements under load compute, on figures whose result is known."""

from __future__ import annotations

import asyncio
import math
import random
import time

import pytest
from aiohttp import web

from benchmarks.load import Crowd, Message, conversations, quantile
from benchmarks.soak import memory, slope, times
from tests.conftest import free_port


def test_a_slope_is_found_with_its_error() -> None:
    noise = random.Random(1)
    still = [(x / 100, 350 + noise.gauss(0, 2)) for x in range(100)]
    steep, error = slope(still)
    assert abs(steep) < 3 * error
    steep, error = slope([(x, y + 40 * x) for x, y in still])
    assert abs(steep - 40) < 3 * error
    assert slope([(x, 5 * x) for x in range(9)]) == (pytest.approx(5), pytest.approx(0, abs=1e-9))
    assert all(map(math.isnan, slope([(0, 1), (1, 2)])))


def test_what_came_before_the_warm_up_ended_is_not_judged() -> None:
    """Slow in the beginning, and twice as slow at the end as after the warm-up."""
    seconds = 1_000.0
    messages = [Message(at, 9.0 if at < 200 else 0.1 if at < 600 else 0.2) for at in map(float, range(1_000))]
    assert times(messages, seconds)["p95"]["last_to_first"] == pytest.approx(2)
    samples = [
        (at, {"x": (300.0 if at < 200 else 350.0 + at / 3_600, 0.0)}) for at in map(float, range(1_000))
    ]
    found = memory(samples, "x", seconds)
    assert found["mb_per_hour"] == pytest.approx(1)
    assert found["at_the_start_mb"] == 300


def test_a_quantile_is_one_of_the_times() -> None:
    messages = [Message(0.0, n / 100) for n in range(101)]
    assert quantile(messages, 0.5) == pytest.approx(0.5)
    assert quantile(messages, 0.95) == pytest.approx(0.95)
    assert math.isnan(quantile(messages[:1], 0.5))


def test_conversations_are_whole_and_many() -> None:
    talks = conversations()
    assert len(talks) > 200
    assert all(talk and all(isinstance(text, str) for text in talk) for talk in talks)


async def test_the_peak_counts_every_answer_of_everybody() -> None:
    answered = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal answered
        await asyncio.sleep(0.02)
        answered += 1
        return web.json_response([{"text": "Here."}])

    app, port = web.Application(), free_port()
    app.router.add_post("/webhooks/rest/webhook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        began = time.perf_counter()
        rate = await Crowd(port).press(senders=5, seconds=0.5)
        took = time.perf_counter() - began
    finally:
        await runner.cleanup()
    assert answered >= 5
    assert rate * took >= answered > 0  # what it took out here is a little more than what was counted with
