"""When a plan is made again, and when the new one replaces the old one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.twc_manager.charging.planning.goals import TaperStep
from custom_components.twc_manager.charging.planning.replan import (
    Event,
    events,
    next_plan,
)
from custom_components.twc_manager.charging.planning.result import Prospect

from .scene import HOUR, NOW, goal, hours, inputs, series

PRICES = [0.3, 0.1, 0.4, 0.2, 0.5, 0.5]
FULL = 3.68


def test_nothing_new_is_no_reason() -> None:
    made = next_plan(None, inputs(PRICES, goal(2 * FULL, 6)))

    assert events(made, replace(made.inputs, now=NOW + timedelta(minutes=20))) == set()


def test_each_kind_of_news_is_a_reason() -> None:
    first = goal(2 * FULL, 6)
    made = next_plan(None, inputs(PRICES, first))

    def why(**changes: object) -> set[Event]:
        return set(events(made, replace(made.inputs, **changes)))  # type: ignore[arg-type]

    assert why(goals=()) == {Event.VEHICLES}
    assert why(goals=(first, goal(1, 3, connector_id=2))) == {Event.VEHICLES}
    assert why(goals=(replace(first, ready=NOW + HOUR),)) == {Event.GOAL}
    assert why(prices=series([0.1] * 6, HOUR)) == {Event.PRICES}
    assert why(sun_w=series([1000], HOUR)) == {Event.SUN}
    assert why(limit=20) == {Event.LIMIT}
    assert why(caps=series([10], HOUR)) == {Event.LIMIT}
    assert why(now=NOW + HOUR) == {Event.SLOT}
    assert why(goals=(replace(first, kwh=2 * FULL + 0.9),)) == set()
    assert why(goals=(replace(first, kwh=2 * FULL + 1),)) == {Event.OFF_PLAN}


def test_a_limit_changes_only_in_what_is_to_come() -> None:
    made = next_plan(None, inputs(PRICES, goal(2 * FULL, 6), caps=series([20] * 8, HOUR)))  # fmt: skip
    later = replace(made.inputs, now=NOW + timedelta(minutes=10))
    other = [20.0] * 12
    # What is over, and what comes after the last car is ready, is no reason.
    for at in (0, 7):
        caps = [*other[:at], 12.0, *other[at + 1 :]]
        new = series(caps, HOUR) if at else series([12.0] + [20.0] * 40, HOUR / 6)
        assert events(made, replace(later, caps=new)) == set()
    new = series([20.0, 12.0, *other], HOUR)
    assert events(made, replace(later, caps=new)) == {Event.LIMIT}


def test_what_limits_took_once_is_kept_free_before_the_deadline() -> None:
    """Of 16 A, 4 were left for two hours: that costs an hour and a half, if it comes again."""
    short = series([4.0] * 2, HOUR, NOW - 3 * HOUR)
    made = next_plan(None, inputs([0.3] * 4 + [0.1] * 2, goal(FULL, 6)))
    assert set(hours(made.plan.vehicles[1])) == {4}

    news = replace(made.inputs, shortfalls=short)
    assert news.set_back() == 1.5 * HOUR
    assert events(made, news) == {Event.LIMIT}
    again = next_plan(made, news)
    # An hour and a half, a quarter, and a tenth of the charging time.
    ends = again.plan.vehicles[1].slots[-1].end
    assert ends <= NOW + 6 * HOUR - timedelta(minutes=111)
    assert again.plan.vehicles[1].prospect is Prospect.IN_TIME
    # Where nothing more is lost, it is kept.
    assert events(again, replace(again.inputs, now=NOW + HOUR / 4)) == set()


def test_the_reserve_stays_the_same_while_a_car_charges() -> None:
    """It is a tenth of all the time that charging takes, not of what is left of it."""
    whole = goal(4 * FULL, 8)
    almost_done = goal(FULL, 8, charged=3 * FULL)

    assert almost_done.reserve(230) == whole.reserve(230) == timedelta(minutes=39)
    assert goal(FULL, 8).reserve(230) == timedelta(minutes=21)
    # What was charged is no reason to plan again.
    made = next_plan(None, inputs([0.1] * 4 + [0.3] * 4, whole))
    later = replace(made.inputs, now=NOW + HOUR / 4, goals=(replace(whole, kwh=3.75 * FULL, charged=FULL / 4),))  # fmt: skip
    assert events(made, later) == {Event.SLOT}


def test_what_limits_took_but_cars_did_not_want_is_no_loss() -> None:
    assert inputs([0.1] * 6, goal(FULL, 6), shortfalls=series([16.0] * 2, HOUR, NOW - 3 * HOUR)).set_back() == timedelta()  # fmt: skip
    assert inputs([0.1] * 6, shortfalls=series([4.0], HOUR)).set_back() == timedelta()


def test_what_was_lost_is_made_up_at_once() -> None:
    made = next_plan(None, inputs(PRICES, goal(2 * FULL, 6)))
    # In the cheapest hour another load took all the room.
    later = replace(made.inputs, now=NOW + 2 * HOUR)

    assert Event.OFF_PLAN in events(made, later)
    again = next_plan(made, later)

    assert sum(hours(again.plan.vehicles[1]).values()) > 2 * FULL - 0.01


def test_a_running_car_goes_on_unless_more_than_a_start_is_gained() -> None:
    first = goal(FULL, 6)
    made = next_plan(None, inputs([0.30, 0.9, 0.31, 0.9, 0.9, 0.9], first))
    running = (replace(first, running=True, kwh=FULL * 0.75),)
    later = replace(made.inputs, now=NOW + HOUR / 4, goals=running)

    little = next_plan(made, replace(later, prices=series([0.30, 0.9, 0.29, 0.9, 0.9, 0.9], HOUR)))  # fmt: skip
    much = next_plan(made, replace(later, prices=series([0.30, 0.9, 0.10, 0.9, 0.9, 0.9], HOUR)))  # fmt: skip

    assert little.plan.vehicles[1].slot_at(later.now) is not None
    assert much.plan.vehicles[1].slot_at(later.now) is None
    assert hours(much.plan.vehicles[1]) == {2: round(0.75 * FULL, 3)}


def test_an_old_plan_above_a_new_limit_is_dropped() -> None:
    made = next_plan(None, inputs(PRICES, goal(2 * FULL, 6)))

    again = next_plan(made, replace(made.inputs, limit=10))

    assert max(slot.amps for slot in again.plan.vehicles[1].slots) <= 10
    assert again.plan.vehicles[1].missing_kwh == 0


def test_new_prices_are_followed() -> None:
    made = next_plan(None, inputs([0.3, 0.2], goal(FULL, 6)))
    assert hours(made.plan.vehicles[1]) == {1: FULL}

    again = next_plan(made, replace(made.inputs, prices=series([0.3, 0.2, 0.3, 0.05, 0.3, 0.3], HOUR)))  # fmt: skip

    assert hours(again.plan.vehicles[1]) == {3: FULL}


def test_a_car_that_takes_less_than_planned_leaves_the_rest_to_others_at_once() -> None:
    first = goal(2 * FULL, 5, running=True)
    second = goal(2 * FULL, 5, connector_id=2)
    made = next_plan(None, inputs([0.3] * 6, first, second, limit=22))
    assert made.plan.vehicles[1].slots[0].watts == 16 * 230
    before = made.plan.vehicles[2]

    slow = replace(first, kwh=1.9 * FULL, taper=(TaperStep(2 * FULL, 8),))
    later = replace(made.inputs, now=NOW + HOUR / 10, goals=(slow, second))

    assert events(made, later) == {Event.TAPER}
    again = next_plan(made, later).plan
    assert again.missing_kwh == 0
    assert again.vehicles[1].slots[0].watts == pytest.approx(8 * 230)
    after = again.vehicles[2]
    assert after.done is not None and before.done is not None
    assert after.done <= before.done
