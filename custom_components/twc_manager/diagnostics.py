"""Diagnostics of a bus, for bug reports."""

from dataclasses import asdict
from math import isfinite
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant

from .charging.circuits.circuit import Circuit
from .checks import check_report
from .const import CONF_KEEPER_KEY
from .inputs.prices import CONF_PRICE_PART
from .twc import LoggedFrame, body_as_text, format_id, public_name
from .types import TwcConfigEntry
from .vehicles.account_data import TO_REDACT as ACCOUNT_SECRETS
from .vehicles.readings import VehicleReadings

TO_REDACT: Final = {"serial_number", "vin"}

OPTIONS_TO_REDACT: Final = {CONF_PRICE_PART}
"""Tibber calls a home by its address."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: TwcConfigEntry
) -> dict[str, Any]:
    """Return the state of a bus, with serial numbers, VINs and secrets redacted."""
    coordinator = entry.runtime_data
    master = coordinator.master
    snapshot = master.snapshot
    return {
        "entry": {
            **async_redact_data(entry.data, {CONF_KEEPER_KEY}),
            CONF_DEVICE: public_name(entry.data[CONF_DEVICE]),
        },
        "keeper": None if coordinator.keeper is None else coordinator.keeper.status,
        "status": snapshot.status,
        "problems": sorted(snapshot.problems),
        "not_hearing": [format_id(item) for item in sorted(snapshot.not_hearing)],
        "possible_amps": round(master.possible_amps, 2),
        "options": async_redact_data(dict(entry.options), OPTIONS_TO_REDACT),
        "subentries": [
            {
                "type": subentry.subentry_type,
                "data": async_redact_data(
                    dict(subentry.data), TO_REDACT | ACCOUNT_SECRETS
                ),
            }
            for subentry in entry.subentries.values()
        ],
        "user_settings": coordinator.user_settings.as_dict(),
        "explanation": asdict(coordinator.data.explanation),
        "connector_explanations": {
            format_id(connector_id): asdict(explanation)
            for connector_id, explanation in coordinator.data.explanations.items()
        },
        "connectors": async_redact_data(
            {
                format_id(connector.connector_id): asdict(connector)
                for connector in snapshot.connectors
            },
            TO_REDACT,
        ),
        "vehicle_phases": {
            format_id(item.connector_id): asdict(
                coordinator.persistence.meters(item).phases
            )
            for item in snapshot.connectors
        },
        "charge_current_requests": _charge_current_requests(coordinator.data.vehicles),
        "connector_checks": {
            format_id(connector_id): check_report(entry, connector_id)
            for connector_id in coordinator.persistence.connectors
        },
        "circuits": [
            _of_circuit(circuit, hass.loop.time())
            for circuit in coordinator.inputs.circuits.circuits
        ],
        "statistics": asdict(master.statistics),
        "frames": [_as_text(frame) for frame in master.frames],
    }


def _charge_current_requests(vehicles: VehicleReadings) -> list[dict[str, Any]]:
    """Return what vehicles are asked for through their numbers."""
    currents = (vehicle.current for vehicle in vehicles.vehicles.values())
    return [asdict(current) for current in currents if current is not None]


def _of_circuit(circuit: Circuit, now: float) -> dict[str, Any]:
    """Return what is known of a circuit; None is a bus that could be drawing anything."""
    status = circuit.status(now)
    possible = (status.buses[bus] for bus in sorted(status.buses))
    return {
        "name": circuit.config.name,
        "amps": status.amps,
        "loads_amps": round(status.loads, 2),
        "silent_loads": len(status.silent),
        "buses": [round(amps, 2) if isfinite(amps) else None for amps in possible],
    }


def _as_text(frame: LoggedFrame) -> str:
    direction = "sent" if frame.sent else "heard"
    return f"{frame.time:.3f} {direction} {body_as_text(frame.body)}"
