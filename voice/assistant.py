"""The assistant, as the gateway reaches it: over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from acupressure.wording import for_ear
from voice.recognise import Heard

SECONDS = 12.0
_ODD = re.compile(r"[^A-Za-z0-9_.:@+-]+")


class NoAssistant(Exception):
    """The assistant gave no answer."""


@dataclass(frozen=True)
class Answer:
    """What the assistant said to one utterance."""

    text: str
    """What it took the utterance for."""
    messages: tuple[Mapping[str, Any], ...] = ()
    unsure: bool = False
    """It took nothing: what was heard makes no sense to it, or was not meant for it."""
    ask: bool = False
    """It is worth asking whether ``text`` was said."""

    @property
    def cards(self) -> list[Mapping[str, Any]]:
        """The cards in order."""
        return [m["custom"] for m in self.messages if isinstance(m.get("custom"), Mapping)]

    @property
    def speech(self) -> str:
        """All of it for the ear."""
        return " ".join(filter(None, (for_ear(m["text"]) for m in self.messages if m.get("text"))))


def sender_name(*parts: str) -> str:
    """Return a name for a conversation out of whatever names a client has."""
    return _ODD.sub("-", "-".join(part for part in parts if part))[:128] or "voice"


class Assistant:
    """Talks to the assistant's voice channel."""

    def __init__(self, address: str, seconds: float = SECONDS) -> None:
        self._url, self._seconds = f"{address}/webhooks/voice/webhook", seconds
        self._session: aiohttp.ClientSession | None = None

    async def say(self, sender: str, text: str, heard: Heard | None = None, **told: Any) -> Answer:
        """Return the answer to a text.

        Args:
            told: what else is known of how it was heard, such as ``confirmed`` or ``barge_in``.
        """
        body: dict[str, Any] = {"sender": sender, "message": text}
        if heard is not None:
            told = {
                "agreement": heard.agreement, "confidence": heard.confidence, "seconds": heard.seconds,
                "alternatives": list(heard.alternatives), "witness": heard.witness, "margin": heard.margin, "noisy": heard.noisy,
                "fluent": dict(heard.fluent), "sound": dict(heard.sound), "decoder": heard.decoder, "named": dict(heard.named),
                **told,
            }  # fmt: skip
        if told:
            body["heard"] = told
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._seconds))
        try:
            async with self._session.post(self._url, json=body) as response:
                if response.status != 200:
                    raise NoAssistant(f"status {response.status}")
                data = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise NoAssistant(str(error) or type(error).__name__) from error
        return Answer(data["text"], tuple(data["messages"]), bool(data["unsure"]), bool(data.get("ask")))

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()
