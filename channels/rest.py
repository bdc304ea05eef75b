"""Rasa's REST channel, made safe: same address, same replies, but checked, in time and never silent."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import rasa.core.channels.rest
from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from acupressure.wording import Wording, wording
from channels import guard, messages
from channels.deadline import TURN_SECONDS, Turn, TurnOutput, watch
from channels.metrics import METRICS
from channels.once import HEADER, Handler, message_id_of, once


class RestInput(rasa.core.channels.rest.RestInput):
    """``POST /webhooks/rest/webhook`` takes ``{"sender", "message"}`` and answers a list of messages."""

    def __init__(
        self,
        words: Wording | None = None,
        seconds: float = TURN_SECONDS,
        token: str | None = None,
        per_minute: float = 0,
    ) -> None:
        self._given_words, self._seconds, self._token = words, seconds, token or None
        self._limit = guard.RateLimit(per_minute)

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestInput:
        """Return the channel: with a ``token`` only who brings it is answered, at most ``per_minute`` a sender."""
        settings = dict(credentials or {})
        token, per_minute = settings.pop("token", None), settings.pop("per_minute", None)
        if settings:
            raise ValueError(f"channels.rest: unknown settings {', '.join(sorted(settings))}")
        return cls(token=token, per_minute=float(per_minute or 0))

    @classmethod
    def name(cls) -> str:
        """Return the name that makes the address the usual one."""
        return "rest"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes of the channel."""
        blueprint = Blueprint("rest_channel")
        watch(blueprint)

        @blueprint.on_response
        async def protect(_: Request, answer: BaseHTTPResponse) -> None:
            answer.headers.update(guard.HEADERS)
            answer.headers["X-Request-ID"] = guard.request_id.get()

        @blueprint.get("/")
        async def health(_: Request) -> BaseHTTPResponse:
            return response.json({"status": "ok"})

        # `stream` so that we, not the server, decide how much of the body is read.
        @blueprint.post("/webhook", stream=True)
        async def receive(request: Request) -> BaseHTTPResponse | None:
            return await self._guarded(request, self._message, on_new_message)

        @blueprint.post("/export", stream=True)
        async def export(request: Request) -> BaseHTTPResponse | None:
            return await self._guarded(request, self._export)

        @blueprint.post("/forget", stream=True)
        async def forget(request: Request) -> BaseHTTPResponse | None:
            return await self._guarded(request, self._forget)

        return blueprint

    async def _guarded(
        self, request: Request, answer: Callable[..., Awaitable[BaseHTTPResponse | None]], *further: Any
    ) -> BaseHTTPResponse | None:
        """Answer a request, or say why not."""
        guard.name_request(request)
        try:
            guard.check_token(request.headers.get("authorization"), self._token)
            data = await checked_body(request)
            self._limit.check(messages.sender_of(data))
            return await answer(request, data, *further)
        except messages.BadRequest as error:
            METRICS.add("acu_refused_total", status=str(error.status))
            headers = {"Retry-After": str(error.seconds)} if isinstance(error, guard.TooMany) else {}
            return response.json({"error": error.sentence}, status=error.status, headers=headers)

    async def _export(self, request: Request, data: dict[str, Any]) -> BaseHTTPResponse:
        """Hand out everything that is stored about a sender, as it is stored."""
        sender = messages.sender_of(data)
        return response.json(await messages.exported(request.app.ctx.agent, sender))

    async def _forget(self, request: Request, data: dict[str, Any]) -> BaseHTTPResponse:
        """Delete everything that is stored about a sender."""
        forgotten = await messages.forget(request.app.ctx.agent, messages.sender_of(data))
        return response.json({"forgotten": forgotten})

    async def _message(
        self, request: Request, data: dict[str, Any], handle: Handler
    ) -> BaseHTTPResponse | None:
        sender, metadata = messages.sender_of(data), messages.metadata_of(data)
        channel = messages.channel_of(data, self.name())
        prepared = messages.prepare(messages.message_of(data))
        output = TurnOutput(channel)
        turn = None
        if prepared.response is None:
            message_id = message_id_of(data, request.headers.get(HEADER))
            message = UserMessage(
                prepared.text, output, sender, input_channel=channel, metadata=metadata, message_id=message_id
            )
            turn = Turn(forgetting(request.app, handle, message_id), message)
        replies = self._replies(sender, channel, prepared, turn)
        if str(request.args.get("stream", "")).lower() == "true":
            # Labelled as stock Rasa labels it, although it is one JSON object per line.
            return await send_lines(request, replies, "text/event-stream")
        return response.json([reply async for reply in replies])

    async def _replies(self, sender: str, channel: str, prepared: messages.Prepared, turn: Turn | None):
        if turn is not None:
            async for message in turn.messages(self._seconds):
                yield message
        missing = prepared.response if turn is None else turn.missing
        if missing is not None:
            words = self._given_words or wording()
            yield {"recipient_id": sender, "text": words.text(missing, channel=channel)}


async def checked_body(request: Request) -> dict[str, Any]:
    """Return the JSON object a request carries, after everything that speaks against reading it."""
    messages.check_origin(request.headers.get("origin"), request.headers.get("host"))
    messages.check_json(request.headers.get("content-type"))
    body = b""
    while len(body) <= messages.MAX_BODY and (chunk := await request.stream.read()):
        body += chunk
    # The server reads the rest only to throw it away; this is where it hangs up.
    request.stream.request_max_size = 16 * messages.MAX_BODY
    return messages.read_json(body)


async def send_lines(request: Request, replies: Any, content_type: str) -> None:
    """Send messages as they come, one JSON object per line."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = await request.respond(content_type=content_type, headers=headers)
    async for reply in replies:
        await stream.send(json.dumps(reply) + "\n")
    await stream.eof()


def forgetting(app: Any, handle: Handler, message_id: str | None = None) -> Handler:
    """Return a handler that deletes the conversation once the assistant has said that it is forgotten.

    The action that says so runs in another process and cannot reach the tracker store. A message with an id is
    answered once, however often it comes.
    """
    answer = once(app, handle, message_id)

    async def handled(message: UserMessage) -> None:
        await answer(message)
        if messages.has_card(message.output_channel.messages, "forgotten"):
            await messages.forget(app.ctx.agent, message.sender_id)

    return handled
