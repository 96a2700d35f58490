"""What an owner sees of the peak budget."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.dashboard.buses import bus_as_live
from custom_components.twc_manager.state.texts import async_texts

from .helpers import quick_car
from .scene import GRID, OLD, Builder, Scene

pytestmark = pytest.mark.starts_at(datetime(2026, 1, 14, 12, 0, 5, tzinfo=UTC))

FLANDERS = {"green_source": "grid", "green_grid": GRID, "peak_tariff": "flanders"}


def _id(scene: Scene, domain: str, key: str) -> str:
    unique_id = f"{scene.entry.entry_id}_{key}"
    found = er.async_get(scene.hass).async_get_entity_id(domain, DOMAIN, unique_id)
    assert found is not None
    return found


def _value(scene: Scene, key: str) -> float:
    state = scene.hass.states.get(_id(scene, "sensor", key))
    assert state is not None
    return float(state.state)


async def _target(scene: Scene, kilowatts: float) -> None:
    await scene.hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": _id(scene, "number", "peak_target"), "value": kilowatts},
        blocking=True,
    )


async def _set_up(set_up: Builder, **options: Any) -> Scene:
    return await set_up((OLD, quick_car()), **{**FLANDERS, **options})


async def test_a_car_charges_within_the_budget_and_its_sensors_show_it(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await _set_up(set_up)
    twc = scene.bus.connectors[0]
    # 2.5 kW, the floor of the tariff, are too little for the minimum of 12 A.
    await scene.until(lambda: scene.why(OLD) == "peak_budget", 120)
    assert _value(scene, "peak_budget") == 2.5
    await _target(scene, 5)
    await scene.until(lambda: twc.drawn > 12, 120)
    await scene.until(lambda: twc.offered >= 19, 120)
    assert twc.offered <= 24
    assert scene.why() == "peak_budget"
    texts = await async_texts(hass, "en")

    def left() -> float:
        live = bus_as_live(hass, scene.entry, texts, dt_util.now())
        amps: float = live["left"]["peak"]
        return amps

    await scene.until(lambda: 0 <= left() < 3, 60)
    sentence = hass.states.get(scene.id("sensor.limited_by", OLD))
    assert sentence is not None
    assert "peak budget leaves" in sentence.attributes["explanation"]
    assert _value(scene, "peak_budget") == 5
    await scene.until(lambda: _value(scene, "peak_expected") > 4, 300)
    assert _value(scene, "peak_expected") <= 5
    # A quarter later the peak of the month is what this one came to.
    await scene.until(lambda: 2 < _value(scene, "peak_paid") <= 5, 1000)


async def test_a_silent_meter_is_reported_and_nothing_charges(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await _set_up(set_up)
    await _target(scene, 6)
    twc = scene.bus.connectors[0]
    await scene.until(lambda: twc.drawn > 12, 120)
    scene.house.says = "unavailable"
    await scene.until(lambda: not twc.drawn, 120)
    await scene.until(lambda: scene.why(OLD) == "sensor_stale", 60)
    await scene.until(lambda: scene.problem("peak_silent") is not None, 120)
    scene.house.says = None
    await scene.until(lambda: scene.problem("peak_silent") is None, 60)
    await scene.until(lambda: twc.drawn > 12, 200)


async def test_the_meter_reports_the_peak_of_the_month(
    hass: HomeAssistant, set_up: Builder
) -> None:
    hass.states.async_set("sensor.peak", "6800", {"unit_of_measurement": "W"})
    scene = await _set_up(set_up, peak_meter="sensor.peak")
    twc = scene.bus.connectors[0]
    await scene.until(lambda: twc.drawn > 12, 120)
    assert _value(scene, "peak_budget") == 6.8
    assert _value(scene, "peak_paid") == 6.8
    # A value that makes no sense raises nothing.
    hass.states.async_set("sensor.peak", "900000", {"unit_of_measurement": "W"})
    await scene.until(lambda: _value(scene, "peak_budget") < 6.8, 60)


async def test_what_was_measured_survives_a_reload(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: Builder
) -> None:
    scene = await _set_up(set_up)
    await _target(scene, 5)
    await scene.until(lambda: _value(scene, "peak_paid") > 2, 1100)
    before = _value(scene, "peak_paid")

    def stored() -> list[Any]:
        kept = hass_storage.get(f"{DOMAIN}.peaks", {"data": {}})
        return [item for meter in kept["data"].values() for item in meter["records"]]

    await scene.until(lambda: bool(stored()), 60)
    await scene.reload()
    await scene.until(lambda: _value(scene, "peak_paid") >= before, 60)


async def test_what_was_measured_goes_with_the_last_bus(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: Builder
) -> None:
    scene = await _set_up(set_up)
    other = MockConfigEntry(domain=DOMAIN)
    other.add_to_hass(hass)
    await scene.until(lambda: f"{DOMAIN}.peaks" in hass_storage, 1100)
    await hass.config_entries.async_remove(scene.entry.entry_id)
    # The other bus may be behind the same meter.
    assert f"{DOMAIN}.peaks" in hass_storage
    await hass.config_entries.async_remove(other.entry_id)
    await asyncio.sleep(60)
    assert not [key for key in hass_storage if key.startswith(DOMAIN)]


async def test_hours_that_do_not_count_limit_nothing(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await _set_up(set_up, peak_start="14:00:00", peak_end="15:00:00")
    await scene.until(lambda: scene.bus.connectors[0].offered == 40, 120)
    state = hass.states.get(_id(scene, "sensor", "peak_budget"))
    assert state is not None
    assert state.state == "unknown"
