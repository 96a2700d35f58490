"""The plans of several buses that share something: a main fuse, a peak budget, a circuit.

Each bus makes its own plan, from what the buses before it leave. Their order follows from the goals alone, not from the
plans: so no two of them wait for each other, and the same goals never make plans change to and fro.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from ..planning.caps import less, lowest
from ..planning.replan import MadePlan
from ..planning.result import Plan
from ..planning.series import Piece, Series

_EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

type _Rank = tuple[int, datetime, str]
"""The highest priority among the goals of a bus, negative; the earliest time of one with it; the bus."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus with a plan.

    Attributes:
        made: the plan.
        rank: the lowest one comes first.
        taken: the A of its vehicles over time.
        resources: what it shares with others.

    """

    made: MadePlan
    rank: _Rank
    taken: Series
    resources: frozenset[Hashable]


class SharedPlans:
    """The plans of all buses.

    Attributes:
        changes: how often anything about them has changed.

    """

    def __init__(self) -> None:
        """Start without a plan."""
        self.changes = 0
        self._members: dict[str, _Member] = {}

    def tell(
        self, bus: str, made: MadePlan | None, resources: frozenset[Hashable]
    ) -> None:
        """Take the plan that a bus follows, None if it follows none, and what it shares with others."""
        if made is None:
            self.leave(bus)
            return
        known = self._members.get(bus)
        if known and known.made is made and known.resources == resources:
            return
        rank = min((-goal.priority, goal.ready, bus) for goal in made.inputs.goals)
        self._members[bus] = _Member(made, rank, _taken(made.plan), resources)
        self.changes += 1

    def leave(self, bus: str) -> None:
        """Forget the plan of a bus."""
        if self._members.pop(bus, None) is not None:
            self.changes += 1

    def left(self, bus: str, rooms: Mapping[Hashable, Series]) -> Series:
        """Return the A that are left to a bus, with or without a plan, of what it shares with others.

        Args:
            bus: the bus.
            rooms: the A for all buses, by what they share.

        """
        return lowest(
            _without(amps, self._before(bus, resource))
            for resource, amps in rooms.items()
        )

    def _before(self, bus: str, resource: Hashable) -> Iterable[Series]:
        """Yield what those buses take of something that come before one; one without a plan comes last."""
        own = self._members.get(bus)
        return (
            item.taken
            for key, item in self._members.items()
            if key != bus
            and resource in item.resources
            and (own is None or item.rank < own.rank)
        )


def always(amps: float) -> Series:
    """Return a limit that holds at any time, in A."""
    return Series((Piece(*_EVER, amps),))


def _without(amps: Series, taken: Iterable[Series]) -> Series:
    for item in taken:
        amps = less(amps, item)
    return amps


def _taken(plan: Plan) -> Series:
    """Return the A of all vehicles of a plan over time."""
    slots = [slot for car in plan.cars.values() for slot in car.slots]
    times = sorted({at for slot in slots for at in (slot.start, slot.end)})
    pieces = (
        Piece(start, end, float(amps))
        for start, end in pairwise(times)
        if (amps := plan.amps_at(start))
    )
    return Series(tuple(pieces))
