"""Follows the keeper of one bus: leaves what holds without Home Assistant, and tells when the keeper is the one who charges."""

from typing import Final

from homeassistant.core import HomeAssistant, callback

from .const import CONF_MASTER_ID
from .issues import create_issue, delete_issue
from .keeper_link.leasing import is_watched, lease_of
from .keeper_link.link import KeeperStatus
from .twc.lease import KeeperReport, Lease
from .types import TwcConfigEntry

KEEPER_IN_CHARGE: Final = "keeper_in_charge"
"""The keeper charges although Home Assistant runs: what Home Assistant sends does not reach it."""


@callback
def async_follow_keeper(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Follow the keeper of a bus, if it has one, until the bus is unloaded, which ends the lease."""
    coordinator = entry.runtime_data
    if (link := coordinator.keeper) is None:
        return

    def lease() -> Lease | None:
        limits, options = coordinator.wiring.limits, coordinator.inputs.options
        maximum = limits.per_connector
        if is_watched(hass, entry, options):
            maximum = min(maximum, options.emergency_amps)
        master_id = entry.data[CONF_MASTER_ID]
        return lease_of(coordinator.snapshot, master_id, limits, maximum)

    @callback
    def show(report: KeeperReport | None) -> None:
        if report is not None:
            coordinator.master.expect(item.known for item in report.connectors)
        if link.status is KeeperStatus.IN_CHARGE:
            create_issue(hass, entry, KEEPER_IN_CHARGE, {})
        else:
            delete_issue(hass, entry, KEEPER_IN_CHARGE)
        coordinator.async_update_listeners()

    link.async_start(entry, lease, show)
    entry.async_on_unload(coordinator.async_add_listener(link.async_update))
    entry.async_on_unload(lambda: delete_issue(hass, entry, KEEPER_IN_CHARGE))
    entry.async_on_unload(link.async_end)
