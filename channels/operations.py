"""For those who run the guide: is it alive, can it answer, and how is it doing."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, OutputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from acupressure.settings import retention_days
from channels import guard
from channels.deadline import DeadlineEndpoint, watch
from channels.messages import BadRequest
from channels.metrics import METRICS
from stores.database import Unavailable

logger = logging.getLogger(__name__)

READY_SECONDS = 3.0
"""Time that each part may take to say that it is well."""
BELIEVED_SECONDS = 1.0
"""How long an answer is believed, so that many who ask do not become a load."""
PURGE_SECONDS = 3_600.0
JUMP_SECONDS = 300.0
"""Difference between the time of day and the time that has passed from which the clock counts as set anew."""


class _AtTheRoot(Blueprint):
    """Routes whose address is all of the address: Rasa would put a second slash in front."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Register the routes with no prefix, whatever is asked for."""
        super().register(app, {**options, "url_prefix": ""})


class OperationsInput(InputChannel):
    """``/health``, ``/ready`` and ``/metrics``; nobody talks to the guide through it."""

    def __init__(self, token: str | None = None) -> None:
        self._token = token or None
        self._asked: tuple[float, dict[str, str]] = (float("-inf"), {})

    @classmethod
    def name(cls) -> str:
        """Return the name of the channel."""
        return "operations"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> OperationsInput:
        """Return the channel; ``token`` guards the metrics."""
        settings = dict(credentials or {})
        token = settings.pop("token", None)
        if settings:
            raise ValueError(f"channels.operations: unknown settings {', '.join(sorted(settings))}")
        return cls(token)

    def url_prefix(self) -> str:
        """Return the root: these addresses are where probes look for them."""
        return "/"

    def get_output_channel(self) -> OutputChannel:
        """Return where messages would go."""
        return CollectingOutputChannel()

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """Return the routes."""
        blueprint = _AtTheRoot("operations_channel")
        watch(blueprint)

        @blueprint.get("/health")
        async def health(_: Request) -> HTTPResponse:
            # The loop answers, so the process is alive; whether it can work is asked at /ready.
            return response.json({"status": "ok"}, headers=guard.HEADERS)

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            troubles = await self._troubles(request.app)
            body = {"status": "failing" if troubles else "ok", **({"reasons": troubles} if troubles else {})}
            return response.json(body, status=503 if troubles else 200, headers=guard.HEADERS)

        @blueprint.get("/metrics")
        async def metrics(request: Request) -> HTTPResponse:
            try:
                guard.check_token(request.headers.get("authorization"), self._token)
            except BadRequest as error:
                return response.json({"error": error.sentence}, status=error.status, headers=guard.HEADERS)
            return response.text(
                METRICS.text(), content_type="text/plain; version=0.0.4", headers=guard.HEADERS
            )

        @blueprint.listener("before_server_start")
        async def name_all(app: Sanic, *_: Any) -> None:
            app.register_middleware(_name, "request")

        @blueprint.listener("after_server_start")
        async def begin(app: Sanic, *_: Any) -> None:
            self._purging = asyncio.create_task(purge_now_and_then(app))

        @blueprint.listener("before_server_stop")
        async def end(*_: Any) -> None:
            self._purging.cancel()

        return blueprint

    async def _troubles(self, app: Sanic) -> dict[str, str]:
        """Return what is wrong, by part; nothing if a message would be answered."""
        asked, troubles = self._asked
        if time.monotonic() - asked < BELIEVED_SECONDS:
            return troubles
        agent = getattr(app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            troubles = {"model": "The assistant has no model yet."}
        else:
            parts = {"conversations": agent.tracker_store, "locks": agent.lock_store}
            answers = await asyncio.gather(
                *(_ping(part) for part in parts.values()), _ping(agent.action_endpoint)
            )
            troubles = {name: trouble for name, trouble in zip((*parts, "actions"), answers) if trouble}
        self._asked = (time.monotonic(), troubles)
        return troubles


async def _name(request: Request) -> None:
    """Give every request its id for the log, whichever channel it is for."""
    guard.name_request(request)


async def _ping(part: Any) -> str | None:
    """Return what is wrong with one part."""
    try:
        if isinstance(part, DeadlineEndpoint):
            return None if await part.is_alive() else "It does not answer."
        if callable(getattr(part, "ping", None)):
            await asyncio.wait_for(part.ping(), READY_SECONDS)
        return None
    except Unavailable as trouble:
        return str(trouble)
    except Exception as error:
        return f"It does not answer ({type(error).__name__})."


class ClockWatch:
    """Tells whether the time of day went its way with the time that has passed."""

    def __init__(self) -> None:
        self._ahead = time.time() - _passed()

    def jump(self) -> float:
        """Return by how many seconds the clock was set forward (or back, below zero) since the last question."""
        before, self._ahead = self._ahead, time.time() - _passed()
        return self._ahead - before


def _passed() -> float:
    """Return seconds that nobody sets, those in which the machine slept included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


async def purge_now_and_then(app: Sanic) -> None:
    """Delete conversations whose time is over, at the start and every hour.

    Nothing is deleted in the hour in which the clock was set: a wrong date would take everybody's conversation.
    """
    clock = ClockWatch()
    while True:
        days = retention_days()
        store = getattr(getattr(app.ctx, "agent", None), "tracker_store", None)
        if abs(jump := clock.jump()) > JUMP_SECONDS:
            METRICS.add("acu_clock_jumps_total")
            logger.warning("The clock was set by %.0f seconds: nothing is purged in this hour", jump)
        elif days and callable(getattr(store, "purge", None)):
            try:
                count = await store.purge(time.time() - days * 86_400)
                METRICS.add("acu_purged_total", count)
                logger.info("Purged %d conversations older than %g days", count, days)
            except Exception:
                logger.exception("Nothing could be purged in this hour")
        await asyncio.sleep(PURGE_SECONDS)
