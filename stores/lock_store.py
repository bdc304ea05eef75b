"""Turns of one conversation one after the other, in the order in which they came.

They answer these faults of Rasa 3.6's lock stores (each has a test in tests/operations/test_lock_store.py):

* A waiting message looks once a second whether it may go on: a turn that could begin at once begins a second later.
* The Redis store reads a lock, changes it and writes it back: two processes at once lose tickets, so messages
  overtake one another or are never answered. Here scripts do it inside Redis.
* A process that was killed keeps its lock for a minute. Here a lock belongs to a process that has to show a sign of
  life, and is free when those who wait have seen no new one for `LEASE_SECONDS`. They count that by their own
  steady clock: what expires in Redis does so by the time of day, which somebody may set.
* Its calls stop the event loop: a frozen Redis stops everybody. Here they do not, and have a deadline.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import threading
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import redis
import redis.asyncio
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

logger = logging.getLogger(__name__)

WAIT_SECONDS = 10.0
"""Time a message waits for those before it."""
LEASE_SECONDS = 2.5
"""Time without a sign of life after which a process counts as gone."""
BEAT_SECONDS = 0.5
UNSEEN_SECONDS = 1.0
"""Time between two looks at a process after which the watch over it begins anew: Redis may have stood still."""
KEPT_SECONDS = 30 * 86_400
"""Time after which Redis clears away what nobody has touched: long, for this is by the time of day."""
GONE = "gone"
"""The last sign of a process that has ended, or was found dead."""
REDIS_SECONDS = 1.5
"""Time that one call of Redis may take."""
PATIENCE_SECONDS = 4.0
"""Time that a turn waits for a Redis that is not there: as long as a restart takes."""
POLL_SECONDS = 0.03
_TOO_LONG = "The messages before this one took too long."


class LocalLockStore(LockStore):
    """The lock store of one process: ``type: stores.lock_store.LocalLockStore``."""

    reentrant = True
    """Who holds a conversation may ask for it again: a channel can look at it before the turn runs."""

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        options = dict(endpoint_config.kwargs) if endpoint_config else {}
        self.wait_seconds = float(options.get("wait_seconds", WAIT_SECONDS))
        self._queues: dict[str, tuple[asyncio.Lock, list[int]]] = {}
        self._holders: dict[str, asyncio.Task | None] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold a conversation for as long as the block runs. Both times are ours to choose, not the caller's."""
        task = asyncio.current_task()
        if self._holders.get(conversation_id) is task:
            yield TicketLock(conversation_id)
            return
        async with self._turn(conversation_id):
            self._holders[conversation_id] = task
            try:
                yield TicketLock(conversation_id)
            finally:
                self._holders.pop(conversation_id, None)

    @asynccontextmanager
    async def _turn(self, conversation_id: str) -> AsyncGenerator[None, None]:
        async with _in_line(self._queues, conversation_id, self.wait_seconds):
            yield

    async def ping(self) -> None:
        """Raise if locks cannot be had: here they always can."""

    def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def _in_line(
    queues: dict[str, tuple[asyncio.Lock, list[int]]], name: str, seconds: float
) -> AsyncGenerator[None, None]:
    """Wait in this process for those who came before; asyncio's lock is fair."""
    lock, users = queues.setdefault(name, (asyncio.Lock(), [0]))
    users[0] += 1
    try:
        try:
            await asyncio.wait_for(lock.acquire(), seconds)
        except asyncio.TimeoutError:
            raise LockError(_TOO_LONG) from None
        try:
            yield
        finally:
            lock.release()
    finally:
        users[0] -= 1
        if not users[0]:
            queues.pop(name, None)


# KEYS: the queue of the conversation, the sign of this process. ARGV: our ticket, our new sign, seconds to keep
# things, the prefix of signs, whether to take a place at the end, a process that seems dead, and its last sign.
# Returns 1 for "go", 0 for "wait" with the process in front and its sign, -1 for "no place".
_LOOK = """
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
if ARGV[5] == '1' then redis.call('RPUSH', KEYS[1], ARGV[1]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
if ARGV[6] ~= '' and (redis.call('GET', ARGV[4] .. ARGV[6]) or '') == ARGV[7] then
  redis.call('SET', ARGV[4] .. ARGV[6], 'gone', 'EX', ARGV[3])
end
while true do
  local head = redis.call('LINDEX', KEYS[1], 0)
  if not head then return {-1} end
  if head == ARGV[1] then return {1} end
  local owner = string.sub(head, 1, 32)
  local sign = redis.call('GET', ARGV[4] .. owner) or ''
  if sign ~= 'gone' then
    for _, ticket in ipairs(redis.call('LRANGE', KEYS[1], 1, -1)) do
      if ticket == ARGV[1] then return {0, owner, sign} end
    end
    return {-1}
  end
  redis.call('LPOP', KEYS[1])
end
"""


