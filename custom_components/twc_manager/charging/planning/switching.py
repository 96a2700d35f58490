"""The cheapest slots of one vehicle when each start costs something: a price for energy, and a table of on and off.

At a given price for a unit of energy the best slots follow from a table with two states per slot. The price is searched
at which they give what the vehicle needs. What is too much then is taken away where it is dearest, and what is missing
at the price below is added where it is cheapest; the better of both is the plan. Each price also proves a lower bound
of the cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from .options import Option, count_starts, total_cost

_STEPS: Final = 9
"""How often the range of the price is halved at most."""
_WIDEN: Final = 6


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a vehicle takes in each slot, in A s.

    Attributes:
        taken: the amounts.
        missing: what does not fit.
        cost: the cost of the energy and of the starts.
        bound: no plan of this vehicle alone costs less.

    """

    taken: tuple[int, ...]
    missing: int
    cost: float
    bound: float


@dataclass(frozen=True, slots=True)
class Task:
    """One vehicle: what it can take in each slot, its need in A s, what a start costs, and whether it charges now."""

    options: Sequence[Option]
    need: int
    start_cost: float
    running: bool = False

    def result(self, taken: Sequence[int], bound: float) -> Amounts:
        """Return amounts with their cost."""
        cost = self.cost(taken)
        missing = self.need - sum(taken)
        return Amounts(tuple(taken), missing, cost, min(bound, cost))

    def cost(self, taken: Sequence[int]) -> float:
        """Return the cost of the energy and of the starts."""
        energy = total_cost(self.options, taken)
        if not self.start_cost:
            return energy
        blocks = [option.block for option in self.options]
        starts = count_starts(blocks, taken, running=self.running)
        return energy + self.start_cost * starts


def cheapest(task: Task) -> Amounts:
    """Return the amounts of least cost; all that fits if that is less than what is needed."""
    everything = [option.total for option in task.options]
    available = sum(everything)
    if task.need <= 0:
        return task.result([0] * len(everything), 0.0)
    if available <= task.need:
        return task.result(everything, float("inf"))
    less, more, bound = _search(task)
    candidates = [_trimmed(task, more)]
    if less is not None:
        candidates.append(_filled(task, less))
    fitting = [taken for taken in candidates if sum(taken) == task.need]
    return task.result(min(fitting, key=task.cost), bound)


def _search(task: Task) -> tuple[list[int] | None, list[int], float]:
    """Return amounts below the need, amounts from the need on, and a lower bound of the cost."""
    table = _Table(task)
    low, high = _bracket(task)
    less: list[int] | None = None
    bound = float("-inf")
    for _ in range(_WIDEN):
        more, gain = table.best(high)
        bound = max(bound, high * task.need - gain)
        if sum(more) >= task.need:
            break
        less, low, high = more, high, high + 2 * (high - low)
    else:
        more = [option.total for option in task.options]
    for _ in range(_STEPS):
        middle = (low + high) / 2
        found, gain = table.best(middle)
        bound = max(bound, middle * task.need - gain)
        energy = sum(found)
        if energy == task.need:
            return None, found, bound
        if energy > task.need:
            high, more = middle, found
        else:
            low, less = middle, found
        if less is not None and _differ_by_one(less, more):
            break
    return less, more, bound


def _differ_by_one(one: Sequence[int], other: Sequence[int]) -> bool:
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _bracket(task: Task) -> tuple[float, float]:
    """Return a range of the price of a unit: from the one without starts to one that pays for a start."""
    parts = sorted(
        part
        for option in task.options
        if option.amps
        for part in (
            (option.block_price, option.block),
            (option.sun_price, option.sun),
            (option.grid_price, option.grid),
        )
        if part[1]
    )
    reached = accumulate(amount for _, amount in parts)
    price = next(
        (
            price
            for (price, _), total in zip(parts, reached, strict=True)
            if total >= task.need
        ),
        parts[-1][0],
    )
    # The energy of a slot pays for a start at most.
    maximum = max(option.total for option in task.options)
    margin = task.start_cost / maximum + 1e-9 * (1 + abs(price))
    return price - margin / 8, price + margin


type _Row = tuple[float, int, float, int, float, int]


