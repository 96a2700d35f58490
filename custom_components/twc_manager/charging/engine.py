"""From all that is known to what each connector is offered, and why it is no more.

Pure: the same inputs at the same times give the same decisions. Time is an argument, in s of a monotonic
clock; offers are whole A.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from ..twc import DRAWING_AMPS, BusStatus, ConnectorState
from .allocation.budgets import CurrentBudget, make_budgets
from .allocation.demand import Demand
from .allocation.queue import ChargingQueue
from .allocator import Allocator
from .candidate import ConnectorRuntime, make_context
from .control.stopping import StoredStop
from .decision import AllocationInputs, Decision, EngineConfig
from .supply.history import Starts
from .supply.main_fuse import FuseGuard
from .wiring import Wiring


class Engine:
    """Decides for one bus."""

    def __init__(
        self,
        wiring: Wiring,
        config: EngineConfig | None = None,
        stored: Mapping[int, StoredStop] | None = None,
    ) -> None:
        """Start for a bus with this wiring; `stored` is what `Engine.stored` gave before a restart."""
        config = config or EngineConfig()
        self._wiring = wiring
        self._fuse = FuseGuard(config.fuse) if config.fuse is not None else None
        self._turns = ChargingQueue()
        self._seats = {
            connector_id: ConnectorRuntime(connector_id, item)
            for connector_id, item in (stored or {}).items()
        }
        self._changed_at = 0.0

    @property
    def stored(self) -> dict[int, StoredStop]:
        """Return what is to be kept over a restart."""
        return {
            connector_id: seat.stop_controller.stored
            for connector_id, seat in self._seats.items()
        }

    def wants_power(self, connector_id: int) -> bool:
        """Return whether the car at a connector charges or wants to, by the last decision."""
        seat = self._seats.get(connector_id)
        return seat is not None and seat.watch.demand is Demand.WANTED

    @property
    def green_starts(self) -> Starts:
        """Return the starts of cars on green energy."""
        return self._turns.starts

    def decide(self, inputs: AllocationInputs) -> Decision:
        """Return what each connector is offered now."""
        pools = self._pools(inputs)
        cases = [
            make_context(
                connector, self._seat(connector.connector_id), inputs, self._wiring
            )
            for connector in inputs.snapshot.connectors
        ]
        for case in cases:
            case.seat.observe(case.connector, inputs.now)
        decision = Allocator(inputs, pools, cases, self._turns).decide()
        searching = inputs.snapshot.status is BusStatus.SEARCHING
        for case in cases:
            offer = decision.offers[case.connector_id]
            if searching:
                # Nothing is raised yet: what was decided reaches no car before the search is over.
                offer = min(offer, int(case.connector.offered))
            self._note(case.connector_id, offer, inputs.now)
        fuse_at = self._fuse.wake_at if self._fuse is not None else None
        if fuse_at is None:
            return decision
        return replace(decision, wake_at=min(fuse_at, decision.wake_at or fuse_at))

    def _seat(self, connector_id: int) -> ConnectorRuntime:
        return self._seats.setdefault(connector_id, ConnectorRuntime(connector_id))

    def _pools(self, inputs: AllocationInputs) -> dict[Hashable, CurrentBudget]:
        fuse_amps: int | None = None
        if self._fuse is not None:
            fuse_amps = self._fuse.update(
                inputs.now,
                inputs.fuse,
                drawn=sum(item.drawn for item in inputs.snapshot.connectors),
                changed_at=self._changed_at,
                least=self._wiring.min_current,
                held=_held(inputs.snapshot.connectors, self._wiring.min_current),
            )
        silent = self._fuse is not None and self._fuse.silent
        return make_budgets(
            inputs, self._wiring.max_current, fuse_amps, fuse_silent=silent
        )

    def _note(self, connector_id: int, offer: int, now: float) -> None:
        seat = self._seat(connector_id)
        if offer != seat.offer:
            self._changed_at = now
        seat.note(offer, now)


def _held(connectors: Iterable[ConnectorState], least: int) -> float:
    """Return the A that those that draw need so as to go on, of what they have."""
    return sum(
        min(item.offered, max(item.drawn, least))
        for item in connectors
        if item.drawn >= DRAWING_AMPS
    )
