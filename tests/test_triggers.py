"""Triggers: automations start when something happens on the simulated bus, and at no other time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import trigger as trigger_helper
import pytest

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.trigger import TRIGGERS

from .adapters import MemoryAdapter
from .automations import HAPPENED, async_automate
from .helpers import async_frames, quick_car
from .scene import (
    GRID,
    GRID_OPTIONS,
    NEW,
    OLD,
    OTHER,
    Builder,
    Scene,
    async_give_car_a_switch,
)
from .vehicles.scene import vehicle

type Events = list[Event[dict[str, Any]]]


def of_device(scene: Scene, which: str, *connector_ids: int) -> dict[str, Any]:
    """Return an automation with a trigger of this integration that targets connectors."""
    devices = [scene.device(connector_id) for connector_id in connector_ids]
    return {
        "triggers": {
            "trigger": f"{DOMAIN}.{which}",
            "id": which,
            "target": {"device_id": devices},
        }
    }


def names(events: Events) -> list[str]:
    return [event.data["which"] for event in events]


async def test_home_assistant_offers_them(set_up: Builder, hass: HomeAssistant) -> None:
    await set_up((OLD, None))
    offered = await trigger_helper.async_get_all_descriptions(hass)
    assert offered[f"{DOMAIN}.connection_lost"] == {"fields": {}}
    for which in TRIGGERS.keys() - {"connection_lost"}:
        description = offered[f"{DOMAIN}.{which}"]
        assert description is not None
        (entity,) = description["target"]["entity"]
        assert entity["integration"] == [DOMAIN] or entity["integration"] == DOMAIN
        assert set(description["fields"]) == {"behavior", "for"}


async def test_a_charge_from_plug_to_plug(hass: HomeAssistant, set_up: Builder) -> None:
    scene = await set_up((NEW, None), (OTHER, None))
    new, other = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", NEW) == "disconnected")
    events = await async_automate(
        hass,
        *(
            of_device(scene, which, NEW)
            for which in ("plugged_in", "charging_started", "charging_finished")
        ),
    )

    car = quick_car()
    new.plug_in(car)
    # The car at the other one triggers nothing.
    other.plug_in(quick_car())
    await scene.until(lambda: "charging_started" in names(events))
    assert sorted(names(events)) == ["charging_started", "plugged_in"]
    await scene.until(lambda: scene.state("binary_sensor.charging", OTHER) == "on")

    # That Home Assistant looks anew is nothing new.
    for _ in range(3):
        await scene.reload()
        await scene.until(lambda: scene.state("sensor.status", NEW) == "charging")
    await hass.async_block_till_done()
    assert len(events) == 2

    car.stop()
    await scene.until(lambda: "charging_finished" in names(events))
    assert events[-1].data["entity"] == scene.id("sensor.status", NEW)
    new.unplug()
    await scene.until(lambda: scene.state("sensor.status", NEW) == "disconnected")
    await hass.async_block_till_done()
    assert len(events) == 3


@pytest.mark.parametrize(
    "target",
    [
        lambda scene: {"device_id": scene.device(None)},
        # Each of them stands for the same wall connectors.
        lambda scene: {"device_id": [scene.device(None), scene.device(OLD)]},
        lambda scene: {"entity_id": scene.id("sensor.limited_by")},
        lambda scene: {
            "entity_id": [scene.id("sensor.power", item) for item in (OLD, OTHER)]
        },
    ],
    ids=["bus", "bus and connector", "entity of the bus", "entities of connectors"],
)
async def test_the_bus_targets_its_connectors_and_an_entity_its_device(
    hass: HomeAssistant,
    set_up: Builder,
    target: Callable[[Scene], dict[str, Any]],
) -> None:
    scene = await set_up(
        (OLD, None), (OTHER, None), **GRID_OPTIONS, fuse_size=63, fuse_power=GRID
    )
    events = await async_automate(
        hass,
        *(
            {
                "triggers": {
                    "trigger": f"{DOMAIN}.{which}",
                    "id": which,
                    "target": target(scene),
                }
            }
            for which in ("charging_started", "limited_by_main_fuse")
        ),
    )
    for connector in scene.bus.connectors:
        connector.plug_in(quick_car())
    await scene.until(lambda: names(events).count("charging_started") == 2)
    scene.house.sun_w = -30 * 240
    await scene.until(
        lambda: scene.why() == "main_fuse" and "limited_by_main_fuse" in names(events)
    )
    await hass.async_block_till_done()
    at = [event.data["entity"] for event in events]
    # The bus says so too, but is no wall connector.
    assert at.count(scene.id("sensor.limited_by")) == 0
    for connector_id in (OLD, OTHER):
        assert at.count(scene.id("binary_sensor.charging", connector_id)) == 1


async def test_a_commanded_stop_is_not_a_finished_charge(
    hass: HomeAssistant, set_up: Builder
) -> None:
    car = quick_car()
    switch = await async_give_car_a_switch(hass, car, "car")
    scene = await set_up(
        (NEW, car),
        (OLD, quick_car()),
        subentries=[vehicle(switch=switch, connector="1839")],
    )
    new, old = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10 and old.drawn > 10)
    events = await async_automate(hass, of_device(scene, "charging_finished", NEW, OLD))

    await scene.choose("select.mode", "off")
    await scene.until(
        lambda: (
            scene.state("sensor.status", NEW)
            == scene.state("sensor.status", OLD)
            == "paused"
        )
    )
    await scene.choose("select.mode", "fixed")
    await scene.until(
        lambda: (
            scene.state("sensor.status", NEW)
            == scene.state("sensor.status", OLD)
            == "charging"
        )
    )
    await hass.async_block_till_done()
    assert events == []

    old.unplug()
    await scene.until(lambda: bool(events))
    assert events[0].data["entity"] == scene.id("sensor.status", OLD)


@pytest.mark.parametrize(("settles", "times"), [(0, 1), (3600, 0)])
async def test_a_connector_that_does_not_report_its_plug(
    hass: HomeAssistant,
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
    settles: int,
    times: int,
) -> None:
    monkeypatch.setattr(
        "custom_components.twc_manager.trigger.PLUG_SETTLES", timedelta(seconds=settles)
    )
    scene = await set_up((OLD, None))
    (old,) = scene.bus.connectors
    assert scene.state("binary_sensor.cable", OLD) == "unknown"
    events = await async_automate(hass, of_device(scene, "plugged_in", OLD))

    old.plug_in(quick_car())
    await scene.until(lambda: scene.state("binary_sensor.cable", OLD) == "on")
    await hass.async_block_till_done()
    assert len(events) == times


async def test_paused_for_lack_of_green_energy(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    events = await async_automate(
        hass, of_device(scene, "paused_for_green_energy", OLD)
    )
    await scene.choose("number.start_delay", 0)
    scene.house.sun_w = 20.5 * 240
    await scene.choose("select.mode", "green")
    # Limited by it, but not paused.
    await scene.until(lambda: old.offered == 21 and scene.why(OLD) == "green_energy")
    await hass.async_block_till_done()
    assert events == []

    await scene.choose("number.stop_delay", 0)
    scene.house.sun_w = 0
    await scene.until(lambda: bool(events))
    assert old.drawn < 1
    assert scene.state("sensor.status", OLD) == "paused"
    # Clouds come and go: it is still the same pause.
    await scene.choose("number.start_delay", 60)
    scene.house.sun_w = 20.5 * 240
    await scene.until(lambda: scene.why(OLD) == "start_delay")
    scene.house.sun_w = 0
    await scene.until(lambda: scene.why(OLD) == "green_energy")
    await hass.async_block_till_done()
    assert len(events) == 1

    # Off is another pause, and the sun's comes after it.
    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.why(OLD) == "off")
    await scene.choose("select.mode", "green")
    await scene.until(lambda: len(events) == 2)


async def test_limited_by_the_main_fuse(hass: HomeAssistant, set_up: Builder) -> None:
    scene = await set_up((OLD, None), **GRID_OPTIONS, fuse_size=63, fuse_power=GRID)
    (old,) = scene.bus.connectors
    events = await async_automate(
        hass,
        of_device(scene, "limited_by_main_fuse", OLD),
        {
            "triggers": {
                "trigger": f"{DOMAIN}.limited_by_main_fuse",
                "id": "entity",
                "target": {"entity_id": scene.id("sensor.limited_by", OLD)},
                "options": {"for": "01:00:00"},
            }
        },
    )
    old.plug_in(quick_car())
    await scene.until(lambda: old.offered == 40)
    assert events == []

    # What the house takes is no sun at all.
    scene.house.sun_w = -40 * 240
    await scene.until(lambda: bool(events))
    assert names(events) == ["limited_by_main_fuse"]
    await scene.until(lambda: old.offered < 40)


async def test_a_car_that_could_not_be_stopped(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((NEW, quick_car()), (OTHER, quick_car()))
    new, other = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10 and other.drawn > 10)
    events = await async_automate(
        hass, of_device(scene, "could_not_be_stopped", NEW, OTHER)
    )
    await scene.choose("select.mode", "off")
    await scene.until(lambda: bool(events) and other.drawn == 0)
    await async_frames(scene.bus, 8)
    assert [event.data["entity"] for event in events] == [
        scene.id("sensor.limited_by", NEW)
    ]


async def test_a_lost_connection(
    hass: HomeAssistant, set_up: Builder, adapter: MemoryAdapter
) -> None:
    scene = await set_up((NEW, None), (OTHER, quick_car()))
    _, other = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "charging")
    lost = "{{ trigger.problem }} {{ trigger.bus }} {{ trigger.connectors | join }}"
    events = await async_automate(
        hass,
        {
            "triggers": {"trigger": f"{DOMAIN}.connection_lost"},
            "actions": [{"event": HAPPENED, "event_data": {"which": lost}}],
        },
    )
    await scene.reload()
    adapter.unplug()
    await asyncio.sleep(30)
    adapter.replug()
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "charging")
    assert events == []

    adapter.unplug()
    await scene.until(lambda: bool(events))
    assert names(events) == ["port_lost TWC Manager"]
    adapter.replug()
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "charging")
    other.power_down()
    await scene.until(lambda: len(events) == 2)
    await asyncio.sleep(300)
    assert names(events)[1:] == ["connector_lost TWC Manager 2431"]
