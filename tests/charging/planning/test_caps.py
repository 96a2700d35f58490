"""What limits all vehicles together besides the wiring."""

from datetime import timedelta

from custom_components.twc_manager.charging.planning.caps import (
    left_by_house,
    less,
    lowest,
)
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.series import Series

from .scene import HOUR, NOW, goal, hours, inputs, series

FULL = 3.68


def test_the_lowest_of_several_limits_counts() -> None:
    fuse, budget = series([20, 10, 16], HOUR), series([12, 30], HOUR, NOW + HOUR / 2)

    found = lowest([fuse, Series(), budget])

    halves = [found.at(NOW + at * HOUR / 2) for at in range(6)]
    assert halves == [20, 12, 10, 10, 16, 16]


def test_a_limit_that_is_alone_or_unknown_stays_as_it_is() -> None:
    fuse = series([20, 10], HOUR)
    assert lowest([Series(), fuse]) == fuse
    assert lowest([]) == Series()
    # Between its pieces it limits nothing.
    gap = lowest([fuse, series([5], HOUR, NOW + 4 * HOUR)])
    assert gap.at(NOW + 3 * HOUR) is None


def test_what_others_take_is_missing_but_never_less_than_nothing_is_left() -> None:
    left = less(series([20, 3, 20], HOUR), series([8, 8], HOUR))
    assert left == series([12, 0, 20], HOUR)
    # Where nothing limits them, nothing is known of what is left.
    assert less(series([20], HOUR), series([8, 8], HOUR)) == series([12], HOUR)


def test_the_house_takes_its_part_of_the_fuse() -> None:
    house = series([690, 30_000, -500], HOUR)
    assert left_by_house(25, house, 690) == series([24, 0, 25], HOUR)


def test_a_plan_charges_where_the_fuse_leaves_enough() -> None:
    # In the cheapest hour the house leaves 8 of the 16 A.
    wanted = inputs(
        [0.3, 0.1, 0.2, 0.3], goal(FULL, 4), caps=series([30, 8, 30, 30], HOUR)
    )

    found = hours(make_plan(wanted).vehicles[1])

    assert found == {1: FULL / 2, 2: FULL / 2}


def test_a_goal_for_which_the_fuse_leaves_too_little_is_reported_at_once() -> None:
    wanted = inputs([0.3] * 4, goal(3 * FULL, 4), caps=series([8] * 4, HOUR))

    plan = make_plan(wanted)

    assert plan.vehicles[1].missing_kwh > FULL * 0.9
    assert plan.vehicles[1].slots[0].start - NOW < timedelta(minutes=1)
