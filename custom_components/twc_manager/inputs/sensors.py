"""Sensors of the house that an owner chose: what one is, and what its state says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from homeassistant.const import (
    ATTR_FRIENDLY_NAME,
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..charging.supply.surplus import Reading, read_power

POWER_UNITS: Final = sorted(filter(None, PowerConverter.VALID_UNITS))
"""Units of a power that can be read."""

NOTHING_HEARD: Final[Mapping[str, float]] = MappingProxyType({})


class GridSign(StrEnum):
    """What a positive number of a sensor at the grid means."""

    IMPORT = "import"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor of the house.

    Attributes:
        entity_id: where to read it.
        inverted: whether it counts the other way round than the rules do.

    """

    entity_id: str
    inverted: bool = False


def entity_name(hass: HomeAssistant, entity_id: str) -> str:
    """Return what people call an entity."""
    state = hass.states.get(entity_id)
    return state.attributes.get(ATTR_FRIENDLY_NAME, entity_id) if state else entity_id


def reported_at(state: State, now: float) -> float:
    """Return when a sensor spoke last, be it to say the same again, as the clock on the wall has it."""
    age = (dt_util.utcnow() - state.last_reported).total_seconds()
    return now - max(age, 0.0)


def heard_at(
    entity_id: str, state: State | None, now: float, heard: Mapping[str, float]
) -> float:
    """Return when a sensor spoke last, by what was heard of it where that is known; `now` if it does not exist."""
    if state is None:
        return now
    at = heard.get(entity_id)
    return reported_at(state, now) if at is None else min(at, now)


def power_reading(state: State | None, sensor: Sensor, at: float) -> Reading:
    """Return what a power sensor says, whatever its unit; `at` is when."""
    if state is None:
        return read_power(None, None, at)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    watts = (
        PowerConverter.get_unit_ratio(UnitOfPower.WATT, unit)
        if unit in PowerConverter.VALID_UNITS
        else None
    )
    return read_power(state.state, watts, at, inverted=sensor.inverted)
