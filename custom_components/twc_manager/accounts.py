"""How a Tesla account in Home Assistant's configuration becomes one that can be asked: data, tokens, library.

A refresh token works once: its successor has to be on the disk before anybody uses what came with it. Home
Assistant writes its entries a second after a change, and nobody can wait for that. So the newest tokens of all
accounts are in a file of our own too, which is written at once. Its tokens count as long as they come from
those that the owner entered last, which the grant id tells; no clock is asked.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigSubentry,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.loader import IntegrationNotFound
from homeassistant.requirements import (
    RequirementsNotFound,
    async_get_integration_with_requirements,
)
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .store import UNREADABLE
from .tesla import Region, TokenKeeper, Tokens, load_library, region_of, token_url

if TYPE_CHECKING:
    from .tesla.account import Account, OnCall

SUBENTRY_ACCOUNT: Final = "tesla_account"

CONF_KIND: Final = "kind"
CONF_GRANT_ID: Final = "grant_id"
CONF_TOKENS: Final = "tokens"
CONF_ACCESS_TOKEN: Final = "access_token"
CONF_REGION: Final = "region"
CONF_KEY_FILE: Final = "key_file"
CONF_BASE_URL: Final = "base_url"
CONF_SERVER_SIGNS: Final = "server_signs"
CONF_CAN_LOCATE: Final = "can_locate"

TO_REDACT: Final = frozenset({CONF_TOKENS, CONF_ACCESS_TOKEN, CONF_BASE_URL})
"""What of an account is nobody's business; a base URL may hold a password."""

STORAGE_VERSION: Final = 1
LIBRARY_ISSUE: Final = "tesla_library"
LIBRARY_OF: Final = "tesla_fleet"
"""The integration of Home Assistant's own whose library, in whose version, we use."""


class AccountKind(StrEnum):
    """By which way an account is reached."""

    FLEET = "fleet"
    """Tesla's own Fleet API."""
    TESLEMETRY = "teslemetry"
    TESSIE = "tessie"


class LibraryMissingError(HomeAssistantError):
    """The library that speaks to Tesla cannot be installed or imported: only the control of cars is lost."""

    def __init__(self) -> None:
        """Say so in the owner's language."""
        super().__init__(translation_domain=DOMAIN, translation_key=LIBRARY_ISSUE)


