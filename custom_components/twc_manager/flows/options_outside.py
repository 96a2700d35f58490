"""The step of the options flow for the limit from outside."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import split_entity_id

from ..inputs.outside import (
    CONF_OUTSIDE_CONTACT_W,
    CONF_OUTSIDE_ENTITY,
    CONF_OUTSIDE_FALLBACK_W,
    CONF_OUTSIDE_HOLD_MINUTES,
    CONF_OUTSIDE_NUMBER,
    CONF_OUTSIDE_SILENT_MINUTES,
    CONTACT_DOMAINS,
    NUMBER_DOMAINS,
    UNITS,
)
from .fields import Errors, entity_error
from .options_form import OptionsForm, check_numbers

_OUTSIDE_FIELDS: Final = (
    CONF_OUTSIDE_NUMBER,
    CONF_OUTSIDE_ENTITY,
    CONF_OUTSIDE_CONTACT_W,
    CONF_OUTSIDE_SILENT_MINUTES,
    CONF_OUTSIDE_HOLD_MINUTES,
    CONF_OUTSIDE_FALLBACK_W,
)


class OutsideSteps(OptionsForm):
    """Asks for the source of a limit for all charging, and for the limit while that source is silent."""

    async def async_step_outside(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the number and the entity."""
        errors: Errors = {}
        if user_input is not None:
            errors = self._check_outside(user_input)
            if not errors:
                self._change(_OUTSIDE_FIELDS, user_input)
                return await self.async_step_save()
        return self._show_form("outside", _OUTSIDE_FIELDS, user_input, errors)

    def _check_outside(self, user_input: dict[str, Any]) -> Errors:
        """Return the errors in the input, by field."""
        errors = check_numbers(user_input)
        if (entity_id := user_input.get(CONF_OUTSIDE_ENTITY)) is None:
            return errors
        is_contact = split_entity_id(entity_id)[0] in CONTACT_DOMAINS
        error = entity_error(
            self.hass,
            entity_id,
            [*CONTACT_DOMAINS, *NUMBER_DOMAINS],
            units=() if is_contact else UNITS,
            wrong="not_limit",
        )
        return errors if error is None else {**errors, CONF_OUTSIDE_ENTITY: error}
