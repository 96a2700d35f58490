"""Wall connectors far from each other: two lines in one house, with an adapter each."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, WallConnector
from tests.adapters import MemoryAdapter, MemoryPorts
from tests.conftest import ENTRY_DATA
from tests.helpers import async_until, entity_id, keep_known, quick_car, state

from .arrangements import Meters, base_w, starts_of, watts

MAIN = "sensor.main_power"
L1 = "sensor.fuse_l1"
CONNECTOR = 0x1839


@dataclass
class Line:
    """A line with its adapter, one wall connector and a car, as Home Assistant has it."""

    hass: HomeAssistant
    bus: Bus
    entry: MockConfigEntry

    @property
    def twc(self) -> WallConnector:
        return self.bus.connectors[0]

    def state(self, platform: str, key: str) -> str:
        return state(self.hass, self.entry, platform, key)

    async def choose_green(self) -> None:
        select = entity_id(self.hass, self.entry, "select", "mode")
        data = {"entity_id": select, "option": "green"}
        await self.hass.services.async_call(
            "select", "select_option", data, blocking=True
        )


type Lines = tuple[Line, Line]


@pytest.fixture
def lines(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    memory_ports: MemoryPorts,
    tmp_path: Path,
) -> Iterator[Callable[..., Any]]:
    """Set up two lines whose connectors have the same id, with the same options."""
    garage = Bus(hass.loop, seed=2)
    garage.start()
    adapter = MemoryAdapter(garage, memory_ports, tmp_path / "garage")
    data = {CONF_DEVICE: str(adapter.path), **ENTRY_DATA}
    other = MockConfigEntry(domain=DOMAIN, title="Garage", data=data)
    other.add_to_hass(hass)

    async def set_up(**options: Any) -> Lines:
        for entry, on in ((config_entry, bus), (other, garage)):
            on.safety.limit = 48
            on.add(WallConnector(CONNECTOR, protocol=1))
            hass.config_entries.async_update_entry(entry, options=options)
            keep_known(hass_storage, entry, CONNECTOR)
            item = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["connectors"][0]
            item["protocol"] = 1
        assert await hass.config_entries.async_setup(config_entry.entry_id)
        found = Line(hass, bus, config_entry), Line(hass, garage, other)
        for line in found:
            await async_until(
                hass,
                lambda: line.state("binary_sensor", "connection") == "on",  # noqa: B023
            )
        return found

    yield set_up
    for on in (bus, garage):
        on.safety.assert_clean(limit=48)
    garage.stop()


async def test_connectors_with_one_id_on_two_lines_are_two_devices(
    hass: HomeAssistant, lines: Callable[..., Any]
) -> None:
    """ngardiner/TWCManager#388: many connectors, and an adapter for every few of them."""
    one, two = await lines()
    for line in (one, two):
        line.twc.plug_in(quick_car(soc=10))
    await async_until(hass, lambda: min(one.twc.drawn, two.twc.drawn) > 30)
    devices = [
        dr.async_entries_for_config_entry(dr.async_get(hass), line.entry.entry_id)
        for line in (one, two)
    ]
    ids = [{device.id for device in found} for found in devices]
    assert [len(found) for found in ids] == [2, 2]
    assert not ids[0] & ids[1]
    limits = [
        entity_id(hass, line.entry, "number", "charge_limit", CONNECTOR)
        for line in (one, two)
    ]
    data = {"entity_id": limits[1], "value": 14}
    await hass.services.async_call("number", "set_value", data, blocking=True)
    await async_until(hass, lambda: two.twc.offered == 14, seconds=30)
    assert one.twc.offered == 40


@pytest.mark.long
async def test_two_lines_in_one_house_share_one_sun(
    hass: HomeAssistant, lines: Callable[..., Any], meters: Meters
) -> None:
    """ngardiner/TWCManager#191, #388: both follow the same meter, and each of them would take all there is."""
    sun = 0.0
    bought = sold = 0.0

    def grid() -> float:
        nonlocal bought, sold
        power = base_w(one.bus) + watts(one.bus) + watts(two.bus) - sun
        bought += 5 * max(power, 0.0)
        sold += 5 * max(-power, 0.0)
        return power

    hass.states.async_set(MAIN, "500", {"unit_of_measurement": "W"})
    one, two = await lines(green_source="grid", green_grid=MAIN)
    meters.add(MAIN, grid, every=5)
    for line in (one, two):
        await line.choose_green()
    await asyncio.sleep(120)
    starts = [starts_of(line.twc) for line in (one, two)]
    for line in (one, two):
        line.twc.plug_in(quick_car(soc=5))
    sun = 7_500.0
    await asyncio.sleep(660)
    # The first one is that of the plug-in.
    assert max(item() for item in starts) <= 2
    starts = [starts_of(line.twc) for line in (one, two)]
    bought = sold = 0.0
    await asyncio.sleep(300)
    assert watts(one.bus) + watts(two.bus) > 5_500
    assert bought / 3.6e6 < 0.03
    assert sold / 3.6e6 < 0.15
    assert [item() for item in starts] == [0, 0]


async def test_two_lines_in_one_house_hold_one_fuse(
    hass: HomeAssistant, lines: Callable[..., Any], meters: Meters
) -> None:
    """ngardiner/TWCManager#191, #528: two lines, each of which would have taken the fuse to its limit."""
    others = 5.0
    worst = 0.0

    def amps() -> float:
        nonlocal worst
        total = others + one.twc.drawn + two.twc.drawn
        worst = max(worst, total)
        return total

    hass.states.async_set(L1, "5", {"unit_of_measurement": "A"})
    one, two = await lines(fuse_size=40, fuse_current_l1=L1)
    meters.add(L1, amps, "A")
    await asyncio.sleep(90)
    for line in (one, two):
        line.twc.plug_in(quick_car(soc=5))
    await async_until(hass, lambda: one.twc.drawn + two.twc.drawn > 30, seconds=600)
    others = 12.0
    await asyncio.sleep(10)
    assert amps() <= 40
    worst = 0.0
    await asyncio.sleep(180)
    assert worst <= 40
    assert min(one.twc.drawn, two.twc.drawn) > 11
