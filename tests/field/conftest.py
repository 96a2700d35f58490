"""What the houses of owners have."""

from collections.abc import Iterator

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Bus
from tests.adapters import MemoryPorts

from .arrangements import Meters, NetworkAdapter


@pytest.fixture
def meters(hass: HomeAssistant) -> Iterator[Meters]:
    """The sensors of a house."""
    meters = Meters(hass)
    yield meters
    meters.stop()


@pytest.fixture
def network(
    hass: HomeAssistant,
    bus: Bus,
    config_entry: MockConfigEntry,
    memory_ports: MemoryPorts,
) -> NetworkAdapter:
    """A serial server in the network, by which the bus is reached instead of by a USB adapter."""
    network = NetworkAdapter(bus, "socket://adapter.local:8899")
    memory_ports.add(network.url, network)
    data = {**config_entry.data, CONF_DEVICE: network.url}
    hass.config_entries.async_update_entry(config_entry, data=data)
    return network
