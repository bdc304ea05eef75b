"""Setting the agent up: one address."""

from __future__ import annotations

from typing import Any

import aiohttp
import voluptuous as vol
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import CONF_ADDRESS, DEFAULT_ADDRESS, DOMAIN


class GuideFlow(ConfigFlow, domain=DOMAIN):
    """Asks for the guide's address and tries it."""

    VERSION = 1

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask."""
        errors: dict[str, str] = {}
        if user_input is not None:
            address = user_input[CONF_ADDRESS].strip().rstrip("/")
            try:
                timeout = aiohttp.ClientTimeout(total=5)
                async with async_get_clientsession(self.hass).get(
                    f"{address}/webhooks/voice/", timeout=timeout
                ) as answer:
                    answer.raise_for_status()
            except (aiohttp.ClientError, TimeoutError, ValueError):
                errors["base"] = "cannot_connect"
            else:
                await self.async_set_unique_id(address)
                self._abort_if_unique_id_configured()
                return self.async_create_entry(title="Acupressure guide", data={CONF_ADDRESS: address})
        schema = vol.Schema({vol.Required(CONF_ADDRESS, default=DEFAULT_ADDRESS): str})
        return self.async_show_form(step_id="user", data_schema=schema, errors=errors)
