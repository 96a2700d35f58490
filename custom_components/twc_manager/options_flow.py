"""Options flow: where green energy is measured, the main fuse, how cars are stopped, and habits."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import (
    PERCENTAGE,
    Platform,
    UnitOfElectricCurrent,
    UnitOfEnergy,
    UnitOfTime,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .charging.fuse import MARGIN
from .charging.sources import Reading, available_w
from .const import CONF_PHASES
from .flow_fields import (
    Errors,
    choice,
    connector_names,
    entity_error,
    entity_name,
    is_whole,
    number,
    own_entities,
    whole_numbers,
)
from .options import (
    CONF_CAR_SWITCH,
    CONF_CONTACTOR,
    CONF_FUSE_CURRENTS,
    CONF_FUSE_POWER,
    CONF_FUSE_POWER_POSITIVE,
    CONF_FUSE_SIZE,
    CONF_GREEN_BATTERY_FIRST_TO,
    CONF_GREEN_BATTERY_LEVEL,
    CONF_GREEN_BATTERY_POSITIVE,
    CONF_GREEN_BATTERY_POWER,
    CONF_GREEN_CONSUMPTION,
    CONF_GREEN_CONSUMPTION_HAS_CHARGING,
    CONF_GREEN_GRID,
    CONF_GREEN_GRID_POSITIVE,
    CONF_GREEN_PRODUCTION,
    CONF_GREEN_PRODUCTION_HAS_BATTERY,
    CONF_GREEN_PRODUCTION_POSITIVE,
    CONF_GREEN_SOURCE,
    CONF_GREEN_STALE_MINUTES,
    CONF_GREEN_STOP_ENERGY,
    CONF_GREEN_WHEN_STALE,
    CONF_SIX_AMP_RECOVERY,
    CONF_STARTS_PER_HOUR,
    CONF_TURN_MINUTES,
    CONF_WELCOME_CHARGE,
    DEFAULTS,
    POWER_UNITS,
    BatterySign,
    GreenOptions,
    GreenSource,
    GridSign,
    ProductionSign,
    WhenStale,
    connector_option,
    fuse_reading,
    green_readings,
    options_of,
)

CONF_CONNECTOR: Final = "connector"

LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    CONF_GREEN_BATTERY_FIRST_TO: (0, 100),
    CONF_GREEN_STALE_MINUTES: (1, 60),
    CONF_GREEN_STOP_ENERGY: (10, 10_000),
    CONF_FUSE_SIZE: (10, 200),
    CONF_TURN_MINUTES: (5, 240),
    CONF_STARTS_PER_HOUR: (1, 30),
}
"""The least and the most of each number, all of them whole."""

_BATTERY_FIELDS: Final = (
    CONF_GREEN_BATTERY_POWER,
    CONF_GREEN_BATTERY_POSITIVE,
    CONF_GREEN_BATTERY_LEVEL,
    CONF_GREEN_BATTERY_FIRST_TO,
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
_POWER_SENSORS: Final = (
    CONF_GREEN_GRID,
    CONF_GREEN_PRODUCTION,
    CONF_GREEN_CONSUMPTION,
    CONF_GREEN_BATTERY_POWER,
)
_DETAILS_FIELDS: Final = (
    CONF_GREEN_STALE_MINUTES,
    CONF_GREEN_WHEN_STALE,
    CONF_GREEN_STOP_ENERGY,
)
_FUSE_FIELDS: Final = (
    CONF_FUSE_SIZE,
    *CONF_FUSE_CURRENTS,
    CONF_FUSE_POWER,
    CONF_FUSE_POWER_POSITIVE,
)
_CAR_FIELDS: Final = (CONF_CAR_SWITCH, CONF_CONTACTOR)
_BEHAVIOUR_FIELDS: Final = (
    CONF_WELCOME_CHARGE,
    CONF_SIX_AMP_RECOVERY,
    CONF_TURN_MINUTES,
    CONF_STARTS_PER_HOUR,
)

_POWER_FILTER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, unit_of_measurement=list(POWER_UNITS)
)
_CURRENT_FILTER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, unit_of_measurement=UnitOfElectricCurrent.AMPERE
)
_LEVEL_FILTER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, device_class="battery", unit_of_measurement=PERCENTAGE
)
_FILTERS: Final[Mapping[str, EntityWithDeviceFilterSelectorConfig]] = {
    **dict.fromkeys((*_POWER_SENSORS, CONF_FUSE_POWER), _POWER_FILTER),
    **dict.fromkeys(CONF_FUSE_CURRENTS, _CURRENT_FILTER),
    CONF_GREEN_BATTERY_LEVEL: _LEVEL_FILTER,
    CONF_CAR_SWITCH: EntityWithDeviceFilterSelectorConfig(domain=Platform.SWITCH),
}
_FIELDS: Final[Mapping[str, Any]] = {
    CONF_GREEN_GRID_POSITIVE: choice("grid_positive", GridSign),
    CONF_GREEN_PRODUCTION_POSITIVE: choice("production_positive", ProductionSign),
    CONF_GREEN_PRODUCTION_HAS_BATTERY: BooleanSelector(),
    CONF_GREEN_CONSUMPTION_HAS_CHARGING: BooleanSelector(),
    CONF_GREEN_BATTERY_POSITIVE: choice("battery_positive", BatterySign),
    CONF_GREEN_BATTERY_FIRST_TO: number(PERCENTAGE),
    CONF_GREEN_STALE_MINUTES: number(UnitOfTime.MINUTES),
    CONF_GREEN_WHEN_STALE: choice("when_stale", WhenStale),
    CONF_GREEN_STOP_ENERGY: number(UnitOfEnergy.WATT_HOUR),
    CONF_FUSE_SIZE: number(UnitOfElectricCurrent.AMPERE),
    CONF_FUSE_POWER_POSITIVE: choice("grid_positive", GridSign),
    CONF_CONTACTOR: BooleanSelector(),
    CONF_WELCOME_CHARGE: BooleanSelector(),
    CONF_SIX_AMP_RECOVERY: BooleanSelector(),
    CONF_TURN_MINUTES: number(UnitOfTime.MINUTES),
    CONF_STARTS_PER_HOUR: number(),
}

_NOT_MEASURED: Final = "–"
_SILENT: Final = "?"


class TwcManagerOptionsFlow(OptionsFlowWithReload):
    """Change what is chosen once, part by part."""

    def __init__(self) -> None:
        """Start with nothing entered."""
        self._changed: dict[str, Any] | None = None
        self._connector_id = 0

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which part to change."""
        return self.async_show_menu(
            step_id="init", menu_options=["green", "fuse", "cars", "behaviour"]
        )

    # Green energy

    async def async_step_green(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the surplus follows from."""
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
            return _NOT_MEASURED
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
                return self._show_green(source)
        return self._show_form(
            f"green_{source}", _GREEN_FIELDS[source], user_input, errors
        )

    def _check_green(self, source: GreenSource, user_input: dict[str, Any]) -> Errors:
        """Return what is wrong with the sensors."""
        errors = self._check_sensors(
            _POWER_SENSORS, POWER_UNITS, "not_power", user_input
        )
        errors |= self._check_sensors(
            [CONF_GREEN_BATTERY_LEVEL], [PERCENTAGE], "not_level", user_input
        )
        errors |= _check_numbers(user_input)
        if source is GreenSource.GRID and CONF_GREEN_GRID not in user_input:
            errors[CONF_GREEN_GRID] = "choose_sensor"
        if source is GreenSource.PRODUCTION and CONF_GREEN_PRODUCTION not in user_input:
            consumption = CONF_GREEN_CONSUMPTION in user_input
            errors[CONF_GREEN_PRODUCTION] = (
                "choose_production" if consumption else "choose_sensor"
            )
        has_level = CONF_GREEN_BATTERY_LEVEL in user_input
        if has_level and CONF_GREEN_BATTERY_POWER not in user_input:
            errors[CONF_GREEN_BATTERY_POWER] = "choose_battery_power"
        if not has_level and _differs(CONF_GREEN_BATTERY_FIRST_TO, user_input):
            errors.setdefault(CONF_GREEN_BATTERY_LEVEL, "choose_battery_level")
        return errors

    @callback
    def _show_green(self, source: GreenSource) -> ConfigFlowResult:
        """Show what the sensors say now, so that a wrong sign is seen at once."""
        step_id = f"green_{source}_confirm"
        green = options_of(self.config_entry, self._changed).green
        assert green is not None
        return self.async_show_menu(
            step_id=step_id,
            menu_options=["save", f"green_{source}", step_id],
            description_placeholders=self._green_now(green),
        )

    async def async_step_green_grid_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Read the sensors again."""
        return self._show_green(GreenSource.GRID)

    async def async_step_green_production_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Read the sensors again."""
        return self._show_green(GreenSource.PRODUCTION)

    def _green_now(self, green: GreenOptions) -> dict[str, str]:
        """Return what the sensors say, and what is made of it."""
        now = self.hass.loop.time()
        readings = green_readings(self.hass, green, now)
        surplus = available_w(readings, green.config, self._charging_w(), now)
        level = readings.battery_level
        return {
            "grid_import": _flow(readings.grid),
            "grid_export": _flow(readings.grid, -1),
            "production": _power(readings.production),
            "consumption": _power(readings.consumption),
            "battery_charging": _flow(readings.battery_power),
            "battery_discharging": _flow(readings.battery_power, -1),
            "battery_level": _NOT_MEASURED
            if level is None
            else _SILENT
            if level.value is None
            else f"{level.value:g} %",
            "surplus": _watts(surplus.watts),
        }

    def _charging_w(self) -> float:
        """Return what the connectors take now."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return 0.0
        watts: float = self.config_entry.runtime_data.data.total_power
        return watts

    async def async_step_green_details(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to do when energy or sensors fail."""
        return await self._async_ask_numbers(
            "green_details", _DETAILS_FIELDS, user_input
        )

    async def async_step_green_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Follow no green energy any more."""
        self._change(_GREEN_KEYS, {})
        return await self.async_step_save()

    # The main fuse

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
        errors |= _check_numbers(user_input)
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
        shown = [_amps(item) for item in reading.currents]
        if reading.power_w is not None:
            shown.append(_watts(reading.power_w))
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
                "room": _amps(room),
            },
        )

    # Cars

    async def async_step_cars(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the connector, unless there is only one."""
        names = connector_names(self.hass, self.config_entry)
        if not names:
            return self.async_abort(reason="no_connectors")
        if user_input is None and len(names) > 1:
            return self.async_show_form(
                step_id="cars", data_schema=_connector_schema(names)
            )
        self._connector_id = (
            next(iter(names)) if user_input is None else int(user_input[CONF_CONNECTOR])
        )
        return await self.async_step_car()

    async def async_step_car(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the car at a connector may be stopped."""
        names = {key: connector_option(key, self._connector_id) for key in _CAR_FIELDS}
        errors: Errors = {}
        if user_input is not None:
            if CONF_CAR_SWITCH in user_input:
                error = entity_error(
                    self.hass,
                    user_input[CONF_CAR_SWITCH],
                    [Platform.SWITCH],
                    wrong="not_switch",
                )
                errors = {CONF_CAR_SWITCH: error} if error else {}
            if not errors:
                kept = _without_defaults(user_input)
                self._change(names.values(), {names[key]: kept[key] for key in kept})
                return await self.async_step_save()
        options = self.config_entry.options
        connectors = connector_names(self.hass, self.config_entry)
        return self._show_form(
            "car",
            _CAR_FIELDS,
            user_input,
            errors,
            suggested={
                key: options[name] for key, name in names.items() if name in options
            },
            placeholders={"connector": connectors.get(self._connector_id, "")},
        )

    # Behaviour

    async def async_step_behaviour(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for habits."""
        return await self._async_ask_numbers("behaviour", _BEHAVIOUR_FIELDS, user_input)

    # What the parts have in common

    async def _async_ask_numbers(
        self,
        step_id: str,
        fields: Iterable[str],
        user_input: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        """Ask for what nothing can be wrong with but its numbers."""
        errors: Errors = {}
        if user_input is not None:
            errors = _check_numbers(user_input)
            if not errors:
                self._change(fields, user_input)
                return await self.async_step_save()
        return self._show_form(step_id, fields, user_input, errors)

    @callback
    def _show_form(
        self,
        step_id: str,
        fields: Iterable[str],
        user_input: Mapping[str, Any] | None,
        errors: Errors,
        *,
        suggested: Mapping[str, Any] | None = None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show fields with what was entered, or else what holds."""
        if suggested is None:
            suggested = (
                self.config_entry.options if self._changed is None else self._changed
            )
        shown = {**DEFAULTS, **suggested} if user_input is None else user_input
        limits = {
            f"{edge}_{key}": str(limit)
            for key in fields
            for edge, limit in zip(("least", "most"), LIMITS.get(key, ()), strict=False)
        }
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                self._schema(fields), shown
            ),
            errors=errors,
            description_placeholders={**limits, **(placeholders or {})},
        )

    def _schema(self, fields: Iterable[str]) -> Any:
        """Return a form; all its fields may be left empty."""
        own = own_entities(self.hass)
        return vol.Schema(
            {
                vol.Optional(key): _FIELDS[key]
                if key in _FIELDS
                else EntitySelector(
                    EntitySelectorConfig(filter=_FILTERS[key], exclude_entities=own)
                )
                for key in fields
            }
        )

    def _check_sensors(
        self,
        keys: Iterable[str],
        units: Iterable[str],
        wrong: str,
        user_input: Mapping[str, Any],
    ) -> Errors:
        """Return which sensors do not exist, are of another kind, or were chosen before."""
        errors: Errors = {}
        chosen: set[str] = set()
        for key in keys:
            if (entity_id := user_input.get(key)) is None:
                continue
            error = entity_error(
                self.hass, entity_id, [Platform.SENSOR], units=units, wrong=wrong
            )
            if error is None and entity_id in chosen:
                error = "same_sensor"
            if error is not None:
                errors[key] = error
            chosen.add(entity_id)
        return errors

    @callback
    def _change(self, keys: Iterable[str], values: Mapping[str, Any]) -> None:
        """Replace one part of the options, to be saved."""
        replaced = frozenset(keys)
        self._changed = {
            key: value
            for key, value in self.config_entry.options.items()
            if key not in replaced
        } | _without_defaults(values)

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Save what was changed."""
        assert self._changed is not None
        return self.async_create_entry(data=self._changed)


def _differs(key: str, values: Mapping[str, Any]) -> bool:
    return key in values and values[key] != DEFAULTS.get(key)


def _without_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be kept of what was entered."""
    return whole_numbers({key: values[key] for key in values if _differs(key, values)})


