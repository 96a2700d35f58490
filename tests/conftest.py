"""What all tests share: our integration in Home Assistant, and a bus to run it against."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, Final

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

# Imported before Home Assistant looks for custom integrations, so that it finds ours and not the
# examples of its test harness.
from custom_components.twc_manager.const import (
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DOMAIN,
)
from simulator import Bus, PtyPort

from .scene import Builder, WallClock, hurry
from .virtual import (
    Adapter,
    Ports,
    _function_scoped_runner,  # noqa: F401
    configure_event_loop,  # noqa: F401
    ports,  # noqa: F401
)

# How long one example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

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
    """A bus in real time with nothing on it yet; what is added to it powers up at once."""
    bus = Bus(hass.loop, seed=1)
    bus.start()
    yield bus
    await _unload_entries(hass)
    bus.stop()


@pytest.fixture
async def pty_port(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    bus: Bus,
    ports: Ports,  # noqa: F811
    tmp_path: Path,
) -> AsyncGenerator[Adapter | PtyPort]:
    """A port to the bus that the integration opens as it opens a real adapter: in real time it is a pty."""
    port: Adapter | PtyPort
    if request.node.get_closest_marker("real_time"):
        port = PtyPort(bus)
    else:
        port = Adapter(bus, ports, tmp_path / "ttyTWC")
    yield port
    await _unload_entries(hass)
    port.close()


@pytest.fixture
def quick_connectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let connectors announce themselves several times a second instead of every ten seconds."""
    monkeypatch.setattr("simulator.connector._BOOT_S", 0.0)
    monkeypatch.setattr("simulator.link.LINKREADY_EVERY_S", 0.2)


@pytest.fixture
def config_entry(hass: HomeAssistant, pty_port: Adapter | PtyPort) -> MockConfigEntry:
    """An entry for the bus behind `pty_port`, added but not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="TWC Manager",
        data={CONF_DEVICE: str(pty_port.path), **ENTRY_DATA},
    )
    entry.add_to_hass(hass)
    return entry


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
    quick_connectors: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Generator[Builder]:
    """Sets up a bus with the connectors and cars given, in a hurry; what happens on it is safe."""
    hurry(monkeypatch)
    builder = Builder(hass, hass_storage, bus, config_entry)
    yield builder
    builder.end()


@pytest.fixture
def all_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable the entities too that an owner has to enable."""
    monkeypatch.setattr(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    )
