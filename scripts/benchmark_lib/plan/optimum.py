"""The least cost with perfect knowledge, under the same reserve, minimum, start cost and taper.

For one car it is exact: dynamic programming over the quarters, the energy in steps of 1 A for a quarter, and whether the
car charges. Several cars are planned one after another in each order, each against the room and the sun that the others
leave, and then again one by one until nothing improves. An average below the minimum is a part of the quarter above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import ceil, floor, inf
from typing import Any, Final

# The harness of the tests brings it.
import numpy as np

from .cars import MIN_AMPS, CarSpec
from .loop import Outcome, energy_cost
from .nights import Night

_ON, _OFF = 1, 0
_GAIN: Final = 1e-9
_GOAL_FIRST: Final = 1e4
"""What a missing kWh counts, in EUR, so that the goal is reached whatever it costs."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a car takes in each quarter, in A on average, and what is missing then."""

    amps: tuple[int, ...]
    missing_kwh: float = 0.0
    in_reserve: bool = False
    """Whether it needs the time before the deadline that plans keep free."""

    @property
    def starts(self) -> int:
        """Return how often it starts."""
        return sum(
            now > 0 == before
            for before, now in zip((0, *self.amps), self.amps, strict=False)
        )


class _Search:
    """Plans the cars of a night one by one."""

    def __init__(self, night: Night, *, waits: bool) -> None:
        self._night = night
        self._quarters = ceil(night.minutes / 15)
        self._waits = waits

    def _rank(self, uses: Sequence[Use]) -> tuple[int, float]:
        """Return how good plans are: first by the cars that need their reserve, then by the cost; less is better."""
        late = sum(use.in_reserve for use in uses)
        return late, _outcome(self._night, uses).cost(self._night)

    def best(self) -> list[Use]:
        """Return the best plans that are found."""
        found = []
        for order in permutations(range(len(self._night.cars))):
            uses = self._floors()
            for number in order:
                uses.pop(number, None)
                uses[number] = self._use(number, uses)
            found.append(self._improved([uses[number] for number in range(len(uses))]))
        return min(found, key=self._rank)

    def _floors(self) -> dict[int, Use]:
        """Return what those cars take at least that cannot be stopped."""
        return {
            number: Use(tuple(floor_amps(car, at) for at in range(self._quarters)))
            for number, car in enumerate(self._night.cars)
            if not car.stoppable
        }

    def _improved(self, uses: list[Use]) -> list[Use]:
        """Return plans that planning one car again does not improve."""
        rank = self._rank(uses)
        tried = 0
        number = 0
        while tried < len(uses) > 1:
            others = {at: use for at, use in enumerate(uses) if at != number}
            again = [*uses]
            again[number] = self._use(number, others)
            tried += 1
            late, cost = self._rank(again)
            if (late, cost + _GAIN) < rank:
                uses, rank, tried = again, (late, cost), 0
            number = (number + 1) % len(uses)
        return uses

    def _use(self, number: int, others: dict[int, Use]) -> Use:
        """Return the best plan of a car against those of others: with its reserve if that suffices."""
        car = self._night.cars[number]
        early = car.ready - car.reserve_minutes
        use = self._table(car, others, early).best()
        if use.missing_kwh <= 0:
            return use
        late = self._table(car, others, car.ready).best()
        return replace(late, in_reserve=True)

    def _table(self, car: CarSpec, others: dict[int, Use], end: int) -> _Table:
        return _Table(self._night, car, self._quarters, others, end, waits=self._waits)


