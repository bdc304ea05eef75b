"""Where the voice gateway talks to the assistant: text that was heard, with how sure the recogniser is of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from acupressure.wording import Wording, wording
from channels import messages
from channels.deadline import TURN_SECONDS, Turn, TurnOutput, watch
from channels.hearing import by_sound, decided
from channels.rest import Handler, checked_body, forgetting

_MOST = 6
_LOWEST = -1_000.0


class VoiceInput(InputChannel):
    """``POST /webhooks/voice/webhook`` takes ``{"sender", "message", "heard"?}``.

    It answers ``{"messages", "text", "unsure"}``: ``text`` is what the assistant took. Where ``unsure`` is true it took
    nothing; then ``ask`` tells whether it is worth asking if ``text`` was said. ``heard`` may tell what a second
    recogniser made of it (``witness``); without that the text is taken as it is, as from a keyboard.
    """

    def __init__(self, words: Wording | None = None, seconds: float = TURN_SECONDS) -> None:
        self._given_words, self._seconds = words, seconds

    @classmethod
    def name(cls) -> str:
        """Return the name that picks the responses for the ear."""
        return "voice"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes of the channel."""
        blueprint = Blueprint("voice_channel")
        watch(blueprint)

        @blueprint.get("/")
        async def health(_: Request) -> BaseHTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook", stream=True)
        async def receive(request: Request) -> BaseHTTPResponse:
            try:
                return await self._answer(request, await checked_body(request), on_new_message)
            except messages.BadRequest as error:
                return response.json({"error": error.sentence}, status=error.status)

        return blueprint

    async def _answer(self, request: Request, data: dict[str, Any], handle: Handler) -> BaseHTTPResponse:
        sender, heard = messages.sender_of(data), heard_of(data)
        prepared = messages.prepare(messages.message_of(data))
        if prepared.response is not None:
            return self._reply(prepared.text, [self._text(sender, prepared.response)])
        text = prepared.text
        two_heard_it = heard.get("witness") or by_sound(heard) or float(heard.get("agreement", 1.0)) < 1
        if two_heard_it and not heard.get("confirmed"):
            decision = await decided(request.app.ctx.agent, sender, text, heard)
            text = decision.text
            if not decision.taken:
                return response.json({"text": text, "messages": [], "unsure": True, "ask": decision.ask})
        output = TurnOutput(self.name())
        message = UserMessage(
            text, output, sender, input_channel=self.name(), metadata={"heard": heard} if heard else None
        )
        turn = Turn(forgetting(request.app, handle), message)
        said = [message async for message in turn.messages(self._seconds)]
        if turn.missing is not None:
            said.append(self._text(sender, turn.missing))
        return self._reply(text, said)

    def _text(self, sender: str, name: str) -> dict[str, Any]:
        words = self._given_words or wording()
        return {"recipient_id": sender, "text": words.text(name, channel=self.name())}

    @staticmethod
    def _reply(text: str, said: list[dict[str, Any]]) -> BaseHTTPResponse:
        return response.json({"text": text, "messages": said, "unsure": False})


def heard_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a client tells of how it heard the message: known fields of the right kind, no others."""
    given = data.get("heard")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise messages.BadRequest(400, "The field `heard` must be an object.")
    kept: dict[str, Any] = {}
    for name in ("agreement", "confidence", "margin", "seconds"):
        value = given.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            kept[name] = round(min(max(float(value), _LOWEST), 3_600.0), 6)
    for name in ("noisy", "confirmed", "barge_in", "by_itself"):
        if isinstance(given.get(name), bool):
            kept[name] = given[name]
    others = given.get("alternatives")
    if isinstance(others, list):
        listened = [messages.prepare(o) for o in others[:_MOST] if isinstance(o, str)]
        kept["alternatives"] = [p.text for p in listened if p.response is None]
    for name in ("fluent", "sound", "named"):
        if isinstance(given.get(name), dict):
            listed = [
                (messages.prepare(t).text, v)
                for t, v in list(given[name].items())[: _MOST + 2]
                if isinstance(v, (int, float)) and not isinstance(v, bool)
            ]
            kept[name] = {text: round(min(max(float(v), _LOWEST), 0.0), 4) for text, v in listed}
    for name in ("witness", "decoder"):
        if isinstance(given.get(name), str):
            prepared = messages.prepare(given[name])
            kept[name] = prepared.text if prepared.response is None else ""
    if isinstance(given.get("engine"), str):
        kept["engine"] = given["engine"][:80]
    return kept
