"""A sensor lives by its own reports, by other measurements of its device, or by the sources that it is made of."""

import asyncio
from math import isfinite
from typing import Any, Final
from unittest.mock import patch

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_mqtt_message,
    mock_restore_cache_with_extra_data,
)

from custom_components.twc_manager.charging.supply.fuse_reading import FuseReading
from custom_components.twc_manager.charging.supply.main_fuse import FuseGuard
from custom_components.twc_manager.charging.supply.surplus import available_w
from custom_components.twc_manager.const import CONF_PHASES, CONF_VOLTAGE, DOMAIN
from custom_components.twc_manager.inputs.watcher import SensorInputs
from tests.charging.supply.guard import allow
from tests.conftest import ENTRY_DATA

from .test_watcher import NOBODY

CONFIGURED: Final = "homeassistant.config.load_yaml_config_file"


@pytest.fixture
async def mqtt_meter(hass: HomeAssistant, mqtt_mock: Any) -> None:
    """Set up a meter and a house battery, one device each, that Home Assistant knows by MQTT."""

    def sensor(device: str, name: str, unit: str, device_class: str) -> dict[str, Any]:
        return {
            "name": name,
            "unique_id": f"{device}_{name}",
            "default_entity_id": f"sensor.{name}",
            "state_topic": f"{device}/{name}",
            "unit_of_measurement": unit,
            "device_class": device_class,
            "device": {"identifiers": [device], "name": device},
        }

    sensors = [sensor("meter", f"l{phase}", "A", "current") for phase in (1, 2, 3)]
    sensors += [
        sensor("meter", "grid", "W", "power"),
        sensor("storage", "battery", "W", "power"),
        sensor("storage", "cells", "V", "voltage"),
    ]
    with patch(CONFIGURED, return_value={"mqtt": {"sensor": sensors}}):
        await hass.services.async_call("mqtt", "reload", blocking=True)
    await hass.async_block_till_done()


async def test_values_that_mqtt_repeats_stop_no_charging(
    hass: HomeAssistant,
    mqtt_meter: None,
) -> None:
    """Home Assistant writes no state for an MQTT value that is the same as before."""
    options = {
        "green_source": "grid",
        "green_grid": "sensor.grid",
        "green_battery_power": "sensor.battery",
        "fuse_size": 25,
        **{f"fuse_current_l{phase}": f"sensor.l{phase}" for phase in (1, 2, 3)},
    }
    data = {**ENTRY_DATA, CONF_PHASES: 3, CONF_VOLTAGE: 230}
    entry = MockConfigEntry(domain=DOMAIN, data=data, options=options)
    entry.add_to_hass(hass)
    inputs = SensorInputs(hass, entry)
    stop = inputs.async_start(lambda: None)
    assert inputs.options.fuse is not None
    assert inputs.options.green is not None
    guard = FuseGuard(inputs.options.fuse.config)
    silent_at, unknown_at = [], []
    for second in range(0, 1200, 5):
        await asyncio.sleep(5)
        values = {"meter/l1": 12, "meter/l2": 2, "meter/l3": 0, "storage/battery": 0}
        values |= {"meter/grid": -3000 - second % 7, "storage/cells": 50 + second % 3}
        for topic, value in values.items():
            async_fire_mqtt_message(hass, topic, str(value))
        await hass.async_block_till_done()
        house = inputs.read(hass.loop.time(), NOBODY)
        assert house.readings is not None
        allow(
            guard,
            hass.loop.time(),
            house.fuse,
            drawn=10,
            changed_at=0,
            minimum=6,
            held=10,
        )
        config = inputs.options.green.config
        surplus = available_w(house.readings, config, 2300.0, hass.loop.time())
        if second > 10 and guard.silent:
            silent_at.append(second)
        if second > 10 and surplus.watts is None:
            unknown_at.append(second)
    stop()
    assert silent_at == []
    assert unknown_at == []


