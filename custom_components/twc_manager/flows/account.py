"""The subentry flow of a Tesla account: adds one or changes one."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow

from ..types import TwcConfigEntry
from ..vehicles.account_data import SUBENTRY_ACCOUNT, AccountData, AccountKind
from ..vehicles.token_store import async_get_token_store
from ..vehicles.vehicle_data import vehicles_of
from .account_form import Before, Entered
from .account_steps import AccountSteps


class AccountSubentryFlow(
    AccountSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
    ConfigSubentryFlow,
):
    """Add a Tesla account or change one."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the service of the account."""
        return self.async_show_menu(step_id="user", menu_options=list(AccountKind))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the stored account."""
        before = await async_before(
            self.hass, self._get_entry(), self._get_reconfigure_subentry()
        )
        self._account_before = before
        return await self._async_ask_account(before.data.kind, None)

    @override
    async def _async_account_entered(self, entered: Entered) -> SubentryFlowResult:
        assert entered.data is not None
        entry = self._get_entry()
        data = entered.data.as_dict()
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                entry,
                self._get_reconfigure_subentry(),
                title=entered.title,
                data=data,
            )
        known = entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
        if any(subentry.unique_id == entered.unique_id for subentry in known):
            raise AbortFlow("already_configured")
        return self.async_create_entry(
            title=entered.title, data=data, unique_id=entered.unique_id
        )


async def async_before(
    hass: HomeAssistant, entry: TwcConfigEntry, subentry: ConfigSubentry
) -> Before:
    """Return the stored account that a flow changes."""
    data = AccountData.from_dict(subentry.data)
    vins = frozenset(
        vehicle.vin
        for vehicle in vehicles_of(entry).values()
        if vehicle.account == subentry.subentry_id and vehicle.vin is not None
    )
    token_manager = None
    if data.kind is AccountKind.FLEET:
        store = await async_get_token_store(hass)
        token_manager = store.token_manager(entry, subentry.subentry_id, data)
    return Before(data, subentry.unique_id, token_manager, vins)
