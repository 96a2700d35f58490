"""Plans among the real rules, over whole nights: what a car gets and when, and what an owner sees."""

from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

import pytest

from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.charging.outcome import LimitReason, Rule
from custom_components.twc_manager.charging.planning.goals import Strategy
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.plans.battery import BatteryState
from custom_components.twc_manager.charging.plans.inputs import PlanInputsOfBus
from custom_components.twc_manager.charging.plans.level_rules import LevelLimits
from custom_components.twc_manager.charging.plans.need import ENOUGH_KWH
from custom_components.twc_manager.charging.plans.report import plan_statement
from custom_components.twc_manager.charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
)
from custom_components.twc_manager.charging.plans.settings import PlanSettings
from custom_components.twc_manager.charging.plans.status import PlanDoubt, PlanState
from custom_components.twc_manager.charging.plans.stored import KeptPlans
from custom_components.twc_manager.charging.rules import Inputs
from custom_components.twc_manager.charging.settings import ConnectorSettings

from .home import EVENING, NIGHT, WIRING, Car, Home, at, prices_by_hour, work

pytestmark = pytest.mark.long

MINUTE = timedelta(minutes=1)
TWO_AND_THREE = [(at("2:00"), at("3:00"))]


def test_a_car_waits_for_the_cheapest_hour_and_then_waits_again() -> None:
    home = Home({1: Car()}, (work(),))
    home.run(at("1:50"))
    states = [home.state()]
    assert home.status.cost == pytest.approx(1.1 + 0.2 * 0.4, abs=0.1)
    assert (home.status.next_start, home.status.next_price) == (at("2:00"), 0.1)
    home.run(at("2:30"))
    states += [home.state()]
    home.run(at("8:00"))
    states += [home.state()]
    assert states == [PlanState.WAITING, PlanState.CHARGING, PlanState.REACHED]
    assert home.charged_between() == TWO_AND_THREE
    assert 11 <= home.cars[1].kwh < 11.3
    assert home.cars[1].starts == 1


def test_the_reason_why_a_car_waits_is_shown_and_that_it_is_done() -> None:
    home = Home({1: Car()}, (work(),))
    waits = home.run(at("1:00")).decision.connectors[1]
    assert (waits.rule, waits.reason) == (Rule.PLAN, LimitReason.WAITS_FOR_PLAN)
    assert waits.active_rule.until == at("2:00")
    done = home.run(at("4:00")).decision.connectors[1]
    assert (done.rule, done.reason) == (Rule.PLAN, LimitReason.PLAN_REACHED)


def test_a_car_that_takes_less_than_it_is_offered_is_ready_in_time_all_the_same() -> (
    None
):
    """It takes 8 A, so that it needs twice the time that the first plan has."""
    car = Car(amps=8)
    home = Home({1: car}, (work(EnergyGoal(22)),))
    home.run(at("7:00"))
    assert car.kwh >= 22


def test_what_a_car_took_is_known_the_next_time() -> None:
    home = Home({1: Car()}, (work(EnergyGoal(22)),))
    home.run(at("5:00"))
    home.cars[1].plugged = False
    home.step()
    home.cars[1] = Car()
    home.run(at("5:01"))
    planned = home.status.slots
    assert planned[-1].end - planned[0].start > timedelta(hours=1, minutes=55)
    assert {slot.amps for slot in planned} <= {6, 15, 16}


@pytest.mark.parametrize(
    ("mode", "night"), [(Mode.OFF, TWO_AND_THREE), (Mode.FIXED, TWO_AND_THREE)]
)
def test_a_plan_stands_above_the_mode(mode: Mode, night: object) -> None:
    home = Home({1: Car()}, (work(),), mode=mode)
    home.run(at("8:00"))
    assert home.charged_between() == night


