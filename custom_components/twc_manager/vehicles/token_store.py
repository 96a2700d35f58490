"""Stores the newest tokens of all Tesla accounts, before anything uses them.

A refresh token works once, so its successor has to be on the disk before the new access token is used. Home Assistant
writes its entries a second after a change, which is too late. So the newest tokens are also written at once to a file
of our own. The tokens in that file count as long as they descend from those that the owner entered last, which the
grant id proves without a clock.

The way of a token: `tesla/tokens` refreshes it and calls `TokenStore._async_store_tokens`, which writes the file of
`stored_files.TOKENS`, reads it back, and then updates the subentry. `vehicles/account_data` names the key of the
subentry, whose changes `subentries` ignores.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER, PARSE_ERRORS
from ..stored_files import TOKENS, StoredFile
from ..subentries import async_watch_subentries
from ..tesla import TokenManager, Tokens
from ..types import TwcConfigEntry
from .account_data import (
    CONF_GRANT_ID,
    CONF_TOKENS,
    ROTATING_KEYS,
    SUBENTRY_ACCOUNT,
    AccountData,
    token_server,
)


class TokenStore:
    """Stores the newest tokens of all accounts, and has the one token manager of each account."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read yet."""
        self._hass = hass
        self._store = StoredFile(hass, TOKENS)
        self._writing = asyncio.Lock()
        self._stored: dict[str, Any] = {}
        self._managers: dict[str, tuple[str, TokenManager]] = {}
        """The token manager of each account, with the grant id that it is for."""
        self.rotated_from: Final[dict[str, Tokens]] = {}
        """The successors of entered refresh tokens that are not in an account yet, until Home Assistant stops."""

    async def async_load(self) -> None:
        """Read the file; one that cannot be read counts as empty, since the subentries have tokens as well."""
        try:
            self._stored = dict(await self._store.async_load() or {})
        except (*PARSE_ERRORS, HomeAssistantError, NotImplementedError) as err:
            LOGGER.warning("%s cannot be read: %s", self._store.key, type(err).__name__)
        async_watch_subentries(
            self._hass,
            partial(self._hass.config_entries.async_entries, DOMAIN),
            self._async_subentries_changed,
            ignored=ROTATING_KEYS,
        )
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_settle)

    async def _async_settle(self, _: Event) -> None:
        """Have Home Assistant wait for refreshes in progress before its last write.

        It would cancel them, after Tesla may have used up the old token.
        """
        for _grant_id, token_manager in list(self._managers.values()):
            await token_manager.settled()

    @callback
    def token_manager(
        self, entry: TwcConfigEntry, subentry_id: str, data: AccountData
    ) -> TokenManager:
        """Return the token manager of a Fleet API account, the same one until other tokens are entered.

        Two managers of the same tokens would use up each other's refresh tokens. Other changes of an account do not
        concern it: another client or token server needs another token.
        """
        before = self._managers.get(subentry_id)
        if before is not None and before[0] == data.grant_id:
            return before[1]
        tokens = self._newest(subentry_id, data)
        token_manager = TokenManager(
            async_get_clientsession(self._hass),
            tokens,
            partial(
                self._async_store_tokens, entry.entry_id, subentry_id, data.grant_id
            ),
            url=token_server(tokens, data),
        )
        self._managers[subentry_id] = (data.grant_id, token_manager)
        return token_manager

    def _newest(self, subentry_id: str, data: AccountData) -> Tokens:
        assert data.tokens is not None
        stored = self._stored.get(subentry_id)
        try:
            if stored is not None and stored[CONF_GRANT_ID] == data.grant_id:
                return Tokens.from_dict(stored[CONF_TOKENS])
        except PARSE_ERRORS as err:
            LOGGER.warning("Tokens cannot be read: %s", type(err).__name__)
        return data.tokens

    async def _async_store_tokens(
        self, entry_id: str, subentry_id: str, grant_id: str, tokens: Tokens
    ) -> None:
        """Store new tokens permanently before this returns; raise OSError if that fails."""
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
        """Write the tokens of all existing accounts, with these changes."""
        async with self._writing:
            accounts = all_accounts(self._hass)
            tokens = {
                subentry_id: item
                for subentry_id, item in {**self._stored, **changes}.items()
                if subentry_id in accounts
            }
            await self._store.async_save(tokens)
            # A failure to write is only logged.
            if await self._store.async_load() != tokens:
                raise OSError("the tokens are not on the disk")
            self._stored = tokens

    @callback
    def _async_subentries_changed(self, kinds: frozenset[str]) -> None:
        """Forget the tokens of removed accounts, and the successors of tokens that are in an account now."""
        if SUBENTRY_ACCOUNT not in kinds:
            return
        in_accounts = _refresh_tokens(self._hass)
        for token, tokens in list(self.rotated_from.items()):
            if tokens.refresh_token in in_accounts:
                del self.rotated_from[token]
        accounts = all_accounts(self._hass)
        for subentry_id in self._managers.keys() - accounts:
            del self._managers[subentry_id]
        if self._stored.keys() - accounts:
            self._hass.async_create_task(self._async_write({}), f"{DOMAIN} tokens")


def all_accounts(hass: HomeAssistant) -> frozenset[str]:
    """Return the ids of all accounts' subentries."""
    return frozenset(
        subentry.subentry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    )


def _refresh_tokens(hass: HomeAssistant) -> frozenset[str]:
    """Return the refresh tokens of all accounts, as they are in the subentries."""
    accounts = (
        AccountData.from_dict(subentry.data)
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    )
    return frozenset(
        account.tokens.refresh_token for account in accounts if account.tokens
    )


def _grant_id_of(hass: HomeAssistant, entry_id: str, subentry_id: str) -> str | None:
    """Return the grant id of an account; None if the account was removed."""
    entry = hass.config_entries.async_get_entry(entry_id)
    subentry = None if entry is None else entry.subentries.get(subentry_id)
    return None if subentry is None else subentry.data[CONF_GRANT_ID]


@singleton(HassKey[TokenStore](f"{DOMAIN}_tokens"), async_=True)
async def async_get_token_store(hass: HomeAssistant) -> TokenStore:
    """Return the one store for the tokens of all accounts."""
    token_store = TokenStore(hass)
    await token_store.async_load()
    return token_store
