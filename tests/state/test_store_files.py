"""Files that are spoilt: no data is lost, and a repair issue reports them."""

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.state.store import BusStore, Part, StoredBus
from custom_components.twc_manager.twc import BusStatus
from simulator import Bus

from .test_store import FULL, set_at


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


def _files(storage: Path, pattern: str) -> list[Path]:
    return list(storage.glob(pattern))


async def _spoil(
    hass: HomeAssistant, storage: Path, change: Callable[[Any], None]
) -> tuple[StoredBus, BusStore, Path]:
    """Store FULL, change the file, and return what is read of it, with the store and the file."""
    await BusStore(hass, "a").async_save(FULL)
    path = storage / "twc_manager.a"
    kept = json.loads(path.read_text())
    change(kept)
    path.write_text(json.dumps(kept))
    store = BusStore(hass, "a")
    return await store.async_load(), store, path


@pytest.mark.parametrize(
    "content", ['{"version": 1, "data": 3}', "[]", '{"version": 1, "da', ""]
)
async def test_nothing_stays_of_a_removed_bus_whose_file_cannot_be_read(
    hass: HomeAssistant, storage: Path, content: str
) -> None:
    """It was moved aside, for an owner who has removed the bus since."""
    await BusStore(hass, "a").async_save(FULL)
    (storage / "twc_manager.a").write_text(content)

    assert await BusStore(hass, "a").async_remove() == StoredBus()

    assert not _files(storage, "twc_manager.a*")


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (set_at("user_settings", to=None), Part.USER_SETTINGS),
        (set_at("user_settings", "mode", to="fast"), Part.USER_SETTINGS),
        (set_at("user_settings", "resume_clock", to="noon"), Part.USER_SETTINGS),
        (set_at("user_settings", "reserved_w", to="much"), Part.USER_SETTINGS),
        (set_at("user_settings", "connectors", to={"garage": {}}), Part.USER_SETTINGS),
        (set_at("connectors", to=3), Part.CONNECTORS),
        (set_at("connectors", 0, "id", to="nobody"), Part.CONNECTORS),
        (set_at("connectors", 0, "id", to="-1"), Part.CONNECTORS),
        (set_at("connectors", 0, "rating", to=None), Part.CONNECTORS),
        (set_at("connectors", 0, "rating", to=0), Part.CONNECTORS),
        (set_at("connectors", 0, "rating", to=800), Part.CONNECTORS),
        (set_at("connectors", 0, "protocol", to=[2]), Part.CONNECTORS),
    ],
)
async def test_data_that_cannot_be_read_is_moved_aside_and_the_rest_is_used(
    hass: HomeAssistant, storage: Path, change: Callable[[Any], None], lost: Part
) -> None:
    found, store, path = await _spoil(hass, storage, lambda kept: change(kept["data"]))

    without = {
        Part.USER_SETTINGS: replace(FULL, user_settings=UserSettings()),
        Part.CONNECTORS: replace(FULL, connectors={}),
    }
    assert found == without[lost]
    (unreadable,) = store.unreadable
    assert unreadable.lost == {lost}
    assert unreadable.path is not None
    assert (storage.parent / unreadable.path).exists()
    assert not path.exists()


@pytest.mark.parametrize("data", [[], 7, {"data": 3}, {"version": "new"}])
async def test_a_file_that_is_something_else_is_moved_aside(
    hass: HomeAssistant, storage: Path, data: Any
) -> None:
    for name in ("twc_manager.a", "twc_manager.a.sessions"):
        (storage / name).write_text(json.dumps(data))
    store = BusStore(hass, "a")

    assert await store.async_load() == StoredBus()
    assert {part for item in store.unreadable for part in item.lost} == set(Part)
    assert len(_files(storage, "*.unreadable.*")) == 2


async def test_sessions_that_cannot_be_read_take_no_others_with_them(
    hass: HomeAssistant, storage: Path
) -> None:
    await BusStore(hass, "a").async_save(FULL)
    path = storage / "twc_manager.a.sessions"
    kept = json.loads(path.read_text())
    kept["data"]["sessions"].append({"connector_id": "vehicles"})
    path.write_text(json.dumps(kept))
    store = BusStore(hass, "a")

    assert await store.async_load() == FULL
    (unreadable,) = store.unreadable
    assert unreadable.lost == {Part.SESSIONS}


async def test_a_truncated_file_starts_with_defaults_and_home_assistant_says_so(
    hass: HomeAssistant,
    storage: Path,
    issue_registry: ir.IssueRegistry,
) -> None:
    await BusStore(hass, "a").async_save(FULL)
    path = storage / "twc_manager.a"
    path.write_bytes(path.read_bytes()[:100])

    found = await BusStore(hass, "a").async_load()

    assert found == replace(StoredBus(), sessions=FULL.sessions, months=FULL.months)
    assert _files(storage, "twc_manager.a.corrupt.*")
    assert any("storage_corruption" in issue for _, issue in issue_registry.issues)


