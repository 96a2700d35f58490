"""The Tesla accounts of one bus while it runs."""

from collections.abc import Callable, Mapping
from datetime import date

from homeassistant.core import HomeAssistant, callback

from ..types import TwcConfigEntry
from .config import ConfiguredAccount
from .open_account import async_forget_library
from .readings import AccountReading
from .records import VehicleRecords
from .running_account import RunningAccount


class VehicleAccounts:
    """The accounts of one bus, by the ids of their subentries."""

    def __init__(
        self, hass: HomeAssistant, entry: TwcConfigEntry, records: VehicleRecords
    ) -> None:
        """Start without an account; `records` has the calls so far."""
        self._hass = hass
        self._entry = entry
        self._records = records
        self._accounts: dict[str, RunningAccount] = {}

    def get(self, account_id: str | None) -> RunningAccount | None:
        """Return an account; None if `account_id` is None, or the account was removed."""
        return self._accounts.get(account_id or "")

    def reading(self, today: date) -> Mapping[str, AccountReading]:
        """Return the readings of all accounts."""
        return {key: item.reading(today) for key, item in self._accounts.items()}

    @callback
    def async_stop(self) -> None:
        """Stop all accounts."""
        for account in self._accounts.values():
            account.async_stop()

    @callback
    def async_update(
        self,
        configured: Mapping[str, ConfiguredAccount],
        changed: Callable[[], None],
    ) -> None:
        """Set up new and changed accounts, stop removed ones, and keep all others.

        `changed` is called whenever the rules have to decide again.
        """
        before, self._accounts = self._accounts, {}
        self._records.keep_accounts(configured.keys())
        for account_id, config in configured.items():
            account = before.get(account_id)
            if account is None or account.config != config:
                account = self._new(account_id, config)
                account.async_start(changed)
            else:
                del before[account_id]
            self._accounts[account_id] = account
        for account in before.values():
            account.async_stop()
        async_forget_library(self._hass)

    def _new(self, account_id: str, config: ConfiguredAccount) -> RunningAccount:
        return RunningAccount(
            self._hass,
            self._entry,
            account_id,
            config,
            calls=self._records.calls_of(account_id),
            # A counted call is only stored: the rules decide again when the result of the command is known.
            counted=self._records.store,
        )
