"""The steps of the options flow for green energy."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import PERCENTAGE
from homeassistant.core import callback

from ..charging.supply.surplus import available_w
from ..inputs.energy_meters import async_proposed_meters
from ..inputs.green import (
    CONF_GREEN_BATTERY_FIRST_TO,
    CONF_GREEN_BATTERY_LEVEL,
    CONF_GREEN_BATTERY_POSITIVE,
    CONF_GREEN_BATTERY_POWER,
    CONF_GREEN_BATTERY_SHARE_FROM,
    CONF_GREEN_CONSUMPTION,
    CONF_GREEN_CONSUMPTION_HAS_CHARGING,
    CONF_GREEN_GRID,
    CONF_GREEN_GRID_POSITIVE,
    CONF_GREEN_HOLD_MINUTES,
    CONF_GREEN_PRODUCTION,
    CONF_GREEN_PRODUCTION_HAS_BATTERY,
    CONF_GREEN_PRODUCTION_POSITIVE,
    CONF_GREEN_SOURCE,
    CONF_GREEN_STALE_MINUTES,
    CONF_GREEN_STOP_ENERGY,
    GreenOptions,
    GreenSource,
    green_readings,
)
from ..inputs.liveness import Liveness
from ..inputs.options import options_of
from ..inputs.sensors import POWER_UNITS, entity_name
from .fields import Errors
from .options_form import POWER_SENSORS, OptionsForm, check_numbers, differs
from .texts import (
    NOT_MEASURED,
    SILENT,
    async_with_decimals,
    flow_text,
    power_text,
    watts_text,
)

_BATTERY_FIELDS: Final = (
    CONF_GREEN_BATTERY_POWER,
    CONF_GREEN_BATTERY_POSITIVE,
    CONF_GREEN_BATTERY_LEVEL,
    CONF_GREEN_BATTERY_FIRST_TO,
    CONF_GREEN_BATTERY_SHARE_FROM,
)
_GREEN_FIELDS: Final = {
    GreenSource.GRID: (
        CONF_GREEN_GRID,
        CONF_GREEN_GRID_POSITIVE,
        *_BATTERY_FIELDS,
    ),
    GreenSource.PRODUCTION: (
        CONF_GREEN_PRODUCTION,
        CONF_GREEN_PRODUCTION_POSITIVE,
        CONF_GREEN_CONSUMPTION,
        CONF_GREEN_CONSUMPTION_HAS_CHARGING,
        *_BATTERY_FIELDS[:2],
        CONF_GREEN_PRODUCTION_HAS_BATTERY,
        *_BATTERY_FIELDS[2:],
    ),
}
_GREEN_KEYS: Final = {CONF_GREEN_SOURCE}.union(*_GREEN_FIELDS.values())
_DETAILS_FIELDS: Final = (
    CONF_GREEN_STALE_MINUTES,
    CONF_GREEN_HOLD_MINUTES,
    CONF_GREEN_STOP_ENERGY,
)


class GreenSteps(OptionsForm):
    """Asks for the sensors, shows their values, and asks what happens without surplus or without reports."""

    async def async_step_green(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the surplus is measured."""
        menu_options = ["green_grid", "green_production", "green_details"]
        if CONF_GREEN_SOURCE in self.config_entry.options:
            menu_options.append("green_none")
        return self.async_show_menu(
            step_id="green",
            menu_options=menu_options,
            description_placeholders={"chosen": self._green_chosen()},
        )

    def _green_chosen(self) -> str:
        """Return the names of the sensors in use."""
        green = options_of(self.config_entry).green
        if green is None:
            return NOT_MEASURED
        sensors = green.sensors.values()
        return ", ".join(entity_name(self.hass, item.entity_id) for item in sensors)

    async def async_step_green_grid(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the sensor at the grid connection."""
        return await self._async_ask_green(GreenSource.GRID, user_input)

    async def async_step_green_production(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the sensors of production and consumption."""
        return await self._async_ask_green(GreenSource.PRODUCTION, user_input)

    async def _async_ask_green(
        self, source: GreenSource, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: Errors = {}
        if user_input is not None:
            errors = self._check_green(source, user_input)
            if not errors:
                values = {CONF_GREEN_SOURCE: source.value, **user_input}
                self._change(_GREEN_KEYS, values)
                return await self._async_show_green(source)
        proposed = await self._async_proposed(source)
        names = [entity_name(self.hass, item) for item in _sensors_in(proposed)]
        return self._show_form(
            f"green_{source}",
            _GREEN_FIELDS[source],
            user_input,
            errors,
            suggested={**self.config_entry.options, **proposed} if proposed else None,
            placeholders={"proposed": ", ".join(names) or NOT_MEASURED},
        )

    async def _async_proposed(self, source: GreenSource) -> dict[str, str]:
        """Return the proposals of the energy preferences; empty once the owner has chosen sensors."""
        chosen = self.config_entry.options if self._changed is None else self._changed
        if CONF_GREEN_SOURCE in chosen:
            return {}
        meters = await async_proposed_meters(self.hass)
        return {key: meters[key] for key in _GREEN_FIELDS[source] if key in meters}

    def _check_green(self, source: GreenSource, user_input: dict[str, Any]) -> Errors:
        """Return the errors in the input, by field."""
        errors = self._check_sensors(
            POWER_SENSORS, POWER_UNITS, "not_power", user_input
        )
        errors |= self._check_sensors(
            [CONF_GREEN_BATTERY_LEVEL], [PERCENTAGE], "not_level", user_input
        )
        errors |= check_numbers(user_input)
        if source is GreenSource.GRID and CONF_GREEN_GRID not in user_input:
            errors[CONF_GREEN_GRID] = "choose_sensor"
        if source is GreenSource.PRODUCTION and CONF_GREEN_PRODUCTION not in user_input:
            consumption = CONF_GREEN_CONSUMPTION in user_input
            errors[CONF_GREEN_PRODUCTION] = (
                "choose_production" if consumption else "choose_sensor"
            )
        return _battery_errors(user_input) | errors

    @callback
    async def _async_show_green(self, source: GreenSource) -> ConfigFlowResult:
        """Show the current values of the sensors, so that the owner notices a wrong sign."""
        step_id = f"green_{source}_confirm"
        green = options_of(self.config_entry, self._changed).green
        assert green is not None
        return self.async_show_menu(
            step_id=step_id,
            menu_options=["save", f"green_{source}", step_id],
            description_placeholders=await async_with_decimals(
                self.hass, self._green_now(green)
            ),
        )

    async def async_step_green_grid_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Read the sensors again."""
        return await self._async_show_green(GreenSource.GRID)

    async def async_step_green_production_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Read the sensors again."""
        return await self._async_show_green(GreenSource.PRODUCTION)

    def _green_now(self, green: GreenOptions) -> dict[str, str]:
        """Return the values of the sensors and the surplus, as placeholders."""
        now = self.hass.loop.time()
        readings = green_readings(green, Liveness(self.hass, green.entity_ids), now)
        surplus = available_w(readings, green.config, self._charging_w(), now)
        level = readings.battery_level
        return {
            "grid_import": flow_text(readings.grid),
            "grid_export": flow_text(readings.grid, -1),
            "production": power_text(readings.production),
            "consumption": power_text(readings.consumption),
            "battery_charging": flow_text(readings.battery_power),
            "battery_discharging": flow_text(readings.battery_power, -1),
            "battery_level": NOT_MEASURED
            if level is None
            else SILENT
            if level.value is None
            else f"{level.value:g} %",
            "surplus": watts_text(surplus.watts),
        }

    def _charging_w(self) -> float:
        """Return the current power of all connectors in W."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return 0.0
        return self.config_entry.runtime_data.data.total_power

    async def async_step_green_details(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what happens without surplus or without reports of the sensors."""
        return await self._async_ask_numbers(
            "green_details", _DETAILS_FIELDS, user_input
        )

    async def async_step_green_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Remove the sensors of green energy."""
        self._change(_GREEN_KEYS, {})
        return await self.async_step_save()


def _sensors_in(options: Mapping[str, str]) -> list[str]:
    """Return the sensors among options of green energy."""
    keys = (*POWER_SENSORS, CONF_GREEN_BATTERY_LEVEL)
    return [options[key] for key in keys if key in options]


def _battery_errors(user_input: Mapping[str, Any]) -> Errors:
    """Return the errors in the fields of the house battery, which depend on each other."""
    errors: Errors = {}
    has_level = CONF_GREEN_BATTERY_LEVEL in user_input
    if has_level and CONF_GREEN_BATTERY_POWER not in user_input:
        errors[CONF_GREEN_BATTERY_POWER] = "choose_battery_power"
    needs_level = CONF_GREEN_BATTERY_SHARE_FROM in user_input or differs(
        CONF_GREEN_BATTERY_FIRST_TO, user_input
    )
    if needs_level and not has_level:
        errors[CONF_GREEN_BATTERY_LEVEL] = "choose_battery_level"
    return errors
