"""The gateway: ``python -m voice.gateway`` takes speech by HTTP, WebSocket and Wyoming, and answers in speech."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import secrets
import signal
import sys
from collections import OrderedDict
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from acupressure.catalog import load
from voice import house
from voice.assistant import Answer, Assistant, NoAssistant, sender_name
from voice.audio import MAX_BYTES, RATE, Audio, BadAudio, read_wav
from voice.confirm import Confirmer
from voice.ear import utterance_in
from voice.engines import Engines, as_events
from voice.recognise import Heard
from voice.session import DOUBTFUL, Clock, Pending, Session
from voice.settings import Settings, WrongSetting, settings
from voice.words import is_heard_as, say

logger = logging.getLogger(__name__)

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_LONGEST_TEXT = 4_000
_PIECE = 64 * 1024
_MOST_VISITORS = 100
_WAV = "audio/wav"


T = TypeVar("T")


class Newest(OrderedDict[str, T]):
    """What is kept of the visitors that came last."""

    def keep(self, who: str, what: T) -> None:
        """Keep something of a visitor, and forget the oldest where there are too many."""
        self[who] = what
        self.move_to_end(who)
        while len(self) > _MOST_VISITORS:
            self.popitem(last=False)


class Gateway:
    """The engines, the assistant, and the ways in."""

    def __init__(self, wanted: Settings, clock: Clock | None = None) -> None:
        self.wanted, self._clock = wanted, clock
        catalog = load()
        self.engines = Engines(wanted, catalog)
        self.assistant = Assistant(wanted.assistant)
        self.confirmer = Confirmer(catalog)
        self._runner: web.AppRunner | None = None
        self._home: house.House | None = None
        self.sockets: set[web.WebSocketResponse] = set()
        self._heard: Newest[Heard] = Newest()
        self._asked: Newest[Pending] = Newest()

    def remember_heard(self, who: str, heard: Heard) -> None:
        """Keep how a text was heard until its conversation asks: that is another connection, without the sound."""
        self._heard.keep(who, heard)

    def heard_before(self, who: str, text: str) -> Heard | None:
        """Return how a text was heard, None where it was not heard here."""
        heard = self._heard.get(who)
        return heard if heard and heard.text == text else None

    async def start(self) -> None:
        """Listen."""
        app = web.Application(client_max_size=MAX_BYTES)
        app.add_routes(
            [
                web.get("/health", self._health),
                web.post("/voice", self._voice),
                web.post("/hear", self._hear),
                web.post("/speak", self._speak),
                web.get("/ws", self._socket),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2, lingering_time=3)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.wanted.host, self.wanted.port).start()
        self._home = house.House(self)
        await self._home.start(self.wanted.host, self.wanted.wyoming_port)

    async def stop(self) -> None:
        """Stop listening and hang up."""
        for socket in list(self.sockets):
            with suppress(Exception):
                await asyncio.wait_for(socket.close(), 1)
        if self._home is not None:
            await self._home.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.assistant.close()

    # HTTP

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "asr": self.engines.asr.name, "tts": self.engines.tts.name})

    async def _voice(self, request: web.Request) -> web.Response:
        """Answer a recording: JSON with words, cards and speech, or the speech alone for ``Accept: audio/wav``."""
        if not self._may(request):
            return web.json_response(
                {"error": "Requests from pages of another site are not answered here."}, status=403
            )
        sender = (
            request.query.get("sender") or request.headers.get("X-Sender") or f"voice-{secrets.token_hex(8)}"
        )
        try:
            audio = read_wav(await _body(request))
            heard = await self.listen(audio)
        except BadAudio as bad:
            status = {"too_big": 413, "silence": 200}.get(bad.words, 400)
            return await self._said(request, say(bad.words), Heard(""), (), status)
        answer, words = await self.answer(sender_name(sender), heard)
        return await self._said(request, words, heard, answer.messages if answer else (), 200)

    async def listen(self, audio: Audio) -> Heard:
        """Return what somebody says in a recording.

        Raises:
            BadAudio: nobody speaks in it.
        """
        found = await asyncio.get_running_loop().run_in_executor(None, utterance_in, audio)
        heard = await self.engines.hear(as_events(found[1]), found[0]) if found else Heard("")
        if not heard.text:
            raise BadAudio("silence")
        return heard

    async def answer(self, sender: str, heard: Heard) -> tuple[Answer | None, str]:
        """Return the assistant's answer to an utterance and what is said."""
        if heard.agreement < DOUBTFUL / 2 and not heard.sound:
            return None, say("not_caught")
        text, told, asked = heard.text, {}, self._asked.pop(sender, None)
        if asked and is_heard_as("no", text):
            return None, say("say_again")
        if asked and is_heard_as("yes", text):
            text, heard, told = asked.text, asked.heard, {"confirmed": True}
        try:
            answer = await self.assistant.say(sender, text, heard, **told)
        except NoAssistant as trouble:
            logger.warning("the assistant does not answer: %s", trouble)
            return None, say("no_assistant")
        if answer.unsure and answer.ask:
            self._asked.keep(sender, Pending(answer.text, heard))
            return answer, say("did_you_say", text=answer.text)
        if answer.unsure:
            return answer, say("not_caught")
        return answer, answer.speech

    async def _said(
        self, request: web.Request, words: str, heard: Heard, messages: Any, status: int
    ) -> web.Response:
        sound = (await self.engines.speak(words)).wav() if words else b""
        if request.headers.get("Accept", "").startswith(_WAV):
            return web.Response(body=sound, content_type=_WAV, status=status)
        told = {
            "heard": {
                "text": heard.text,
                "agreement": round(heard.agreement, 2),
                "alternatives": list(heard.alternatives),
            },
            "messages": list(messages),
            "speech": words,
            "audio": base64.b64encode(sound).decode(),
        }
        return web.json_response(told, status=status)

    async def _hear(self, request: web.Request) -> web.Response:
        """Return the words of a recording and ask nobody: for pages that have a conversation of their own.

        JSON with ``text``, empty where nobody speaks, and ``agreement`` of the two recognisers, from 0 to 1.
        """
        if not self._may(request):
            return web.json_response(
                {"error": "Requests from pages of another site are not answered here."}, status=403
            )
        try:
            heard = await self.listen(read_wav(await _body(request)))
        except BadAudio as bad:
            status = {"too_big": 413, "silence": 200}.get(bad.words, 400)
            said = {} if status == 200 else {"error": say(bad.words)}
            return web.json_response({"text": "", "agreement": 0.0, **said}, status=status)
        return web.json_response({"text": heard.text, "agreement": round(heard.agreement, 2)})

    async def _speak(self, request: web.Request) -> web.Response:
        """Return a text as a WAV file, for pages whose browser has no voice."""
        if not self._may(request):
            return web.json_response(
                {"error": "Requests from pages of another site are not answered here."}, status=403
            )
        try:
            text = json.loads(await _body(request))["text"]
        except (ValueError, KeyError, TypeError, BadAudio):
            text = None
        if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST_TEXT:
            return web.json_response({"error": 'Please send {"text": "..."}.'}, status=400)
        return web.Response(body=(await self.engines.speak(text)).wav(), content_type=_WAV)

    def _may(self, request: web.Request) -> bool:
        """Tell whether a request may come in: no page of another site, and no foreign name for this machine."""
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
        allowed = {*_LOOPBACK, self.wanted.host, *self.wanted.hosts}
        origin = request.headers.get("Origin")
        return host in allowed and (origin is None or (urlsplit(origin).hostname or "") in allowed)

    # WebSocket

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        """Talk: sound of the microphone comes in as binary messages, everything else is JSON."""
        if not self._may(request):
            return web.json_response(
                {"error": "Requests from pages of another site are not answered here."}, status=403
            )
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=1024 * 1024)
        await socket.prepare(request)
        self.sockets.add(socket)

        async def out(event: dict[str, Any], sound: bytes) -> None:
            if socket.closed:
                return
            with suppress(ConnectionError):
                await socket.send_json(event)
                if sound:
                    await socket.send_bytes(sound)

        query = request.query
        session = Session(
            self.engines, self.assistant, self.confirmer,
            sender_name(query.get("sender") or f"voice-{secrets.token_hex(8)}"), out,
            with_sound=query.get("sound") != "off", echo_cancelled=query.get("echo_cancelled") == "true", clock=self._clock,
        )  # fmt: skip
        rate = (
            int(query["rate"])
            if query.get("rate", "").isdecimal() and 8_000 <= int(query["rate"]) <= 48_000
            else RATE
        )
        work: set[asyncio.Task] = set()
        try:
            async for message in socket:
                if message.type == WSMsgType.BINARY:
                    sound = message.data[: len(message.data) // 2 * 2]
                    await session.hear(Audio(sound, rate).at(RATE).pcm)
                elif message.type == WSMsgType.TEXT:
                    # Not awaited: a stop must not wait behind a question.
                    task = asyncio.ensure_future(self._told(session, message.data))
                    work.add(task)
                    task.add_done_callback(work.discard)
        finally:
            self.sockets.discard(socket)
            for task in work:
                task.cancel()
            await session.close()
        return socket

    @staticmethod
    async def _told(session: Session, data: str) -> None:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            return
        if not isinstance(event, dict):
            return
        if event.get("type") == "stop":
            await session.stop()
        elif event.get("type") == "text" and isinstance(event.get("text"), str) and event["text"].strip():
            await session.text(event["text"][:_LONGEST_TEXT])


async def _body(request: web.Request) -> bytes:
    """Return the body of a request; one that is too big is read no further than that."""
    body = bytearray()
    async for piece in request.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > MAX_BYTES:
            raise BadAudio("too_big")
    return bytes(body)


async def serve(wanted: Settings) -> None:
    """Run until told to stop."""
    gateway = Gateway(wanted)
    stopped = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stopped.set)
    await gateway.start()
    print(
        f"Voice: http://{wanted.host}:{wanted.port}/  Wyoming: tcp://{wanted.host}:{wanted.wyoming_port}",
        flush=True,
    )
    try:
        await gateway.engines.load()
        await stopped.wait()
    finally:
        await gateway.stop()


def main() -> int:
    """Run the gateway as the environment says."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        asyncio.run(serve(settings()))
    except (WrongSetting, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
