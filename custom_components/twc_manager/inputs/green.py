"""The options of green energy and the readings of its sensors, in the types of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..charging.settings import HOLD_SECONDS, STALE_SECONDS
from ..charging.supply.surplus import Reading, Readings, Source, SourceConfig
from .liveness import Liveness
from .sensors import GridSign, Sensor, level_reading, power_reading

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
CONF_GREEN_BATTERY_SHARE_FROM: Final = "green_battery_share_from"
CONF_GREEN_STALE_MINUTES: Final = "green_stale_minutes"
CONF_GREEN_HOLD_MINUTES: Final = "green_hold_minutes"
CONF_GREEN_STOP_ENERGY: Final = "green_stop_energy"


class GreenSource(StrEnum):
    """The sensor from which the surplus is calculated."""

    GRID = "grid"
    PRODUCTION = "production"


class ProductionSign(StrEnum):
    """The sign of production at its sensor."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class BatterySign(StrEnum):
    """The direction of a positive value of a sensor at the house battery."""

    CHARGING = "charging"
    DISCHARGING = "discharging"


GREEN_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_GREEN_GRID_POSITIVE: GridSign.IMPORT.value,
    CONF_GREEN_PRODUCTION_POSITIVE: ProductionSign.POSITIVE.value,
    CONF_GREEN_PRODUCTION_HAS_BATTERY: False,
    CONF_GREEN_CONSUMPTION_HAS_CHARGING: True,
    CONF_GREEN_BATTERY_POSITIVE: BatterySign.CHARGING.value,
    CONF_GREEN_BATTERY_FIRST_TO: 100,
    CONF_GREEN_STALE_MINUTES: round(STALE_SECONDS / 60),
    CONF_GREEN_HOLD_MINUTES: round(HOLD_SECONDS / 60),
}


@dataclass(frozen=True, slots=True)
class GreenOptions:
    """How the surplus is calculated.

    Attributes:
        config: the meaning of the sensors; the reserved power is filled in by the rules.
        sensors: the sensors chosen.
        hold_when_stale: s for which charging goes on at the minimum when they do not report, before it is paused.
        stop_energy_wh: Wh from the grid that stop charging; None if time decides.

    """

    config: SourceConfig
    sensors: Mapping[Source, Sensor]
    hold_when_stale: float = HOLD_SECONDS
    stop_energy_wh: float | None = None

    @property
    def power_entity_ids(self) -> tuple[str, ...]:
        """Return the entities that measure a power."""
        return tuple(
            sensor.entity_id
            for source, sensor in self.sensors.items()
            if source is not Source.BATTERY_LEVEL
        )

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        return tuple(sensor.entity_id for sensor in self.sensors.values())


def green_of(chosen: Mapping[str, Any]) -> GreenOptions | None:
    """Return the options; None without the sensor that the surplus is calculated from. `chosen` includes all defaults."""
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
            battery_share_from=chosen.get(CONF_GREEN_BATTERY_SHARE_FROM)
            if has_level
            else None,
            stale_after=60.0 * chosen[CONF_GREEN_STALE_MINUTES],
        ),
        sensors=sensors,
        hold_when_stale=60.0 * chosen[CONF_GREEN_HOLD_MINUTES],
        stop_energy_wh=chosen.get(CONF_GREEN_STOP_ENERGY),
    )


def _green_sensors(chosen: Mapping[str, Any]) -> dict[Source, Sensor]:
    """Return the sensors, inverted where their sign is the opposite of the rules'."""
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


def green_readings(green: GreenOptions, liveness: Liveness, now: float) -> Readings:
    """Return the readings of the sensors of green energy; `now` is in s of the loop's clock."""
    readings: dict[str, Reading] = {}
    for source, sensor in green.sensors.items():
        report = liveness.report(sensor.entity_id, now)
        readings[source.value] = (
            level_reading(report)
            if source is Source.BATTERY_LEVEL
            else power_reading(report, sensor)
        )
    return Readings(**readings)
