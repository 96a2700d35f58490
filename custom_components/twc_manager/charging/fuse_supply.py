"""Applies the main fuse to one bus: from the connectors of a decision to the budgets of the fuse.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

from ..twc import DRAWING_AMPS, BusStatus, ConnectorState, Snapshot
from ..twc.excess import OVERDRAW_TOLERANCE
from .allocation.budgets import CurrentBudget, FusePhases, fuse_budget
from .allocation.demand import Demand
from .bus_draw import BusVehicle
from .bus_vehicle import bus_vehicle
from .candidate import ConnectorContext
from .circuits.raises import Raise, within_room
from .decision import AllocationInputs, Decision
from .offer_raise import offer_raise
from .phase_knowledge import PhaseKnowledge
from .supply.fuse_load import FuseLoad, VehicleLoad
from .supply.fuse_meter import FuseMeter
from .supply.fuse_reading import FuseConfig, FuseReading
from .supply.fuse_shares import FuseShare
from .supply.phases import VehicleDraw
from .supply.shared_fuse import SharedFuse
from .wiring import measured_volts


@dataclass(frozen=True, slots=True)
class FusePlace:
    """The place of a bus behind a main fuse that other buses may be behind as well."""

    fuse: SharedFuse
    bus: str = ""


@dataclass(frozen=True, slots=True)
class FuseBudgets:
    """The budgets of the main fuse for the vehicles of one bus.

    Attributes:
        common: the budget of all vehicles; None if no phase concerns all of them.
        apart: the budgets of a part of the vehicles, by key.
        members: the connectors of these vehicles, by the same keys.

    """

    common: CurrentBudget | None
    apart: Mapping[Hashable, CurrentBudget] = field(default_factory=dict)
    members: Mapping[Hashable, frozenset[int]] = field(default_factory=dict)

    def keys(self, connector_id: int) -> tuple[Hashable, ...]:
        """Return the keys of the budgets of a part of the vehicles that apply to a connector."""
        return tuple(key for key in self.apart if connector_id in self.members[key])

    def amps(self, connector_id: int | None = None) -> int | None:
        """Return the whole A of the smallest budget that applies to a connector, or to all if None; None without one."""
        keys = () if connector_id is None else self.keys(connector_id)
        budgets = [self.apart[key] for key in keys]
        if self.common is not None:
            budgets.append(self.common)
        return min((max(item.amps, 0) for item in budgets), default=None)

    def allowed(
        self, decision: Decision, contexts: Sequence[ConnectorContext]
    ) -> Decision:
        """Return the decision with the offers that may go out now: what one vehicle loses is free once it is lost.

        The meter shows what a vehicle draws, but not that it is about to draw less.
        """
        rooms = [(self.apart[key], self.members[key]) for key in self.apart]
        if self.common is not None:
            rooms.append((self.common, frozenset(decision.offers)))
        for budget, members in rooms:
            raises = [
                _measured(offer_raise(context, decision.offers))
                for context in contexts
                if context.connector_id in members and _counts(context, decision)
            ]
            committed = within_room(raises, max(budget.amps, 0))
            decision = decision.lowered(committed.offers, budget.alone)
        return decision


class FuseSupply:
    """The limits of the main fuse for one bus."""

    def __init__(self, place: FusePlace, config: FuseConfig, minimum: int) -> None:
        """Start for a bus.

        Args:
            place: its place behind the fuse.
            config: the fuse.
            minimum: the lowest offer in whole A.

        """
        self._fuse = place.fuse
        self._bus = place.bus
        self._minimum = minimum
        self._fuse.join(self._bus, config)

    @property
    def meter(self) -> FuseMeter:
        """Return what is known of the meter at the fuse."""
        return self._fuse.meter

    @property
    def wake_at(self) -> float | None:
        """Return when to decide again without a report, in s; None if nothing changes by time alone."""
        return self._fuse.wake_at

    def budget(
        self,
        inputs: AllocationInputs,
        contexts: Sequence[ConnectorContext],
        reading: FuseReading | None,
        changed_at: float,
    ) -> FuseBudgets:
        """Return the budgets for the vehicles of the bus; `changed_at` is when one of their offers changed last."""
        if inputs.snapshot.status is BusStatus.OFFLINE:
            self._fuse.lose(self._bus)
            return FuseBudgets(None)
        if reading is not None:
            volts = measured_volts(inputs.snapshot.connectors)
            reading = reading.with_volts(volts)
        load = self._load(inputs, contexts, changed_at)
        share = self._fuse.update(self._bus, inputs.now, reading, load)
        return _budgets(share)

    def commit(self, contexts: Iterable[ConnectorContext]) -> None:
        """Note the offers that have been decided."""
        taken = {item.connector_id: _taken(item) for item in contexts}
        self._fuse.commit(self._bus, taken)

    def report_undecided(
        self, now: float, snapshot: Snapshot, changed_at: float
    ) -> None:
        """Report a bus without a decision to the fuse: nothing is offered, but its vehicles may continue to draw."""
        if snapshot.status is BusStatus.OFFLINE:
            self._fuse.lose(self._bus)
            return
        vehicles = (
            _undecided_load(self._bus, connector, self._minimum)
            for connector in snapshot.connectors
        )
        load = FuseLoad(tuple(vehicles), changed_at, self._minimum)
        self._fuse.update_undecided(self._bus, now, load)

    def _load(
        self,
        inputs: AllocationInputs,
        contexts: Sequence[ConnectorContext],
        changed_at: float,
    ) -> FuseLoad:
        vehicles = (
            _vehicle_load(self._bus, context, inputs, self._minimum)
            for context in contexts
        )
        return FuseLoad(tuple(vehicles), changed_at, self._minimum)


def _vehicle_load(
    bus: str, context: ConnectorContext, inputs: AllocationInputs, minimum: int
) -> VehicleLoad:
    draw = _vehicle_draw(bus, context, inputs.phases.get(context.connector_id))
    return replace(
        _connector_load(draw, context.connector, minimum),
        is_waiting=_is_waiting(context),
        taken=_taken(context),
        sharing=bus_vehicle(context, inputs),
    )


def _undecided_load(bus: str, connector: ConnectorState, minimum: int) -> VehicleLoad:
    """Return a vehicle for which nothing could be decided; nothing is known of its phases then."""
    connector_id = connector.connector_id
    taken = max(connector.possible, connector.offered, connector.drawn)
    draw = VehicleDraw(bus, connector_id, connector.drawn)
    return replace(
        _connector_load(draw, connector, minimum),
        taken=taken,
        sharing=BusVehicle(connector_id, taken=taken),
    )


def _connector_load(
    draw: VehicleDraw, connector: ConnectorState, minimum: int
) -> VehicleLoad:
    """Return what a connector reports of its vehicle."""
    is_drawing = connector.drawn >= DRAWING_AMPS
    is_served = connector.offered > 0 or is_drawing
    used = _used(connector)
    return VehicleLoad(
        draw=draw,
        held=_held(connector, minimum) if is_drawing else 0.0,
        offered=used if is_drawing else 0.0,
        kept=max(used, minimum) if is_served else 0.0,
        is_served=is_served,
    )


def _budgets(share: FuseShare) -> FuseBudgets:
    common = None
    if isfinite(share.amps):
        common = fuse_budget(
            int(share.amps), silent=share.silent, lacking=share.lacking
        )
    apart = {FusePhases(item.phases, item.is_proof): item for item in share.rooms}
    return FuseBudgets(
        common,
        {
            key: fuse_budget(int(item.amps), silent=share.silent, lacking=item.lacking)
            for key, item in apart.items()
        },
        {key: item.connectors for key, item in apart.items()},
    )


def _counts(context: ConnectorContext, decision: Decision) -> bool:
    """Return whether a connector has or gets anything: one that does not would show on the meter if it drew."""
    connector = context.connector
    offer = decision.offers[context.connector_id]
    amps = max(connector.offered, connector.sent or 0.0, connector.drawn, offer)
    return amps >= DRAWING_AMPS


def _measured(item: Raise) -> Raise:
    """Return a raise without the error of a connector's meter: a draw just above the offer takes nothing from others.

    The decision does not count it either: another vehicle would wait for room that never becomes free.
    """
    is_error = item.possible <= item.has + OVERDRAW_TOLERANCE
    return replace(item, possible=float(item.has)) if is_error else item


def _is_waiting(context: ConnectorContext) -> bool:
    """Return whether a vehicle wants power but does not draw."""
    drawing = context.connector.drawn >= DRAWING_AMPS
    return context.demand is Demand.WANTED and not drawing


def _held(connector: ConnectorState, minimum: int) -> float:
    """Return the A of its offer that a drawing vehicle needs to continue."""
    return min(connector.offered, max(connector.drawn, minimum))


def _vehicle_draw(
    bus: str, context: ConnectorContext, phases: PhaseKnowledge | None
) -> VehicleDraw:
    """Return the draw of a vehicle, with only those phases that evidence of this session proves."""
    connector, tracker = context.connector, context.runtime.demand_tracker
    count = phases.count if phases is not None and phases.is_certain else None
    session = (tracker.plugged_at, connector.vin) if tracker.present else None
    return VehicleDraw(
        bus,
        context.connector_id,
        connector.drawn,
        count=count,
        unmetered=None if phases is None else phases.unmetered,
        session=session,
    )


def _used(connector: ConnectorState) -> float:
    """Return the A of its offer that a vehicle uses; after a restart its draw may be known before its offer."""
    used = int(connector.drawn + 1)
    return min(connector.offered, used) if connector.offered else used


def _usable(context: ConnectorContext) -> float:
    """Return the A of its offer that a vehicle can use."""
    usable = context.runtime.usable_current.usable
    return context.limits.maximum if usable is None else usable


def _taken(context: ConnectorContext) -> float:
    """Return the A that a vehicle draws, or may draw at any time."""
    connector = context.connector
    offered = max(connector.offered, context.runtime.offer or 0)
    if context.demand is Demand.NONE:
        offered = 0.0
    return max(connector.drawn, min(offered, _usable(context)))
