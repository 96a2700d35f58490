"""A Tesla account while a bus runs: opened in the background, kept alive, its calls counted.

The bus never waits for it: as long as the account is not there, or if it never is, only its cars cannot be told
anything.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
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

if TYPE_CHECKING:
    from ..tesla.account import Account

LOOK_AFTER_EVERY: Final = timedelta(hours=12)
"""How often an account is looked after though nobody charges, which refreshes its tokens once a week."""


class TeslaAccount:
    """One account of a bus."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        account_id: str,
        plan: ConfiguredAccount,
        *,
        calls: Calls,
        counted: Callable[[], None],
    ) -> None:
        """Go on counting `calls`; `counted` is called after each. Nothing is opened yet.

        `account_id` is the id of its subentry.
        """
        self.plan: Final = plan
        self.calls: Final = calls
        self._hass = hass
        self._entry = entry
        self._id = account_id
        self._counted = counted
        self._account: Account | None = None
        self._needs_token = False
        self._opened: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None
        self._timer: CALLBACK_TYPE | None = None

    @property
    def account(self) -> Account | None:
        """Return the account; None as long as it is not open."""
        return self._account

    @property
    def can_locate(self) -> bool:
        """Return whether cars may be asked where they are: as the token says, or said when it was entered."""
        keeper = self._account.keeper if self._account is not None else None
        claims = None if keeper is None else keeper.claims
        if claims is None:
            return self.plan.data.can_locate
        return SCOPE_LOCATION in claims.scopes

    @callback
    def async_start(self, opened: Callable[[], None]) -> None:
        """Open the account in the background, call `opened` then, and look after it from now on."""
        self._opened = opened
        self._timer = async_track_time_interval(
            self._hass,
            self._look_after,
            LOOK_AFTER_EVERY,
            name=f"{DOMAIN} account",
            cancel_on_shutdown=True,
        )
        self._look_after()

    @callback
    def async_stop(self) -> None:
        """Leave the account alone. Tokens on their way are kept all the same."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @callback
    def async_need_reauth(self) -> None:
        """Ask the owner for another token, and again now and then: with it, the account is opened anew."""
        self._needs_token = True
        async_need_reauth(self._hass, self._entry, self._id)

    @callback
    def _look_after(self, _: datetime | None = None) -> None:
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, self._async_look_after(), f"{DOMAIN} account"
            )

    async def _async_look_after(self) -> None:
        """Open the account if that was not done yet, and see that its tokens do not lapse."""
        if self._account is None:
            try:
                self._account = await async_open_account(
                    self._hass,
                    self._entry,
                    self._entry.subentries[self._id],
                    on_call=self._count,
                )
            except LibraryMissingError:
                # The repair issue tells more.
                LOGGER.warning("The library that speaks to Tesla is missing")
                return
            self._opened()
        if self._needs_token:
            self.async_need_reauth()
        keeper = self._account.keeper
        if keeper is None or not keeper.refresh_due(dt_util.utcnow().timestamp()):
            return
        try:
            await keeper.refresh()
        except ReauthNeededError:
            self.async_need_reauth()
        except TransientTokenError as err:
            LOGGER.debug("The account was not refreshed: %s", err)

    @callback
    def _count(self, kind: CallKind) -> None:
        self.calls.add(kind, dt_util.now().date())
        self._counted()
