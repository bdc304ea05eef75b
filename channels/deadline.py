"""Nobody waits without end: deadlines for actions and for turns, and words where one is missed."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.utils.endpoints import ClientResponseError, EndpointConfig, concat_url
from sanic import Blueprint, Sanic

from channels import logs
from channels.messages import BUSY, PROBLEM
from channels.metrics import METRICS
from channels.startup import close_stores, take_off_the_net, warm_up
from channels.validator import check_schema_once

logger = logging.getLogger(__name__)

ACTION_SECONDS = 3.0
"""Time that one call of the action server may take."""
TURN_SECONDS = 4.5
"""Time after which the client hears that the answer takes longer."""
RETRY_SECONDS = 0.1
"""Time between two tries to reach an action server that is being restarted."""
_IDLE_SECONDS = 3.0
"""Time an idle connection is kept: less than the action server's five, so that it never hangs up first."""


class BadAnswer(Exception):
    """The action server answered with something that is not an answer."""


class DeadlineEndpoint(EndpointConfig):
    """The action endpoint with a deadline, whose failures end in words instead of silence.

    Stock Rasa waits five minutes, opens a connection for every call, and drops the turn's reply when
    the action server is down. Only the refusal of an action (HTTP 400) still raises: forms live on it.
    """

    def __init__(self, wrapped: EndpointConfig, seconds: float = ACTION_SECONDS) -> None:
        super().__init__(
            wrapped.url, wrapped.params, wrapped.headers, wrapped.basic_auth, wrapped.token,
            wrapped.token_name, wrapped.cafile, type=wrapped.type, **wrapped.kwargs,
        )  # fmt: skip
        self.seconds = seconds
        self._kept: aiohttp.ClientSession | None = None
        self._ssl = ssl.create_default_context(cafile=self.cafile) if self.cafile else None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Run an action and return its events and responses; on failure, the words that say so."""
        kwargs["headers"] = {
            **({"Content-Type": content_type} if content_type else {}),
            **kwargs.get("headers", {}),
        }
        kwargs["params"] = self.combine_parameters(kwargs)
        try:
            return await self._ask_until(method, concat_url(self.url, subpath), compress=compress, **kwargs)
        except ClientResponseError:
            raise
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, BadAnswer) as error:
            action = (kwargs.get("json") or {}).get("next_action")
            METRICS.add("acu_errors_total", error="action_" + type(error).__name__)
            logger.error("Action %s gave no answer: %s %s", action, type(error).__name__, error)
            return {"events": [], "responses": [{"response": PROBLEM}]}

    async def _ask_until(self, method: str, url: str, **kwargs: Any) -> dict[str, Any]:
        """Ask within the deadline, and again while nobody listens: a killed server is back in a moment.

        Actions change nothing outside their answer, so that one over which the server died can run again. It does so
        once: it may be what kills it.
        """
        until, deaths = time.monotonic() + self.seconds, 0
        while True:
            # Rasa's own timeout of five minutes comes along in the arguments.
            kwargs["timeout"] = aiohttp.ClientTimeout(total=max(0.01, until - time.monotonic()))
            try:
                return await self._ask(method, url, **kwargs)
            except aiohttp.ClientConnectionError as error:
                deaths += not isinstance(error, aiohttp.ClientConnectorError)
                if (
                    deaths > 1
                    or time.monotonic() + RETRY_SECONDS > until
                    or isinstance(error, asyncio.TimeoutError)
                ):
                    raise
            await asyncio.sleep(RETRY_SECONDS)

    async def _ask(self, method: str, url: str, **kwargs: Any) -> dict[str, Any]:
        async with self._session().request(method, url, ssl=self._ssl, **kwargs) as response:
            body = await response.read()
        if response.status == 400 and "action_name" in _parsed(body):
            raise ClientResponseError(response.status, response.reason, body)
        if response.status >= 400:
            raise BadAnswer(f"status {response.status}")
        answer = _parsed(body)
        for key in ("events", "responses"):
            if not all(isinstance(item, dict) for item in _listed(answer.get(key, []))):
                raise BadAnswer(f"{key} are not a list of objects")
        return answer

    async def is_alive(self, seconds: float = 1.0) -> bool:
        """Tell whether the action server answers its health check."""
        url = f"{self.url.rsplit('/', 1)[0]}/health"
        try:
            timeout = aiohttp.ClientTimeout(total=seconds)
            async with self._session().get(url, ssl=self._ssl, timeout=timeout) as response:
                return response.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            return False

    def _session(self) -> aiohttp.ClientSession:
        """Return the one kept session, made in the loop that uses it."""
        if self._kept is None or self._kept.closed:
            auth = (
                aiohttp.BasicAuth(self.basic_auth["username"], self.basic_auth["password"])
                if self.basic_auth
                else None
            )
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS)
            self._kept = aiohttp.ClientSession(headers=self.headers, auth=auth, connector=connector)
        return self._kept

    async def close(self) -> None:
        """Close the kept session."""
        if self._kept is not None:
            await self._kept.close()


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswer("the body is not JSON") from None
    if not isinstance(answer, dict):
        raise BadAnswer("the body is not an object")
    return answer


def _listed(value: Any) -> list:
    if not isinstance(value, list):
        raise BadAnswer("a list was expected")
    return value


def install(app: Sanic) -> None:
    """Put the running assistant right, its action endpoint first; doing it again changes nothing."""
    check_schema_once()
    agent = getattr(app.ctx, "agent", None)
    if agent is not None and hasattr(agent, "tracker_store"):
        take_off_the_net(agent)
    if agent is None or agent.action_endpoint is None or isinstance(agent.action_endpoint, DeadlineEndpoint):
        return
    agent.action_endpoint = DeadlineEndpoint(agent.action_endpoint)
    if agent.processor is not None:
        agent.processor.action_endpoint = agent.action_endpoint


async def uninstall(app: Sanic) -> None:
    """Close what ``install`` opened, and the stores."""
    agent = getattr(app.ctx, "agent", None)
    if agent is not None and hasattr(agent, "tracker_store"):
        close_stores(agent)
    endpoint = getattr(agent, "action_endpoint", None)
    if isinstance(endpoint, DeadlineEndpoint):
        await endpoint.close()


def watch(blueprint: Blueprint) -> None:
    """Have a channel's blueprint install the deadline when the server starts: a channel is the one way in."""

    # The agent is loaded before the server starts, but after the listeners of channels for that moment.
    @blueprint.listener("after_server_start")
    async def started(app: Sanic, *_: Any) -> None:
        logs.install()
        install(app)
        await warm_up(getattr(app.ctx, "agent", None))

    @blueprint.listener("after_server_stop")
    async def stopped(app: Sanic, *_: Any) -> None:
        await uninstall(app)


