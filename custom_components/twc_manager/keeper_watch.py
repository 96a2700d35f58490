"""Follows the keeper of one bus: renews its lease for the time without Home Assistant, and reports its problems."""

from typing import Final

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant, callback

from .const import CONF_KEEPER_LIMIT, CONF_MASTER_ID, CONF_MAX_CURRENT
from .issues import (
    KEEPER_IN_CHARGE,
    KEEPER_LIMIT,
    KEEPER_REFUSED,
    create_issue,
    delete_issue,
)
from .keeper_link.connection import greeted_limit, keeper_address
from .keeper_link.leasing import is_watched, lease_of
from .keeper_link.link import KeeperLink, KeeperStatus
from .twc.lease import KeeperReport, Lease
from .types import TwcConfigEntry

_ISSUES: Final = {
    KeeperStatus.IN_CHARGE: KEEPER_IN_CHARGE,
    KeeperStatus.REFUSED: KEEPER_REFUSED,
}


async def async_set_up_keeper(
    hass: HomeAssistant, entry: TwcConfigEntry
) -> KeeperLink | None:
    """Ask the keeper of a bus, and return the link to it; None without a keeper, or if its key is not known.

    The limit of the keeper is stored: this bus obeys it, and the circuits above this bus calculate with it.
    """
    if (link := KeeperLink.of(hass, entry)) is not None:
        await link.async_read_report(entry.data[CONF_MASTER_ID])
        _store_limit(hass, entry, link.total)
        return link
    address = keeper_address(entry.data[CONF_DEVICE])
    if address is not None and CONF_KEEPER_LIMIT in entry.data:
        _store_limit(hass, entry, await greeted_limit(address))
    return None


@callback
def async_follow_keeper(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Follow the keeper of a bus, if it has one, until the bus is unloaded, which ends the lease."""
    _report_limit(hass, entry)
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
            _take_limit(hass, entry, report.total)
        for status, issue in _ISSUES.items():
            if link.status is status:
                create_issue(hass, entry, issue, {})
            else:
                delete_issue(hass, entry, issue)
        coordinator.async_update_listeners()

    @callback
    def end() -> None:
        for issue in _ISSUES.values():
            delete_issue(hass, entry, issue)

    link.async_start(entry, lease, show)
    entry.async_on_unload(coordinator.async_add_listener(link.async_update))
    entry.async_on_unload(end)
    entry.async_on_unload(link.async_end)


def _effective_limit(entry: TwcConfigEntry) -> float:
    """Return what all connectors together may have, in A."""
    maximum: float = entry.data[CONF_MAX_CURRENT]
    limit: float = entry.data.get(CONF_KEEPER_LIMIT, maximum)
    return min(maximum, limit)


@callback
def _store_limit(
    hass: HomeAssistant, entry: TwcConfigEntry, limit: float | None
) -> None:
    """Store the limit that the keeper reports, in A; None if it reports none."""
    if limit not in {None, entry.data.get(CONF_KEEPER_LIMIT)}:
        data = {**entry.data, CONF_KEEPER_LIMIT: limit}
        hass.config_entries.async_update_entry(entry, data=data)


@callback
def _take_limit(hass: HomeAssistant, entry: TwcConfigEntry, limit: float) -> None:
    """Take the limit that a restarted keeper reports; the bus is reloaded if its effective limit changes."""
    before = _effective_limit(entry)
    _store_limit(hass, entry, limit)
    if _effective_limit(entry) != before:
        hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def _report_limit(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Report a keeper whose limit is below the maximum that the owner set, until the bus is unloaded."""
    limit, maximum = _effective_limit(entry), entry.data[CONF_MAX_CURRENT]
    if limit < maximum:
        names = {"keeper_limit": f"{limit:g}", "max_current": f"{maximum:g}"}
        create_issue(hass, entry, KEEPER_LIMIT, names)
        entry.async_on_unload(lambda: delete_issue(hass, entry, KEEPER_LIMIT))
