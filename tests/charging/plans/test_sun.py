"""What the sun gives while a plan gives less: it rises after a while and falls at once."""

from custom_components.twc_manager.charging.plans.sun import RISE_SECONDS, SunFloor


def test_more_sun_counts_after_a_while_and_less_at_once() -> None:
    floor = SunFloor()
    for second in range(int(RISE_SECONDS)):
        floor.update(second, {1: 12.7})
        assert floor.amps == {1: 0}
    floor.update(RISE_SECONDS, {1: 12.7})
    floor.update(RISE_SECONDS + 1, {1: 13.9})
    assert floor.amps == {1: 12}
    floor.update(RISE_SECONDS + 2, {1: 8.2})
    assert floor.amps == {1: 8}
    floor.update(RISE_SECONDS + 3, {1: -5.0})
    assert floor.amps == {1: 0}
    floor.update(RISE_SECONDS + 4, {})
    assert floor.amps == {}
