"""A Tesla account while its bus runs: opened in the background, its tokens kept fresh, its calls counted.

The bus does not wait for an account. Without it, only its vehicles cannot be commanded.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..tesla import CallKind, Calls, ReauthNeededError, TransientTokenError
from ..tesla.checking import SCOPE_LOCATION
from ..types import TwcConfigEntry
from .config import ConfiguredAccount
from .open_account import LibraryMissingError, async_need_reauth, async_open_account
from .readings import AccountReading

if TYPE_CHECKING:
    from ..tesla.account import Account

MAINTENANCE_INTERVAL: Final = timedelta(hours=12)
"""How often the tokens of an account are checked, and refreshed once they are `REFRESH_EVERY` old."""


class RunningAccount:
    """One account of a bus."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        account_id: str,
        config: ConfiguredAccount,
        *,
        calls: Calls,
        counted: Callable[[], None],
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            hass: Home Assistant.
            entry: the bus.
            account_id: the id of the account's subentry.
            config: the account as it was added.
            calls: the calls so far, to continue counting.
            counted: is called after each counted call.

        """
        self.config: Final = config
        self.calls: Final = calls
        self._hass = hass
        self._entry = entry
        self._id = account_id
        self._counted = counted
        self._account: Account | None = None
        self._needs_reauth = False
        self._opened: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None
        self._timer: CALLBACK_TYPE | None = None

    @property
    def account(self) -> Account | None:
        """Return the account; None while it is not open."""
        return self._account

    @property
    def can_locate(self) -> bool:
        """Return whether its vehicles may be located: by the token's scopes, or as found when it was entered."""
        token_manager = self._account.token_manager if self._account else None
        claims = token_manager.claims if token_manager else None
        if claims is None:
            return self.config.data.can_locate
        return SCOPE_LOCATION in claims.scopes

    def reading(self, today: date) -> AccountReading:
        """Return what entities show of the account."""
        return AccountReading(
            self.config.name, self.calls.total(today), self.calls.cost(today)
        )

    @callback
    def async_start(self, opened: Callable[[], None]) -> None:
        """Open the account in the background, then call `opened`; keep its tokens fresh from now on."""
        self._opened = opened
        self._timer = async_track_time_interval(
            self._hass,
            self._maintain,
            MAINTENANCE_INTERVAL,
            name=f"{DOMAIN} account",
            cancel_on_shutdown=True,
        )
        self._maintain()

    @callback
    def async_stop(self) -> None:
        """Stop using the account; a refresh in progress still stores its tokens."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @callback
    def async_need_reauth(self) -> None:
        """Ask the owner for another token, now and at each check; the account is opened again with it."""
        self._needs_reauth = True
        async_need_reauth(self._hass, self._entry, self._id)

    @callback
    def _maintain(self, _: datetime | None = None) -> None:
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, self._async_maintain(), f"{DOMAIN} account"
            )

    async def _async_maintain(self) -> None:
        """Open the account unless it is open, and refresh its tokens before they expire."""
        if self._account is None:
            try:
                self._account = await async_open_account(
                    self._hass,
                    self._entry,
                    self._entry.subentries[self._id],
                    on_call=self._count,
                )
            except LibraryMissingError:
                # The repair issue has the details.
                LOGGER.warning("The library for Tesla accounts is missing")
                return
            self._opened()
        if self._needs_reauth:
            self.async_need_reauth()
        token_manager = self._account.token_manager
        now = dt_util.utcnow().timestamp()
        if token_manager is None or not token_manager.refresh_due(now):
            return
        try:
            await token_manager.refresh()
        except ReauthNeededError:
            self.async_need_reauth()
        except TransientTokenError as err:
            LOGGER.debug("The account was not refreshed: %s", err)

    @callback
    def _count(self, kind: CallKind) -> None:
        self.calls.add(kind, dt_util.now().date())
        self._counted()