class _Watch:
    """What a process knows of the signs of the others."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, float, float]] = {}

    def see(self, owner: str, sign: str) -> None:
        """Note the sign that a process shows now."""
        now = time.monotonic()
        last, since, looked = self._seen.get(owner, ("", 0.0, 0.0))
        is_new = sign != last or now - looked > UNSEEN_SECONDS
        self._seen[owner] = (sign, now if is_new else since, now)

    def dead(self) -> tuple[str, str]:
        """Return a process that shows no new sign, with its last one, and forget it; or two empty words."""
        now = time.monotonic()
        for owner, (sign, since, looked) in self._seen.items():
            if looked - since > LEASE_SECONDS and now - looked < UNSEEN_SECONDS:
                del self._seen[owner]
                return owner, sign
        return "", ""


class RedisLockStore(LocalLockStore):
    """The lock store of several processes: ``type: stores.lock_store.RedisLockStore`` with a ``url``."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        super().__init__(endpoint_config)
        if not endpoint_config.url:
            raise ValueError("The lock store needs a `url`: redis://...")
        self._url = endpoint_config.url
        prefix = str(endpoint_config.kwargs.get("prefix", "acu"))
        self._queue, self._alive = f"{prefix}:turns:", f"{prefix}:alive:"
        self._beats, self._watch = itertools.count(1), _Watch()
        self.owner = uuid.uuid4().hex
        self._numbers = itertools.count(1)
        self._client: Any = None
        self._script: Any = None
        self._arriving: dict[str, tuple[asyncio.Lock, list[int]]] = {}
        self._owed: set[tuple[str, str]] = set()
        """Tickets that may still stand in Redis although nobody needs them: it did not answer."""
        self._beating: threading.Thread | None = None
        self._ended = threading.Event()

    @asynccontextmanager
    async def _turn(self, conversation_id: str) -> AsyncGenerator[None, None]:
        self._open()
        ticket = f"{self.owner}:{next(self._numbers)}"
        until = time.monotonic() + self.wait_seconds
        try:
            # Tickets are taken in the order of arrival, and only the first of this process asks for its turn.
            async with _in_line(self._arriving, conversation_id, self.wait_seconds):
                is_first = await self._ask(conversation_id, ticket, is_new=True)
            async with _in_line(self._queues, conversation_id, self.wait_seconds):
                while not is_first:
                    if time.monotonic() > until:
                        raise LockError(_TOO_LONG)
                    await asyncio.sleep(POLL_SECONDS)
                    is_first = await self._ask(conversation_id, ticket)
                try:
                    yield
                finally:
                    await self._give_back(conversation_id, ticket)
        except BaseException:
            await self._give_back(conversation_id, ticket)
            raise

    async def _ask(self, conversation_id: str, ticket: str, is_new: bool = False) -> bool:
        """Return whether it is this ticket's turn; take it again where Redis has lost it in a restart."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                place = await self._look(conversation_id, ticket, is_new)
                if place >= 0:
                    return place > 0
                is_new = True
            except (redis.RedisError, asyncio.TimeoutError, OSError) as error:
                if time.monotonic() > until:
                    raise LockError(f"Redis does not answer: {type(error).__name__}") from None
                # It may have taken the ticket all the same; asking without a new one finds out.
                is_new = False
                await asyncio.sleep(0.1)

    async def _look(self, conversation_id: str, ticket: str, is_new: bool) -> int:
        keys = [self._queue + conversation_id, self._alive + self.owner]
        args = [ticket, next(self._beats), KEPT_SECONDS, self._alive, int(is_new), *self._watch.dead()]
        place, *front = await asyncio.wait_for(self._script(keys=keys, args=args), REDIS_SECONDS)
        if front and (owner := front[0].decode()) != self.owner:
            self._watch.see(owner, front[1].decode())
        return int(place)

    async def _give_back(self, conversation_id: str, ticket: str) -> None:
        key = self._queue + conversation_id
        self._owed.add((key, ticket))
        with contextlib.suppress(redis.RedisError, asyncio.TimeoutError, OSError):
            removed = self._client.lrem(key, 1, ticket)
            await asyncio.shield(asyncio.wait_for(removed, REDIS_SECONDS))
            self._owed.discard((key, ticket))

    def _open(self) -> None:
        """Connect in the loop that is running, and begin to show signs of life."""
        if self._client is None:
            self._client = redis.asyncio.Redis.from_url(
                self._url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
            )
            self._script = self._client.register_script(_LOOK)
        if self._beating is None:
            # A thread: a loop that is busy with somebody's message must not look dead.
            self._beating = threading.Thread(target=self._beat, name="lock-beat", daemon=True)
            self._beating.start()

    def _beat(self) -> None:
        client = redis.Redis.from_url(self._url, socket_timeout=1.0, socket_connect_timeout=1.0)
        while not self._ended.wait(BEAT_SECONDS):
            try:
                client.set(self._alive + self.owner, next(self._beats), ex=KEPT_SECONDS)
                for key, ticket in list(self._owed):
                    client.lrem(key, 1, ticket)
                    self._owed.discard((key, ticket))
            except (redis.RedisError, OSError):
                continue
        with contextlib.suppress(redis.RedisError, OSError):
            client.set(self._alive + self.owner, GONE, ex=KEPT_SECONDS)
        client.close()

    async def ping(self) -> None:
        """Raise if Redis does not answer."""
        self._open()
        await asyncio.wait_for(self._client.ping(), REDIS_SECONDS)

    def close(self) -> None:
        """Stop the signs of life: what this process still holds is free at once."""
        self._ended.set()
