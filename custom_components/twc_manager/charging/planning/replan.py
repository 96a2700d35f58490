"""When to plan again, and whether the new plan replaces the old one.

A plan is made again on events only. What is left of the old one stays unless the new one is better; where a vehicle
would start or stop now because of it, it has to gain more than a start costs. So the same data never make a vehicle go
on and off.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from .expected import taken_from_expected, with_room_for_expected, with_sun_for_expected
from .goals import Goal
from .planner import make_plan
from .result import Plan, PlannedSlot, VehiclePlan
from .slots import PlanInputs, excess

_GAIN: Final = 1e-6
_LACK_KWH: Final = 0.02
"""An old plan that lacks more than this is not enough."""
_LACK_SHARE: Final = 0.05
_LACK_TAPERING_KWH: Final = 0.2
"""What a vehicle takes near its goal is known only roughly: so much, or this share of its need, is no lack."""
_LESS_KWH: Final = 0.5
"""A plan by which less is missing at the deadlines is better only if it is more than this."""
_SET_BACK: Final = timedelta(minutes=5)
"""A plan keeps its reserve as long as no more than this has been lost since then."""
_LESS_AMPS: Final = 2
"""A vehicle takes less than planned if it is at least so much."""
_START_SHARE: Final = 0.1
"""A plan that changes nothing now is better only if it gains this share of the cost of a start."""


class Event(StrEnum):
    """Why a plan is made again."""

    VEHICLES = "vehicles"
    """A vehicle was plugged in or unplugged."""
    EXPECTED = "expected"
    """Another vehicle is expected, or it needs something else."""
    GOAL = "goal"
    """A deadline or another setting changed, or a vehicle takes other amps."""
    PRICES = "prices"
    SUN = "sun"
    LIMIT = "limit"
    SLOT = "slot"
    """A slot has begun or ended."""
    OFF_PLAN = "off_plan"
    """A vehicle needs more or less than planned, by more than it charges in a slot."""
    TAPER = "taper"
    """A vehicle takes less than planned: what it leaves is for others, and it needs more time."""


@dataclass(frozen=True, slots=True)
class MadePlan:
    """A plan, and what it was made from."""

    plan: Plan
    inputs: PlanInputs


def events(made: MadePlan, inputs: PlanInputs) -> frozenset[Event]:
    """Return why a plan is to be made again; empty if it is not."""
    return frozenset(_events(made, inputs))


def _events(made: MadePlan, inputs: PlanInputs) -> Iterator[Event]:
    yield from _changes(made.inputs, inputs)
    old = {goal.connector_id: goal for goal in made.inputs.goals}
    new = {goal.connector_id: goal for goal in inputs.goals}
    if old.keys() != new.keys():
        yield Event.VEHICLES
        return
    change = made.plan.next_change(made.plan.made)
    if change is not None and change <= inputs.instant:
        yield Event.SLOT
    for at, goal in new.items():
        yield from _changes_of(made, old[at], goal, inputs)


def _changes_of(
    made: MadePlan, before: Goal, goal: Goal, inputs: PlanInputs
) -> Iterator[Event]:
    """Yield what changed at a vehicle."""
    if _settings(before) != _settings(goal):
        yield Event.GOAL
    if _is_off(made, before, goal, inputs):
        yield Event.OFF_PLAN
    if _takes_less(made, goal, inputs):
        yield Event.TAPER


def _changes(before: PlanInputs, after: PlanInputs) -> Iterator[Event]:
    """Yield what changed around the vehicles."""
    if (before.prices, before.estimates, before.feed_in) != (
        after.prices,
        after.estimates,
        after.feed_in,
    ):
        yield Event.PRICES
    if before.sun_w != after.sun_w:
        yield Event.SUN
    limits = before.limit, before.limits
    if limits != (after.limit, after.limits) or _caps_changed(before, after):
        yield Event.LIMIT
    if _needs_more_reserve(before, after):
        yield Event.LIMIT
    if before.expected != after.expected:
        yield Event.EXPECTED


def _caps_changed(before: PlanInputs, after: PlanInputs) -> bool:
    """Return whether what is to come of the caps has changed, up to when the last vehicle shall be ready.

    What is more than all vehicles can take limits nothing.
    """
    if before.caps == after.caps:
        return False
    start = after.instant
    end = max((goal.ready for goal in after.goals), default=start)
    instants = {
        start,
        *before.caps.boundaries(start, end),
        *after.caps.boundaries(start, end),
    }
    maximum = sum(goal.max_amps for goal in (*after.goals, *after.expected))
    return any(
        min(before.room_at(at), maximum) != min(after.room_at(at), maximum)
        for at in instants
    )


def _settings(goal: Goal) -> Goal:
    """Return a goal without what changes while it is followed."""
    return replace(goal, kwh=0.0, charged=0.0, running=False, taper=())


def _takes_less(made: MadePlan, goal: Goal, inputs: PlanInputs) -> bool:
    """Return whether a vehicle is expected to take less by now than was planned."""
    slot = made.plan.vehicles[goal.connector_id].slot_at(inputs.instant)
    if slot is None or not goal.is_tapering(goal.kwh):
        return False
    planned = slot.watts / (inputs.voltage * goal.phases)
    return planned - goal.amps_at(goal.kwh) >= _LESS_AMPS


def _is_off(made: MadePlan, before: Goal, goal: Goal, inputs: PlanInputs) -> bool:
    """Return whether a vehicle needs more or less than was planned, by more than it charges in a quarter of an hour."""
    plan, now = made.plan.vehicles[goal.connector_id], inputs.instant
    charged = sum(
        _cut(slot, slot.start, now).kwh for slot in plan.slots if slot.start < now
    )
    slot_kwh = goal.max_amps * goal.phases * inputs.voltage / 4000
    return abs(max(0.0, before.kwh - charged) - goal.kwh) > slot_kwh


def _cut(slot: PlannedSlot, start: datetime, end: datetime) -> PlannedSlot:
    """Return the part of a slot between two instants; it has no length if there is none."""
    begin, stop = max(slot.start, start), min(slot.end, end)
    stop = max(begin, stop)
    part = (stop - begin) / (slot.end - slot.start)
    return replace(
        slot, start=begin, end=stop, kwh=slot.kwh * part, cost=slot.cost * part
    )


def next_plan(made: MadePlan | None, inputs: PlanInputs) -> MadePlan:
    """Return the plan to follow from now on: what is left of the old one, or a new one if that is better."""
    given, inputs = inputs, with_sun_for_expected(inputs)
    new = make_plan(inputs)
    if made is None or _needs_more_reserve(made.inputs, inputs):
        return MadePlan(new, given)
    rest = rest_of(made, inputs)
    if rest is None:
        return MadePlan(new, given)
    start = inputs.cost_of_start()
    changed = sum(
        goal.stoppable and _acts(rest, goal, inputs) != _acts(new, goal, inputs)
        for goal in inputs.goals
    )
    # What the room of an expected vehicle takes away is missing there.
    less = rest.missing_kwh - new.missing_kwh
    if (leaving := with_room_for_expected(inputs)) is not inputs:
        less += taken_from_expected(rest, leaving) - taken_from_expected(new, leaving)
    gain = rest.cost - new.cost - max(_GAIN, start * max(changed, _START_SHARE))
    if less > _LESS_KWH or (gain > 0 and less > -_LESS_KWH):
        return MadePlan(new, given)
    return MadePlan(replace(rest, bound=min(new.bound, rest.cost)), given)


def _needs_more_reserve(before: PlanInputs, after: PlanInputs) -> bool:
    """Return whether more has been lost by limits than an old plan keeps free."""
    return after.set_back() > before.set_back() + _SET_BACK


def _acts(plan: Plan, goal: Goal, inputs: PlanInputs) -> bool:
    """Return whether a vehicle charges now by a plan."""
    return plan.vehicles[goal.connector_id].slot_at(inputs.instant) is not None


def rest_of(made: MadePlan, inputs: PlanInputs) -> Plan | None:
    """Return what is left of a plan at the present prices; None if it is not enough any more, or not allowed."""
    vehicles: dict[int, VehiclePlan] = {}
    for goal in inputs.goals:
        old = made.plan.vehicles.get(goal.connector_id)
        if old is None or _settings(goal) not in map(_settings, made.inputs.goals):
            return None
        vehicle = _rest_of_vehicle(old, goal, inputs)
        if vehicle is None:
            return None
        vehicles[goal.connector_id] = vehicle
    plan = Plan(
        inputs.instant, vehicles, sum(vehicle.cost for vehicle in vehicles.values())
    )
    return plan if _is_allowed(plan, inputs) else None


def _rest_of_vehicle(
    old: VehiclePlan, goal: Goal, inputs: PlanInputs
) -> VehiclePlan | None:
    """Return what is left of the plan of a vehicle; None if that is not enough."""
    slots = list(_rest_of_slots(old, goal, inputs))
    if goal.kwh - sum(slot.kwh for slot in slots) > _tolerated(goal):
        return None
    starts = _starts(slots, running=goal.running)
    cost = sum(slot.cost for slot in slots)
    if goal.stoppable:
        cost += starts * inputs.cost_of_start()
    in_time = sum(slot.kwh for slot in slots if slot.start < goal.ready)
    return replace(
        old,
        slots=tuple(slots),
        starts=starts,
        cost=cost,
        missing_kwh=max(0.0, goal.kwh - in_time),
    )


def _tolerated(goal: Goal) -> float:
    """Return the kWh that an old plan may lack."""
    if not goal.taper:
        return _LACK_KWH
    return max(_LACK_KWH, min(_LACK_TAPERING_KWH, _LACK_SHARE * goal.kwh))


def _rest_of_slots(
    old: VehiclePlan, goal: Goal, inputs: PlanInputs
) -> Iterator[PlannedSlot]:
    """Yield the slots from now on; a vehicle that can be stopped charges no more than it needs."""
    left = goal.kwh
    for slot in old.slots:
        part = _cut(slot, inputs.instant, slot.end)
        if part.start >= part.end:
            continue
        part = _as_taken(part, goal, inputs, left)
        if goal.stoppable and part.kwh > left:
            length = max(0.0, left) / part.kwh * (part.end - part.start)
            part = _cut(part, part.start, part.start + length)
        if part.start < part.end:
            left -= part.kwh
            yield from _priced(part, inputs)


def _as_taken(
    slot: PlannedSlot, goal: Goal, inputs: PlanInputs, left: float
) -> PlannedSlot:
    """Return a slot with what the vehicle is expected to take in it by now, when it still needs so much: not more."""
    amps = goal.amps_at(left - slot.kwh / 2)
    watts = min(slot.watts, amps * goal.phases * inputs.voltage)
    kwh = watts / 1000 * ((slot.end - slot.start) / timedelta(hours=1))
    return replace(slot, kwh=kwh)


def _starts(slots: list[PlannedSlot], *, running: bool) -> int:
    """Return how often a vehicle starts."""
    breaks = sum(before.end < after.start for before, after in pairwise(slots))
    return breaks + bool(slots and not running)


def _priced(slot: PlannedSlot, inputs: PlanInputs) -> Iterator[PlannedSlot]:
    """Yield a slot at the present prices, cut where they change."""
    cuts = {slot.start, slot.end}
    for series in (inputs.prices, inputs.estimates, inputs.sun_w):
        cuts.update(series.boundaries(slot.start, slot.end))
    for start, end in pairwise(sorted(cuts)):
        part = _cut(slot, start, end)
        known = inputs.prices.at(start)
        price = known if known is not None else inputs.estimates.at(start)
        if price is None:
            # As it was estimated before.
            yield replace(part, known=False)
            continue
        sun = max(0.0, inputs.sun_w.at(start) or 0.0)
        share = min(1.0, sun / slot.watts) if slot.watts else 0.0
        mixed = share * min(inputs.feed_in, price) + (1 - share) * price
        yield replace(part, cost=part.kwh * mixed, known=known is not None)


def _is_allowed(plan: Plan, inputs: PlanInputs) -> bool:
    """Return whether a plan stays within the wiring and the caps."""
    slots = [slot for vehicle in plan.vehicles.values() for slot in vehicle.slots]
    times = {slot.start for slot in slots}
    for slot in slots:
        times.update(inputs.boundaries(slot.start, slot.end))
    return all(excess(plan, inputs, at) == 0 for at in times)
