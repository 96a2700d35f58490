"""The levels that an owner sets for a vehicle: charge at once up to one, stop at another."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.dashboard.buses import bus_as_live
from custom_components.twc_manager.state.texts import async_texts
from tests.adapters import MemoryAdapter
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, OLD, Builder, Scene

from .scene import vehicle

RED = vehicle(
    "Red one", "red", switch="switch.red", battery="sensor.red", connector="032E"
)


def number_of(scene: Scene, key: str) -> str:
    unique_id = f"{scene.entry.entry_id}.red_{key}"
    found = er.async_get(scene.hass).async_get_entity_id("number", DOMAIN, unique_id)
    assert found is not None
    return found


async def choose(scene: Scene, key: str, value: float) -> None:
    await scene.hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": number_of(scene, key), "value": value},
        blocking=True,
    )


def shown(scene: Scene, key: str) -> str:
    state = scene.hass.states.get(number_of(scene, key))
    assert state is not None
    return state.state


def report_level(hass: HomeAssistant, level: float | str) -> None:
    hass.states.async_set("sensor.red", str(level), {"unit_of_measurement": "%"})


async def test_a_vehicle_charges_at_once_up_to_a_level_without_sun(
    hass: HomeAssistant, set_up: Builder, all_entities: None
) -> None:
    hass.states.async_set("switch.red", "on")
    report_level(hass, 20)
    scene = await set_up((OLD, quick_car()), subentries=[RED], **GRID_OPTIONS)
    (old,) = scene.bus.connectors
    await scene.choose("select.mode", "green")
    await scene.until(lambda: scene.why(OLD) == "green_energy")
    await choose(scene, "at_once_to", 50)
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    assert scene.state("sensor.rule", OLD) == "level"
    await scene.until(lambda: old.offered == 40)

    report_level(hass, 50)
    await scene.until(lambda: old.offered == 0)
    assert scene.state("sensor.rule", OLD) == "green"
    # Unknown is not empty.
    report_level(hass, "unknown")
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    assert scene.state("sensor.rule", OLD) == "green"


async def test_a_vehicle_stops_at_a_level_unless_it_charges_now(
    hass: HomeAssistant, set_up: Builder
) -> None:
    hass.states.async_set("switch.red", "on")
    report_level(hass, 79)
    scene = await set_up((OLD, quick_car()), subentries=[RED])
    (old,) = scene.bus.connectors
    await choose(scene, "stop_at", 80)
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    report_level(hass, 80)
    await scene.until(lambda: scene.why(OLD) == "level_reached")
    assert old.offered == 0
    report_level(hass, 79)
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    assert scene.why(OLD) == "level_reached"

    await scene.choose("switch.charge_now", True, OLD)
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    await scene.choose("switch.charge_now", False, OLD)
    await scene.until(lambda: scene.why(OLD) == "level_reached")
    assert old.offered == 0


async def test_levels_are_kept_and_can_be_set_while_the_adapter_is_away(
    hass: HomeAssistant, set_up: Builder, adapter: MemoryAdapter
) -> None:
    hass.states.async_set("switch.red", "on")
    scene = await set_up((OLD, None), subentries=[RED])
    assert (shown(scene, "at_once_to"), shown(scene, "stop_at")) == ("0", "100")
    adapter.unplug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "off")
    await choose(scene, "at_once_to", 30)
    await choose(scene, "stop_at", 85)
    assert (shown(scene, "at_once_to"), shown(scene, "stop_at")) == ("30", "85")
    adapter.replug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "on")
    await scene.reload()
    assert (shown(scene, "at_once_to"), shown(scene, "stop_at")) == ("30", "85")


async def test_a_card_is_sent_the_level_with_what_was_charged_since_an_old_report(
    hass: HomeAssistant, set_up: Builder
) -> None:
    red = vehicle(
        "Red one",
        "red",
        switch="switch.red",
        battery="sensor.red",
        connector="032E",
        capacity=50.0,
    )
    hass.states.async_set("switch.red", "on")
    report_level(hass, 20)
    scene = await set_up((OLD, quick_car()), subentries=[red])
    texts = await async_texts(hass, "en")

    def level() -> int | None:
        live = bus_as_live(hass, scene.entry, texts, dt_util.now())
        return (live["connectors"][0]["vehicle"] or {}).get("level")

    await scene.until(lambda: level() == 20)
    await asyncio.sleep(2 * 3600)
    # Of the first quarter of an hour the report still counts as new.
    assert hass.states.is_state("sensor.red", "20")
    assert 45 <= (level() or 0) <= 54


async def test_a_page_is_sent_what_a_vehicle_still_takes_and_up_to_which_level(
    hass: HomeAssistant, set_up: Builder, all_entities: None
) -> None:
    red = vehicle("Red one", "red", battery="sensor.red", connector="032E", capacity=50.0)  # fmt: skip
    report_level(hass, 20)
    scene = await set_up((OLD, quick_car()), subentries=[red])
    texts = await async_texts(hass, "en")

    def sent() -> dict[str, Any]:
        live = bus_as_live(hass, scene.entry, texts, dt_util.now())
        return dict(live["connectors"][0]["vehicle"] or {})

    await scene.until(lambda: sent().get("level") == 20)
    # To 100 %, of which 88 % of what the connector gives arrive.
    assert (sent()["target"], sent()["rest_kwh"]) == (None, 45.5)
    await choose(scene, "stop_at", 80)
    assert (sent()["target"], sent()["rest_kwh"]) == (80, 34.1)
    report_level(hass, 85)
    await scene.until(lambda: sent()["level"] == 85)
    assert sent()["rest_kwh"] == 0
    report_level(hass, "unknown")
    await scene.until(lambda: sent()["level"] is None)
    assert sent()["rest_kwh"] is None
