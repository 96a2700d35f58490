"""Makes one decision: from the contexts of all connectors to their offers.

First it pauses the connectors that may not charge, then it gives turns, then it divides the current, and last it
applies the 6 A recovery. Time is an argument, in s of a monotonic clock; amps are whole A.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final

from .allocation.budgets import GREEN, TOTAL, CurrentBudget, amounts, is_protective
from .allocation.demand import Demand
from .allocation.queue import ChargingQueue, QueueRequest, QueueResult
from .allocation.sharing import CurrentClaim, Portion, divide
from .candidate import ConnectorContext
from .control.stop_methods import ContactorCommand
from .decision import AllocationInputs, ConnectorDecision, Decision
from .minimums import room_for_minimums
from .outcome import LimitReason
from .recovery import give_boost

SETTLE_SECONDS: Final = 5.0
"""An offer is not raised within this time after its last change."""


def _claims_late(context: ConnectorContext) -> tuple[bool, bool]:
    """Return the sort key of claims: vehicles that charge, then new ones, then quiet ones."""
    return context.demand is not Demand.WANTED, not context.running


class Allocator:
    """Makes one decision."""

    def __init__(
        self,
        inputs: AllocationInputs,
        budgets: Mapping[Hashable, CurrentBudget],
        contexts: Sequence[ConnectorContext],
        queue: ChargingQueue,
    ) -> None:
        """Start with the current state."""
        self._inputs = inputs
        self._now = inputs.now
        self._budgets = budgets
        self._left = amounts(budgets)
        self._contexts = contexts
        self._queue = queue
        self._commands: list[ContactorCommand] = []
        self._resting: list[int] = []

    def decide(self) -> Decision:
        """Return the decision."""
        requesting = [item for item in self._contexts if not self._is_paused(item)]
        served = self._take_turns(requesting)
        self._share(served)
        for context in self._contexts:
            context.show_status(self._inputs.snapshot.status)
        return self._decision()

    # Connectors that may not charge

    def _is_paused(self, context: ConnectorContext) -> bool:
        """Return whether a connector has no vehicle or may not charge; if so, decide for it."""
        if context.demand is Demand.NONE:
            present = context.runtime.demand_tracker.present
            context.reason = LimitReason.SETTLING if present else LimitReason.NO_VEHICLE
            return True
        if context.disobeys:
            self._stop_disobeying(context)
            return True
        if context.kept_at_zero:
            self._keep_at_zero(context)
            return True
        pause = context.pause(self._budgets)
        if pause is None:
            return False
        reason, budget = pause
        if budget is self._budgets[GREEN] and context.demand is Demand.WANTED:
            self._resting.append(context.connector_id)
        if budget is None:
            self._pause(context, reason)
        else:
            self._pause(context, reason, until=budget.until, urgent=budget.urgent)
        return True

    def _keep_at_zero(self, context: ConnectorContext) -> None:
        """Offer 0 A for a connector check; until that has stopped the vehicle, its possible draw is reserved."""
        context.offer = 0
        if context.runtime.demand_tracker.drawing:
            for key in context.limits.protective:
                self._left[key] -= context.limits.hold

    def _stop_disobeying(self, context: ConnectorContext) -> None:
        """Stop a vehicle whose connector does not obey by all available methods."""
        until = context.runtime.disobedience.until(self._now)
        self._pause(
            context,
            LimitReason.DISOBEYS,
            until=until,
            urgent=True,
            by_every_method=True,
        )

    def _pause(
        self,
        context: ConnectorContext,
        reason: LimitReason,
        *,
        until: float | None = None,
        urgent: bool = False,
        by_every_method: bool = False,
    ) -> None:
        """Stop a vehicle, or keep it stopped."""
        step = context.runtime.stop_controller.stop(
            self._now,
            context.capabilities,
            urgent=urgent,
            by_every_method=by_every_method,
        )
        self._commands += step.commands
        context.reason, context.until = reason, until
        context.offer = 0
        if step.reason is None:
            context.plug_in_charge = self._may_get_plug_in_charge(context)
            return
        context.reason, context.until = step.reason, step.until
        must_charge = step.reason is LimitReason.MINIMUM_CHARGING_TIME
        if must_charge and self._is_plug_in_charge_due(context):
            context.reason = LimitReason.PLUG_IN_CHARGE
        if step.hold:
            self._hold(context, permanently=step.reason is LimitReason.CANNOT_STOP)

    def _hold(self, context: ConnectorContext, *, permanently: bool) -> None:
        """Keep a vehicle at the offer that it needs until it stops.

        A vehicle that cannot be stopped takes its part of all its budgets; one that is about to stop only of those that
        protect wiring, circuits and main fuse. The draw of a connector that does not obey is already missing from the
        budgets.
        """
        context.offer = context.limits.hold
        if context.disobeys:
            return
        for key in context.limits.budgets:
            if permanently or is_protective(key):
                self._left[key] -= context.offer

    def _may_get_plug_in_charge(self, context: ConnectorContext) -> bool:
        allowed = (
            self._inputs.settings.plug_in_charge
            and not context.disobeys
            and context.settings.enabled
            and context.capabilities.gentle
            and not context.runtime.stop_controller.needs_start
            and not context.runtime.stop_controller.owner.wants_less
            and (
                context.settings.limit is None
                or context.settings.limit >= context.limits.hold
            )
        )
        return allowed and self._is_plug_in_charge_due(context)

    def _is_plug_in_charge_due(self, context: ConnectorContext) -> bool:
        plugged_at = context.runtime.demand_tracker.plugged_at
        return context.runtime.plug_in_charge.until(plugged_at, self._now) is not None

    # Turns

    def _take_turns(
        self, contexts: Sequence[ConnectorContext]
    ) -> list[ConnectorContext]:
        """Return the connectors that are served, in the order of their right; decide for the others."""
        ready = [item for item in contexts if not self._is_delayed(item)]
        wanting = {
            item.connector_id: item for item in ready if item.demand is Demand.WANTED
        }
        result = self._choose(contexts, ready, wanting.values())
        for context in wanting.values():
            self._settle(context, result)
        quiet = [item for item in ready if item.connector_id not in wanting]
        return [wanting[key] for key in result.served] + quiet

    def _settle(self, context: ConnectorContext, result: QueueResult) -> None:
        """Stop a vehicle that the queue does not serve, or keep it stopped."""
        key = context.connector_id
        if key in result.delayed:
            until = result.delayed[key]
            self._pause(context, LimitReason.START_DELAY, until=until)
        elif key not in result.served:
            self._wait(context, result.next_turn)

    def _choose(
        self,
        contexts: Sequence[ConnectorContext],
        ready: Sequence[ConnectorContext],
        wanting: Iterable[ConnectorContext],
    ) -> QueueResult:
        """Ask the queue which connectors are served; those that are not ready keep their place."""
        ready_ids = {item.connector_id for item in ready}
        return self._queue.choose(
            self._now,
            [
                QueueRequest(
                    item.claim(),
                    item.settings.priority,
                    item.running,
                    item.locked(self._now),
                )
                for item in wanting
            ],
            room_for_minimums(self._left, self._budgets, wanting),
            self._inputs.settings.turn_minutes * 60,
            keep=[
                item.connector_id
                for item in contexts
                if item.connector_id not in ready_ids
            ],
            resting=self._resting,
        )

    def _is_delayed(self, context: ConnectorContext) -> bool:
        """Return whether a vehicle stopped too recently to be started; if so, decide for it."""
        delay = context.runtime.stop_controller.start_delay_until(
            self._now, context.capabilities
        )
        if delay is not None:
            context.reason, context.until = LimitReason.START_DELAY, delay
        return delay is not None

    def _wait(self, context: ConnectorContext, until: float | None) -> None:
        urgent = any(self._budgets[key].urgent for key in context.limits.protective)
        self._pause(context, LimitReason.WAITING_TURN, until=until, urgent=urgent)

    # Portions

    def _share(self, served: Sequence[ConnectorContext]) -> None:
        """Divide the remaining budgets among the connectors that are served."""
        ordered = sorted(served, key=_claims_late)
        claims = self._claims(ordered)
        portions = divide(claims, self._left)
        recovering = give_boost(
            self._now,
            ordered,
            claims,
            portions,
            self._left,
            enabled=self._inputs.settings.six_amp_recovery,
        )
        for context in self._contexts:
            if context.plug_in_charge and portions[context.connector_id].amps:
                self._give_plug_in_charge(context)
        for context in ordered:
            if context is recovering:
                self._give_recovery(context, portions[context.connector_id])
            else:
                self._give(context, portions)

    def _claims(self, ordered: Sequence[ConnectorContext]) -> list[CurrentClaim]:
        """Return the claims of the served connectors in this order, and of stopping vehicles and plug-in charges.

        A vehicle that is still being stopped has its part before any new one, but does not take it from a charging one.
        """
        claims = [context.claim() for context in ordered]
        charging = sum(_claims_late(context) == (False, False) for context in ordered)
        claims[charging:charging] = self._stopping()
        return claims + self._plug_in_charges()

    def _stopping(self) -> list[CurrentClaim]:
        """Return the claims of vehicles that have not stopped yet, which they lose once they have."""
        return [
            context.fixed_claim(
                context.offer,
                tuple(key for key in context.limits.budgets if not is_protective(key)),
            )
            for context in self._contexts
            if context.offer
            and context.reason is not LimitReason.CANNOT_STOP
            and not context.disobeys
        ]

    def _plug_in_charges(self) -> list[CurrentClaim]:
        """Return the claims of plug-in charges, which only wiring and main fuse limit, not green energy or a rule."""
        return [
            context.fixed_claim(context.limits.hold, context.limits.protective)
            for context in self._contexts
            if context.plug_in_charge
        ]

    def _give_plug_in_charge(self, context: ConnectorContext) -> None:
        plug_in_charge = context.runtime.plug_in_charge
        plug_in_charge.given(self._now)
        context.offer, context.reason = context.limits.hold, LimitReason.PLUG_IN_CHARGE
        context.until = plug_in_charge.until(
            context.runtime.demand_tracker.plugged_at, self._now
        )

    def _give_recovery(self, context: ConnectorContext, portion: Portion) -> None:
        context.offer, context.reason = portion.amps, LimitReason.SIX_AMP_RECOVERY
        context.until = context.runtime.recovery.until

    def _give(self, context: ConnectorContext, portions: Mapping[int, Portion]) -> None:
        """Give a connector its portion, or decide for it without one."""
        portion = portions[context.connector_id]
        if portion.amps:
            self._charge(context, portion, shared=self._is_shared(context, portions))
        elif context.demand is Demand.WANTED:
            # Its room is not free yet, as the vehicle of another connector is still being stopped.
            self._pause(context, LimitReason.WAITING_TURN, urgent=True)
        else:
            self._leave_out(context, portion)

    def _charge(
        self, context: ConnectorContext, portion: Portion, *, shared: bool
    ) -> None:
        """Let a vehicle charge, and do not raise its offer too soon after the last change."""
        runtime = context.runtime
        self._commands += runtime.stop_controller.allow_charging(
            self._now, context.capabilities
        )
        runtime.plug_in_charge.over(runtime.demand_tracker.plugged_at)
        context.offer = portion.amps
        context.reason = context.limits.reason
        if portion.budget is not None:
            budget = self._budgets[portion.budget]
            context.until = budget.until
            context.reason = budget.shared if shared else budget.alone
        context.reason = context.unused_reason() or context.reason
        if self._is_withheld(context):
            # The guard of the wiring found no room for it.
            context.reason = self._budgets[TOTAL].wiring_reason
        before, settled_at = runtime.offer, runtime.changed_at + SETTLE_SECONDS
        if before and context.offer > before and self._now < settled_at:
            context.offer, context.reason = before, LimitReason.SETTLING
            context.until = settled_at

    def _is_withheld(self, context: ConnectorContext) -> bool:
        lowered = self._inputs.snapshot.ceiling is not None
        return context.runtime.is_withheld(self._now, lowered=lowered)

    def _is_any_withheld(self) -> bool:
        """Return whether the guard of the wiring limits a connector."""
        if any(map(self._is_withheld, self._contexts)):
            return True
        wiring = {LimitReason.WIRING, LimitReason.WAITING_TURN}
        limited = any(context.reason in wiring for context in self._contexts)
        return self._budgets[TOTAL].withheld and limited

    def _is_shared(
        self, context: ConnectorContext, portions: Mapping[int, Portion]
    ) -> bool:
        """Return whether others have a part of the budget that limits a connector."""
        key = portions[context.connector_id].budget
        return any(
            other.offer or portions.get(other.connector_id, Portion(0)).amps
            for other in self._contexts
            if other is not context and (key in other.limits.budgets or key == TOTAL)
        )

    def _leave_out(self, context: ConnectorContext, portion: Portion) -> None:
        """Leave a quiet vehicle without an offer, as others can use all of the current."""
        key = TOTAL if portion.budget is None else portion.budget
        context.offer, context.reason = 0, self._budgets[key].shared
        context.reason = context.unused_reason() or context.reason

    # The result

    def _decision(self) -> Decision:
        connectors: dict[int, ConnectorDecision] = {}
        for context in self._contexts:
            until = context.until
            connectors[context.connector_id] = ConnectorDecision(
                offer=context.offer,
                active_rule=context.active_rule,
                reason=context.reason,
                stop_method=context.runtime.stop_controller.stop_method,
                next_change=until if until is not None and until > self._now else None,
                request=context.runtime.stop_controller.request,
                facts=context.runtime.facts(context.connector),
                vehicle_amps=context.vehicle_amps(self._inputs.green),
            )
        return Decision(
            offers={context.connector_id: context.offer for context in self._contexts},
            connectors=connectors,
            commands=tuple(self._commands),
            withheld=self._is_any_withheld(),
            wake_at=self._wake_at(connectors),
        )

    def _wake_at(self, connectors: Mapping[int, ConnectorDecision]) -> float | None:
        times = [
            item.next_change
            for item in connectors.values()
            if item.next_change is not None
        ]
        return min(times, default=None)
