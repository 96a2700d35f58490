"""Conditions: true or false by the state of the simulated bus."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition as condition_helper
import pytest
import voluptuous as vol

from custom_components.twc_manager.condition import CONDITIONS
from custom_components.twc_manager.const import DOMAIN

from .automations import async_automate
from .helpers import quick_car
from .scene import GRID_OPTIONS, NEW, OLD, OTHER, Builder, Scene


class Checks:
    """Conditions at connectors, checked one after the other as automations do."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    async def __call__(
        self, which: str, *connector_ids: int | None, **options: Any
    ) -> bool:
        hass = self._scene.hass
        config = await condition_helper.async_validate_condition_config(
            hass,
            {
                "condition": f"{DOMAIN}.{which}",
                "target": {
                    "device_id": [self._scene.device(item) for item in connector_ids]
                },
                "options": options,
            },
        )
        test = await condition_helper.async_from_config(hass, config)
        return test.async_check() is True


async def test_plugged_in_and_charging(hass: HomeAssistant, set_up: Builder) -> None:
    car = quick_car()
    scene = await set_up((NEW, car), (OTHER, None), (OLD, None))
    holds = Checks(scene)
    await scene.until(lambda: scene.state("binary_sensor.charging", NEW) == "on")

    assert await holds("is_plugged_in", NEW)
    assert await holds("is_charging", NEW)
    assert not await holds("is_plugged_in", OTHER)
    assert not await holds("is_charging", OTHER)
    assert await holds("is_charging", NEW, OTHER)
    assert not await holds("is_charging", NEW, OTHER, behavior="all")
    assert not await holds("is_charging", NEW, **{"for": "01:00:00"})
    # The bus stands for all of them.
    assert await holds("is_plugged_in", None)
    assert await holds("is_charging", None)
    assert not await holds("is_charging", None, behavior="all")

    car.stop()
    await scene.until(lambda: scene.state("binary_sensor.charging", NEW) == "off")
    assert await holds("is_plugged_in", NEW)
    assert not await holds("is_charging", NEW)


async def test_the_mode(hass: HomeAssistant, set_up: Builder) -> None:
    scene = await set_up((NEW, None), (OLD, None), **GRID_OPTIONS)
    holds = Checks(scene)
    assert await holds("is_mode", None, mode="fixed")
    assert await holds("is_mode", NEW, mode=["green", "fixed"])
    assert not await holds("is_mode", NEW, mode=["green", "off"])

    # A connector follows the bus until it has its own.
    await scene.choose("select.mode", "green")
    await scene.choose("select.own_mode", "off", OLD)
    assert await holds("is_mode", NEW, mode="green")
    assert await holds("is_mode", OLD, mode="off")
    assert await holds("is_mode", NEW, OLD, mode="off")
    assert not await holds("is_mode", NEW, OLD, mode="off", behavior="all")
    assert not await holds("is_mode", None, OLD, mode="fixed")

    await hass.config_entries.async_unload(scene.entry.entry_id)
    assert not await holds("is_mode", NEW, None, mode=["green", "fixed", "off"])


async def test_in_an_automation(hass: HomeAssistant, set_up: Builder) -> None:
    scene = await set_up((NEW, None), (OTHER, None))
    target = {"device_id": scene.device(NEW)}
    events = await async_automate(
        hass,
        {
            "triggers": {"trigger": "event", "event_type": "look", "id": "look"},
            "conditions": {
                "condition": f"{DOMAIN}.is_plugged_in",
                "target": target,
            },
            "actions": {"event": "it_happened"},
        },
    )
    for car in None, quick_car():
        if car is not None:
            scene.bus.connectors[0].plug_in(car)
            await scene.until(lambda: scene.state("binary_sensor.cable", NEW) == "on")
        hass.bus.async_fire("look")
        await hass.async_block_till_done()
        assert len(events) == (car is not None)


async def test_home_assistant_offers_them(hass: HomeAssistant, set_up: Builder) -> None:
    await set_up((OLD, None))
    offered = await condition_helper.async_get_all_descriptions(hass)
    for which in CONDITIONS:
        description = offered[f"{DOMAIN}.{which}"]
        assert description is not None
        (entity,) = description["target"]["entity"]
        assert "twc_manager" in entity["integration"]
        assert "behavior" in description["fields"]


@pytest.mark.parametrize(
    "options",
    [{}, {"mode": []}, {"mode": "bus"}, {"mode": "green", "behavior": "some"}],
)
async def test_invalid_options_are_refused(
    hass: HomeAssistant, set_up: Builder, options: dict[str, Any]
) -> None:
    scene = await set_up((OLD, None))
    with pytest.raises(vol.Invalid):
        await Checks(scene)("is_mode", OLD, **options)
