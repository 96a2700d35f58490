"""Subentry flows of a circuit above several buses, and of another load on it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, Platform, UnitOfElectricCurrent, UnitOfTime
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from ..const import DOMAIN
from ..inputs.circuits import (
    CONF_CIRCUIT_AMPS,
    CONF_CIRCUIT_BUSES,
    CONF_LOAD_CIRCUIT,
    CONF_LOAD_CURRENTS,
    CONF_LOAD_MAXIMUM,
    CONF_LOAD_PHASES,
    CONF_LOAD_POWER,
    CONF_LOAD_SILENT_SECONDS,
    LOAD_DEFAULTS,
    SUBENTRY_CIRCUIT,
    SUBENTRY_LOAD,
    offers_circuits,
)
from ..inputs.sensors import CURRENT_UNITS, POWER_UNITS
from .fields import (
    Errors,
    choice,
    is_whole,
    named,
    number,
    own_entities,
    sensor_errors,
    whole_numbers,
)
from .named import NamedSubentryFlow

AMPS_LIMITS: Final = (6, 400)
"""The minimum and maximum that a circuit of a house carries, in A."""

MAXIMUM_LIMITS: Final = (1, 200)
"""The minimum and maximum of the highest draw of another load, in A."""

SILENT_LIMITS: Final = (10, 3600)
"""The minimum and maximum number of s after which a sensor of a load counts as silent."""

_POWER: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, unit_of_measurement=list(POWER_UNITS)
)
_CURRENT: Final = EntityWithDeviceFilterSelectorConfig(
    domain=Platform.SENSOR, unit_of_measurement=UnitOfElectricCurrent.AMPERE
)


class _CircuitFlow(NamedSubentryFlow):
    """The base of the flows of circuits and of loads: a single form with all fields."""

    _defaults: Mapping[str, Any] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a new circuit or load."""
        return self._ask("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the changes of a circuit or load."""
        return self._ask("reconfigure", user_input)

    def _ask(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: Errors = {}
        if user_input is not None:
            errors = self._name_errors(user_input) | self._check(user_input)
            if not errors:
                data = {
                    key: value for key, value in user_input.items() if key != CONF_NAME
                }
                return self._save_named(user_input, whole_numbers(data))
        shown = self._shown() if user_input is None else user_input
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(self._schema(), shown),
            errors=errors,
            description_placeholders=self._placeholders(),
        )

    def _shown(self) -> Mapping[str, Any]:
        """Return the suggested values of the form."""
        if self.source != SOURCE_RECONFIGURE:
            return self._defaults
        title = self._get_reconfigure_subentry().title
        return {**self._defaults, **self._before(), CONF_NAME: title}

    def _schema(self) -> Any:
        """Return the form."""
        return vol.Schema({vol.Required(CONF_NAME): TextSelector(), **self._fields()})

    def _fields(self) -> Mapping[Any, Any]:
        """Return the fields besides the name."""
        raise NotImplementedError

    def _check(self, user_input: Mapping[str, Any]) -> Errors:
        """Return the errors in the input, by field."""
        raise NotImplementedError

    def _placeholders(self) -> Mapping[str, str]:
        """Return the placeholders of the texts."""
        raise NotImplementedError


class CircuitSubentryFlow(_CircuitFlow):
    """Add a circuit or change one."""

    def _fields(self) -> Mapping[Any, Any]:
        """Return the fields; the one for other buses is shown as soon as another bus exists."""
        fields: dict[Any, Any] = {
            vol.Required(CONF_CIRCUIT_AMPS): number(UnitOfElectricCurrent.AMPERE)
        }
        if others := self._others():
            fields[vol.Optional(CONF_CIRCUIT_BUSES)] = named(
                {item.entry_id: item.title for item in others}, multiple=True
            )
        return fields

    def _check(self, user_input: Mapping[str, Any]) -> Errors:
        if is_whole(user_input[CONF_CIRCUIT_AMPS], *AMPS_LIMITS):
            return {}
        return {CONF_CIRCUIT_AMPS: "circuit_amps_range"}

    def _placeholders(self) -> Mapping[str, str]:
        minimum, maximum = AMPS_LIMITS
        return {
            "bus": self._get_entry().title,
            "minimum": str(minimum),
            "maximum": str(maximum),
        }

    def _others(self) -> list[ConfigEntry[Any]]:
        """Return the other buses of this Home Assistant."""
        own = self._get_entry().entry_id
        entries = self.hass.config_entries.async_entries(DOMAIN)
        return [item for item in entries if item.entry_id != own]


class LoadSubentryFlow(_CircuitFlow):
    """Add another load on a circuit or change one."""

    _defaults = LOAD_DEFAULTS

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a new load; it needs a circuit."""
        if not self._circuits():
            return self.async_abort(reason="no_circuit")
        return await super().async_step_user(user_input)

    def _circuits(self) -> list[tuple[str, str]]:
        """Return the id and the name of each circuit of the bus."""
        return [
            (item.subentry_id, item.title)
            for item in self._get_entry().get_subentries_of_type(SUBENTRY_CIRCUIT)
        ]

    def _shown(self) -> Mapping[str, Any]:
        circuits = self._circuits()
        first = {CONF_LOAD_CIRCUIT: circuits[0][0]} if circuits else {}
        return {**first, **super()._shown()}

    def _fields(self) -> Mapping[Any, Any]:
        own = own_entities(self.hass)
        power = EntitySelector(
            EntitySelectorConfig(filter=_POWER, exclude_entities=own)
        )
        current = EntitySelector(
            EntitySelectorConfig(filter=_CURRENT, exclude_entities=own)
        )
        return {
            vol.Required(CONF_LOAD_CIRCUIT): named(dict(self._circuits())),
            vol.Required(CONF_LOAD_MAXIMUM): number(UnitOfElectricCurrent.AMPERE),
            vol.Optional(CONF_LOAD_POWER): power,
            vol.Required(CONF_LOAD_PHASES): choice("phases", ("1", "2", "3")),
            **{vol.Optional(key): current for key in CONF_LOAD_CURRENTS},
            vol.Required(CONF_LOAD_SILENT_SECONDS): number(UnitOfTime.SECONDS),
        }

    def _check(self, user_input: Mapping[str, Any]) -> Errors:
        errors = self._sensor_errors(user_input)
        if not is_whole(user_input[CONF_LOAD_MAXIMUM], *MAXIMUM_LIMITS):
            errors[CONF_LOAD_MAXIMUM] = "load_maximum_range"
        if not is_whole(user_input[CONF_LOAD_SILENT_SECONDS], *SILENT_LIMITS):
            errors[CONF_LOAD_SILENT_SECONDS] = "silent_seconds_range"
        return errors

    def _sensor_errors(self, user_input: Mapping[str, Any]) -> Errors:
        """Return the errors of the sensors: either one of power, or one of current per phase has to be chosen."""
        currents = [key for key in CONF_LOAD_CURRENTS if key in user_input]
        if CONF_LOAD_POWER in user_input:
            if currents:
                return {currents[0]: "power_or_current"}
            return self._errors_of(
                [CONF_LOAD_POWER], POWER_UNITS, "not_power", user_input
            )
        if not currents:
            return {CONF_LOAD_POWER: "choose_load_sensor"}
        return self._errors_of(currents, CURRENT_UNITS, "not_current", user_input)

    def _errors_of(
        self,
        keys: Iterable[str],
        units: Iterable[str],
        wrong: str,
        user_input: Mapping[str, Any],
    ) -> Errors:
        chosen = {key: user_input[key] for key in keys}
        own = own_entities(self.hass)
        return sensor_errors(self.hass, chosen, units, wrong, own=own)

    def _placeholders(self) -> Mapping[str, str]:
        (minimum, maximum), (shortest, longest) = MAXIMUM_LIMITS, SILENT_LIMITS
        return {
            "minimum": str(minimum),
            "maximum": str(maximum),
            "shortest": str(shortest),
            "longest": str(longest),
        }


def circuit_flows(entry: ConfigEntry[Any]) -> dict[str, type[ConfigSubentryFlow]]:
    """Return the flows of circuits and loads by kind; empty unless the bus offers them, see `offers_circuits`."""
    if not offers_circuits(entry):
        return {}
    return {SUBENTRY_CIRCUIT: CircuitSubentryFlow, SUBENTRY_LOAD: LoadSubentryFlow}