class _Table:
    """The best slots at a price for energy."""

    def __init__(self, task: Task) -> None:
        self._start = task.start_cost
        self._running = task.running
        # Plain numbers: this is the inner loop of planning.
        self._rows: list[_Row | None] = [
            (
                option.block_price,
                option.block,
                option.sun_price,
                option.sun,
                option.grid_price,
                option.grid,
            )
            if option.amps
            else None
            for option in task.options
        ]

    def best(self, price: float) -> tuple[list[int], float]:
        """Return the best amounts if a unit of energy is worth a price, and what they gain."""
        amounts = [0] * len(self._rows)
        # Whether the state before was on, for a slot that is on and for one that is off.
        was_on: list[tuple[bool, bool]] = []
        start, nothing = self._start, float("-inf")
        on, off = (0.0 if self._running else nothing), 0.0
        for at, row in enumerate(self._rows):
            fresh = off - start
            stays = on >= fresh
            # Ties stay off, so that nothing is taken which gains nothing.
            from_on = on > off
            was_on.append((from_on, stays))
            gain = nothing
            if row is not None:
                amounts[at], gain = _taken(row, price)
            on, off = (on if stays else fresh) + gain, (on if from_on else off)
        is_on = on > off
        for at in range(len(amounts) - 1, -1, -1):
            if not is_on:
                amounts[at] = 0
            is_on = was_on[at][is_on]
        return amounts, max(on, off)


def _taken(row: _Row, price: float) -> tuple[int, float]:
    """Return what a vehicle that is on takes in a slot if a unit is worth a price, and what it gains."""
    block_price, block, sun_price, sun, grid_price, grid = row
    amount, gain = block, (price - block_price) * block
    if sun and sun_price < price:
        amount += sun
        gain += (price - sun_price) * sun
    if grid_price < price:
        amount += grid
        gain += (price - grid_price) * grid
    return amount, gain


def _trimmed(task: Task, amounts: Sequence[int]) -> list[int]:
    """Return amounts without what is more than needed, from the dearest on; runs keep together."""
    taken = list(amounts)
    surplus = sum(taken) - task.need
    while surplus > 0:
        at, part = _dearest(task, taken)
        part = min(part, surplus)
        taken[at] -= part
        surplus -= part
    return taken


def _dearest(task: Task, taken: Sequence[int]) -> tuple[int, int]:
    """Return from which slot to take next, and how much at most."""
    best, best_price, best_part = -1, float("-inf"), 0
    for at, amount in enumerate(taken):
        if not amount:
            continue
        option = task.options[at]
        floor = option.block if _is_inside(task, taken, at) else 0
        price, part = option.last_part(amount)
        part = min(part, amount - floor)
        # Among equals the latest goes first.
        if part > 0 and price >= best_price:
            best, best_price, best_part = at, price, part
    return best, best_part


def _is_inside(task: Task, taken: Sequence[int], at: int) -> bool:
    """Return whether a vehicle charges before and after a slot."""
    before = taken[at - 1] > 0 if at else task.running
    return before and at + 1 < len(taken) and taken[at + 1] > 0


def _filled(task: Task, amounts: Sequence[int]) -> list[int]:
    """Return amounts with what is missing added, from the cheapest on, if that is possible."""
    taken = list(amounts)
    missing = task.need - sum(taken)
    while missing > 0:
        at, part = _cheapest_more(task, taken, missing)
        if at < 0:
            break
        taken[at] += part
        missing -= part
    return taken


def _cheapest_more(task: Task, taken: Sequence[int], missing: int) -> tuple[int, int]:
    """Return to which slot to add next, and how much; a start is paid by what is added."""
    best, best_price, best_part = -1, float("inf"), 0
    for at, amount in enumerate(taken):
        option = task.options[at]
        price, part = option.next_part(amount)
        part = min(part, missing)
        if part <= 0:
            continue
        if not amount and not _is_beside(task, taken, at):
            price += task.start_cost / part
        if price < best_price:
            best, best_price, best_part = at, price, part
    return best, best_part


def _is_beside(task: Task, taken: Sequence[int], at: int) -> bool:
    """Return whether a vehicle charges right before or after a slot."""
    before = taken[at - 1] > 0 if at else task.running
    return before or (at + 1 < len(taken) and taken[at + 1] > 0)
