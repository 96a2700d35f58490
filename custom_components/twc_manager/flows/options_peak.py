"""The steps of the options flow for the peak budget: choose a tariff, then change its details."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult

from ..charging.limits.peak_tariff import PRESETS, PeakPreset
from ..inputs.options import options_of
from ..inputs.peak import (
    CONF_PEAK_DAYS,
    CONF_PEAK_DISTINCT_DAYS,
    CONF_PEAK_END,
    CONF_PEAK_FLOOR,
    CONF_PEAK_HIGHEST,
    CONF_PEAK_MARGIN,
    CONF_PEAK_METER,
    CONF_PEAK_MINUTES,
    CONF_PEAK_MONTHS,
    CONF_PEAK_POWER,
    CONF_PEAK_POWER_POSITIVE,
    CONF_PEAK_START,
    CONF_PEAK_STEPS,
    CONF_PEAK_TARIFF,
    CONF_PEAK_WINDOW,
    details_of,
    steps_of,
)
from ..inputs.sensors import POWER_UNITS
from .fields import Errors
from .options_form import OptionsForm, check_numbers

_PEAK_FIELDS: Final = (
    CONF_PEAK_TARIFF,
    CONF_PEAK_POWER,
    CONF_PEAK_POWER_POSITIVE,
    CONF_PEAK_METER,
    CONF_PEAK_MARGIN,
)
_DETAIL_FIELDS: Final = (
    CONF_PEAK_MINUTES,
    CONF_PEAK_MONTHS,
    CONF_PEAK_DAYS,
    CONF_PEAK_START,
    CONF_PEAK_END,
    CONF_PEAK_HIGHEST,
    CONF_PEAK_DISTINCT_DAYS,
    CONF_PEAK_WINDOW,
    CONF_PEAK_FLOOR,
    CONF_PEAK_STEPS,
)
_MAXIMUM_FLOOR_KW: Final = 100


class PeakSteps(OptionsForm):
    """Asks for a tariff on the highest import, and for the details in which the owner's tariff differs."""

    _peak: dict[str, Any] | None = None

    async def async_step_peak(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the tariff and the sensors."""
        errors: Errors = {}
        if user_input is not None:
            if CONF_PEAK_TARIFF not in user_input:
                self._change((*_PEAK_FIELDS, *_DETAIL_FIELDS), {})
                return await self.async_step_save()
            errors = self._check_peak(user_input)
            if not errors:
                self._peak = user_input
                return await self.async_step_peak_details()
        return self._show_form("peak", _PEAK_FIELDS, user_input, errors)

    def _check_peak(self, user_input: dict[str, Any]) -> Errors:
        """Return the errors in the input, by field."""
        sensors = (CONF_PEAK_POWER, CONF_PEAK_METER)
        errors = check_numbers(user_input) | self._check_sensors(
            sensors, POWER_UNITS, "not_power", user_input
        )
        has_grid = options_of(self.config_entry).grid_sensor is not None
        if CONF_PEAK_POWER not in user_input and not has_grid:
            errors[CONF_PEAK_POWER] = "choose_sensor"
        return errors

    async def async_step_peak_details(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the details in which the owner's tariff differs from the preset."""
        assert self._peak is not None
        errors: Errors = {}
        if user_input is not None:
            errors = _check_details(user_input)
            if not errors:
                self._change(
                    (*_PEAK_FIELDS, *_DETAIL_FIELDS),
                    {CONF_PEAK_STEPS: "", **self._peak, **user_input},
                )
                return await self.async_step_save()
        return self._show_form(
            "peak_details",
            _DETAIL_FIELDS,
            user_input,
            errors,
            suggested=self._suggested_details(self._peak[CONF_PEAK_TARIFF]),
        )

    def _suggested_details(self, preset: str) -> dict[str, Any]:
        """Return the stored details if they are of this tariff, otherwise those of its preset."""
        details = details_of(PRESETS[PeakPreset(preset)])
        options = self.config_entry.options
        if options.get(CONF_PEAK_TARIFF) != preset:
            return details
        return {**details, **{key: options[key] for key in details if key in options}}


def _check_details(user_input: dict[str, Any]) -> Errors:
    """Return the errors in the input, by field."""
    errors = check_numbers(user_input)
    for key in _DETAIL_FIELDS:
        if key != CONF_PEAK_STEPS and user_input.get(key) in (None, []):
            errors[key] = "peak_needed"
    floor = user_input.get(CONF_PEAK_FLOOR, 0)
    if not 0 <= floor <= _MAXIMUM_FLOOR_KW:
        errors[CONF_PEAK_FLOOR] = "peak_floor_range"
    try:
        steps_of(user_input.get(CONF_PEAK_STEPS, ""))
    except ValueError:
        errors[CONF_PEAK_STEPS] = "peak_steps"
    return errors
