"""Connectors that were there once and are no more."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, WallConnector

from .helpers import async_until, keep_known, quick_car

HERE: Final = 0x1839
GHOSTS: Final = (0x0001, 0x0002, 0x0003)


async def test_connectors_that_are_long_gone_delay_nobody(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
) -> None:
    bus.safety.limit = 48
    connector = bus.add(WallConnector(HERE))
    connector.plug_in(quick_car())
    keep_known(hass_storage, config_entry, *GHOSTS, HERE)
    data = hass_storage[f"{DOMAIN}.{config_entry.entry_id}"]["data"]
    ours = data["in_charge_at"]
    for item, seen_at in zip(
        data["connectors"], (ours - 9e6, ours - 3600, ours - 700, ours), strict=True
    ):
        item["seen_at"] = seen_at

    assert await hass.config_entries.async_setup(config_entry.entry_id)
    # A connector that counts with its rating until it must have stopped its car would take a minute.
    await async_until(hass, lambda: connector.offered == 40, bus=bus)
    assert set(config_entry.runtime_data.persistence.connectors) == {*GHOSTS, HERE}

    # One of them is back, with a car: it is taken in like a new one.
    ghost = bus.add(WallConnector(GHOSTS[1]))
    ghost.plug_in(quick_car())
    await async_until(hass, lambda: ghost.drawn > 5, bus=bus)
    await hass.config_entries.async_unload(config_entry.entry_id)
    data = hass_storage[f"{DOMAIN}.{config_entry.entry_id}"]["data"]
    seen = {int(item["id"], 16): item["seen_at"] for item in data["connectors"]}
    assert seen[GHOSTS[0]] == ours - 9e6
    assert seen[GHOSTS[2]] == ours - 700
    assert abs(seen[HERE] - seen[GHOSTS[1]]) < 60
    assert seen[HERE] > ours
    bus.safety.assert_clean(limit=48)
