"""Opening an account, without ever losing a refresh token between Tesla and the disk."""

import asyncio
from dataclasses import asdict
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryData
from homeassistant.const import CONF_DEVICE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.requirements import RequirementsNotFound
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.diagnostics import async_get_config_entry_diagnostics
from custom_components.twc_manager.tesla import (
    CallKind,
    Region,
    TokenManager,
    Tokens,
    TransientTokenError,
)
from custom_components.twc_manager.vehicles.account_data import (
    SUBENTRY_ACCOUNT,
    TO_REDACT,
    AccountData,
    AccountKind,
    new_grant_id,
)
from custom_components.twc_manager.vehicles.open_account import (
    LibraryMissingError,
    async_need_reauth,
    async_open_account,
)
from custom_components.twc_manager.vehicles.token_store import (
    TokenStore,
    async_get_token_store,
)
from custom_components.twc_manager.vehicles.vehicle_data import (
    SUBENTRY_VEHICLE,
    VehicleData,
    VehicleKind,
)
from simulator import Car, make_vin
from simulator.tesla import Account, TeslaCar, TeslaCloud
from tests.conftest import ENTRY_DATA

pytest_plugins = ["tests.cloud"]

REQUIREMENTS: Final = "custom_components.twc_manager.vehicles.open_account.async_get_integration_with_requirements"


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Write real files, to a folder of this test."""
    return hass_tmp_config_dir


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write files, which the harness otherwise prevents."""
    return {}


def account(owner: Account, url: str, **changes: Any) -> ConfigSubentryData:
    data = AccountData(
        kind=AccountKind.FLEET,
        grant_id=new_grant_id(),
        tokens=Tokens(owner.client_id, owner.refresh_token),
        base_url=url,
        **changes,
    )
    return ConfigSubentryData(
        data=data.as_dict(),
        subentry_type=SUBENTRY_ACCOUNT,
        title="Tesla account",
        unique_id=owner.subject,
    )


def as_subentry(data: ConfigSubentryData) -> ConfigSubentry:
    return ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )


@pytest.fixture
def entry(hass: HomeAssistant, owner: Account, cloud: TeslaCloud) -> MockConfigEntry:
    """A bus that is not set up, with an account whose tokens were never refreshed."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_DEVICE: "/dev/null", **ENTRY_DATA},
        subentries_data=[account(owner, cloud.url())],
    )
    entry.add_to_hass(hass)
    return entry


def kept_tokens(hass: HomeAssistant) -> dict[str, Any]:
    """Return the content of the tokens file on the disk."""
    path = Path(hass.config.path(".storage/twc_manager.tokens"))
    kept: dict[str, Any] = json.loads(path.read_text())["data"]
    return kept


def only(entry: MockConfigEntry) -> ConfigSubentry:
    subentry: ConfigSubentry
    (subentry,) = entry.subentries.values()
    return subentry


def in_subentry(entry: MockConfigEntry) -> str:
    token: str = only(entry).data["tokens"]["refresh_token"]
    return token


async def token_manager_of(hass: HomeAssistant, entry: MockConfigEntry) -> TokenManager:
    subentry = next(iter(entry.get_subentries_of_type(SUBENTRY_ACCOUNT)))
    token_manager = (await async_open_account(hass, entry, subentry)).token_manager
    assert token_manager is not None
    return token_manager


async def another_life(hass: HomeAssistant) -> TokenStore:
    """Return the data on the disk as Home Assistant reads it after a restart."""
    token_store = TokenStore(hass)
    await token_store.async_load()
    return token_store


class HeldAnswer:
    """Delays Tesla's answer to a refresh, after the old token was used up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answered, self.go_on = asyncio.Event(), asyncio.Event()
        post = TokenManager._post

        async def held(token_manager: TokenManager) -> Any:
            answer = await post(token_manager)
            self.answered.set()
            await self.go_on.wait()
            return answer

        monkeypatch.setattr(TokenManager, "_post", held)


# The data


def test_data_survive_the_subentry() -> None:
    for data in (
        AccountData(AccountKind.TESSIE, "1", access_token="token"),
        AccountData(
            AccountKind.FLEET,
            "2",
            Tokens("client", "refresh", "access", 2.0, 1.0),
            region=Region.EUROPE,
            key_file="key.pem",
            base_url="https://proxy",
            server_signs=True,
            can_locate=False,
        ),
    ):
        again = AccountData.from_dict(data.as_dict())
        assert again == data
        assert again.tokens == data.tokens
        for secret in ("token", "refresh'", "access'", "proxy"):
            assert secret not in repr(data).replace("tokens=", "").replace(
                "access_token", ""
            )


