"""TWC Manager: Home Assistant as the master of second generation wall connectors."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinator import TwcCoordinator
from .issues import async_report_unreadable
from .services import async_setup_services
from .state.identifiers import connector_id_of
from .state.store import BusStore
from .types import TwcConfigEntry
from .vehicles.open_account import async_forget_library

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
]


CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions, which are there whether or not a bus is."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: TwcConfigEntry) -> bool:
    """Set up a bus."""
    store = BusStore(hass, entry.entry_id)
    coordinator = TwcCoordinator(hass, entry, store, await store.async_load())
    async_report_unreadable(hass, entry, store.unreadable)
    # Registered before anything is started: whatever fails from here on, the port is released, since two
    # masters would corrupt the bus.
    entry.async_on_unload(coordinator.async_stop)
    await coordinator.async_start()
    _register_bus_device(hass, entry)
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


def _register_bus_device(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Make the device of the bus first: those of the connectors refer to it."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        manufacturer="TWC Manager",
        model="Load sharing bus",
        name=entry.title,
    )


async def async_unload_entry(hass: HomeAssistant, entry: TwcConfigEntry) -> bool:
    """Unload a bus; the port is released by what was registered in set-up."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Forget what was kept of a bus."""
    await BusStore(hass, entry.entry_id).async_remove()
    async_forget_library(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: TwcConfigEntry, device: DeviceEntry
) -> bool:
    """Let a person remove a connector that is gone; the bus itself and what is there stay."""
    if entry.state is not ConfigEntryState.LOADED:
        # Nobody could forget it, and at the next set-up it would be back.
        return False
    coordinator = entry.runtime_data
    connector_id = connector_id_of(entry.entry_id, device)
    if connector_id is None or coordinator.snapshot.connector(connector_id):
        return False
    coordinator.async_forget(connector_id)
    return True
