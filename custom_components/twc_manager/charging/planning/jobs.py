"""The vehicles of a plan over its slots: what each takes anyway, what it may take besides, and what it still needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from .goals import MIN_AMPS, Goal, Strategy
from .options import NOTHING, Option, make_option
from .slots import QUARTER, PlanInputs, Slot
from .switching import Task

_MAXIMUM_TAIL: Final = timedelta(days=2)
_LEAVES_AFTER: Final = timedelta(hours=1)
"""So long after it should be ready a vehicle is expected to have left."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time of a goal's plan.

    Attributes:
        end: when the plan ends.
        hurry: whether it charges at once: it cannot be ready in time, or only within its reserve.
        late: whether it cannot be ready in time; then `end` is after its deadline.

    """

    end: datetime
    hurry: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A vehicle over the slots.

    Attributes:
        goal: its goal.
        fixed: the whole A that it takes in each slot anyway: those of a vehicle that cannot be stopped, and those at
            the end of a plan that keeps it fed.
        caps: the whole A that it may take besides.
        need: the A s that it needs besides.
        watts: its W for 1 A.
        hurry: whether it charges at once.
        late: whether it goes on after its deadline.
        start_cost: what a start costs.
        before_deadline: how many slots begin before its deadline.
        present: how many slots begin before it is expected to have left. Its room stays taken after that, as it may
            leave later, but not its share of the sun.
        within: the numbers of the limits for some vehicles that hold for it.

    """

    goal: Goal
    fixed: Sequence[int]
    caps: Sequence[int]
    need: int
    watts: float
    hurry: bool
    late: bool
    start_cost: float
    before_deadline: int
    present: int
    within: tuple[int, ...] = ()

    @property
    def expected(self) -> Sequence[int]:
        """Return the whole A that it is expected to take anyway: nothing once it has left."""
        return [*self.fixed[: self.present], *(0 for _ in self.fixed[self.present :])]

    @property
    def is_overdue(self) -> bool:
        """Return whether its deadline has passed."""
        return self.before_deadline == 0

    @property
    def minimum(self) -> int:
        """Return the lowest A of what it takes besides."""
        return MIN_AMPS if self.goal.stoppable else 0

    @property
    def strategy(self) -> Strategy:
        """Return which slots it takes."""
        return Strategy.AT_ONCE if self.hurry else self.goal.strategy

    def task(self, slots: Sequence[Slot], others: Load, spare: int = 0) -> Task:
        """Return what is left for it of what others take; `spare` A are left free in each slot."""
        options: list[Option] = []
        left = others.left(slots, self.within)
        for at, slot in enumerate(slots):
            amps = min(self.caps[at], left[at] - spare)
            if self.caps[at] <= 0 or amps <= 0:
                options.append(NOTHING)
                continue
            options.append(
                make_option(slot, amps, self.minimum, self.watts, others.watts[at])
            )
        return Task(
            options,
            self.need,
            self.start_cost if self.goal.stoppable else 0.0,
            self.goal.running,
        )


@dataclass(slots=True)
class Load:
    """What vehicles take in each slot: A at most, and W on average; the A also within each limit for some vehicles."""

    amps: list[int]
    watts: list[float]
    parts: list[list[int]]

    @classmethod
    def none(cls, slots: Sequence[Slot]) -> Load:
        """Return no load."""
        count, limits = len(slots), len(slots[0].rooms) if slots else 0
        return cls([0] * count, [0.0] * count, [[0] * count for _ in range(limits)])

    def copy(self) -> Load:
        """Return the same load, to which others can be added."""
        return Load(list(self.amps), list(self.watts), [*map(list, self.parts)])

    def left(self, slots: Sequence[Slot], within: Sequence[int]) -> list[int]:
        """Return the A that are left in each slot; `within` are the limits for some vehicles that hold as well."""
        left = [slot.room - used for slot, used in zip(slots, self.amps, strict=True)]
        for number in within:
            part = self.parts[number]
            left = [
                min(amps, slot.rooms[number] - used)
                for amps, slot, used in zip(left, slots, part, strict=True)
            ]
        return left

    def left_at(self, at: int, slot: Slot, within: Sequence[int]) -> int:
        """Return the A that are left in one slot; see `left`."""
        parts = (slot.rooms[number] - self.parts[number][at] for number in within)
        return min([slot.room - self.amps[at], *parts])

    def fits(self, at: int, slot: Slot) -> bool:
        """Return whether no limit is passed in a slot."""
        return self.amps[at] <= slot.room and all(
            part[at] <= room for part, room in zip(self.parts, slot.rooms, strict=True)
        )

    def take(self, job: Job, at: int, amps: int) -> None:
        """Add the A of a vehicle in a slot."""
        self.amps[at] += amps
        for number in job.within:
            self.parts[number][at] += amps

    def add(self, job: Job, slots: Sequence[Slot], taken: Sequence[int]) -> None:
        """Add what a vehicle takes besides."""
        for at, amount in enumerate(taken):
            if amount:
                amps = amps_of(amount, slots[at].seconds, job.minimum)
                self.take(job, at, amps)
                self.watts[at] += amount / slots[at].seconds * job.watts

    def add_fixed(self, job: Job) -> None:
        """Add what a vehicle takes anyway."""
        for at, (amps, expected) in enumerate(
            zip(job.fixed, job.expected, strict=True)
        ):
            self.take(job, at, amps)
            self.watts[at] += expected * job.watts


