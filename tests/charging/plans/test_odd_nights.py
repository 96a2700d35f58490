"""Nights with plans in which something is odd: hours without current, a late departure, a damaged file, a slow bus."""

from dataclasses import replace
from datetime import timedelta
import json

import pytest

from custom_components.twc_manager.charging.modes.active_rule import Mode
from custom_components.twc_manager.charging.outcome import LimitReason, Rule
from custom_components.twc_manager.charging.planning.errors import PlanError
from custom_components.twc_manager.charging.plans.battery import BatteryState
from custom_components.twc_manager.charging.plans.inputs import PlanInputsOfBus
from custom_components.twc_manager.charging.plans.need import ENOUGH_KWH
from custom_components.twc_manager.charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanRequest,
)
from custom_components.twc_manager.charging.plans.session import MATCHING_SECONDS
from custom_components.twc_manager.charging.plans.settings import PlanSettings
from custom_components.twc_manager.charging.plans.status import PlanDoubt, PlanState
from custom_components.twc_manager.charging.plans.stored import KeptPlans
from custom_components.twc_manager.charging.settings import ConnectorSettings

from .home import EVENING, WIRING, Car, Home, at, work

MINUTE = timedelta(minutes=1)


def test_hours_are_not_reached_because_the_connector_is_switched_off() -> None:
    home = Home({1: Car(phases=1)}, (work(DurationGoal(0.25)),))
    off = ConnectorSettings(enabled=False)
    home.settings = replace(home.settings, connectors={1: off})
    home.run(EVENING + 2 * MINUTE)
    assert home.state() is PlanState.UNREACHABLE


@pytest.mark.long
def test_hours_are_charged_after_the_connector_is_switched_on_again() -> None:
    wiring = replace(WIRING, phases=1)
    home = Home({1: Car(phases=1)}, (work(DurationGoal(0.25)),), wiring=wiring)
    off = ConnectorSettings(enabled=False)
    home.settings = replace(home.settings, connectors={1: off})
    home.run(EVENING + 2 * MINUTE)
    home.settings = replace(home.settings, connectors={})
    home.run(at("7:00"))
    assert home.cars[1].seconds == pytest.approx(900, abs=60)


def test_more_hours_than_any_battery_has_leave_the_other_plans_alone() -> None:
    """A week at 11 kW is more than the planner takes for possible."""
    week = work(DurationGoal(168), plan_id="week", connector_id=2)
    home = Home({1: Car(), 2: Car()}, (work(), week))
    result = home.run(EVENING + 2 * MINUTE)
    assert result.plans.error is None
    assert home.state() is PlanState.WAITING
    assert result.plans.statuses["week"].state is PlanState.UNREACHABLE


@pytest.mark.long
def test_a_car_that_leaves_late_is_kept_fed_for_an_hour() -> None:
    home = Home({1: Car()}, (work(keep=timedelta(minutes=20)),))
    home.run(at("7:45"))
    assert home.offers[-1][1][1] >= 6
    home.run(at("8:10"))
    assert home.offers[-1][1] == {1: 0}
    assert home.status.ready == at("7:00", 2)


@pytest.mark.parametrize(
    ("name", "value"), [("capacity", 0), ("efficiency", 0), ("level", 101)]
)
def test_a_stored_battery_that_cannot_be_is_refused(name: str, value: float) -> None:
    home = Home({1: Car(shown=BatteryState(40.0, 10.0))}, (work(PercentGoal(60)),))
    home.run(EVENING + MINUTE)
    kept = json.loads(json.dumps(home.rules.plans.kept.as_dict()))
    kept["sessions"][0]["tracker"][name] = value
    with pytest.raises(PlanError):
        KeptPlans.from_dict(kept)


@pytest.mark.long
def test_a_connector_that_answers_late_after_a_restart_takes_no_plan_away() -> None:
    other = work(EnergyGoal(33), plan_id="other", connector_id=2)
    wiring = replace(WIRING, max_current=20, max_connector_current=20)
    home = Home({1: Car(), 2: Car()}, (work(EnergyGoal(33)), other), wiring=wiring)
    home.run(at("2:20"))
    planned = {at: home.rules.plans.plan_of(at) for at in (1, 2)}
    kept = json.loads(json.dumps(home.rules.plans.kept.as_dict()))
    home.restart()
    home.rules.plans.resume(KeptPlans.from_dict(kept))
    home.is_planning = False
    late = home.cars.pop(2)
    home.step(1)
    home.cars[2] = late
    home.step(1)
    for connector_id, before in planned.items():
        now = home.rules.plans.plan_of(connector_id)
        assert before is not None and now is not None
        assert [slot.start for slot in now.slots] == [
            slot.start for slot in before.slots
        ]
    home.is_planning = True
    home.run(at("7:00"))
    enough = 33 - ENOUGH_KWH
    assert home.cars[1].kwh >= enough and home.cars[2].kwh >= enough


def test_a_new_plan_stops_no_vehicle_before_it_is_made() -> None:
    home = Home({1: Car()})
    home.run(EVENING + 10 * MINUTE)
    home.requests = (work(EnergyGoal(300)),)
    before = len(home.offers)
    home.run(EVENING + 15 * MINUTE)
    assert home.state() is PlanState.UNREACHABLE
    assert all(offers[1] > 0 for _, offers in home.offers[before - 1 :])


