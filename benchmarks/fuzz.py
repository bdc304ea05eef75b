"""Random and broken requests against a running assistant: none may end in an error 500, none may get stuck.

Bodies are grown from sensible ones by a fixed list of injuries, with a seed, so that what is found can be repeated:
`python -m benchmarks.fuzz --requests 5000 --seed 7`. Without an address it starts an assistant of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from scripts.processes import command
from scripts.run import running
from scripts.run_cluster import free_port

REQUESTS = 100_000
AT_ONCE = 16
STUCK_SECONDS = 15.0
ANSWERED_SHARE = 0.02
"""Share of requests that are sensible enough to be answered by the assistant: these cost the most."""

PATHS = (
    "/webhooks/rest/webhook", "/webhooks/rest/webhook?stream=true", "/webhooks/rest/export", "/webhooks/rest/forget",
    "/chat/api/message", "/chat/api/session", "/chat/api/history", "/chat/api/forget", "/chat/../domain.yml",
    "/chat/%2e%2e/%00", "/model", "/conversations/x/tracker", "/status", "/health", "/ready", "/", "/webhooks/%ff",
)  # fmt: skip
TYPES = (
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "",
    "application/x-www-form-urlencoded",
)
TEXTS = (
    "Where is LI4?", "my back hurts", "/restart", '/ask_location{"point": "<img src=x>"}', "\x00\x01\x1f", "\ud800\udfff",
    "\u200b\u202e\u2066", "ＬＩ４", "x" * 3_999, "x" * 40_000, "a\u0301" * 2_000, "🙂" * 500, "' OR 1=1 --", "{{7*7}}",
    "${jndi:ldap://x}", "\r\nSet-Cookie: a=b", "9" * 3_000, "((((" * 800, "\\" * 900, "no " * 1_300, "",
)  # fmt: skip
VALUES = (
    None,
    True,
    0,
    -1,
    1e308,
    [],
    {},
    "",
    [[[]]],
    {"a": {"b": {}}},
    "x" * 300,
    "../../etc",
    "\x00",
    2**70,
)

Injury = Callable[[random.Random, bytes], bytes]


def _cut(rng: random.Random, body: bytes) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _flip(rng: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.randrange(1, 6)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _noise(rng: random.Random, _: bytes) -> bytes:
    return rng.randbytes(rng.randrange(2_000))


def _deep(rng: random.Random, _: bytes) -> bytes:
    depth = rng.choice((10, 17, 100, 990, 20_000))
    return b'{"sender": "f", "message": "x", "metadata": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"


def _big(rng: random.Random, body: bytes) -> bytes:
    return body + b" " * rng.choice((60_000, 70_000, 300_000))


def _none(_: random.Random, body: bytes) -> bytes:
    return body


INJURIES: tuple[Injury, ...] = (_none, _none, _cut, _flip, _noise, _deep, _big)


@dataclass(frozen=True)
class Made:
    """One request."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


def make(rng: random.Random) -> Made:
    """Return a random request."""
    if rng.random() < ANSWERED_SHARE:
        body = {"sender": f"fuzz-{rng.randrange(50)}", "message": rng.choice(TEXTS)}
        return Made("POST", PATHS[0], json.dumps(body).encode(), {"Content-Type": TYPES[0]})
    data: dict[str, object] = {"sender": "fuzz", "message": "?"}
    for key in rng.sample(("sender", "message", "metadata", "message_id", "input_channel", "title", "x"), 3):
        data[key] = rng.choice((*VALUES, *TEXTS[2:8]))
    if isinstance(data.get("message"), str) and rng.random() < 0.9:
        data["message"] = rng.choice(("", "?!", "\u200b", "x" * 5_000))
    if rng.random() < 0.1:
        data.pop(rng.choice(("sender", "message")), None)
    injury = rng.choice(INJURIES)
    headers = {"Content-Type": rng.choice((TYPES[0], TYPES[0], *TYPES))}
    if rng.random() < 0.2:
        headers["Origin"] = rng.choice(("http://evil.example", "null", "\x7f", "http://[::1", "x" * 500))
    if rng.random() < 0.1:
        headers["Cookie"] = "acupressure_session=" + rng.choice(("", "x" * 43, "%00", "a=b;" * 50))
    if rng.random() < 0.1:
        headers["Idempotency-Key"] = rng.choice(("x", "y" * 500, f"id-{rng.randrange(99)}", "\t"))
    method = rng.choices(("POST", "GET", "PUT", "DELETE", "OPTIONS", "HEAD"), (80, 8, 3, 3, 3, 3))[0]
    return Made(method, rng.choice(PATHS), injury(rng, json.dumps(data).encode()), headers)


