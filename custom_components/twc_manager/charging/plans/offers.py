"""What a plan allows its connector now, as a rule among the rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import dropwhile

from ..outcome import ActiveRule, LimitReason, Rule
from ..planning.goals import MIN_AMPS
from ..planning.result import PlannedSlot, VehiclePlan
from .progress import KEPT_AFTER, Progress, ProgressState
from .request import PlanRequest
from .situation import ConnectorSituation


@dataclass(frozen=True, slots=True)
class Run:
    """Slots of a plan without a pause between them.

    Attributes:
        start, end: when, in UTC.
        amps: the whole A of the first one.
        same_until: until when it is so many.
        price: what a kWh costs on average; None if it takes none.
        is_known: whether all of its prices are known.

    """

    start: datetime
    end: datetime
    amps: int
    same_until: datetime
    price: float | None
    is_known: bool


def next_run(plan: VehiclePlan, now: datetime) -> Run | None:
    """Return the slots that a vehicle charges in now, or next; None if there are none."""
    left = dropwhile(lambda slot: slot.end <= now, plan.slots)
    first = next(left, None)
    return None if first is None else _run_from(first, left)


def _run_from(first: PlannedSlot, others: Iterable[PlannedSlot]) -> Run:
    """Return the run that a slot begins; in one pass, as a plan may have hundreds of slots."""
    end, kwh, cost, is_known = first.end, first.kwh, first.cost, first.known
    same_until, is_same = end, True
    for slot in others:
        if slot.start > end:
            break
        end, kwh, cost = slot.end, kwh + slot.kwh, cost + slot.cost
        is_known = is_known and slot.known
        is_same = is_same and slot.amps == first.amps
        if is_same:
            same_until = end
    price = cost / kwh if kwh > 0 else None
    return Run(first.start, end, first.amps, same_until, price, is_known)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a plan allows now.

    Attributes:
        amps: whole A; 0 while it waits.
        until: when that changes; None if time alone does not change it.

    """

    amps: int
    until: datetime | None = None


def allowance(progress: Progress, plan: VehiclePlan | None, now: datetime) -> Allowance:
    """Return what a plan allows now; `plan` is what was planned for its vehicle, None if nothing was."""
    run = None
    if plan is not None and progress.state is not ProgressState.REACHED:
        run = next_run(plan, now)
    if run is None:
        return _kept_fed(progress, now)
    if run.start <= now:
        return Allowance(run.amps, run.same_until)
    fed = _kept_fed(progress, now)
    until = run.start if fed.until is None else min(run.start, fed.until)
    return Allowance(fed.amps, until)


def _kept_fed(progress: Progress, now: datetime) -> Allowance:
    """Return what a vehicle is given besides its slots: the minimum while it is kept fed before it leaves."""
    if not (keep := progress.request.keep):
        return Allowance(0)
    start, end = progress.ready - keep, progress.ready + KEPT_AFTER
    if now < start:
        return Allowance(0, start)
    return Allowance(MIN_AMPS, end) if now < end else Allowance(0)


def is_above(below: ActiveRule) -> bool:
    """Return whether a rule stands above plans: charge now, and what forbids to charge."""
    if below.rule is Rule.CHARGE_NOW:
        return True
    return below.rule is Rule.SCHEDULE and below.amps == 0


def rule_of(
    progress: Progress, allowed: Allowance, seen: ConnectorSituation, sun_amps: int
) -> ActiveRule:
    """Return the rule that is in force with a plan.

    In its slots a plan offers its amps, or more if the rule below it would. Otherwise that rule goes on if it is green
    or a schedule; the mode fixed waits.

    Args:
        progress: the plan.
        allowed: what it allows now.
        seen: its connector.
        sun_amps: what the sun would give the connector now, in whole A.

    """
    below = seen.below
    if is_above(below):
        return below
    if allowed.amps <= 0:
        return _outside(progress, allowed, below)
    if _gives_more(below, allowed.amps):
        return _until(below, allowed.until)
    amps = max(allowed.amps, sun_amps) if below.green else allowed.amps
    rule = _rule(progress, amps, allowed.until, LimitReason.PLAN)
    if below.parts:
        # A schedule that may be in force goes on to restrict.
        limits = tuple(part for part in below.limits if part.rule is Rule.SCHEDULE)
        rule = replace(rule, parts=(rule, *limits))
    return rule


def _outside(progress: Progress, allowed: Allowance, below: ActiveRule) -> ActiveRule:
    """Return the rule outside of the slots of a plan."""
    if below.rule is not Rule.FIXED:
        return _until(below, allowed.until)
    reached = progress.state is ProgressState.REACHED
    reason = LimitReason.PLAN_REACHED if reached else LimitReason.WAITS_FOR_PLAN
    return _rule(progress, 0, allowed.until, reason)


def _gives_more(below: ActiveRule, amps: int) -> bool:
    """Return whether the rule below a plan gives as much as it by itself: a schedule, or cheap electricity."""
    if below.rule not in {Rule.SCHEDULE, Rule.CHEAP} or below.green:
        return False
    return below.amps is None or below.amps >= amps


def waiting_rule(request: PlanRequest, until: datetime | None = None) -> ActiveRule:
    """Return the rule of a plan that has not begun yet; `until` is when it is known that it does not."""
    reason = LimitReason.WAITS_FOR_PLAN
    return ActiveRule(Rule.PLAN, 0, until=until, name=request.name, reason=reason)


def _rule(
    progress: Progress, amps: int, until: datetime | None, reason: LimitReason
) -> ActiveRule:
    name = progress.request.name
    return ActiveRule(Rule.PLAN, amps, until=until, name=name, reason=reason)


def _until(below: ActiveRule, until: datetime | None) -> ActiveRule:
    """Return a rule that goes on no longer than until a time."""
    if until is None or (below.until is not None and below.until <= until):
        return below
    return replace(below, until=until.astimezone(UTC))
