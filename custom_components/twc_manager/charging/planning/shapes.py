"""The other ways to take slots: in one block, as late as possible, at once."""

from collections.abc import Iterable

from .goals import Strategy
from .switching import Amounts, Task, cheapest


def amounts_for(task: Task, strategy: Strategy) -> Amounts:
    """Return what a vehicle takes in each slot by its strategy; all that fits if that is less than what it needs."""
    match strategy:
        case Strategy.CHEAPEST:
            return cheapest(task)
        case Strategy.ONE_BLOCK:
            return _one_block(task)
        case Strategy.LATEST:
            return _in_order(task, reversed(range(len(task.options))))
        case Strategy.AT_ONCE:
            return _in_order(task, range(len(task.options)))


def _in_order(task: Task, order: Iterable[int]) -> Amounts:
    """Return full power in slots in an order, until there is enough."""
    taken = [0] * len(task.options)
    left = max(task.need, 0)
    for at in order:
        taken[at] = min(left, task.options[at].total)
        left -= taken[at]
    return task.result(taken, float("-inf"))


def _one_block(task: Task) -> Amounts:
    """Return the cheapest block without a pause; several where no block is long enough."""
    best: list[int] | None = None
    for start in range(len(task.options)):
        taken = _block_from(task, start)
        if taken is None:
            continue
        if best is None or task.cost(taken) < task.cost(best) - 1e-9:
            best = taken
    if best is None:
        return _in_order(task, range(len(task.options)))
    return task.result(best, float("-inf"))


def _block_from(task: Task, start: int) -> list[int] | None:
    """Return full power from a slot on until there is enough; None if a slot is not free before."""
    taken = [0] * len(task.options)
    left = max(task.need, 0)
    for at in range(start, len(task.options)):
        if left <= 0:
            break
        taken[at] = min(left, task.options[at].total)
        if not taken[at]:
            return None
        left -= taken[at]
    return taken if left <= 0 else None
