"""The agent: hands what was said to the guide, says its answer, and keeps listening while a routine runs."""

from __future__ import annotations

import aiohttp
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import guide
from .const import CONF_ADDRESS, SECONDS


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the agent."""
    async_add_entities([GuideAgent(entry)])


class GuideAgent(conversation.ConversationEntity):
    """Talks with the guide."""

    _attr_has_entity_name = True
    _attr_name = None

    def __init__(self, entry: ConfigEntry) -> None:
        self._url = f"{entry.data[CONF_ADDRESS].rstrip('/')}/webhooks/voice/webhook"
        self._attr_unique_id = entry.entry_id
        self._running: dict[str, bool] = {}

    @property
    def supported_languages(self) -> list[str] | str:
        """Return the languages: the guide answers in English, whatever the house is set to."""
        return MATCH_ALL

    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Answer what was said."""
        sender = guide.sender(
            getattr(user_input, "satellite_id", None), user_input.device_id, user_input.conversation_id
        )
        response = intent.IntentResponse(language=user_input.language)
        before = self._running.get(sender, False)
        try:
            session = async_get_clientsession(self.hass)
            body = {"sender": sender, "message": user_input.text}
            async with session.post(
                self._url, json=body, timeout=aiohttp.ClientTimeout(total=SECONDS)
            ) as answer:
                answer.raise_for_status()
                messages = (await answer.json())["messages"]
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
            response.async_set_error(
                intent.IntentResponseErrorCode.UNKNOWN, "The acupressure guide does not answer."
            )
            return conversation.ConversationResult(
                response, user_input.conversation_id, continue_conversation=before
            )
        self._running[sender] = guide.is_running(messages, before)
        response.async_set_speech(guide.speech(messages))
        return conversation.ConversationResult(
            response, user_input.conversation_id, continue_conversation=guide.goes_on(messages, before)
        )
