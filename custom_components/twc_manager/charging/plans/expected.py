"""The vehicles that have a plan but are not plugged in yet: what they will need, as far as it is known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from ..planning.goals import MIN_AMPS, Goal
from .battery import BatteryState
from .failures import blamed_on
from .inputs import PlanInputsOfBus
from .need import ASSUMED_LEVEL, Battery, Charged, need_of
from .request import PercentGoal, PlanRequest, next_ready_of
from .situation import ConnectorSituation

_AHEAD: Final = timedelta(days=1)
"""Vehicles that shall be ready later are not expected yet."""
_DRIVE_PERCENT: Final = 10.0
"""What a vehicle loses on its way home after its last report, in %: how far it drove after that report is not known."""
_STEP_KWH: Final = 2.0
"""Step to which a need is rounded up, so that a plan does not follow each report of a vehicle that drives."""


def expected_goals(
    inputs: PlanInputsOfBus,
    free: Sequence[ConnectorSituation],
    voltage: float,
    local: datetime,
) -> Iterator[Goal]:
    """Yield the goals of the vehicles that are expected at free connectors: one for each, the earliest ones.

    Args:
        inputs: what plans follow from.
        free: the connectors at which no vehicle is plugged in.
        voltage: the voltage of a phase, in V.
        local: the local time.

    """
    places = {item.connector_id: item for item in free if item.usable >= MIN_AMPS}
    there = set(inputs.vehicles.values())
    for ready, request in _coming(inputs, local):
        seen = _place(request, places)
        if seen is None or request.vehicle_id in there:
            continue
        with blamed_on(request.plan_id):
            kwh = _needed(request, inputs, seen, voltage)
        if kwh <= 0:
            continue
        del places[seen.connector_id]
        if request.vehicle_id is not None:
            there.add(request.vehicle_id)
        yield Goal(
            connector_id=seen.connector_id,
            kwh=kwh,
            ready=ready,
            max_amps=seen.usable,
            phases=seen.phases,
            keep=request.keep,
            priority=seen.priority,
        )


def _coming(
    inputs: PlanInputsOfBus, local: datetime
) -> list[tuple[datetime, PlanRequest]]:
    """Return the plans that come next, with when they shall be ready, the earliest one first."""
    coming = []
    for request in inputs.to_come(local):
        with blamed_on(request.plan_id):
            ready = next_ready_of(request.ready, local)
        if ready is not None and ready <= local + _AHEAD:
            coming.append((ready, request))
    return sorted(coming, key=lambda item: item[0])


def _place(
    request: PlanRequest, places: dict[int, ConnectorSituation]
) -> ConnectorSituation | None:
    """Return the connector of a plan; any that is free for a vehicle that may come to each."""
    if request.connector_id is not None:
        return places.get(request.connector_id)
    return next(iter(places.values()), None)


def _needed(
    request: PlanRequest,
    inputs: PlanInputsOfBus,
    seen: ConnectorSituation,
    voltage: float,
) -> float:
    """Return the kWh that a vehicle will need."""
    battery = Battery()
    if isinstance(request.goal, PercentGoal):
        away = inputs.away.get(request.vehicle_id or "", BatteryState())
        battery.update(_as_it_comes(away), 0.0)
    kilowatts = seen.usable * seen.phases * voltage / 1000
    need = need_of(request.goal, battery, Charged(), seen.usable, kilowatts)
    return ceil(need.kwh / _STEP_KWH) * _STEP_KWH if not need.is_enough else 0.0


def _as_it_comes(away: BatteryState) -> BatteryState:
    """Return the battery of a vehicle when it has come home; half full if its level is not known, as at a connector."""
    if away.level is None or not 0 <= away.level <= 100:
        return replace(away, level=ASSUMED_LEVEL)
    return replace(away, level=max(0.0, away.level - _DRIVE_PERCENT))
