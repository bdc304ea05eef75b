"""Turns of one conversation come one after the other, in order, whatever Redis and the processes do."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client
from rasa.core.lock_store import InMemoryLockStore, LockError, LockStore
from rasa.core.lock_store import RedisLockStore as StockRedis
from rasa.utils.endpoints import EndpointConfig

from benchmarks.clock import Clock, library
from scripts import services
from stores.lock_store import LocalLockStore, RedisLockStore
from tests.conftest import free_port
from tests.operations.conftest import Servers

Make = Callable[[], Any]


@pytest.fixture
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Return a maker of lock stores, each as if in a process of its own."""
    made: list[Any] = []
    kind = getattr(request, "param", "redis")
    url = None if kind == "local" else request.getfixturevalue("servers").redis_url

    def one() -> Any:
        store = LocalLockStore() if url is None else RedisLockStore(EndpointConfig(url))
        made.append(store)
        return store

    yield one
    for store in made:
        store.close()


def test_rasa_makes_them_from_its_endpoints(servers: Servers) -> None:
    store = LockStore.create(EndpointConfig(servers.redis_url, type="stores.lock_store.RedisLockStore"))
    assert isinstance(store, RedisLockStore)
    assert isinstance(
        LockStore.create(EndpointConfig(type="stores.lock_store.LocalLockStore")), LocalLockStore
    )


async def in_order(stores: list[Any], count: int, apart: float = 0.003) -> tuple[list[int], float]:
    """Let messages of one sender arrive at several processes; return the order of their turns and the time."""
    order: list[int] = []
    inside = 0

    async def turn(number: int) -> None:
        nonlocal inside
        async with stores[number % len(stores)].lock("somebody"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.01)
            order.append(number)
            inside -= 1

    began = time.monotonic()
    tasks = []
    for number in range(count):
        tasks.append(asyncio.create_task(turn(number)))
        await asyncio.sleep(apart)
    await asyncio.gather(*tasks)
    return order, time.monotonic() - began


@pytest.mark.parametrize("make", ["local", "redis"], indirect=True)
async def test_many_messages_at_once_keep_their_order_and_do_not_wait(make: Make) -> None:
    order, seconds = await in_order([make()], 40)
    assert order == list(range(40))
    assert seconds < 2.5


async def test_the_stock_store_lets_each_of_them_wait_a_second() -> None:
    """The fault that LocalLockStore answers."""
    _, seconds = await in_order([InMemoryLockStore()], 4)
    assert seconds > 0.9


async def test_order_is_kept_across_processes(make: Make) -> None:
    order, _ = await in_order([make(), make()], 40, apart=0.015)
    assert order == list(range(40))


async def test_the_stock_redis_store_loses_tickets(servers: Servers) -> None:
    """The fault that RedisLockStore answers: it reads, changes and writes back, and another does so in between."""
    port = int(servers.redis_url.rsplit(":", 1)[1].split("/")[0])
    one, other = StockRedis("127.0.0.1", port), StockRedis("127.0.0.1", port)
    first, second = one.get_or_create_lock("x"), other.get_or_create_lock("x")
    assert first.issue_ticket(60) == second.issue_ticket(60)
    one.save_lock(first)
    other.save_lock(second)
    assert len(one.get_lock("x").tickets) == 1


async def test_conversations_do_not_wait_for_each_other(make: Make) -> None:
    store = make()
    async with store.lock("one"):
        began = time.monotonic()
        async with store.lock("two"):
            assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("make", ["local", "redis"], indirect=True)
async def test_who_holds_a_conversation_may_ask_again_but_no_other_task(make: Make) -> None:
    store = make()
    store.wait_seconds = 0.3

    async def other() -> None:
        async with store.lock("x"):
            pass

    async with store.lock("x"):
        async with store.lock("x"):
            pass
        with pytest.raises(LockError):
            await asyncio.create_task(other())
    await other()


@pytest.mark.parametrize("make", ["local", "redis"], indirect=True)
async def test_a_turn_that_fails_or_is_cancelled_leaves_nothing_behind(make: Make) -> None:
    store = make()
    with pytest.raises(KeyError):
        async with store.lock("x"):
            raise KeyError

    async def wait() -> None:
        async with store.lock("x"):
            await asyncio.sleep(60)

    holding, waiting = asyncio.create_task(wait()), asyncio.create_task(wait())
    await asyncio.sleep(0.1)
    for task in (waiting, holding):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    began = time.monotonic()
    async with store.lock("x"):
        assert time.monotonic() - began < 0.5
    assert store._queues == store._holders == {}


