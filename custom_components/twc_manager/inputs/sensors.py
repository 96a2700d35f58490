"""The house's sensors that an owner chose, and how their states are read."""

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
"""The units of power that can be read."""

NO_REPORTS: Final[Mapping[str, float]] = MappingProxyType({})


class GridSign(StrEnum):
    """The direction that a positive value of a sensor at the grid stands for."""

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


def reported_at(state: State, now: float) -> float:
    """Return when a sensor reported last, even an unchanged value, by the wall clock."""
    age = (dt_util.utcnow() - state.last_reported).total_seconds()
    return now - max(age, 0.0)


def last_report(
    entity_id: str, state: State | None, now: float, reported: Mapping[str, float]
) -> float:
    """Return when a sensor reported last, by `reported` if it is there; `now` if the sensor does not exist."""
    if state is None:
        return now
    at = reported.get(entity_id)
    return reported_at(state, now) if at is None else min(at, now)


def power_reading(state: State | None, sensor: Sensor, at: float) -> Reading:
    """Return the reading of a power sensor in any unit; `at` is its time."""
    if state is None:
        return read_power(None, None, at)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    watts = (
        PowerConverter.get_unit_ratio(UnitOfPower.WATT, unit)
        if unit in PowerConverter.VALID_UNITS
        else None
    )
    return read_power(state.state, watts, at, inverted=sensor.inverted)
