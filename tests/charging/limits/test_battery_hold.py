"""The house battery is not emptied into a car that charges from the grid, unless its owner allows it for a while."""

import pytest

from custom_components.twc_manager.charging.limits.battery_hold import (
    RELEASE_SECONDS,
    BatteryBoost,
    BatteryHold,
)

NONE, BOOST = BatteryBoost(), BatteryBoost(is_on=True, down_to=30)


def test_it_holds_at_once_and_is_released_a_while_later() -> None:
    battery = BatteryHold()
    assert not battery.update(0, NONE, 80, from_grid=False).hold
    assert battery.update(1, NONE, 80, from_grid=True).hold
    assert battery.update(2, NONE, 80, from_grid=False).hold
    assert battery.update(1 + RELEASE_SECONDS, NONE, 80, from_grid=False).hold
    assert not battery.update(2 + RELEASE_SECONDS, NONE, 80, from_grid=False).hold


def test_a_short_pause_of_a_car_releases_nothing() -> None:
    battery = BatteryHold()
    battery.update(0, NONE, 80, from_grid=True)
    battery.update(30, NONE, 80, from_grid=False)
    battery.update(60, NONE, 80, from_grid=True)
    assert battery.update(100, NONE, 80, from_grid=False).hold


@pytest.mark.parametrize(
    ("level", "hold", "over"),
    [(80.0, False, False), (30.0, True, True), (10.0, True, True), (None, True, False)],
)
def test_a_boost_feeds_the_car_down_to_its_level(
    level: float | None, hold: bool, over: bool
) -> None:
    battery = BatteryHold()
    battery.update(0, NONE, level, from_grid=True)
    status = battery.update(1, BOOST, level, from_grid=True)
    assert (status.hold, status.is_boost_over) == (hold, over)
