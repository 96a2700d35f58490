"""A bus in plain values for the front end: amps in A, powers in W, energy in kWh, times in ISO 8601.

An unknown value is None.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..charging.planning.series import Series
from ..coordinator import TwcCoordinator
from ..state.devices import device_id_at
from ..state.notation import Texts
from ..state.sentence import sentence_in_parts
from ..twc import BusStatus
from ..types import TwcConfigEntry
from .connectors import DeviceIds, connector_as_live, vehicle_device_id
from .flow import NO_FLOW, flow_as_live, meters_of
from .plans import plans_as_live

_AHEAD: Final = timedelta(days=3)
"""How far ahead prices and the forecast are sent."""

_PRICE_DECIMALS: Final = 4


def bus_as_live(
    hass: HomeAssistant, entry: TwcConfigEntry, texts: Texts, local: datetime
) -> dict[str, Any]:
    """Return a bus; if it is not loaded, only its name is known."""
    device_ids = partial(device_id_at, hass, entry.entry_id)
    bus = _bare(entry, device_ids)
    if entry.state is not ConfigEntryState.LOADED:
        return bus
    coordinator = entry.runtime_data
    data = coordinator.data
    tariff = coordinator.plans.tariff
    is_offline = data.status is BusStatus.OFFLINE
    bus |= {
        "state": "offline" if is_offline else "connected",
        "mode": data.user_settings.mode.value,
        "limit": data.user_settings.available(coordinator.wiring.max_current),
        "currency": tariff.currency or coordinator.inputs.prices.currency or None,
        "prices": _series(tariff.prices, local, _PRICE_DECIMALS),
        "forecast": _series(coordinator.plans.sun, local, 0),
        "meters": meters_of(coordinator.inputs.options),
        "flow": flow_as_live(coordinator, hass.loop.time()),
        "plans": plans_as_live(coordinator, device_ids, local),
        "vehicles": [
            {"device_id": device_id, "name": vehicle.name}
            for vehicle_id, vehicle in data.vehicles.vehicles.items()
            if (device_id := vehicle_device_id(coordinator, vehicle_id)) is not None
        ],
        "connectors": [
            connector_as_live(coordinator, connector_id, device_ids, texts, local)
            for connector_id in sorted(coordinator.persistence.connectors)
        ],
    }
    if not is_offline:
        bus |= _now(coordinator, texts, local)
    return bus


def may_read_meters(user: User, bus: Mapping[str, Any]) -> bool:
    """Return whether a user may read all sensors of the house whose values a bus contains."""
    if user.permissions.access_all_entities(POLICY_READ):
        return True
    return all(
        user.permissions.check_entity(entity_id, POLICY_READ)
        for entity_id in bus["meters"].values()
    )


def without_meters(bus: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bus without the values of the house's sensors."""
    flow = {**NO_FLOW, "connectors": bus["flow"]["connectors"]}
    return {**bus, "meters": {}, "flow": flow}


def _bare(entry: TwcConfigEntry, device_ids: DeviceIds) -> dict[str, Any]:
    """Return a bus of which only the name is known."""
    unknown = ("sentence", "reason", "mode", "limit", "offered", "drawn", "currency")
    return {
        "entry_id": entry.entry_id,
        "device_id": device_ids(None),
        "title": entry.title,
        "state": "not_loaded",
        **dict.fromkeys(unknown),
        "left": {"wiring": None, "fuse": None, "peak": None},
        "flow": {**NO_FLOW},
        "meters": {},
        "prices": [],
        "forecast": [],
        "plans": [],
        "vehicles": [],
        "connectors": [],
    }


def _now(coordinator: TwcCoordinator, texts: Texts, local: datetime) -> dict[str, Any]:
    """Return what the bus does now, and why."""
    data = coordinator.data
    drawn, peak = data.total_current, data.explanation.peak
    offered = sum(item.offered_current for item in data.connectors.values())
    return {
        "sentence": sentence_in_parts(data.explanation.statement, texts, local),
        "reason": data.explanation.reason.value,
        "offered": round(offered, 1),
        "drawn": drawn,
        "left": {
            "wiring": _left(coordinator.wiring.max_current, drawn),
            "fuse": _left(data.explanation.fuse_amps, drawn),
            "peak": _left(None if peak is None else peak.amps, drawn),
        },
    }


def _left(limit: float | None, drawn: float) -> float | None:
    """Return the A that are left of a limit; None without a limit."""
    return None if limit is None else round(max(0.0, limit - drawn), 1)


def _series(series: Series, local: datetime, decimals: int) -> list[list[Any]]:
    """Return the pieces of a series from now on, as start, end and value."""
    return [
        [piece.start.isoformat(), piece.end.isoformat(), round(piece.value, decimals)]
        for piece in series.pieces
        if piece.end > local and piece.start < local + _AHEAD
    ]
