"""The steps of the options flow for the main fuse."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant

from ..charging.supply.fuse_channel import MARGIN
from ..charging.supply.fuse_reading import FuseConfig, FuseReading
from ..const import CONF_PHASES, CONF_VOLTAGE
from ..inputs.fuse import (
    CONF_FUSE_CURRENT_POSITIVE,
    CONF_FUSE_CURRENTS,
    CONF_FUSE_POWER,
    CONF_FUSE_POWER_POSITIVE,
    CONF_FUSE_POWERS,
    CONF_FUSE_SILENT_SECONDS,
    CONF_FUSE_SIZE,
    CONF_FUSE_VOLTAGE,
    CurrentSign,
    FuseOptions,
    fuse_reading,
)
from ..inputs.liveness import Liveness
from ..inputs.options import options_of
from ..inputs.sensors import (
    CURRENT_UNITS,
    POWER_UNITS,
    VOLTAGE_UNITS,
    entity_name,
    sensor_value,
)
from .fields import Errors
from .options_form import OptionsForm, check_numbers
from .texts import amps_text, async_decimal, volts_text, watts_text

_FUSE_FIELDS: Final = (
    CONF_FUSE_SIZE,
    *CONF_FUSE_CURRENTS,
    CONF_FUSE_CURRENT_POSITIVE,
    *CONF_FUSE_POWERS,
    CONF_FUSE_POWER,
    CONF_FUSE_POWER_POSITIVE,
    CONF_FUSE_VOLTAGE,
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
        """Return the errors in the input, by field; errors of a single field replace those of combinations."""
        phases = self.config_entry.data[CONF_PHASES]
        return (
            _check_phases(CONF_FUSE_CURRENTS, user_input, phases)
            | _check_phases(CONF_FUSE_POWERS, user_input, phases)
            | _check_choice(user_input)
            | self._check_sensors(
                CONF_FUSE_CURRENTS, CURRENT_UNITS, "not_current", user_input
            )
            | self._check_sensors(
                [*CONF_FUSE_POWERS, CONF_FUSE_POWER],
                POWER_UNITS,
                "not_power",
                user_input,
            )
            | self._check_voltage(user_input)
            | check_numbers(user_input)
        )

    def _check_voltage(self, user_input: dict[str, Any]) -> Errors:
        """Return the error of the voltage sensor: its value has to be near the voltage that was set up."""
        errors = self._check_sensors(
            [CONF_FUSE_VOLTAGE], VOLTAGE_UNITS, "not_voltage", user_input
        )
        if errors or CONF_FUSE_VOLTAGE not in user_input:
            return errors
        volts = sensor_value(
            self.hass.states.get(user_input[CONF_FUSE_VOLTAGE]), VOLTAGE_UNITS
        )
        config = FuseConfig(0, self.config_entry.data[CONF_VOLTAGE])
        if volts is not None and not config.is_voltage(volts):
            return {CONF_FUSE_VOLTAGE: "other_voltage"}
        return {}

    async def async_step_fuse_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the current values of the sensors and the amps that are left."""
        fuse = options_of(self.config_entry, self._changed).fuse
        assert fuse is not None
        reading = fuse_reading(
            fuse, Liveness(self.hass, fuse.entity_ids), self.hass.loop.time()
        )
        amps = reading.amps(fuse.config)
        room = None if amps is None else max(fuse.config.size - MARGIN - amps, 0.0)
        decimal = await async_decimal(self.hass)
        return self.async_show_menu(
            step_id="fuse_confirm",
            menu_options=["save", "fuse", "fuse_confirm"],
            description_placeholders={
                "size": f"{fuse.config.size:g}",
                "sensors": _table(self.hass, fuse, reading, decimal),
                "room": amps_text(room).replace(".", decimal),
            },
        )


def _table(
    hass: HomeAssistant, fuse: FuseOptions, reading: FuseReading, decimal: str
) -> str:
    """Return the rows of a Markdown table: each sensor and its value, with the sign that the rules use."""
    powers = reading.powers if reading.power_w is None else (reading.power_w,)
    shown = [
        amps_text(item.amps)
        for item in reading.phases(fuse.config)[: len(fuse.currents)]
    ]
    shown += [watts_text(item) for item in powers[: len(fuse.powers)]]
    if fuse.voltage is not None:
        shown.append(volts_text(reading.volts))
    return "\n".join(
        f"| {entity_name(hass, entity_id)} | {value.replace('.', decimal)} |"
        for entity_id, value in zip(fuse.entity_ids, shown, strict=True)
    )


def _check_phases(
    keys: Sequence[str], user_input: Mapping[str, Any], phases: int
) -> Errors:
    """Return the errors in the number of phases that have a sensor of one kind."""
    measured = _entered(keys, user_input)
    if not measured:
        return {}
    if phases == 1:
        # Two sensors are for the two legs of a North American supply.
        return {measured[2]: "too_many_phases"} if len(measured) > 2 else {}
    return dict.fromkeys([key for key in keys if key not in measured], "too_few_phases")


def _check_choice(user_input: Mapping[str, Any]) -> Errors:
    """Return the errors in the combination: it needs a fuse size, and sensors that fit together."""
    has_sensor = any(
        key in user_input
        for key in (*CONF_FUSE_CURRENTS, *CONF_FUSE_POWERS, CONF_FUSE_POWER)
    )
    errors = _check_powers(user_input)
    if CONF_FUSE_SIZE in user_input and not has_sensor:
        errors[CONF_FUSE_CURRENTS[0]] = "choose_sensor"
    if CONF_FUSE_SIZE not in user_input and has_sensor:
        errors[CONF_FUSE_SIZE] = "choose_size"
    return errors


def _check_powers(user_input: Mapping[str, Any]) -> Errors:
    """Return the errors of power sensors that do not fit each other or the current sensors."""
    currents = _entered(CONF_FUSE_CURRENTS, user_input)
    per_phase = _entered(CONF_FUSE_POWERS, user_input)
    powers = [*per_phase, *_entered([CONF_FUSE_POWER], user_input)]
    signed = user_input.get(CONF_FUSE_CURRENT_POSITIVE) != CurrentSign.BOTH
    if currents and signed:
        return dict.fromkeys(powers, "sign_known")
    if per_phase and len(powers) > len(per_phase):
        return {CONF_FUSE_POWER: "one_power"}
    if currents and len(per_phase) not in {0, len(currents)}:
        return {per_phase[-1]: "other_phases"}
    return {}


def _entered(keys: Iterable[str], user_input: Mapping[str, Any]) -> list[str]:
    return [key for key in keys if key in user_input]