def test_the_sun_goes_on_outside_of_the_slots_and_counts() -> None:
    home = Home({1: Car()}, (work(),), mode=Mode.GREEN, has_sun=True)
    home.sun_w = 9000.0
    evening = home.run(at("18:30", day=0))
    assert evening.decision.connectors[1].rule is Rule.GREEN
    assert home.cars[1].kwh > 3
    home.sun_w = 0.0
    home.run(at("8:00"))
    assert 11 <= home.cars[1].kwh < 11.5
    start, end = home.charged_between()[-1]
    assert (start, end) != TWO_AND_THREE[0]
    assert at("2:00") <= start < end <= at("3:00")


def test_no_sun_is_lost_in_a_slot() -> None:
    """The plan needs 9 A for a quarter of an hour, and there is sun for 17 A."""
    home = Home(
        {1: Car(phases=1, amps=32)},
        (work(EnergyGoal(0.5)),),
        prices_by_hour([0.0] + [0.4] * 40),
        Mode.GREEN,
        replace(WIRING, phases=1),
        has_sun=True,
    )
    home.sun_w = 4000.0
    first = home.run(EVENING + MINUTE).decision.connectors[1]
    assert (first.rule, first.offer) == (Rule.PLAN, 9)
    home.run(EVENING + 3 * MINUTE)
    assert home.offers[-1][1] == {1: 17}


def test_charge_now_replaces_a_plan_while_it_lasts() -> None:
    home = Home({1: Car()}, (work(),))
    home.run(at("20:00", day=0))
    charge_now = ChargeNow.begin(home.local, timedelta(minutes=30), amps=10)
    home.settings = replace(home.settings, charge_now=(charge_now,))
    now = home.run(at("20:20", day=0)).decision.connectors[1]
    assert (now.rule, now.offer) == (Rule.CHARGE_NOW, 10)
    home.run(at("8:00"))
    assert 11 <= home.cars[1].kwh < 11.3
    (early, late) = home.charged_between()
    assert early[0] - at("20:00", day=0) < 2 * MINUTE
    assert at("2:00") <= late[0] < late[1] <= at("3:00")


def test_the_charge_limit_and_the_charge_switch_stand_above_a_plan() -> None:
    home = Home({1: Car()}, (work(),))
    home.settings = replace(home.settings, connectors={1: ConnectorSettings(limit=8)})
    limited = home.run(at("2:30"))
    assert limited.decision.offers == {1: 8}
    assert home.state() is PlanState.CHARGING
    off = ConnectorSettings(enabled=False)
    home.settings = replace(home.settings, connectors={1: off})
    home.run(at("2:40"))
    assert home.step().decision.connectors[1].reason is LimitReason.OFF
    assert home.state() is PlanState.UNREACHABLE
    assert home.status.missing_kwh == pytest.approx(11 - home.cars[1].kwh, abs=0.1)


def test_a_schedule_that_forbids_to_charge_stands_above_a_plan() -> None:
    forbidden = Schedule(
        "1", "Peak", frozenset(range(7)), kind=ScheduleKind.DO_NOT_CHARGE
    )
    forbidden = replace(forbidden, start=at("2:00").time(), end=at("2:30").time())
    home = Home({1: Car()}, (work(),), inputs=Inputs(schedules=(forbidden,)))
    blocked = home.run(at("2:20")).decision.connectors[1]
    assert (blocked.rule, blocked.offer) == (Rule.SCHEDULE, 0)
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 11


def no_charging(start: str, end: str, **changes: Any) -> Schedule:
    """Return a schedule that forbids to charge between two times of every day."""
    schedule = Schedule(
        "1", "Peak", frozenset(range(7)), at(start).time(), at(end).time()
    )
    return replace(schedule, kind=ScheduleKind.DO_NOT_CHARGE, **changes)


