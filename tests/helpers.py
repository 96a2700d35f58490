"""What tests of the integration in Home Assistant share."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from homeassistant.const import CONF_DEVICE, EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.state.run_mark import RunMark
from custom_components.twc_manager.twc.heartbeat_cycle import CYCLE_SECONDS
from custom_components.twc_manager.twc.rhythm import WHILE_CHARGING_FOR_LONG
from simulator import Bus, Car

PATIENCE: Final = 1800.0
"""How long a test waits for anything, in s of its clock: longer than the rules wait for a car or for the sun."""

USUAL_GAP: Final = WHILE_CHARGING_FOR_LONG * CYCLE_SECONDS + 0.3
"""Without an interruption the heartbeats to a connector with a car are no further apart, in s."""


def quick_car(**kwargs: Any) -> Car:
    """Return a car that does in a moment what a real one takes seconds for."""
    quick: dict[str, Any] = {
        "ramp": 200.0,
        "ramp_down": 200.0,
        "reaction_s": 0.05,
        "start_s": 0.1,
    }
    return Car(**quick | kwargs)


async def async_until(
    hass: HomeAssistant,
    true: Callable[[], bool],
    *,
    bus: Bus | None = None,
    seconds: float = PATIENCE,
) -> float:
    """Wait until something holds; return the s it took.

    It is checked at each change of a state, of a repair issue or of the bus, and each second.
    """
    changed = asyncio.Event()

    @callback
    def note(_: Event | None = None) -> None:
        changed.set()

    stops = [
        hass.bus.async_listen(event, note)
        for event in (EVENT_STATE_CHANGED, ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)
    ]
    if bus is not None:
        bus.change_listeners.append(note)
    began = hass.loop.time()
    try:
        async with asyncio.timeout(seconds):
            while not true():
                changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await changed.wait()
    finally:
        for stop in stops:
            stop()
        if bus is not None:
            bus.change_listeners.remove(note)
    return hass.loop.time() - began


async def async_frames(bus: Bus, count: int) -> None:
    """Wait until so many more frames have been on the bus."""
    left = count
    done = asyncio.Event()

    def note(_: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            done.set()

    bus.frame_listeners.append(note)
    async with asyncio.timeout(PATIENCE):
        await done.wait()
    bus.frame_listeners.remove(note)


def keep_known(
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    *connector_ids: int,
    protocol: int = 2,
) -> None:
    """Let the integration know connectors from before, so that it need not search for any."""
    hass_storage[f"{DOMAIN}.{entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.{entry.entry_id}",
        "data": {
            "user_settings": UserSettings().as_dict(),
            "in_charge_at": dt_util.utcnow().timestamp(),
            "ended_in_order": True,
            "run_mark": RunMark.read(entry.data[CONF_DEVICE]).as_dict(),
            "connectors": [
                {
                    "id": f"{connector_id:04X}",
                    "protocol": protocol,
                    "rating": 80.0,
                    "energy": None,
                    "energy_at": None,
                    "session": None,
                    "last_session_energy": 0.0,
                    "stop": None,
                    "serial_number": None,
                    "firmware": None,
                }
                for connector_id in connector_ids
            ],
            "sessions": [],
        },
    }


def entity_id(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    platform: str,
    key: str,
    connector_id: int | None = None,
) -> str:
    """Return the entity id of one of our entities, by what it is."""
    middle = "" if connector_id is None else f"{connector_id:04X}_"
    unique_id = f"{entry.entry_id}_{middle}{key}"
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)
    assert found is not None, f"no {platform} with unique id {unique_id}"
    return found


def state(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    platform: str,
    key: str,
    connector_id: int | None = None,
) -> str:
    """Return the state of one of our entities."""
    current = hass.states.get(entity_id(hass, entry, platform, key, connector_id))
    assert current is not None
    return current.state
