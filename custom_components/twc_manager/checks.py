"""Connector checks of a bus that is set up: begun, ended and reported for the action and the options."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)

from .charging.control.check_result import CheckResult
from .charging.control.zero_stop import ZeroStop
from .charging.phase_knowledge import PhaseSource
from .const import DOMAIN
from .twc import BusStatus, format_id
from .types import TwcConfigEntry

_SIGNAL: Final = f"{DOMAIN}_connector_check"


@callback
def async_begin_check(entry: TwcConfigEntry, connector_id: int) -> None:
    """Begin to check a connector.

    Raises:
        ServiceValidationError: if it cannot be checked now; the message says why.

    """
    coordinator = entry.runtime_data
    connector = coordinator.snapshot.connector(connector_id)
    if connector is None or coordinator.snapshot.status is not BusStatus.RUNNING:
        raise _refused("check_not_connected", connector_id)
    if coordinator.checks.running is not None:
        raise _refused("check_running", coordinator.checks.running)
    if not coordinator.persistence.meters(connector).has_vehicle(connector):
        raise _refused("check_no_vehicle", connector_id)
    if connector.offered <= 0:
        raise _refused("check_not_charging", connector_id)
    coordinator.checks.begin(connector, coordinator.hass.loop.time())


@callback
def async_cancel_check(entry: TwcConfigEntry) -> None:
    """End the check that runs on a bus, if any."""
    coordinator = entry.runtime_data
    coordinator.checks.cancel(coordinator.hass.loop.time())


@callback
def async_end_checks_with(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """End the check that runs on a bus when that is unloaded or Home Assistant stops, and store what it has found."""

    @callback
    def end(_: Event | None = None) -> None:
        async_cancel_check(entry)
        async_store_checks(hass, entry, entry.runtime_data.checks.take_finished())

    entry.async_on_unload(end)
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, end))


@callback
def async_on_check_ended(
    hass: HomeAssistant, entry_id: str, listener: Callable[[int], None]
) -> CALLBACK_TYPE:
    """Call a listener with the connector of each check of a bus that ends; return the function that unsubscribes."""
    return async_dispatcher_connect(hass, f"{_SIGNAL}_{entry_id}", listener)


@callback
def async_store_checks(
    hass: HomeAssistant, entry: TwcConfigEntry, checks: Mapping[int, CheckResult]
) -> None:
    """Store the results of checks that have ended, and call the listeners."""
    for connector_id, check in checks.items():
        entry.runtime_data.persistence.update_check(connector_id, check)
        async_dispatcher_send(hass, f"{_SIGNAL}_{entry.entry_id}", connector_id)


def check_report(entry: TwcConfigEntry, connector_id: int) -> dict[str, Any]:
    """Return what is known of a connector, fit for a public issue: without VIN, serial number, id or location."""
    persistence = entry.runtime_data.persistence
    # Include what everyday stops have shown since the counters were last saved.
    persistence.save_counters()
    stored = persistence.connectors[connector_id]
    zero = ZeroStop() if stored.stop is None else stored.stop.zero
    return {
        "check": None if stored.check is None else _as_response(stored.check),
        "zero_amps": {
            **zero.as_dict(),
            "believed": zero.is_believed(stored.known.protocol),
        },
        "counter_kwh_per_count": None if stored.energy is None else stored.energy.unit,
        "phases": _phases(entry, connector_id),
    }


def _as_response(result: CheckResult) -> dict[str, Any]:
    return {**result.as_dict(), "minimum_accepted": result.minimum_accepted}


def _phases(entry: TwcConfigEntry, connector_id: int) -> dict[str, Any] | None:
    """Return on how many phases the vehicle charges, and how that is known; None if it is only assumed."""
    coordinator = entry.runtime_data
    connector = coordinator.snapshot.connector(connector_id)
    if connector is None:
        return None
    phases = coordinator.persistence.meters(connector).phases
    if phases.source is PhaseSource.ASSUMED:
        return None
    return {"count": phases.count, "source": phases.source.value}


def _refused(reason: str, connector_id: int) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=reason,
        translation_placeholders={"connector": format_id(connector_id)},
    )
