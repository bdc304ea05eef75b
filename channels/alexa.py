"""The endpoint of an Alexa skill."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import aiohttp
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from acupressure.wording import Wording, for_ear, wording
from channels import messages, proof
from channels.deadline import Turn, TurnOutput, watch
from channels.rest import Handler, forgetting
from channels.skill import at, skill, told

logger = logging.getLogger(__name__)

SECONDS = 6.0
"""Alexa waits eight seconds for the whole answer."""
MOST_SPEECH = 7_000
"""Characters of speech that are sent; Alexa takes eight thousand."""
LONGEST_BREAK, MOST_BREAKS = 10, 9
REPROMPT, GOODBYE = "utter_channel_reprompt", "utter_smalltalk_goodbye"
_CHAINS_KEPT = 8

Fetch = Callable[[str], Awaitable[bytes]]


class AlexaInput(InputChannel):
    """``POST /webhooks/alexa/webhook``, for one skill, whose id stands in rasa/credentials.yml."""

    def __init__(
        self,
        skill_id: str,
        roots: bytes | None = None,
        fetch: Fetch | None = None,
        words: Wording | None = None,
        seconds: float = SECONDS,
    ) -> None:
        if not skill_id:
            raise ValueError("channels.alexa: skill_id is missing: any skill could speak for yours")
        self._skill_id, self._given_words, self._seconds = skill_id, words, seconds
        self._roots = proof.trusted_roots(roots if roots is not None else _known_roots())
        self._fetch = fetch or fetched
        self._chains: dict[str, bytes] = {}

    @classmethod
    def name(cls) -> str:
        """Return the name in the address."""
        return "alexa"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> AlexaInput:
        """Return the channel as rasa/credentials.yml describes it."""
        settings = dict(credentials or {})
        skill_id = settings.pop("skill_id", "")
        if settings:
            raise ValueError(f"channels.alexa: unknown settings {', '.join(sorted(settings))}")
        return cls(skill_id)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes of the channel."""
        blueprint = Blueprint("alexa_channel")
        watch(blueprint)

        @blueprint.get("/")
        async def health(_: Request) -> BaseHTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> BaseHTTPResponse:
            try:
                data = await self.proven(request.headers, request.body or b"")
            except proof.Forged as reason:
                logger.warning("a request that says it is Alexa's was refused: %s", reason)
                return response.json({"error": "The request is not signed as it must be."}, status=400)
            return response.json(await self._answer(request.app, data, on_new_message))

        return blueprint

    # Is it Alexa?

    async def proven(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Return the request, if Alexa signed it a moment ago and it is for our skill.

        Raises:
            Forged: anything about it is not as it must be.
        """
        now = proof.now_utc()
        if len(body) > messages.MAX_BODY:
            raise proof.Forged("too big")
        url = proof.check_chain_url(headers.get("signaturecertchainurl"))
        key = proof.signer(await self._chain(url), self._roots, now)
        proof.check_signature(key, headers.get("signature-256"), body)
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            raise proof.Forged("no JSON") from None
        asked = at(data, "request")
        if not isinstance(asked, dict):
            raise proof.Forged("no request")
        proof.check_time(asked.get("timestamp"), now)
        if at(data, "context", "System", "application", "applicationId") != self._skill_id:
            raise proof.Forged("another skill")
        if "session" in data and at(data, "session", "application", "applicationId") != self._skill_id:
            raise proof.Forged("another skill")
        if not isinstance(at(data, "context", "System", "user", "userId"), str):
            raise proof.Forged("nobody")
        return data

    async def _chain(self, url: str) -> bytes:
        if url not in self._chains:
            try:
                chain = await self._fetch(url)
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                raise proof.Forged(f"no certificates: {type(error).__name__}") from None
            while len(self._chains) >= _CHAINS_KEPT:
                self._chains.pop(next(iter(self._chains)))
            self._chains[url] = chain
        return self._chains[url]

    # The answer

    async def _answer(self, app: Any, data: dict[str, Any], handle: Handler) -> dict[str, Any]:
        kind = data["request"].get("type")
        if kind not in ("LaunchRequest", "IntentRequest"):
            return {"version": "1.0"}  # the end of a session, or an event: nothing may be said to it
        intent = at(data, "request", "intent", "name") if kind == "IntentRequest" else None
        text = told(data["request"]) if kind == "IntentRequest" else skill()["launch"]
        ends = intent in skill()["ends"]
        prepared = messages.prepare(text)
        if prepared.response is not None:
            return self._said([self._words(REPROMPT)], None, ends)
        user = hashlib.sha256(data["context"]["System"]["user"]["userId"].encode()).hexdigest()[:32]
        message = UserMessage(
            prepared.text,
            TurnOutput("voice"),
            f"alexa-{user}",
            input_channel="voice",
            metadata={"intent": str(intent)},
        )
        turn = Turn(forgetting(app, handle), message)
        said = [m async for m in turn.messages(self._seconds)]
        spoken_ = [for_ear(m["text"]) for m in said if m.get("text")]
        if turn.missing is not None:
            spoken_.append(self._words(turn.missing))
        if ends and not any(_card(m, "routine") for m in said):
            return self._said([self._words(GOODBYE)], None, True)
        step = next((c for m in said if (c := _card(m, "step"))), None)
        return self._said(spoken_, step, ends)

    def _said(self, sentences: list[str], step: Mapping[str, Any] | None, ends: bool) -> dict[str, Any]:
        answer: dict[str, Any] = {"outputSpeech": _ssml(" ".join(sentences), step), "shouldEndSession": ends}
        if not ends:
            answer["reprompt"] = {"outputSpeech": _ssml(self._words(REPROMPT), None)}
        return {"version": "1.0", "response": answer}

    def _words(self, name: str) -> str:
        return for_ear((self._given_words or wording()).text(name, channel="voice"))


def _ssml(text: str, step: Mapping[str, Any] | None) -> dict[str, str]:
    """Return speech with the pause in which a point is held: Alexa knows no longer one than ten seconds."""
    seconds = min(int(step.get("seconds") or 0), LONGEST_BREAK * MOST_BREAKS) if step else 0
    breaks = "".join(
        f'<break time="{min(LONGEST_BREAK, seconds - LONGEST_BREAK * i)}s"/>'
        for i in range(math.ceil(seconds / LONGEST_BREAK))
    )
    if len(text) > MOST_SPEECH:
        text = text[:MOST_SPEECH].rsplit(". ", 1)[0] + "."
    return {"type": "SSML", "ssml": f"<speak>{escape(text)}{breaks}</speak>"}


def _card(message: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    card = message.get("custom")
    return card if isinstance(card, Mapping) and card.get("card") == kind else None


async def fetched(url: str) -> bytes:
    """Fetch the certificates of the signer; the address has been checked."""
    timeout = aiohttp.ClientTimeout(total=3)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        if answer.status != 200:
            raise aiohttp.ClientError(f"status {answer.status}")
        return await answer.content.read(proof.MOST_CHAIN)


def _known_roots() -> bytes:
    import certifi

    return Path(certifi.where()).read_bytes()
