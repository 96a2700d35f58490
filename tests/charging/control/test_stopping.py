"""Stopping and starting a vehicle, proven by the measured draw."""

from itertools import pairwise

import pytest

from custom_components.twc_manager.charging.control.stop_methods import (
    CloseContactor,
    OpenContactor,
    StopMethod,
    StoredStop,
    VehicleRequest,
)
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import ActiveRule, LimitReason, Rule
from custom_components.twc_manager.charging.wiring import Wiring
from tests.charging.world import ONE, TWO, Twc, World

OFF = ActiveRule(Rule.OFF)


def _charging(protocol: int = 2, **changes: object) -> World:
    world = World(Twc(ONE, protocol))
    world.settings(plug_in_charge=False)
    world.twcs[ONE].plug()
    world.set(**changes)
    world.run(120)
    assert world.twcs[ONE].drawn > 30
    return world


def _off(world: World) -> None:
    world.set(active_rules={ONE: OFF})


def _on(world: World) -> None:
    world.set(active_rules={})


def _stop_method(world: World) -> StopMethod | None:
    return world.decision.connectors[ONE].stop_method


def _request(world: World) -> VehicleRequest | None:
    return world.decision.connectors[ONE].request


def test_protocol_1_stops_at_0_a() -> None:
    world = _charging(1)
    _off(world)
    world.run(10)
    assert world.twcs[ONE].drawn == 0
    assert (world.offers[ONE], _stop_method(world)) == (0, StopMethod.ZERO_AMPS)
    assert world.commands == []


def test_a_car_that_obeys_is_stopped_and_started_by_command() -> None:
    world = _charging(commandable=frozenset({ONE}))
    _off(world)
    world.decide()
    assert (world.offers[ONE], _stop_method(world)) == (6, StopMethod.VEHICLE)
    assert world.reason(ONE) == LimitReason.STOPPING
    world.run(15)
    assert (world.offers[ONE], _stop_method(world)) == (0, StopMethod.VEHICLE)
    assert world.reason(ONE) == LimitReason.OFF
    world.run(600)
    _on(world)
    world.run(30)
    assert world.twcs[ONE].drawn > 30
    assert world.commands == [VehicleRequest.STOP, VehicleRequest.CHARGE]
    assert _stop_method(world) is None


def test_without_any_method_the_car_is_held_at_the_minimum_with_its_reason() -> None:
    world = _charging()
    _off(world)
    world.decide()
    assert (world.offers[ONE], _stop_method(world)) == (6, StopMethod.HOLD)
    assert world.reason(ONE) == LimitReason.CANNOT_STOP
    world.run(3600)
    assert world.commands == []
    _on(world)
    world.run(10)
    assert world.twcs[ONE].drawn > 30


def test_a_command_without_effect_is_followed_by_the_contactor_if_allowed() -> None:
    world = _charging(commandable=frozenset({ONE}))
    world.limit(ONE, contactor=True)
    world.twcs[ONE].obeys = False
    _off(world)
    world.run(89)
    assert _stop_method(world) is StopMethod.VEHICLE
    world.run(12)
    assert _stop_method(world) is StopMethod.CONTACTOR
    assert world.commands == [VehicleRequest.STOP, OpenContactor(ONE)]
    assert world.twcs[ONE].drawn == 0
    _on(world)
    world.run(90)
    assert world.commands[2:] == [CloseContactor(ONE), VehicleRequest.CHARGE]
    assert world.twcs[ONE].drawn > 30


def test_the_contactor_is_never_used_where_it_is_not_allowed() -> None:
    world = _charging(commandable=frozenset({ONE}))
    world.twcs[ONE].obeys = False
    _off(world)
    world.run(100)
    assert (_stop_method(world), world.reason(ONE)) == (
        StopMethod.HOLD,
        LimitReason.CANNOT_STOP,
    )
    assert world.commands == [VehicleRequest.STOP]
    # A car that was asleep or out of reach may listen later.
    world.twcs[ONE].obeys = True
    world.run(900)
    assert world.twcs[ONE].drawn == 0


def test_a_method_that_becomes_available_later_is_tried_at_once() -> None:
    world = _charging()
    _off(world)
    world.run(10)
    world.set(commandable=frozenset({ONE}))
    world.run(10)
    assert world.twcs[ONE].drawn == 0


def test_the_contactor_interrupts_three_times_a_session_at_most() -> None:
    world = _charging()
    world.limit(ONE, contactor=True)
    for _ in range(5):
        _off(world)
        world.run(300)
        _on(world)
        world.run(300)
    assert world.commands.count(OpenContactor(ONE)) == 3
    _off(world)
    world.run(10)
    assert world.reason(ONE) == LimitReason.CANNOT_STOP
    world.twcs[ONE].unplug()
    world.run(10)
    world.twcs[ONE].plug()
    _on(world)
    world.run(100)
    _off(world)
    world.run(10)
    assert world.commands.count(OpenContactor(ONE)) == 4


@pytest.mark.parametrize("protocol", [1, 2])
def test_never_stopped_right_after_its_start_nor_started_right_after_its_stop(
    protocol: int,
) -> None:
    world = _charging(protocol, commandable=frozenset({ONE}))
    twc = world.twcs[ONE]
    for _ in range(100):
        _off(world)
        world.run(7)
        _on(world)
        world.run(11)
    events = sorted([*((at, 1) for at in twc.began), *((at, 0) for at in twc.ended)])
    gaps = [b[0] - a[0] for a, b in pairwise(events)]
    assert gaps
    # The car's own ramp takes the difference.
    assert min(gaps) >= 60 - 5


