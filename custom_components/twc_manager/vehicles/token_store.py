"""The newest tokens of all Tesla accounts, on the disk before anybody uses them.

A refresh token works once: its successor has to be on the disk before anybody uses what came with it. Home
Assistant writes its entries a second after a change, and nobody can wait for that. So the newest tokens of all
accounts are in a file of our own too, which is written at once. Its tokens count as long as they come from
those that the owner entered last, which the grant id tells; no clock is asked.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER, PARSE_ERRORS
from ..tesla import TokenManager, Tokens
from ..types import TwcConfigEntry
from .account_data import (
    CONF_GRANT_ID,
    CONF_TOKENS,
    SUBENTRY_ACCOUNT,
    AccountData,
    token_server,
)

STORAGE_VERSION: Final = 1


class TokenStore:
    """Keeps the newest tokens of all accounts on the disk, and has the one keeper of each of them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read yet."""
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.tokens", private=True, atomic_writes=True
        )
        self._writing = asyncio.Lock()
        self._kept: dict[str, Any] = {}
        self._keepers: dict[str, tuple[str, TokenManager]] = {}
        """By account, with the grant id that each is for."""
        self.rotated_from: Final[dict[str, Tokens]] = {}
        """What became of refresh tokens that were entered and are in no account yet, until Home Assistant stops."""

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read counts as nothing, since the subentries have tokens too."""
        try:
            self._kept = dict(await self._store.async_load() or {})
        except (*PARSE_ERRORS, HomeAssistantError, NotImplementedError) as err:
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
        self, entry: TwcConfigEntry, subentry_id: str, data: AccountData
    ) -> TokenManager:
        """Return the keeper of an account of the Fleet API, always the same one until other tokens are entered.

        Two keepers of the same tokens would spoil each other's refresh tokens. What else is changed of an account
        is nothing to a keeper: another client or token server needs another token.
        """
        before = self._keepers.get(subentry_id)
        if before is not None and before[0] == data.grant_id:
            return before[1]
        tokens = self._newest(subentry_id, data)
        keeper = TokenManager(
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
        except PARSE_ERRORS as err:
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
            accounts = all_accounts(self._hass)
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
        self, change: ConfigEntryChange, entry: TwcConfigEntry
    ) -> None:
        """Forget the tokens of accounts that were removed, and what became of those that were entered for one."""
        if entry.domain != DOMAIN:
            return
        for token, tokens in list(self.rotated_from.items()):
            if tokens.refresh_token in _refresh_tokens(entry):
                del self.rotated_from[token]
        accounts = all_accounts(self._hass)
        for subentry_id in self._keepers.keys() - accounts:
            del self._keepers[subentry_id]
        if self._kept.keys() - accounts:
            self._hass.async_create_task(self._async_write({}), f"{DOMAIN} tokens")


def all_accounts(hass: HomeAssistant) -> frozenset[str]:
    """Return the ids of all accounts' subentries."""
    return frozenset(
        subentry.subentry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    )


def _refresh_tokens(entry: TwcConfigEntry) -> frozenset[str]:
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


@singleton(HassKey[TokenStore](f"{DOMAIN}_tokens"), async_=True)
async def async_get_token_store(hass: HomeAssistant) -> TokenStore:
    """Return the one safe for the tokens of all accounts."""
    safe = TokenStore(hass)
    await safe.async_load()
    return safe
