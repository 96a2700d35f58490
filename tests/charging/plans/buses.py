"""Several buses in one house that share limits, each of which makes plans when it has a reason to."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Final

from custom_components.twc_manager.charging.planning.goals import Goal
from custom_components.twc_manager.charging.planning.replan import MadePlan
from custom_components.twc_manager.charging.planning.result import Plan
from custom_components.twc_manager.charging.planning.series import Series
from custom_components.twc_manager.charging.planning.slots import PlanInputs
from custom_components.twc_manager.charging.plans.making import (
    PlanJob,
    PlanMaking,
    try_plan,
)
from custom_components.twc_manager.charging.plans.shared_plans import (
    BusReport,
    SharedPlans,
    always,
)
from custom_components.twc_manager.charging.plans.together import Shared
from tests.charging.planning.scene import NOW, amps_at, inputs, instants

FUSE: Final = "fuse"
SIZE: Final = 25.0
FULL: Final = 3.68
"""The kWh of an hour at 16 A."""
PRICES: Final = [0.3, 0.3, 0.1, 0.1, 0.3, 0.3]
STEP: Final = 61.0
"""The s from one decision to the next: whatever happens by itself may make a plan then."""


@dataclass
class Line:
    """A bus of a house."""

    name: str
    goals: tuple[Goal, ...]
    limit: int = 32
    expected: tuple[Goal, ...] = ()
    rooms: Mapping[Hashable, Series] = field(
        default_factory=lambda: {FUSE: always(SIZE)}
    )
    outlook: object = "prices"
    prices: list[float] = field(default_factory=lambda: PRICES)
    making: PlanMaking = field(default_factory=PlanMaking)
    made: MadePlan | None = None
    plans: int = 0
    apart: Exception | None = None


class House:
    """Buses that share limits."""

    def __init__(self, *lines: Line) -> None:
        self.shared = SharedPlans()
        self.lines = {line.name: line for line in lines}
        self.now = 1000.0
        self.local = NOW

    def read(self, name: str) -> Shared:
        """Return what a bus shares."""
        line = self.lines[name]
        return self.shared.read(name, line.rooms, line.outlook, self.local, self.now)

    def inputs_of(self, name: str) -> PlanInputs:
        line = self.lines[name]
        return replace(
            inputs(line.prices, *line.goals, limit=line.limit),
            now=self.local,
            caps=self.read(name).caps,
            expected=line.expected,
        )

    def decide(self, name: str) -> PlanJob | None:
        """Let a bus decide; return the plan that it wants made, None if it wants none."""
        line, wanted = self.lines[name], self.inputs_of(name)
        shared = self.read(name)
        line.making.note(wanted, shared)
        if line.making.job is None and wanted.goals:
            line.made = line.making.followed(line.made, wanted)
            if line.making.is_due(line.made, wanted, self.now):
                line.making.begin(line.made, wanted, self.now)
        self.publish(name)
        return line.making.job

    def make(self, name: str) -> None:
        """Make the plan that a bus wants."""
        line = self.lines[name]
        job = line.making.job
        assert job is not None
        attempt = try_plan(job)
        if line.making.end(job, attempt, self.now) and attempt.made is not None:
            line.made, line.apart = attempt.made, attempt.apart
        line.plans += 1
        self.publish(name)
        for other, made in line.making.take_others().items():
            self.shared.offer(other, made)

    def publish(self, name: str) -> None:
        line, making = self.lines[name], self.lines[name].making
        shared = making.shared
        report = BusReport(
            line.made,
            making.inputs,
            shared.rooms,
            line.outlook,
            shared.beside,
            making.since,
        )
        self.shared.update(name, report)

    def plan(self, name: str) -> None:
        """Let a bus decide, and make the plan that it wants."""
        if self.decide(name) is not None:
            self.make(name)

    def go_on(self, seconds: float = STEP) -> None:
        self.now += seconds

    def settle(self, dice: Random, rounds: int = 4) -> None:
        """Let the buses decide in any order, a few times."""
        for _ in range(rounds):
            self.go_on()
            for name in dice.sample(list(self.lines), len(self.lines)):
                self.plan(name)

    def remove(self, name: str) -> Line:
        self.shared.leave(name)
        return self.lines.pop(name)

    @property
    def plans(self) -> dict[str, Plan]:
        return {
            name: line.made.plan
            for name, line in self.lines.items()
            if line.made is not None
        }

    @property
    def count(self) -> int:
        """How many plans were made."""
        return sum(line.plans for line in self.lines.values())

    @property
    def missing_kwh(self) -> float:
        return sum(plan.missing_kwh for plan in self.plans.values())

    @property
    def cost(self) -> float:
        return sum(plan.cost for plan in self.plans.values())

    def highest(self, *names: str) -> int:
        """Return the highest A of some buses at one time; of all of them if none is named."""
        plans = [
            plan for name, plan in self.plans.items() if name in names or not names
        ]
        times = {at for plan in plans for at in instants(plan)}
        return max(
            (sum(amps_at(plan, at) for plan in plans) for at in times), default=0
        )

    def pass_time(self, minutes: float) -> None:
        """Go on for a while without any decision."""
        self.local += timedelta(minutes=minutes)
        self.go_on(60 * minutes)