def test_a_stopped_car_is_remembered_over_a_restart() -> None:
    world = _charging(commandable=frozenset({ONE}))
    _off(world)
    world.run(100)
    kept = {
        key: StoredStop.from_dict(item.as_dict())
        for key, item in world.engine.stored.items()
    }
    world.engine = Engine(world.wiring, stored=kept)
    world.run(10)
    _on(world)
    world.run(30)
    assert world.commands == [VehicleRequest.STOP, VehicleRequest.CHARGE]
    assert world.twcs[ONE].drawn > 30


def test_a_request_holds_until_the_draw_proves_it_and_is_renewed_by_a_restart() -> None:
    world = _charging(commandable=frozenset({ONE}))
    world.twcs[ONE].obeys = False
    _off(world)
    world.run(600)
    # No method worked within its time, but the request still holds.
    assert (_stop_method(world), _request(world)) == (
        StopMethod.HOLD,
        VehicleRequest.STOP,
    )
    world.twcs[ONE].obeys = True
    world.run(10)
    assert (world.twcs[ONE].drawn, _request(world)) == (0, None)
    world.twcs[ONE].obeys = False
    world.run(100)
    _on(world)
    for _ in range(3):
        world.run(900)
        assert _request(world) is VehicleRequest.CHARGE
        assert world.engine.stored[ONE].stop_command_sent
        world.engine = Engine(world.wiring, stored=world.engine.stored)
    _off(world)
    world.run(5)
    assert _request(world) is None
    _on(world)
    world.twcs[ONE].obeys = True
    world.run(10)
    assert world.twcs[ONE].drawn > 0
    world.run(100)
    assert _request(world) is None
    assert world.engine.stored[ONE] == StoredStop()


def test_a_command_still_on_its_way_to_the_car_is_undone() -> None:
    world = _charging(commandable=frozenset({ONE}))
    world.twcs[ONE].obeys = False
    _off(world)
    world.run(400)
    _on(world)
    world.run(20)
    world.twcs[ONE].stopped = True
    world.run(20)
    assert world.twcs[ONE].drawn == 0
    world.twcs[ONE].obeys = True
    world.run(70)
    assert world.twcs[ONE].drawn > 30


def test_a_contactor_commanded_to_open_just_before_a_restart_is_closed_again() -> None:
    world = _charging()
    world.limit(ONE, contactor=True)
    _off(world)
    world.decide()
    assert world.commands == [OpenContactor(ONE)]
    # It opens only after the first report says that the car still draws, and by then the owner wants it to.
    world.engine = Engine(world.wiring, stored=world.engine.stored)
    _on(world)
    world.decide()
    assert world.twcs[ONE].drawn
    world.run(180)

    assert world.commands == [OpenContactor(ONE), CloseContactor(ONE)]
    assert world.twcs[ONE].drawn > 5


def test_a_car_that_its_owner_stopped_is_not_started() -> None:
    world = _charging(commandable=frozenset({ONE}))
    world.run(200)
    world.twcs[ONE].stopped = True
    world.run(600)
    assert (world.twcs[ONE].drawn, _request(world)) == (0, None)


def test_a_car_that_will_not_start_does_not_keep_others_waiting() -> None:
    world = World(Twc(ONE), Twc(TWO, 1), wiring=Wiring(10, 10, 6, 240, 1))
    world.set(commandable=frozenset({ONE}))
    world.twcs[ONE].plug()
    world.run(120)
    _off(world)
    world.run(100)
    world.twcs[ONE].obeys = False
    _on(world)
    world.run(30)
    world.twcs[TWO].plug()
    world.run(60)
    assert world.twcs[TWO].drawn == 0
    world.run(400)
    assert world.twcs[TWO].drawn > 5


def test_a_car_that_is_full_keeps_no_other_waiting_and_is_started_once_it_is_not() -> (
    None
):
    world = World(Twc(ONE), Twc(TWO, 1), wiring=Wiring(10, 10, 6, 240, 1))
    world.set(commandable=frozenset({ONE}))
    world.twcs[ONE].plug()
    world.run(120)
    _off(world)
    world.run(100)
    world.twcs[ONE].obeys = False
    world.set(active_rules={}, declined_charging=frozenset({ONE}))
    world.run(30)
    world.twcs[TWO].plug()
    world.run(90)
    assert world.twcs[TWO].drawn > 5
    world.twcs[TWO].unplug()
    world.twcs[ONE].obeys = True
    world.set(declined_charging=frozenset())
    world.run(60)
    assert world.twcs[ONE].drawn > 5


def test_a_new_car_owes_nothing_to_the_old_one() -> None:
    world = _charging(commandable=frozenset({ONE}))
    _off(world)
    world.run(100)
    world.twcs[ONE].unplug()
    world.run(30)
    world.twcs[ONE].plug()
    _on(world)
    world.run(30)
    assert world.commands == [VehicleRequest.STOP]
    assert world.twcs[ONE].drawn > 30


def test_a_report_without_amps_is_no_proof() -> None:
    world = _charging()
    _off(world)
    world.run(100)
    twc = world.twcs[ONE]
    drawn, twc.drawn = twc.drawn, 0.0
    world.decide()
    twc.drawn = drawn
    assert world.offers[ONE] == 6
