"""The steps of the options flow for the main fuse."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import UnitOfElectricCurrent

from ..charging.supply.main_fuse import MARGIN
from ..const import CONF_PHASES
from ..inputs.fuse import (
    CONF_FUSE_CURRENTS,
    CONF_FUSE_POWER,
    CONF_FUSE_POWER_POSITIVE,
    CONF_FUSE_SILENT_SECONDS,
    CONF_FUSE_SIZE,
    fuse_reading,
)
from ..inputs.liveness import Liveness
from ..inputs.options import options_of
from ..inputs.sensors import POWER_UNITS, entity_name
from .fields import Errors
from .options_form import OptionsForm, check_numbers
from .texts import amps_text, watts_text

_FUSE_FIELDS: Final = (
    CONF_FUSE_SIZE,
    *CONF_FUSE_CURRENTS,
    CONF_FUSE_POWER,
    CONF_FUSE_POWER_POSITIVE,
    CONF_FUSE_SILENT_SECONDS,
)


class FuseSteps(OptionsForm):
    """Asks for the main fuse and its sensors, and shows the current that is left."""

    async def async_step_fuse(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse and its sensors."""
        errors: Errors = {}
        if user_input is not None:
            errors = self._check_fuse(user_input)
            if not errors:
                watched = CONF_FUSE_SIZE in user_input
                self._change(_FUSE_FIELDS, user_input if watched else {})
                return (
                    await self.async_step_fuse_confirm()
                    if watched
                    else await self.async_step_save()
                )
        return self._show_form("fuse", _FUSE_FIELDS, user_input, errors)

    def _check_fuse(self, user_input: dict[str, Any]) -> Errors:
        """Return the errors in the input, by field."""
        errors = self._check_sensors(
            CONF_FUSE_CURRENTS,
            [UnitOfElectricCurrent.AMPERE],
            "not_current",
            user_input,
        )
        errors |= self._check_sensors(
            [CONF_FUSE_POWER], POWER_UNITS, "not_power", user_input
        )
        errors |= check_numbers(user_input)
        # The errors of a single field come first.
        return self._check_phases(user_input) | _check_choice(user_input) | errors

    def _check_phases(self, user_input: Mapping[str, Any]) -> Errors:
        """Return the errors in the number of measured phases."""
        measured = _measured_phases(user_input)
        if not measured:
            return {}
        if self.config_entry.data[CONF_PHASES] == 1:
            # Two phases are the legs of a North American supply.
            return {measured[2]: "too_many_phases"} if len(measured) > 2 else {}
        return dict.fromkeys(
            [key for key in CONF_FUSE_CURRENTS if key not in measured],
            "too_few_phases",
        )

    async def async_step_fuse_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the present values of the sensors and the current that is left."""
        fuse = options_of(self.config_entry, self._changed).fuse
        assert fuse is not None
        reading = fuse_reading(
            fuse, Liveness(self.hass, fuse.entity_ids), self.hass.loop.time()
        )
        shown = [amps_text(item) for item in reading.currents]
        if reading.power_w is not None:
            shown.append(watts_text(reading.power_w))
        amps = reading.amps(fuse.config)
        room = None if amps is None else max(fuse.config.size - MARGIN - amps, 0.0)
        return self.async_show_menu(
            step_id="fuse_confirm",
            menu_options=["save", "fuse", "fuse_confirm"],
            description_placeholders={
                "size": f"{fuse.config.size:g}",
                "sensors": "\n".join(
                    f"| {entity_name(self.hass, entity_id)} | {value} |"
                    for entity_id, value in zip(fuse.entity_ids, shown, strict=True)
                ),
                "room": amps_text(room),
            },
        )


def _measured_phases(user_input: Mapping[str, Any]) -> list[str]:
    """Return the fields of the phases that have a current sensor."""
    return [key for key in CONF_FUSE_CURRENTS if key in user_input]


def _check_choice(user_input: Mapping[str, Any]) -> Errors:
    """Return the errors in the combination: a fuse size, and sensors of one kind."""
    has_currents = bool(_measured_phases(user_input))
    has_power = CONF_FUSE_POWER in user_input
    has_size = CONF_FUSE_SIZE in user_input
    errors: Errors = {}
    if has_power and has_currents:
        errors[CONF_FUSE_POWER] = "one_kind"
    if has_size and not has_power and not has_currents:
        errors[CONF_FUSE_CURRENTS[0]] = "choose_sensor"
    if not has_size and (has_power or has_currents):
        errors[CONF_FUSE_SIZE] = "choose_size"
    return errors