_running: set[asyncio.Task] = set()
"""The turns under way: asyncio itself keeps only weak references to tasks."""


class TurnOutput(CollectingOutputChannel):
    """Collects what the assistant says as Rasa's own collector does, and remembers what was handed on."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        # Rasa picks `channel:` variants of a response by this name, so it has to be the client's channel.
        self.name = lambda: channel  # type: ignore[method-assign]
        self.handed_on = 0

    def take(self) -> list[dict[str, Any]]:
        """Return the messages that nobody has seen yet."""
        new = self.messages[self.handed_on :]
        self.handed_on = len(self.messages)
        return new

    def start_again(self) -> bool:
        """Forget what was collected; False if somebody has seen some of it already."""
        if self.handed_on:
            return False
        self.messages.clear()
        return True


class Turn:
    """One message on its way through the assistant. It goes on when the client waits no longer.

    What it says is handed on when the turn has ended, which is when it is stored: an answer that somebody has read
    is never lost. Only a turn that takes too long shows what it has so far.
    """

    def __init__(self, handle: Callable[[UserMessage], Awaitable[Any]], message: UserMessage) -> None:
        self.output: TurnOutput = message.output_channel
        self._handle, self._message = handle, message
        self._failed = False
        self._task = asyncio.create_task(self._run())
        _running.add(self._task)
        self._task.add_done_callback(_running.discard)

    async def _run(self) -> None:
        began = time.perf_counter()
        METRICS.running += 1
        try:
            await self._handle(self._message)
        except Exception as error:
            self._failed = True
            METRICS.add("acu_errors_total", error=type(error).__name__)
            logger.exception("A turn on channel %s failed", self._message.input_channel)
        finally:
            METRICS.running -= 1
            outcome = "failed" if self._failed else "answered" if self.output.messages else "silent"
            seconds = time.perf_counter() - began
            METRICS.turn(self.output.name(), seconds, outcome, self.output.messages)
            logger.info("Turn on channel %s %s in %.0f ms", self.output.name(), outcome, 1000 * seconds)

    async def messages(self, seconds: float = TURN_SECONDS) -> AsyncIterator[dict[str, Any]]:
        """Yield the messages of the turn once it has ended, or what there is when the time is over."""
        await asyncio.wait({self._task}, timeout=seconds)
        if not self._task.done():
            METRICS.add("acu_late_total")
        if self._failed:
            return
        for message in self.output.take():
            yield message

    @property
    def missing(self) -> str | None:
        """The response that is still owed to the client, if any."""
        if not self._task.done():
            return BUSY
        return PROBLEM if self._failed or not self.output.messages else None
