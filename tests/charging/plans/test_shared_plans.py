"""Plans of several buses behind one main fuse: no two of them count on the same amps."""

from random import Random
from typing import Final

import pytest

from custom_components.twc_manager.charging.planning.goals import Goal
from custom_components.twc_manager.charging.planning.replan import (
    MadePlan,
    events,
    next_plan,
)
from custom_components.twc_manager.charging.planning.result import Plan
from custom_components.twc_manager.charging.planning.slots import PlanInputs
from custom_components.twc_manager.charging.plans import shared_plans
from custom_components.twc_manager.charging.plans.shared_plans import (
    SharedPlans,
    always,
)
from tests.charging.planning.scene import NOW, amps_at, goal, inputs, instants

FUSE: Final = "fuse"
SIZE: Final = 25.0
FULL: Final = 3.68
"""The kWh of an hour at 16 A."""
PRICES: Final = [0.3, 0.3, 0.1, 0.1, 0.3, 0.3]


class House:
    """Buses behind one fuse, each with the goals of its cars."""

    def __init__(self, **goals: Goal) -> None:
        self.shared = SharedPlans()
        self.goals = goals
        self.made: dict[str, MadePlan] = {}
        self.made_again = 0

    def inputs_of(self, bus: str) -> PlanInputs:
        caps = self.shared.left(bus, {FUSE: always(SIZE)})
        return inputs(PRICES, self.goals[bus], caps=caps)

    def plan(self, bus: str) -> None:
        """Make the plan of a bus if something has changed for it."""
        before, wanted = self.made.get(bus), self.inputs_of(bus)
        if before is not None and not events(before, wanted):
            return
        self.made[bus] = next_plan(before, wanted)
        self.made_again += 1
        self.shared.tell(bus, self.made[bus], frozenset({FUSE}))

    @property
    def plans(self) -> list[Plan]:
        return [item.plan for item in self.made.values()]

    @property
    def missing_kwh(self) -> float:
        return sum(plan.missing_kwh for plan in self.plans)

    @property
    def highest(self) -> int:
        """The highest A of all buses at one time."""
        times = {at for plan in self.plans for at in instants(plan)}
        return max(sum(amps_at(plan, at) for plan in self.plans) for at in times)


def test_goals_that_fit_only_if_they_are_spread_are_both_reached() -> None:
    house = House(one=goal(3 * FULL, 6), two=goal(3 * FULL, 6))
    for _ in range(3):
        for bus in house.goals:
            house.plan(bus)
    assert house.missing_kwh == 0
    assert house.highest <= SIZE
    # The second one charges in the cheap hours, too, with what the first one leaves.
    cheap = [amps_at(plan, NOW.replace(hour=22, minute=30)) for plan in house.plans]
    assert cheap == [16, 9]


@pytest.mark.parametrize(
    ("one", "two", "first"),
    [
        (goal(FULL, 6), goal(FULL, 5), "two"),
        (goal(FULL, 6, priority=1), goal(FULL, 5), "one"),
        (goal(FULL, 6), goal(FULL, 6), "one"),
    ],
)
def test_who_comes_first_follows_from_priority_then_from_time(
    one: Goal, two: Goal, first: str
) -> None:
    house = House(one=one, two=two)
    for _ in range(2):
        for bus in ("two", "one"):
            house.plan(bus)
    left = {bus: house.shared.left(bus, {FUSE: always(SIZE)}) for bus in house.goals}
    assert [bus for bus, cap in left.items() if cap == always(SIZE)] == [first]


def test_what_is_not_shared_is_not_less() -> None:
    house = House(one=goal(3 * FULL, 6))
    house.plan("one")
    cable = {"cable": always(SIZE)}
    assert house.shared.left("two", cable) == always(SIZE)


def test_what_a_bus_has_planned_is_left_to_the_others_when_it_leaves() -> None:
    house = House(one=goal(3 * FULL, 6), two=goal(FULL, 6))
    house.plan("one")
    fuse = {FUSE: always(SIZE)}
    assert house.shared.left("two", fuse) != always(SIZE)
    changes = house.shared.changes
    house.shared.leave("one")
    assert house.shared.left("two", fuse) == always(SIZE)
    assert house.shared.changes == changes + 1


def random_house(dice: Random) -> House:
    buses = ("one", "two", "three")
    goals = {
        bus: goal(
            round(dice.uniform(1, 14), 1),
            dice.choice((3, 5, 6)),
            priority=dice.choice((0, 0, 1)),
        )
        for bus in buses
    }
    return House(**goals)


def settle(house: House, dice: Random) -> None:
    """Let the buses plan in any order until none of them has a reason to."""
    for _ in range(4):
        for bus in dice.sample(list(house.goals), len(house.goals)):
            house.plan(bus)
    house.made_again = 0
    for _ in range(3):
        for bus in dice.sample(list(house.goals), len(house.goals)):
            house.plan(bus)


@pytest.mark.parametrize("seed", range(25))
def test_in_whatever_order_they_plan_they_fit_and_come_to_rest(seed: int) -> None:
    dice = Random(seed)
    house = random_house(dice)
    settle(house, dice)
    assert house.highest <= SIZE
    assert house.made_again == 0


def take_nothing(patch: pytest.MonkeyPatch) -> None:
    """Let each plan count on the whole fuse."""
    patch.setattr(shared_plans, "less", lambda cap, _: cap)


def run_many() -> None:
    """Let many houses plan."""
    for seed in range(25):
        test_in_whatever_order_they_plan_they_fit_and_come_to_rest(seed)


def test_without_what_others_have_planned_they_do_not_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_nothing(monkeypatch)
    with pytest.raises(AssertionError):
        run_many()
