"""The form for the wiring of a bus: its fields, and the errors in its input."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import UnitOfElectricCurrent, UnitOfElectricPotential
import voluptuous as vol

from ..const import (
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
)
from ..inputs.wiring import (
    DEFAULT_MAX_CURRENT,
    DEFAULT_VOLTAGE,
    MINIMUM_CURRENT,
    default_min_current,
)
from ..twc import MAX_CONNECTOR_AMPS, MAX_TOTAL_AMPS
from .fields import choice, is_whole, number

MAXIMUM_CURRENT: Final = int(MAX_CONNECTOR_AMPS)
"""The maximum of one wall connector, in A."""

MAXIMUM_TOTAL: Final = int(MAX_TOTAL_AMPS)
"""The maximum of all wall connectors together, in A: three with a circuit of their own."""

MINIMUM_VOLTAGE: Final = 100
MAXIMUM_VOLTAGE: Final = 277

_AMPS: Final = number(UnitOfElectricCurrent.AMPERE)
_VOLTS: Final = number(UnitOfElectricPotential.VOLT)
# Type checkers see another class than Home Assistant's forms.
WIRING_SCHEMA: Final[Any] = vol.Schema(
    {
        vol.Required(CONF_MAX_CURRENT, default=DEFAULT_MAX_CURRENT): _AMPS,
        vol.Required(CONF_MAX_CONNECTOR_CURRENT, default=DEFAULT_MAX_CURRENT): _AMPS,
        vol.Required(CONF_PHASES, default="1"): choice(CONF_PHASES, ("1", "2", "3")),
        vol.Optional(CONF_MIN_CURRENT): _AMPS,
        vol.Optional(CONF_VOLTAGE): _VOLTS,
    }
)
WIRING_PLACEHOLDERS: Final = {
    "minimum_current": str(MINIMUM_CURRENT),
    "maximum_current": str(MAXIMUM_CURRENT),
    "maximum_total": str(MAXIMUM_TOTAL),
    "minimum_voltage": str(MINIMUM_VOLTAGE),
    "maximum_voltage": str(MAXIMUM_VOLTAGE),
}
"""Placeholders of the texts of the form."""


def wiring_suggestions(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the suggested values for the form; values that equal their default stay empty."""
    phases, limit = data[CONF_PHASES], data[CONF_MAX_CONNECTOR_CURRENT]
    suggestions = {
        CONF_MAX_CURRENT: data[CONF_MAX_CURRENT],
        CONF_MAX_CONNECTOR_CURRENT: limit,
        CONF_PHASES: str(phases),
    }
    if data[CONF_MIN_CURRENT] != default_min_current(phases, limit):
        suggestions[CONF_MIN_CURRENT] = data[CONF_MIN_CURRENT]
    if data[CONF_VOLTAGE] != DEFAULT_VOLTAGE[phases]:
        suggestions[CONF_VOLTAGE] = data[CONF_VOLTAGE]
    return suggestions


def read_wiring(
    user_input: Mapping[str, Any],
) -> tuple[dict[str, int], dict[str, str]]:
    """Return the wiring in whole A and V, and the errors by field."""
    errors: dict[str, str] = {}

    def whole(key: str, error: str, minimum: int, maximum: int) -> int:
        value: float = user_input[key]
        if is_whole(value, minimum, maximum):
            return int(value)
        errors[key] = error
        return maximum

    phases = int(user_input[CONF_PHASES])
    total = whole(CONF_MAX_CURRENT, "total_range", MINIMUM_CURRENT, MAXIMUM_TOTAL)
    limit = whole(
        CONF_MAX_CONNECTOR_CURRENT, "current_range", MINIMUM_CURRENT, MAXIMUM_CURRENT
    )
    if limit > total:
        errors.setdefault(CONF_MAX_CONNECTOR_CURRENT, "above_total")
    min_current = default_min_current(phases, limit)
    if CONF_MIN_CURRENT in user_input:
        min_current = whole(CONF_MIN_CURRENT, "minimum_range", MINIMUM_CURRENT, limit)
    voltage = DEFAULT_VOLTAGE[phases]
    if CONF_VOLTAGE in user_input:
        voltage = whole(CONF_VOLTAGE, "voltage_range", MINIMUM_VOLTAGE, MAXIMUM_VOLTAGE)
    wiring = {
        CONF_MAX_CURRENT: total,
        CONF_MAX_CONNECTOR_CURRENT: limit,
        CONF_MIN_CURRENT: min_current,
        CONF_PHASES: phases,
        CONF_VOLTAGE: voltage,
    }
    return wiring, errors


def needs_own_circuits(wiring: Mapping[str, int]) -> bool:
    """Return whether the total is more than one circuit carries, so that each connector needs one of its own."""
    return wiring[CONF_MAX_CURRENT] > MAXIMUM_CURRENT
