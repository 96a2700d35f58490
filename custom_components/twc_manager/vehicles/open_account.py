"""Opens a Tesla account from its subentry, with the library that Home Assistant's own Tesla integration uses."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.loader import IntegrationNotFound
from homeassistant.requirements import (
    RequirementsNotFound,
    async_get_integration_with_requirements,
)

from ..const import DOMAIN
from ..tesla import TokenManager, load_library
from ..types import TwcConfigEntry
from .account_data import SUBENTRY_ACCOUNT, AccountData, AccountKind
from .token_store import all_accounts, async_get_token_store

if TYPE_CHECKING:
    from ..tesla.account import Account, OnCall

LIBRARY_ISSUE: Final = "tesla_library"
LIBRARY_OF: Final = "tesla_fleet"
"""The integration of Home Assistant whose library we use, in the version that it requires."""


class LibraryMissingError(HomeAssistantError):
    """The library for Tesla accounts cannot be installed or imported; the bus runs without it."""

    def __init__(self) -> None:
        """Use the text of the repair issue."""
        super().__init__(translation_domain=DOMAIN, translation_key=LIBRARY_ISSUE)


async def async_load_library(hass: HomeAssistant) -> type[Account]:
    """Return the class of accounts, after Home Assistant has installed the library and a thread has imported it.

    Raises:
        LibraryMissingError: it cannot be installed, or does not fit.

    """
    try:
        await async_get_integration_with_requirements(hass, LIBRARY_OF)
        return await hass.async_add_import_executor_job(load_library)
    except (ImportError, IntegrationNotFound, RequirementsNotFound) as err:
        raise LibraryMissingError from err


@callback
def async_forget_library(hass: HomeAssistant) -> None:
    """Remove the repair issue about the library if no bus has an account."""
    if not all_accounts(hass):
        ir.async_delete_issue(hass, DOMAIN, LIBRARY_ISSUE)


async def async_open_account(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    subentry: ConfigSubentry,
    *,
    on_call: OnCall | None = None,
) -> Account:
    """Return the account of a subentry; to be opened again when its `AccountData` changes.

    Args:
        hass: Home Assistant.
        entry: the bus.
        subentry: the account.
        on_call: is called with the kind of each call that Tesla bills.

    Raises:
        LibraryMissingError: the library is missing; a repair issue is created.

    """
    data = AccountData.from_dict(subentry.data)
    try:
        account = await async_make_account(
            hass, data, await _async_token_manager(hass, entry, subentry, data), on_call
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


async def _async_token_manager(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    subentry: ConfigSubentry,
    data: AccountData,
) -> TokenManager | None:
    if data.kind is not AccountKind.FLEET:
        return None
    store = await async_get_token_store(hass)
    return store.token_manager(entry, subentry.subentry_id, data)


async def async_make_account(
    hass: HomeAssistant,
    data: AccountData,
    token_manager: TokenManager | None,
    on_call: OnCall | None = None,
) -> Account:
    """Return an account, which may be in no subentry yet; the Fleet API needs a token manager.

    Raises:
        LibraryMissingError: the library is missing.

    """
    library = await async_load_library(hass)
    session = async_get_clientsession(hass)
    if token_manager is None:
        make = {
            AccountKind.TESLEMETRY: library.teslemetry,
            AccountKind.TESSIE: library.tessie,
        }[data.kind]
        return make(session, data.access_token, base_url=data.base_url, on_call=on_call)
    key_file = data.key_file
    return library.fleet(
        session,
        token_manager,
        region=data.region,
        key_file=None if key_file is None else Path(hass.config.path(key_file)),
        base_url=data.base_url,
        server_signs=data.server_signs,
        on_call=on_call,
    )


@callback
def async_need_reauth(
    hass: HomeAssistant, entry: TwcConfigEntry, subentry_id: str
) -> None:
    """Ask the owner for another token of an account that rejects the current one.

    Home Assistant asks for one account of an entry at a time, so this has to be repeated until there is a token.
    """
    entry.async_start_reauth(hass, data={SUBENTRY_ACCOUNT: subentry_id})
