"""The steps of the options flow that ask for the main fuse."""

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
    """Asks for the fuse and the sensors that see it, and shows the room that this leaves."""

    async def async_step_fuse(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse and the sensors that see it."""
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
        """Return what is wrong with the main fuse."""
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
        currents = [key for key in CONF_FUSE_CURRENTS if key in user_input]
        power = CONF_FUSE_POWER in user_input
        size = CONF_FUSE_SIZE in user_input
        if power and currents:
            errors.setdefault(CONF_FUSE_POWER, "one_kind")
        if size and not power and not currents:
            errors.setdefault(CONF_FUSE_CURRENTS[0], "choose_sensor")
        if not size and (power or currents):
            errors.setdefault(CONF_FUSE_SIZE, "choose_size")
        if currents:
            errors = self._check_phases(user_input) | errors
        return errors

    def _check_phases(self, user_input: Mapping[str, Any]) -> Errors:
        """Return what is wrong with the number of phases that are measured."""
        measured = [key for key in CONF_FUSE_CURRENTS if key in user_input]
        if self.config_entry.data[CONF_PHASES] == 1:
            # Two: the legs of a North American supply.
            return {measured[2]: "too_many_phases"} if len(measured) > 2 else {}
        return dict.fromkeys(
            [key for key in CONF_FUSE_CURRENTS if key not in measured],
            "too_few_phases",
        )

    async def async_step_fuse_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the sensors say now, and the room that this leaves."""
        fuse = options_of(self.config_entry, self._changed).fuse
        assert fuse is not None
        reading = fuse_reading(self.hass, fuse, self.hass.loop.time())
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
