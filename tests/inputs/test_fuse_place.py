"""Buses that follow the same sensors are behind the same main fuse."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.fuse_supply import FusePlace
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.inputs.fuse_place import fuse_place
from custom_components.twc_manager.inputs.options import options_of
from tests.conftest import ENTRY_DATA


def place(hass: HomeAssistant, bus: str, **options: Any) -> FusePlace:
    """Return the place of a bus with such options."""
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=options)
    return fuse_place(hass, bus, options_of(entry).fuse)


async def test_only_the_same_sensors_make_it_the_same_fuse(hass: HomeAssistant) -> None:
    one = place(hass, "one", fuse_size=25, fuse_current_l1="sensor.l1")
    two = place(hass, "two", fuse_size=35, fuse_current_l1="sensor.l1")
    other = place(hass, "three", fuse_size=25, fuse_current_l1="sensor.l2")
    assert one.fuse is two.fuse
    assert (one.bus, two.bus) == ("one", "two")
    assert other.fuse is not one.fuse
    assert place(hass, "four").fuse is not place(hass, "five").fuse


async def test_a_renamed_sensor_is_the_same(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    sensor = registry.async_get_or_create("sensor", "test", "l1")
    before = place(hass, "one", fuse_size=25, fuse_current_l1=sensor.entity_id)
    registry.async_update_entity(sensor.entity_id, new_entity_id="sensor.renamed")
    after = place(hass, "two", fuse_size=25, fuse_current_l1="sensor.renamed")
    assert before.fuse is after.fuse