def joint_cost(
    jobs: Sequence[Job], slots: Sequence[Slot], taken: Sequence[Sequence[int]]
) -> float:
    """Return the cost of the energy that vehicles take in all: sun first, then the grid."""
    cost = 0.0
    expected = [job.expected for job in jobs]
    for at, slot in enumerate(slots):
        watt_seconds = sum(
            (amounts[at] + anyway[at] * slot.seconds) * job.watts
            for job, anyway, amounts in zip(jobs, expected, taken, strict=True)
        )
        if watt_seconds:
            sun = min(watt_seconds, slot.sun_w * slot.seconds)
            cost += sun * slot.sun_price + (watt_seconds - sun) * slot.price
    return cost / 3.6e6


def amps_of(amount: int, seconds: int, minimum: int) -> int:
    """Return the whole A with which a vehicle takes an amount within a slot."""
    return max(minimum, -(-amount // seconds))


def make_job(
    inputs: PlanInputs, goal: Goal, slots: Sequence[Slot], window: Window, room: Load
) -> Job:
    """Return a vehicle over the slots; what it takes anyway is limited to what is left of `room`, and added to it."""
    need = goal.amp_seconds(inputs.voltage)
    inside = sum(slot.start < window.end for slot in slots)
    within = inputs.limits_of(goal)
    left = room.left(slots, within)
    usable = [
        0 if goal.is_closed(slot.start) else amps
        for slot, amps in zip(slots, left, strict=True)
    ]
    if goal.stoppable:
        fixed = _kept(goal, slots, need, usable)
        counted = len(slots)
    else:
        fixed = [min(MIN_AMPS, max(0, amps)) for amps in left]
        counted = inside
        if window.hurry:
            counted = _slots_at_once(goal, slots, need, usable)
    anyway = sum(fixed[at] * slots[at].seconds for at in range(counted))
    job = Job(
        goal,
        fixed,
        _caps(goal, slots, fixed, window),
        max(0, need - anyway),
        inputs.voltage * goal.phases,
        window.hurry,
        window.late,
        inputs.cost_of_start(),
        sum(slot.start < goal.ready for slot in slots),
        _present(goal, slots, inputs.instant),
        within,
    )
    room.add_fixed(job)
    return job


def _present(goal: Goal, slots: Sequence[Slot], now: datetime) -> int:
    """Return how many slots begin before a vehicle is expected to have left; all if it should have by now."""
    leaves = goal.ready + _LEAVES_AFTER
    return len(slots) if leaves <= now else sum(slot.start < leaves for slot in slots)


def _slots_at_once(
    goal: Goal, slots: Sequence[Slot], need: int, left: Sequence[int]
) -> int:
    """Return in how many slots a vehicle has what it needs, if it charges at once."""
    for at, slot in enumerate(slots):
        need -= max(0, min(goal.max_amps, left[at])) * slot.seconds
        if need <= 0:
            return at + 1
    return len(slots)


def _caps(
    goal: Goal, slots: Sequence[Slot], fixed: Sequence[int], window: Window
) -> list[int]:
    """Return what a vehicle may take besides: none after its window, while it is kept fed, or may not charge."""
    end = window.end
    if goal.keep and not window.late:
        end = min(end, goal.ready - goal.keep)
    return [
        goal.max_amps - fixed[at]
        if slot.start < end and not goal.is_closed(slot.start)
        else 0
        for at, slot in enumerate(slots)
    ]


def _kept(
    goal: Goal, slots: Sequence[Slot], need: int, left: Sequence[int]
) -> list[int]:
    """Return the A of the slots at the end in which a vehicle is kept fed, until it has what it needs."""
    fixed = [0] * len(slots)
    keep_from = goal.ready - goal.keep
    for at in reversed(range(len(slots))):
        slot = slots[at]
        amps = min(goal.max_amps, left[at], need // slot.seconds)
        if keep_from <= slot.start < goal.ready and amps >= MIN_AMPS:
            fixed[at] = amps
            need -= amps * slot.seconds
    return fixed


def drawn(job: Job, slots: Sequence[Slot], granted: Sequence[int]) -> list[int]:
    """Return what a vehicle takes besides of what it may, in A s: less near its goal, and no more than it needs."""
    taken = []
    unit = job.watts / 3.6e6
    left, need = job.goal.kwh, job.need
    for at, (slot, amount) in enumerate(zip(slots, granted, strict=True)):
        anyway = job.fixed[at] * slot.seconds
        if amount:
            # In the middle of the slot.
            amps = job.goal.amps_at(left - (amount + anyway) * unit / 2)
            amount = min(amount, max(0, amps - job.fixed[at]) * slot.seconds, need)
        taken.append(amount)
        need -= amount
        left -= (amount + anyway) * unit
    return taken


def horizon_of(inputs: PlanInputs, *, late: bool) -> datetime:
    """Return when the last slot ends; if a vehicle will be late, there is time for it after the last deadline."""
    now = inputs.instant
    end = max([now + QUARTER, *(goal.ready for goal in inputs.goals)])
    if late:
        seconds = sum(
            max(
                goal.charging_seconds(inputs.voltage),
                goal.amp_seconds(inputs.voltage) / max(inputs.limit_of(goal), 1),
            )
            for goal in inputs.goals
        )
        end += min(timedelta(seconds=seconds), _MAXIMUM_TAIL) + QUARTER
    return end.astimezone(UTC).replace(microsecond=0)
