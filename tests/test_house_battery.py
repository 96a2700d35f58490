"""What an owner sees of a house battery that is not to be emptied into a car."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.twc_manager.const import DOMAIN

from .helpers import quick_car
from .scene import GRID_OPTIONS, OLD, Builder, Scene

POWER, LEVEL = "sensor.battery", "sensor.battery_level"
OPTIONS = {
    **GRID_OPTIONS,
    "green_battery_power": POWER,
    "green_battery_level": LEVEL,
    "green_battery_first_to": 0,
}


def _id(scene: Scene, domain: str, key: str) -> str:
    unique_id = f"{scene.entry.entry_id}_{key}"
    found = er.async_get(scene.hass).async_get_entity_id(domain, DOMAIN, unique_id)
    assert found is not None
    return found


def _state(scene: Scene, domain: str, key: str) -> str:
    state = scene.hass.states.get(_id(scene, domain, key))
    assert state is not None
    return state.state


@pytest.fixture
async def scene(hass: HomeAssistant, set_up: Builder) -> Scene:
    """A car that charges with all available current, and a battery that is well charged."""
    hass.states.async_set(POWER, "0", {"unit_of_measurement": "W"})
    hass.states.async_set(LEVEL, "80", {"unit_of_measurement": "%"})
    scene = await set_up((OLD, quick_car()), **OPTIONS)
    await scene.until(lambda: scene.bus.connectors[0].drawn > 20, 120)
    return scene


async def _call(hass: HomeAssistant, service: str, entity_id: str, **data: Any) -> None:
    domain, _, name = service.partition(".")
    data["entity_id"] = entity_id
    await hass.services.async_call(domain, name, data, blocking=True)


async def test_it_should_hold_while_a_car_takes_energy_from_the_grid(
    hass: HomeAssistant, scene: Scene
) -> None:
    await scene.until(lambda: _state(scene, "binary_sensor", "hold_battery") == "on")
    await scene.choose("select.mode", "green")
    scene.house.sun_w = 6000
    await scene.until(
        lambda: _state(scene, "binary_sensor", "hold_battery") == "off", 300
    )


async def test_it_need_not_hold_while_the_sun_gives_all(scene: Scene) -> None:
    await scene.until(lambda: _state(scene, "binary_sensor", "hold_battery") == "on")
    scene.house.sun_w = 20_000
    await scene.until(
        lambda: _state(scene, "binary_sensor", "hold_battery") == "off", 300
    )
    assert scene.bus.connectors[0].drawn > 20


async def test_a_boost_ends_by_itself_at_its_level(
    hass: HomeAssistant, scene: Scene
) -> None:
    await scene.until(lambda: _state(scene, "binary_sensor", "hold_battery") == "on")
    boost = _id(scene, "switch", "battery_boost")
    await _call(
        hass, "number.set_value", _id(scene, "number", "boost_down_to"), value=50
    )
    await _call(hass, "switch.turn_on", boost)
    await scene.until(lambda: _state(scene, "binary_sensor", "hold_battery") == "off")
    hass.states.async_set(LEVEL, "50", {"unit_of_measurement": "%"})
    await scene.until(lambda: _state(scene, "switch", "battery_boost") == "off", 60)
    assert _state(scene, "binary_sensor", "hold_battery") == "on"
