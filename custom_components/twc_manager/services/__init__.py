"""Actions and commands of TWC Manager, which are registered even without a bus."""

from homeassistant.core import HomeAssistant, callback

from .capture import async_setup_capture
from .charge import async_setup_charge
from .check import async_setup_check
from .explanations import async_setup_explanations
from .export import async_setup_export
from .plan import async_setup_plan
from .reports import async_setup_reports
from .vehicle import async_setup_vehicle


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions and commands."""
    async_setup_charge(hass)
    async_setup_plan(hass)
    async_setup_vehicle(hass)
    async_setup_reports(hass)
    async_setup_export(hass)
    async_setup_capture(hass)
    async_setup_check(hass)
    async_setup_explanations(hass)
