"""What the planner decides, in whole plans."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.planning.deadlines import next_ready
from custom_components.twc_manager.charging.planning.estimates import estimate
from custom_components.twc_manager.charging.planning.goals import Strategy, TaperStep
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.result import Prospect, VehiclePlan
from custom_components.twc_manager.charging.planning.series import Series
from custom_components.twc_manager.charging.planning.slots import QUARTER, PlanInputs

from .scene import HOUR, NOW, amps_at, goal, hours, inputs, series

FULL = 3.68
MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def only(made: PlanInputs) -> VehiclePlan:
    """Return the plan of the only car."""
    (car,) = make_plan(made).vehicles.values()
    return car


def test_the_cheapest_hours_are_taken() -> None:
    car = only(inputs([0.3, 0.1, 0.4, 0.2, 0.5, 0.5], goal(2 * FULL, 6)))

    assert hours(car) == {1: FULL, 3: FULL}
    assert car.prospect is Prospect.IN_TIME
    assert car.starts == 2
    assert car.cost == pytest.approx(FULL * 0.3 + 2 * 0.05)
    assert car.cost_at_once == pytest.approx(FULL * 0.4 + 0.05)
    assert car.done == NOW + 4 * HOUR


def test_a_plan_ends_a_quarter_and_a_tenth_of_the_time_before_the_deadline() -> None:
    car = only(inputs([0.5, 0.4, 0.3, 0.2], goal(FULL, 4)))

    assert car.slots[-1].end == NOW + 4 * HOUR - timedelta(minutes=21)


def test_the_reserve_is_used_rather_than_being_late() -> None:
    car = only(inputs([0.9, 0.3, 0.3, 0.3], goal(3.7 * FULL, 4)))

    assert car.prospect is Prospect.WITHOUT_RESERVE
    assert car.missing_kwh == 0
    # What is left of it is at the end, however dear it is now.
    assert car.slots[0].start == NOW
    assert car.slots[-1].end <= NOW + 3.75 * HOUR


def test_a_late_car_charges_at_once_and_goes_on_after_the_deadline() -> None:
    car = only(inputs([0.3, 0.1, 0.9, 0.9, 0.9], goal(4 * FULL, 2)))

    assert car.prospect is Prospect.LATE
    assert car.slots[0].start == NOW and car.slots[0].amps == 16
    assert car.missing_kwh == pytest.approx(2 * FULL)
    assert car.done == NOW + 4 * HOUR


def test_a_goal_in_the_past_is_pursued_at_once() -> None:
    car = only(inputs([0.9, 0.1], goal(FULL, -1)))

    assert car.prospect is Prospect.LATE
    assert hours(car) == {0: FULL}


def test_a_reached_goal_needs_no_slot() -> None:
    car = only(inputs([0.1] * 4, goal(0, 4)))

    assert car.slots == () and car.prospect is Prospect.IN_TIME and car.done is None


def test_two_cars_under_one_breaker_are_both_ready() -> None:
    made = inputs(
        [0.4, 0.1, 0.1, 0.4, 0.4, 0.4],
        goal(2 * FULL, 5),
        goal(2 * FULL, 5, connector_id=2),
        limit=16,
    )

    plan = make_plan(made)

    assert all(car.missing_kwh == 0 for car in plan.vehicles.values())
    assert all(amps_at(plan, NOW + at * QUARTER) <= 16 for at in range(24))
    total = {
        at: sum(hours(c).get(at, 0) for c in plan.vehicles.values()) for at in range(5)
    }
    assert total[1] == total[2] == FULL


def test_the_one_with_the_only_cheap_hour_gets_it() -> None:
    early, late = goal(FULL, 2.5), goal(FULL, 8, connector_id=2)

    plan = make_plan(
        inputs([0.4, 0.1, 0.4, 0.2, 0.5, 0.5, 0.5, 0.5], early, late, limit=16)
    )

    assert hours(plan.vehicles[1]) == {1: FULL}
    assert hours(plan.vehicles[2]) == {3: FULL}


def test_what_is_missing_is_missing_to_the_lower_priority() -> None:
    first = goal(3 * FULL, 4, priority=1, connector_id=1)
    second = goal(3 * FULL, 4, connector_id=2)

    plan = make_plan(inputs([0.3] * 12, first, second, limit=16))

    assert plan.vehicles[1].missing_kwh == 0
    assert plan.vehicles[2].missing_kwh == pytest.approx(2 * FULL, abs=0.01)
    assert plan.vehicles[2].prospect is Prospect.LATE


def test_the_first_to_leave_lacks_nothing_where_there_is_not_enough_for_all() -> None:
    # Its cheap hours are those of the other one, which would lack less together.
    early = goal(2.5 * FULL, 3, connector_id=2)
    late = goal(3 * FULL, 4, connector_id=1)

    plan = make_plan(inputs([0.9, 0.9, 0.1, 0.1] + [0.9] * 8, late, early, limit=16))

    assert plan.vehicles[2].missing_kwh == 0
    assert plan.vehicles[1].missing_kwh == pytest.approx(1.5 * FULL, abs=0.15)


@pytest.mark.parametrize(("limit", "begins"), [(32, 2), (31, 0)])
def test_a_car_hurries_for_another_one_only_if_it_is_in_its_way(
    limit: int, begins: int
) -> None:
    first, hopeless = goal(FULL, 4), goal(9 * FULL, 5, connector_id=2)

    plan = make_plan(inputs([0.9, 0.9, 0.1, 0.9] + [0.9] * 8, first, hopeless, limit=limit))  # fmt: skip

    assert plan.vehicles[1].slots[0].start == NOW + begins * HOUR
    assert plan.vehicles[2].prospect is Prospect.LATE


def test_a_car_that_cannot_be_stopped_does_not_hurry_for_another_one() -> None:
    held = goal(6 * 1.38, 6.5, stoppable=False)
    hopeless = goal(9 * FULL, 7, connector_id=2)

    plan = make_plan(inputs([0.3] * 16, held, hopeless, limit=16))

    assert plan.vehicles[1].slots[0].amps == 6
    assert plan.vehicles[2].slots[0].amps == 10


def test_nothing_is_wasted_where_three_cars_hardly_fit() -> None:
    # The last one can take 16 of 20 A: it has to begin beside the others.
    cars = (
        goal(1.9, 5.5, connector_id=3, max_amps=20),
        goal(11, 6.5, connector_id=2, max_amps=20),
        goal(14.1, 7.25, connector_id=1),
    )

    plan = make_plan(inputs([0.3] * 12, *cars, limit=20))

    assert plan.missing_kwh == pytest.approx(0, abs=0.3)
    assert all(amps_at(plan, NOW + at * QUARTER) <= 20 for at in range(40))


def test_a_car_that_charges_is_not_stopped_for_a_little_more_of_another_one() -> None:
    # For half an hour there are 20 A, and neither car can be ready before its reserve.
    cars = [goal(12.5, 4, connector_id=at, running=True) for at in (1, 2)]
    caps = series([20, 20] + [32] * 14)
    plan = make_plan(inputs([0.3] * 4, *cars, caps=caps))

    assert [car.prospect for car in plan.vehicles.values()] == [
        Prospect.WITHOUT_RESERVE
    ] * 2
    assert plan.missing_kwh == 0
    now = [car.slots[0] for car in plan.vehicles.values()]
    assert [(slot.start, slot.amps) for slot in now] == [(NOW, 14), (NOW, 6)]


def test_a_car_that_cannot_be_stopped_draws_the_minimum_first() -> None:
    # 6 A for six hours, without the reserve, are most of it.
    car = only(inputs([0.4, 0.1, 0.4, 0.4, 0.4, 0.4], goal(10, 6, stoppable=False)))

    assert all(slot.amps >= 6 for slot in car.slots)
    assert car.slots[0].start == NOW and car.slots[-1].end >= NOW + 6 * HOUR
    extra = {hour: kwh - 6 * 0.23 for hour, kwh in hours(car).items()}
    assert extra[1] > 2 and max(v for k, v in extra.items() if k != 1) < 0.3


def test_a_car_that_cannot_be_stopped_takes_its_minimum_from_the_others() -> None:
    held = goal(30, 6, connector_id=2, stoppable=False)
    plan = make_plan(inputs([0.2] * 6, goal(2 * FULL, 6), held, limit=16))

    assert all(amps_at(plan, NOW + at * QUARTER) <= 16 for at in range(24))
    assert max(slot.amps for slot in plan.vehicles[1].slots) <= 10


def test_a_car_that_cannot_be_stopped_draws_its_minimum_where_none_may_charge() -> None:
    closed = ((NOW, NOW + 4 * HOUR),)
    held = goal(30, 6, connector_id=2, stoppable=False, closed=closed)
    plan = make_plan(
        inputs([0.1, 0.1, 0.2, 0.2, 0.2, 0.2], goal(2 * FULL, 3), held, limit=16)
    )

    assert all(amps_at(plan, NOW + at * QUARTER) <= 16 for at in range(24))
    for slot in plan.vehicles[2].slots:
        assert slot.amps == 6 or slot.start >= NOW + 4 * HOUR


def test_what_charging_at_once_would_cost_is_without_the_times_in_which_it_may_not() -> (
    None
):
    closed = ((NOW, NOW + 2 * HOUR),)
    wanted = inputs([0.9, 0.9, 0.4, 0.1, 0.4], goal(FULL, 5, closed=closed))

    assert only(wanted).cost_at_once == pytest.approx(FULL * 0.4 + 0.05)


def test_nothing_is_planned_where_a_car_may_not_charge() -> None:
    closed = ((NOW + 45 * MINUTE, NOW + 2 * HOUR), (NOW + 3 * HOUR, NOW + 9 * HOUR))
    cheap = [0.5, 0.1, 0.3, 0.1, 0.1, 0.1]
    for strategy in Strategy:
        for kwh in (1, FULL, 9):
            for hours_left in (2.5, 6):
                car = only(
                    inputs(
                        cheap, goal(kwh, hours_left, strategy=strategy, closed=closed)
                    )
                )
                assert car.slots
                for slot in car.slots:
                    assert all(
                        slot.end <= start or end <= slot.start for start, end in closed
                    )


def test_missing_prices_are_no_reason_to_charge_nothing() -> None:
    car = only(inputs([0.1, 0.3], goal(FULL, 10)))

    assert hours(car) == {0: FULL}


def test_without_any_price_the_car_charges_all_the_same() -> None:
    car = only(inputs([], goal(FULL, 10), start_cost=None))

    assert car.kwh == pytest.approx(FULL, abs=0.001)
    assert not any(slot.known for slot in car.slots)


def test_no_more_is_left_for_unknown_slots_than_fits_there() -> None:
    car = only(inputs([0.4, 0.3], goal(4 * FULL, 5), estimates=series([0.1] * 8, HOUR)))

    assert hours(car)[1] > 0
    assert car.missing_kwh == 0
    assert {slot.known for slot in car.slots} == {True, False}


def test_estimates_are_those_of_the_same_quarter_of_recent_days() -> None:
    begin = datetime(2026, 10, 22, 22, tzinfo=UTC)
    # Each day is dearer by 1 than the one before; in each, an hour is its number. The clock changes on the 25th.
    known = series(
        [day + hour / 100 for day in range(2) for hour in range(24)], HOUR, begin
    )

    made = estimate(known, begin + 48 * HOUR, begin + 74 * HOUR, BERLIN)

    # 06:00 local time, before and after the change.
    at = datetime(2026, 10, 25, 6, tzinfo=BERLIN)
    assert made.at(at.astimezone(UTC)) == pytest.approx(0.56)
    assert made.at(begin + 47 * HOUR) is None


@pytest.mark.parametrize(
    ("day", "quarters"), [(datetime(2027, 3, 27, 23, tzinfo=UTC), 92), (datetime(2026, 10, 24, 22, tzinfo=UTC), 100)]
)  # fmt: skip
def test_days_of_92_and_100_quarters_have_all_their_slots(
    day: datetime, quarters: int
) -> None:
    ready = next_ready(day + 20 * HOUR, time(0), BERLIN)
    assert (ready - day) // QUARTER == quarters
    cheap = quarters - 8
    prices = [0.3] * quarters
    prices[cheap] = 0.1
    made = PlanInputs(
        now=day, goals=(goal(0.9, 0, ready=ready),), limit=16, prices=series(prices, QUARTER, day)
    )  # fmt: skip

    slots = only(made).slots

    assert slots[0].start == day + cheap * QUARTER
    assert slots[-1].end == slots[0].start + QUARTER


def test_one_block_has_no_pause() -> None:
    made = inputs([0.1, 0.4, 0.1, 0.2, 0.2, 0.5], goal(2 * FULL, 6, strategy=Strategy.ONE_BLOCK))  # fmt: skip

    assert hours(only(made)) == {2: FULL, 3: FULL}


def test_as_late_as_possible_is_right_before_the_reserve() -> None:
    car = only(inputs([0.1, 0.2, 0.3, 0.9], goal(FULL, 4, strategy=Strategy.LATEST)))

    assert car.slots[-1].end == NOW + 4 * HOUR - timedelta(minutes=21)
    assert car.slots[0].start >= NOW + 2 * HOUR


def test_a_part_of_a_slot_is_at_its_end_where_the_plan_is_as_late_as_possible() -> None:
    # Ten minutes with 6 A.
    late = goal(0.23, 4, strategy=Strategy.LATEST)
    ready = NOW + 4 * HOUR - late.reserve(230)

    (slot,) = only(inputs([0.3] * 4, late)).slots

    assert (slot.start, slot.end, slot.amps) == (ready - HOUR / 6, ready, 6)


def test_the_last_minutes_are_kept_for_the_time_before_it_leaves() -> None:
    keep = timedelta(minutes=30)
    car = only(inputs([0.1, 0.4, 0.4, 0.9], goal(FULL, 4, keep=keep)))

    assert car.keep_from == NOW + 3.5 * HOUR
    assert hours(car) == {0: pytest.approx(FULL / 2), 3: pytest.approx(FULL / 2)}
    assert car.slots[-1].end == NOW + 4 * HOUR


def test_the_sun_is_worth_what_it_would_earn() -> None:
    sun = series([0, 0, 4000, 0], HOUR)
    car = only(inputs([0.2, 0.2, 0.5, 0.2], goal(FULL, 4), sun_w=sun, feed_in=0.08))

    assert hours(car)[2] == FULL
    assert car.cost == pytest.approx(FULL * 0.08 + 0.05)


def test_the_sun_is_there_for_others_once_a_car_that_cannot_be_stopped_has_left() -> (
    None
):
    """It takes all of the sun while it is there; its room may be taken for longer."""
    held = goal(1.38 * 2, 2, connector_id=2, stoppable=False)
    sun = series([1380.0] * 8, HOUR)
    made = make_plan(inputs([0.3] * 8, goal(2.76, 8), held, sun_w=sun, limit=16))
    assert min(hours(made.vehicles[1])) >= 3
    assert made.vehicles[1].cost == pytest.approx(0.05)


def test_sun_that_is_worth_more_than_the_grid_costs_is_no_reason_to_wait() -> None:
    sun = series([0, 4000, 0, 0], HOUR)
    car = only(inputs([0.05, 0.2, 0.3, 0.3], goal(FULL, 4), sun_w=sun, feed_in=0.08))

    assert hours(car) == {0: FULL}


def test_negative_prices_are_taken_first() -> None:
    car = only(inputs([0.1, -0.2, 0.1, -0.1, 0.3, 0.3], goal(2 * FULL, 6)))

    assert hours(car) == {1: FULL, 3: FULL}
    assert car.cost < 0


def test_a_cap_per_slot_is_kept() -> None:
    caps = series([32, 8, 32, 32], HOUR)
    plan = make_plan(inputs([0.4, 0.1, 0.4, 0.5], goal(2 * FULL, 4), caps=caps))

    assert amps_at(plan, NOW + 1.5 * HOUR) == 8
    assert plan.vehicles[1].missing_kwh == 0


def test_a_cap_below_the_minimum_stops_charging() -> None:
    plan = make_plan(
        inputs([0.4, 0.1, 0.4, 0.5], goal(FULL, 4), caps=series([32, 5, 32, 32], HOUR))
    )

    assert amps_at(plan, NOW + 1.5 * HOUR) == 0


def test_what_a_car_takes_near_its_goal_is_planned_for() -> None:
    slow = (TaperStep(FULL / 2, 8),)
    made = inputs([0.3, 0.3, 0.3, 0.3, 0.9], goal(2 * FULL, 5, taper=slow))

    car = only(made)

    last = [slot for slot in car.slots if slot.end > car.slots[-1].end - HOUR / 2]
    assert all(slot.watts <= 8 * 230 for slot in last)
    assert car.kwh == pytest.approx(2 * FULL, abs=0.01)
    assert car.slots[-1].end - car.slots[0].start >= 2.4 * HOUR


def test_a_car_near_its_goal_may_take_more_than_expected_of_what_is_free() -> None:
    slow = (TaperStep(FULL, 8),)
    near = goal(FULL / 2, 1.5, taper=slow, running=True)
    other = goal(FULL, 1.7, connector_id=2, running=True)

    alone = make_plan(inputs([0.3] * 4, near, limit=20)).vehicles[1].slots[0]
    beside = make_plan(inputs([0.3] * 4, near, other, limit=20))

    assert alone.watts == pytest.approx(8 * 230) and alone.amps == 16
    assert all(amps_at(beside, NOW + at * QUARTER) <= 20 for at in range(8))
    assert beside.vehicles[1].slots[0].watts <= 8 * 230


def test_a_car_that_is_expected_to_take_less_within_a_slot_is_offered_all_of_it() -> (
    None
):
    slow = (TaperStep(0.8, 8),)
    late = goal(FULL / 4 + 0.3, 0.4, taper=slow, running=True)

    first = make_plan(inputs([0.3] * 4, late, limit=16)).vehicles[1].slots[0]

    assert first.watts == pytest.approx(8 * 230) and first.amps == 16


def test_a_car_that_takes_less_near_its_goal_begins_earlier_however_late_that_is() -> (
    None
):
    # The last 5 kWh take more than three hours, whatever is free then.
    slow = (TaperStep(5, 6),)
    prices = [0.9] * 6 + [0.1] * 2

    car = only(inputs(prices, goal(8, 8, taper=slow)))

    assert car.prospect is Prospect.IN_TIME and car.missing_kwh == 0
    assert car.slots[0].start <= NOW + 3.5 * HOUR
    reserve = goal(8, 8, taper=slow).reserve(230)
    assert reserve > goal(8, 8).reserve(230)
    assert car.slots[-1].end <= NOW + 8 * HOUR - reserve


def test_a_running_car_does_not_stop_for_less_than_a_start() -> None:
    prices = [0.31, 0.9, 0.3, 0.9]
    assert hours(only(inputs(prices, goal(FULL, 4, running=True)))) == {0: FULL}
    assert hours(only(inputs(prices, goal(FULL, 4, running=False)))) == {2: FULL}


def test_a_start_counts_as_much_as_twice_a_fifth_of_a_kwh_by_default() -> None:
    made = inputs([0.1, 0.3, 0.3, 0.5], goal(1, 4), start_cost=None)

    assert made.cost_of_start() == pytest.approx(0.12)
    assert replace(made, prices=Series()).cost_of_start() == 0


def test_the_gap_to_the_proven_bound_is_kept() -> None:
    plan = make_plan(inputs([0.3, 0.1, 0.4, 0.2], goal(FULL, 4)))

    assert 0 <= plan.gap <= 0.01 * plan.cost


def test_no_goal_makes_an_empty_plan() -> None:
    plan = make_plan(inputs([0.1]))

    assert plan.vehicles == {} and plan.next_change(NOW) is None
