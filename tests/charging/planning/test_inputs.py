"""Inputs of any kind: a clear error, or a safe reading."""

from dataclasses import replace
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
from custom_components.twc_manager.charging.planning.levels import Draw, LevelTracker
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.result import Prospect, VehiclePlan
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.slots import PlanInputs

from .scene import HOUR, NOW, goal, hours, inputs, series

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
        {"prices": series([1e300])},
        {"estimates": series([-1e300])},
        {"sun_w": series([1e300])},
        {"caps": series([1e300])},
    ],
)
def test_other_inputs_that_cannot_be_are_refused(changes: dict[str, object]) -> None:
    made = inputs([0.1])
    with pytest.raises(PlanError):
        replace(made, **changes)  # type: ignore[arg-type]


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
    (car,) = make_plan(inputs([0.1] * 4, goal(5, 4), limit=0)).vehicles.values()

    assert car.slots == () and car.missing_kwh == 5


def test_a_sun_forecast_and_caps_below_nothing_count_as_nothing() -> None:
    made = inputs(
        [0.1] * 4, goal(3, 4), sun_w=series([-5000] * 4, HOUR), caps=series([-3, 32, 32, 32], HOUR)
    )  # fmt: skip

    (car,) = make_plan(made).vehicles.values()

    assert car.slots[0].start >= NOW + HOUR
    assert car.missing_kwh == 0 and car.cost == pytest.approx(0.35, abs=0.001)


def only(made: PlanInputs) -> VehiclePlan:
    """Return the plan of the only car."""
    (car,) = make_plan(made).vehicles.values()
    return car


@pytest.mark.parametrize(
    "prices",
    [
        pytest.param(series([]), id="none"),
        pytest.param(series([0.2], HOUR), id="short"),
        pytest.param(series([0.2] * 9, HOUR, NOW + HOUR), id="an hour off"),
        pytest.param(series([0.2] * 9, HOUR, NOW - 9 * HOUR), id="all in the past"),
        pytest.param(series([0.0] * 9, HOUR), id="flat zero"),
        pytest.param(series([-0.2] * 9, HOUR), id="all negative"),
        pytest.param(series([0.2, 900_000, 0.2, -900_000] * 2, HOUR), id="jumps"),
    ],
)
def test_a_car_is_ready_whatever_the_prices_are(prices: Series) -> None:
    made = inputs([], goal(7, 6), start_cost=None)

    car = only(replace(made, prices=prices))

    assert car.prospect is Prospect.IN_TIME
    assert car.kwh == pytest.approx(7, abs=0.001)


def test_a_price_of_nothing_for_all_the_time_is_no_reason_for_pauses() -> None:
    car = only(inputs([0.0] * 8, goal(7, 6), start_cost=None))

    assert car.cost == 0 and car.starts == 1


def test_the_sun_is_not_expected_where_its_forecast_has_a_gap() -> None:
    morning, noon = series([4000], HOUR), series([4000], HOUR, NOW + 3 * HOUR)
    sun = Series.read([*morning.pieces, *noon.pieces])

    car = only(inputs([0.3] * 6, goal(2 * 3.68, 6), sun_w=sun, feed_in=0.08))

    assert hours(car) == {0: 3.68, 3: 3.68}


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


def tracker(level: float = 20, efficiency: float = 1.0) -> LevelTracker:
    """Return what is known of a battery of 50 kWh."""
    return LevelTracker(50, level, efficiency)


def report(
    car: LevelTracker, level: float, kwh: float, offered: float = 0, drawn: float = 0
) -> None:
    car.update(level, kwh, Draw(drawn, offered, 32))


def test_the_meter_counts_between_two_steps_of_the_level() -> None:
    car = tracker()
    report(car, 21, 0.5)

    assert car.needed(80, 0.5) == pytest.approx(29.5)
    assert car.needed(80, 0.75) == pytest.approx(29.25)
    # It would have reported the next step.
    assert car.needed(80, 2.0) == pytest.approx(29.0)


def test_a_goal_is_reached_only_when_the_car_says_so() -> None:
    car = tracker()
    report(car, 79, 29.5)

    assert car.needed(80, 30.5) == pytest.approx(0.25)
    report(car, 80, 30.6)
    assert car.needed(80, 30.6) == 0


def test_the_efficiency_is_learned_from_ten_steps_and_stays_possible() -> None:
    car = tracker(efficiency=0.9)
    for level in range(21, 32):
        report(car, level, (level - 20) * 0.625)
    assert car.efficiency == 0.8

    absurd = tracker(efficiency=0.9)
    report(absurd, 30, 0.001)
    report(absurd, 90, 0.002)
    assert absurd.efficiency == 1.0


@pytest.mark.parametrize(
    ("numbers", "what"), [((0, 20), "capacity"), ((nan, 20), "capacity"), ((50, 101), "level"), ((50, nan), "level")]
)  # fmt: skip
def test_a_car_that_cannot_be_is_refused(
    numbers: tuple[float, float], what: str
) -> None:
    with pytest.raises(PlanError) as caught:
        LevelTracker(*numbers)
    assert caught.value.what == what


@pytest.mark.parametrize(
    ("level", "kwh"), [(101, 1.0), (-1, 1.0), (nan, 1.0), (30, nan)]
)
def test_a_report_that_cannot_be_is_refused_and_changes_nothing(
    level: float, kwh: float
) -> None:
    car = tracker()
    report(car, 21, 0.5)

    with pytest.raises(PlanError):
        report(car, level, kwh)

    assert car.needed(80, 0.5) == pytest.approx(29.5)


def amps_of(car: LevelTracker, target: float) -> list[int]:
    return [step.amps for step in car.taper(target, 32)]


def test_a_car_is_expected_to_take_less_near_its_goal() -> None:
    assert amps_of(tracker(), 80) == []
    assert amps_of(tracker(), 90) == [30, 28, 25, 22, 20]
    # In the end the minimum.
    assert amps_of(tracker(), 100)[-1] == 7


def test_a_car_that_takes_the_full_current_is_expected_to_go_on() -> None:
    car = tracker()
    report(car, 88, 40, offered=32, drawn=32)

    assert car.taper(88, 32) == ()
    assert amps_of(car, 92) == [29, 25]


def test_a_car_that_takes_more_than_expected_of_a_small_offer_shows_that() -> None:
    car = tracker()
    report(car, 90, 40, offered=24, drawn=24)

    assert car.expected_amps(90, 32) == 24
    # Less than it is expected to take shows nothing if it was not offered more.
    report(car, 91, 40.5, offered=8, drawn=8)
    assert car.expected_amps(91, 32) == pytest.approx(22.2)


def test_a_car_that_takes_less_than_it_is_offered_has_shown_what_it_takes() -> None:
    car = tracker()
    report(car, 84, 38, offered=32, drawn=14)

    assert car.expected_amps(84, 32) == 14
    assert amps_of(car, 88) == [13, 12]


def test_a_car_that_takes_less_far_from_full_is_not_taken_for_one_near_full() -> None:
    car = tracker()
    report(car, 50, 20, offered=32, drawn=6)

    assert car.expected_amps(60, 32) == 32
