"""The plans of several buses that share something: a main fuse, a peak budget, a circuit.

The plans of buses with the same prices are made `together`. Buses that cannot be planned together plan one after the
other, each from what the buses before it leave. Their order follows from the goals alone, not from the plans: so no two
of them wait for each other, and the same goals never make plans change to and fro. The plan of a bus that has reported
nothing for some minutes is left to it in any case.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from ..planning.caps import less, lowest
from ..planning.replan import MadePlan
from ..planning.result import Plan
from ..planning.series import Piece, Series
from ..planning.slots import PlanInputs
from .making import LATE_SECONDS
from .together import Part, Shared, covers

_EVER: Final = (
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2200, 1, 1, tzinfo=UTC),
)
_SILENT: Final = timedelta(minutes=5)
"""Other buses do not plan for a bus that has reported nothing for so long."""
MAX_TOGETHER: Final = 6
"""More vehicles are not planned together: two full lines. A plan for eight took 10 s once on a busy machine, and one
that takes 30 s counts as failed."""

type _Rank = tuple[int, datetime, str]
"""The highest priority among the goals of a bus, negative; the earliest time of one with it; the bus."""


@dataclass(frozen=True, slots=True)
class BusReport:
    """What a bus reports to the others.

    Attributes:
        made: the plan that it follows; None if it follows none.
        inputs: what its next plan would be made from, expected vehicles among them; None without one.
        rooms: the A that each thing that it may share leaves all buses, as far as it knows.
        outlook: what has to be the same for buses that are planned together: prices.
        beside: the A that its vehicles without a plan take; unknown if they take nothing.
        making_since: since when it makes a plan, in s of a monotonic clock; None if it does not.

    """

    made: MadePlan | None = None
    inputs: PlanInputs | None = None
    rooms: Mapping[Hashable, Series] = field(default_factory=dict)
    outlook: object = None
    beside: Series = field(default_factory=Series)
    making_since: float | None = None


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus.

    Attributes:
        report: its last report.
        rank: the lowest one comes first; None without a plan.
        taken: the A of its vehicles over time.
        offered: its part of a plan that another bus has made since; None without one.

    """

    report: BusReport
    rank: _Rank | None
    taken: Series
    offered: MadePlan | None = None

    def is_silent(self, local: datetime) -> bool:
        """Return whether it has reported nothing for a while."""
        inputs = self.report.inputs
        return inputs is None or abs(local - inputs.now) > _SILENT


@dataclass(frozen=True, slots=True)
class _Around:
    """The other buses as one has to plan with them.

    Attributes:
        partners: those that are planned with it.
        before: those whose plans it leaves room for.

    """

    partners: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