def _check_numbers(user_input: Mapping[str, Any]) -> Errors:
    """Return which numbers are out of their limits; the error is named after the field."""
    return {
        key: f"{key}_range"
        for key, limits in LIMITS.items()
        if key in user_input and not is_whole(user_input[key], *limits)
    }


def _connector_schema(names: Mapping[int, str]) -> Any:
    return vol.Schema(
        {
            vol.Required(CONF_CONNECTOR): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=str(connector_id), label=name)
                        for connector_id, name in names.items()
                    ],
                    mode=SelectSelectorMode.LIST,
                )
            )
        }
    )


def _flow(reading: Reading | None, direction: int = 1) -> str:
    """Return what flows in one direction; nothing if it flows in the other."""
    if reading is None:
        return _NOT_MEASURED
    if reading.value is None:
        return _SILENT
    return _watts(max(reading.value * direction, 0.0))


def _power(reading: Reading | None) -> str:
    return _NOT_MEASURED if reading is None else _watts(reading.value)


def _watts(watts: float | None) -> str:
    if watts is None or not isfinite(watts):
        return _SILENT
    return f"{watts / 1000:.1f} kW" if abs(watts) >= 1000 else f"{watts:.0f} W"


def _amps(amps: float | None) -> str:
    return _SILENT if amps is None or not isfinite(amps) else f"{amps:.1f} A"
