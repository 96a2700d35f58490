"""How a Tesla account in Home Assistant's configuration becomes one that can be asked, and with which library."""

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
"""The integration of Home Assistant's own whose library, in whose version, we use."""


class LibraryMissingError(HomeAssistantError):
    """The library that speaks to Tesla cannot be installed or imported: only the control of cars is lost."""

    def __init__(self) -> None:
        """Say so in the owner's language."""
        super().__init__(translation_domain=DOMAIN, translation_key=LIBRARY_ISSUE)


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
    if not all_accounts(hass):
        ir.async_delete_issue(hass, DOMAIN, LIBRARY_ISSUE)


async def async_open_account(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
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
    token_store = await async_get_token_store(hass)
    return token_store.token_manager(entry, subentry.subentry_id, data)


async def async_make_account(
    hass: HomeAssistant,
    data: AccountData,
    token_manager: TokenManager | None,
    on_call: OnCall | None = None,
) -> Account:
    """Return an account that may be in no subentry yet; one of the Fleet API needs a keeper of its tokens.

    Raises:
        LibraryMissingError: the library is not there.

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
    """Ask the owner for another token of an account that takes the one we have no more.

    Home Assistant asks for one account of an entry at a time: say it again as long as it is so.
    """
    entry.async_start_reauth(hass, data={SUBENTRY_ACCOUNT: subentry_id})
