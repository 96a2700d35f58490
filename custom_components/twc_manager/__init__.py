"""TWC Manager: Home Assistant as the master of second generation wall connectors."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .checks import async_end_checks_with
from .connection import async_follow_set_ups
from .const import DOMAIN
from .coordinator import TwcCoordinator
from .dashboard import async_setup_dashboard
from .forecast.watcher import forecast_store
from .ghosts import async_remove_ghosts
from .inputs.circuits import async_hand_over_circuits
from .inputs.renames import async_follow_renames
from .issues import async_report_left_currents, async_report_unreadable
from .keeper_watch import async_follow_keeper, async_set_up_keeper
from .runtime.peak import async_remove_peaks
from .services import async_setup_services
from .state.identifiers import connector_id_of
from .state.plans import PlanStore
from .state.run_mark import RunMark
from .state.store import BusStore
from .stored_files import async_refuse_newer
from .subentries import async_ask_for_kinds_again
from .twc import BusStatus
from .types import TwcConfigEntry
from .vehicles.left_currents import left_currents
from .vehicles.open_account import async_forget_library

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
]


CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what works without a loaded bus: actions, dashboard, the tracking of renamed entities and of set-ups."""
    async_setup_services(hass)
    await async_setup_dashboard(hass)
    async_follow_renames(hass)
    async_follow_set_ups(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: TwcConfigEntry) -> bool:
    """Set up a bus."""
    async_ask_for_kinds_again(entry)
    await async_refuse_newer(hass, entry.entry_id)
    store = BusStore(hass, entry.entry_id)
    device = entry.data[CONF_DEVICE]
    run_mark = await hass.async_add_executor_job(RunMark.read, device)
    kept = await store.async_load()
    keeper = await async_set_up_keeper(hass, entry)
    coordinator = TwcCoordinator(hass, entry, store, kept, run_mark, keeper=keeper)
    async_report_unreadable(hass, entry, store.unreadable)
    # Registered before the start, so that the port is released if anything fails from here on: two masters would
    # corrupt the bus.
    entry.async_on_unload(coordinator.async_stop)
    await coordinator.async_start()
    _register_bus_device(hass, entry)
    entry.runtime_data = coordinator
    async_follow_keeper(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(async_remove_ghosts(hass, entry))
    async_end_checks_with(hass, entry)
    return True


def _register_bus_device(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Create the device of the bus before those of the connectors, which refer to it."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        manufacturer="TWC Manager",
        model="RS-485",
        name=entry.title,
    )


async def async_unload_entry(hass: HomeAssistant, entry: TwcConfigEntry) -> bool:
    """Unload a bus; the coordinator, stopped by `async_on_unload`, releases the port."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Remove the stored data of a bus; a circuit that other buses are behind as well is handed over to one of them."""
    async_hand_over_circuits(hass, entry)
    removed = await BusStore(hass, entry.entry_id).async_remove()
    left = left_currents(hass, entry, removed.vehicles.currents)
    async_report_left_currents(hass, entry, left)
    await PlanStore(hass, entry.entry_id).async_remove()
    await forecast_store(hass, entry.entry_id).async_remove()
    await async_remove_peaks(hass)
    async_forget_library(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: TwcConfigEntry, device: DeviceEntry
) -> bool:
    """Remove a connector that no longer answers.

    Raises:
        HomeAssistantError: if this is not a connector, or it may still answer; the message says what to do instead.

    """
    name = device.name_by_user or device.name or ""
    connector_id = connector_id_of(entry.entry_id, device)
    if connector_id is None:
        raise _not_removed("only_connectors_deleted", device=name)
    # Only the coordinator can forget a connector; otherwise the next set-up would add it again.
    is_loaded = entry.state is ConfigEntryState.LOADED
    if not is_loaded or entry.runtime_data.snapshot.status is BusStatus.OFFLINE:
        raise _not_removed("bus_not_running", connector=name)
    coordinator = entry.runtime_data
    if coordinator.snapshot.connector(connector_id):
        raise _not_removed("connector_answers", connector=name)
    coordinator.async_forget(connector_id)
    return True


def _not_removed(reason: str, **names: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=reason,
        translation_placeholders=names,
    )
