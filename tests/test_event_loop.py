"""Home Assistant's event loop stays free while cars charge."""

import asyncio
from time import thread_time
from typing import Any, Final

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Bus, WallConnector

from .helpers import async_frames, async_until, keep_known, quick_car

IDS: Final = (0x032E, 0x1839, 0x2431)
LONGEST_BLOCK: Final = 0.05


async def test_nothing_on_the_event_loop_takes_long_with_three_cars_charging(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Measured in processor time, which a busy machine does not change."""
    for connector_id in IDS:
        bus.add(WallConnector(connector_id)).plug_in(quick_car())
    keep_known(hass_storage, config_entry, *IDS)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    await async_until(
        hass, lambda: all(item.drawn > 10 for item in bus.connectors), bus=bus
    )
    await hass.async_block_till_done()
    longest = 0.0
    run = asyncio.Handle._run

    def timed_run(handle: asyncio.Handle) -> None:
        nonlocal longest
        began = thread_time()
        run(handle)
        longest = max(longest, thread_time() - began)

    monkeypatch.setattr(asyncio.Handle, "_run", timed_run)
    await async_frames(bus, 300)

    assert 0 < longest < LONGEST_BLOCK