def _block_folder(storage: Path) -> None:
    storage.rename(storage.with_name("elsewhere"))
    storage.write_text("a file where the folder should be")


def _block_file(storage: Path) -> None:
    path = storage / "twc_manager.a"
    path.unlink()
    path.mkdir()


def _block_rename(storage: Path) -> None:
    """Let a file be in the way that cannot be replaced, and the old one stay readable in the cache."""
    _block_file(storage)
    (storage / "twc_manager.a" / "child").touch()


@pytest.mark.parametrize("block", [_block_folder, _block_file, _block_rename])
async def test_a_write_that_fails_is_noticed_although_home_assistant_only_logs_it(
    hass: HomeAssistant, storage: Path, block: Callable[[Path], None]
) -> None:
    store = BusStore(hass, "a")
    assert await store.async_save(FULL) == replace(FULL, sessions=(), months=())
    block(storage)

    with pytest.raises((OSError, HomeAssistantError)):
        await store.async_save(FULL)


async def test_a_write_that_changes_nothing_on_the_disk_is_noticed(
    hass: HomeAssistant, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = BusStore(hass, "a")
    await store.async_save(FULL)
    monkeypatch.setattr(Store, "_write_prepared_data", lambda *_: None)

    with pytest.raises(OSError, match="was not written"):
        await store.async_save(FULL)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _garble(path: Path) -> None:
    path.write_bytes(path.read_bytes()[::-1])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _change(*keys: Any, to: Any) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        kept = json.loads(path.read_text())
        set_at(*keys, to=to)(kept)
        path.write_text(json.dumps(kept))

    return change


async def _set_up_spoilt(
    hass: HomeAssistant,
    storage: Path,
    entry: MockConfigEntry,
    spoil: Callable[[Path], None],
) -> bytes:
    """Set up a bus from the stored FULL, spoilt; return the content of the spoilt file."""
    await BusStore(hass, entry.entry_id).async_save(FULL)
    path = storage / f"{DOMAIN}.{entry.entry_id}"
    spoil(path)
    spoilt = path.read_bytes()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return spoilt


@pytest.mark.parametrize(
    ("spoil", "user_settings"),
    [
        (_change("data", to="nothing"), UserSettings()),
        (_change("data", "user_settings", "mode", to="fast"), UserSettings()),
        (_change("data", "connectors", to=None), FULL.user_settings),
    ],
)
async def test_a_bus_whose_file_is_spoilt_is_set_up_and_its_repair_issue_can_be_confirmed(
    hass: HomeAssistant,
    storage: Path,
    bus: Bus,
    config_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    spoil: Callable[[Path], None],
    user_settings: UserSettings,
) -> None:
    assert await async_setup_component(hass, REPAIRS_DOMAIN, {})
    spoilt = await _set_up_spoilt(hass, storage, config_entry, spoil)

    coordinator = config_entry.runtime_data
    assert coordinator.snapshot.status is BusStatus.SEARCHING
    assert replace(coordinator.user_settings, overrides={}) == replace(
        # What names schedules that are gone, or a time that is over, is settled at once.
        user_settings,
        overrides={},
        charge_now=coordinator.user_settings.charge_now,
        disabled_schedules=coordinator.user_settings.disabled_schedules,
        resume_green_at=coordinator.user_settings.resume_green_at,
    )
    (aside,) = _files(storage, f"{DOMAIN}.{config_entry.entry_id}.unreadable.*")
    assert aside.read_bytes() == spoilt
    issues = {
        issue_id: issue
        for (domain, issue_id), issue in issue_registry.issues.items()
        if domain == DOMAIN and issue_id.startswith("unreadable_")
    }
    assert issues
    for issue_id, issue in issues.items():
        assert issue.is_fixable and issue.translation_placeholders is not None
        assert aside.name in issue.translation_placeholders["file"]
        await _confirm(hass, issue_id)
        assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def _confirm(hass: HomeAssistant, issue_id: str) -> None:
    manager = hass.data[REPAIRS_DOMAIN]["flow_manager"]
    result = await manager.async_init(DOMAIN, data={"issue_id": issue_id})
    assert result["type"] is FlowResultType.FORM and result["step_id"] == "confirm"
    result = await manager.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("spoil", [_cut, _garble, _empty])
async def test_a_bus_whose_file_is_no_json_is_set_up_and_home_assistant_says_so(
    hass: HomeAssistant,
    storage: Path,
    bus: Bus,
    config_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    spoil: Callable[[Path], None],
) -> None:
    spoilt = await _set_up_spoilt(hass, storage, config_entry, spoil)

    coordinator = config_entry.runtime_data
    assert coordinator.user_settings == UserSettings()
    # Connectors may be there that are unknown now.
    assert coordinator.snapshot.status is BusStatus.SEARCHING
    (aside,) = _files(storage, f"{DOMAIN}.{config_entry.entry_id}.corrupt.*")
    assert aside.read_bytes() == spoilt
    assert any("storage_corruption" in issue for _, issue in issue_registry.issues)
