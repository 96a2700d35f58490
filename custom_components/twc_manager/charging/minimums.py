"""What the budgets leave for the minimums of cars, as their measured draws count where offers can only just be raised.

A raise goes out only into room that is certainly free. Where a limit is exactly the sum of the minimums, a car that draws
a little above its minimum keeps another one from ever starting, so they have to take turns. Amps are in A.
"""

from collections.abc import Hashable, Iterable, Mapping
from math import ceil

from ..twc import DRAWING_AMPS, ConnectorState
from .allocation.budgets import TOTAL, CircuitAmps, CurrentBudget
from .candidate import ConnectorContext
from .outcome import LimitReason


def room_for_minimums(
    left: Mapping[Hashable, int],
    budgets: Mapping[Hashable, CurrentBudget],
    wanting: Iterable[ConnectorContext],
) -> dict[Hashable, int]:
    """Return what is left of the budgets for the minimums of the cars that want power.

    Args:
        left: the whole A that each budget has left.
        budgets: the budgets.
        wanting: the connectors of these cars.

    """
    contexts = tuple(wanting)
    waiting = [item for item in contexts if not _has_current(item.connector)]
    missing = ceil(sum(map(overdraw, contexts)))
    if not waiting or not missing:
        # Cars that charge together may go on: a measured sum that is too high lowers them anyway.
        return dict(left)
    # The guard of the wiring raises an offer from 0 A to less than the minimum if the car can use that.
    slack = sum(item.limits.minimum - item.limits.useful for item in waiting)
    room = {
        key: amps - missing if isinstance(key, CircuitAmps) else amps
        for key, amps in left.items()
    }
    if budgets[TOTAL].alone is LimitReason.WIRING:
        room[TOTAL] -= max(missing - max(slack, 0), 0)
    return room


def _has_current(connector: ConnectorState) -> bool:
    """Return whether a connector has an offer, which a decided one may be withheld from, or its car draws."""
    offered = max(connector.offered, connector.sent or 0.0)
    return offered > 0 or connector.drawn >= DRAWING_AMPS


def overdraw(context: ConnectorContext) -> float:
    """Return by how much a car draws more than its offer and its excess, while it obeys."""
    return 0.0 if context.disobeys else context.runtime.usable_current.overdraw.amps
