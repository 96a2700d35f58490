"""Nothing charges, and an issue says why: a lost adapter, a connector that is gone, a bus that cannot be set up."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, WallConnector

from .adapters import MemoryAdapter, MemoryPorts
from .conftest import ENTRY_DATA
from .helpers import async_until, entity_id, keep_known, quick_car
from .scene import NEW, OLD, OTHER, Builder, Scene


def words(scene: Scene, problem: str) -> dict[str, str]:
    """Return what an issue names."""
    issue = scene.problem(problem)
    assert issue is not None
    return issue.translation_placeholders or {}


async def test_a_lost_adapter_is_reported_after_a_minute_until_it_is_back(
    set_up: Builder, adapter: MemoryAdapter
) -> None:
    scene = await set_up((OLD, quick_car()))
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")

    # One that comes back soon is no news.
    adapter.unplug()
    await asyncio.sleep(40)
    adapter.replug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "on")
    await asyncio.sleep(70)
    assert scene.problem("port_lost") is None

    adapter.unplug()
    after = await scene.until(lambda: scene.problem("port_lost") is not None)
    assert 59.9 < after < 75
    assert words(scene, "port_lost") == {
        "bus": "TWC Manager",
        "device": str(adapter.path),
    }
    await asyncio.sleep(600)
    assert scene.problem("port_lost") is not None
    adapter.replug()
    assert await scene.until(lambda: scene.problem("port_lost") is None) < 30
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    assert scene.problem("connector_lost") is None


async def test_without_a_car_a_lost_adapter_is_reported_too(
    set_up: Builder, adapter: MemoryAdapter
) -> None:
    scene = await set_up((OLD, None))
    adapter.unplug()
    after = await scene.until(lambda: scene.problem("port_lost") is not None)
    assert 59.9 < after < 75


async def test_a_connector_that_is_gone_with_a_car_is_reported_until_it_is_back(
    set_up: Builder,
) -> None:
    scene = await set_up((NEW, None), (OTHER, quick_car()))
    new, other = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "charging")
    other.power_down()
    # No car is waiting at this one.
    new.power_down()
    after = await scene.until(lambda: scene.problem("connector_lost") is not None)
    assert 59.9 < after < 110
    assert words(scene, "connector_lost")["connectors"] == "2431"
    await asyncio.sleep(120)
    assert words(scene, "connector_lost")["connectors"] == "2431"
    other.power_up()
    await scene.until(lambda: scene.problem("connector_lost") is None)


async def test_a_car_that_was_unplugged_before_is_not_missed(set_up: Builder) -> None:
    scene = await set_up((NEW, quick_car()), (OTHER, None))
    new, _ = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", NEW) == "charging")
    new.unplug()
    await scene.until(lambda: scene.state("sensor.status", NEW) == "disconnected")
    new.power_down()
    await asyncio.sleep(300)
    assert scene.state("sensor.status", NEW) == "unavailable"
    assert scene.problem("connector_lost") is None


async def test_a_connector_that_the_owner_removes_is_no_longer_missed(
    set_up: Builder,
) -> None:
    scene = await set_up((NEW, None), (OTHER, quick_car()))
    _, other = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "charging")
    other.power_down()
    await scene.until(lambda: scene.problem("connector_lost") is not None)
    scene.entry.runtime_data.async_forget(OTHER)
    await scene.until(lambda: scene.problem("connector_lost") is None)


async def test_the_problem_of_another_bus_stays(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    adapter: MemoryAdapter,
    config_entry: MockConfigEntry,
    memory_ports: MemoryPorts,
    tmp_path: Path,
) -> None:
    garage_bus = Bus(hass.loop, seed=2)
    garage_bus.start()
    garage_adapter = MemoryAdapter(garage_bus, memory_ports, tmp_path / "garage")
    garage = MockConfigEntry(
        domain=DOMAIN,
        title="Garage",
        data={CONF_DEVICE: str(garage_adapter.path), **ENTRY_DATA},
    )
    garage.add_to_hass(hass)
    for entry, on in ((config_entry, bus), (garage, garage_bus)):
        on.add(WallConnector(NEW)).plug_in(quick_car())
        keep_known(hass_storage, entry, NEW)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    for entry in config_entry, garage:
        connection = entity_id(hass, entry, "binary_sensor", "connection")
        await async_until(hass, partial(hass.states.is_state, connection, "on"))

    adapter.unplug()
    garage_adapter.unplug()
    await asyncio.sleep(80)
    assert is_reported(hass, config_entry, "port_lost")
    assert is_reported(hass, garage, "port_lost")

    adapter.replug()
    await asyncio.sleep(30)
    assert not is_reported(hass, config_entry, "port_lost")
    assert is_reported(hass, garage, "port_lost")
    await hass.config_entries.async_unload(config_entry.entry_id)
    assert is_reported(hass, garage, "port_lost")
    await hass.config_entries.async_unload(garage.entry_id)
    assert not is_reported(hass, garage, "port_lost")
    garage_bus.stop()


def is_reported(hass: HomeAssistant, entry: MockConfigEntry, problem: str) -> bool:
    issue_id = f"{problem}_{entry.entry_id}"
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None


async def test_a_bus_that_cannot_be_set_up_is_reported_until_it_is(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, adapter: MemoryAdapter
) -> None:
    adapter.unplug()
    assert not await hass.config_entries.async_setup(config_entry.entry_id)
    await asyncio.sleep(50)
    assert not is_reported(hass, config_entry, "not_set_up")
    await asyncio.sleep(60)
    assert is_reported(hass, config_entry, "not_set_up")
    adapter.replug()
    await asyncio.sleep(200)
    assert config_entry.state is ConfigEntryState.LOADED
    assert not is_reported(hass, config_entry, "not_set_up")


async def test_a_bus_that_is_disabled_is_not_missed(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, adapter: MemoryAdapter
) -> None:
    adapter.unplug()
    assert not await hass.config_entries.async_setup(config_entry.entry_id)
    await asyncio.sleep(110)
    assert is_reported(hass, config_entry, "not_set_up")
    await hass.config_entries.async_set_disabled_by(
        config_entry.entry_id, ConfigEntryDisabler.USER
    )
    assert not is_reported(hass, config_entry, "not_set_up")
