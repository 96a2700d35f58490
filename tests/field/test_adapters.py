"""Adapters, networks and wires between Home Assistant and the wall connectors."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Bus, WallConnector
from tests.adapters import Adapter
from tests.helpers import async_until, keep_known, quick_car
from tests.scene import NEW, OLD, OTHER, Builder, Scene

from .arrangements import NetworkAdapter, interruptions, issues, status, told, twc


async def _charging(set_up: Builder, *connector_ids: int) -> Scene:
    """Return a scene in which a car charges at each connector."""
    scene = await set_up(*((item, quick_car(soc=10)) for item in connector_ids))
    await scene.until(lambda: min(item.drawn for item in scene.bus.connectors) > 10)
    return scene


async def test_an_adapter_that_is_plugged_in_after_the_start_is_used_by_itself(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    adapter: Adapter,
) -> None:
    """ngardiner/TWCManager#456: there was no adapter when the program started."""
    connector = bus.add(WallConnector(NEW))
    connector.plug_in(quick_car())
    keep_known(hass_storage, config_entry, NEW)
    adapter.unplug()
    assert not await hass.config_entries.async_setup(config_entry.entry_id)
    assert config_entry.state is ConfigEntryState.SETUP_RETRY
    await asyncio.sleep(20)
    adapter.replug()
    await async_until(hass, lambda: connector.drawn > 30, bus=bus, seconds=120)
    assert connector.car is not None
    assert connector.car.interruptions == 0


async def test_an_adapter_with_a_loose_plug_interrupts_no_car(
    set_up: Builder, adapter: Adapter
) -> None:
    """ngardiner/TWCManager#307: the port broke in the middle of reading, again and again."""
    scene = await _charging(set_up, OLD, NEW)
    for _ in range(4):
        adapter.unplug()
        await asyncio.sleep(3)
        adapter.replug()
        await scene.until(lambda: scene.state("binary_sensor.connection") == "on", 30)
        await asyncio.sleep(20)
    assert interruptions(scene) == 0
    assert twc(scene, OLD).drawn + twc(scene, NEW).drawn > 40
    assert issues(scene) == set()


async def test_a_slow_network_is_no_bad_wire(
    set_up: Builder, all_entities: None, network: NetworkAdapter
) -> None:
    """ngardiner/TWCManager#395: answers over a wireless serial server came 0.3 s late."""
    network.delay_s = 0.15
    scene = await _charging(set_up, OLD, NEW)
    await asyncio.sleep(60)
    assert interruptions(scene) == 0
    assert twc(scene, OLD).drawn + twc(scene, NEW).drawn > 40
    assert int(scene.state("sensor.missed_answers")) < 5
    assert issues(scene) == set()


async def test_frames_that_a_network_cuts_and_spoils_interrupt_no_car(
    set_up: Builder, all_entities: None, network: NetworkAdapter
) -> None:
    """ngardiner/TWCManager#473: three connectors behind a serial server with wrong lengths and checksums."""
    scene = await _charging(set_up, OLD, NEW, OTHER)
    faults = scene.bus.faults
    network.delay_s, faults.split, faults.corrupt, faults.noise = 0.03, 0.5, 0.05, 0.05
    await asyncio.sleep(300)
    assert interruptions(scene) == 0
    assert min(item.drawn for item in scene.bus.connectors) > 10
    assert int(scene.state("sensor.bad_frames")) > 10
    assert issues(scene) == set()


async def test_a_car_whose_vin_is_not_read_does_not_crowd_out_the_heartbeats(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#453: requests for the VIN took the place of heartbeats; the link broke after minutes."""
    scene = await set_up((NEW, None))
    connector = twc(scene, NEW)
    connector.mute |= {0xEE, 0xEF, 0xF1, 0xEB, 0xB4}
    connector.plug_in(quick_car(soc=10))
    await asyncio.sleep(300)
    assert scene.bus.safety.heartbeats[NEW].longest_gap < 2.5
    assert connector.drawn > 30
    assert interruptions(scene) == 0


async def test_an_adapter_that_hears_itself_is_no_second_master(
    set_up: Builder, all_entities: None
) -> None:
    """dracoventions/TWCManager#16: an adapter that echoes looks like one more master."""
    scene = await set_up((NEW, quick_car()))
    scene.bus.faults.echo = True
    await asyncio.sleep(120)
    assert twc(scene, NEW).drawn > 30
    assert issues(scene) == set()
    assert scene.state("sensor.bad_frames") == "0"


async def test_a_connector_that_does_not_hear_us_is_told(
    set_up: Builder, network: NetworkAdapter
) -> None:
    """ngardiner/TWCManager#413: the adapter received, but did not transmit; nothing but announcements in the log."""
    network.transmits = False
    scene = await set_up()
    scene.bus.add(WallConnector(0x2510, rating=32.0))
    await scene.until(lambda: "not_hearing" in issues(scene), 180)
    assert "2510" in told(scene, "not_hearing")
    network.transmits = True
    await scene.until(lambda: issues(scene) == set(), 180)
    await scene.until(lambda: status(scene, 0x2510) in {"ready", "disconnected"})


async def test_a_line_that_breaks_in_one_direction_while_a_car_charges_is_told(
    set_up: Builder, network: NetworkAdapter
) -> None:
    """jnicolson/twc-controller#4: the connector was heard, but nothing that was sent reached it."""
    scene = await _charging(set_up, NEW)
    network.transmits = False
    await scene.until(lambda: "not_hearing" in issues(scene), 180)
    assert "1839" in told(scene, "not_hearing")
    network.transmits = True
    await scene.until(lambda: issues(scene) == set(), 180)
    await scene.until(lambda: twc(scene, NEW).drawn > 10)
