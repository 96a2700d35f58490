"""The steps of the config flow that ask for a new token of an account."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowContext, ConfigFlowResult

from ..vehicles.account_data import SUBENTRY_ACCOUNT
from .account import async_before
from .account_form import Entered
from .account_steps import TokenSteps


class ReauthSteps(TokenSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow):
    """Asks for a new token of an account that does not accept its old one any more."""

    _reauth_subentry_id = ""

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start reauthentication of the account that the data names."""
        self._reauth_subentry_id = entry_data[SUBENTRY_ACCOUNT]
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new token of the same account."""
        entry = self._get_reauth_entry()
        subentry = entry.subentries.get(self._reauth_subentry_id)
        if subentry is None:
            return self.async_abort(reason="account_gone")
        if self._account_before is None:
            self._account_before = await async_before(self.hass, entry, subentry)
        return await self._async_ask_token("reauth_confirm", subentry.title, user_input)

    @override
    async def _async_account_entered(self, entered: Entered) -> ConfigFlowResult:
        """Store the new token; the accounts' listener applies it."""
        assert entered.data is not None
        entry = self._get_reauth_entry()
        self.hass.config_entries.async_update_subentry(
            entry,
            entry.subentries[self._reauth_subentry_id],
            data=entered.data.as_dict(),
        )
        return self.async_abort(reason="reauth_successful")
