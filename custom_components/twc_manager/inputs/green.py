"""What an owner chose of green energy in the options, as the rules take it, and what those sensors say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..charging.settings import STALE_SECONDS
from ..charging.supply.surplus import (
    Reading,
    Readings,
    Source,
    SourceConfig,
    read_level,
)
from .sensors import NOTHING_HEARD, GridSign, Sensor, heard_at, power_reading

CONF_GREEN_SOURCE: Final = "green_source"
CONF_GREEN_GRID: Final = "green_grid"
CONF_GREEN_GRID_POSITIVE: Final = "green_grid_positive"
CONF_GREEN_PRODUCTION: Final = "green_production"
CONF_GREEN_PRODUCTION_POSITIVE: Final = "green_production_positive"
CONF_GREEN_PRODUCTION_HAS_BATTERY: Final = "green_production_has_battery"
CONF_GREEN_CONSUMPTION: Final = "green_consumption"
CONF_GREEN_CONSUMPTION_HAS_CHARGING: Final = "green_consumption_has_charging"
CONF_GREEN_BATTERY_POWER: Final = "green_battery_power"
CONF_GREEN_BATTERY_POSITIVE: Final = "green_battery_positive"
CONF_GREEN_BATTERY_LEVEL: Final = "green_battery_level"
CONF_GREEN_BATTERY_FIRST_TO: Final = "green_battery_first_to"
CONF_GREEN_STALE_MINUTES: Final = "green_stale_minutes"
CONF_GREEN_WHEN_STALE: Final = "green_when_stale"
CONF_GREEN_STOP_ENERGY: Final = "green_stop_energy"


class GreenSource(StrEnum):
    """What the surplus follows from."""

    GRID = "grid"
    PRODUCTION = "production"


class ProductionSign(StrEnum):
    """What producing is to a sensor of production."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class BatterySign(StrEnum):
    """What a positive number of a sensor at the house battery means."""

    CHARGING = "charging"
    DISCHARGING = "discharging"


class WhenStale(StrEnum):
    """What becomes of charging when the sensors have been silent for too long."""

    MINIMUM = "minimum"
    STOP = "stop"


GREEN_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_GREEN_GRID_POSITIVE: GridSign.IMPORT.value,
    CONF_GREEN_PRODUCTION_POSITIVE: ProductionSign.POSITIVE.value,
    CONF_GREEN_PRODUCTION_HAS_BATTERY: False,
    CONF_GREEN_CONSUMPTION_HAS_CHARGING: True,
    CONF_GREEN_BATTERY_POSITIVE: BatterySign.CHARGING.value,
    CONF_GREEN_BATTERY_FIRST_TO: 100,
    CONF_GREEN_STALE_MINUTES: round(STALE_SECONDS / 60),
    CONF_GREEN_WHEN_STALE: WhenStale.MINIMUM.value,
}


@dataclass(frozen=True, slots=True)
class GreenOptions:
    """How the surplus is found.

    Attributes:
        config: what the sensors mean; what is kept back for the house is to be filled in.
        sensors: the sensors chosen.
        stop_when_stale: whether charging stops when they are silent, or else goes on at the minimum.
        stop_energy_wh: Wh from the grid that stop charging; None if time decides.

    """

    config: SourceConfig
    sensors: Mapping[Source, Sensor]
    stop_when_stale: bool = False
    stop_energy_wh: float | None = None


def green_of(chosen: Mapping[str, Any]) -> GreenOptions | None:
    """Return what was chosen; None without the sensor that all follows from. No default is missing in `chosen`."""
    sensors = _green_sensors(chosen)
    grid = chosen.get(CONF_GREEN_SOURCE) == GreenSource.GRID
    if (Source.GRID if grid else Source.PRODUCTION) not in sensors:
        return None
    has_level = Source.BATTERY_LEVEL in sensors
    return GreenOptions(
        config=SourceConfig(
            grid=grid,
            consumption_has_charging=chosen[CONF_GREEN_CONSUMPTION_HAS_CHARGING],
            production_has_battery=chosen[CONF_GREEN_PRODUCTION_HAS_BATTERY],
            battery_first_to=chosen[CONF_GREEN_BATTERY_FIRST_TO] if has_level else None,
            stale_after=60.0 * chosen[CONF_GREEN_STALE_MINUTES],
        ),
        sensors=sensors,
        stop_when_stale=chosen[CONF_GREEN_WHEN_STALE] == WhenStale.STOP,
        stop_energy_wh=chosen.get(CONF_GREEN_STOP_ENERGY),
    )


def _green_sensors(chosen: Mapping[str, Any]) -> dict[Source, Sensor]:
    """Return the sensors, turned where they count the other way round."""
    turned = {
        CONF_GREEN_GRID: chosen[CONF_GREEN_GRID_POSITIVE] == GridSign.EXPORT,
        CONF_GREEN_PRODUCTION: chosen[CONF_GREEN_PRODUCTION_POSITIVE]
        == ProductionSign.NEGATIVE,
        CONF_GREEN_CONSUMPTION: False,
        CONF_GREEN_BATTERY_POWER: chosen[CONF_GREEN_BATTERY_POSITIVE]
        == BatterySign.DISCHARGING,
        CONF_GREEN_BATTERY_LEVEL: False,
    }
    return {
        source: Sensor(chosen[key], inverted)
        for source, (key, inverted) in zip(Source, turned.items(), strict=True)
        if key in chosen
    }


def green_readings(
    hass: HomeAssistant,
    green: GreenOptions,
    now: float,
    heard: Mapping[str, float] = NOTHING_HEARD,
) -> Readings:
    """Return what the sensors of green energy say.

    now is in s of any clock, as are the readings' times; heard, in s of the same, is when sensors spoke last,
    by entity id. For others the clock on the wall tells, which may have been set since.
    """
    readings: dict[str, Reading] = {}
    for source, sensor in green.sensors.items():
        state = hass.states.get(sensor.entity_id)
        at = heard_at(sensor.entity_id, state, now, heard)
        readings[source.value] = (
            read_level(state.state if state else None, at)
            if source is Source.BATTERY_LEVEL
            else power_reading(state, sensor, at)
        )
    return Readings(**readings)
