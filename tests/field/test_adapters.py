"""Adapters, networks and wires between Home Assistant and the wall connectors."""

import asyncio
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, WallConnector
from tests.adapters import Adapter, MemoryAdapter, MemoryPorts
from tests.helpers import USUAL_GAP, async_until, keep_known, quick_car
from tests.scene import NEW, OLD, OTHER, Builder, Scene

from .arrangements import (
    NetworkAdapter,
    announce,
    interruptions,
    issues,
    reported,
    status,
    twc,
)


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
    await asyncio.sleep(180)
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
    await asyncio.sleep(240)
    assert scene.bus.safety.heartbeats[NEW].longest_gap < USUAL_GAP
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


async def test_a_connector_that_does_not_receive_us_is_reported(
    set_up: Builder, network: NetworkAdapter
) -> None:
    """ngardiner/TWCManager#413: the adapter received, but did not transmit; nothing but announcements in the log."""
    network.transmits = False
    scene = await set_up()
    scene.bus.add(WallConnector(0x2510, rating=32.0))
    await scene.until(lambda: "not_hearing" in issues(scene), 180)
    assert "2510" in reported(scene, "not_hearing")
    network.transmits = True
    await scene.until(lambda: issues(scene) == set(), 180)
    await scene.until(lambda: status(scene, 0x2510) in {"ready", "disconnected"})


async def test_what_the_owner_set_can_be_changed_while_the_adapter_is_away(
    set_up: Builder, adapter: Adapter
) -> None:
    """mletenay/home-assistant-tigo#6: whatever was out of reach for a while was not available, settings and all."""
    scene = await _charging(set_up, OLD)
    adapter.unplug()
    await scene.until(lambda: status(scene, OLD) == "unavailable", 120)
    await scene.choose("number.charge_limit", 16, OLD)
    await scene.choose("number.priority", 3, OLD)
    adapter.replug()
    await scene.until(lambda: twc(scene, OLD).offered == 16, 300)
    await scene.until(lambda: twc(scene, OLD).drawn > 14, 120)
    assert scene.state("number.priority", OLD) == "3"


def _as_shown(result: Any, **other: Any) -> dict[str, Any] | None:
    """Return the input of an owner who changes some fields only; None where there is no form."""
    if result["type"] is FlowResultType.MENU:
        return {"next_step_id": "save"}
    if result["type"] is not FlowResultType.FORM:
        return None
    fields = result["data_schema"].schema if result["data_schema"] else {}
    shown = {str(key): (key.description or {}).get("suggested_value") for key in fields}
    return {
        key: other.get(key, value) for key, value in shown.items() if value is not None
    }


async def test_an_adapter_with_another_name_is_chosen_again_and_nothing_is_lost(
    hass: HomeAssistant,
    set_up: Builder,
    adapter: Adapter,
    bus: Bus,
    memory_ports: MemoryPorts,
    tmp_path: Path,
) -> None:
    """bigbadoooff/thz#84, davesmeghead/visonic#81, 0xAHA/Growatt_ModbusTCP#383: after a restart the port had another number."""
    scene = await _charging(set_up, OLD)
    await scene.choose("number.charge_limit", 18, OLD)
    limit = scene.id("number.charge_limit", OLD)
    adapter.unplug()
    moved = MemoryAdapter(bus, memory_ports, tmp_path / "ttyUSB1")
    flows = hass.config_entries.flow
    result: Any = await flows.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": scene.entry.entry_id},
    )
    for _ in range(8):
        if result["type"] is FlowResultType.ABORT:
            break
        if result["type"] is FlowResultType.SHOW_PROGRESS:
            await hass.async_block_till_done(wait_background_tasks=True)
        result = await flows.async_configure(
            result["flow_id"], _as_shown(result, device=str(moved.path))
        )
    assert result["reason"] == "reconfigure_successful"
    await scene.until(lambda: twc(scene, OLD).offered == 18, 300)
    await scene.until(lambda: twc(scene, OLD).drawn > 16, 120)
    assert scene.id("number.charge_limit", OLD) == limit
    assert scene.state("number.charge_limit", OLD) == "18"
    moved.close()


async def test_noise_that_looks_like_a_connector_is_no_device_and_costs_minutes_at_most(
    hass: HomeAssistant, set_up: Builder
) -> None:
    """ngardiner/TWCManager#229, #473: announcements of connectors that do not exist, among damaged ones, on a bad line."""
    scene = await _charging(set_up, OLD, NEW)
    before = er.async_entries_for_config_entry(er.async_get(hass), scene.entry.entry_id)
    for connector_id, sign in ((0x00F2, 0x8B), (0x4704, 0x93)):
        announce(scene.bus, connector_id, sign=sign, amps=32.0)
        await asyncio.sleep(40)
    # A connector that announces itself may draw: for a minute the others leave room for that.
    await scene.until(
        lambda: twc(scene, OLD).offered + twc(scene, NEW).offered == 48, 240
    )
    await scene.until(
        lambda: min(item.drawn for item in scene.bus.connectors) > 20, 120
    )
    assert interruptions(scene) == 0
    after = er.async_entries_for_config_entry(er.async_get(hass), scene.entry.entry_id)
    assert {item.entity_id for item in after} == {item.entity_id for item in before}
    assert issues(scene) == set()