def test_the_times_of_a_schedule_that_forbids_to_charge_are_not_planned() -> None:
    """From two to three it would be cheapest."""
    home = Home(
        {1: Car()}, (work(),), inputs=Inputs(schedules=(no_charging("2:00", "3:00"),))
    )
    home.run(at("1:00"))
    assert home.status.next_start in {at("1:00"), at("3:00")}
    assert home.status.cost == pytest.approx(2.2 + 0.4 * 0.4, abs=0.1)
    assert home.status.state in {PlanState.WAITING, PlanState.CHARGING}
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 11 - ENOUGH_KWH
    assert all(
        end <= at("2:00") or start >= at("3:00")
        for start, end in home.charged_between()
    )
    assert home.cars[1].starts == 1


@pytest.mark.parametrize("strategy", [Strategy.LATEST, Strategy.ONE_BLOCK])
def test_no_strategy_plans_in_the_times_of_a_schedule_that_forbids_to_charge(
    strategy: Strategy,
) -> None:
    schedules = (no_charging("2:15", "6:15"),)
    home = Home(
        {1: Car()}, (work(strategy=strategy),), inputs=Inputs(schedules=schedules)
    )
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 11 - ENOUGH_KWH
    assert all(
        end <= at("2:15") or at("6:15") <= start
        for start, end in home.charged_between()
    )


def test_a_schedule_of_another_connector_or_one_that_is_overruled_forbids_nothing() -> (
    None
):
    peak = no_charging("1:00", "4:00")
    free = Schedule(
        "0", "Night", frozenset(range(7)), at("2:00").time(), at("3:00").time()
    )
    for schedules in ((replace(peak, connectors=frozenset({2})),), (free, peak)):
        home = Home({1: Car()}, (work(),), inputs=Inputs(schedules=schedules))
        home.run(at("4:00"))
        assert home.charged_between() == TWO_AND_THREE


def test_it_is_reported_if_a_schedule_that_forbids_to_charge_leaves_too_little_time() -> (
    None
):
    schedules = (no_charging("18:30", "6:40"),)
    home = Home({1: Car()}, (work(EnergyGoal(22)),), inputs=Inputs(schedules=schedules))
    home.run(EVENING + 5 * MINUTE)
    assert home.state() is PlanState.UNREACHABLE
    # Half an hour in the evening, and twenty minutes in the morning.
    assert home.status.possible_kwh == pytest.approx(5.5 + 3.7, abs=0.5)
    assert home.offers[-1][1][1] >= 16


def test_a_new_day_of_a_schedule_is_no_reason_to_plan_again() -> None:
    home = Home(
        {1: Car()}, (work(),), inputs=Inputs(schedules=(no_charging("20:00", "1:30"),))
    )
    home.run(at("23:50", day=0))
    before = home.jobs
    home.run(at("1:50"))
    assert home.jobs == before


def test_two_cars_under_one_breaker_are_both_ready() -> None:
    """Each needs 3 h at 16 A, and both share 20 A for 8 h: one after the other, or together with less."""
    other = work(EnergyGoal(33), plan_id="other", connector_id=2)
    home = Home(
        {1: Car(), 2: Car()},
        (work(EnergyGoal(33)), other),
        wiring=replace(Home({}).wiring, max_current=20, max_connector_current=20),
    )
    home.run(at("7:00"))
    enough = 33 - ENOUGH_KWH
    assert home.cars[1].kwh >= enough and home.cars[2].kwh >= enough
    assert all(sum(offers.values()) <= 20 for _, offers in home.offers)
    assert home.cars[1].starts <= 3 and home.cars[2].starts <= 3


def test_a_price_update_in_a_slot_does_not_flap() -> None:
    home = Home({1: Car()}, (work(),))
    home.run(at("2:20"))
    for number in range(60):
        change = 0.001 * (number % 2)
        home.tariff = prices_by_hour(
            [0.40] * 6 + [0.30, 0.20, 0.10 + change, 0.20, 0.30] + [0.40] * 37
        )
        home.step()
    home.run(at("8:00"))
    assert home.charged_between() == TWO_AND_THREE


