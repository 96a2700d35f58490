"""Cars that have a plan but are not plugged in yet: those that are there leave them the room that they will need."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging.planning.expected import (
    with_room_for_expected,
    with_sun_for_expected,
)
from custom_components.twc_manager.charging.planning.goals import Goal, TaperStep
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.replan import (
    Event,
    MadePlan,
    events,
    next_plan,
)
from custom_components.twc_manager.charging.planning.slots import QUARTER, PlanInputs

from .scene import HOUR, NOW, amps_at, goal, hours, inputs, series

FULL = 3.68
CHEAP_AT_THE_END = [0.4, 0.4, 0.4, 0.3, 0.1, 0.1, 0.1, 0.4]
"""A car alone would charge in the fifth to the seventh hour."""


def rooms(made: PlanInputs) -> list[int]:
    """Return the A that are left in each hour."""
    leaving = with_room_for_expected(made)
    return [leaving.room_at(NOW + (at + 0.5) * HOUR) for at in range(8)]


def night(*expected: Goal, limit: int = 16) -> PlanInputs:
    """Return inputs with a car that needs two hours, and others that are expected."""
    there = goal(2 * FULL, 8)
    return inputs(CHEAP_AT_THE_END, there, limit=limit, expected=expected)


def coming(hours_needed: float, ready: float = 8, **changes: object) -> Goal:
    return goal(hours_needed * FULL, ready, connector_id=2, **changes)


def test_the_room_that_another_car_will_need_is_left_as_late_as_possible() -> None:
    made = night(coming(3))

    # It keeps no reserve as long as it is not there: what it needs is counted with care.
    ends = NOW + 8 * HOUR
    leaving = with_room_for_expected(made)
    assert leaving.room_at(ends - 3 * HOUR - QUARTER) == 16
    assert leaving.room_at(ends - 3 * HOUR + QUARTER) == 0
    assert leaving.room_at(ends - timedelta(minutes=1)) == 0
    assert leaving.room_at(ends) == 16
    car = make_plan(made).vehicles[1]
    # As late as that allows: it is cheaper there.
    assert NOW + 4 * HOUR < car.slots[-1].end <= ends - 2.75 * HOUR


def by_day(*expected: Goal, watts: float = 3680) -> PlanInputs:
    """Return inputs with a car that needs two hours, and sun from the fifth to the seventh hour."""
    sun = series([watts] * 3, HOUR, NOW + 4 * HOUR)
    return inputs([0.1] + [0.4] * 7, goal(2 * FULL, 8), expected=expected, sun_w=sun)


def test_the_sun_is_shared_with_a_car_that_is_expected() -> None:
    """What it will take of the sun is charged by the other one while it is cheap."""
    alone = next_plan(None, by_day()).plan.vehicles[1]
    together = next_plan(None, by_day(coming(3))).plan.vehicles[1]

    assert set(hours(alone)) <= {4, 5, 6}
    # Two fifths of three hours of sun are left to it.
    assert hours(together)[0] >= (2 - 3 * 0.4) * FULL


def test_each_has_the_share_of_the_sun_that_its_need_is_of_all_needs() -> None:
    def left(made: PlanInputs) -> float | None:
        return with_sun_for_expected(made).sun_w.at(NOW + 5 * HOUR)

    assert left(by_day()) == 3680
    assert left(by_day(coming(2))) == pytest.approx(1840)
    # There is enough for both, and more than that.
    assert left(by_day(coming(1))) == pytest.approx(3680 * 2 / 3)
    assert left(by_day(coming(1), watts=36800)) == pytest.approx(36800 * 29 / 30)
    # One that should be ready already takes none.
    assert left(by_day(coming(2, ready=0))) == 3680


def test_the_same_sun_and_cars_are_no_reason_to_plan_again() -> None:
    made = next_plan(None, by_day(coming(3)))
    assert events(made, replace(made.inputs, now=NOW + timedelta(minutes=5))) == set()


def test_a_car_that_is_there_waits_for_cheap_hours_where_there_is_room_for_both() -> (
    None
):
    alone = make_plan(night(limit=32))
    together = make_plan(night(coming(3), limit=32))

    assert hours(together.vehicles[1]) == hours(alone.vehicles[1])
    assert set(together.vehicles) == {1}


def test_where_it_is_too_tight_for_both_the_one_that_is_there_begins_at_once() -> None:
    made = night(coming(6.3, stoppable=False))

    car = make_plan(made).vehicles[1]

    assert car.slots[0].start == NOW and car.done == NOW + 2 * HOUR
    assert car.missing_kwh == 0


def test_nothing_is_left_for_one_that_could_not_be_ready_any_more() -> None:
    assert with_room_for_expected(made := night(coming(4, ready=3.9))) is made
    # There is time for it without its reserve.
    assert rooms(night(coming(4, ready=4.1)))[:5] == [0, 0, 0, 0, 16]


def test_one_that_takes_less_near_its_goal_needs_longer() -> None:
    slow = coming(2, taper=(TaperStep(FULL, 8),))

    # 7.36 kWh within three hours.
    assert min(rooms(night(slow))) == 16 - 11
    assert rooms(night(slow)).count(5) >= 2


def test_those_that_cannot_be_stopped_take_their_minimum_all_the_same() -> None:
    held = goal(2 * FULL, 8, stoppable=False)
    made = inputs(CHEAP_AT_THE_END, held, limit=16, expected=(coming(3),))

    assert min(rooms(made)) == 6
    assert rooms(made).count(6) >= 4
    plan = make_plan(made)
    assert all(amps_at(plan, NOW + at * QUARTER) <= 16 for at in range(32))


def test_a_plan_is_replaced_by_a_dearer_one_that_leaves_room_to_a_car_that_is_expected() -> (
    None
):
    made = next_plan(None, night())
    later = replace(made.inputs, expected=(coming(3),))

    assert events(made, later) == {Event.EXPECTED}
    again = next_plan(made, later)

    assert again.plan.cost > made.plan.cost
    assert again.plan.vehicles[1].slots[-1].end <= NOW + 5 * HOUR
    # It is followed then.
    rest = next_plan(again, replace(later, now=NOW + QUARTER)).plan
    assert hours(rest.vehicles[1]) == hours(again.plan.vehicles[1])


def executed(made: MadePlan, minutes: int) -> Goal:
    """Return the goal of the car that is there some time later."""
    now = made.inputs.instant + timedelta(minutes=minutes)
    (before,) = made.inputs.goals
    kwh = sum(
        slot.kwh * ((min(slot.end, now) - slot.start) / (slot.end - slot.start))
        for slot in made.plan.vehicles[before.connector_id].slots
        if slot.start < now
    )
    running = made.plan.vehicles[1].slot_at(now - timedelta(seconds=1)) is not None
    return replace(before, kwh=max(0.0, before.kwh - kwh), running=running)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_whenever_the_other_one_comes_both_are_ready(seed: int) -> None:
    dice = Random(seed)
    prices = series([dice.choice((0.1, 0.2, 0.3, 0.5)) for _ in range(40)])
    there = goal(dice.uniform(1, 3.5) * FULL, 10)
    other = coming(dice.uniform(1, 3.5), dice.choice((7, 10)))
    made = next_plan(
        None,
        PlanInputs(NOW, (there,), 16, prices, expected=(other,), start_cost=0.05),
    )
    # So that it could be ready if it were alone.
    latest = other.ready - other.reserve(230) - 1.05 * other.kwh / FULL * HOUR
    comes = NOW + dice.randrange((latest - NOW) // timedelta(minutes=1)) * timedelta(minutes=1)  # fmt: skip
    while (now := made.inputs.instant + QUARTER) < comes:
        goals = (executed(made, 15),)
        made = next_plan(made, replace(made.inputs, now=now, goals=goals))
    minutes = (comes - made.inputs.instant) // timedelta(minutes=1)
    goals = (executed(made, minutes), other)
    plan = make_plan(replace(made.inputs, now=comes, goals=goals, expected=()))

    assert plan.missing_kwh == pytest.approx(0, abs=0.01)
