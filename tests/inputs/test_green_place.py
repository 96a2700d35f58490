"""Buses that follow the same sensors share one surplus."""

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.green_supply import GreenPlace
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.inputs.green_place import green_place
from custom_components.twc_manager.inputs.options import options_of
from tests.conftest import ENTRY_DATA

GRID: dict[str, Any] = {"green_source": "grid", "green_grid": "sensor.grid"}


def place(hass: HomeAssistant, bus: str, **options: Any) -> GreenPlace:
    """Return the place of a bus with such options."""
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=options)
    return green_place(hass, bus, options_of(entry).green, lambda: None)


async def test_only_the_same_sensors_give_the_same_surplus(hass: HomeAssistant) -> None:
    one = place(hass, "one", **GRID)
    two = place(hass, "two", **GRID)
    assert one.surplus is two.surplus
    assert (one.bus, two.bus) == ("one", "two")
    for options in (
        GRID | {"green_grid": "sensor.other"},
        GRID | {"green_grid_positive": "export"},
        GRID | {"green_battery_power": "sensor.battery"},
        {},
    ):
        other = place(hass, "three", **options)
        assert other.surplus is not one.surplus
    assert place(hass, "four").surplus is not place(hass, "five").surplus
