"""The home's side of the gateway: a Wyoming server that hears, speaks and converses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.handle import Handled, NotHandled
from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    Describe,
    HandleModel,
    HandleProgram,
    Info,
    TtsProgram,
    TtsVoice,
)  # fmt: skip
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize

from voice.assistant import sender_name
from voice.audio import RATE, BadAudio
from voice.ear import LONGEST_SECONDS
from voice.engines import EngineFailed, at_our_rate
from voice.recognise import Heard

if TYPE_CHECKING:
    from voice.gateway import Gateway

logger = logging.getLogger(__name__)

NAME = "acupressure-guide"
_IDLE_SECONDS = 120.0
_MOST_SOUND = int(60 * RATE * 2)
_LONGEST_TEXT = 4_000


def info(gateway: Gateway) -> Info:
    """Return what this server can do, for whoever asks."""
    by = Attribution(name=NAME, url="")

    def made(name: str, description: str) -> dict[str, Any]:
        return {
            "name": name,
            "attribution": by,
            "installed": True,
            "description": description,
            "version": "1",
        }

    return Info(
        asr=[AsrProgram(**made(NAME, gateway.engines.asr.name), models=[AsrModel(**made("guide", "English"), languages=["en"])])],
        tts=[TtsProgram(**made(NAME, gateway.engines.tts.name), voices=[TtsVoice(**made("guide", "English"), languages=["en"])])],
        handle=[HandleProgram(**made(NAME, "Acupressure guide"), models=[HandleModel(**made("guide", "English"), languages=["en"])])],
    )  # fmt: skip


class House:
    """The server."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._server: asyncio.AbstractServer | None = None
        self._open: set[asyncio.Task] = set()

    async def start(self, host: str, port: int) -> None:
        """Listen. The protocol has no passwords: a host of this machine or of the home only."""
        self._server = await asyncio.start_server(self._connected, host, port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._open.add(task)
        visitor = _Visitor(self._gateway, writer)
        try:
            while True:
                event = await asyncio.wait_for(async_read_event(reader), _IDLE_SECONDS)
                if event is None:
                    break
                await visitor.take(event)
        except (
            asyncio.TimeoutError,
            ConnectionError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            logger.info("a Wyoming client was hung up on: %s", error)
        except Exception:
            logger.exception("a Wyoming client was hung up on")
        finally:
            if task:
                self._open.discard(task)
            with suppress(Exception):
                writer.close()


class _Visitor:
    """One connection."""

    def __init__(self, gateway: Gateway, writer: asyncio.StreamWriter) -> None:
        self._gateway, self._writer = gateway, writer
        self._peer = str((writer.get_extra_info("peername") or ["home"])[0])
        self._sound: bytearray | None = None

    async def _send(self, event: Event) -> None:
        await async_write_event(event, self._writer)

    async def take(self, event: Event) -> None:
        """Answer an event; unknown ones are left alone."""
        if Describe.is_type(event.type):
            await self._send(info(self._gateway).event())
        elif Ping.is_type(event.type):
            await self._send(Pong(text=Ping.from_event(event).text).event())
        elif Transcribe.is_type(event.type) or AudioStart.is_type(event.type):
            self._sound = bytearray()
        elif AudioChunk.is_type(event.type) and self._sound is not None:
            if len(self._sound) < _MOST_SOUND:
                self._sound += at_our_rate(AudioChunk.from_event(event))
        elif AudioStop.is_type(event.type) and self._sound is not None:
            sound, self._sound = bytes(self._sound), None
            await self._send(Transcript(text=await self._heard(sound), language="en").event())
        elif Synthesize.is_type(event.type):
            await self._speak(Synthesize.from_event(event))
        elif Transcript.is_type(event.type):
            await self._handle(Transcript.from_event(event))

    async def _heard(self, sound: bytes) -> str:
        from voice.audio import Audio

        try:
            heard = await self._gateway.listen(Audio(sound[: int(2 * LONGEST_SECONDS * 2 * RATE)]))
        except BadAudio:
            return ""
        self._gateway.remember_heard(self._peer, heard)
        return heard.text

    async def _speak(self, wanted: Synthesize) -> None:
        try:
            async for event in self._spoken(wanted):
                await self._send(event)
        except EngineFailed as failure:
            await self._send(Error(text=str(failure), code="tts-failed").event())

    async def _spoken(self, wanted: Synthesize) -> AsyncIterator[Event]:
        if not wanted.text.strip() or len(wanted.text) > _LONGEST_TEXT:
            raise EngineFailed("there is nothing to say, or too much")
        audio = await self._gateway.engines.speak(wanted.text)
        yield AudioStart(rate=audio.rate, width=2, channels=1).event()
        for place in range(0, len(audio.pcm), 4_096):
            sound = audio.pcm[place : place + 4_096]
            yield AudioChunk(rate=audio.rate, width=2, channels=1, audio=sound).event()
        yield AudioStop().event()

    async def _handle(self, said: Transcript) -> None:
        """Answer a text: one conversation for each satellite, whatever conversation its house thinks it is in."""
        context = said.context if isinstance(said.context, dict) else {}
        who = next(
            (str(context[k]) for k in ("satellite_id", "device_id", "conversation_id") if context.get(k)),
            self._peer,
        )
        text = str(said.text).strip()[:_LONGEST_TEXT]
        if not text:
            await self._send(NotHandled(text="", context=context or None).event())
            return
        heard = self._gateway.heard_before(self._peer, text) or Heard(text)
        answer, words = await self._gateway.answer(sender_name("home", who), heard)
        kind = Handled if answer and not answer.unsure else NotHandled
        await self._send(kind(text=words, context=context or None).event())
