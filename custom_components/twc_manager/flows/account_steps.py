"""The steps that ask for a Tesla account, for every flow that needs one."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult

from ..tesla import Problem
from ..vehicles.account_data import AccountKind
from .account_form import (
    AccountForm,
    Before,
    Entered,
    account_schema,
    suggested_values,
    token_field,
    token_schema,
)

LINKS: Final = {
    "docs_url": "https://github.com/twc-manager/twc-manager/blob/main/docs/tesla-account.md",
    "pairing_url": "https://tesla.com/_ak/",
    "register_url": "https://developer.tesla.com/docs/fleet-api/endpoints/partner-endpoints#register",
    "example_url": "https://proxy.example.com",
}
"""The addresses in the texts, as placeholders."""

NOTICES: Final = {
    Problem.KEY_NEEDED: "some_need_key",
    Problem.KEY_NOT_PAIRED: "some_not_paired",
}
"""The steps that show a warning; the account can be stored nevertheless."""


class TokenSteps[C: FlowContext, R: FlowResult[Any, Any], H](FlowHandler[C, R, H]):
    """Asks for a new token of a stored account, then passes it to `_async_account_entered`."""

    _account_before: Before | None = None
    _account_form: AccountForm | None = None
    _account_input: Mapping[str, Any] | None = None

    async def _async_account_entered(self, entered: Entered) -> R:
        """Store the account."""
        raise NotImplementedError

    async def _async_ask_token(
        self, step_id: str, name: str, user_input: dict[str, Any] | None
    ) -> R:
        """Ask for a new token of the stored account."""
        assert self._account_before is not None
        kind = self._account_before.data.kind
        entered = await self._async_enter(kind, user_input, needs_token=True)
        if entered is not None and not entered.errors:
            return await self._async_account_entered(entered)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                token_schema(kind), self._account_input
            ),
            errors=_at(token_field(kind), entered),
            description_placeholders={"name": name, **_placeholders(entered)},
        )

    async def _async_enter(
        self,
        kind: AccountKind,
        user_input: dict[str, Any] | None,
        *,
        needs_token: bool = False,
    ) -> Entered | None:
        """Return the result of the input; None if there is no input yet."""
        if user_input is None:
            return None
        if self._account_form is None:
            self._account_form = AccountForm(self.hass, self._account_before)
        self._account_input = user_input
        return await self._account_form.async_enter(
            kind, user_input, needs_token=needs_token
        )


class AccountSteps[C: FlowContext, R: FlowResult[Any, Any], H](TokenSteps[C, R, H]):
    """Asks for an account until it can be used, then passes it to `_async_account_entered`."""

    _account_entered: Entered
    _account_notices: list[str]

    async def async_step_fleet(self, user_input: dict[str, Any] | None = None) -> R:
        """Ask for tokens of Tesla's Fleet API."""
        return await self._async_ask_account(AccountKind.FLEET, user_input)

    async def async_step_teslemetry(
        self, user_input: dict[str, Any] | None = None
    ) -> R:
        """Ask for an access token of Teslemetry."""
        return await self._async_ask_account(AccountKind.TESLEMETRY, user_input)

    async def async_step_tessie(self, user_input: dict[str, Any] | None = None) -> R:
        """Ask for an access token of Tessie."""
        return await self._async_ask_account(AccountKind.TESSIE, user_input)

    async def async_step_some_need_key(
        self, user_input: dict[str, Any] | None = None
    ) -> R:
        """Show that some vehicles accept only signed commands."""
        return self._show_notice("some_need_key")

    async def async_step_some_not_paired(
        self, user_input: dict[str, Any] | None = None
    ) -> R:
        """Show that some vehicles do not know the key."""
        return self._show_notice("some_not_paired")

    async def async_step_no_location(
        self, user_input: dict[str, Any] | None = None
    ) -> R:
        """Show the effects of a token without the location scope."""
        return self._show_notice("no_location")

    async def async_step_keep(self, user_input: dict[str, Any] | None = None) -> R:
        """Continue with the account and the next notice, if there is one."""
        if self._account_notices:
            return self._show_notice(self._account_notices.pop(0))
        return await self._async_account_entered(self._account_entered)

    async def _async_ask_account(
        self, kind: AccountKind, user_input: dict[str, Any] | None
    ) -> R:
        before = self._account_before
        entered = await self._async_enter(kind, user_input)
        if entered is not None and not entered.errors:
            return await self._async_entered(entered)
        shown = self._account_input or (suggested_values(before.data) if before else {})
        return self.async_show_form(
            step_id=kind,
            data_schema=self.add_suggested_values_to_schema(
                account_schema(kind, keeps_token=before is not None), shown
            ),
            errors=entered.errors if entered else None,
            description_placeholders=_placeholders(entered),
        )

    async def _async_entered(self, entered: Entered) -> R:
        """Show the notices about a usable account, then continue."""
        checked = entered.checked
        self._account_entered = entered
        self._account_notices = [] if checked.can_locate else ["no_location"]
        if checked.warning is not None:
            self._account_notices.insert(0, NOTICES[checked.warning])
        return await self.async_step_keep()

    def _show_notice(self, step_id: str) -> R:
        entered = self._account_entered
        assert entered.data is not None
        return self.async_show_menu(
            step_id=step_id,
            menu_options=["keep", entered.data.kind.value],
            description_placeholders=_placeholders(entered),
        )


def _placeholders(entered: Entered | None) -> dict[str, str]:
    """Return the placeholders of the texts."""
    return {**LINKS, **(entered.placeholders if entered is not None else {})}


def _at(name: str, entered: Entered | None) -> dict[str, str] | None:
    """Return the first error at the only field of the form; None without an input."""
    return None if entered is None else {name: next(iter(entered.errors.values()))}
