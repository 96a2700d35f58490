"""The state that each release left is there after an update: settings, energy, sessions, plans and the names of entities.

`scripts/release keep VERSION` made the folders in tests/kept. A format that changes is brought up to date by a step in
`stored_files`, or by `async_migrate_entry`; a folder is never changed for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.const import CONF_DEVICE, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_registry import RegistryEntryDisabler
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import CONF_KEEPER_KEY, DOMAIN
from custom_components.twc_manager.stored_files import FORMATS
from scripts.demo_lib import plan
from simulator import Bus

from .adapters import MemoryPorts
from .helpers import async_until
from .keeper.beside import URL, BesideBus
from .spoiler import Spoiler

KEPT: Final = Path(__file__).with_name("kept")
RELEASES: Final = tuple(sorted(path.name for path in KEPT.iterdir()))
AN_HOUR_LATER: Final = datetime(2026, 11, 30, 16, tzinfo=UTC)

_SETTINGS: Final = frozenset({"number", "select", "switch", "time"})
_COUNTERS: Final = ("_lifetime_energy", "_cost_this_month")


@dataclass(slots=True)
class Kept:
    """What a release left on the disk, and what its owner saw."""

    folder: Path
    entry: dict[str, Any] = field(init=False)
    seen: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.entry = json.loads((self.folder / "entry.json").read_text("utf-8"))
        self.seen = json.loads((self.folder / "seen.json").read_text("utf-8"))

    @property
    def files(self) -> Mapping[str, dict[str, Any]]:
        """Return the files in Home Assistant's storage, by their keys."""
        files = (
            json.loads(path.read_text("utf-8"))
            for path in (self.folder / "storage").iterdir()
        )
        return {file["key"]: file for file in files}

    def states(self, *platforms: str) -> dict[str, str]:
        """Return the states of the entities of some platforms that were enabled."""
        return {
            item["entity_id"]: item["state"]
            for item in self.seen["entities"]
            if item["entity_id"].partition(".")[0] in platforms
            and item["state"] is not None
        }


@pytest.fixture(params=RELEASES)
def kept(request: pytest.FixtureRequest) -> Kept:
    """The state that a release left."""
    return Kept(KEPT / request.param)


@pytest.fixture
async def updated(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    memory_ports: MemoryPorts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept: Kept,
) -> AsyncGenerator[MockConfigEntry]:
    """Set this release up from what that one left, beside its keeper and its connectors."""
    _add_connectors(bus, kept)
    key = kept.entry["data"][CONF_KEEPER_KEY]
    beside = BesideBus(bus, tmp_path / "keeper", plan.MAX_CURRENT, key)
    await beside.keeper.port.open()
    memory_ports.add(URL, beside)
    monkeypatch.setattr(asyncio, "open_connection", beside.open_connection)
    hass_storage.update(kept.files)
    entry = _add_entry(hass, kept)
    _add_entities(hass, entry, kept)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_until(
        hass, lambda: len(entry.runtime_data.data.connectors) == 3, bus=bus
    )
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await beside.close()


def _add_connectors(bus: Bus, kept: Kept) -> None:
    bus.safety.limit = plan.MAX_CURRENT
    for twc in plan.connectors():
        bus.add(twc)
        twc.supply.energy_kwh = kept.seen["counters_kwh"][f"{twc.id:04X}"]
    # The other two were unplugged.
    bus.connectors[0].plug_in(plan.cars()[0])


def _add_entry(hass: HomeAssistant, kept: Kept) -> MockConfigEntry:
    found = kept.entry
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id=found["entry_id"],
        title=found["title"],
        version=found["version"],
        minor_version=found["minor_version"],
        # The port is not the same one on another machine.
        data=found["data"] | {CONF_DEVICE: URL},
        options=found["options"],
        subentries_data=tuple(found["subentries"]),
    )
    entry.add_to_hass(hass)
    return entry


def _add_entities(hass: HomeAssistant, entry: MockConfigEntry, kept: Kept) -> None:
    registry = er.async_get(hass)
    for item in kept.seen["entities"]:
        platform, _, object_id = item["entity_id"].partition(".")
        disabled_by = item["disabled_by"]
        registry.async_get_or_create(
            platform,
            DOMAIN,
            item["unique_id"],
            config_entry=entry,
            config_subentry_id=item["config_subentry_id"],
            suggested_object_id=object_id,
            disabled_by=disabled_by and RegistryEntryDisabler(disabled_by),
        )
        if item["name"]:
            registry.async_update_entity(item["entity_id"], name=item["name"])


