"""The circuits above a bus as the bus uses them: from the connectors of a decision to budgets and to offers.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import attrgetter

from ..twc import DRAWING_AMPS, BusStatus, ConnectorState, Snapshot
from .allocation.budgets import CircuitAmps, CurrentBudget, circuit_budget
from .allocation.demand import Demand
from .bus_draw import BusDraw, BusVehicle
from .candidate import HOLD_AMPS, ConnectorContext
from .circuits.circuit import CircuitPlace
from .circuits.raises import Raise, within_room
from .decision import AllocationInputs, Decision
from .outcome import AVAILABLE_CURRENT, LimitReason
from .wiring import Wiring


@dataclass(frozen=True, slots=True)
class CircuitRoom:
    """The A that the connectors of a bus could be drawing at most after a raise, and the reason why it is no more."""

    amps: float = inf
    reason: LimitReason = LimitReason.CIRCUIT


class CircuitSupply:
    """What the circuits allow one bus, decision after decision."""

    def __init__(self, wiring: Wiring) -> None:
        """Start for a bus that is behind no circuit."""
        self._wiring = wiring
        self._room: CircuitRoom | None = None
        self._beside = 0.0

    def budgets(
        self, inputs: AllocationInputs, contexts: Sequence[ConnectorContext]
    ) -> dict[Hashable, CurrentBudget]:
        """Return what the circuits leave the connectors of the bus."""
        self._room = None
        place = inputs.circuits
        if not place.circuits:
            return {}
        if inputs.snapshot.status is BusStatus.OFFLINE:
            place.lose(inputs.now)
            return {}
        draw = self._draw(inputs, contexts)
        self._beside = _beside(inputs.snapshot)
        budgets: dict[Hashable, CurrentBudget] = {}
        room = CircuitRoom()
        for circuit in place.circuits:
            config = circuit.config
            share = circuit.update(place.bus, inputs.now, draw)
            if share.room == inf:
                continue
            room = min(
                room, CircuitRoom(share.room, config.reason), key=attrgetter("amps")
            )
            amps = int(max(share.amps - draw.reserved, 0.0))
            budgets[CircuitAmps(config.circuit_id)] = circuit_budget(
                amps, config.reason
            )
        self._room = room
        return budgets

    def tell_undecided(
        self, now: float, place: CircuitPlace, snapshot: Snapshot
    ) -> None:
        """Tell the circuits of a bus for which nothing could be decided: nothing is offered, but its cars may go on."""
        if snapshot.status is BusStatus.OFFLINE:
            place.lose(now)
            return
        draw = self._undecided(snapshot)
        for circuit in place.circuits:
            circuit.update(place.bus, now, draw)
            circuit.commit(place.bus, 0.0)

    def _undecided(self, snapshot: Snapshot) -> BusDraw:
        """Return what a bus takes if no offer can take anything from it."""
        maximum = self._wiring.max_current
        if snapshot.status is BusStatus.SECOND_MASTER:
            # Whatever another master offers is within the wiring, and is known of no connector.
            return BusDraw(possible=maximum, reserved=maximum, is_foreign=True)
        possible = _possible_together(snapshot)
        return BusDraw(
            possible=possible,
            reserved=possible,
            is_searching=snapshot.status is BusStatus.SEARCHING,
        )

    def allowed(
        self,
        place: CircuitPlace,
        decision: Decision,
        contexts: Sequence[ConnectorContext],
    ) -> Decision:
        """Return the decision with the offers that may go out now: they grow only into room that is certainly free."""
        if (room := self._room) is None:
            return decision
        raises = [_raise(context, decision.offers) for context in contexts]
        committed = within_room(raises, room.amps, self._beside)
        for circuit in place.circuits:
            circuit.commit(place.bus, committed.amps)
        return decision.lowered(committed.offers, room.reason)

    def _draw(
        self, inputs: AllocationInputs, contexts: Sequence[ConnectorContext]
    ) -> BusDraw:
        snapshot = inputs.snapshot
        maximum = self._wiring.max_current
        if snapshot.status is BusStatus.SECOND_MASTER:
            return self._undecided(snapshot)
        rules = {context.active_rule.rule for context in contexts}
        return BusDraw(
            vehicles=tuple(_vehicle(context, inputs) for context in contexts),
            possible=_possible_together(snapshot),
            limit=inputs.settings.available(maximum)
            if rules <= AVAILABLE_CURRENT
            else maximum,
            reserved=snapshot.reserved,
            is_searching=snapshot.status is BusStatus.SEARCHING,
        )


def _possible(connector: ConnectorState) -> float:
    """Return the A that a connector could be drawing."""
    return max(connector.possible, connector.drawn)


def _possible_together(snapshot: Snapshot) -> float:
    """Return the A that all connectors could be drawing."""
    return sum(map(_possible, snapshot.connectors)) + _beside(snapshot)


def _beside(snapshot: Snapshot) -> float:
    """Return the A that connectors could be drawing that have not reported, or are gone."""
    known = sum(item.possible for item in snapshot.connectors)
    return max(snapshot.possible - known, 0.0)


def _has(connector: ConnectorState) -> int:
    """Return the whole A that a connector has: to send that again raises nothing."""
    return int(connector.offered if connector.sent is None else connector.sent)


def _raise(context: ConnectorContext, offers: Mapping[int, int]) -> Raise:
    return Raise(
        connector_id=context.connector_id,
        offer=offers[context.connector_id],
        has=_has(context.connector),
        possible=_possible(context.connector),
        minimum=context.limits.minimum,
    )


def _vehicle(context: ConnectorContext, inputs: AllocationInputs) -> BusVehicle:
    connector = context.connector
    offered = max(connector.offered, context.runtime.offer or 0)
    taken = max(connector.drawn, offered)
    return BusVehicle(
        connector_id=context.connector_id,
        taken=taken,
        bound=_bound(context, taken, inputs.now),
        wanted=_wanted(context, inputs),
        minimum=context.limits.minimum,
        priority=context.settings.priority,
        is_charging=taken >= DRAWING_AMPS,
        is_locked=taken >= DRAWING_AMPS and context.locked(inputs.now),
    )


def _bound(context: ConnectorContext, taken: float, now: float) -> float:
    """Return the A that no offer can take from a vehicle now."""
    if context.disobeys:
        return max(taken, context.connector.possible)
    drawn = context.connector.drawn
    if drawn < DRAWING_AMPS:
        return 0.0
    excess = context.connector.excess
    stop_controller = context.runtime.stop_controller
    if stop_controller.cannot_stop(now, context.capabilities):
        return min(drawn, HOLD_AMPS + excess)
    return excess


def _wanted(context: ConnectorContext, inputs: AllocationInputs) -> float:
    """Return the A that a vehicle could use now."""
    limits = context.limits
    if context.demand is not Demand.WANTED or not context.settings.enabled:
        return context.connector.drawn
    usable = context.runtime.usable_current.usable
    amps = limits.ceiling if usable is None else min(limits.ceiling, usable)
    if context.active_rule.green:
        green = 0 if inputs.green is None else inputs.green.amps
        amps = min(amps, green)
    return float(amps) if amps >= limits.minimum else 0.0
