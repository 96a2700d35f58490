"""The level of a car that reports none, typed in by its owner."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.twc_manager.const import DOMAIN
from tests.adapters import MemoryAdapter
from tests.helpers import quick_car
from tests.scene import OLD, Builder, Scene

from .scene import vehicle

RED = vehicle("Red one", "red", switch="switch.red", connector="032E", capacity=60.0)


def number_of(scene: Scene, vehicle_id: str = "red") -> str | None:
    unique_id = f"{scene.entry.entry_id}.{vehicle_id}_typed_level"
    return er.async_get(scene.hass).async_get_entity_id("number", DOMAIN, unique_id)


async def type_level(scene: Scene, level: float) -> None:
    await scene.hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": number_of(scene), "value": level},
        blocking=True,
    )


def level(scene: Scene) -> str:
    shown = scene.hass.states.get(number_of(scene) or "")
    assert shown is not None
    return shown.state


async def test_it_rises_with_what_is_charged_until_the_car_is_unplugged(
    hass: HomeAssistant, set_up: Builder
) -> None:
    hass.states.async_set("switch.red", "on")
    scene = await set_up((OLD, quick_car()), subentries=[RED])
    (old,) = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    assert level(scene) == "unknown"

    await type_level(scene, 40)
    assert level(scene) == "40"
    # 60 kWh at 88 %: a % is 0.68 kWh, at 40 A and 240 V four and a quarter minutes.
    seconds = await scene.until(lambda: level(scene) == "44", 3600)
    assert 600 < seconds < 1500
    assert scene.of(RED)("battery") == "44"

    await scene.reload()
    await scene.until(lambda: level(scene) in {"44", "45"})
    old.unplug()
    await scene.until(lambda: level(scene) == "unknown", 600)


async def test_a_car_that_reports_its_level_has_no_such_number(
    hass: HomeAssistant, set_up: Builder
) -> None:
    hass.states.async_set("switch.red", "on")
    blue = vehicle("Blue one", "blue", switch="switch.red", battery="sensor.blue")
    scene = await set_up((OLD, None), subentries=[blue])
    assert number_of(scene, "blue") is None


@pytest.mark.parametrize("value", [-1, 101])
async def test_a_level_that_cannot_be_is_refused(
    hass: HomeAssistant, set_up: Builder, value: float
) -> None:
    hass.states.async_set("switch.red", "on")
    scene = await set_up((OLD, None), subentries=[RED])
    await type_level(scene, 55)
    with pytest.raises(ServiceValidationError):
        await type_level(scene, value)
    assert level(scene) == "55"


async def test_it_can_be_typed_in_while_the_adapter_is_away(
    hass: HomeAssistant, set_up: Builder, adapter: MemoryAdapter
) -> None:
    hass.states.async_set("switch.red", "on")
    scene = await set_up((OLD, None), subentries=[RED])
    adapter.unplug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "off")
    await type_level(scene, 33)
    assert level(scene) == "33"
