"""The engine: from all inputs to the offer of each connector, and the reason that limits it.

Pure: the same inputs at the same times give the same decisions. Time is an argument, in s of a monotonic
clock; offers are whole A.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil

from ..twc import DRAWING_AMPS, BusStatus, Snapshot
from .allocation.budgets import CurrentBudget, make_budgets, wiring_budget
from .allocation.demand import Demand
from .allocation.queue import ChargingQueue
from .allocation.room import Unavailable, without
from .allocator import Allocator
from .candidate import ConnectorContext, ConnectorRuntime, make_context
from .circuit_supply import CircuitSupply
from .circuits.circuit import CircuitPlace
from .control.checks import ConnectorChecks
from .control.connector_check import CheckSituation
from .control.stop_methods import StoredStop
from .decision import AllocationInputs, Decision
from .fuse_supply import FuseBudgets, FusePlace, FuseSupply
from .house_limits import NO_LIMITS, HouseLimits, LimitBudgets, LimitInputs
from .outcome import LimitReason, OwnerRequest, Rule
from .starts import Starts
from .supply.fuse_meter import FuseMeter
from .supply.fuse_reading import FuseConfig, FuseReading
from .supply.shared_fuse import SharedFuse
from .vehicle_habits import VehicleHabits, VehicleStanding
from .wiring import Wiring


class Engine:
    """Decides for one bus."""

    def __init__(
        self,
        wiring: Wiring,
        fuse: FuseConfig | None = None,
        stored: Mapping[int, StoredStop] | None = None,
        place: FusePlace | None = None,
    ) -> None:
        """Start for a bus.

        Args:
            wiring: its wiring.
            fuse: the main fuse; None if it has no meter.
            stored: the value of `Engine.stored` before a restart.
            place: the place behind a fuse that other buses are behind as well; None for a fuse of its own.

        """
        self._wiring = wiring
        self._fuse = None
        if fuse is not None:
            place = place or FusePlace(SharedFuse())
            self._fuse = FuseSupply(place, fuse, wiring.min_current)
        self._limits = HouseLimits(wiring)
        self._circuits = CircuitSupply(wiring)
        self._queue = ChargingQueue()
        self._runtimes = {
            connector_id: ConnectorRuntime(connector_id, item)
            for connector_id, item in (stored or {}).items()
        }
        self._changed_at = 0.0
        self.checks = ConnectorChecks(wiring, self._note_zero_stop)

    @property
    def stored(self) -> dict[int, StoredStop]:
        """Return how vehicles were stopped, to be stored over a restart."""
        return {
            connector_id: runtime.stop_controller.stored
            for connector_id, runtime in self._runtimes.items()
        }

    def wants_power(self, connector_id: int) -> bool:
        """Return whether the vehicle at a connector charges or wants to, by the last decision."""
        runtime = self._runtimes.get(connector_id)
        return runtime is not None and runtime.demand_tracker.demand is Demand.WANTED

    def standing(self, connector_id: int, now: float) -> VehicleStanding:
        """Return the standing of the vehicle at a connector in the queue, by the last decision."""
        runtime = self._runtimes.get(connector_id)
        return VehicleStanding() if runtime is None else runtime.standing(now)

    @property
    def present(self) -> frozenset[int]:
        """Return the connectors with a vehicle plugged in, by the last decision."""
        return frozenset(
            connector_id
            for connector_id, runtime in self._runtimes.items()
            if runtime.demand_tracker.present
        )

    def habits(self, connector_id: int) -> VehicleHabits:
        """Return what the vehicle at a connector has shown."""
        runtime = self._runtimes.get(connector_id)
        return VehicleHabits() if runtime is None else runtime.habits

    @property
    def green_starts(self) -> Starts:
        """Return the starts of vehicles on green energy."""
        return self._queue.starts

    def report_circuits_undecided(
        self, now: float, circuits: CircuitPlace, snapshot: Snapshot
    ) -> None:
        """Report a bus without a decision to its circuits."""
        self._circuits.report_undecided(now, circuits, snapshot)

    def report_fuse_undecided(self, now: float, snapshot: Snapshot) -> None:
        """Report to the main fuse a bus for which nothing could be decided."""
        if self._fuse is not None:
            self._fuse.report_undecided(now, snapshot, self._changed_at)

    def ask(self, requests: Mapping[int, OwnerRequest]) -> None:
        """Store the requests of a person; the next decision follows them."""
        for connector_id, request in requests.items():
            self._runtime(connector_id).stop_controller.owner.ask(request)

    def decide(
        self,
        inputs: AllocationInputs,
        fuse: FuseReading | None = None,
        limits: LimitInputs = NO_LIMITS,
    ) -> Decision:
        """Return the decision for all connectors.

        Args:
            inputs: the inputs of the decision.
            fuse: the newest reading at the main fuse; None if it has no meter.
            limits: the inputs of the limits of the house.

        """
        contexts = [
            make_context(
                connector, self._runtime(connector.connector_id), inputs, self._wiring
            )
            for connector in inputs.snapshot.connectors
        ]
        for context in contexts:
            context.runtime.is_asked_for_less = inputs.is_asked_for_less(
                context.connector_id
            )
            context.runtime.observe(context.connector, inputs.now)
        if self._could_break_limit(inputs, limits, contexts):
            _note_disobeying(contexts, inputs.now)
        self._check(inputs.snapshot, contexts, inputs.now)
        house = self._fuse_budgets(inputs, contexts, fuse)
        above = self._limit_budgets(inputs, contexts, limits)
        circuits = self._circuit_budgets(inputs, contexts)
        budgets = self._budgets(inputs, contexts, house, {**above.budgets, **circuits})
        self._end_check_against(budgets, contexts, inputs.now)
        decision = Allocator(inputs, budgets, contexts, self._queue).decide()
        decision = house.allowed(decision, contexts)
        decision = self._circuits.allowed(inputs.circuits, decision, contexts)
        searching = inputs.snapshot.status is BusStatus.SEARCHING
        for context in contexts:
            offer = decision.offers[context.connector_id]
            if searching:
                # Nothing is raised yet: the decision does not reach a vehicle before the search is over.
                offer = min(offer, int(context.connector.offered))
            self._record(context.connector_id, offer, inputs.now)
            context.runtime.note_whether_stoppable(inputs.now, context.capabilities)
        if self._fuse is not None:
            self._fuse.commit(contexts)
        return replace(
            decision,
            wake_at=self._wake_at(decision, inputs, above),
            fuse_amps=house.amps(),
            fuse_rooms={
                context.connector_id: house.amps(context.connector_id)
                for context in contexts
            },
            circuit_amps=_smallest(circuits.values(), LimitReason.CIRCUIT),
            checks=self.checks.take_finished(),
            limits=replace(
                above.status,
                outside_amps=_smallest(circuits.values(), LimitReason.OUTSIDE_LIMIT),
            ),
        )

    def _check(
        self, snapshot: Snapshot, contexts: Iterable[ConnectorContext], now: float
    ) -> None:
        """Continue the running connector check, and lower the limits of its connector to what it offers."""
        self.checks.watch(snapshot, now)
        for context in contexts:
            off = not context.settings.enabled or context.active_rule.rule is Rule.OFF
            seen = CheckSituation(
                context.connector,
                0 if context.disobeys else context.limits.ceiling,
                present=context.runtime.demand_tracker.present,
                enabled=not off,
            )
            self.checks.update(seen, now)
            context.apply_check(self.checks.offer(context.connector_id, now))

    def _end_check_against(
        self,
        budgets: Mapping[Hashable, CurrentBudget],
        contexts: Iterable[ConnectorContext],
        now: float,
    ) -> None:
        """End the check whose 0 A a vehicle does not follow, if a limit needs it to be stopped by all methods."""
        for context in contexts:
            if context.is_checked_against(budgets):
                self.checks.end_limited(now)
                context.apply_check(None)

    def _note_zero_stop(self, connector_id: int, *, stopped: bool) -> None:
        """Note whether an offer of 0 A has stopped the vehicle in a connector check."""
        self._runtime(connector_id).stop_controller.note_zero_stop(stopped=stopped)

    def _fuse_budgets(
        self,
        inputs: AllocationInputs,
        contexts: Sequence[ConnectorContext],
        reading: FuseReading | None,
    ) -> FuseBudgets:
        """Return the budgets of the main fuse, and add to each connector those that apply to it."""
        if self._fuse is None:
            return FuseBudgets(None)
        budgets = self._fuse.budget(inputs, contexts, reading, self._changed_at)
        for context in contexts:
            context.add_budgets(budgets.keys(context.connector_id))
        return budgets

    def _limit_budgets(
        self,
        inputs: AllocationInputs,
        contexts: Sequence[ConnectorContext],
        limits: LimitInputs,
    ) -> LimitBudgets:
        """Return the budgets of the limits of the house, and add them to each connector."""
        above = self._limits.update(inputs, limits, contexts)
        for context in contexts:
            context.add_budgets(above.budgets)
        return above

    def _circuit_budgets(
        self, inputs: AllocationInputs, contexts: Sequence[ConnectorContext]
    ) -> Mapping[Hashable, CurrentBudget]:
        """Return the budgets of the circuits, and add them to each connector."""
        budgets = self._circuits.budgets(inputs, contexts)
        for context in contexts:
            context.add_budgets(budgets)
        return budgets

    def _budgets(
        self,
        inputs: AllocationInputs,
        contexts: Sequence[ConnectorContext],
        house: FuseBudgets,
        above: Mapping[Hashable, CurrentBudget],
    ) -> dict[Hashable, CurrentBudget]:
        """Return all budgets, without draws that no offer can lower."""
        budgets = make_budgets(
            self._wiring_budget(inputs.snapshot, contexts),
            inputs.settings.available(self._wiring.max_current),
            inputs.active_rules.values(),
            inputs.green,
            house.common,
        )
        every = {**budgets, **house.apart, **above}
        return without(every, _unavailable(contexts))

    def _wake_at(
        self, decision: Decision, inputs: AllocationInputs, above: LimitBudgets
    ) -> float | None:
        """Return when to decide again if nothing happens before, in s."""
        fuse = None if self._fuse is None else self._fuse.wake_at
        times = (
            decision.wake_at,
            inputs.circuits.wake_at,
            above.status.wake_at,
            fuse,
        )
        # A turn that cannot end yet, as its vehicle cannot be stopped, ended in the past: that needs no decision at once.
        return min(
            (at for at in times if at is not None and at > inputs.now), default=None
        )

    def _wiring_budget(
        self, snapshot: Snapshot, contexts: Sequence[ConnectorContext]
    ) -> CurrentBudget:
        """Return the budget that the guard of the wiring leaves.

        If a measured sum is too high, the guard lowers the offers itself; only if they are at their minimum, the rules
        have to choose which vehicle is stopped.
        """
        needed = sum(
            item.limits.minimum
            for item in contexts
            if not item.disobeys and (item.running or item.demand is Demand.WANTED)
        )
        ceiling = snapshot.ceiling
        if ceiling is not None:
            # Draws above the offers are subtracted from every budget anyway.
            taken = _unavailable(contexts)
            ceiling = (
                ceiling + ceil(taken.disobeying + taken.excess)
                if ceiling < needed
                else None
            )
        return wiring_budget(self._wiring.max_current, snapshot.reserved, ceiling)

    @property
    def fuse_meter(self) -> FuseMeter:
        """Return what is known of the meter at the main fuse."""
        return FuseMeter() if self._fuse is None else self._fuse.meter

    def _could_break_limit(
        self,
        inputs: AllocationInputs,
        limits: LimitInputs,
        contexts: Sequence[ConnectorContext],
    ) -> bool:
        """Return whether connectors at their maximum draw could exceed a limit."""
        ratings = [context.connector.rating for context in contexts]
        return (
            self._fuse is not None
            or limits.outside is not None
            or sum(ratings) > inputs.circuits.leaves(inputs.now)
            or sum(ratings) > self._wiring.max_current
            or max(ratings, default=0) > self._wiring.max_connector_current
        )

    def _runtime(self, connector_id: int) -> ConnectorRuntime:
        runtime = self._runtimes.get(connector_id)
        if runtime is None:
            runtime = self._runtimes[connector_id] = ConnectorRuntime(connector_id)
        return runtime

    def _record(self, connector_id: int, offer: int, now: float) -> None:
        runtime = self._runtime(connector_id)
        if offer != runtime.offer:
            self._changed_at = now
        runtime.record_offer(offer, now)


def _smallest(budgets: Iterable[CurrentBudget], reason: LimitReason) -> int | None:
    """Return the whole A of the smallest budget that has a reason; None without one."""
    return min((item.amps for item in budgets if item.alone is reason), default=None)


def _note_disobeying(contexts: Iterable[ConnectorContext], now: float) -> None:
    """Note which connectors do not obey, or did not recently."""
    for context in contexts:
        context.disobeys = context.runtime.disobedience.until(now) is not None


def _unavailable(contexts: Sequence[ConnectorContext]) -> Unavailable:
    """Return the draws, or possible draws, that no offer can take from connectors."""
    return Unavailable(
        disobeying=sum(map(_taken, contexts)),
        excess=sum(
            context.connector.excess
            for context in contexts
            if context.connector.drawn >= DRAWING_AMPS and not context.disobeys
        ),
    )


def _taken(context: ConnectorContext) -> float:
    """Return the draw, or possible draw, of a connector that does not obey, in A; 0 if it obeys or is stopped."""
    connector, offer = context.connector, context.runtime.offer or 0
    amps = max(connector.drawn, connector.possible, offer)
    return amps if context.disobeys and amps >= DRAWING_AMPS else 0.0
