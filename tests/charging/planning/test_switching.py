"""The cheapest slots of one car with the cost of starts: compared with every plan of small instances."""

from collections.abc import Sequence
from itertools import product
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging.planning.options import Option
from custom_components.twc_manager.charging.planning.switching import (
    Amounts,
    Task,
    cheapest,
)


def option(amps: int, price: float, sun: int = 0, sun_price: float = 0.0) -> Option:
    """Return what a car can take in a slot of one second, with a minimum of 1 A."""
    if amps < 1:
        return Option(0, 1)
    block = sun_price if sun else price
    return Option(
        amps, 1, 1, block, max(0, min(sun, amps) - 1), sun_price,
        amps - max(1, min(sun, amps)), price,
    )  # fmt: skip


def random_task(dice: Random) -> Task:
    options = []
    for _ in range(dice.randint(1, 6)):
        price = dice.choice((-1.0, 0.5, 1.0, 2.0, 3.0))
        sun = dice.choice((0, 0, 1, 2))
        options.append(
            option(dice.randint(0, 3), price, sun, min(price, dice.choice((0.0, 0.5))))
        )
    available = sum(item.total for item in options)
    return Task(
        options, dice.randint(0, available), dice.choice((0.0, 0.5, 2.0, 5.0)),
        dice.random() < 0.5,
    )  # fmt: skip


def best_of_all(task: Task) -> float:
    return min(
        task.cost(taken)
        for taken in product(*(range(item.total + 1) for item in task.options))
        if sum(taken) == task.need
    )


def check(task: Task) -> float:
    """Check a plan; return by how much it is above the best of all."""
    found = cheapest(task)

    best = best_of_all(task)
    assert sum(found.taken) == task.need and found.missing == 0
    assert all(
        0 <= amount <= item.total
        for amount, item in zip(found.taken, task.options, strict=True)
    )
    assert found.cost == pytest.approx(task.cost(found.taken))
    assert found.bound <= best + 1e-9
    assert found.cost >= best - 1e-9
    return found.cost - best


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_a_plan_is_proven_by_its_bound(seed: int) -> None:
    check(random_task(Random(seed)))


def test_nearly_every_plan_is_the_best_of_all() -> None:
    above = [check(random_task(Random(f"best {seed}"))) for seed in range(300)]

    assert sum(excess > 1e-6 for excess in above) <= 0.1 * len(above)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_without_a_cost_of_starts_a_plan_is_the_best_of_all(seed: int) -> None:
    task = random_task(Random(seed))
    free = Task(task.options, task.need, 0.0, task.running)

    assert cheapest(free).cost == pytest.approx(best_of_all(free))


def taken(amounts: Amounts) -> Sequence[int]:
    return list(amounts.taken)


def test_a_gap_is_bridged_at_the_minimum_where_a_start_costs_more() -> None:
    options = [option(3, 1.0), option(3, 1.4), option(3, 1.0)]

    assert taken(cheapest(Task(options, 6, 0.1))) == [3, 0, 3]
    assert taken(cheapest(Task(options, 6, 2.0))) == [3, 1, 2]


def test_a_car_that_charges_goes_on_unless_the_gain_is_more_than_a_start() -> None:
    options = [option(3, 1.1), option(3, 9.0), option(3, 1.0)]

    assert taken(cheapest(Task(options, 3, 0.5, running=True))) == [3, 0, 0]
    assert taken(cheapest(Task(options, 3, 0.5, running=False))) == [0, 0, 3]
    assert taken(cheapest(Task(options, 3, 0.2, running=True))) == [0, 0, 3]


def test_all_that_fits_is_taken_if_it_is_not_enough() -> None:
    found = cheapest(Task([option(3, 1.0), option(0, 1.0), option(2, 9.0)], 9, 1.0))

    assert taken(found) == [3, 0, 2] and found.missing == 4


def test_among_equals_the_first_slots_are_taken_without_a_pause() -> None:
    options = [option(2, 1.0) for _ in range(6)]

    assert taken(cheapest(Task(options, 5, 0.5))) == [2, 2, 1, 0, 0, 0]
