"""The engine by example: the offers, and their reasons."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.outcome import (
    ActiveRule,
    GreenBudget,
    LimitReason,
    Rule,
)
from custom_components.twc_manager.charging.settings import ChargingParameters
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import BusStatus, Snapshot, State

from .world import ONE, THREE, TWO, Twc, World

GREEN = ActiveRule(Rule.GREEN, green=True)
OFF = ActiveRule(Rule.OFF)


def _world(*plugged: int, protocol: int = 1, wiring: Wiring | None = None) -> World:
    world = World(*(Twc(item, protocol) for item in plugged), wiring=wiring)
    for item in plugged:
        world.twcs[item].plug()
    return world


def _orders(world: World, active_rule: ActiveRule) -> dict[int, ActiveRule]:
    return dict.fromkeys(world.twcs, active_rule)


def test_without_any_rule_all_get_the_maximum_of_the_wiring() -> None:
    world = _world(ONE)
    assert world.decide().offers == {ONE: 40}
    assert world.reason(ONE) == LimitReason.WIRING
    world = _world(ONE, TWO, THREE, protocol=2)
    assert world.decide().offers == {ONE: 16, TWO: 16, THREE: 16}
    assert world.reason(TWO) == LimitReason.SHARED


def test_only_connectors_with_a_car_count() -> None:
    world = World(Twc(ONE), Twc(TWO, 1), Twc(THREE))
    world.twcs[TWO].plug()
    assert world.decide().offers == {ONE: 0, TWO: 40, THREE: 0}
    assert world.reason(ONE) == LimitReason.NO_VEHICLE


def test_a_rating_below_the_limits_is_the_ceiling_too() -> None:
    world = World(Twc(ONE, rating=32))
    world.twcs[ONE].plug()
    assert world.decide().offers == {ONE: 32}


def test_a_connector_in_error_leaves_its_part_to_the_others() -> None:
    world = _world(ONE, TWO)
    world.decide()
    one, two = world.inputs.snapshot.connectors
    failed = Snapshot(BusStatus.RUNNING, (replace(one, state=State.ERROR), two))
    for _ in range(7):
        world.now += 1
        world.set(now=world.now, snapshot=failed)
        decision = world.engine.decide(world.inputs)
    assert decision.offers == {ONE: 0, TWO: 40}


def test_cars_that_cannot_be_stopped_are_reckoned_with_first() -> None:
    world = _world(ONE, TWO, THREE, protocol=2, wiring=Wiring(48, 40, 12, 240, 1))
    world.run(100)
    world.twcs[ONE].unplug()
    world.run(10)
    world.settings(current=20)
    world.twcs[ONE].plug()
    world.run(100)
    # 12 A for one that asks are not left beside one that draws 6 A whatever it is offered.
    assert sum(world.offers.values()) <= 20
    assert world.offers[ONE] == 0
    world.settings(current=0)
    world.run(10)
    assert world.offers == {ONE: 0, TWO: 6, THREE: 6}


def test_the_slider_is_the_ceiling() -> None:
    world = _world(ONE, TWO)
    world.limit(ONE, limit=10)
    assert world.decide().offers == {ONE: 10, TWO: 38}
    assert world.reason(ONE) == LimitReason.OWN_LIMIT


def test_a_switched_off_connector_gets_nothing() -> None:
    world = _world(ONE)
    world.limit(ONE, enabled=False)
    assert world.decide().offers == {ONE: 0}
    assert world.reason(ONE) == LimitReason.OFF


def test_the_amps_of_the_bus_are_shared() -> None:
    world = _world(ONE, TWO)
    world.settings(current=20)
    assert world.decide().offers == {ONE: 10, TWO: 10}
    assert world.reason(ONE) == LimitReason.SHARED
    world.twcs[TWO].unplug()
    world.run(40)
    assert world.offers == {ONE: 20, TWO: 0}
    assert world.reason(ONE) == LimitReason.OWN_LIMIT


def test_green_connectors_share_the_green_budget_the_others_the_rest() -> None:
    world = _world(ONE, TWO, THREE)
    world.set(active_rules={ONE: GREEN, TWO: GREEN}, green=GreenBudget(13))
    # One after another: the second when the room for it has lasted for a minute.
    assert world.decide().offers == {ONE: 13, TWO: 0, THREE: 35}
    assert world.run(75).offers == {ONE: 7, TWO: 6, THREE: 35}
    assert world.reason(ONE) == world.reason(TWO) == LimitReason.GREEN_ENERGY
    assert world.reason(THREE) == LimitReason.SHARED


@pytest.mark.parametrize(
    ("green", "reason"),
    [
        (GreenBudget(0), LimitReason.GREEN_ENERGY),
        (GreenBudget(0, LimitReason.START_DELAY, 1060.0), LimitReason.START_DELAY),
        (GreenBudget(0, LimitReason.STARTS_CAPPED), LimitReason.STARTS_CAPPED),
        (None, LimitReason.SENSOR_STALE),
    ],
)
def test_without_green_energy_there_is_no_charging(
    green: GreenBudget | None, reason: LimitReason
) -> None:
    world = _world(ONE)
    world.set(active_rules=_orders(world, GREEN), green=green)
    assert world.decide().offers == {ONE: 0}
    assert world.reason(ONE) == reason
    if green is not None:
        assert world.decision.connectors[ONE].next_change == green.until


def test_schedules_and_charge_now_limit_by_their_amps() -> None:
    world = _world(ONE, TWO)
    world.set(active_rules=_orders(world, ActiveRule(Rule.SCHEDULE, 20, name="night")))
    assert world.decide().offers == {ONE: 10, TWO: 10}
    assert world.reason(ONE) == LimitReason.SCHEDULE
    world.set(
        active_rules={
            ONE: ActiveRule(Rule.CHARGE_NOW),
            TWO: ActiveRule(Rule.SCHEDULE, 0),
        }
    )
    world.run(10)
    assert world.offers == {ONE: 40, TWO: 6}
    assert world.reason(TWO) == LimitReason.MINIMUM_CHARGING_TIME
    world.run(60)
    assert world.offers == {ONE: 40, TWO: 0}
    assert world.reason(TWO) == LimitReason.SCHEDULE


def test_charge_now_is_not_limited_by_the_amps_of_the_fixed_mode() -> None:
    world = _world(ONE)
    world.settings(current=10)
    world.set(active_rules=_orders(world, ActiveRule(Rule.CHARGE_NOW)))
    assert world.decide().offers == {ONE: 40}


def test_off_stops_all_and_a_change_acts_at_once() -> None:
    world = _world(ONE)
    world.run(100)
    world.set(active_rules=_orders(world, OFF))
    assert world.decide().offers == {ONE: 0}
    assert world.reason(ONE) == LimitReason.STOPPING
    world.run(10)
    assert world.reason(ONE) == LimitReason.OFF


def test_what_a_small_charger_cannot_use_goes_to_the_other_within_30_s() -> None:
    world = _world(ONE, TWO, protocol=2)
    world.twcs[ONE].onboard = 16
    world.run(10)
    assert world.offers == {ONE: 24, TWO: 24}
    world.run(22)
    assert world.offers == {ONE: 19, TWO: 29}
    assert world.reason(ONE) == LimitReason.VEHICLE_LIMIT


@pytest.mark.parametrize("protocol", [1, 2])
def test_what_a_full_car_does_not_take_goes_to_the_other_within_30_s(
    protocol: int,
) -> None:
    world = _world(ONE, TWO, protocol=protocol)
    world.run(100)
    world.twcs[ONE].onboard = 0
    world.run(30)
    assert world.offers == {ONE: 6, TWO: 40}
    assert world.reason(ONE) == LimitReason.VEHICLE_FULL


def test_a_full_car_yields_all_it_has_if_it_can_ask_for_it() -> None:
    world = _world(ONE, TWO, protocol=2, wiring=Wiring(32, 32, 6, 240, 1))
    world.run(100)
    world.twcs[ONE].onboard = 0
    world.run(30)
    assert world.offers == {ONE: 0, TWO: 32}
    world.twcs[ONE].onboard = 48
    assert world.tick().offers == {ONE: 0, TWO: 32}
    assert world.reason(ONE) == LimitReason.START_DELAY
    world.run(45)
    assert world.offers == {ONE: 16, TWO: 16}


def test_a_tapering_car_gives_way_without_hunting() -> None:
    world = _world(ONE, TWO, protocol=2)
    world.run(60)
    world.changes = 0
    while world.twcs[ONE].onboard > 5:
        world.twcs[ONE].onboard -= 0.02
        world.tick()
    assert world.offers[TWO] == 40
    # 43 A in about 36 min: an offer each for every two amperes at most.
    assert world.changes < 40


def test_a_car_that_uses_all_of_its_reduced_offer_may_grow_again() -> None:
    world = _world(ONE, TWO, protocol=2)
    world.twcs[ONE].onboard = 16
    world.run(60)
    assert world.offers[ONE] == 19
    world.twcs[ONE].onboard = 48
    world.run(30)
    assert world.offers == {ONE: 24, TWO: 24}


def test_nothing_changes_for_hours_when_nothing_happens() -> None:
    world = _world(ONE, TWO, THREE, protocol=2)
    world.twcs[ONE].onboard = 16
    world.twcs[TWO].onboard = 13.3
    world.run(120)
    world.changes = 0
    world.run(3 * 3600)
    assert world.changes == 0


def test_a_second_master_and_the_search_are_reasons() -> None:
    world = _world(ONE)
    world.decide()
    connectors = world.inputs.snapshot.connectors
    for status, reason in (
        (BusStatus.SEARCHING, LimitReason.SEARCHING),
        (BusStatus.SECOND_MASTER, LimitReason.SECOND_MASTER),
    ):
        world.set(snapshot=Snapshot(status, connectors))
        decision = world.engine.decide(world.inputs)
        assert decision.connectors[ONE].reason == reason


def test_settings_below_the_minimum_offer_pause_with_a_reason() -> None:
    world = _world(ONE)
    world.limit(ONE, limit=4)
    assert world.decide().offers == {ONE: 0}
    assert world.reason(ONE) == LimitReason.OWN_LIMIT


def test_a_limit_may_be_less_than_the_minimum_of_the_wiring() -> None:
    world = _world(ONE, wiring=Wiring(48, 40, 12, 240, 1))
    world.settings(current=8)
    assert world.decide().offers == {ONE: 8}


def test_the_engine_starts_with_nothing() -> None:
    world = World()
    assert world.decide().offers == {}
    assert ChargingParameters().plug_in_charge
