"""Reads the states of the house's sensors that an owner chose."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from homeassistant.const import (
    ATTR_FRIENDLY_NAME,
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import PowerConverter

from ..charging.supply.surplus import Reading, read_level, read_power
from ..untrusted import number_of
from .liveness import Report
from .restored import is_usable

POWER_UNITS: Final = sorted(filter(None, PowerConverter.VALID_UNITS))
"""The units of power that can be read."""

CURRENT_UNITS: Final = (UnitOfElectricCurrent.AMPERE,)
"""The units of current that can be read."""

VOLTAGE_UNITS: Final = (UnitOfElectricPotential.VOLT,)
"""The units of voltage that can be read."""


class GridSign(StrEnum):
    """The direction of a positive value of a sensor at the grid connection."""

    IMPORT = "import"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor of the house.

    Attributes:
        entity_id: its entity.
        inverted: whether its sign is the opposite of the rules'.

    """

    entity_id: str
    inverted: bool = False


def entity_name(hass: HomeAssistant, entity_id: str) -> str:
    """Return the name of an entity."""
    state = hass.states.get(entity_id)
    return state.attributes.get(ATTR_FRIENDLY_NAME, entity_id) if state else entity_id


def is_removed(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity no longer exists or was disabled, and is not only unavailable for some time."""
    if hass.states.get(entity_id) is not None:
        return False
    entry = er.async_get(hass).async_get(entity_id)
    return entry is None or entry.disabled


def stable_id(registry: er.EntityRegistry, entity_id: str) -> str:
    """Return an id that stays when the entity is renamed; the entity id if it is not in the registry."""
    entry = registry.async_get(entity_id)
    return entity_id if entry is None else entry.id


def has_other_unit(hass: HomeAssistant, entity_id: str, units: Collection[str]) -> bool:
    """Return whether a sensor has a value in a unit that cannot be read."""
    state = hass.states.get(entity_id)
    if not is_usable(state):
        return False
    return state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) not in units


def sensor_value(state: State | None, units: Collection[str]) -> float | None:
    """Return the value of a sensor in its own unit; None if it is not a finite number, or its unit is not in `units`."""
    if state is None or state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) not in units:
        return None
    return number_of(state.state)


def power_reading(report: Report, sensor: Sensor) -> Reading:
    """Return the reading of a power sensor in W, whatever its unit is."""
    if (state := report.state) is None:
        return _of(report, read_power(None, None, report.at))
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    watts = (
        PowerConverter.get_unit_ratio(UnitOfPower.WATT, unit)
        if unit in PowerConverter.VALID_UNITS
        else None
    )
    reading = read_power(state.state, watts, report.at, inverted=sensor.inverted)
    return _of(report, reading)


def level_reading(report: Report) -> Reading:
    """Return the reading of the level of a battery in %."""
    state = report.state
    return _of(report, read_level(state.state if state else None, report.at))


def _of(report: Report, reading: Reading) -> Reading:
    alive_at = None if report.alive_at == report.at else report.alive_at
    return replace(reading, alive_at=alive_at)
