"""Inputs of any kind: a clear error, or a safe reading."""

from datetime import UTC, date, datetime, time, timedelta
from math import inf, nan
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.planning.deadlines import (
    next_ready,
    ready_instant,
)
from custom_components.twc_manager.charging.planning.errors import PlanError
from custom_components.twc_manager.charging.planning.goals import energy_needed
from custom_components.twc_manager.charging.planning.levels import LevelTracker
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.series import Piece, Series

from .scene import HOUR, NOW, goal, inputs, series

BERLIN = ZoneInfo("Europe/Berlin")


def piece(hour: float, value: float, length: float = 1) -> Piece:
    return Piece(NOW + hour * HOUR, NOW + (hour + length) * HOUR, value)


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ([piece(0, nan)], "no number"),
        ([piece(0, inf)], "no number"),
        ([piece(0, 0.1, 0)], "ends before"),
        ([piece(0, 0.1, -1)], "ends before"),
        ([piece(0, 0.1), piece(0.5, 0.2)], "two of them"),
        ([piece(0, 0.1), piece(0, 0.2)], "two of them"),
        ([Piece(datetime(2026, 1, 1), NOW, 0.1)], "no zone"),
    ],
)
def test_prices_that_cannot_be_are_refused(pieces: list[Piece], why: str) -> None:
    with pytest.raises(PlanError, match=why) as caught:
        Series.read(pieces)
    assert caught.value.what == "prices"


def test_prices_may_be_doubled_out_of_order_and_have_gaps() -> None:
    read = Series.read([piece(3, 0.3), piece(0, 0.1), piece(0, 0.1), piece(1, -0.2)])

    assert [p.value for p in read.pieces] == [0.1, -0.2, 0.3]
    assert read.at(NOW + 2.5 * HOUR) is None
    assert read.at(NOW - HOUR) is None and read.at(NOW + 4 * HOUR) is None
    assert read.at(NOW + 1.5 * HOUR) == -0.2


def test_a_value_without_an_end_holds_until_the_next_but_not_for_ever() -> None:
    starts = [(NOW + h * HOUR, float(h)) for h in (0, 0.5, 1, 9)]

    read = Series.from_starts(starts, HOUR)

    assert [(p.end - p.start) / HOUR for p in read.pieces] == [0.5, 0.5, 1, 1]
    with pytest.raises(PlanError, match="two of them|ends before"):
        Series.from_starts([(NOW, 1.0), (NOW, 2.0)], HOUR)


@pytest.mark.parametrize(
    "changes",
    [
        {"kwh": nan},
        {"kwh": -1.0},
        {"kwh": 1e6},
        {"max_amps": 5},
        {"phases": 0},
        {"phases": 4},
        {"ready": datetime(2026, 11, 11)},
        {"keep": timedelta(minutes=-1)},
    ],
)
def test_a_goal_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    values: dict[str, object] = {"kwh": 5.0, "hours": 4, **changes}
    with pytest.raises(PlanError):
        goal(values.pop("kwh"), values.pop("hours"), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"now": datetime(2026, 11, 10)},
        {"limit": -1},
        {"voltage": 0.0},
        {"voltage": nan},
        {"feed_in": nan},
        {"start_cost": inf},
        {"start_cost": -0.1},
        {"goals": (goal(1, 1), goal(1, 1))},
    ],
)
def test_other_inputs_that_cannot_be_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(PlanError):
        inputs([0.1], **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        ((0, 20, 80, 0.9), "capacity"),
        ((nan, 20, 80, 0.9), "capacity"),
        ((-5, 20, 80, 0.9), "capacity"),
        ((75, 101, 80, 0.9), "level"),
        ((75, nan, 80, 0.9), "level"),
        ((75, 20, 120, 0.9), "target"),
        ((75, 20, 80, 0), "efficiency"),
        ((75, 20, 80, 1.2), "efficiency"),
    ],
)
def test_a_battery_that_cannot_be_is_refused(
    numbers: tuple[float, float, float, float], what: str
) -> None:
    with pytest.raises(PlanError) as caught:
        energy_needed(*numbers)
    assert caught.value.what == what


