"""Setting up, losing the port, unloading, reloading and removing a bus."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, SecondMaster, WallConnector

from .adapters import MemoryAdapter, MemoryPorts
from .conftest import ENTRY_DATA
from .helpers import async_frames, async_until, entity_id, keep_known, quick_car, state

ONE = 0x1839
OTHER = 0x2431


@pytest.fixture
async def linked_port(
    hass: HomeAssistant, bus: Bus, memory_ports: MemoryPorts, tmp_path: Path
) -> AsyncGenerator[MemoryAdapter]:
    """A port with a fixed path, which it keeps when it is pulled out and put back."""
    port = MemoryAdapter(bus, memory_ports, tmp_path / "adapter")
    yield port
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    port.close()


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    linked_port: MemoryAdapter,
) -> MockConfigEntry:
    """A bus with one connector, set up; the connector was there before."""
    bus.add(WallConnector(ONE)).plug_in(quick_car())
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="TWC Manager",
        data={CONF_DEVICE: str(linked_port.path), **ENTRY_DATA},
    )
    keep_known(hass_storage, entry, ONE)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_until(hass, lambda: status(hass, entry) == "charging")
    return entry


def status(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    return state(hass, entry, "sensor", "status", ONE)


async def test_a_pulled_port_is_noticed_and_comes_back_by_itself(
    hass: HomeAssistant,
    bus: Bus,
    entry: MockConfigEntry,
    linked_port: MemoryAdapter,
    caplog: pytest.LogCaptureFixture,
) -> None:
    linked_port.unplug()
    gone_after = await async_until(
        hass, lambda: status(hass, entry) == STATE_UNAVAILABLE, seconds=30
    )
    assert state(hass, entry, "binary_sensor", "connection") == "off"

    linked_port.replug()
    back_after = await async_until(
        hass, lambda: status(hass, entry) == "charging", seconds=15
    )

    assert gone_after < 30
    assert back_after < 15
    assert entry.state is ConfigEntryState.LOADED

    def logged() -> list[str]:
        return [
            record.getMessage()
            for record in caplog.records
            if record.name.startswith("custom_components.twc_manager")
            and record.levelname in ("WARNING", "ERROR")
        ]

    # A port that comes and goes is not reported back each time, but once it stays.
    await async_until(hass, lambda: len(logged()) > 1, bus=bus)
    ours = logged()
    assert len(ours) == 2
    assert "Lost the port" in ours[0]
    assert "is back" in ours[1]


async def test_a_missing_port_is_retried(hass: HomeAssistant, tmp_path: Path) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="TWC Manager",
        data={CONF_DEVICE: str(tmp_path / "nothing"), **ENTRY_DATA},
    )
    entry.add_to_hass(hass)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "port_missing"


async def test_a_set_up_that_fails_after_opening_releases_the_port(
    hass: HomeAssistant,
    config_entry: MockConfigEntry,
    adapter: MemoryAdapter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a platform broke")

    monkeypatch.setattr(hass.config_entries, "async_forward_entry_setups", fail)

    assert not await hass.config_entries.async_setup(config_entry.entry_id)

    assert config_entry.state is ConfigEntryState.SETUP_ERROR
    assert not adapter.is_open


async def test_unloading_releases_the_port_and_leaves_nothing_running(
    hass: HomeAssistant, entry: MockConfigEntry, linked_port: MemoryAdapter, bus: Bus
) -> None:
    tasks = asyncio.all_tasks()
    assert linked_port.is_open

    assert await hass.config_entries.async_unload(entry.entry_id)

    assert not linked_port.is_open
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert asyncio.all_tasks() <= tasks


async def test_a_reload_keeps_the_connector_and_its_settings(
    hass: HomeAssistant, entry: MockConfigEntry, bus: Bus
) -> None:
    limit = entity_id(hass, entry, "number", "charge_limit", ONE)
    await hass.services.async_call(
        "number", "set_value", {"entity_id": limit, "value": 13}, blocking=True
    )
    connector = bus.connectors[0]
    await async_until(hass, lambda: connector.offered == 13, bus=bus)

    await hass.config_entries.async_reload(entry.entry_id)
    await async_until(hass, lambda: status(hass, entry) == "charging", seconds=5)

    assert state(hass, entry, "number", "charge_limit", ONE) == "13"
    assert connector.offered == 13
    assert connector.car is not None
    assert connector.car.interruptions == 0


async def test_the_end_of_home_assistant_releases_the_port(
    hass: HomeAssistant, entry: MockConfigEntry, linked_port: MemoryAdapter
) -> None:
    hass.bus.async_fire("homeassistant_stop")
    await hass.async_block_till_done()

    assert not linked_port.is_open


async def test_removal_deletes_all_stored_data(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(entry.entry_id)

    assert not [key for key in hass_storage if key.startswith(DOMAIN)]


async def test_a_connector_that_links_later_appears_without_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, bus: Bus
) -> None:
    newcomer = bus.add(WallConnector(OTHER))
    newcomer.plug_in(quick_car())

    await async_until(
        hass,
        lambda: (
            hass.states.get("sensor.wall_connector_2431_status") is not None
            and newcomer.drawn > 10
        ),
        bus=bus,
    )

    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, f"{entry.entry_id}_{OTHER:04X}"), entry.entry_id
    )
    assert device is not None
    assert device.name == "Wall Connector 2431"
    bus.safety.assert_clean(limit=48)


async def test_serial_number_and_firmware_are_on_the_device(
    hass: HomeAssistant, entry: MockConfigEntry, bus: Bus
) -> None:
    def device() -> dr.DeviceEntry:
        found = dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, f"{entry.entry_id}_{ONE:04X}"), entry.entry_id
        )
        assert found is not None
        return found

    await async_frames(bus, 10)

    assert device().sw_version == "4.5.3"
    assert device().serial_number == bus.connectors[0].serial


async def test_only_a_connector_that_does_not_answer_can_be_removed(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hass_ws_client: WebSocketGenerator,
    config_entry: MockConfigEntry,
    bus: Bus,
    socket_enabled: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await async_setup_component(hass, "config", {})
    bus.add(WallConnector(ONE))
    keep_known(hass_storage, config_entry, ONE, OTHER)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    await async_until(
        hass,
        lambda: state(hass, config_entry, "sensor", "status", ONE) != STATE_UNAVAILABLE,
    )
    there, bus_itself, gone = [
        await _remove(hass, hass_ws_client, config_entry, suffix)
        for suffix in (f"_{ONE:04X}", "", f"_{OTHER:04X}")
    ]
    assert f"{ONE:04X} still answers, so it would come back" in there
    assert "Only wall connectors can be deleted here" in bus_itself
    assert gone == "done"
    assert OTHER not in config_entry.runtime_data.persistence.connectors
    # Its entities are notified before they are removed with their device.
    assert "Unexpected error" not in caplog.text

    # As while its port cannot be opened: what is kept would bring it back.
    assert await hass.config_entries.async_unload(config_entry.entry_id)
    not_set_up = await _remove(hass, hass_ws_client, config_entry, f"_{ONE:04X}")
    assert "is not set up, or its port is gone" in not_set_up


async def _remove(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    entry: MockConfigEntry,
    suffix: str,
) -> str:
    """Request the removal of a device as its page does, and return the result."""
    await hass.async_block_till_done()
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, f"{entry.entry_id}{suffix}"), entry.entry_id
    )
    assert device is not None
    client = await hass_ws_client(hass)
    response = await client.remove_device(device.id)
    return "done" if response["success"] else str(response["error"]["message"])


async def test_a_second_master_is_reported_and_not_disturbed(
    hass: HomeAssistant, entry: MockConfigEntry, bus: Bus
) -> None:
    issue = (DOMAIN, f"second_master_{entry.entry_id}")
    intruder = SecondMaster(0x035D)
    intruder.attach(bus)

    await async_until(
        hass,
        lambda: state(hass, entry, "binary_sensor", "connection") == "off",
    )

    assert ir.async_get(hass).async_get_issue(*issue) is not None
    intruder.detach()


async def test_unreadable_stored_data_start_empty(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    config_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    keep_known(hass_storage, config_entry, ONE)
    key = f"{DOMAIN}.{config_entry.entry_id}"
    hass_storage[key]["data"]["connectors"][0]["id"] = "nobody"

    assert await hass.config_entries.async_setup(config_entry.entry_id)

    assert "makes no sense" in caplog.text
    assert config_entry.runtime_data.persistence.connectors == {}