class SharedPlans:
    """The plans of all buses.

    Attributes:
        changes: how often anything about them has changed.

    """

    def __init__(self) -> None:
        """Start without a plan."""
        self.changes = 0
        self._members: dict[str, _Member] = {}
        self._read: dict[str, tuple[object, Shared]] = {}
        self._alike: dict[tuple[str, str], tuple[object, object, bool]] = {}

    def update(self, bus: str, report: BusReport) -> None:
        """Take the report of a bus."""
        known = self._members.get(bus)
        if known is None or known.report.made is not report.made:
            # What it was offered is older than this, or it is this.
            self._members[bus] = _member(bus, report)
        else:
            # What was planned for vehicles that have left is not for those that come after them.
            is_for_these = report.inputs and covers(known.offered, report.inputs)
            offered = known.offered if is_for_these else None
            self._members[bus] = replace(known, report=report, offered=offered)
            if known.report.rooms.keys() == report.rooms.keys():
                return
        self.changes += 1

    def offer(self, bus: str, made: MadePlan) -> bool:
        """Offer a bus its part of a plan; return whether it is there."""
        if (known := self._members.get(bus)) is None:
            return False
        self._members[bus] = replace(known, offered=made)
        return True

    def leave(self, bus: str) -> None:
        """Forget a bus with its plan."""
        self._read.pop(bus, None)
        self._alike = {key: item for key, item in self._alike.items() if bus not in key}
        if self._members.pop(bus, None) is not None:
            self.changes += 1

    def read(
        self,
        bus: str,
        rooms: Mapping[Hashable, Series],
        outlook: object,
        local: datetime,
        now: float,
    ) -> Shared:
        """Return what a bus shares with others.

        Args:
            bus: the bus.
            rooms: the A that each thing that it may share leaves all buses.
            outlook: what has to be the same for buses that are planned together.
            local: the local time.
            now: the time, in s of a monotonic clock.

        """
        around = self._around(bus, rooms.keys(), outlook, local)
        source = self.changes, rooms, around
        known = self._read.get(bus)
        if known is None or known[0] != source:
            known = self._read[bus] = source, self._left(bus, rooms, around)
        own = self._members.get(bus)
        reports = [(key, self._members[key].report) for key in around.partners]
        return replace(
            known[1],
            partners=tuple(
                Part(key, item.inputs, item.made, item.rooms, item.beside)
                for key, item in reports
                if item.inputs is not None
            ),
            offered=own.offered if own else None,
            waits=any(_is_making(item, now) for _, item in reports),
        )

    def _left(
        self, bus: str, rooms: Mapping[Hashable, Series], around: _Around
    ) -> Shared:
        """Return what is left to a bus of what it shares."""
        left = self._without(rooms, around.before)
        alone = self._without(left, around.partners)
        return Shared(bus, left, lowest(left.values()), left=lowest(alone.values()))

    def _without(
        self, rooms: Mapping[Hashable, Series], buses: Iterable[str]
    ) -> dict[Hashable, Series]:
        """Return what some buses leave of what they share."""
        left = dict(rooms)
        for member in map(self._members.__getitem__, buses):
            for key in left.keys() & member.report.rooms.keys():
                left[key] = less(left[key], member.taken)
        return left

    def _around(
        self,
        bus: str,
        resources: AbstractSet[Hashable],
        outlook: object,
        local: datetime,
    ) -> _Around:
        """Return the other buses as one has to plan with them."""
        partners = self._partners(bus, resources, outlook, local)
        rank = self._lowest_rank((bus, *partners))
        before = (
            key
            for key, item in self._members.items()
            if key != bus
            and key not in partners
            and item.rank is not None
            and (
                rank is None
                or item.is_silent(local)
                or (its := self._rank_of(key, local)) is None
                or its < rank
            )
        )
        return _Around(partners, tuple(sorted(before)))

    def _rank_of(self, bus: str, local: datetime) -> _Rank | None:
        """Return the rank of a bus with a plan: the lowest of those that are planned with it."""
        report = self._members[bus].report
        partners = self._partners(bus, report.rooms.keys(), report.outlook, local)
        return self._lowest_rank((bus, *partners))

    def _lowest_rank(self, buses: Iterable[str]) -> _Rank | None:
        """Return the lowest rank of some buses; None if none of them has a plan."""
        members = (self._members.get(bus) for bus in buses)
        ranks = [item.rank for item in members if item and item.rank is not None]
        return min(ranks, default=None)

    def _partners(
        self,
        bus: str,
        resources: AbstractSet[Hashable],
        outlook: object,
        local: datetime,
    ) -> tuple[str, ...]:
        """Return the buses that are planned with one: that share something with it, or with one of them."""
        possible = {
            key: item.report.rooms.keys()
            for key, item in self._members.items()
            if key != bus
            and not item.is_silent(local)
            and self._is_alike(bus, outlook, key, item.report.outlook)
        }
        found = _reached(possible, resources)
        count = sum(map(self._goals, (bus, *found)))
        return tuple(sorted(found)) if count <= MAX_TOGETHER else ()

    def _goals(self, bus: str) -> int:
        """Return how many vehicles a bus has to plan for."""
        known = self._members.get(bus)
        inputs = known.report.inputs if known else None
        return len(inputs.goals) if inputs else 0

    def _is_alike(self, bus: str, outlook: object, other: str, its: object) -> bool:
        """Return whether two buses know the same prices; long lists are compared once."""
        known = self._alike.get((bus, other))
        if known is None or known[0] is not outlook or known[1] is not its:
            known = self._alike[bus, other] = (outlook, its, outlook == its)
        return known[2]


def always(amps: float) -> Series:
    """Return a limit that holds at any time, in A."""
    return Series((Piece(*_EVER, amps),))


def _reached(
    possible: Mapping[str, AbstractSet[Hashable]], resources: AbstractSet[Hashable]
) -> list[str]:
    """Return the buses that share something with one, by what each may share, or with one of those."""
    found: list[str] = []
    reached = set(resources)
    while new := [
        key
        for key, shared in possible.items()
        if key not in found and not reached.isdisjoint(shared)
    ]:
        found += new
        reached.update(*(possible[key] for key in new))
    return found


def _is_making(report: BusReport, now: float) -> bool:
    """Return whether a bus makes a plan that may still come."""
    return report.making_since is not None and now - report.making_since < LATE_SECONDS


def _member(bus: str, report: BusReport) -> _Member:
    """Return a bus with its report, and without an offered plan."""
    if report.made is None:
        return _Member(report, None, Series())
    goals = report.made.inputs.goals
    rank = min((-goal.priority, goal.ready, bus) for goal in goals)
    return _Member(report, rank, _taken(report.made.plan))


def _taken(plan: Plan) -> Series:
    """Return the A of all vehicles of a plan over time."""
    return Series(tuple(_pieces(plan)))


def _pieces(plan: Plan) -> Iterator[Piece]:
    slots = [slot for vehicle in plan.vehicles.values() for slot in vehicle.slots]
    times = sorted({at for slot in slots for at in (slot.start, slot.end)})
    for start, end in pairwise(times):
        if amps := plan.amps_at(start):
            yield Piece(start, end, float(amps))
