"""Adds the forecast without a question."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult


class SunConfigFlow(ConfigFlow, domain="demo_sun"):
    """Add the forecast."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add it."""
        return self.async_create_entry(title="Made-up sun", data={})
