"""Connectors that were there once and are no more."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager import ghosts
from custom_components.twc_manager.charging.metering.amounts import Amounts
from custom_components.twc_manager.charging.metering.sessions import (
    MonthAmounts,
    Session,
    SessionEnd,
)
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.state.identifiers import connector_id_of
from custom_components.twc_manager.twc import BusStatus
from simulator import Bus, WallConnector

from .adapters import Adapter
from .helpers import async_until, keep_known, quick_car

HERE: Final = 0x1839
GHOSTS: Final = (0x0001, 0x0002, 0x0003)
DAY: Final = 90.0
SESSION: Final = Session(
    GHOSTS[0],
    datetime(2026, 11, 1, 8, tzinfo=UTC),
    datetime(2026, 11, 1, 9, tzinfo=UTC),
    (MonthAmounts("2026-11", Amounts(0.4)),),
)
"""A session in which energy was delivered."""


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


@pytest.fixture
def short_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a day pass in a minute and a half."""
    monkeypatch.setattr(ghosts, "GHOST_SECONDS", DAY)
    monkeypatch.setattr(ghosts, "CHECK_INTERVAL", timedelta(seconds=10))


def ids_of_entities(hass: HomeAssistant, entry: MockConfigEntry) -> set[int]:
    """Return the ids of the connectors that have entities."""
    devices = dr.async_get(hass)
    found: set[int | None] = set()
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        device = devices.async_get(entity.device_id or "")
        assert isinstance(device, dr.DeviceEntry)
        found.add(connector_id_of(entry.entry_id, device))
    return {item for item in found if item is not None}


async def set_up(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    **ghost: Any,
) -> WallConnector:
    """Set up a connector that answers, and a ghost with these stored values."""
    connector = bus.add(WallConnector(HERE))
    keep_known(hass_storage, config_entry, GHOSTS[0], HERE)
    data = hass_storage[f"{DOMAIN}.{config_entry.entry_id}"]["data"]
    key = f"{DOMAIN}.{config_entry.entry_id}.sessions"
    hass_storage[key] = {
        **hass_storage[f"{DOMAIN}.{config_entry.entry_id}"],
        "key": key,
        "data": {"sessions": ghost.pop("sessions", []), "months": []},
    }
    data["connectors"][0] |= ghost
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    await async_until(hass, lambda: HERE in config_entry.runtime_data.data.connectors)
    assert ids_of_entities(hass, config_entry) == {GHOSTS[0], HERE}
    return connector


async def test_an_id_that_never_delivered_and_is_silent_for_a_day_is_removed(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    short_day: None,
) -> None:
    await set_up(hass, hass_storage, bus, config_entry)
    coordinator = config_entry.runtime_data

    await asyncio.sleep(DAY - 15)
    assert ids_of_entities(hass, config_entry) == {GHOSTS[0], HERE}
    await asyncio.sleep(30)
    assert ids_of_entities(hass, config_entry) == {HERE}
    assert set(coordinator.persistence.connectors) == {HERE}
    await async_until(
        hass, lambda: list(stored_ids(hass_storage, config_entry)) == [HERE]
    )

    # It is found like a new one if it is a connector after all.
    ghost = bus.add(WallConnector(GHOSTS[0]))
    ghost.plug_in(quick_car())
    await async_until(hass, lambda: ghost.drawn > 5, bus=bus)
    assert ids_of_entities(hass, config_entry) == {GHOSTS[0], HERE}


@pytest.mark.parametrize(
    "ghost",
    [
        {"last_session_energy": 0.4},
        {"session": SESSION.as_dict()},
        {"sessions": [SESSION.ended(SessionEnd.UNPLUGGED).as_dict()]},
    ],
)
async def test_one_that_has_delivered_energy_stays(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    short_day: None,
    ghost: dict[str, Any],
) -> None:
    await set_up(hass, hass_storage, bus, config_entry, **ghost)

    await asyncio.sleep(3 * DAY)
    assert ids_of_entities(hass, config_entry) == {GHOSTS[0], HERE}


async def test_one_stays_while_nobody_else_is_heard_either(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    short_day: None,
) -> None:
    """The breaker of all connectors is off, or the line is cut, before the first vehicle has come."""
    connector = await set_up(hass, hass_storage, bus, config_entry)
    await asyncio.sleep(DAY - 30)
    connector.power_down()

    await asyncio.sleep(3 * DAY)
    assert ids_of_entities(hass, config_entry) == {GHOSTS[0], HERE}


async def test_those_that_answer_stay_though_they_never_delivered(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    short_day: None,
) -> None:
    connector = await set_up(hass, hass_storage, bus, config_entry)
    await asyncio.sleep(DAY - 15)
    bus.remove(connector)
    await asyncio.sleep(DAY - 15)
    bus.add(connector)
    # The ghost's day begins again once one is heard.
    await asyncio.sleep(DAY + 30)
    assert ids_of_entities(hass, config_entry) == {HERE}


async def test_nobody_is_removed_while_the_bus_cannot_be_heard(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    adapter: Adapter,
    config_entry: MockConfigEntry,
    short_day: None,
) -> None:
    await set_up(hass, hass_storage, bus, config_entry)
    await asyncio.sleep(DAY - 15)
    adapter.unplug()
    await asyncio.sleep(2 * DAY)
    adapter.replug()
    await asyncio.sleep(DAY - 15)
    assert ids_of_entities(hass, config_entry) == {GHOSTS[0], HERE}


async def test_a_connector_that_is_no_device_yet_makes_the_next_start_search(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
) -> None:
    await set_up(hass, hass_storage, bus, config_entry)
    new = bus.add(WallConnector(GHOSTS[1]))
    await async_until(hass, lambda: new.linked, bus=bus)
    await asyncio.sleep(2)
    assert GHOSTS[1] not in stored_ids(hass_storage, config_entry)
    assert await hass.config_entries.async_unload(config_entry.entry_id)
    assert await hass.config_entries.async_setup(config_entry.entry_id)

    assert config_entry.runtime_data.snapshot.status is BusStatus.SEARCHING


def stored_ids(hass_storage: dict[str, Any], entry: MockConfigEntry) -> list[int]:
    data = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]
    return [int(item["id"], 16) for item in data["connectors"]]
