"""The steps of the options flow for a connector check: begin one that the owner confirms, or end the running one."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from ..checks import async_begin_check, async_cancel_check
from ..state.names import connector_names
from ..twc import format_id
from .fields import CONF_CONNECTOR, Errors, connector_schema
from .options_form import OptionsForm

CONF_CONFIRM: Final = "confirm"

_CONFIRM_SCHEMA: Final[Any] = vol.Schema(
    {vol.Required(CONF_CONFIRM): BooleanSelector()}
)


class CheckSteps(OptionsForm):
    """Begins and ends a check."""

    _checked_id = 0

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the connector, unless there is only one, or show the check that runs."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="check_not_loaded")
        if self.config_entry.runtime_data.checks.running is not None:
            return await self.async_step_check_running()
        names = connector_names(self.hass, self.config_entry)
        if not names:
            return self.async_abort(reason="no_connectors")
        if user_input is None and len(names) > 1:
            return self.async_show_form(
                step_id="check", data_schema=connector_schema(names)
            )
        self._checked_id = (
            next(iter(names)) if user_input is None else int(user_input[CONF_CONNECTOR])
        )
        return await self.async_step_check_confirm()

    async def async_step_check_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin the check once the owner has confirmed it."""
        names = connector_names(self.hass, self.config_entry)
        shown = {"connector": names.get(self._checked_id, "")}
        errors: Errors = {}
        if user_input is not None:
            errors = self._begin(confirmed=user_input[CONF_CONFIRM])
            if not errors:
                return self.async_abort(
                    reason="check_begun", description_placeholders=shown
                )
            # The reasons name the connector by its id, as the message of the action does.
            shown["connector"] = format_id(self._checked_id)
        return self.async_show_form(
            step_id="check_confirm",
            data_schema=_CONFIRM_SCHEMA,
            errors=errors,
            description_placeholders=shown,
        )

    def _begin(self, *, confirmed: bool) -> Errors:
        """Begin the check, and return why it cannot begin."""
        if not confirmed:
            return {CONF_CONFIRM: "check_not_confirmed"}
        try:
            async_begin_check(self.config_entry, self._checked_id)
        except ServiceValidationError as err:
            return {"base": str(err.translation_key)}
        return {}

    async def async_step_check_running(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that a check runs."""
        running = self.config_entry.runtime_data.checks.running
        return self.async_show_menu(
            step_id="check_running",
            menu_options=["check_cancel"],
            description_placeholders={
                "connector": "" if running is None else format_id(running)
            },
        )

    async def async_step_check_cancel(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """End the check."""
        async_cancel_check(self.config_entry)
        return self.async_abort(reason="check_cancelled")