class _Table:
    """The dynamic programming of one car."""

    def __init__(
        self,
        night: Night,
        car: CarSpec,
        quarters: int,
        others: dict[int, Use],
        end: int,
        *,
        waits: bool,
    ) -> None:
        self._night, self._car, self._quarters = night, car, quarters
        self._others = others
        self._end = min(end, car.judged_at)
        self._waits = waits
        self._unit = 15 * car.kwh_per_amp_minute
        self._need = ceil(car.need_kwh(car.level) / self._unit - 1e-9)
        # A car that cannot be stopped goes on until it is full.
        self._max_steps = self._need
        if not car.stoppable:
            kwh = (100 - car.level) / 100 * car.capacity / car.efficiency
            self._max_steps = max(self._need, floor(kwh / self._unit))
        levels = [
            car.level_after(step * self._unit) for step in range(self._max_steps + 1)
        ]
        caps = [car.cap(level) for level in levels]
        # The maximum energy steps up to which it takes so many A.
        self._until = [
            max((step for step, cap in enumerate(caps) if cap >= amps), default=-1)
            for amps in range(car.max_amps + 1)
        ]

    def _room(self, at: int) -> int:
        """Return the maximum whole A on average in a quarter, by the room and by the time the car is there."""
        taken = sum(use.amps[at] for use in self._others.values())
        present = self._minutes(at)
        room = min(self._car.max_amps, self._night.room[at] - taken)
        return max(0, floor(room * present / 15))

    def _minutes(self, at: int) -> int:
        start = max(15 * at, self._car.arrives)
        return max(0, min(15 * at + 15, self._end) - start)

    def _costs(self, at: int) -> list[float]:
        """Return what it costs to take so many A on average in a quarter, besides what the others take."""
        night = self._night
        taken = sum(
            use.amps[at] * 15 * night.cars[number].kwh_per_amp_minute
            for number, use in self._others.items()
        )
        base = energy_cost(night, at, taken, 15)
        return [
            energy_cost(night, at, taken + amps * self._unit, 15) - base
            for amps in range(self._car.max_amps + 1)
        ]

    def best(self) -> Use:
        """Return the best plan."""
        size = self._max_steps + 1
        value = np.full((2, size), inf)
        value[_OFF, 0] = 0.0
        steps: list[_Step] = []
        for at in range(self._quarters):
            value, step = self._step(at, value)
            steps.append(step)
        left = np.maximum(self._need - np.arange(size), 0) * self._unit
        ends = value + left * _GOAL_FIRST
        state, energy = np.unravel_index(int(np.argmin(ends)), ends.shape)
        missing = float(left[energy])
        return Use(_path(steps, int(state), int(energy)), missing)

    def _step(self, at: int, value: Any) -> tuple[Any, _Step]:
        """Return the values after a quarter, and what leads to them."""
        size = self._max_steps + 1
        fresh = value[_OFF] + (self._night.start_cost if self._car.stoppable else 0)
        source = np.minimum(value[_ON], fresh)
        from_state = np.where(value[_ON] <= fresh, _ON, _OFF)
        new = np.full((2, size), inf)
        step = _Step(
            np.zeros((2, size), dtype=np.int16),
            np.zeros((2, size), dtype=np.int8),
            np.tile(np.arange(size, dtype=np.int16), (2, 1)),
        )
        minimum, costs = floor_amps(self._car, at), self._costs(at)
        if not minimum:
            new[_OFF] = np.minimum(value[_ON], value[_OFF])
            step.state[_OFF] = np.where(value[_ON] < value[_OFF], _ON, _OFF)
        elif self._waits:
            new[_OFF] = value[_OFF]
            step.state[_OFF] = _OFF
        # One that draws in any case does so whatever the others take; one that may wait begins where there is room.
        room = self._room(at) if self._waits else max(self._room(at), minimum)
        for taken in range(max(1, minimum), room + 1):
            for start, end, gained in self._moves(taken, minimum):
                there = slice(start + gained, end + gained)
                cost = source[start:end] + costs[gained]
                better = cost < new[_ON, there]
                new[_ON, there] = np.where(better, cost, new[_ON, there])
                step.keep(
                    there, better, gained, from_state[start:end], np.arange(start, end)
                )
        return new, step

    def _moves(self, taken: int, minimum: int) -> list[tuple[int, int, int]]:
        """Return from which energies up to which others these A lead, and by how much further."""
        highest = self._until[taken] if taken > MIN_AMPS else self._max_steps
        end = min(highest, self._max_steps - taken) + 1
        moves = [(0, end, taken)] if end > 0 else []
        if taken == minimum:
            moves += [
                (energy, energy + 1, self._max_steps - energy)
                for energy in range(
                    max(0, self._max_steps - taken + 1), self._max_steps + 1
                )
            ]
        return moves


@dataclass(frozen=True, slots=True)
class _Step:
    """What leads to each state and energy after a quarter: the A in it, and the state and the energy before."""

    amps: Any
    state: Any
    energy: Any

    def keep(
        self, there: slice, better: Any, taken: int, states: Any, energies: Any
    ) -> None:
        """Keep what is better."""
        for kept, new in (
            (self.amps, taken),
            (self.state, states),
            (self.energy, energies),
        ):
            kept[_ON, there] = np.where(better, new, kept[_ON, there])


def _path(steps: Sequence[_Step], state: int, energy: int) -> tuple[int, ...]:
    """Return the A of each quarter that lead to a state and an energy."""
    result = []
    for step in reversed(steps):
        result.append(int(step.amps[state, energy]))
        state, energy = int(step.state[state, energy]), int(step.energy[state, energy])
    return tuple(reversed(result))


def floor_amps(car: CarSpec, at: int) -> int:
    """Return the A on average that a car takes in a quarter in any case."""
    if car.stoppable:
        return 0
    start = max(15 * at, car.arrives)
    return MIN_AMPS * max(0, min(15 * at + 15, car.judged_at) - start) // 15


def _outcome(night: Night, uses: Sequence[Use]) -> Outcome:
    """Return what these plans come to."""
    cost, starts = 0.0, 0
    for at in range(ceil(night.minutes / 15)):
        kwh = sum(
            use.amps[at] * 15 * car.kwh_per_amp_minute
            for use, car in zip(uses, night.cars, strict=True)
        )
        cost += energy_cost(night, at, kwh, 15)
    for use, car in zip(uses, night.cars, strict=True):
        # One that cannot be stopped starts once.
        starts += use.starts if car.stoppable else 1
    return Outcome(cost, starts, tuple(use.missing_kwh for use in uses))


def plan_optimum(night: Night, *, waits: bool = False) -> list[Use]:
    """Return the best plans that are found, of the cars in their order.

    Args:
        night: the night.
        waits: whether a car that cannot be stopped draws nothing before it is offered something for the first time, as
            docs/protocol.md says of the command 05; otherwise it draws its minimum as soon as it is plugged in.

    """
    return _Search(night, waits=waits).best()


def find_optimum(night: Night, *, waits: bool = False) -> Outcome:
    """Return the outcome of the best plans that are found; `waits` as for `plan_optimum`."""
    return _outcome(night, plan_optimum(night, waits=waits))