def test_new_tokens_make_it_no_other_account() -> None:
    one, other = (
        AccountData(AccountKind.FLEET, "1", Tokens("client", token)) for token in "ab"
    )
    assert one == other
    assert one != AccountData(AccountKind.FLEET, "2", Tokens("client", "a"))


# Opening


async def test_open_account_lists_its_cars(
    hass: HomeAssistant, entry: MockConfigEntry, owner: Account
) -> None:
    calls: list[CallKind] = []
    opened = await async_open_account(hass, entry, only(entry), on_call=calls.append)
    assert [car.vin for car in await opened.vehicles()] == [owner.cars[0].vin]
    assert (await opened.wake(owner.cars[0].vin)).settled
    assert calls == [CallKind.WAKE]


@pytest.mark.parametrize("kind", [AccountKind.TESLEMETRY, AccountKind.TESSIE])
async def test_open_account_of_a_service(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: TeslaCloud, kind: AccountKind
) -> None:
    data = AccountData(
        kind,
        "1",
        access_token=cloud.accounts[0].third_party_token,
        base_url=f"{cloud.url()}/{kind}",
    )
    hass.config_entries.async_update_subentry(entry, only(entry), data=data.as_dict())
    opened = await async_open_account(hass, entry, only(entry))
    assert opened.token_manager is None
    assert len(await opened.vehicles()) == 1


