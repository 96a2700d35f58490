"""The planner: from goals, prices, sun and limits to the plan of all vehicles.

Pure: time is an argument. A plan never allows more than the wiring and the caps; it is a rule among others, below them.
"""

from collections.abc import Iterator, Sequence, Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from .expected import with_room_for_expected
from .goals import Goal, Strategy
from .jobs import Job, Load, Window, amps_of, horizon_of, joint_cost, make_job
from .options import count_starts
from .result import Plan, PlannedSlot, Prospect, VehiclePlan
from .series import Series
from .shapes import amounts_for
from .slots import PartLimit, PlanInputs, cut
from .solver import Solution, solve
from .switching import Amounts


def make_plan(inputs: PlanInputs) -> Plan:
    """Return the plan of all vehicles.

    First each vehicle ends before its reserve, and leaves room to those that are expected; if that does not suffice, it
    charges at once. One that would not be ready before its reserve charges at once as well, so that what there is of
    the reserve is left at the end; one that is late even then goes on after its deadline.
    """
    if not inputs.goals:
        return Plan(inputs.instant)
    # Where there is not enough for all, the first ones come first, whatever order they were given in.
    inputs = replace(inputs, goals=tuple(sorted(inputs.goals, key=_precedence)))
    windows = [Window(_end_with_reserve(inputs, goal)) for goal in inputs.goals]
    leaving = with_room_for_expected(inputs)
    draft = _Draft(leaving, windows)
    if draft.missing and leaving is not inputs:
        draft = _Draft(inputs, list(_hurried(inputs, windows, draft.missing)))
    if draft.missing:
        windows = list(_in_reserve(inputs, windows, draft.missing))
        draft = _Draft(inputs, windows)
    while draft.missing:
        windows = list(_with_late(inputs, windows, draft.missing))
        draft = _Draft(inputs, windows)
    return draft.plan()


def _hurried(
    inputs: PlanInputs, windows: Sequence[Window], missing: AbstractSet[int]
) -> Iterator[Window]:
    """Yield the windows if those that are missing something hurry, and those that are in their way."""
    for at, window in enumerate(windows):
        hurries = at in missing or _is_in_the_way(inputs, at, missing)
        yield replace(window, hurry=True) if hurries else window


def _in_reserve(
    inputs: PlanInputs, windows: Sequence[Window], missing: AbstractSet[int]
) -> Iterator[Window]:
    """Yield the windows if those that hurry have the time of their reserves as well."""
    hurried = _hurried(inputs, windows, missing)
    for goal, window in zip(inputs.goals, hurried, strict=True):
        yield Window(goal.ready, hurry=True) if window.hurry else window


def _with_late(
    inputs: PlanInputs, windows: Sequence[Window], missing: AbstractSet[int]
) -> Iterator[Window]:
    """Yield the windows if some are late, so that the others give up their reserves."""
    late = {at for at, window in enumerate(windows) if window.late} | missing
    for at, goal in enumerate(inputs.goals):
        if at in late:
            yield Window(horizon_of(inputs, late=True), hurry=True, late=True)
        else:
            yield Window(goal.ready, hurry=_is_in_the_way(inputs, at, late))


def _is_in_the_way(inputs: PlanInputs, at: int, missing: AbstractSet[int]) -> bool:
    """Return whether a vehicle comes before another one that is missing something, and they cannot all charge at once.

    One that cannot be stopped is not: it would go on with the minimum after its goal, whenever it reaches that.
    """
    if at > max(missing) or not inputs.goals[at].stoppable:
        return False
    if _is_tight(inputs.limit, inputs.caps, inputs.goals):
        return True
    number = inputs.goals[at].connector_id
    behind = {inputs.goals[other].connector_id for other in missing if other >= at}
    return any(
        number in item.connectors
        and not behind.isdisjoint(item.connectors)
        and _is_tight(item.limit, item.caps, _within(inputs.goals, item))
        for item in inputs.limits
    )


def _within(goals: Sequence[Goal], limit: PartLimit) -> list[Goal]:
    """Return the vehicles for which a limit holds."""
    return [goal for goal in goals if goal.connector_id in limit.connectors]