def test_a_restart_in_a_slot_goes_on_with_the_same_plan_without_prices() -> None:
    home = Home({1: Car()}, (work(),))
    home.run(at("2:20"))
    kept = json.loads(json.dumps(home.rules.plans.kept.as_dict()))
    home.restart()
    home.rules.plans.resume(KeptPlans.from_dict(kept))
    home.tariff = Home({}).plans.tariff
    home.is_planning = False
    first = home.step()
    assert first.decision.offers[1] >= 16
    home.is_planning = True
    home.run(at("8:00"))
    assert home.charged_between() == TWO_AND_THREE
    assert 11 <= home.cars[1].kwh < 11.3


def test_unplugging_ends_a_plan_and_a_weekly_one_comes_back() -> None:
    once = work(EnergyGoal(5), OnceTime(at("6:00")), plan_id="once")
    home = Home({1: Car()}, (work(),))
    home.plans = PlanInputsOfBus(settings=PlanSettings(once=(once,)))
    home.run(at("20:00", day=0))
    assert home.result is not None
    assert home.result.plans.statuses["once"].next_start is not None
    assert home.status.next_start is None
    home.cars[1].plugged = False
    home.step()
    assert home.rules.plans.finished == {"once"}
    home.plans = PlanInputsOfBus()
    home.cars[1] = Car()
    home.run(at("8:00"))
    assert home.charged_between() == TWO_AND_THREE


def test_a_plan_that_is_skipped_once_or_paused_leaves_the_rule_below() -> None:
    for settings in (
        PlanSettings().with_skipped("work", at("7:00")),
        PlanSettings(paused=True),
    ):
        home = Home({1: Car()}, (work(),))
        home.plans = PlanInputsOfBus(settings=settings)
        fixed = home.run(at("19:00", day=0)).decision.connectors[1]
        assert (fixed.rule, fixed.offer) == (Rule.FIXED, 32)
        skipped = not settings.paused
        assert home.state() is (PlanState.WAITING if skipped else PlanState.OFF)
        assert (home.status.ready == at("7:00", 2)) is skipped


def test_without_prices_it_is_the_latest_time_with_a_reserve() -> None:
    home = Home({1: Car()}, (work(),), tariff=PlanInputsOfBus().tariff)
    home.run(at("8:00"))
    assert 10.98 <= home.cars[1].kwh < 11.3
    ((start, end),) = home.charged_between()
    assert at("5:00") < start < at("6:15")
    assert end <= at("6:50")


def test_late_is_at_once_with_full_power_and_goes_on_and_is_said() -> None:
    home = Home({1: Car()}, (work(EnergyGoal(33), OnceTime(at("20:00", day=0))),))
    home.run(EVENING + 10 * MINUTE)
    assert home.state() is PlanState.UNREACHABLE
    assert home.status.missing_kwh > 8
    home.run(at("22:00", day=0))
    assert home.charged_between()[0][0] - EVENING < 2 * MINUTE
    assert home.cars[1].kwh >= 33
    assert home.state() is PlanState.REACHED


def test_a_plan_that_was_missed_goes_on_until_its_next_time_is_near() -> None:
    """The connector is off over the time; switched on in the evening, it is tomorrow's time that counts."""
    home = Home({1: Car()}, (work(),))
    off = ConnectorSettings(enabled=False)
    home.settings = replace(home.settings, connectors={1: off})
    home.run(at("18:55"))
    assert home.state() is PlanState.UNREACHABLE
    assert home.status.ready == at("7:00")
    home.run(at("19:05"))
    assert home.status.ready == at("7:00", 2)
    home.settings = replace(home.settings, connectors={})
    home.tariff = prices_by_hour([0.4] * 8 + [0.1] + [0.4] * 40, at("19:00"))
    home.run(at("7:00", 2))
    assert home.charged_between() == [(at("3:00", 2), at("4:00", 2))]
    assert home.cars[1].kwh >= 11