async def test_key_file_is_below_the_configuration(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    for given, path in (("a.pem", hass.config.path("a.pem")), ("/b.pem", "/b.pem")):
        hass.config_entries.async_update_subentry(
            entry, only(entry), data={**only(entry).data, "key_file": given}
        )
        opened = await async_open_account(hass, entry, only(entry))
        assert opened.key_file == Path(path)


@pytest.mark.parametrize(
    "broken",
    [
        patch(
            REQUIREMENTS, side_effect=RequirementsNotFound("tesla_fleet", ["library"])
        ),
        patch(
            "custom_components.twc_manager.vehicles.open_account.load_library",
            side_effect=ImportError,
        ),
    ],
)
async def test_library_that_is_missing_is_a_repair_issue_while_it_is(
    hass: HomeAssistant, entry: MockConfigEntry, broken: Any
) -> None:
    issues = ir.async_get(hass)
    with broken, pytest.raises(LibraryMissingError) as error:
        await async_open_account(hass, entry, only(entry))
    assert error.value.translation_key == "tesla_library"
    issue = issues.async_get_issue(DOMAIN, "tesla_library")
    assert issue is not None
    assert issue.translation_key == "tesla_library"

    await async_open_account(hass, entry, only(entry))
    assert issues.async_get_issue(DOMAIN, "tesla_library") is None


async def test_it_is_the_library_of_home_assistant(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with patch(REQUIREMENTS) as install:
        await async_open_account(hass, entry, only(entry))
    install.assert_awaited_once_with(hass, "tesla_fleet")


# Keeping tokens


async def test_new_tokens_are_on_the_disk_before_anybody_has_them(
    hass: HomeAssistant, entry: MockConfigEntry, owner: Account
) -> None:
    token_manager = await token_manager_of(hass, entry)
    tokens = await token_manager.refresh()
    # Home Assistant has not had its second to save the entries.
    (kept,) = kept_tokens(hass).values()
    assert kept["tokens"] == tokens.as_dict()
    assert tokens.refresh_token == owner.refresh_token == in_subentry(entry)
    path = Path(hass.config.path(".storage/twc_manager.tokens"))
    assert await hass.async_add_executor_job(lambda: path.stat().st_mode & 0o077) == 0


async def test_killed_between_refresh_and_use(
    hass: HomeAssistant, entry: MockConfigEntry, owner: Account
) -> None:
    before = dict(only(entry).data)
    await (await token_manager_of(hass, entry)).refresh()
    # The entries were never saved: they are as they were read at the start.
    hass.config_entries.async_update_subentry(entry, only(entry), data=before)
    assert in_subentry(entry) != owner.refresh_token

    token_store = await another_life(hass)
    data = AccountData.from_dict(only(entry).data)
    token_manager = token_store.token_manager(entry, only(entry).subentry_id, data)
    assert token_manager.tokens.refresh_token == owner.refresh_token
    await token_manager.refresh()
    assert owner.refreshes == 2


async def test_killed_while_writing_leaves_the_file_whole(
    hass: HomeAssistant, entry: MockConfigEntry, owner: Account
) -> None:
    token_manager = await token_manager_of(hass, entry)
    await token_manager.refresh()
    before = kept_tokens(hass)
    with (
        patch(
            "homeassistant.helpers.storage.write_utf8_file_atomic",
            side_effect=WriteError,
        ),
        pytest.raises(TransientTokenError),
    ):
        await token_manager.refresh()
    assert kept_tokens(hass) == before
    # Nothing was lost: what could not be kept is tried again, without another refresh.
    await token_manager.refresh()
    assert owner.refreshes == 2
    (kept,) = kept_tokens(hass).values()
    assert kept["tokens"]["refresh_token"] == owner.refresh_token


async def test_home_assistant_that_stops_waits_for_a_refresh(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    owner: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = HeldAnswer(monkeypatch)
    refresh = asyncio.create_task((await token_manager_of(hass, entry)).refresh())
    await held.answered.wait()

    @callback
    def answer_soon(_: Event) -> None:
        hass.loop.call_later(0.05, held.go_on.set)

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, answer_soon)
    await hass.async_stop()
    in_time = refresh.done()
    await refresh
    assert in_time
    (kept,) = kept_tokens(hass).values()
    assert kept["tokens"]["refresh_token"] == owner.refresh_token


async def test_refresh_does_not_reload_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with (
        patch.object(hass.config_entries, "async_reload") as reload,
        patch.object(hass.config_entries, "async_schedule_reload") as schedule,
    ):
        await (await token_manager_of(hass, entry)).refresh()
        await hass.async_block_till_done()
    assert not reload.called
    assert not schedule.called


async def test_a_hundred_at_once_refresh_once(
    hass: HomeAssistant, entry: MockConfigEntry, owner: Account
) -> None:
    opened = [await async_open_account(hass, entry, only(entry)) for _ in range(100)]
    lists = await asyncio.gather(*(account.vehicles() for account in opened))
    assert all(len(cars) == 1 for cars in lists)
    assert owner.refreshes == 1


async def test_the_last_token_that_the_owner_entered_counts(
    hass: HomeAssistant, entry: MockConfigEntry, owner: Account, cloud: TeslaCloud
) -> None:
    old = await token_manager_of(hass, entry)
    await old.refresh()
    entered = account(owner, cloud.url())
    owner.refresh_token = owner.grant_again()
    entered = account(owner, cloud.url())
    hass.config_entries.async_update_subentry(entry, only(entry), data=entered["data"])
    new = await token_manager_of(hass, entry)
    assert new is not old
    assert new.tokens.refresh_token == owner.refresh_token
    await new.refresh()

    # A refresh that ends late, of what was there before, changes nothing.
    kept = kept_tokens(hass)
    await old._store_tokens(Tokens("late", "late"))
    assert kept_tokens(hass) == kept
    assert in_subentry(entry) == owner.refresh_token


async def test_another_setting_keeps_the_newest_tokens(
    hass: HomeAssistant, entry: MockConfigEntry, owner: Account
) -> None:
    old = await token_manager_of(hass, entry)
    await old.refresh()
    hass.config_entries.async_update_subentry(
        entry, only(entry), data={**only(entry).data, "region": "eu"}
    )
    new = await token_manager_of(hass, entry)
    assert new is old
    assert new.tokens.refresh_token == owner.refresh_token


async def test_another_setting_while_a_refresh_is_under_way_costs_no_account(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    owner: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = HeldAnswer(monkeypatch)
    old = await token_manager_of(hass, entry)
    refresh = asyncio.create_task(old.refresh())
    # Tesla has spent the old token, and its successor is on the way.
    await held.answered.wait()
    hass.config_entries.async_update_subentry(
        entry, only(entry), data={**only(entry).data, "key_file": "key.pem"}
    )
    new = await token_manager_of(hass, entry)
    held.go_on.set()
    await refresh
    owner.expire_access()
    await new.refresh()
    assert owner.refreshes == 2
    assert in_subentry(entry) == owner.refresh_token


async def test_two_accounts_refresh_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: TeslaCloud
) -> None:
    other = Account(cars=[TeslaCar(car=Car(vin=make_vin(8)))], subject="other")
    cloud.accounts.append(other)
    hass.config_entries.async_add_subentry(
        entry, as_subentry(account(other, cloud.url()))
    )
    opened = [
        await async_open_account(hass, entry, subentry)
        for subentry in entry.subentries.values()
    ]
    await asyncio.gather(
        *(item.token_manager.refresh() for item in opened if item.token_manager)
    )
    assert {item["tokens"]["refresh_token"] for item in kept_tokens(hass).values()} == {
        owner.refresh_token for owner in cloud.accounts
    }


async def test_tokens_of_an_account_that_is_removed_are_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    token_manager = await token_manager_of(hass, entry)
    await token_manager.refresh()
    hass.config_entries.async_remove_subentry(entry, only(entry).subentry_id)
    await hass.async_block_till_done()
    assert kept_tokens(hass) == {}
    await token_manager.refresh()
    assert kept_tokens(hass) == {}


async def test_removed_while_its_tokens_are_written(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    token_manager = await token_manager_of(hass, entry)
    token_store = await async_get_token_store(hass)
    write = token_store._async_write

    async def remove_first(changes: Any) -> None:
        hass.config_entries.async_remove_subentry(entry, only(entry).subentry_id)
        await write(changes)

    with patch.object(token_store, "_async_write", remove_first):
        await token_manager.refresh()
    await hass.async_block_till_done()
    assert kept_tokens(hass) == {}


async def test_accounts_of_other_entries_stay_untouched(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await (await token_manager_of(hass, entry)).refresh()
    before = kept_tokens(hass)
    MockConfigEntry(domain="other").add_to_hass(hass)
    other = hass.config_entries.async_entries("other")[0]
    hass.config_entries.async_update_entry(other, title="New")
    await hass.async_block_till_done()
    assert kept_tokens(hass) == before


@pytest.fixture(
    params=[
        '{"version": 99, "minor_version": 1, "key": "x", "data": {}}',
        '{"version": 1, "minor_version": 1, "key": "x", "data": ["tokens"]}',
        "{",
        "tokens",
    ]
)
def unreadable(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_file_that_cannot_be_read(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    owner: Account,
    request: pytest.FixtureRequest,
    unreadable: str,
    hass_tmp_config_dir: str,
) -> None:
    def write() -> None:
        path = Path(hass_tmp_config_dir, ".storage", "twc_manager.tokens")
        path.parent.mkdir(exist_ok=True)
        damaged = (
            f'{{"version": 1, "minor_version": 1, "key": "x", "data": {{"{only(entry).subentry_id}": '
            f'{{"grant_id": "{only(entry).data["grant_id"]}", "tokens": {{}}}}}}}}'
        )
        path.write_text(damaged if unreadable == "tokens" else unreadable)

    await hass.async_add_executor_job(write)
    # The tokens of the subentry do as well.
    await (await token_manager_of(hass, entry)).refresh()
    assert owner.refreshes == 1
    assert len(kept_tokens(hass)) == 1


async def test_a_failed_write_is_no_success(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    token_store = await async_get_token_store(hass)
    with (
        patch(
            "homeassistant.helpers.storage.write_utf8_file_atomic",
            side_effect=WriteError,
        ),
        pytest.raises(OSError),
    ):
        await token_store._async_write({only(entry).subentry_id: {"grant_id": "1"}})


# What is reported


def test_redacted_keys_are_names_of_fields() -> None:
    data = AccountData(AccountKind.TESSIE, "1").as_dict()
    assert data.keys() >= TO_REDACT


async def test_diagnostics_contain_no_token(
    hass: HomeAssistant,
    config_entry: MockConfigEntry,
    owner: Account,
    cloud: TeslaCloud,
) -> None:
    hass.config_entries.async_add_subentry(
        config_entry, as_subentry(account(owner, cloud.url(), key_file="key.pem"))
    )
    car = VehicleData(VehicleKind.ACCOUNT, vin=owner.cars[0].vin)
    hass.config_entries.async_add_subentry(
        config_entry,
        ConfigSubentry(
            data=MappingProxyType({**asdict(car), "kind": "account"}),
            subentry_type=SUBENTRY_VEHICLE,
            title="Red one",
            unique_id=car.vin,
        ),
    )
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    tokens = await (await token_manager_of(hass, config_entry)).refresh()

    report = json.dumps(await async_get_config_entry_diagnostics(hass, config_entry))
    assert "key.pem" in report
    for secret in (
        owner.refresh_token,
        tokens.access_token,
        owner.client_id,
        owner.subject,
        owner.cars[0].vin,
        cloud.url(),
    ):
        assert secret not in report


async def test_asking_for_a_token_names_the_account(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    async_need_reauth(hass, entry, only(entry).subentry_id)
    async_need_reauth(hass, entry, only(entry).subentry_id)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert flow["step_id"] == "reauth_confirm"