at_that_time: Final = pytest.mark.starts_at(AN_HOUR_LATER)


@at_that_time
async def test_every_setting_is_as_it_was(
    hass: HomeAssistant, updated: MockConfigEntry, kept: Kept
) -> None:
    before = kept.states(*_SETTINGS)
    now = {key: hass.states.get(key) for key in before}
    assert {key: item and item.state for key, item in now.items()} == before


@at_that_time
async def test_every_entity_is_the_one_it_was(
    hass: HomeAssistant, updated: MockConfigEntry, kept: Kept
) -> None:
    found = er.async_entries_for_config_entry(er.async_get(hass), updated.entry_id)
    before = {
        (item["entity_id"], item["unique_id"], item["disabled_by"], item["name"])
        for item in kept.seen["entities"]
    }
    now = {
        (item.entity_id, item.unique_id, item.disabled_by, item.name) for item in found
    }
    assert before <= now
    assert {item[1] for item in before} == {item[1] for item in now}
    shown = (hass.states.get(key) for key in kept.states(*_SETTINGS, "sensor"))
    assert [
        item.entity_id for item in shown if not item or item.attributes.get("restored")
    ] == []


@at_that_time
async def test_the_energy_goes_on_from_where_it_was(
    hass: HomeAssistant, updated: MockConfigEntry, kept: Kept
) -> None:
    before = {
        key: float(state)
        for key, state in kept.states("sensor").items()
        if key.endswith(_COUNTERS)
    }
    assert len(before) >= 6
    for entity_id, value in before.items():
        state = hass.states.get(entity_id)
        assert state is not None and state.state != STATE_UNAVAILABLE
        assert value <= float(state.state) <= value + 1


@at_that_time
async def test_the_finished_sessions_are_there(
    hass: HomeAssistant, updated: MockConfigEntry, kept: Kept
) -> None:
    mode = er.async_get(hass).async_get_entity_id(
        "select", DOMAIN, f"{updated.entry_id}_mode"
    )
    found = await _act(hass, "get_sessions", mode or "")
    assert len(found["sessions"]) == len(kept.seen["sessions"]["sessions"]) >= 2
    assert _without_devices(found) == _without_devices(kept.seen["sessions"])


@at_that_time
async def test_the_plans_are_there(
    hass: HomeAssistant, updated: MockConfigEntry, kept: Kept
) -> None:
    names = {item.name for item in updated.runtime_data.plans.requests}
    assert names == {"Every day", "Trip"}


def test_each_kind_of_file_is_kept_but_that_of_tokens(kept: Kept) -> None:
    entry_id = kept.entry["entry_id"]
    names = {f"{DOMAIN}.{item.name.format(entry=entry_id)}" for item in FORMATS}
    assert set(kept.files) == names - {f"{DOMAIN}.tokens"}


async def _act(hass: HomeAssistant, service: str, entity_id: str) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN, service, {"entity_id": entity_id}, blocking=True, return_response=True
    )
    assert isinstance(answer, dict)
    return answer


def _without_devices(sessions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return sessions without the ids of devices, which a new Home Assistant makes anew."""
    return [
        {key: value for key, value in item.items() if key != "device_id"}
        for item in sessions["sessions"]
    ]


@at_that_time
@pytest.mark.parametrize("count", [6, pytest.param(400, marks=pytest.mark.slow)])
async def test_whatever_is_in_the_files_the_bus_is_set_up_and_the_limit_holds(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    updated: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    count: int,
) -> None:
    left = deepcopy(
        {key: file for key, file in hass_storage.items() if key.startswith(DOMAIN)}
    )
    spoiler = Spoiler(7, is_json=True)
    for _ in range(count):
        await hass.config_entries.async_unload(updated.entry_id)
        for key, file in left.items():
            hass_storage[key] = file | {"data": spoiler.spoilt(file["data"])}
        assert await hass.config_entries.async_setup(updated.entry_id), hass_storage
        await asyncio.sleep(120)
        assert len(updated.runtime_data.data.connectors) == 3
        bus.safety.assert_clean(limit=plan.MAX_CURRENT)
    assert "Traceback" not in caplog.text
