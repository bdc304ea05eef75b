"""Calls by telephone: the voice webhooks of a telephone service, answered in TwiML."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape, quoteattr

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from acupressure.catalog import catalog
from acupressure.wording import Wording, for_ear, wording
from channels import messages, proof
from channels.deadline import Turn, TurnOutput, watch
from channels.rest import Handler, forgetting

logger = logging.getLogger(__name__)

SECONDS = 10.0
"""The telephone service waits fifteen seconds."""
MOST_SILENCES = 3
MOST_HINTS, LONGEST_HINTS = 400, 4_000
KEYS = {"1": "next", "2": "say that again", "0": "stop the routine"}
"""What the keys of the telephone stand for."""
GREETING = "hello"
NOT_HEARD, HANG_UP = "utter_channel_not_heard", "utter_channel_hang_up"
_SETTINGS = {"auth_token", "url", "language", "voice"}
_SILENT_FOR = 5
_SHORT = 90


class PhoneInput(InputChannel):
    """``POST /webhooks/phone/webhook``. Needs ``auth_token`` and ``url``, the address that the service calls."""

    def __init__(
        self,
        auth_token: str,
        url: str,
        language: str = "en-US",
        voice: str = "",
        words: Wording | None = None,
        seconds: float = SECONDS,
    ) -> None:
        if not auth_token or not url:
            raise ValueError(
                "channels.phone: auth_token or url is missing: anybody could call in somebody's name"
            )
        self._secret, self._url, self._language, self._voice = auth_token, url, language, voice
        self._given_words, self._seconds = words, seconds

    @classmethod
    def name(cls) -> str:
        """Return the name in the address."""
        return "phone"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> PhoneInput:
        """Return the channel as rasa/credentials.yml describes it."""
        settings = dict(credentials or {})
        if unknown := sorted(set(settings) - _SETTINGS):
            raise ValueError(f"channels.phone: unknown settings {', '.join(unknown)}")
        return cls(settings.pop("auth_token", ""), settings.pop("url", ""), **settings)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes of the channel."""
        blueprint = Blueprint("phone_channel")
        watch(blueprint)

        @blueprint.get("/")
        async def health(_: Request) -> BaseHTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> BaseHTTPResponse:
            body = request.body or b""
            if len(body) > messages.MAX_BODY:
                return response.text("", status=413)
            # Sanic's own reading leaves out empty fields, which are signed too.
            form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
            query = f"?{request.query_string}" if request.query_string else ""
            try:
                proof.check_phone(
                    self._secret, self._url + query, form, request.headers.get("x-twilio-signature")
                )
            except proof.Forged:
                logger.warning("a call without the right signature was refused")
                return response.text("", status=403)
            silences = request.args.get("silences", "0")
            xml = await self._answer(
                request.app, form, int(silences) if silences.isdecimal() else 0, on_new_message
            )
            return response.raw(xml.encode(), content_type="text/xml; charset=utf-8")

        return blueprint

    async def _answer(self, app: Any, form: Mapping[str, str], silences: int, handle: Handler) -> str:
        text = form.get("SpeechResult", "").strip() or KEYS.get(form.get("Digits", ""), "")
        if not text and "CallStatus" in form and form["CallStatus"] == "ringing":
            text = GREETING
        prepared = messages.prepare(text)
        if not text or prepared.response == messages.EMPTY:
            if silences + 1 >= MOST_SILENCES:
                return f"{_HEAD}<Response>{self._say(self._words(HANG_UP))}<Hangup/></Response>"
            return self._listening([self._words(NOT_HEARD)], None, silences + 1)
        if prepared.response is not None:
            return self._listening([self._words(prepared.response)], None, 0)
        message = UserMessage(
            prepared.text, TurnOutput("voice"), caller(form), input_channel="voice", metadata=_heard(form)
        )
        turn = Turn(forgetting(app, handle), message)
        said = [m async for m in turn.messages(self._seconds)]
        sentences = [for_ear(m["text"]) for m in said if m.get("text")]
        if turn.missing is not None or not sentences:
            sentences.append(self._words(turn.missing or messages.PROBLEM))
        held = next(
            (
                m["custom"]
                for m in said
                if isinstance(m.get("custom"), Mapping) and m["custom"].get("card") == "step"
            ),
            None,
        )
        return self._listening(sentences, held, 0)

    def _listening(self, sentences: list[str], step: Mapping[str, Any] | None, silences: int) -> str:
        """Return TwiML that says something and listens; a hold is silence in which one may still speak or press."""
        hold = min(int(step.get("seconds") or 0), _SHORT) if step else 0
        inner = "".join(self._say(s) for s in sentences) + (f'<Pause length="{hold}"/>' if hold else "")
        action = f"{self._url}?{urlencode({'silences': silences})}"
        attributes = {
            "input": "speech dtmf", "numDigits": "1", "action": action, "actionOnEmptyResult": "true", "method": "POST",
            "language": self._language, "speechTimeout": "auto", "speechModel": "phone_call", "timeout": str(_SILENT_FOR),
            "hints": hints(),
        }  # fmt: skip
        written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
        return f"{_HEAD}<Response><Gather {written}>{inner}</Gather></Response>"

    def _say(self, text: str) -> str:
        voice = f" voice={quoteattr(self._voice)}" if self._voice else ""
        return f"<Say language={quoteattr(self._language)}{voice}>{escape(text)}</Say>"

    def _words(self, name: str) -> str:
        return for_ear((self._given_words or wording()).text(name, channel="voice"))


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def caller(form: Mapping[str, str]) -> str:
    """Return whose conversation a call is: the number's, or, where it is withheld, that of this one call."""
    number = form.get("From", "")
    known = (
        number
        if number.startswith("+") and number[1:].isdecimal() and len(number) > 7
        else form.get("CallSid", "")
    )
    return f"phone-{hashlib.sha256(known.encode()).hexdigest()[:32]}"


def _heard(form: Mapping[str, str]) -> dict[str, Any]:
    try:
        return {
            "heard": {
                "confidence": round(min(max(float(form["Confidence"]), 0.0), 1.0), 3),
                "engine": "phone",
            }
        }
    except (KeyError, ValueError):
        return {}


@lru_cache(maxsize=1)
def hints() -> str:
    """Return words for the recogniser of the telephone service: commands, and names of the catalogue."""
    from acupressure.codes import spoken

    known = catalog()
    words = [*KEYS.values(), "none of those", "pause", "go on", "finish"]
    words += [name for p in known.points.values() for name in (p.name, spoken(p.code), p.pinyin_plain)]
    words += [c.name for c in known.complaints.values()] + [r.name for r in known.routines.values()]
    plain = list(dict.fromkeys(w.replace(",", " ").lower() for w in words))[:MOST_HINTS]
    while len(",".join(plain)) > LONGEST_HINTS:
        plain.pop()
    return ",".join(plain)