def test_a_plan_that_was_missed_is_made_up_at_once_on_the_same_day() -> None:
    home = Home({1: Car()}, (work(),))
    off = ConnectorSettings(enabled=False)
    home.settings = replace(home.settings, connectors={1: off})
    home.run(at("12:00"))
    home.settings = replace(home.settings, connectors={})
    home.run(at("13:10"))
    assert home.cars[1].kwh >= 11 - ENOUGH_KWH
    assert home.state() is PlanState.REACHED
    assert home.status.ready == at("7:00", 2)


def test_a_percent_goal_is_reached_by_the_level_that_is_reported() -> None:
    home = Home({1: Car(level=40)}, (work(PercentGoal(60)),))
    home.run(at("8:00"))
    assert 60 <= home.cars[1].level < 61.5
    assert home.state() is PlanState.REACHED


def test_an_unknown_level_is_taken_for_half_full_and_that_is_shown() -> None:
    home = Home({1: Car(shown=BatteryState())}, (work(PercentGoal(80)),))
    home.run(at("1:00"))
    assert PlanDoubt.LEVEL_UNKNOWN in home.status.doubts
    home.run(at("8:00"))
    assert home.cars[1].kwh == pytest.approx(75 * 0.3 / 0.88, abs=0.5)
    assert home.state() is PlanState.WAITING


@pytest.mark.parametrize("level", [101.0, float("nan"), -3.0])
def test_a_level_that_cannot_be_is_not_known(level: float) -> None:
    car = Car(shown=BatteryState(level, 0.0, 0.0, 7.0, float("inf")))
    home = Home({1: car}, (work(PercentGoal(80)),))
    home.run(at("18:05", day=0))
    assert PlanDoubt.LEVEL_UNKNOWN in home.status.doubts
    assert home.result is not None and home.result.plans.error is None


def test_a_frozen_level_is_continued_by_the_energy() -> None:
    frozen = BatteryState(40.0, 10.0, 75.0)
    home = Home({1: Car(level=40, shown=frozen)}, (work(PercentGoal(60)),))
    home.run(at("8:00"))
    assert home.cars[1].level == pytest.approx(60, abs=2)
    assert PlanDoubt.LEVEL_OLD in home.status.doubts


def test_a_car_whose_own_limit_is_below_the_goal_is_shown_with_what_it_reaches() -> (
    None
):
    home = Home({1: Car(level=40, limit=50)}, (work(PercentGoal(80)),))
    home.run(at("8:00"))
    assert home.state() is PlanState.UNREACHABLE
    assert home.status.possible_percent == 50


def test_hours_of_charging_are_hours_of_charging() -> None:
    home = Home({1: Car(amps=10)}, (work(DurationGoal(2)),))
    home.run(at("8:00"))
    assert home.cars[1].seconds == pytest.approx(2 * 3600, abs=120)


def test_a_car_that_cannot_be_stopped_goes_on_above_its_goal_and_that_is_reported() -> (
    None
):
    home = Home({1: Car(stops=False, drawn=6.0, offered=6.0, capacity=200)}, (work(),))
    home.run(at("8:00"))
    assert home.cars[1].kwh > 14
    assert home.state() is PlanState.REACHED
    assert PlanDoubt.NOT_STOPPABLE in home.status.doubts
    assert home.step().decision.connectors[1].reason is LimitReason.CANNOT_STOP
    assert home.offers[-1][1] == {1: 6}


def test_a_car_is_kept_fed_before_it_leaves() -> None:
    request = work(EnergyGoal(11), keep=timedelta(minutes=20))
    home = Home({1: Car()}, (request,))
    home.run(at("6:30"))
    assert home.offers[-1][1] == {1: 0}
    home.run(at("6:50"))
    assert home.offers[-1][1][1] >= 6
    home.run(at("8:10"))
    assert home.offers[-1][1] == {1: 0}


