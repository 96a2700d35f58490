"""All vehicles together: each on its own where they leave each other room, otherwise the best of several orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, permutations
from typing import Final

from .flow import Flow, FlowDemand, Lane, minimum_cost_flow
from .goals import MIN_AMPS, Strategy
from .jobs import Job, Load, drawn, joint_cost
from .options import count_starts
from .shapes import amounts_for
from .slots import Slot
from .switching import Amounts, Task

_ORDERS: Final = 2
"""How many orders of the vehicles are tried at first."""
_MAX_ORDERS: Final = 24
"""How many are tried at most: all of four vehicles."""
_TAPERS: Final = 6
"""How often a plan is made again at most for what a vehicle takes near its goal."""
_LACK_WATT_SECONDS: Final = 0.2 * 3.6e6
"""Plans that lack less than so much more are as good."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What each vehicle takes, in the order of the jobs, and a lower bound of what that costs together."""

    taken: tuple[Amounts, ...]
    bound: float


type _Rank = tuple[int, tuple[int, ...], int, int, float]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What each vehicle could take, and how good that is: less is better."""

    taken: list[Amounts]
    rank: _Rank


def _rank_of(candidate: _Candidate) -> _Rank:
    return candidate.rank


def solve(jobs: Sequence[Job], slots: Sequence[Slot]) -> Solution:
    """Return what all vehicles take."""
    return _Solver(jobs, slots).solve()


class _Solver:
    """Plans vehicles over slots."""

    def __init__(self, jobs: Sequence[Job], slots: Sequence[Slot]) -> None:
        self._jobs = jobs
        self._slots = slots
        self._alone: list[Amounts] = []
        self._fixed = Load.none(slots)
        for job in jobs:
            self._fixed.add_fixed(job)

    def solve(self) -> Solution:
        """Return what all vehicles take."""
        numbers = range(len(self._jobs))
        alone = self._alone = [self._one(number, {}) for number in numbers]
        bound = sum(item.bound for item in alone)
        if self._fit(alone):
            return Solution(tuple(alone), bound)
        flow = self.flow()
        found: list[_Candidate] = []
        for candidates in self._candidates(flow):
            found += candidates
            best = min(found, key=_rank_of).taken
            if all(item.missing <= flow.missing[at] for at, item in enumerate(best)):
                break
        return Solution(tuple(best), max(bound, self._flow_bound(flow)))

    def _candidates(self, flow: Flow) -> Iterator[list[_Candidate]]:
        """Yield candidates, the next ones for where more is missing by all before than by the flow."""
        first = self._orders()
        plain = [self._sequence(order, spare=0) for order in first]
        if self._stops_a_vehicle(min(plain, key=_rank_of)):
            # One that hurries would take all that it can, and another one that charges would stop for a little.
            yield plain + self._spared(first)
            yield [self._from(flow, first[0])]
        else:
            yield plain
            yield [self._from(flow, first[0]), *self._spared(first)]
        orders = list(islice(permutations(range(len(self._jobs))), _MAX_ORDERS))
        others = [order for order in orders if order not in first]
        yield [self._from(flow, order) for order in orders] + [
            self._sequence(order, spare) for order in others for spare in (0, MIN_AMPS)
        ]

    def _stops_a_vehicle(self, candidate: _Candidate) -> bool:
        """Return whether a vehicle that charges stops now although it needs more, as another one hurries."""
        return any(job.hurry for job in self._jobs) and any(
            job.goal.running and job.goal.stoppable and job.need and not item.taken[0]
            for job, item in zip(self._jobs, candidate.taken, strict=True)
        )

    def _spared(self, orders: Sequence[Sequence[int]]) -> list[_Candidate]:
        """Return candidates that leave the minimum of another vehicle free: under a tight limit there is less waste."""
        return [self._sequence(order, spare=MIN_AMPS) for order in orders]

    def _rank(self, taken: Sequence[Amounts]) -> _Rank:
        """Return how good plans are.

        First those that are overdue are done, then the first vehicles lack little at their deadlines, then the next
        ones; then few vehicles start, those that are late are done soon, and the cost is low.
        """
        overdue, done, starts = 0, 0, 0
        late = any(job.late for job in self._jobs)
        missing = [0] * len(self._jobs)
        for number, (job, item) in enumerate(zip(self._jobs, taken, strict=True)):
            lacking = item.missing
            if job.late:
                lacking += sum(item.taken[job.before_deadline :])
                last = max(
                    (at for at, used in enumerate(item.taken) if used), default=0
                )
                done += last
                overdue += last if job.is_overdue else 0
            missing[number] = round(job.watts * lacking / _LACK_WATT_SECONDS)
            starts += self._starts(job, item) if late else 0
        energy = joint_cost(self._jobs, self._slots, [item.taken for item in taken])
        cost = energy + sum(map(self._start_cost, self._jobs, taken))
        order = sorted(range(len(self._jobs)), key=self._preference)
        return overdue, tuple(missing[at] for at in order), starts, done, cost

    def _starts(self, job: Job, amounts: Amounts) -> int:
        """Return how often a vehicle starts."""
        if not job.goal.stoppable:
            return 0
        blocks = [job.minimum * slot.seconds for slot in self._slots]
        return count_starts(blocks, amounts.taken, running=job.goal.running)

    def _start_cost(self, job: Job, amounts: Amounts) -> float:
        """Return what the starts of a vehicle cost."""
        return job.start_cost * self._starts(job, amounts)

    def _one(self, number: int, others: dict[int, Amounts], spare: int = 0) -> Amounts:
        """Return what a vehicle takes of what others leave."""
        job, load = self._jobs[number], self._fixed.copy()
        for other, amounts in others.items():
            load.add(self._jobs[other], self._slots, amounts.taken)
        task = job.task(self._slots, load, spare)
        amounts = amounts_for(task, job.strategy)
        return self._tapered(job, task, amounts) if job.goal.taper else amounts

    def _tapered(self, job: Job, task: Task, amounts: Amounts) -> Amounts:
        """Return what a vehicle takes that takes less near its goal: it is granted more until that suffices."""
        bound, granted = amounts.bound, task
        for _ in range(_TAPERS):
            taken = drawn(job, self._slots, amounts.taken)
            short = job.need - sum(taken)
            if short <= 0 or amounts.missing > 0:
                break
            amps = job.goal.amps_at(short * job.watts / 3.6e6)
            more = -(-short * job.goal.max_amps // amps)
            granted = replace(granted, need=granted.need + more)
            amounts = amounts_for(granted, job.strategy)
        return task.result(drawn(job, self._slots, amounts.taken), bound)

    def _fit(self, taken: Sequence[Amounts]) -> bool:
        """Return whether vehicles that were planned alone stay within the room, and share no sun."""
        together = self._fixed.copy()
        users = [0] * len(self._slots)
        for job, amounts in zip(self._jobs, taken, strict=True):
            together.add(job, self._slots, amounts.taken)
            for at, amount in enumerate(amounts.taken):
                users[at] += amount > 0
        return all(
            together.fits(at, slot)
            and (users[at] <= 1 or together.watts[at] <= slot.sun_w or not slot.sun_w)
            for at, slot in enumerate(self._slots)
            if users[at]
        )

    def _orders(self) -> list[tuple[int, ...]]:
        """Return a few orders of the vehicles: those that are late first, by the deadline, and the reverse."""
        jobs, numbers = self._jobs, range(len(self._jobs))

        def urgency(number: int) -> tuple[bool, bool, tuple[int, datetime, int]]:
            job = jobs[number]
            shaped = job.goal.strategy is not Strategy.CHEAPEST
            return not job.late, not shaped, self._preference(number)

        urgent = tuple(sorted(numbers, key=urgency))
        by_deadline = tuple(sorted(numbers, key=self._preference))
        orders = (
            # What is overdue comes first in each.
            tuple(sorted(order, key=lambda number: not jobs[number].is_overdue))
            for order in (urgent, by_deadline, urgent[::-1])
        )
        return list(dict.fromkeys(orders))[:_ORDERS]

    def _sequence(self, order: Sequence[int], spare: int) -> _Candidate:
        """Return what vehicles take one after another; all but the last leave some amps free."""
        taken: dict[int, Amounts] = {}
        for number in order:
            left = spare if number != order[-1] else 0
            if taken or left:
                taken[number] = self._one(number, taken, left)
            else:
                taken[number] = self._alone[number]
        return self._improved([taken[number] for number in range(len(order))], order)

    def _improved(self, taken: list[Amounts], order: Sequence[int]) -> _Candidate:
        """Return plans with each vehicle but the last planned again against the others, where that is better."""
        rank = self._rank(taken)
        for number in order[:-1]:
            others = {at: item for at, item in enumerate(taken) if at != number}
            again = [*taken]
            again[number] = self._one(number, others)
            if again[number].taken == taken[number].taken:
                continue
            if (new := self._rank(again)) < rank:
                taken, rank = again, new
        return _Candidate(taken, rank)

    # The flow

    def flow(self) -> Flow:
        """Return the flow of least cost, which serves as much as is possible at all.

        Of the limits for some vehicles it keeps those alone that one vehicle would pass: what it serves then may be
        more, and cost less, than is possible.
        """
        order = sorted(range(len(self._jobs)), key=self._preference)
        needs = [
            FlowDemand(
                self._jobs[number].need,
                [
                    max(0, min(cap, left)) * slot.seconds
                    for cap, left, slot in zip(
                        self._jobs[number].caps,
                        self._fixed.left(self._slots, self._jobs[number].within),
                        self._slots,
                        strict=True,
                    )
                ],
            )
            for number in order
        ]
        flow = minimum_cost_flow(needs, list(self._lanes()))
        place = {number: at for at, number in enumerate(order)}
        return Flow(
            [flow.taken[place[number]] for number in range(len(order))],
            [flow.missing[place[number]] for number in range(len(order))],
        )

    def _preference(self, number: int) -> tuple[int, datetime, int]:
        """Return the sort key of a vehicle where there is not enough for all."""
        goal = self._jobs[number].goal
        return -goal.priority, goal.ready, goal.connector_id

    def _lanes(self) -> Iterator[Lane]:
        """Yield the parts of the slots by price, for 1 A s of the vehicle with the most phases."""
        watts = max(job.watts for job in self._jobs)
        for at, slot in enumerate(self._slots):
            room = max(0, slot.room - self._fixed.amps[at])
            left = max(0.0, slot.sun_w - self._fixed.watts[at])
            sun = min(room, int(left / watts))
            if sun:
                yield Lane(at, slot.sun_price, sun * slot.seconds)
            if room > sun:
                yield Lane(at, slot.price, (room - sun) * slot.seconds)

    def _flow_bound(self, flow: Flow) -> float:
        """Return a lower bound: the energy of the flow, and a start of each vehicle that does not charge yet."""
        jobs = self._jobs
        alike = len({job.watts for job in jobs}) == 1
        if not alike or any(flow.missing) or any(job.goal.taper for job in jobs):
            return float("-inf")
        return self._energy_cost(flow) + sum(map(self._minimum_start_cost, jobs))

    def _energy_cost(self, flow: Flow) -> float:
        """Return the cost of the energy of a flow of vehicles that are alike."""
        unit, energy = self._jobs[0].watts / 3.6e6, 0.0
        loads = [
            sum(vehicle[at] for vehicle in flow.taken) for at in range(len(self._slots))
        ]
        for lane in sorted(self._lanes(), key=lambda lane: lane.price):
            amount = min(lane.room, loads[lane.slot])
            loads[lane.slot] -= amount
            energy += amount * unit * lane.price
        return energy

    def _minimum_start_cost(self, job: Job) -> float:
        """Return what the starts of a vehicle cost at least."""
        starts = job.need and job.goal.stoppable and not job.goal.running
        return job.start_cost if starts else 0.0

    def _from(self, flow: Flow, order: Sequence[int]) -> _Candidate:
        """Return plans from the flow: each vehicle is planned again beside what the flow gives the others."""
        taken = {
            number: Amounts(tuple(amounts), flow.missing[number], 0.0, 0.0)
            for number, amounts in enumerate(flow.taken)
        }
        for number in order:
            taken.pop(number)
            taken[number] = self._one(number, taken)
        return self._improved([taken[number] for number in range(len(order))], order)
