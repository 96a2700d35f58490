"""The form for the wiring of a bus, and the checks of what was entered in it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import UnitOfElectricCurrent, UnitOfElectricPotential
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
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
from ..twc import MAX_WIRING_AMPS

MOST_CURRENT: Final = int(MAX_WIRING_AMPS)
LEAST_VOLTAGE: Final = 100
MOST_VOLTAGE: Final = 277

# No limits in the selectors: what breaks them is answered with words of our own, which say what to do.
_AMPS: Final = NumberSelector(
    NumberSelectorConfig(
        step=1,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    )
)
_VOLTS: Final = NumberSelector(
    NumberSelectorConfig(
        step=1,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfElectricPotential.VOLT,
    )
)
# Home Assistant serves voluptuous from probatio; type checkers do not know that these are the same.
WIRING_SCHEMA: Final[Any] = vol.Schema(
    {
        vol.Required(CONF_MAX_CURRENT, default=DEFAULT_MAX_CURRENT): _AMPS,
        vol.Required(CONF_MAX_CONNECTOR_CURRENT, default=DEFAULT_MAX_CURRENT): _AMPS,
        vol.Required(CONF_PHASES, default="1"): SelectSelector(
            SelectSelectorConfig(
                options=["1", "3"],
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_PHASES,
            )
        ),
        vol.Optional(CONF_MIN_CURRENT): _AMPS,
        vol.Optional(CONF_VOLTAGE): _VOLTS,
    }
)
WIRING_PLACEHOLDERS: Final = {
    "least_current": str(MINIMUM_CURRENT),
    "most_current": str(MOST_CURRENT),
    "least_voltage": str(LEAST_VOLTAGE),
    "most_voltage": str(MOST_VOLTAGE),
}
"""What the texts of the form name."""


def wiring_suggestions(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to show of an entry's wiring; what followed from the rest stays open, to follow again."""
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
    """Return the wiring in whole A and V, and what is wrong with it by field."""
    errors: dict[str, str] = {}

    def whole(key: str, error: str, least: int, most: int) -> int:
        value: float = user_input[key]
        # Says no to NaN and infinity as well.
        if least <= value <= most and value == int(value):
            return int(value)
        errors[key] = error
        return most

    phases = int(user_input[CONF_PHASES])
    total = whole(CONF_MAX_CURRENT, "current_range", MINIMUM_CURRENT, MOST_CURRENT)
    limit = whole(
        CONF_MAX_CONNECTOR_CURRENT, "current_range", MINIMUM_CURRENT, MOST_CURRENT
    )
    if limit > total:
        errors.setdefault(CONF_MAX_CONNECTOR_CURRENT, "above_total")
    minimum = default_min_current(phases, limit)
    if CONF_MIN_CURRENT in user_input:
        minimum = whole(CONF_MIN_CURRENT, "minimum_range", MINIMUM_CURRENT, limit)
    voltage = DEFAULT_VOLTAGE[phases]
    if CONF_VOLTAGE in user_input:
        voltage = whole(CONF_VOLTAGE, "voltage_range", LEAST_VOLTAGE, MOST_VOLTAGE)
    wiring = {
        CONF_MAX_CURRENT: total,
        CONF_MAX_CONNECTOR_CURRENT: limit,
        CONF_MIN_CURRENT: minimum,
        CONF_PHASES: phases,
        CONF_VOLTAGE: voltage,
    }
    return wiring, errors