def test_the_energy_that_is_needed() -> None:
    assert energy_needed(75, 20, 80, 0.9) == pytest.approx(50)
    assert energy_needed(75, 90, 80, 0.9) == 0


def test_a_limit_of_nothing_plans_nothing_and_says_so() -> None:
    (car,) = make_plan(inputs([0.1] * 4, goal(5, 4), limit=0)).cars.values()

    assert car.slots == () and car.missing_kwh == 5


def test_a_sun_forecast_and_caps_below_nothing_count_as_nothing() -> None:
    made = inputs(
        [0.1] * 4, goal(3, 4), sun_w=series([-5000] * 4, HOUR), caps=series([-3, 32, 32, 32], HOUR)
    )  # fmt: skip

    (car,) = make_plan(made).cars.values()

    assert car.slots[0].start >= NOW + HOUR
    assert car.missing_kwh == 0 and car.cost == pytest.approx(0.35, abs=0.001)


def test_a_time_that_the_clock_skips_is_the_moment_of_the_change() -> None:
    ready = ready_instant(date(2027, 3, 28), time(2, 30), BERLIN)

    assert ready == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_time_that_occurs_twice_is_the_first_one() -> None:
    ready = ready_instant(date(2026, 10, 25), time(2, 30), BERLIN)

    assert ready == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_next_deadline_is_on_a_chosen_day_after_now() -> None:
    tuesday = datetime(2026, 11, 10, 7, 30, tzinfo=BERLIN)

    at_eight = next_ready(tuesday, time(8), BERLIN)
    on_monday = next_ready(tuesday, time(7), BERLIN, {0})

    assert at_eight == datetime(2026, 11, 10, 8, tzinfo=BERLIN)
    assert on_monday == datetime(2026, 11, 16, 7, tzinfo=BERLIN)
    with pytest.raises(PlanError, match="days"):
        next_ready(tuesday, time(7), BERLIN, frozenset())
    with pytest.raises(PlanError, match="now"):
        next_ready(datetime(2026, 11, 10), time(7), BERLIN)


def test_the_meter_counts_between_two_steps_of_the_level() -> None:
    tracker = LevelTracker(50, 20, efficiency=1.0)
    tracker.update(21, 0.5, full_current=True)

    assert tracker.needed(80, 0.5) == pytest.approx(29.5)
    assert tracker.needed(80, 0.75) == pytest.approx(29.25)
    # It would have reported the next step.
    assert tracker.needed(80, 9.0) == pytest.approx(29.0)


def test_a_goal_is_reached_only_when_the_car_says_so() -> None:
    tracker = LevelTracker(50, 20, efficiency=1.0)
    tracker.update(79, 29.5, full_current=True)

    assert tracker.needed(80, 30.5) == pytest.approx(0.25)
    tracker.update(80, 30.6, full_current=True)
    assert tracker.needed(80, 30.6) == 0


def test_the_efficiency_is_learned_from_ten_steps_and_stays_possible() -> None:
    tracker = LevelTracker(50, 20)
    for level in range(21, 32):
        tracker.update(level, (level - 20) * 0.625, full_current=True)
    assert tracker.efficiency == 0.8

    absurd = LevelTracker(50, 20)
    absurd.update(30, 0.001, full_current=True)
    absurd.update(90, 0.002, full_current=True)
    assert absurd.efficiency == 1.0


def test_a_car_is_expected_to_take_less_near_its_goal_until_it_has_shown_otherwise() -> (
    None
):
    tracker = LevelTracker(50, 20)
    assert [step.amps for step in tracker.taper(90, 32)] == [32, 27, 22]
    assert tracker.taper(80, 32) == ()

    tracker.update(88, 40, full_current=True)

    assert [step.amps for step in tracker.taper(92, 32)] == [32]
