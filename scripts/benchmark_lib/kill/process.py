"""The process that is killed: Home Assistant's core with our entry, its real files and an automation that never rests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import logging
from pathlib import Path
import signal
from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.twc_manager.const import (
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DOMAIN,
)
from scripts.benchmark_lib.faults.home import MASTER_ID, async_start_core

from .fast import FastLoop

ENTRY_ID: Final = "bus"
LIMIT: Final = 48
EACH: Final = 40
_SET_EVERY_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class Life:
    """What a process needs to know.

    Attributes:
        folder: configuration of Home Assistant.
        port: the adapter.
        speed: how many s pass in one.

    """

    folder: Path
    port: Path
    speed: float

    @property
    def stored(self) -> Path:
        """Return the file that a start reads."""
        return self.folder / ".storage" / f"{DOMAIN}.{ENTRY_ID}"


def live(life: Life) -> None:
    """Run until SIGTERM, which is an orderly end, or SIGKILL, which is none."""
    logging.disable(logging.CRITICAL)
    loop = FastLoop(life.speed)
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_live(life, loop))
    loop.close()


async def _live(life: Life, loop: asyncio.AbstractEventLoop) -> None:
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    hass = HomeAssistant(str(life.folder))
    await async_start_core(hass, _entry(life.port))
    cancel = _never_rest(hass)
    await stop.wait()
    cancel()
    await hass.async_stop(force=True)
    hass.import_executor.shutdown(wait=False)


def _never_rest(hass: HomeAssistant) -> Callable[[], object]:
    """Let an automation set something several times a second; return how to end that."""

    async def automation() -> None:
        amps = LIMIT
        while True:
            amps = LIMIT if amps < LIMIT else LIMIT - 1
            unique_id = f"{ENTRY_ID}_total_current_limit"
            registry = er.async_get(hass)
            entity_id = registry.async_get_entity_id("number", DOMAIN, unique_id)
            if entity_id is not None and hass.states.get(entity_id) is not None:
                data = {"entity_id": entity_id, "value": amps}
                await hass.services.async_call(
                    "number", "set_value", data, blocking=True
                )
            await asyncio.sleep(_SET_EVERY_S)

    return asyncio.ensure_future(automation()).cancel


def _entry(port: Path) -> ConfigEntry:
    """Return the entry that the owner has made of it in the flows."""
    return ConfigEntry(
        data={
            CONF_DEVICE: str(port),
            CONF_MASTER_ID: MASTER_ID,
            CONF_MAX_CURRENT: LIMIT,
            CONF_MAX_CONNECTOR_CURRENT: EACH,
            CONF_MIN_CURRENT: 6,
            CONF_PHASES: 1,
            CONF_VOLTAGE: 240,
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        entry_id=ENTRY_ID,
        minor_version=1,
        options={},
        source="user",
        subentries_data=None,
        title="TWC Manager",
        unique_id=None,
        version=1,
    )