def _is_tight(limit: int, caps: Series, goals: Sequence[Goal]) -> bool:
    """Return whether vehicles cannot always charge with all that they can."""
    room = min([limit, *(piece.value for piece in caps.pieces)])
    return sum(goal.max_amps for goal in goals) > room


def _precedence(goal: Goal) -> tuple[int, datetime, int]:
    return -goal.priority, goal.ready, goal.connector_id


def _end_with_reserve(inputs: PlanInputs, goal: Goal) -> datetime:
    """Return when the plan of a goal ends if it keeps its reserve and the time in which the vehicle is kept fed."""
    free = max(inputs.reserve(goal), goal.keep)
    return goal.ready.astimezone(UTC) - free


class _Draft:
    """A plan with given windows."""

    def __init__(self, inputs: PlanInputs, windows: Sequence[Window]) -> None:
        self._inputs = inputs
        self._windows = windows
        late = any(window.late for window in windows)
        self._slots = cut(inputs, horizon_of(inputs, late=late), self._instants())
        room = Load.none(self._slots)
        # Those that cannot be stopped take theirs before others are kept fed.
        order = sorted(range(len(windows)), key=lambda at: inputs.goals[at].stoppable)
        made = {
            at: make_job(inputs, inputs.goals[at], self._slots, windows[at], room)
            for at in order
        }
        self._jobs = [made[at] for at in range(len(windows))]
        self._solution: Solution = solve(self._jobs, self._slots)
        self._used = self._load()

    @property
    def missing(self) -> frozenset[int]:
        """Return the numbers of the goals that are not reached within their windows."""
        return frozenset(
            at
            for at, item in enumerate(self._solution.taken)
            if item.missing > 0 and not self._windows[at].late
        )

    def _load(self) -> Load:
        """Return what all vehicles take that charge in each slot, with the W of what they take at most."""
        used = Load.none(self._slots)
        for job, amounts in zip(self._jobs, self._solution.taken, strict=True):
            expected = job.expected
            for at, slot in enumerate(self._slots):
                amount = amounts.taken[at]
                amps = amps_of(amount, slot.seconds, job.minimum) if amount else 0
                used.watts[at] += (amps + expected[at]) * job.watts
                used.take(job, at, amps + job.fixed[at])
        return used

    def _instants(self) -> Iterator[datetime]:
        for goal, window in zip(self._inputs.goals, self._windows, strict=True):
            yield window.end
            yield goal.ready.astimezone(UTC)
            yield goal.ready.astimezone(UTC) - goal.keep
            yield from chain.from_iterable(goal.closed)

    def plan(self) -> Plan:
        """Return the plan."""
        vehicles = {
            job.goal.connector_id: self._vehicle(job, window, amounts)
            for job, window, amounts in zip(
                self._jobs, self._windows, self._solution.taken, strict=True
            )
        }
        cost = sum(vehicle.cost for vehicle in vehicles.values())
        nothing = [[0] * len(self._slots)] * len(self._jobs)
        anyway = joint_cost(self._jobs, self._slots, nothing)
        return Plan(
            made=self._inputs.instant,
            vehicles=vehicles,
            cost=cost,
            bound=min(cost, self._solution.bound + anyway),
        )

    def _vehicle(self, job: Job, window: Window, amounts: Amounts) -> VehiclePlan:
        goal = job.goal
        slots = tuple(self._planned(job, amounts.taken))
        starts = count_starts(
            [job.minimum * slot.seconds for slot in self._slots],
            [
                amount + job.fixed[at] * self._slots[at].seconds
                for at, amount in enumerate(amounts.taken)
            ],
            running=goal.running,
        )
        in_time = sum(slot.kwh for slot in slots if slot.start < goal.ready)
        missing = max(0.0, goal.kwh - in_time)
        # A vehicle that cannot be stopped starts whatever is planned.
        cost_of_starts = starts * job.start_cost if goal.stoppable else 0.0
        return VehiclePlan(
            connector_id=goal.connector_id,
            slots=slots,
            prospect=_prospect(goal, window, self._inputs),
            done=_done(goal, slots),
            missing_kwh=missing if missing > 0.001 else 0.0,
            cost=sum(slot.cost for slot in slots) + cost_of_starts,
            cost_at_once=self._cost_at_once(job),
            starts=starts,
            keep_from=goal.ready.astimezone(UTC) - goal.keep if goal.keep else None,
        )

    def _planned(self, job: Job, taken: Sequence[int]) -> Iterator[PlannedSlot]:
        """Yield the slots in which a vehicle charges."""
        left, unit = job.goal.kwh, job.watts / 3.6e6
        for at, slot in enumerate(self._slots):
            more = self._offered_more(job, at, taken[at], left)
            for start, end, amps in self._parts(job, at, taken):
                if start < end and job.fixed[at] + amps:
                    planned = self._slot(job, at, start, end, job.fixed[at] + amps)
                    yield replace(planned, amps=planned.amps + more)
            left -= (taken[at] + job.fixed[at] * slot.seconds) * unit

    def _offered_more(self, job: Job, at: int, amount: int, left: float) -> int:
        """Return the A that a vehicle near its goal is offered above what it is expected to take: it may take more."""
        goal, seconds = job.goal, self._slots[at].seconds
        # In the middle of the slot, if it takes all that it can.
        left -= goal.max_amps * seconds * job.watts / 3.6e6 / 2
        if not amount or not goal.is_tapering(left):
            return 0
        amps = amps_of(amount, seconds, job.minimum) + job.fixed[at]
        if amps < goal.amps_at(left):
            # It is not the vehicle that takes less.
            return 0
        more = min(
            goal.max_amps - amps,
            self._used.left_at(at, self._slots[at], job.within),
        )
        self._used.take(job, at, more)
        return more

    def _parts(
        self, job: Job, at: int, taken: Sequence[int]
    ) -> Iterator[tuple[datetime, datetime, int]]:
        """Yield the parts of a slot, with what a vehicle takes besides what it takes anyway."""
        slot, minimum = self._slots[at], job.minimum
        amps, rest = divmod(taken[at], slot.seconds)
        if amps >= minimum:
            split = slot.start + timedelta(seconds=rest)
            yield slot.start, split, amps + 1
            yield split, slot.end, amps
            return
        part = timedelta(seconds=-(-taken[at] // minimum))
        before = taken[at - 1] > 0 if at else job.goal.running
        after = at + 1 < len(taken) and taken[at + 1] > 0
        is_late = after or job.strategy is Strategy.LATEST
        # The first of several slots begins late, and so does the only one that shall be late.
        start = slot.end - part if is_late and not before else slot.start
        yield slot.start, start, 0
        yield start, start + part, minimum
        yield start + part, slot.end, 0

    def _slot(
        self, job: Job, at: int, start: datetime, end: datetime, amps: int
    ) -> PlannedSlot:
        slot = self._slots[at]
        kwh = amps * job.watts / 1000 * (end - start).total_seconds() / 3600
        # All that charge in a slot have their share of the sun.
        watts = max(self._used.watts[at], amps * job.watts)
        sun = min(1.0, slot.sun_w / watts)
        price = sun * slot.sun_price + (1 - sun) * slot.price
        return PlannedSlot(start, end, amps, kwh, kwh * price, slot.known)

    def _cost_at_once(self, job: Job) -> float:
        """Return what a vehicle would cost that charges alone, and at once as far as it may."""
        alone = replace(
            job,
            fixed=[0] * len(self._slots),
            caps=[
                0 if job.goal.is_closed(slot.start) else job.goal.max_amps
                for slot in self._slots
            ],
            need=job.goal.amp_seconds(self._inputs.voltage),
        )
        task = alone.task(self._slots, Load.none(self._slots))
        return amounts_for(task, Strategy.AT_ONCE).cost


def _prospect(goal: Goal, window: Window, inputs: PlanInputs) -> Prospect:
    if window.late:
        return Prospect.LATE
    if window.end > _end_with_reserve(inputs, goal):
        return Prospect.WITHOUT_RESERVE
    return Prospect.IN_TIME


def _done(goal: Goal, slots: Sequence[PlannedSlot]) -> datetime | None:
    """Return when a vehicle has what it needs."""
    left = goal.kwh
    for slot in slots:
        if left <= 0:
            return None
        if slot.kwh >= left - 1e-3:
            part = min(1.0, left / slot.kwh)
            return slot.start + part * (slot.end - slot.start)
        left -= slot.kwh
    return None
