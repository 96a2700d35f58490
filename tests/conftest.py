"""What all tests share: our integration in Home Assistant, and a bus to run it against."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path
import random
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

# Imported before Home Assistant looks for custom integrations, so that it finds ours and not the
# examples of its test harness.
from custom_components.twc_manager.const import (
    CONF_KEEPER_KEY,
    CONF_KEEPER_LIMIT,
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DOMAIN,
)
from custom_components.twc_manager.inputs import daylight
from custom_components.twc_manager.twc import transport
from simulator import Bus, PtyPort

from .adapters import Adapter, MemoryAdapter, MemoryPorts
from .keeper.beside import KEY, URL, BesideBus
from .scene import Builder, WallClock
from .two_lines import LinesBuilder

pytest_plugins = ["tests.harness", "tests.virtual"]

# How long one example takes depends on the machine: no property of any test has a deadline.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

MASTER_ID: Final = 0x7777
ENTRY_DATA: Final[dict[str, Any]] = {
    CONF_MASTER_ID: MASTER_ID,
    CONF_MAX_CURRENT: 48,
    CONF_MAX_CONNECTOR_CURRENT: 40,
    CONF_MIN_CURRENT: 12,
    CONF_PHASES: 1,
    CONF_VOLTAGE: 240,
}


@pytest.fixture(autouse=True)
def same_chances(request: pytest.FixtureRequest) -> None:
    """Let what is left to chance be the same in each run of a test: the master draws its sign byte, for one."""
    random.seed(request.node.nodeid)


@dataclass(slots=True)
class Sky:
    """How light it is where a test takes place."""

    light: daylight.Light = daylight.Light.DAY


@pytest.fixture(autouse=True)
def sky(monkeypatch: pytest.MonkeyPatch) -> Sky:
    """Let it be day whenever tests run."""
    sky = Sky()
    monkeypatch.setattr(daylight, "light_at", lambda *_: sky.light)
    return sky


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load our integration; tests without Home Assistant are spared it."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


async def _unload_entries(hass: HomeAssistant) -> None:
    """Unload what is loaded, so that no test ends in a lost port and the search for it."""
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def bus(hass: HomeAssistant) -> AsyncGenerator[Bus]:
    """A bus on the loop of Home Assistant with nothing on it yet; what is added to it powers up at once."""
    bus = Bus(hass.loop, seed=1)
    bus.start()
    yield bus
    await _unload_entries(hass)
    bus.stop()


@pytest.fixture
def memory_ports(monkeypatch: pytest.MonkeyPatch) -> MemoryPorts:
    """The serial ports that the integration finds in memory."""
    ports = MemoryPorts(transport.create_serial_connection)
    monkeypatch.setattr(transport, "create_serial_connection", ports.connect)
    return ports


@pytest.fixture
async def adapter(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    bus: Bus,
    memory_ports: MemoryPorts,
    tmp_path: Path,
) -> AsyncGenerator[Adapter]:
    """An adapter that the integration opens by its path: in memory, in real time a pty."""
    adapter: Adapter
    if request.node.get_closest_marker("real_time"):
        adapter = PtyPort(bus)
    else:
        adapter = MemoryAdapter(bus, memory_ports, tmp_path / "ttyTWC")
    yield adapter
    await _unload_entries(hass)
    adapter.close()


@pytest.fixture
def config_entry(hass: HomeAssistant, adapter: Adapter) -> MockConfigEntry:
    """An entry for the bus behind `adapter`, added but not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="TWC Manager",
        data={CONF_DEVICE: str(adapter.path), **ENTRY_DATA},
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def beside(
    hass: HomeAssistant,
    bus: Bus,
    memory_ports: MemoryPorts,
    config_entry: MockConfigEntry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[BesideBus]:
    """A keeper beside the bus, to which the entry is set up."""
    beside = BesideBus(bus, tmp_path / "keeper")
    await beside.keeper.port.open()
    memory_ports.add(URL, beside)
    monkeypatch.setattr(asyncio, "open_connection", beside.open_connection)
    hass.config_entries.async_update_entry(
        config_entry,
        data={
            **config_entry.data,
            CONF_DEVICE: URL,
            CONF_KEEPER_KEY: KEY,
            CONF_KEEPER_LIMIT: 48.0,
        },
    )
    yield beside
    if config_entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(config_entry.entry_id)
    await beside.close()


@pytest.fixture
def three_phases(hass: HomeAssistant, config_entry: MockConfigEntry) -> None:
    """A bus on three phases."""
    wiring = {CONF_PHASES: 3, CONF_VOLTAGE: 230, CONF_MIN_CURRENT: 6}
    hass.config_entries.async_update_entry(
        config_entry, data={**config_entry.data, **wiring}
    )


@pytest.fixture
def wall_clock(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> WallClock:
    """The clock on the wall, to be moved."""
    return WallClock(monkeypatch)


@pytest.fixture
def set_up(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
) -> Generator[Builder]:
    """Sets up a bus with the connectors and cars given; what happens on it is safe."""
    builder = Builder(hass, hass_storage, bus, config_entry)
    yield builder
    builder.end()


@pytest.fixture
async def two_lines(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    set_up: Builder,
    config_entry: MockConfigEntry,
    memory_ports: MemoryPorts,
    tmp_path: Path,
) -> AsyncGenerator[LinesBuilder]:
    """Sets up two lines."""
    bus = Bus(hass.loop, seed=2)
    bus.start()
    adapter = MemoryAdapter(bus, memory_ports, tmp_path / "ttySecond")
    data = {CONF_DEVICE: str(adapter.path), **ENTRY_DATA, CONF_MIN_CURRENT: 6}
    entry = MockConfigEntry(domain=DOMAIN, title="Carport", data=data)
    yield LinesBuilder(hass, hass_storage, set_up, config_entry, bus, adapter, entry)
    await _unload_entries(hass)
    adapter.close()
    bus.stop()


@pytest.fixture
def all_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable the entities too that an owner has to enable."""
    monkeypatch.setattr(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    )
