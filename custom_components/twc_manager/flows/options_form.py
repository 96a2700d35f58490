"""The base of the options flow: the fields and their limits, the checks of the input, and saving."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import (
    PERCENTAGE,
    Platform,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from ..charging.limits.peak_tariff import PeakPreset, PeakWindow
from ..inputs.circuits import CONF_CIRCUITS
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
)
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
    CONF_GREEN_STALE_MINUTES,
    CONF_GREEN_STOP_ENERGY,
    BatterySign,
    ProductionSign,
)
from ..inputs.options import (
    CONF_CONTACTOR,
    CONF_EMERGENCY_AMPS,
    CONF_LEAVE_AT_MINIMUM,
    CONF_PLUG_IN_CHARGE,
    CONF_SIX_AMP_RECOVERY,
    CONF_STARTS_PER_HOUR,
    CONF_TURN_MINUTES,
    DEFAULTS,
)
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
    MONTHS,
)
from ..inputs.schedules import WEEKDAYS
from ..inputs.sensors import POWER_UNITS, GridSign
from ..types import TwcConfigEntry
from .fields import (
    Errors,
    choice,
    is_whole,
    number,
    own_entities,
    sensor_errors,
    several,
    whole_numbers,
)

LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    CONF_GREEN_BATTERY_FIRST_TO: (0, 100),
    CONF_GREEN_BATTERY_SHARE_FROM: (0, 100),
    CONF_GREEN_STALE_MINUTES: (1, 60),
    CONF_GREEN_HOLD_MINUTES: (0, 240),
    CONF_GREEN_STOP_ENERGY: (10, 10_000),
    CONF_FUSE_SIZE: (10, 200),
    CONF_FUSE_SILENT_SECONDS: (10, 3600),
    CONF_TURN_MINUTES: (5, 240),
    CONF_STARTS_PER_HOUR: (1, 30),
    CONF_EMERGENCY_AMPS: (0, 80),
    CONF_PEAK_MARGIN: (0, 50),
    CONF_PEAK_HIGHEST: (1, 10),
    CONF_OUTSIDE_CONTACT_W: (0, 100_000),
    CONF_OUTSIDE_SILENT_MINUTES: (1, 1440),
    CONF_OUTSIDE_HOLD_MINUTES: (0, 1440),
    CONF_OUTSIDE_FALLBACK_W: (0, 100_000),
}
"""The minimum and the maximum of each number; all numbers are whole."""

POWER_SENSORS: Final = (
    CONF_GREEN_GRID,
    CONF_GREEN_PRODUCTION,
    CONF_GREEN_CONSUMPTION,
    CONF_GREEN_BATTERY_POWER,
)
"""The power sensors of green energy."""

_POWER_FILTER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, unit_of_measurement=list(POWER_UNITS)
)
_CURRENT_FILTER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, unit_of_measurement=UnitOfElectricCurrent.AMPERE
)
_VOLTAGE_FILTER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, unit_of_measurement=UnitOfElectricPotential.VOLT
)
_LEVEL_FILTER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, device_class="battery", unit_of_measurement=PERCENTAGE
)
_OUTSIDE_FILTER: Final = [
    EntityWithDeviceFilterSelectorConfig(
        domain=list(NUMBER_DOMAINS), unit_of_measurement=list(UNITS)
    ),
    EntityWithDeviceFilterSelectorConfig(domain=list(CONTACT_DOMAINS)),
]
_FILTERS: Final[
    Mapping[
        str,
        EntityWithDeviceFilterSelectorConfig
        | list[EntityWithDeviceFilterSelectorConfig],
    ]
] = {
    **dict.fromkeys(
        (
            *POWER_SENSORS,
            *CONF_FUSE_POWERS,
            CONF_FUSE_POWER,
            CONF_PEAK_POWER,
            CONF_PEAK_METER,
        ),
        _POWER_FILTER,
    ),
    **dict.fromkeys(CONF_FUSE_CURRENTS, _CURRENT_FILTER),
    CONF_FUSE_VOLTAGE: _VOLTAGE_FILTER,
    CONF_GREEN_BATTERY_LEVEL: _LEVEL_FILTER,
    CONF_OUTSIDE_ENTITY: _OUTSIDE_FILTER,
}
_FIELDS: Final[Mapping[str, Any]] = {
    CONF_GREEN_GRID_POSITIVE: choice("grid_positive", GridSign),
    CONF_GREEN_PRODUCTION_POSITIVE: choice("production_positive", ProductionSign),
    CONF_GREEN_PRODUCTION_HAS_BATTERY: BooleanSelector(),
    CONF_GREEN_CONSUMPTION_HAS_CHARGING: BooleanSelector(),
    CONF_GREEN_BATTERY_POSITIVE: choice("battery_positive", BatterySign),
    CONF_GREEN_BATTERY_FIRST_TO: number(PERCENTAGE),
    CONF_GREEN_BATTERY_SHARE_FROM: number(PERCENTAGE),
    CONF_GREEN_STALE_MINUTES: number(UnitOfTime.MINUTES),
    CONF_GREEN_HOLD_MINUTES: number(UnitOfTime.MINUTES),
    CONF_GREEN_STOP_ENERGY: number(UnitOfEnergy.WATT_HOUR),
    CONF_FUSE_SIZE: number(UnitOfElectricCurrent.AMPERE),
    CONF_FUSE_CURRENT_POSITIVE: choice("current_positive", CurrentSign),
    CONF_FUSE_POWER_POSITIVE: choice("grid_positive", GridSign),
    CONF_FUSE_SILENT_SECONDS: number(UnitOfTime.SECONDS),
    CONF_CONTACTOR: BooleanSelector(),
    CONF_PLUG_IN_CHARGE: BooleanSelector(),
    CONF_SIX_AMP_RECOVERY: BooleanSelector(),
    CONF_TURN_MINUTES: number(UnitOfTime.MINUTES),
    CONF_STARTS_PER_HOUR: number(),
    CONF_LEAVE_AT_MINIMUM: BooleanSelector(),
    CONF_CIRCUITS: BooleanSelector(),
    CONF_EMERGENCY_AMPS: number(UnitOfElectricCurrent.AMPERE),
    CONF_PEAK_TARIFF: several(PeakPreset, key="peak_tariff", multiple=False),
    CONF_PEAK_POWER_POSITIVE: choice("grid_positive", GridSign),
    CONF_PEAK_MARGIN: number(PERCENTAGE),
    CONF_PEAK_MINUTES: several(["15", "60"], multiple=False),
    CONF_PEAK_MONTHS: several(MONTHS),
    CONF_PEAK_DAYS: several(WEEKDAYS, key="weekday"),
    CONF_PEAK_START: TimeSelector(),
    CONF_PEAK_END: TimeSelector(),
    CONF_PEAK_HIGHEST: number(),
    CONF_PEAK_DISTINCT_DAYS: BooleanSelector(),
    CONF_PEAK_WINDOW: choice("peak_window", PeakWindow),
    CONF_PEAK_FLOOR: number(UnitOfPower.KILO_WATT, step=0.1),
    CONF_PEAK_STEPS: TextSelector(),
    CONF_OUTSIDE_NUMBER: BooleanSelector(),
    CONF_OUTSIDE_CONTACT_W: number(UnitOfPower.WATT),
    CONF_OUTSIDE_SILENT_MINUTES: number(UnitOfTime.MINUTES),
    CONF_OUTSIDE_HOLD_MINUTES: number(UnitOfTime.MINUTES),
    CONF_OUTSIDE_FALLBACK_W: number(UnitOfPower.WATT),
}


class OptionsForm(OptionsFlowWithReload):
    """Asks for the options part by part; each part is saved at once."""

    _changed: dict[str, Any] | None = None

    @property
    @override
    def config_entry(self) -> TwcConfigEntry:
        """Return the entry of the bus, with its type."""
        return super().config_entry

    async def _async_ask_numbers(
        self,
        step_id: str,
        fields: Iterable[str],
        user_input: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        """Ask for options whose only possible error is a number out of range."""
        errors: Errors = {}
        if user_input is not None:
            errors = check_numbers(user_input)
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
        """Show fields with the input or, without one, with the options in force."""
        if suggested is None:
            suggested = (
                self.config_entry.options if self._changed is None else self._changed
            )
        shown = {**DEFAULTS, **suggested} if user_input is None else user_input
        limits = {
            f"{edge}_{key}": str(limit)
            for key in fields
            for edge, limit in zip(
                ("minimum", "maximum"), LIMITS.get(key, ()), strict=False
            )
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
        """Return a form; every field may be left empty."""
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
        """Return the errors of sensors: missing, of another kind, or chosen twice."""
        chosen = {
            key: entity_id
            for key in keys
            if (entity_id := user_input.get(key)) is not None
        }
        return sensor_errors(self.hass, chosen, units, wrong)

    @callback
    def _change(self, keys: Iterable[str], values: Mapping[str, Any]) -> None:
        """Replace one part of the options."""
        replaced = frozenset(keys)
        self._changed = {
            key: value
            for key, value in self.config_entry.options.items()
            if key not in replaced
        } | without_defaults(values)

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Save the changed options."""
        assert self._changed is not None
        return self.async_create_entry(data=self._changed)


def differs(key: str, values: Mapping[str, Any]) -> bool:
    """Return whether a value was entered and is not the default."""
    return key in values and values[key] != DEFAULTS.get(key)


def without_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values to save: those that are not the default."""
    return whole_numbers({key: values[key] for key in values if differs(key, values)})


def check_numbers(user_input: Mapping[str, Any]) -> Errors:
    """Return the errors of numbers out of their limits; each error is named after its field."""
    return {
        key: f"{key}_range"
        for key, limits in LIMITS.items()
        if key in user_input and not is_whole(user_input[key], *limits)
    }
