"""The flow of power in the house in W, from the sensors that the owner has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..charging.supply.surplus import Readings, Source, SourceConfig, finite, is_current
from ..coordinator import TwcCoordinator
from ..inputs.options import Options
from ..twc import BusStatus

NO_FLOW: Final[Mapping[str, None]] = dict.fromkeys(
    ("sun", "house", "grid", "battery", "battery_level", "connectors")
)
"""A flow of which nothing is known."""

_ROLES: Final = {
    Source.GRID: "grid",
    Source.PRODUCTION: "solar",
    Source.CONSUMPTION: "house",
    Source.BATTERY_POWER: "battery",
    Source.BATTERY_LEVEL: "battery_level",
}

FUSE: Final = "fuse"
"""The role of the sensor at the main fuse that measures the power of all phases."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow of power in the house in W; None where it is unknown.

    Attributes:
        sun: the solar production.
        house: the consumption of the house, without the connectors.
        grid: the import; negative for export.
        battery: the discharge of the house battery; negative for charging.
        battery_level: its level in %.

    """

    sun: float | None = None
    house: float | None = None
    grid: float | None = None
    battery: float | None = None
    battery_level: float | None = None


def meters_of(options: Options) -> dict[str, str]:
    """Return the sensors of the house that the owner has chosen, by their roles."""
    meters: dict[str, str] = {}
    if options.fuse is not None and (sensor := options.fuse.sum_sensor) is not None:
        meters[FUSE] = sensor.entity_id
    if (green := options.green) is not None:
        for source, sensor in green.sensors.items():
            meters[_ROLES[source]] = sensor.entity_id
    return meters


def flow_as_live(coordinator: TwcCoordinator, now: float) -> dict[str, Any]:
    """Return the flow of power; `now` is in s of the loop's clock."""
    data = coordinator.data
    connectors = None if data.status is BusStatus.OFFLINE else data.total_power
    readings = coordinator.inputs.power_readings(now)
    green = coordinator.inputs.options.green
    config = SourceConfig() if green is None else green.config
    flow = flow_of(readings, config, connectors, now)
    return {
        "sun": _whole(flow.sun),
        "house": _whole(flow.house),
        "grid": _whole(flow.grid),
        "battery": _whole(flow.battery),
        "battery_level": _whole(flow.battery_level),
        "connectors": connectors,
    }


def flow_of(
    readings: Readings, config: SourceConfig, connectors: float | None, now: float
) -> Flow:
    """Return the flow of power; what the sensors do not measure is calculated from the rest where possible.

    Args:
        readings: the readings of the sensors.
        config: the meaning of the sensors.
        connectors: the power of the connectors in W; None if unknown.
        now: the time, in s of the clock of the readings.

    """

    def value(source: Source) -> float | None:
        reading = readings.get(source)
        known = reading is not None and is_current(reading, source, config, now)
        return finite(reading) if known else None

    charging = value(Source.BATTERY_POWER)
    battery = None if charging is None else -charging
    has_battery = readings.battery_power is not None
    given = battery if has_battery else 0.0
    sun = value(Source.PRODUCTION)
    if config.production_has_battery:
        sun = _sum(sun, _minus(given))
    house = value(Source.CONSUMPTION)
    if config.consumption_has_charging:
        house = _sum(house, _minus(connectors))
    grid = value(Source.GRID)
    if readings.consumption is None and readings.production is not None:
        house = _sum(grid, sun, given, _minus(connectors))
    elif readings.grid is None:
        grid = _sum(house, connectors, _minus(sun), _minus(given))
    return Flow(
        sun=None if sun is None else max(0.0, sun),
        house=None if house is None else max(0.0, house),
        grid=grid,
        battery=battery,
        battery_level=value(Source.BATTERY_LEVEL),
    )


def _sum(*values: float | None) -> float | None:
    """Return a sum; None if a part of it is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
