"""One plan for the vehicles of several buses that share a limit: a main fuse, a circuit, a peak budget.

A bus makes it when its own plan is due, from its own inputs and from what the other buses reported last. It follows its
part of the plan, and offers the others theirs. A bus takes the part that it is offered if that is for the vehicles that
it has now; what has changed for it since causes the next plan for all, as it would cause one of its own. Where two
buses make one, the one that is made last counts for both. While one bus makes a plan the others wait for it, but no
longer than a plan may take, and not with a vehicle that has none yet.

The wiring of a bus, and what else it has measured, limit its own vehicles. What several buses share limits those of all
of them together, by the lowest of what each of them knows of it.

Buses that follow other prices, or have not reported for a while, are planned beside each other, each with what the
plans of the others leave (`shared_plans`). If there is an error in the plan for all, the bus that makes it plans alone
with what the others have planned; they go on with what they have, and make their own.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from itertools import chain
from typing import Final

from ..planning.caps import less, lowest
from ..planning.goals import Goal
from ..planning.replan import MadePlan, next_plan
from ..planning.result import Plan
from ..planning.series import Series
from ..planning.slots import PartLimit, PlanInputs

_NO_LIMIT: Final = 1000
"""The A of what is limited by its caps alone."""

type _Numbers = Mapping[tuple[str, int], int]
"""The connectors of all buses, numbered: two buses may have connectors with the same id."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one bus brings into a plan for several.

    Attributes:
        bus: the bus.
        inputs: what its own plan would be made from; it may have none but expected vehicles.
        made: the plan that it follows; None without one.
        rooms: the A that each thing that it may share leaves all buses.
        beside: the A that its vehicles without a plan take; unknown if they take nothing.

    """

    bus: str
    inputs: PlanInputs
    made: MadePlan | None
    rooms: Mapping[Hashable, Series]
    beside: Series = field(default_factory=Series)


@dataclass(frozen=True, slots=True)
class Shared:
    """What a bus shares with others, as it is now.

    Attributes:
        bus: the bus.
        rooms: the A that each thing that it may share leaves it and those that are planned with it.
        caps: the lowest of them.
        partners: the buses that are planned with it.
        beside: the A that vehicles of the bus take that have no plan; unknown if they take nothing.
        left: the A that are left to it alone if those follow their plans; unknown where nothing limits them.
        offered: its part of a plan that another one has made since; None without one.
        waits: whether another one makes a plan for all of them now.

    """

    bus: str = ""
    rooms: Mapping[Hashable, Series] = field(default_factory=dict)
    caps: Series = field(default_factory=Series)
    partners: tuple[Part, ...] = ()
    beside: Series = field(default_factory=Series)
    left: Series = field(default_factory=Series)
    offered: MadePlan | None = None
    waits: bool = False

    @property
    def expected(self) -> tuple[tuple[str, tuple[Goal, ...]], ...]:
        """Return what those of them expect that have no vehicle, and so make no plan."""
        return tuple(
            (part.bus, part.inputs.expected)
            for part in self.partners
            if not part.inputs.goals
        )

    def measured(self, change: Callable[[Series], Series]) -> Shared:
        """Return the same with what was measured of what is shared; `change` returns what is left of a limit."""
        rooms = {key: change(amps) for key, amps in self.rooms.items()}
        return replace(self, rooms=rooms)


def plan_together(parts: Sequence[Part]) -> dict[str, MadePlan]:
    """Return the plan of each bus that has vehicles; time and prices are those of the first one."""
    numbers = _numbers(parts)
    numbered = [_numbered(part, numbers) for part in parts]
    inputs = _joined(numbered, [part.inputs for part in numbered])
    made = next_plan(_followed(numbered), inputs)
    return {
        part.bus: _part_of(made.plan, part, numbers)
        for part in parts
        if part.inputs.goals
    }


def covers(made: MadePlan | None, inputs: PlanInputs) -> bool:
    """Return whether there is a plan, and it is for the vehicles that are there."""
    if made is None:
        return False
    here = {goal.connector_id for goal in inputs.goals}
    return {goal.connector_id for goal in made.inputs.goals} == here


def exceeds(made: MadePlan, left: Series, now: datetime) -> bool:
    """Return whether the vehicles of a plan are to take more than is left to them at a time to come, in A."""
    slots = [slot for vehicle in made.plan.vehicles.values() for slot in vehicle.slots]
    end = max((slot.end for slot in slots), default=now)
    times = {now, *(slot.start for slot in slots), *left.boundaries(now, end)}
    return any(
        made.plan.amps_at(at) > amps
        for at in times
        if at >= now and (amps := left.at(at)) is not None
    )


def _numbers(parts: Sequence[Part]) -> _Numbers:
    """Return the numbers of all connectors; they do not depend on which bus makes the plan."""
    found = {
        (part.bus, goal.connector_id)
        for part in parts
        for inputs in (part.inputs, *([part.made.inputs] if part.made else []))
        for goal in (*inputs.goals, *inputs.expected)
    }
    return {key: number for number, key in enumerate(sorted(found), 1)}


def _numbered(part: Part, numbers: _Numbers) -> Part:
    """Return what a bus brings in with numbers in the place of its connectors."""
    own = {at: number for (bus, at), number in numbers.items() if bus == part.bus}
    inputs = _numbered_inputs(part.inputs, own)
    if part.made is None:
        return replace(part, inputs=inputs)
    plan = part.made.plan
    vehicles = {
        own[at]: replace(vehicle, connector_id=own[at])
        for at, vehicle in plan.vehicles.items()
        if at in own
    }
    made = MadePlan(
        replace(plan, vehicles=vehicles), _numbered_inputs(part.made.inputs, own)
    )
    return replace(part, inputs=inputs, made=made)


def _numbered_inputs(inputs: PlanInputs, own: Mapping[int, int]) -> PlanInputs:
    goals, expected = (
        tuple(replace(goal, connector_id=own[goal.connector_id]) for goal in vehicles)
        for vehicles in (inputs.goals, inputs.expected)
    )
    return replace(inputs, goals=goals, expected=expected)


def _joined(parts: Sequence[Part], each: Sequence[PlanInputs]) -> PlanInputs:
    """Return what a plan for all follows from, by what one for each would."""
    vehicles = [
        frozenset(goal.connector_id for goal in (*item.goals, *item.expected))
        for item in each
    ]
    wirings = (
        PartLimit(own, item.limit, item.caps, item.set_back())
        for own, item in zip(vehicles, each, strict=True)
    )
    return replace(
        each[0],
        goals=tuple(chain.from_iterable(item.goals for item in each)),
        expected=tuple(chain.from_iterable(item.expected for item in each)),
        limit=_NO_LIMIT,
        caps=_common(parts),
        sun_w=lowest(item.sun_w for item in each),
        estimates=max((item.estimates for item in each), key=_reach),
        shortfalls=Series(),
        limits=(*wirings, *_shared_by_some(parts, vehicles)),
    )


def _reach(estimates: Series) -> float:
    """Return how far estimates reach, by the clock; those that know nothing do not reach far."""
    pieces = estimates.pieces
    return pieces[-1].end.timestamp() if pieces else 0.0


def _common(parts: Sequence[Part]) -> Series:
    """Return the A for all vehicles together: the lowest of what all buses share."""
    common = frozenset.intersection(*(frozenset(part.rooms) for part in parts))
    return _left_of(common, parts)


def _left_of(keys: Iterable[Hashable], parts: Sequence[Part]) -> Series:
    """Return the A that some things leave the vehicles with a plan of all buses that share them."""
    amps = lowest(part.rooms[key] for part in parts for key in keys)
    return reduce(less, (part.beside for part in parts), amps)


def _shared_by_some(
    parts: Sequence[Part], vehicles: Sequence[frozenset[int]]
) -> list[PartLimit]:
    """Return the limits of what several buses share, but not all."""
    sharing: dict[Hashable, list[int]] = {}
    for at, part in enumerate(parts):
        for key in part.rooms:
            sharing.setdefault(key, []).append(at)
    return [
        PartLimit(
            frozenset[int]().union(*(vehicles[at] for at in places)),
            _NO_LIMIT,
            _left_of([key], [parts[at] for at in places]),
        )
        for key, places in sharing.items()
        if 1 < len(places) < len(parts)
    ]


def _followed(parts: Sequence[Part]) -> MadePlan | None:
    """Return what all buses follow as one plan; None if one of them that has vehicles follows none."""
    if any(part.inputs.goals and part.made is None for part in parts):
        return None
    plans = [part.made.plan for part in parts if part.made is not None]
    vehicles = dict(chain.from_iterable(plan.vehicles.items() for plan in plans))
    before = [part.made.inputs if part.made else part.inputs for part in parts]
    return MadePlan(
        Plan(min(plan.made for plan in plans), vehicles), _joined(parts, before)
    )


def _part_of(plan: Plan, part: Part, numbers: _Numbers) -> MadePlan:
    """Return the part of a bus; it is above the least cost by no more than the plan for all is."""
    vehicles = {
        goal.connector_id: replace(
            plan.vehicles[numbers[part.bus, goal.connector_id]],
            connector_id=goal.connector_id,
        )
        for goal in part.inputs.goals
    }
    cost = sum(vehicle.cost for vehicle in vehicles.values())
    return MadePlan(Plan(plan.made, vehicles, cost, cost - plan.gap), part.inputs)