@dataclass
class Found:
    """What came of it."""

    statuses: Counter = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    """Requests that ended in an error 500 or got stuck."""
    slowest: float = 0.0

    @property
    def is_good(self) -> bool:
        """Tell whether nothing went wrong."""
        return not self.bad


async def fuzz(address: str, requests: int, seed: int) -> Found:
    """Send random requests, many at once."""
    found = Found()
    numbers = iter(range(requests))
    timeout = aiohttp.ClientTimeout(total=STUCK_SECONDS)

    async def work(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            made = make(random.Random(seed * 1_000_003 + number))
            began = time.monotonic()
            status: object = "closed"
            try:
                async with session.request(
                    made.method,
                    address + made.path,
                    data=made.body,
                    headers=made.headers,
                    allow_redirects=False,
                ) as answer:
                    await answer.read()
                    status = answer.status
            except asyncio.TimeoutError:
                status = "stuck"
            except ValueError:
                status = "not sendable"
            except aiohttp.ClientError:
                pass
            if number % 10_000 == 0:
                print(f"  {number} sent", flush=True)
            found.slowest = max(found.slowest, time.monotonic() - began)
            found.statuses[status] += 1
            # 503 is the honest answer of a part that is not ready; everything else from 500 is a fault.
            if status == "stuck" or isinstance(status, int) and status >= 500 and status != 503:
                found.bad.append(f"number {number}: {status} {made.method} {made.path} {made.body[:120]!r}")

    async with aiohttp.ClientSession(timeout=timeout) as session:
        await asyncio.gather(*(work(session) for _ in range(AT_ONCE)))
        found.bad += await broken_lines(address)
        body = {"sender": "fuzz-last", "message": "Where is LI4?"}
        async with session.post(address + PATHS[0], json=body) as answer:
            if "LI4" not in await answer.text():
                found.bad.append("afterwards it does not answer any longer")
    return found


async def broken_lines(address: str) -> list[str]:
    """Send what is no HTTP at all, and requests that never end; return what got stuck or crashed."""
    place = urlsplit(address)
    bad = []
    for line in (
        b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello", b"A" * 70_000, b"\r\n" * 50,
    ):  # fmt: skip
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
            writer.write(line)
            writer.write_eof()
            answer = await asyncio.wait_for(reader.read(200), 5)
            if b" 500 " in answer.split(b"\r\n")[0]:
                bad.append(f"{line[:40]!r}: {answer[:60]!r}")
        writer.close()
    return bad


def told(found: Found) -> str:
    """Return what was found, in words."""
    counts = ", ".join(f"{status}: {count}" for status, count in sorted(found.statuses.items(), key=str))
    return "\n".join([f"{counts}; slowest {found.slowest:.1f} s", *found.bad[:20], f"{len(found.bad)} bad"])


@command
def main() -> int:
    """Fuzz, and say what was found; 1 if something went wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "address", nargs="?", help="of an assistant on this machine, such as http://127.0.0.1:5005"
    )
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.address:
        found = asyncio.run(fuzz(options.address.rstrip("/"), options.requests, options.seed))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            os.environ.update(
                PORT=str(free_port()), ACTION_PORT=str(free_port()), ACU_DB=f"{scratch}/conversations.db"
            )
            with running() as assistant:
                address = f"http://127.0.0.1:{assistant.port}"
                found = asyncio.run(fuzz(address, options.requests, options.seed))
    print(told(found))
    return int(not found.is_good)


if __name__ == "__main__":
    sys.exit(main())
