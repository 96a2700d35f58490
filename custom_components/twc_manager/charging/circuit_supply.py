"""Applies the circuits above a bus: from the connectors of a decision to budgets, and from the decision to offers.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import inf
from operator import attrgetter

from ..twc import BusStatus, Snapshot
from .allocation.budgets import CircuitAmps, CurrentBudget, circuit_budget
from .bus_draw import BusDraw
from .bus_vehicle import bus_vehicle
from .candidate import ConnectorContext
from .circuits.circuit import CircuitPlace
from .circuits.raises import within_room
from .decision import AllocationInputs, Decision
from .minimums import overdraw
from .offer_raise import offer_raise, possible_amps
from .outcome import AVAILABLE_CURRENT, LimitReason
from .wiring import Wiring


@dataclass(frozen=True, slots=True)
class CircuitRoom:
    """The maximum A that the connectors of a bus could be drawing after a raise, and the reason for that limit."""

    amps: float = inf
    reason: LimitReason = LimitReason.CIRCUIT


class CircuitSupply:
    """The limits of the circuits for one bus, from decision to decision."""

    def __init__(self, wiring: Wiring) -> None:
        """Start without circuits."""
        self._wiring = wiring
        self._room: CircuitRoom | None = None
        self._beside = 0.0

    def budgets(
        self, inputs: AllocationInputs, contexts: Sequence[ConnectorContext]
    ) -> dict[Hashable, CurrentBudget]:
        """Return the budgets that the circuits leave the connectors of the bus; empty without circuits."""
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

    def report_undecided(
        self, now: float, place: CircuitPlace, snapshot: Snapshot
    ) -> None:
        """Report a bus without a decision to the circuits: nothing is offered, but its vehicles may draw on."""
        if snapshot.status is BusStatus.OFFLINE:
            place.lose(now)
            return
        draw = self._undecided(snapshot)
        for circuit in place.circuits:
            circuit.update(place.bus, now, draw)
            circuit.commit(place.bus, 0.0)

    def _undecided(self, snapshot: Snapshot) -> BusDraw:
        """Return the draw of a bus from which no offer can take anything."""
        maximum = self._wiring.max_current
        if snapshot.status is BusStatus.SECOND_MASTER:
            # The offers of another master are unknown, but assumed to be within the wiring.
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
        """Return the decision with the offers that may be sent now; they only grow into room that is certainly free."""
        if (room := self._room) is None:
            return decision
        raises = [offer_raise(context, decision.offers) for context in contexts]
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
            vehicles=tuple(
                replace(bus_vehicle(context, inputs), overdraw=overdraw(context))
                for context in contexts
            ),
            possible=_possible_together(snapshot),
            limit=inputs.settings.available(maximum)
            if rules <= AVAILABLE_CURRENT
            else maximum,
            reserved=snapshot.reserved,
            is_searching=snapshot.status is BusStatus.SEARCHING,
        )


def _possible_together(snapshot: Snapshot) -> float:
    """Return the A that all connectors could be drawing."""
    return sum(map(possible_amps, snapshot.connectors)) + _beside(snapshot)


def _beside(snapshot: Snapshot) -> float:
    """Return the A that connectors without a report, or lost ones, could be drawing."""
    known = sum(item.possible for item in snapshot.connectors)
    return max(snapshot.possible - known, 0.0)
