"""The agent in a real Home Assistant, talking with a real guide: how to run it stands in the README beside."""

from __future__ import annotations

import os
import socket
import uuid

import pytest
from custom_components.acupressure_guide.const import CONF_ADDRESS, DOMAIN
from homeassistant.components import conversation
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

GUIDE = os.environ.get("ACU_GUIDE", "http://127.0.0.1:5005")


@pytest.fixture(autouse=True)
def in_this_house(enable_custom_integrations, socket_enabled) -> None:
    """Load integrations of our own, and let them reach the guide."""


@pytest.fixture
async def house(hass: HomeAssistant) -> HomeAssistant:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    return hass


async def set_up(house: HomeAssistant, address: str = GUIDE) -> MockConfigEntry:
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_ADDRESS: address}, unique_id=address)
    entry.add_to_hass(house)
    assert await house.config_entries.async_setup(entry.entry_id)
    await house.async_block_till_done()
    return entry


class Satellite:
    """A device with a microphone, in a house whose agent is the guide."""

    def __init__(self, house: HomeAssistant) -> None:
        self._house, self._device = house, uuid.uuid4().hex

    async def says(self, text: str) -> conversation.ConversationResult:
        """Say something; every time in a new conversation, as behind a wake word."""
        return await conversation.async_converse(
            self._house, text, None, Context(), language="en", device_id=self._device, agent_id=self._agent()
        )

    def _agent(self) -> str:
        listed = [s.entity_id for s in self._house.states.async_all("conversation")]
        (agent,) = [name for name in listed if "acupressure" in name]
        return agent


def speech(result: conversation.ConversationResult) -> str:
    return result.response.speech["plain"]["speech"]


def nobody() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class TestSettingUp:
    async def test_an_address_with_a_guide_is_taken_once(self, house: HomeAssistant) -> None:
        asked = await house.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        assert asked["type"] is FlowResultType.FORM
        made = await house.config_entries.flow.async_configure(asked["flow_id"], {CONF_ADDRESS: f"{GUIDE}/ "})
        assert made["type"] is FlowResultType.CREATE_ENTRY
        assert made["data"] == {CONF_ADDRESS: GUIDE}
        again = await house.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}, data={CONF_ADDRESS: GUIDE}
        )
        assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_configured")

    @pytest.mark.parametrize("address", [nobody(), "not an address", "http://", "ftp://127.0.0.1"])
    async def test_an_address_without_one_is_told(self, house: HomeAssistant, address: str) -> None:
        told = await house.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}, data={CONF_ADDRESS: address}
        )
        assert told["errors"] == {"base": "cannot_connect"}

    async def test_it_can_be_taken_away_again(self, house: HomeAssistant) -> None:
        entry = await set_up(house)
        assert await house.config_entries.async_unload(entry.entry_id)
        assert entry.state is ConfigEntryState.NOT_LOADED


class TestTalking:
    async def test_a_question_is_answered_for_the_ear(self, house: HomeAssistant) -> None:
        await set_up(house)
        answer = await Satellite(house).says("where is heart seven")
        assert "H T seven" in speech(answer)
        assert answer.response.response_type is not intent.IntentResponseType.ERROR

    async def test_a_satellite_keeps_its_conversation_and_has_it_alone(self, house: HomeAssistant) -> None:
        await set_up(house)
        kitchen, bedroom = Satellite(house), Satellite(house)
        await kitchen.says("where is bladder forty")
        assert "B L forty" in speech(await kitchen.says("how long do I hold it"))
        assert "Which point" in speech(await bedroom.says("how long do I hold it"))

    async def test_it_keeps_listening_while_a_routine_runs_and_no_longer(self, house: HomeAssistant) -> None:
        await set_up(house)
        person = Satellite(house)
        assert (await person.says("lead me through the desk reset")).continue_conversation
        assert (await person.says("none of those")).continue_conversation
        assert (await person.says("next")).continue_conversation
        stopped = await person.says("stop")
        assert "Stopped" in speech(stopped)
        assert not (await person.says("goodbye")).continue_conversation

    async def test_a_warning_sign_ends_it(self, house: HomeAssistant) -> None:
        await set_up(house)
        person = Satellite(house)
        await person.says("lead me through the desk reset")
        await person.says("none of those")
        assert "call" in speech(await person.says("i have numbness between my legs")).lower()

    async def test_a_guide_that_is_away_is_told(self, house: HomeAssistant) -> None:
        await set_up(house, nobody())
        answer = await Satellite(house).says("where is heart seven")
        assert answer.response.response_type is intent.IntentResponseType.ERROR
        assert speech(answer) == "The acupressure guide does not answer."