def test_when_no_plan_can_be_made_what_is_planned_goes_on() -> None:
    home = Home({1: Car()}, (work(),))
    home.run(at("1:00"))
    home.plan_fails = True
    home.tariff = prices_by_hour([0.5] * 48)
    home.run(at("8:00"))
    assert home.charged_between()[0] == TWO_AND_THREE[0]
    assert home.cars[1].kwh >= 10.5
    assert PlanDoubt.PLANNER_FAILED not in home.status.doubts or home.cars[1].kwh >= 11


def test_a_car_for_which_no_plan_can_be_made_charges_at_once() -> None:
    home = Home({1: Car()}, (work(),), plan_fails=True)
    home.run(EVENING + 10 * MINUTE)
    assert home.offers[-1][1][1] >= 16
    assert PlanDoubt.PLANNER_FAILED in home.status.doubts
    home.run(at("20:00", day=0))
    assert home.state() is PlanState.REACHED
    assert home.cars[1].kwh < 11.3


def test_a_planner_that_never_answers_counts_as_failed() -> None:
    home = Home({1: Car()}, (work(),), is_planning=False)
    home.run(EVENING + 2 * MINUTE)
    assert home.offers[-1][1][1] >= 16


def test_an_error_in_the_plans_leaves_the_rules_as_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Home({1: Car()}, (work(),))
    home.run(EVENING + 2 * MINUTE)
    monkeypatch.setattr(home.rules.plans, "update", lambda *_: 1 / 0)
    failed = home.step()
    assert failed.decision.connectors[1].rule is Rule.FIXED
    assert isinstance(failed.plans.error, ZeroDivisionError)
    assert failed.plans.statuses == {}


def test_an_error_in_the_plans_leaves_the_level_at_which_a_car_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = BatteryState(85.0, 60.0, 75.0, limits=LevelLimits(stop_at=80), estimate=85)
    home = Home({1: Car(shown=shown)})
    monkeypatch.setattr(home.rules.plans, "update", lambda *_: 1 / 0)
    home.run(EVENING + 2 * MINUTE)
    failed = home.step()
    assert isinstance(failed.plans.error, ZeroDivisionError)
    assert failed.decision.offers[1] == 0


@pytest.mark.parametrize(("day", "change"), [(28, "spring"), (31, "autumn")])
def test_a_car_is_ready_in_nights_when_the_clocks_change(day: int, change: str) -> None:
    month = 3 if change == "spring" else 10
    eve = EVENING.replace(year=2027, month=month, day=day - 1, hour=21)
    morning = eve.replace(day=day, hour=7, minute=0)
    home = Home({1: Car()}, (work(EnergyGoal(33)),), prices_by_hour([0.3] * 48, eve))
    home.local = eve
    home.run(morning)
    assert home.cars[1].kwh >= 33
    assert home.status.ready == morning.replace(day=day + 1) if day < 31 else True


def test_bad_stored_plans_never_offer_more_than_the_wiring() -> None:
    home = Home({1: Car(amps=80)}, (work(EnergyGoal(100)),))
    home.run(at("2:10"))
    kept = json.loads(json.dumps(home.rules.plans.kept.as_dict()))
    for slot in kept["plan"]["cars"][0]["slots"]:
        slot[2] = 10_000
    home.restart()
    home.rules.plans.resume(KeptPlans.from_dict(kept))
    home.is_planning = False
    home.step()
    assert home.offers[-1][1][1] <= 32


def test_the_same_data_never_make_another_plan() -> None:
    home = Home({1: Car()}, (work(),), tariff=NIGHT)
    home.run(at("1:59"))
    assert home.jobs <= 2


def test_a_slot_that_is_cheaper_than_the_grid_has_sun() -> None:
    home = Home({1: Car()}, (work(),))
    home.step()
    assert not home.status.next_has_sun
    sun = Series((Piece(at("3:00"), at("4:00"), 11_000.0),))
    home = Home({1: Car()}, (work(),), plans=PlanInputsOfBus(sun=sun))
    home.step()
    assert home.status.next_has_sun
    assert plan_statement(work(), home.status).has_sun