METER: Final = "sensor.meter"
WATTS: Final = {"unit_of_measurement": "W", "device_class": "power"}


class Rig:
    """A bus that reads the power at its main fuse from one sensor."""

    def __init__(self, hass: HomeAssistant, entity_id: str = METER) -> None:
        self.hass = hass
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            data=ENTRY_DATA,
            options={"fuse_size": 63, "fuse_power": entity_id},
        )
        self.entry.add_to_hass(hass)
        self.inputs = SensorInputs(hass, self.entry)
        self.changes = 0
        self.stop = self.inputs.async_start(self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def reading(self) -> FuseReading:
        fuse = self.inputs.read(self.hass.loop.time(), NOBODY).fuse
        assert fuse is not None
        return fuse

    def silent(self) -> bool:
        """Return whether the sensor counts as silent."""
        fuse = self.inputs.options.fuse
        assert fuse is not None
        return bool(self.reading().silent(fuse.config, self.hass.loop.time()))

    async def passes(self, seconds: float, *reported: str, value: str = "100") -> None:
        """Let time pass, in which sensors report every 5 s, always the same."""
        for _ in range(round(seconds / 5)):
            await asyncio.sleep(5)
            for entity_id in reported:
                self.hass.states.async_set(entity_id, value, WATTS)
            await self.hass.async_block_till_done()
            self.reading()


@pytest.fixture
def meter_entry(hass: HomeAssistant) -> MockConfigEntry:
    entry = MockConfigEntry(domain="a_meter")
    entry.add_to_hass(hass)
    return entry


def add_to_device(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entity_id: str,
    *,
    platform: str = "a_meter",
    **kwargs: Any,
) -> None:
    """Put a sensor, a power one by default, on the one device of an integration."""
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("a_meter", "1")}
    )
    name = entity_id.partition(".")[2]
    er.async_get(hass).async_get_or_create(
        entity_id.partition(".")[0],
        platform,
        name,
        suggested_object_id=name,
        config_entry=entry,
        device_id=device.id,
        **{"original_device_class": "power", "unit_of_measurement": "W", **kwargs},
    )
    hass.states.async_set(entity_id, "100", WATTS)


async def test_another_measurement_of_its_device_speaks_for_a_sensor(
    hass: HomeAssistant, meter_entry: MockConfigEntry
) -> None:
    add_to_device(hass, meter_entry, METER)
    add_to_device(
        hass,
        meter_entry,
        "sensor.volts",
        original_device_class="voltage",
        unit_of_measurement="V",
    )
    rig = Rig(hass)
    began = hass.loop.time()
    await rig.passes(600, "sensor.volts")
    assert not rig.silent()
    reading = rig.reading()
    assert reading.at == pytest.approx(began, abs=1)
    assert reading.alive == (pytest.approx(hass.loop.time(), abs=1),)
    await rig.passes(70)
    assert rig.silent()


@pytest.mark.parametrize(
    "other",
    [
        {"original_device_class": "signal_strength", "unit_of_measurement": "dBm"},
        {"original_device_class": "duration", "unit_of_measurement": "s"},
        {"original_device_class": "temperature", "unit_of_measurement": "°C"},
        {"entity_category": EntityCategory.DIAGNOSTIC},
        {"platform": "router"},
        {"platform": "template"},
    ],
    ids=["wifi", "uptime", "temperature", "diagnostic", "another", "helper"],
)
async def test_what_a_gateway_says_of_itself_is_no_sign_of_life_of_the_meter(
    hass: HomeAssistant, meter_entry: MockConfigEntry, other: dict[str, Any]
) -> None:
    add_to_device(hass, meter_entry, METER)
    add_to_device(hass, meter_entry, "sensor.other", **other)
    rig = Rig(hass)
    await rig.passes(70, "sensor.other")
    assert rig.silent()


