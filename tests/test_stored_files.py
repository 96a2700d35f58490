"""The versions of stored files: older ones are brought up to date, newer ones are refused and left as they are."""

from dataclasses import replace
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.stored_files import (
    BUS,
    FORMATS,
    FileFormat,
    Step,
    StoredFile,
)
from simulator import Bus

KEY: Final = f"{DOMAIN}.peaks"


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give Home Assistant a folder of the test's own."""
    return hass_tmp_config_dir


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write files, which the harness otherwise prevents."""
    return {}


@pytest.fixture
def storage(hass: HomeAssistant) -> Path:
    """Return the folder of Home Assistant's storage."""
    folder = Path(hass.config.path(".storage"))
    folder.mkdir(exist_ok=True)
    return folder


def _names(storage: Path) -> list[str]:
    return [path.name for path in storage.glob(f"{DOMAIN}.*")]


def _write(storage: Path, key: str, version: tuple[int, int], data: Any) -> Path:
    path = storage / key
    major, minor = version
    content = {"version": major, "minor_version": minor, "key": key, "data": data}
    path.write_text(json.dumps(content))
    return path


def _changed(to: tuple[int, int], name: str) -> Step:
    return Step(to, lambda data: {"steps": [*data["steps"], name]})


CHANGED_THRICE: Final = FileFormat(
    "peaks", steps=(_changed((1, 2), "a"), _changed((2, 1), "b"), _changed((2, 2), "c"))
)


@pytest.mark.parametrize(
    ("version", "steps"),
    [
        ((1, 1), ["a", "b", "c"]),
        ((1, 2), ["b", "c"]),
        ((2, 1), ["c"]),
        ((2, 2), []),
        # A newer minor version is readable by its own promise.
        ((2, 9), []),
    ],
)
async def test_a_file_is_brought_up_to_date_by_the_steps_since_its_version(
    hass: HomeAssistant, storage: Path, version: tuple[int, int], steps: list[str]
) -> None:
    path = _write(storage, KEY, version, {"steps": []})

    found = await StoredFile(hass, CHANGED_THRICE).async_load()

    assert found == {"steps": steps}
    written = json.loads(path.read_text())
    assert (written["version"], written["minor_version"]) == (2, 2)
    assert written["data"] == found


@pytest.mark.parametrize("file_format", FORMATS, ids=lambda item: item.name)
async def test_a_bus_with_a_newer_file_is_not_set_up_and_the_file_stays(
    hass: HomeAssistant,
    storage: Path,
    bus: Bus,
    config_entry: MockConfigEntry,
    file_format: FileFormat,
) -> None:
    key = StoredFile(hass, file_format, config_entry.entry_id).key
    newer = _write(storage, key, (file_format.version[0] + 1, 1), {"of": "tomorrow"})
    before = newer.read_bytes()

    assert not await hass.config_entries.async_setup(config_entry.entry_id)
    await hass.async_block_till_done()

    assert config_entry.state is ConfigEntryState.SETUP_ERROR
    assert config_entry.reason == (
        f".storage/{key} was written by a newer version of TWC Manager, which this one cannot read. Install the "
        "newest version again, or restore the backup from before the update. Nothing was changed"
    )
    await hass.async_stop(force=True)
    assert newer.read_bytes() == before
    assert _names(storage) == [key]


async def test_a_bus_whose_entry_is_newer_is_not_set_up_and_nothing_is_written(
    hass: HomeAssistant, storage: Path, bus: Bus, config_entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(config_entry, version=99)
    before = config_entry.as_dict()

    assert not await hass.config_entries.async_setup(config_entry.entry_id)

    assert config_entry.state is ConfigEntryState.MIGRATION_ERROR
    assert config_entry.as_dict() == before
    assert not _names(storage)


def test_the_steps_of_each_format_lead_upward() -> None:
    for file_format in (*FORMATS, CHANGED_THRICE):
        versions = [step.to for step in file_format.steps]
        assert versions == sorted(set(versions))
    assert replace(BUS, steps=()).version == (1, 1)