@dataclass(frozen=True, slots=True)
class AccountData:
    """What is kept of an account in its subentry. Equal ones are the same to whoever has opened the account.

    Attributes:
        kind: by which way it is reached.
        grant_id: a random name of what the owner entered last; stays as the tokens of it are refreshed.
        tokens: those of the Fleet API when they were kept last; None for the other ways.
        access_token: that of the other ways; empty for the Fleet API.
        region: where the account lives; None: as its token says.
        key_file: the private key for signed commands, absolute or below Home Assistant's configuration.
        base_url: the server to speak to instead of the usual one.
        server_signs: whether that server signs the commands.
        can_locate: whether cars may be asked where they are, as was found out when the token was entered.

    """

    kind: AccountKind
    grant_id: str
    tokens: Tokens | None = field(default=None, compare=False)
    access_token: str = field(default="", repr=False)
    region: Region | None = None
    key_file: str | None = None
    base_url: str | None = field(default=None, repr=False)
    server_signs: bool = False
    can_locate: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` takes, fit for a subentry."""
        return {
            CONF_KIND: self.kind.value,
            CONF_GRANT_ID: self.grant_id,
            CONF_TOKENS: None if self.tokens is None else self.tokens.as_dict(),
            CONF_ACCESS_TOKEN: self.access_token,
            CONF_REGION: None if self.region is None else self.region.value,
            CONF_KEY_FILE: self.key_file,
            CONF_BASE_URL: self.base_url,
            CONF_SERVER_SIGNS: self.server_signs,
            CONF_CAN_LOCATE: self.can_locate,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what a subentry holds."""
        tokens, region = data[CONF_TOKENS], data[CONF_REGION]
        return cls(
            kind=AccountKind(data[CONF_KIND]),
            grant_id=data[CONF_GRANT_ID],
            tokens=None if tokens is None else Tokens.from_dict(tokens),
            access_token=data[CONF_ACCESS_TOKEN],
            region=None if region is None else Region(region),
            key_file=data[CONF_KEY_FILE],
            base_url=data[CONF_BASE_URL],
            server_signs=data[CONF_SERVER_SIGNS],
            can_locate=data.get(CONF_CAN_LOCATE, True),
        )


def new_grant_id() -> str:
    """Return a name for what an owner has just entered."""
    return uuid4().hex


def token_server(tokens: Tokens, data: AccountData) -> str:
    """Return the URL where an account's tokens are refreshed."""
    return token_url(data.region or region_of(tokens), data.base_url)


class TokenSafe:
    """Keeps the newest tokens of all accounts on the disk, and has the one keeper of each of them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read yet."""
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.tokens", private=True, atomic_writes=True
        )
        self._writing = asyncio.Lock()
        self._kept: dict[str, Any] = {}
        self._keepers: dict[str, tuple[str, TokenKeeper]] = {}
        """By account, with the grant id that each is for."""
        self.came_of: Final[dict[str, Tokens]] = {}
        """What became of refresh tokens that were entered and are in no account yet, until Home Assistant stops."""

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read counts as nothing, since the subentries have tokens too."""
        try:
            self._kept = dict(await self._store.async_load() or {})
        except (*UNREADABLE, HomeAssistantError, NotImplementedError) as err:
            LOGGER.warning("%s cannot be read: %s", self._store.key, type(err).__name__)
        async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
        )
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_settle)

    async def _async_settle(self, _: Event) -> None:
        """Have Home Assistant wait for tokens on their way before it writes for the last time.

        It cancels what it does not know of, and Tesla may have spent the token before.
        """
        for _grant_id, keeper in list(self._keepers.values()):
            await keeper.settled()

    @callback
    def keeper(
        self, entry: ConfigEntry, subentry_id: str, data: AccountData
    ) -> TokenKeeper:
        """Return the keeper of an account of the Fleet API, always the same one until other tokens are entered.

        Two keepers of the same tokens would spoil each other's refresh tokens. What else is changed of an account
        is nothing to a keeper: another client or token server needs another token.
        """
        before = self._keepers.get(subentry_id)
        if before is not None and before[0] == data.grant_id:
            return before[1]
        tokens = self._newest(subentry_id, data)
        keeper = TokenKeeper(
            async_get_clientsession(self._hass),
            tokens,
            partial(self._async_keep, entry.entry_id, subentry_id, data.grant_id),
            url=token_server(tokens, data),
        )
        self._keepers[subentry_id] = (data.grant_id, keeper)
        return keeper

    def _newest(self, subentry_id: str, data: AccountData) -> Tokens:
        assert data.tokens is not None
        kept = self._kept.get(subentry_id)
        try:
            if kept is not None and kept[CONF_GRANT_ID] == data.grant_id:
                return Tokens.from_dict(kept[CONF_TOKENS])
        except UNREADABLE as err:
            LOGGER.warning("Tokens cannot be read: %s", type(err).__name__)
        return data.tokens

    async def _async_keep(
        self, entry_id: str, subentry_id: str, grant_id: str, tokens: Tokens
    ) -> None:
        """Keep new tokens for good before this returns; OSError if they cannot be kept."""
        if _grant_id_of(self._hass, entry_id, subentry_id) != grant_id:
            # The account was removed meanwhile, or its owner entered other tokens.
            return
        stored = tokens.as_dict()
        await self._async_write(
            {subentry_id: {CONF_GRANT_ID: grant_id, CONF_TOKENS: stored}}
        )
        if _grant_id_of(self._hass, entry_id, subentry_id) == grant_id:
            entry = self._hass.config_entries.async_get_known_entry(entry_id)
            subentry = entry.subentries[subentry_id]
            self._hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, CONF_TOKENS: stored}
            )

    async def _async_write(self, changes: Mapping[str, Any]) -> None:
        """Write the tokens of the accounts that there are, with these changes."""
        async with self._writing:
            accounts = _all_accounts(self._hass)
            kept = {
                subentry_id: item
                for subentry_id, item in {**self._kept, **changes}.items()
                if subentry_id in accounts
            }
            await self._store.async_save(kept)
            # It only logs that it could not write.
            if await self._store.async_load() != kept:
                raise OSError("the tokens are not on the disk")
            self._kept = kept

    @callback
    def _async_entry_changed(
        self, change: ConfigEntryChange, entry: ConfigEntry
    ) -> None:
        """Forget the tokens of accounts that were removed, and what became of those that were entered for one."""
        if entry.domain != DOMAIN:
            return
        for token, tokens in list(self.came_of.items()):
            if tokens.refresh_token in _refresh_tokens(entry):
                del self.came_of[token]
        accounts = _all_accounts(self._hass)
        for subentry_id in self._keepers.keys() - accounts:
            del self._keepers[subentry_id]
        if self._kept.keys() - accounts:
            self._hass.async_create_task(self._async_write({}), f"{DOMAIN} tokens")


def _all_accounts(hass: HomeAssistant) -> frozenset[str]:
    """Return the ids of all accounts' subentries."""
    return frozenset(
        subentry.subentry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    )


def _refresh_tokens(entry: ConfigEntry) -> frozenset[str]:
    """Return the refresh tokens of a bus' accounts."""
    accounts = (
        AccountData.from_dict(subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    )
    return frozenset(
        account.tokens.refresh_token for account in accounts if account.tokens
    )


def _grant_id_of(hass: HomeAssistant, entry_id: str, subentry_id: str) -> str | None:
    """Return what the owner entered last for an account; None if it is gone."""
    entry = hass.config_entries.async_get_entry(entry_id)
    subentry = None if entry is None else entry.subentries.get(subentry_id)
    return None if subentry is None else subentry.data[CONF_GRANT_ID]


@singleton(HassKey[TokenSafe](f"{DOMAIN}_tokens"), async_=True)
async def async_get_token_safe(hass: HomeAssistant) -> TokenSafe:
    """Return the one safe for the tokens of all accounts."""
    safe = TokenSafe(hass)
    await safe.async_load()
    return safe


async def async_load_library(hass: HomeAssistant) -> type[Account]:
    """Have Home Assistant install the library it uses itself, and import it in a thread.

    Raises:
        LibraryMissingError: there is none, or none that we know.

    """
    try:
        await async_get_integration_with_requirements(hass, LIBRARY_OF)
        return await hass.async_add_import_executor_job(load_library)
    except (ImportError, IntegrationNotFound, RequirementsNotFound) as err:
        raise LibraryMissingError from err


@callback
def async_forget_library(hass: HomeAssistant) -> None:
    """Say no more that the library is missing if no account of any bus needs it."""
    if not _all_accounts(hass):
        ir.async_delete_issue(hass, DOMAIN, LIBRARY_ISSUE)


async def async_open_account(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    *,
    on_call: OnCall | None = None,
) -> Account:
    """Open the account of a subentry; open it anew when its `AccountData` is another.

    Args:
        hass: Home Assistant.
        entry: the bus.
        subentry: the account.
        on_call: is told each call that Tesla bills.

    Raises:
        LibraryMissingError: the library is not there; a repair issue says so.

    """
    data = AccountData.from_dict(subentry.data)
    try:
        account = await async_make_account(
            hass, data, await _async_keeper(hass, entry, subentry, data), on_call
        )
    except LibraryMissingError:
        ir.async_create_issue(
            hass,
            DOMAIN,
            LIBRARY_ISSUE,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=LIBRARY_ISSUE,
        )
        raise
    ir.async_delete_issue(hass, DOMAIN, LIBRARY_ISSUE)
    return account


async def _async_keeper(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    data: AccountData,
) -> TokenKeeper | None:
    if data.kind is not AccountKind.FLEET:
        return None
    safe = await async_get_token_safe(hass)
    return safe.keeper(entry, subentry.subentry_id, data)


async def async_make_account(
    hass: HomeAssistant,
    data: AccountData,
    keeper: TokenKeeper | None,
    on_call: OnCall | None = None,
) -> Account:
    """Return an account that may be in no subentry yet; one of the Fleet API needs a keeper of its tokens.

    Raises:
        LibraryMissingError: the library is not there.

    """
    library = await async_load_library(hass)
    session = async_get_clientsession(hass)
    if keeper is None:
        make = {
            AccountKind.TESLEMETRY: library.teslemetry,
            AccountKind.TESSIE: library.tessie,
        }[data.kind]
        return make(session, data.access_token, base_url=data.base_url, on_call=on_call)
    key_file = data.key_file
    return library.fleet(
        session,
        keeper,
        region=data.region,
        key_file=None if key_file is None else Path(hass.config.path(key_file)),
        base_url=data.base_url,
        server_signs=data.server_signs,
        on_call=on_call,
    )


@callback
def async_need_reauth(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str
) -> None:
    """Ask the owner for another token of an account that takes the one we have no more.

    Home Assistant asks for one account of an entry at a time: say it again as long as it is so.
    """
    entry.async_start_reauth(hass, data={SUBENTRY_ACCOUNT: subentry_id})
