"""The chat page and its API, served by Rasa itself: one process, one origin, closed to other sites."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from acupressure.cards import picture
from acupressure.catalog import catalog
from acupressure.maps import map_of_body, map_of_point
from acupressure.text import clean
from acupressure.wording import Wording, wording
from channels import guard, messages
from channels.deadline import TURN_SECONDS, DeadlineEndpoint, Turn, TurnOutput, watch
from channels.files import TYPES, WEB, content, language_file
from channels.messages import BadRequest
from channels.once import message_id_of
from channels.rest import Handler, checked_body, forgetting, send_lines
from channels.spoken import Spoken, gateway_address
from channels.squeeze import squeezed

logger = logging.getLogger(__name__)

LOOPBACK = ("localhost", "127.0.0.1", "::1")
COOKIE = "acupressure_session"
COOKIE_DAYS = 90
PATIENCE_SECONDS = 60.0
"""How long the page's connection stays open for a turn that takes longer than it should."""
HEALTH_SECONDS = 2.0
"""How long a health check of the action server is believed."""
MESSAGES = (20, 1.5)
"""Messages of one session: so many at once, then one more every so many seconds."""
SESSIONS = (120, 0.5)
"""New sessions for one address; generous, since a household or an office has one."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_MAP = re.compile(r"([A-Za-z0-9-]+?)(?:-(left|right))?\.svg")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class WebInput(InputChannel):
    """The page under ``prefix`` and its API, answering to loopback names and those in ``hosts``."""

    def __init__(
        self,
        prefix: str = "/chat",
        hosts: tuple[str, ...] = (),
        words: Wording | None = None,
        seconds: float = TURN_SECONDS,
        messages_pace: tuple[int, float] = MESSAGES,
        sessions_pace: tuple[int, float] = SESSIONS,
        voice: str | None = None,
        voice_limits: dict[str, Any] | None = None,
    ) -> None:
        self._prefix = "/" + prefix.strip("/")
        if self._prefix == "/":
            raise ValueError("channels.web: the prefix cannot be '/', which belongs to Rasa")
        self._hosts = (*LOOPBACK, *hosts)
        self._given_words, self._seconds = words, seconds
        self._messages, self._sessions = guard.pace(*messages_pace), guard.pace(*sessions_pace)
        self._spoken = Spoken(voice, self._check, _sender, **(voice_limits or {}))
        self._health: tuple[float, str | None] = (float("-inf"), None)

    @classmethod
    def name(cls) -> str:
        """Return the name under which conversations of the page are stored."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebInput:
        """Return the channel as rasa/credentials.yml describes it."""
        settings = dict(credentials or {})
        prefix, hosts = settings.pop("prefix", "/chat"), settings.pop("hosts", None) or ()
        voice = str(settings.pop("voice", None) or "").rstrip("/") or gateway_address()
        if settings:
            raise ValueError(f"channels.web: unknown settings {', '.join(sorted(settings))}")
        return cls(prefix, (hosts,) if isinstance(hosts, str) else tuple(hosts), voice=voice)

    def url_prefix(self) -> str:
        """Return where the page is: the leading slash takes it out of /webhooks/."""
        return self._prefix

    def get_output_channel(self) -> OutputChannel:
        """Return where reminders go: into the tracker, from which the page's history is read."""
        return CollectingOutputChannel()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes of the page and its API."""
        blueprint = Blueprint("web_channel")
        watch(blueprint)

        @blueprint.listener("before_server_start")
        async def lead_home(app: Sanic, *_: Any) -> None:
            app.register_middleware(self._lead_home, "request")

        @blueprint.listener("before_server_stop")
        async def hang_up(*_: Any) -> None:
            await self._spoken.close()

        @blueprint.on_response
        async def protect(_: Request, answer: BaseHTTPResponse) -> None:
            answer.headers.update(_HEADERS)

        def route(method: str, path: str, handler: Callable[..., Awaitable[Any]], **kwargs: Any) -> None:
            name = handler.__name__.strip("_")
            blueprint.add_route(_guarded(handler), path, methods=[method], name=name, **kwargs)

        async def message(request: Request) -> None:
            await self._message(request, on_new_message)

        route("GET", "/", self._page)
        route("GET", "/<path:path>", self._file)
        route("GET", "/maps/<name:str>", self._map)
        route("GET", "/words.json", self._page_words)
        route("GET", "/api/health", self._healthy)
        route("GET", "/api/history", self._history)
        route("POST", "/api/session", self._session, stream=True)
        route("POST", "/api/message", message, stream=True)
        route("POST", "/api/forget", self._forget, stream=True)
        route("GET", "/api/voice", self._spoken.voice)
        route("POST", "/api/hear", self._spoken.hear, stream=True)
        route("POST", "/api/speak", self._spoken.speak, stream=True)
        return blueprint

    # The page

    async def _lead_home(self, request: Request) -> BaseHTTPResponse | None:
        """Send people who open the bare address to the page; programs still get Rasa's greeting."""
        if (
            request.path == "/"
            and request.method == "GET"
            and "text/html" in request.headers.get("accept", "")
        ):
            return response.redirect(f"{self._prefix}/")
        return None

    async def _page(self, request: Request) -> BaseHTTPResponse:
        if not request.path.endswith("/"):
            return response.redirect(f"{self._prefix}/")
        return await self._file(request, "index.html")

    async def _file(self, request: Request, path: str) -> BaseHTTPResponse:
        """Return a file of ``web/``."""
        self._check_host(request)
        # The router sends both the bare prefix and the prefix with its slash to whichever route it likes.
        file = (WEB / (path or "index.html")).resolve()
        if WEB not in file.parents or file.suffix not in TYPES or not file.is_file():
            raise BadRequest(404, "There is no such file.")
        return content(request, squeezed(file.read_bytes(), file.suffix), TYPES[file.suffix])

    async def _map(self, request: Request, name: str) -> BaseHTTPResponse:
        """Return the body map of a point, of one side of it, or of the whole body."""
        self._check_host(request)
        found = _MAP.fullmatch(name)
        point = catalog().points.get(found[1]) if found else None
        if name == "body.svg":
            drawn = map_of_body(self._words)
        elif point and picture(point):
            drawn = map_of_point(point, self._words, found[2])
        else:
            raise BadRequest(404, "There is no such file.")
        return content(request, drawn.encode(), TYPES[".svg"])

    async def _page_words(self, request: Request) -> BaseHTTPResponse:
        """Return the page's own words in the language that the browser asks for and we have."""
        self._check_host(request)
        file = language_file(request.headers.get("accept-language", ""))
        answer = content(request, file.read_bytes(), TYPES[".json"])
        answer.headers["Vary"] = "Accept-Language, Accept-Encoding"
        return answer

    # The API

    async def _session(self, request: Request) -> BaseHTTPResponse:
        """Give the browser a session, unless it brings one."""
        self._check(request)
        await checked_body(request)
        if _token(request):
            return _json({"session": "kept"})
        self._sessions.check(guard.caller_of(request))
        return _with_new_session(request, {"session": "new"})

    async def _message(self, request: Request, handle: Handler) -> None:
        """Answer a message line by line, as the assistant makes its replies."""
        self._check(request)
        sender = _sender(request)
        data = await checked_body(request)
        self._messages.check(sender)
        message_id = message_id_of(data, None)
        prepared = messages.prepare(messages.message_of(data))
        turn = None
        if prepared.response is None:
            if data.get("replaces") is True:
                handle = _replacing(request.app, handle)
            message = UserMessage(
                prepared.text,
                TurnOutput(self.name()),
                sender,
                input_channel=self.name(),
                metadata=_metadata(data),
                message_id=message_id,
            )
            turn = Turn(forgetting(request.app, handle, message_id), message)
        await send_lines(request, self._lines(prepared, turn), "application/x-ndjson; charset=utf-8")

    async def _lines(self, prepared: messages.Prepared, turn: Turn | None) -> AsyncIterator[dict[str, Any]]:
        missing = prepared.response
        if turn is not None:
            async for message in turn.messages(self._seconds):
                yield _line(message)
            if turn.missing == messages.BUSY:
                # Said while waiting, not instead of the answer: that still comes on this connection.
                yield {"text": self._say(messages.BUSY), "waiting": True}
                async for message in turn.messages(PATIENCE_SECONDS):
                    yield _line(message)
            missing = turn.missing
        if missing is not None:
            yield {"text": self._say(missing)}
        yield {"done": True}

    async def _history(self, request: Request) -> BaseHTTPResponse:
        """Return what was said. The full tracker: the plain one begins with Rasa's last session."""
        self._check(request)
        tracker = await request.app.ctx.agent.tracker_store.retrieve_full_tracker(_sender(request))
        said = messages.history(tracker.events if tracker else [])
        return _json({"messages": [_line(m) for m in said]})

    async def _forget(self, request: Request) -> BaseHTTPResponse:
        """Delete the conversation and begin a new session."""
        self._check(request)
        sender = _sender(request)
        await checked_body(request)
        try:
            forgotten = await asyncio.wait_for(
                messages.forget(request.app.ctx.agent, sender), PATIENCE_SECONDS
            )
        except Exception:
            logger.exception("A conversation could not be deleted")
            raise BadRequest(500, "The conversation could not be deleted. Please try again.") from None
        return _with_new_session(request, {"forgotten": forgotten})

    async def _healthy(self, request: Request) -> BaseHTTPResponse:
        """Say whether a message would be answered. Open to every host name: probes call by address."""
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return _json({"status": "starting", "reason": "The assistant has no model yet."}, status=503)
        reason = await self._action_trouble(agent.action_endpoint)
        return (
            _json({"status": "failing", "reason": reason}, status=503) if reason else _json({"status": "ok"})
        )

    async def _action_trouble(self, endpoint: Any) -> str | None:
        """Return what is wrong with the action server; an answer counts for a moment."""
        if not isinstance(endpoint, DeadlineEndpoint):
            return "No action server is configured."
        asked, trouble = self._health
        if time.monotonic() - asked > HEALTH_SECONDS:
            trouble = None if await endpoint.is_alive() else "The action server does not answer."
            self._health = (time.monotonic(), trouble)
        return trouble

    def _check(self, request: Request) -> None:
        self._check_host(request)
        messages.check_origin(request.headers.get("origin"), request.headers.get("host"))

    def _check_host(self, request: Request) -> None:
        messages.check_host(request.headers.get("host"), self._hosts)

    def _say(self, name: str) -> str:
        return self._words.text(name, channel=self.name())

    @property
    def _words(self) -> Wording:
        return self._given_words or wording()