@pytest.mark.long
def test_a_car_that_takes_the_place_of_another_one_begins_anew() -> None:
    """No report shows the connector without a car in between: the VIN is another one."""
    home = Home({1: Car(vin="RED")})
    home.run(EVENING + 30 * MINUTE)
    home.requests = (work(),)
    home.run(at("4:00"))
    assert home.state() is PlanState.REACHED
    home.cars[1] = Car(vin="BLUE")
    home.run(at("4:02"))
    assert home.state() is not PlanState.REACHED
    home.run(at("7:00"))
    # What the other one had charged before it had a plan does not count.
    assert home.cars[1].kwh == pytest.approx(11, abs=0.2)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_plan_for_a_single_time_ends_with_its_car(*, restarts: bool) -> None:
    once = work(EnergyGoal(5), OnceTime(at("6:00")), plan_id="once")
    home = Home({1: Car(vin=None)})
    home.plans = PlanInputsOfBus(settings=PlanSettings(once=(once,)))
    home.run(EVENING + MINUTE)
    home.cars[1].vin = "RED"
    home.run(EVENING + 2 * MINUTE)
    assert not home.rules.plans.finished
    if restarts:
        kept = json.loads(json.dumps(home.rules.plans.kept.as_dict()))
        home.restart()
        home.rules.plans.resume(KeptPlans.from_dict(kept))
    home.cars[1] = Car(vin="BLUE")
    home.step()
    assert home.rules.plans.finished == {"once"}


def test_the_level_of_a_car_that_is_another_one_after_all_counts() -> None:
    home = Home({1: Car(level=70)}, (work(PercentGoal(60)),))
    home.plans = PlanInputsOfBus(vehicles={1: "red"})
    home.run(EVENING + 2 * MINUTE)
    assert home.state() is PlanState.REACHED
    home.cars[1].shown = BatteryState()
    home.plans = PlanInputsOfBus(vehicles={1: "blue"})
    home.run(EVENING + 4 * MINUTE)
    assert PlanDoubt.LEVEL_UNKNOWN in home.status.doubts


RED = work(connector_id=None, vehicle_id="red")


def test_a_car_that_may_be_one_with_a_plan_waits_until_it_is_known() -> None:
    home = Home({1: Car()}, (RED,))
    for _ in range(20):
        waits = home.step(1).decision.connectors[1]
        assert (waits.rule, waits.offer) == (Rule.PLAN, 0)
    assert waits.reason is LimitReason.WAITS_FOR_PLAN
    assert waits.active_rule.until == EVENING + timedelta(seconds=61)
    home.plans = PlanInputsOfBus(vehicles={1: "red"})
    home.run(EVENING + 5 * MINUTE)
    assert home.cars[1].starts == 0
    assert home.status.next_start == at("2:00")


def test_a_car_of_which_nothing_becomes_known_waits_for_a_minute_and_no_longer() -> (
    None
):
    home = Home({1: Car()}, (RED,))
    home.run(EVENING + timedelta(seconds=MATCHING_SECONDS))
    assert home.cars[1].starts == 0
    # Whatever the clock is set to meanwhile.
    home.local -= timedelta(hours=1)
    home.step()
    home.step()
    assert home.offers[-1][1][1] >= 16


@pytest.mark.parametrize(
    ("request_", "vehicles"),
    [
        (RED, {1: "blue"}),
        (RED, {2: "red"}),
        (replace(RED, connector_id=2), {}),
        (replace(RED, enabled=False), {}),
    ],
)
def test_a_car_that_is_none_with_a_plan_starts_at_once(
    request_: PlanRequest, vehicles: dict[int, str]
) -> None:
    home = Home({1: Car()}, (request_,))
    home.plans = PlanInputsOfBus(vehicles=vehicles)
    home.step(1)
    assert home.step(1).decision.offers[1] >= 16


@pytest.mark.parametrize("mode", [Mode.GREEN, Mode.OFF])
def test_it_is_only_fixed_that_waits_until_a_car_is_known(mode: Mode) -> None:
    home = Home({1: Car()}, (RED,), mode=mode)
    assert home.step(1).decision.connectors[1].rule is not Rule.PLAN


def test_a_car_that_charges_already_is_not_stopped_until_it_is_known() -> None:
    home = Home({1: Car(drawn=16.0, offered=16.0)}, (RED,))
    home.step(1)
    assert home.step(1).decision.offers[1] >= 16


def test_a_report_of_a_car_that_never_was_there_ends_no_plan_for_a_single_time() -> (
    None
):
    once = work(EnergyGoal(5), OnceTime(at("6:00")), plan_id="once")
    home = Home({1: Car(plugged=False)})
    home.plans = PlanInputsOfBus(settings=PlanSettings(once=(once,)))
    home.step(5)
    home.cars[1].plugged = True
    home.step(5)
    home.cars[1].plugged = False
    home.step(5)
    assert not home.rules.plans.finished
    home.cars[1].plugged = True
    home.run(EVENING + 2 * MINUTE)
    home.cars[1].plugged = False
    home.step(5)
    assert home.rules.plans.finished == {"once"}
