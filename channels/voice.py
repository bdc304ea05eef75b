"""Where the voice gateway talks to the assistant: text that was heard, with how sure the recogniser is of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from acupressure.understanding import KEY
from acupressure.wording import Wording, wording
from channels import messages
from channels.deadline import TURN_SECONDS, Turn, TurnOutput, watch
from channels.rest import Handler, checked_body, forgetting

SURE = 0.8
"""Agreement of the two recognisers above which a text is taken as it is."""
DOUBTFUL = 0.45
"""Agreement below which only a text that is well understood is taken."""
CLEAR, FAIR = 0.9, 0.5
"""Confidence of understanding that makes up for recognisers that disagree, much or a little."""
_NOT_FOR_US = {"out_of_scope", "nlu_fallback", None}
_MOST = 4


class VoiceInput(InputChannel):
    """``POST /webhooks/voice/webhook`` takes ``{"sender", "message", "heard"?}``.

    It answers ``{"messages", "text", "unsure"}``: ``text`` is what the assistant took, and ``unsure`` is true
    where it took nothing, because the recognisers disagree and no reading makes sense.
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
        if float(heard.get("agreement", 1.0)) < SURE and not heard.get("confirmed"):
            text = await chosen(request.app.ctx.agent, text, heard)
            if text is None:
                return response.json({"text": prepared.text, "messages": [], "unsure": True})
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
    for name in ("agreement", "confidence", "seconds"):
        value = given.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            kept[name] = round(min(max(float(value), 0.0), 3_600.0), 3)
    for name in ("noisy", "confirmed", "barge_in", "by_itself"):
        if isinstance(given.get(name), bool):
            kept[name] = given[name]
    others = given.get("alternatives")
    if isinstance(others, list):
        prepared = [messages.prepare(o) for o in others[:_MOST] if isinstance(o, str)]
        kept["alternatives"] = [p.text for p in prepared if p.response is None]
    if isinstance(given.get("engine"), str):
        kept["engine"] = given["engine"][:80]
    return kept


async def chosen(agent: Any, text: str, heard: Mapping[str, Any]) -> str | None:
    """Return which of the things it may have been is taken: the one that is understood best, or none.

    What may be a warning sign is always taken: asking again could cost more than a wrong question.
    """
    agreement = float(heard.get("agreement", 1.0))
    needed = CLEAR if agreement < DOUBTFUL else FAIR
    best, best_confidence = None, 0.0
    for number, candidate in enumerate([text, *heard.get("alternatives", [])[:2]]):
        parsed = await agent.parse_message(candidate)
        intent = parsed.get("intent") or {}
        if (parsed.get(KEY) or {}).get("signs") or intent.get("name") in {"report_warning_sign", "self_harm"}:
            return candidate
        # The recogniser's own first choice counts a little more.
        confidence = float(intent.get("confidence") or 0.0) - 0.1 * (number > 0)
        if intent.get("name") not in _NOT_FOR_US and confidence >= needed and confidence > best_confidence:
            best, best_confidence = candidate, confidence
    return best