@pytest.mark.parametrize("entity_id", ["button.identify", "update.firmware"])
async def test_what_measures_nothing_is_no_sign_of_life(
    hass: HomeAssistant, meter_entry: MockConfigEntry, entity_id: str
) -> None:
    add_to_device(hass, meter_entry, METER)
    add_to_device(hass, meter_entry, entity_id)
    rig = Rig(hass)
    await rig.passes(70, entity_id)
    assert rig.silent()


async def test_an_unavailable_sensor_is_not_kept_alive_by_its_device(
    hass: HomeAssistant, meter_entry: MockConfigEntry
) -> None:
    add_to_device(hass, meter_entry, METER)
    add_to_device(hass, meter_entry, "sensor.other")
    rig = Rig(hass)
    assert not rig.silent()
    hass.states.async_set(METER, "unavailable", WATTS)
    hass.states.async_set("sensor.other", "100", WATTS)
    assert rig.silent()


async def add_helper(
    hass: HomeAssistant, domain: str, title: str, **options: Any
) -> str:
    """Add a helper as its form does; return its entity id."""
    entry = MockConfigEntry(
        domain=domain, title=title, options={"name": title, **options}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return f"sensor.{title}"


async def add_sum(hass: HomeAssistant, title: str, *entities: str) -> str:
    return await add_helper(
        hass,
        "group",
        title,
        group_type="sensor",
        entities=list(entities),
        type="sum",
        ignore_non_numeric=True,
        unit_of_measurement="W",
        device_class="power",
    )


async def add_template(hass: HomeAssistant, title: str, state: str) -> str:
    return await add_helper(
        hass,
        "template",
        title,
        template_type="sensor",
        state=state,
        unit_of_measurement="W",
        device_class="power",
    )


async def add_yaml(hass: HomeAssistant, title: str, **config: Any) -> str:
    """Add a helper in YAML, of which only the object behind it knows the sources."""
    config = {"name": title, **config}
    assert await async_setup_component(hass, "sensor", {"sensor": [config]})
    await hass.async_block_till_done()
    return f"sensor.{title}"


DIFFERENCE: Final = (
    "{{ states('sensor.a') | float(0) - states('sensor.b') | float(0) }}"
)


async def a_helper(hass: HomeAssistant, kind: str) -> str:
    """Add a helper that is made of two sensors."""
    match kind:
        case "sum":
            return await add_sum(hass, "made", "sensor.a", "sensor.b")
        case "template":
            return await add_template(hass, "made", DIFFERENCE)
        case "yaml minimum":
            entities = ["sensor.a", "sensor.b"]
            return await add_yaml(
                hass, "made", platform="min_max", entity_ids=entities, type="max"
            )
        case "yaml template":
            config = {"name": "made", "state": DIFFERENCE, **WATTS}
            await async_setup_component(
                hass, "template", {"template": [{"sensor": [config]}]}
            )
        case "yaml template with triggers":
            trigger = {"trigger": "state", "entity_id": ["sensor.a", "sensor.b"]}
            config = {"name": "made", "state": "{{ 7 }}", **WATTS}
            await async_setup_component(
                hass,
                "template",
                {"template": [{"triggers": [trigger], "sensor": [config]}]},
            )
            hass.states.async_set("sensor.a", "101", WATTS)
        case "sum of a template":
            made = await add_template(hass, "part", DIFFERENCE)
            return await add_sum(hass, "made", made, "sensor.a")
    await hass.async_block_till_done()
    return "sensor.made"


HELPERS: Final = [
    "sum",
    "template",
    "yaml minimum",
    "yaml template",
    "yaml template with triggers",
    "sum of a template",
]


@pytest.mark.parametrize("kind", HELPERS)
async def test_a_helper_lives_as_long_as_all_its_sources(
    hass: HomeAssistant, kind: str
) -> None:
    for source in ("sensor.a", "sensor.b"):
        hass.states.async_set(source, "100", WATTS)
    rig = Rig(hass, await a_helper(hass, kind))
    await rig.passes(200, "sensor.a", "sensor.b")
    assert not rig.silent()
    assert hass.loop.time() - rig.reading().at > 190
    # The helper is written for each of these, though the other of its sources is dead.
    for value in range(101, 115):
        await rig.passes(5, "sensor.a", value=str(value))
    assert rig.silent()
    await rig.passes(5, "sensor.a", "sensor.b", value="90")
    assert not rig.silent()


@pytest.mark.parametrize("kind", HELPERS)
async def test_a_helper_with_a_source_that_is_not_available_has_no_value(
    hass: HomeAssistant, kind: str
) -> None:
    for source in ("sensor.a", "sensor.b"):
        hass.states.async_set(source, "100", WATTS)
    rig = Rig(hass, await a_helper(hass, kind))
    assert not rig.silent()
    before = rig.changes
    hass.states.async_set("sensor.b", "unavailable", WATTS)
    assert rig.changes > before
    await rig.passes(5, "sensor.a", value="120")
    assert rig.silent()
    assert not isfinite(rig.reading().power_w or 0)
    await rig.passes(5, "sensor.b")
    assert not rig.silent()


async def test_settings_in_a_template_need_not_speak(hass: HomeAssistant) -> None:
    hass.states.async_set("input_number.offset", "5")
    hass.states.async_set("sensor.mode", "normal")
    hass.states.async_set("sensor.a", "100", WATTS)
    formula = (
        "{% if is_state('sensor.mode', 'normal') %}"
        "{{ states('sensor.a') | float + states('input_number.offset') | float }}"
        "{% endif %}"
    )
    rig = Rig(hass, await add_template(hass, "made", formula))
    await rig.passes(200, "sensor.a")
    assert not rig.silent()


@pytest.mark.parametrize("kind", ["template", "yaml template"])
async def test_a_helper_of_sources_without_a_unit_lives_as_long_as_all_of_them(
    hass: HomeAssistant, kind: str
) -> None:
    """As REST and MQTT make them of what a meter sends, phase by phase."""
    for source in ("sensor.a", "sensor.b"):
        hass.states.async_set(source, "100")
    rig = Rig(hass, await a_helper(hass, kind))
    for value in range(20):
        await asyncio.sleep(5)
        for source in ("sensor.a", "sensor.b"):
            hass.states.async_set(source, str(value))
    assert not rig.silent()
    for value in range(101, 115):
        await asyncio.sleep(5)
        hass.states.async_set("sensor.a", str(value))
    assert rig.silent()
    hass.states.async_set("sensor.b", "unavailable")
    await asyncio.sleep(60)
    hass.states.async_set("sensor.a", "7")
    assert rig.silent()


async def test_a_text_beside_a_source_without_a_unit_need_not_speak(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("sensor.mode", "normal")
    hass.states.async_set("sensor.a", "100")
    formula = "{{ states('sensor.a') if is_state('sensor.mode', 'normal') else 0 }}"
    rig = Rig(hass, await add_template(hass, "made", formula))
    for value in range(40):
        await asyncio.sleep(5)
        hass.states.async_set("sensor.a", str(value))
    assert not rig.silent()


async def test_helpers_that_name_each_other_do_not_hang(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.a", "100", WATTS)
    for one, other in (METER, "sensor.two"), ("sensor.two", METER):
        sources = [other, one, "sensor.a"]
        hass.states.async_set(one, "100", {**WATTS, "entity_id": sources})
    rig = Rig(hass)
    await rig.passes(200, "sensor.a")
    assert not rig.silent()
    await rig.passes(70)
    assert rig.silent()


async def test_a_value_from_before_a_restart_is_none(
    hass: HomeAssistant, mqtt_mock: Any
) -> None:
    extra = {"native_value": 100, "native_unit_of_measurement": "W"}
    mock_restore_cache_with_extra_data(hass, [(State(METER, "100", WATTS), extra)])
    sensors = [
        {
            "name": name,
            "unique_id": name,
            "default_entity_id": f"sensor.{name}",
            "state_topic": name,
            "expire_after": 3600,
            "device": {"identifiers": ["meter"]},
            **WATTS,
        }
        for name in ("meter", "other")
    ]
    with patch(CONFIGURED, return_value={"mqtt": {"sensor": sensors}}):
        await hass.services.async_call("mqtt", "reload", blocking=True)
    await hass.async_block_till_done()
    shown = hass.states.get(METER)
    assert shown is not None
    assert float(shown.state) == 100
    rig = Rig(hass)
    await asyncio.sleep(5)
    assert rig.silent()
    async_fire_mqtt_message(hass, "other", "7")
    await hass.async_block_till_done()
    assert rig.silent()
    async_fire_mqtt_message(hass, "meter", "120")
    await hass.async_block_till_done()
    assert not rig.silent()


async def test_a_value_that_stands_after_a_reload_is_confirmed_by_its_device(
    hass: HomeAssistant, mqtt_mock: Any
) -> None:
    """Home Assistant restores it, and writes no state for the same value that comes by MQTT."""
    sensors = [
        {
            "name": name,
            "unique_id": name,
            "default_entity_id": f"sensor.{name}",
            "state_topic": name,
            "expire_after": 120,
            "device": {"identifiers": ["meter"]},
            **WATTS,
        }
        for name in ("meter", "other")
    ]
    with patch(CONFIGURED, return_value={"mqtt": {"sensor": sensors}}):
        await hass.services.async_call("mqtt", "reload", blocking=True)
        await publish(hass, meter=100, other=7)
        rig = Rig(hass)
        await asyncio.sleep(5)
        assert not rig.silent()
        await hass.services.async_call("mqtt", "reload", blocking=True)
    await hass.async_block_till_done()
    shown = hass.states.get(METER)
    assert shown is not None
    assert float(shown.state) == 100
    restored_at = hass.loop.time()
    # The gateway reports at once, and the meter may have been away all the time.
    for second in range(0, 25, 5):
        await publish(hass, other=8 + second)
        assert rig.silent()
        await asyncio.sleep(5)
    for second in range(60):
        await asyncio.sleep(5)
        await publish(hass, meter=100, other=8 + second)
        assert rig.silent() is (hass.loop.time() < restored_at + 30)
    # Only its own messages keep it: without them Home Assistant makes it unavailable.
    for second in range(30):
        await asyncio.sleep(5)
        await publish(hass, other=8 + second)
    assert rig.silent()


async def test_a_rename_confirms_no_value_from_before_a_restart(
    hass: HomeAssistant,
) -> None:
    """Its entity writes the same value under the new id, as if it had just been measured."""
    mock_restore_cache_with_extra_data(hass, [(State(METER, "100", WATTS), {})])
    registry = er.async_get(hass)
    registry.async_get_or_create("sensor", "a", "1", suggested_object_id="meter")
    hass.states.async_set(METER, "100", WATTS)
    rig = Rig(hass)
    await asyncio.sleep(5)
    assert rig.silent()

    registry.async_update_entity(METER, new_entity_id="sensor.mains")
    hass.states.async_remove(METER)
    hass.states.async_set("sensor.mains", "100", WATTS)
    await hass.async_block_till_done()
    assert rig.silent()
    await asyncio.sleep(20)
    assert rig.silent()
    hass.states.async_set("sensor.mains", "120", WATTS)
    assert not rig.silent()


async def publish(hass: HomeAssistant, **values: float) -> None:
    for topic, value in values.items():
        async_fire_mqtt_message(hass, topic, str(value))
    await hass.async_block_till_done()


async def test_a_sensor_alone_is_silent_after_what_the_owner_allows(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(METER, "100", WATTS)
    rig = Rig(hass)
    await rig.passes(55)
    assert not rig.silent()
    await rig.passes(10)
    assert rig.silent()
