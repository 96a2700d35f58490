"""The flow of least cost: compared with every integer plan of small instances."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging.planning.flow import (
    FlowDemand,
    Lane,
    minimum_cost_flow,
)

MISSING = 1000.0
"""What a missing unit costs here: more than any price, so that as much as possible is served."""


@dataclass(frozen=True)
class Instance:
    needs: tuple[FlowDemand, ...]
    lanes: tuple[Lane, ...]
    slots: int


def load_cost(instance: Instance, slot: int, load: int) -> float | None:
    """Return what a load of a slot costs; None if there is no room for it."""
    cost = 0.0
    for lane in sorted(instance.lanes, key=lambda lane: lane.price):
        if lane.slot == slot:
            part = min(load, lane.room)
            cost += part * lane.price
            load -= part
    return cost if load == 0 else None


def best_of_all(instance: Instance) -> float:
    """Return the least cost over all integer plans, with what is missing."""

    @cache
    def cheapest(slot: int, left: tuple[int, ...]) -> float:
        if slot == instance.slots:
            return sum(left) * MISSING
        choices = product(
            *(
                range(min(need.caps[slot], rest) + 1)
                for need, rest in zip(instance.needs, left, strict=True)
            )
        )
        found = []
        for taken in choices:
            cost = load_cost(instance, slot, sum(taken))
            if cost is not None:
                rest = tuple(a - b for a, b in zip(left, taken, strict=True))
                found.append(cost + cheapest(slot + 1, rest))
        return min(found)

    return cheapest(0, tuple(need.amount for need in instance.needs))


def cost_of(instance: Instance, taken: Sequence[Sequence[int]]) -> float:
    costs = [
        load_cost(instance, slot, sum(car[slot] for car in taken))
        for slot in range(instance.slots)
    ]
    assert None not in costs, "more than there is room for"
    return sum(cost for cost in costs if cost is not None)


def random_instance(dice: Random) -> Instance:
    slots, cars = dice.randint(1, 5), dice.randint(1, 3)
    lanes = []
    for slot in range(slots):
        for _ in range(dice.randint(1, 2)):
            price = dice.choice((-2.0, -1.0, 0.0, 1.0, 1.5, 2.0, 3.0))
            lanes.append(Lane(slot, price, dice.randint(0, 3)))
    needs = tuple(
        FlowDemand(dice.randint(0, 5), [dice.randint(0, 3) for _ in range(slots)])
        for _ in range(cars)
    )
    return Instance(needs, tuple(lanes), slots)


def check(instance: Instance) -> None:
    flow = minimum_cost_flow(instance.needs, instance.lanes)

    for need, taken, missing in zip(
        instance.needs, flow.taken, flow.missing, strict=True
    ):
        assert sum(taken) + missing == need.amount and missing >= 0
        assert all(0 <= a <= cap for a, cap in zip(taken, need.caps, strict=True))
    cost = cost_of(instance, flow.taken) + MISSING * sum(flow.missing)
    assert cost == pytest.approx(best_of_all(instance))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_the_flow_is_the_best_of_all_plans(seed: int) -> None:
    check(random_instance(Random(seed)))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_flow_is_the_best_of_all_plans_5000_times() -> None:
    for seed in range(5000):
        check(random_instance(Random(f"5000 {seed}")))


def test_a_car_leaves_a_slot_to_one_that_has_no_other() -> None:
    first = FlowDemand(3, [3, 3])
    second = FlowDemand(3, [3, 0])

    flow = minimum_cost_flow([first, second], [Lane(0, 1.0, 3), Lane(1, 2.0, 3)])

    assert flow.taken == [[0, 3], [3, 0]]
    assert flow.missing == [0, 0]


def test_what_is_missing_is_missing_to_the_last() -> None:
    needs = [FlowDemand(4, [3, 3]), FlowDemand(4, [3, 3])]

    flow = minimum_cost_flow(needs, [Lane(0, 1.0, 3), Lane(1, 2.0, 3)])

    assert flow.missing == [0, 2]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_the_first_car_lacks_nothing_that_it_could_have_alone(seed: int) -> None:
    instance = random_instance(Random(seed))

    together = minimum_cost_flow(instance.needs, instance.lanes)
    alone = minimum_cost_flow(instance.needs[:1], instance.lanes)

    assert together.missing[0] == alone.missing[0]