def _guarded(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return a handler whose refusals become answers."""

    async def guarded(request: Request, **kwargs: Any) -> BaseHTTPResponse | None:
        try:
            return await handler(request, **kwargs)
        except BadRequest as error:
            answer = _json({"error": error.sentence}, status=error.status)
            if isinstance(error, guard.TooMany):
                answer.headers["Retry-After"] = str(error.seconds)
            return answer

    return guarded


def _replacing(app: Sanic, handle: Handler) -> Handler:
    """Return a handler that takes the last message back first: once, however often the turn has to run."""
    is_taken_back = False

    async def handled(message: UserMessage) -> None:
        nonlocal is_taken_back
        if not is_taken_back:
            await messages.take_back(app.ctx.agent, message.sender_id)
            is_taken_back = True
        await handle(message)

    return handled


def _json(data: dict[str, Any], status: int = 200) -> HTTPResponse:
    return response.json(data, status=status, headers={"Cache-Control": "no-store"})


def _line(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message without the name of the conversation, which is nobody's business in a browser."""
    return {key: value for key, value in message.items() if key != "recipient_id"}


def _metadata(data: dict[str, Any]) -> dict[str, Any]:
    """Return what the history needs: the title of a pressed button, and whether this starts over."""
    title = data.get("title")
    kept = {"title": clean(title)[: messages.MAX_TITLE]} if isinstance(title, str) else {}
    return {**kept, "fresh": True} if data.get("fresh") is True else kept


def _token(request: Request) -> str | None:
    token = request.cookies.get(COOKIE)
    return token if token and _TOKEN.fullmatch(token) else None


def _sender(request: Request) -> str:
    """Return the conversation of a session: a digest, so that logs and stores never hold the key to it."""
    token = _token(request)
    if token is None:
        raise BadRequest(401, "There is no session yet. Please open one first.")
    return f"web-{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _with_new_session(request: Request, data: dict[str, Any]) -> BaseHTTPResponse:
    answer = _json(data)
    answer.cookies[COOKIE] = secrets.token_urlsafe(32)
    cookie = answer.cookies[COOKIE]
    cookie["httponly"], cookie["samesite"], cookie["max-age"] = True, "Strict", COOKIE_DAYS * 86_400
    cookie["path"] = request.path.rsplit("/api/", 1)[0]
    cookie["secure"] = "https" in (request.scheme, request.headers.get("x-forwarded-proto"))
    return answer
