"""Speech for the chat page: hands sound to the voice gateway on this machine, so that the page asks nobody else."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from acupressure.wording import for_ear
from channels import guard
from channels.messages import BadRequest
from channels.rest import checked_body

logger = logging.getLogger(__name__)

MAX_SOUND = 2 * 1024 * 1024
"""Bytes of a recording that are read: 15 seconds at 48 kHz, and some more."""
MAX_TEXT = 1_000
"""Characters that are spoken at once: a page sends a few sentences at a time."""
HEAR_SECONDS, SPEAK_SECONDS = 15.0, 10.0
THERE_SECONDS, BELIEVED_SECONDS = 1.0, 5.0
"""How long the gateway may take to say that it is there, and how long that is believed."""
HEARS = (20, 1.0)
"""Recordings of one session: so many at once, then one more every so many seconds."""
SPEAKS = (40, 0.7)
_WAV = "audio/wav"


def gateway_address() -> str | None:
    """Return where the voice gateway of this machine listens, as `make run` starts it; None where it is off."""
    if os.environ.get("VOICE", "").strip().lower() == "off":
        return None
    host = os.environ.get("VOICE_HOST", "").strip()
    host = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host
    return f"http://{host}:{os.environ.get('VOICE_PORT', '').strip() or 5105}"


class Spoken:
    """The page's routes for speech.

    Args:
        gateway: address of the voice gateway; None where there is none.
        allow: refuses a request that is not from our page, before anything is read.
        caller: returns whose session a request belongs to, and refuses those without one.
        hears, speaks: how often one session may ask.
        seconds: how long the gateway may take to hear and to speak.
    """

    def __init__(
        self,
        gateway: str | None,
        allow: Callable[[Request], None],
        caller: Callable[[Request], str],
        hears: tuple[int, float] = HEARS,
        speaks: tuple[int, float] = SPEAKS,
        seconds: tuple[float, float] = (HEAR_SECONDS, SPEAK_SECONDS),
    ) -> None:
        self._gateway, self._allow, self._caller = gateway, allow, caller
        self._hears, self._speaks = guard.pace(*hears), guard.pace(*speaks)
        self._hear_seconds, self._speak_seconds = seconds
        self._asked, self._is_there = float("-inf"), False
        self._kept: aiohttp.ClientSession | None = None

    async def voice(self, request: Request) -> HTTPResponse:
        """Say whether there is somebody who hears and speaks."""
        self._allow(request)
        if self._gateway and time.monotonic() - self._asked > BELIEVED_SECONDS:
            try:
                status, _, _ = await self._ask("GET", "health", THERE_SECONDS)
            except BadRequest:
                status = 503
            self._asked, self._is_there = time.monotonic(), status == 200
        return response.json({"there": self._is_there}, headers={"Cache-Control": "no-store"})

    async def hear(self, request: Request) -> HTTPResponse:
        """Return the words of a recording: a WAV file in, ``{"text", "agreement"}`` out."""
        self._allow(request)
        caller = self._caller(request)
        if (request.headers.get("content-type") or "").split(";")[0].strip().lower() != _WAV:
            raise BadRequest(415, "Please send a recording with the header Content-Type: audio/wav.")
        sound = await _sound(request)
        self._hears.check(caller)
        return await self._hand_on("hear", self._hear_seconds, data=sound, headers={"Content-Type": _WAV})

    async def speak(self, request: Request) -> HTTPResponse:
        """Return a text as a WAV file: ``{"text"}`` in."""
        self._allow(request)
        caller = self._caller(request)
        text = (await checked_body(request)).get("text")
        if not isinstance(text, str) or not text.strip():
            raise BadRequest(400, "The field `text` is missing or not a text.")
        if len(text) > MAX_TEXT:
            raise BadRequest(413, f"The text is too long: {MAX_TEXT} characters are spoken at once.")
        self._speaks.check(caller)
        return await self._hand_on("speak", self._speak_seconds, json={"text": for_ear(text)})

    async def _hand_on(self, path: str, seconds: float, **sent: Any) -> HTTPResponse:
        status, kind, body = await self._ask("POST", path, seconds, **sent)
        if status >= 500:
            raise _away()
        return response.raw(body, status, {"Cache-Control": "no-store"}, kind)

    async def _ask(self, method: str, path: str, seconds: float, **sent: Any) -> tuple[int, str, bytes]:
        """Return status, type and content of the gateway's answer; 503 where it has none in time."""
        if self._gateway is None:
            raise _away()
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._kept.request(
                method, f"{self._gateway}/{path}", timeout=timeout, allow_redirects=False, **sent
            ) as answer:
                return answer.status, answer.content_type, await answer.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            self._asked, self._is_there = time.monotonic(), False
            logger.info("The voice gateway does not answer: %s", error or type(error).__name__)
            raise _away() from None

    async def close(self) -> None:
        """Hang up."""
        if self._kept is not None:
            await self._kept.close()


def _away() -> BadRequest:
    return BadRequest(503, "The voice of the guide does not answer just now. Please type instead.")


async def _sound(request: Request) -> bytes:
    """Return the recording that a request carries, reading no more than is listened to."""
    body = bytearray()
    while len(body) <= MAX_SOUND and (chunk := await request.stream.read()):
        body += chunk
    # The server reads the rest only to throw it away; this is where it hangs up.
    request.stream.request_max_size = 2 * MAX_SOUND
    if len(body) > MAX_SOUND:
        raise BadRequest(413, "The recording is too long. Please ask in less than a quarter of a minute.")
    return bytes(body)
