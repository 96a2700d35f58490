"""A connector in plain values for the front end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ..charging.metering.sessions import Session
from ..charging.outcome import LimitReason
from ..charging.phase_knowledge import PhaseSource
from ..charging.planning.errors import PlanError
from ..charging.planning.goals import energy_needed
from ..charging.planning.levels import EFFICIENCY
from ..charging.plans.battery import BatteryState
from ..charging.plans.level_rules import NEVER_STOP
from ..coordinator import TwcCoordinator
from ..state.devices import device_id_of
from ..state.explanations import ConnectorExplanation
from ..state.identifiers import member_key
from ..state.meters import ConnectorReading
from ..state.notation import Texts
from ..state.sentence import change_in_parts, sentence_in_parts
from ..twc import format_id
from ..vehicles.chosen import GUEST

type DeviceIds = Callable[[int | None], str | None]
"""Returns the id of the device of a connector."""

_UNPROVEN: Final = frozenset({PhaseSource.ASSUMED, PhaseSource.WIRING})
"""The sources of a number of phases that prove nothing, so that the number is not sent."""

UNAVAILABLE: Final = "unavailable"
"""The status of a connector that does not answer."""


def connector_as_live(
    coordinator: TwcCoordinator,
    connector_id: int,
    device_ids: DeviceIds,
    texts: Texts,
    local: datetime,
) -> dict[str, Any]:
    """Return a connector; if it does not answer, only its settings are known."""
    data, wiring = coordinator.data, coordinator.wiring
    settings = data.user_settings
    rating = coordinator.persistence.connectors[connector_id].known.rating
    maximum = wiring.connector_maximum(rating)
    charge_now = settings.charge_now_at(connector_id)
    return {
        "device_id": device_ids(connector_id),
        "id": format_id(connector_id),
        "name": f"Wall Connector {format_id(connector_id)}",
        "limit": replace(settings.connector(connector_id), enabled=True).ceiling(
            maximum
        ),
        "minimum": wiring.min_current,
        "charge_now_until": None if charge_now is None else _text(charge_now.end),
        **_measured(data.connectors.get(connector_id)),
        **_decided(data.explanations.get(connector_id), texts, local),
        "vehicle": _vehicle(coordinator, connector_id),
        "session": _session(coordinator, connector_id),
    }


def _measured(reading: ConnectorReading | None) -> dict[str, Any]:
    if reading is None:
        return {"status": UNAVAILABLE, **dict.fromkeys(("drawn", "offered", "power"))}
    return {
        "status": reading.status.value,
        "drawn": reading.current,
        "offered": reading.offered_current,
        "power": reading.power,
    }


def _decided(
    explanation: ConnectorExplanation | None, texts: Texts, local: datetime
) -> dict[str, Any]:
    if explanation is None:
        return dict.fromkeys(("sentence", "reason", "rule", "next"))
    statement = explanation.statement
    change = (
        statement.next_shown
        if statement.plan is None
        else statement.plan.next_change(local)
    )
    return {
        "sentence": sentence_in_parts(statement, texts, local),
        "reason": explanation.reason.value,
        "rule": explanation.rule.value,
        "next": None
        if change is None
        else {
            "at": _text(change.at),
            "text": change_in_parts(change, texts, local),
        },
    }


def _vehicle(coordinator: TwcCoordinator, connector_id: int) -> dict[str, Any] | None:
    """Return the vehicle at a connector; None if nothing is plugged in."""
    reading = coordinator.data.connectors.get(connector_id)
    if reading is None or not (reading.plugged_in or reading.charging):
        return None
    battery = coordinator.plans.inputs().levels.get(connector_id) or BatteryState()
    explanation = coordinator.data.explanations.get(connector_id)
    phases = reading.vehicle.phases
    matched = coordinator.data.vehicles.by_connector.get(connector_id)
    return {
        "name": coordinator.data.vehicles.vehicle_at(connector_id),
        "device_id": None
        if matched is None
        else vehicle_device_id(coordinator, matched),
        **_choice(coordinator, connector_id),
        # An old report is continued with the energy that was charged since, as in plans.
        "level": None if battery.estimate is None else round(battery.estimate),
        "target": _target(battery),
        "rest_kwh": _rest(battery),
        "phases": None
        if phases is None or phases.source in _UNPROVEN
        else phases.count,
        "stoppable": explanation is None
        or explanation.reason is not LimitReason.CANNOT_STOP,
    }


def _choice(coordinator: TwcCoordinator, connector_id: int) -> dict[str, Any]:
    """Return whether a vehicle is known by its VIN, and which one its owner has chosen."""
    matches = coordinator.vehicles.matches
    found = matches.found.get(connector_id)
    chosen = matches.chosen.by_connector.get(connector_id)
    if chosen not in {None, GUEST}:
        chosen = vehicle_device_id(coordinator, f"{chosen}")
    return {"proven": found is not None and found.proven_here, "chosen": chosen}


def vehicle_device_id(coordinator: TwcCoordinator, vehicle_id: str) -> str | None:
    """Return the id of the device of a vehicle."""
    entry_id = coordinator.config_entry.entry_id
    return device_id_of(coordinator.hass, entry_id, member_key(entry_id, vehicle_id))


def _target(battery: BatteryState) -> float | None:
    """Return the level in % at which a vehicle stops by itself or by its owner's setting; None if unknown."""
    stop_at = battery.limits.stop_at
    if battery.target is None:
        return None if stop_at >= NEVER_STOP else stop_at
    return min(battery.target, stop_at)


def _rest(battery: BatteryState) -> float | None:
    """Return the kWh at the connector that a vehicle needs to reach its level; None if unknown."""
    if battery.capacity_kwh is None or battery.estimate is None:
        return None
    try:
        rest = energy_needed(
            battery.capacity_kwh,
            battery.estimate,
            _target(battery) or NEVER_STOP,
            battery.efficiency or EFFICIENCY,
        )
    except PlanError:
        return None
    return round(rest, 1)


def _session(coordinator: TwcCoordinator, connector_id: int) -> dict[str, Any] | None:
    """Return the running session of a connector; None between sessions."""
    reading = coordinator.data.connectors.get(connector_id)
    running = coordinator.persistence.counters.running
    session = next((s for s in running if s.connector_id == connector_id), None)
    if reading is None or reading.session.started is None or session is None:
        return None
    share = reading.session.green_share
    return {
        "started": _text(reading.session.started),
        "kwh": reading.session.energy,
        "sun": None if share is None else share / 100,
        **_cost(session),
    }


def _cost(session: Session) -> dict[str, Any]:
    amounts = session.amounts
    paid, cost = amounts.paid, amounts.cost
    average = None if cost is None else cost.average
    return {
        "cost": None if paid is None else round(paid, 2),
        "average_price": None if average is None else round(average, 4),
    }


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