def _hold(url: str, ready: Any) -> None:
    async def hold() -> None:
        async with RedisLockStore(EndpointConfig(url)).lock("killed"):
            ready.set()
            await asyncio.sleep(60)

    asyncio.run(hold())


async def killed_while_holding(url: str) -> multiprocessing.process.BaseProcess:
    """Return a process that was killed while it held a conversation."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    process = spawn.Process(target=_hold, args=(url, ready))
    process.start()
    assert await asyncio.get_running_loop().run_in_executor(None, ready.wait, 60)
    os.kill(process.pid, signal.SIGKILL)
    return process


async def test_a_killed_process_gives_its_conversations_free_within_seconds(
    servers: Servers, make: Make
) -> None:
    """Stock Rasa keeps them for a minute."""
    process = await killed_while_holding(servers.redis_url)
    began = time.monotonic()
    async with make().lock("killed"):
        assert time.monotonic() - began < 4
    process.join()


async def test_a_living_process_keeps_its_conversation_beyond_the_lease(make: Make) -> None:
    holder, other = make(), make()
    other.wait_seconds = 3.5
    async with holder.lock("x"):
        with pytest.raises(LockError):
            async with other.lock("x"):
                pass


@pytest.fixture
def clocked(tmp_path: Path) -> Iterator[tuple[Clock, str]]:
    """Return a Redis whose clock can be set, and its address."""
    if library() is None or services.program("redis-server") is None:
        pytest.skip("libfaketime or Redis is not installed")
    clock, port = Clock(tmp_path / "clock"), free_port()
    server = services.redis(tmp_path / "redis", port)
    with clock.rules():
        server.start()
    yield clock, f"redis://127.0.0.1:{port}/0"
    server.end()


def time_in(url: str) -> int:
    """Return the time of day in a Redis."""
    return redis_client.Redis.from_url(url).time()[0]


def set_clock(clock: Clock, url: str, seconds: float) -> None:
    """Set the clock and wait until Redis has seen it."""
    clock.set(seconds)
    until = time.monotonic() + 10
    while abs(time_in(url) - time.time() - seconds) > 10:
        assert time.monotonic() < until, "the clock was not set"
        time.sleep(0.05)


@pytest.mark.parametrize("hours", [1, 100, -1])
async def test_a_clock_that_is_set_takes_nobody_the_conversation(
    clocked: tuple[Clock, str], hours: float
) -> None:
    clock, url = clocked
    holder, other = RedisLockStore(EndpointConfig(url)), RedisLockStore(EndpointConfig(url))
    other.wait_seconds = 4.0
    async with holder.lock("x"):
        set_clock(clock, url, hours * 3_600)
        with pytest.raises(LockError):
            async with other.lock("x"):
                pass
    async with other.lock("x"):
        pass
    holder.close()
    other.close()


async def test_a_killed_process_gives_its_conversations_free_although_the_clock_was_set_back(
    clocked: tuple[Clock, str],
) -> None:
    """A lock that expires in Redis would stay for as long as the clock was set back."""
    clock, url = clocked
    process = await killed_while_holding(url)
    set_clock(clock, url, -3_600)
    store = RedisLockStore(EndpointConfig(url))
    began = time.monotonic()
    async with store.lock("killed"):
        assert time.monotonic() - began < 4
    store.close()
    process.join()


async def test_a_restart_of_redis_is_waited_for(servers: Servers, make: Make) -> None:
    store = make()
    async with store.lock("x"):
        pass
    servers.redis.kill()
    starting = threading.Timer(0.7, servers.redis.start)
    starting.start()
    async with store.lock("x"):
        assert servers.redis.is_open()
    starting.join()


async def test_a_frozen_redis_is_told_in_time_and_stops_nobody_else(servers: Servers, make: Make) -> None:
    """Stock Rasa's calls stop the event loop for ten seconds."""
    store = make()
    async with store.lock("before"):
        pass
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.05)

    ticking = asyncio.create_task(tick())
    servers.redis.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(LockError):
            async with store.lock("x"):
                pass
        assert time.monotonic() - began < 8
        assert ticks > 30
    finally:
        servers.redis.thaw()
        ticking.cancel()
    # The ticket that Redis took while nobody could hear it is given back.
    async with make().lock("x"):
        pass
    client = redis_client.Redis.from_url(servers.redis_url)
    await asyncio.sleep(1.2)
    assert client.keys("acu:turns:*") == []
