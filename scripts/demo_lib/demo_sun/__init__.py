"""An integration of the demo: a forecast of the sun, as integrations for Home Assistant's energy dashboard have it."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Set up the forecast, which needs nothing."""
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Unload the forecast."""
    return True
