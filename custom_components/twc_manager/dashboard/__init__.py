"""The dashboard: serves the module of the front end, and sends its cards the data that no entity has."""

from homeassistant.core import HomeAssistant

from .live import LiveHub
from .module import async_register_module
from .subscription import async_setup_subscription


async def async_setup_dashboard(hass: HomeAssistant) -> None:
    """Serve the module of the front end, and register its subscription; once per process."""
    version = await async_register_module(hass)
    async_setup_subscription(hass, LiveHub(hass, version))
