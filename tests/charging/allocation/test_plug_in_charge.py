"""The plug-in charge."""

from custom_components.twc_manager.charging.outcome import ActiveRule, LimitReason, Rule
from tests.charging.world import ONE, TWO, Twc, World

OFF = ActiveRule(Rule.OFF)


def _paused(protocol: int = 1, **changes: object) -> World:
    world = World(Twc(ONE, protocol), Twc(TWO, 1))
    world.set(active_rules={ONE: OFF}, **changes)
    world.run(30)
    return world


def _plug(world: World) -> int:
    """Plug in and return the time for which the car had an offer, in s."""
    world.twcs[ONE].plug()
    seconds = 0
    for _ in range(300):
        world.tick()
        seconds += world.offers[ONE] > 0
        if world.offers[ONE]:
            assert world.offers[ONE] == 6
            # It began a little after it was offered amps, and charges a minute too.
            expected = (
                LimitReason.MINIMUM_CHARGING_TIME
                if seconds > 60
                else LimitReason.PLUG_IN_CHARGE
            )
            assert world.reason(ONE) == expected
    assert world.offers[ONE] == 0
    return seconds


def test_a_car_plugged_in_while_off_gets_the_minimum_for_a_minute() -> None:
    assert 55 <= _plug(_paused()) <= 70


def test_at_protocol_2_only_if_the_car_can_be_stopped_again() -> None:
    assert _plug(_paused(2)) == 0
    world = _paused(2)
    world.limit(ONE, contactor=True)
    assert _plug(world) == 0
    world = _paused(2, commandable=frozenset({ONE}))
    world.twcs[ONE].plug()
    world.run(40)
    assert world.reason(ONE) == LimitReason.PLUG_IN_CHARGE
    assert world.twcs[ONE].drawn > 4
    world.run(60)
    assert (world.offers[ONE], world.reason(ONE)) == (0, LimitReason.OFF)


def test_it_can_be_turned_off() -> None:
    world = _paused()
    world.settings(plug_in_charge=False)
    assert _plug(world) == 0


def test_a_connector_that_is_switched_off_gives_no_plug_in_charge() -> None:
    world = _paused()
    world.limit(ONE, enabled=False)
    assert _plug(world) == 0


def test_a_car_that_was_there_before_gets_no_plug_in_charge() -> None:
    world = World(Twc(ONE, 1))
    world.twcs[ONE].plug()
    world.set(active_rules={ONE: OFF})
    world.run(300)
    assert not world.twcs[ONE].began


def test_a_plug_in_charge_never_takes_more_than_the_wiring_has() -> None:
    world = _paused()
    world.twcs[TWO].plug()
    world.settings(current=40)
    world.run(60)
    world.twcs[ONE].plug()
    for _ in range(100):
        world.tick()
        assert sum(world.offers.values()) <= 48
    assert world.twcs[ONE].began


def test_a_car_that_charged_already_gets_no_plug_in_charge_again() -> None:
    world = _paused()
    world.set(active_rules={})
    world.twcs[ONE].plug()
    world.run(10)
    world.set(active_rules={ONE: OFF})
    world.run(70)
    assert world.offers[ONE] == 0
    assert len(world.twcs[ONE].began) == 1
