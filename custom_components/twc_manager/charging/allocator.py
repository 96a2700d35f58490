"""One decision: from the cases of all connectors to their offers.

First those that may not charge, then whose turn it is, then how much each gets, last the cure of a trap.
Time is an argument, in s of a monotonic clock; amps are whole A.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ..twc import BusStatus
from .allocation.budgets import GREEN, TOTAL, CurrentBudget, amounts
from .allocation.demand import Demand
from .allocation.queue import ChargingQueue, QueueRequest
from .allocation.sharing import CurrentClaim, Portion, divide
from .allocation.six_amp import spike_amps
from .candidate import ConnectorContext
from .control.stop_methods import ContactorCommand
from .decision import AllocationInputs, ConnectorDecision, Decision
from .outcome import LimitReason

SETTLE_SECONDS: Final = 5.0
"""An offer is not raised so soon after its last change."""

LOOK_SECONDS: Final = 5.0
"""How often to look while there are cars: what a car does not do shows only by time."""


def _claims_late(case: ConnectorContext) -> tuple[bool, bool]:
    """Return the place in the order of claims: cars that charge, then new ones, then quiet ones."""
    return case.demand is not Demand.WANTED, not case.running


class Allocator:
    """The making of one decision."""

    def __init__(
        self,
        inputs: AllocationInputs,
        pools: Mapping[Hashable, CurrentBudget],
        cases: Sequence[ConnectorContext],
        turns: ChargingQueue,
    ) -> None:
        """Start with what is known now."""
        self._inputs = inputs
        self._now = inputs.now
        self._pools = pools
        self._left = amounts(pools)
        self._cases = cases
        self._turns = turns
        self._commands: list[ContactorCommand] = []
        self._resting: list[int] = []

    def decide(self) -> Decision:
        """Return the decision."""
        seekers = [case for case in self._cases if not self._rests(case)]
        served = self._take_turns(seekers)
        self._share(served)
        self._report_status()
        return self._decision()

    # Who may not charge

    def _rests(self, case: ConnectorContext) -> bool:
        """Return whether a connector has no car or may not charge, and settle it then."""
        if case.demand is Demand.NONE:
            here = case.seat.watch.present
            case.reason = LimitReason.SETTLING if here else LimitReason.NO_CAR
            return True
        pause = case.pause(self._pools)
        if pause is None:
            return False
        reason, pool = pause
        if pool is self._pools[GREEN] and case.demand is Demand.WANTED:
            self._resting.append(case.connector_id)
        self._pause(
            case,
            reason,
            until=pool.until if pool is not None else None,
            urgent=pool is not None and pool.urgent,
        )
        return True

    def _pause(
        self,
        case: ConnectorContext,
        reason: LimitReason,
        *,
        until: float | None = None,
        urgent: bool = False,
    ) -> None:
        """Stop a car, or keep it stopped."""
        step = case.seat.stop_controller.stop(
            self._now, case.capabilities, urgent=urgent
        )
        self._commands += step.commands
        case.reason, case.until = reason, until
        case.offer = 0
        if step.reason is None:
            case.plug_in_charge = self._may_get_plug_in_charge(case)
            return
        case.reason, case.until = step.reason, step.until
        if step.reason is LimitReason.STOP_DELAY and self._is_plug_in_charge_due(case):
            case.reason = LimitReason.PLUG_IN_CHARGE
        if not step.hold:
            return
        case.offer = case.hold
        self._left[TOTAL] -= case.hold
        if step.reason is LimitReason.CANNOT_STOP:
            # It takes its part for good; one that is about to stop does not cost the others theirs.
            for key in case.pools:
                if key != TOTAL:
                    self._left[key] -= case.hold

    def _may_get_plug_in_charge(self, case: ConnectorContext) -> bool:
        allowed = (
            self._inputs.settings.plug_in_charge
            and case.settings.enabled
            and case.capabilities.gentle
            and not case.seat.stop_controller.needs_start
            and (case.settings.limit is None or case.settings.limit >= case.hold)
        )
        return allowed and self._is_plug_in_charge_due(case)

    def _is_plug_in_charge_due(self, case: ConnectorContext) -> bool:
        plugged_at = case.seat.watch.plugged_at
        return case.seat.plug_in_charge.until(plugged_at, self._now) is not None

    # Whose turn it is

    def _take_turns(self, cases: Sequence[ConnectorContext]) -> list[ConnectorContext]:
        """Return who is served, the first with the best right; settle the others."""
        ready = [case for case in cases if not self._is_delayed(case)]
        wanting = [case for case in ready if case.demand is Demand.WANTED]
        turns = self._turns.choose(
            self._now,
            [
                QueueRequest(
                    case.claim(),
                    case.settings.priority,
                    case.running,
                    case.locked(self._now),
                )
                for case in wanting
            ],
            self._left,
            self._inputs.settings.turn_minutes * 60,
            keep=[case.connector_id for case in cases if case not in ready],
            resting=self._resting,
        )
        by_id = {case.connector_id: case for case in wanting}
        for case in wanting:
            if case.connector_id in turns.delayed:
                until = turns.delayed[case.connector_id]
                self._pause(case, LimitReason.START_DELAY, until=until)
            elif case.connector_id not in turns.served:
                self._wait(case, turns.next_turn)
        quiet = [case for case in ready if case.demand is not Demand.WANTED]
        return [by_id[key] for key in turns.served] + quiet

    def _is_delayed(self, case: ConnectorContext) -> bool:
        """Return whether a car stopped too lately to be started, and settle it then."""
        delay = case.seat.stop_controller.start_delay_until(
            self._now, case.capabilities
        )
        if delay is not None:
            case.reason, case.until = LimitReason.START_DELAY, delay
        return delay is not None

    def _wait(self, case: ConnectorContext, until: float | None) -> None:
        urgent = self._pools[TOTAL].urgent
        self._pause(case, LimitReason.WAITING_TURN, until=until, urgent=urgent)

    # How much each gets

    def _share(self, served: Sequence[ConnectorContext]) -> None:
        ordered = sorted(served, key=_claims_late)
        claims = [case.claim() for case in ordered]
        # Who is still being stopped has its part before anybody new, but drives nobody out.
        new = sum(_claims_late(case) == (False, False) for case in ordered)
        claims[new:new] = self._stopping()
        claims += self._plug_in_charges()
        portions = divide(claims, self._left)
        recovering = self._cure(ordered, claims, portions)
        for case in self._cases:
            if case.plug_in_charge and portions[case.connector_id].amps:
                self._give_plug_in_charge(case)
        for case in ordered:
            portion = portions[case.connector_id]
            if case is recovering:
                case.offer, case.reason = portion.amps, LimitReason.SIX_AMP_RECOVERY
                case.until = case.seat.trap.until
            elif portion.amps:
                self._give(case, portion, shared=self._is_shared(case, portions))
            elif case.demand is Demand.WANTED:
                # Its room is not free yet: somebody else's car is still being stopped.
                self._pause(case, LimitReason.WAITING_TURN, urgent=True)
            else:
                self._leave_out(case, portion)

    def _stopping(self) -> list[CurrentClaim]:
        """Return the claims of cars that have not stopped yet on what is not taken for good."""
        return [
            CurrentClaim(
                case.connector_id,
                case.offer,
                case.offer,
                case.offer,
                tuple(key for key in case.pools if key != TOTAL),
            )
            for case in self._cases
            if case.offer and case.reason is not LimitReason.CANNOT_STOP
        ]

    def _plug_in_charges(self) -> list[CurrentClaim]:
        """Return the claims of plug-in charges: only the wiring limits them, neither the sun nor a rule."""
        return [
            CurrentClaim(case.connector_id, case.hold, case.hold, case.hold, (TOTAL,))
            for case in self._cases
            if case.plug_in_charge
        ]

    def _give_plug_in_charge(self, case: ConnectorContext) -> None:
        plug_in_charge = case.seat.plug_in_charge
        plug_in_charge.given(self._now)
        case.offer, case.reason = case.hold, LimitReason.PLUG_IN_CHARGE
        case.until = plug_in_charge.until(case.seat.watch.plugged_at, self._now)

    def _give(self, case: ConnectorContext, portion: Portion, *, shared: bool) -> None:
        self._commands += case.seat.stop_controller.allow_charging(
            self._now, case.capabilities
        )
        case.seat.plug_in_charge.over(case.seat.watch.plugged_at)
        case.offer = portion.amps
        pool = None if portion.pool is None else self._pools[portion.pool]
        if pool is None:
            case.reason = case.bound
        else:
            case.until = pool.until
            case.reason = pool.shared if shared else pool.alone
        case.reason = case.unused_reason() or case.reason
        before, settled_at = case.seat.offer, case.seat.changed_at + SETTLE_SECONDS
        if before and case.offer > before and self._now < settled_at:
            case.offer, case.reason, case.until = (
                before,
                LimitReason.SETTLING,
                settled_at,
            )

    def _is_shared(
        self, case: ConnectorContext, portions: Mapping[int, Portion]
    ) -> bool:
        """Return whether others have a part of the pool that keeps a connector from more."""
        key = portions[case.connector_id].pool
        return any(
            other.offer or portions.get(other.connector_id, Portion(0)).amps
            for other in self._cases
            if other is not case and (key in other.pools or key == TOTAL)
        )

    def _leave_out(self, case: ConnectorContext, portion: Portion) -> None:
        """Leave a quiet car without an offer: others have a use for all there is."""
        key = TOTAL if portion.pool is None else portion.pool
        case.offer, case.reason = 0, self._pools[key].shared
        case.reason = case.unused_reason() or case.reason

    # The 6 A trap

    def _cure(
        self,
        cases: Sequence[ConnectorContext],
        claims: Sequence[CurrentClaim],
        portions: dict[int, Portion],
    ) -> ConnectorContext | None:
        """Give the first trapped car its spike, if all limits leave room, and return its case."""
        recovering: ConnectorContext | None = None
        for case in cases:
            amps = self._recovery_amps(case)
            if amps is None:
                continue
            spiked = None
            if recovering is None:
                spiked = self._spiked(case, amps, claims, portions)
            if spiked is None:
                case.seat.trap.cancel(self._now)
                continue
            case.seat.trap.begin(self._now, case.connector.drawn)
            portions.update(spiked)
            recovering = case
        return recovering

    def _recovery_amps(self, case: ConnectorContext) -> int | None:
        trap = case.seat.trap
        if not self._inputs.settings.six_amp_recovery:
            trap.cancel(self._now)
            return None
        return trap.update(
            self._now,
            offered=case.connector.offered,
            drawn=case.connector.drawn,
            spike=spike_amps(case.connector.rating),
        )

    def _spiked(
        self,
        case: ConnectorContext,
        amps: int,
        claims: Sequence[CurrentClaim],
        portions: Mapping[int, Portion],
    ) -> dict[int, Portion] | None:
        """Return the portions with a spike, if everybody who is served still is; None if there is no room.

        The spike is taken from what wiring, fuse and owner allow. Green energy may be overdrawn for the few
        seconds: it is the sun that raises an offer little by little, and so springs the trap.
        """
        usual = portions[case.connector_id].amps
        if amps > case.ceiling or (usual >= amps and not case.seat.trap.active):
            return None
        left = dict(self._left)
        if GREEN in case.pools:
            left[GREEN] -= usual
        pools = tuple(key for key in case.pools if key != GREEN)
        first = [
            replace(claim, least=amps, usable=amps, most=amps, pools=pools)
            for claim in claims
            if claim.connector_id == case.connector_id
        ]
        others = [item for item in claims if item.connector_id != case.connector_id]
        spiked = divide([*first, *others], left)
        kept = all(
            spiked[key].amps or not portion.amps for key, portion in portions.items()
        )
        return spiked if kept else None

    # What comes of it

    def _report_status(self) -> None:
        status = self._inputs.snapshot.status
        for case in self._cases:
            if case.demand is Demand.NONE:
                continue
            if status is BusStatus.SECOND_MASTER:
                case.reason = LimitReason.SECOND_MASTER
            elif status is BusStatus.SEARCHING and case.connector.offered < case.offer:
                case.reason = LimitReason.SEARCHING

    def _decision(self) -> Decision:
        connectors: dict[int, ConnectorDecision] = {}
        for case in self._cases:
            until = case.until
            connectors[case.connector_id] = ConnectorDecision(
                offer=case.offer,
                active_rule=case.active_rule,
                reason=case.reason,
                stop_method=case.seat.stop_controller.stop_method,
                next_change=until if until is not None and until > self._now else None,
                request=case.seat.stop_controller.request,
                facts=case.seat.facts(case.connector),
            )
        return Decision(
            offers={case.connector_id: case.offer for case in self._cases},
            connectors=connectors,
            commands=tuple(self._commands),
            wake_at=self._wake_at(connectors),
        )

    def _wake_at(self, connectors: Mapping[int, ConnectorDecision]) -> float | None:
        times = [
            item.next_change
            for item in connectors.values()
            if item.next_change is not None
        ]
        if any(case.demand is not Demand.NONE for case in self._cases):
            times.append(self._now + LOOK_SECONDS)
        return min(times, default=None)
