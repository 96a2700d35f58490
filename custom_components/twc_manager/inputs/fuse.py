"""The options of the main fuse and the readings of its sensors, in the types of the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf, nan
from typing import Any, Final

from ..charging.supply.fuse_reading import MAXIMUM_SILENCE, FuseConfig, FuseReading
from ..const import CONF_PHASES, CONF_VOLTAGE
from .liveness import Liveness, Report
from .sensors import (
    CURRENT_UNITS,
    VOLTAGE_UNITS,
    GridSign,
    Sensor,
    power_reading,
    sensor_value,
)

CONF_FUSE_SIZE: Final = "fuse_size"
CONF_FUSE_CURRENTS: Final = ("fuse_current_l1", "fuse_current_l2", "fuse_current_l3")
CONF_FUSE_CURRENT_POSITIVE: Final = "fuse_current_positive"
CONF_FUSE_POWERS: Final = ("fuse_power_l1", "fuse_power_l2", "fuse_power_l3")
CONF_FUSE_POWER: Final = "fuse_power"
CONF_FUSE_POWER_POSITIVE: Final = "fuse_power_positive"
CONF_FUSE_VOLTAGE: Final = "fuse_voltage"
CONF_FUSE_SILENT_SECONDS: Final = "fuse_silent_seconds"


class CurrentSign(StrEnum):
    """The direction of a positive value of a current sensor at the grid connection."""

    IMPORT = "import"
    EXPORT = "export"
    BOTH = "both"
    """The sensor is positive in both directions."""


FUSE_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_FUSE_CURRENT_POSITIVE: CurrentSign.IMPORT.value,
    CONF_FUSE_POWER_POSITIVE: GridSign.IMPORT.value,
    CONF_FUSE_SILENT_SECONDS: round(MAXIMUM_SILENCE),
}


@dataclass(frozen=True, slots=True)
class FuseOptions:
    """The main fuse, and the sensors of the current through it.

    Attributes:
        config: the fuse.
        currents: one current sensor per phase.
        powers: one power sensor per phase, or one for all phases together. Beside current sensors they only provide the
            direction.
        power_is_sum: whether the power sensor is the one for all phases together.
        signed: whether the current sensors have a sign.
        voltage: entity id of a sensor of a phase's voltage.

    """

    config: FuseConfig
    currents: tuple[Sensor, ...] = ()
    powers: tuple[Sensor, ...] = ()
    power_is_sum: bool = False
    signed: bool = True
    voltage: str | None = None

    @property
    def sensors(self) -> tuple[Sensor, ...]:
        """Return the sensors of current and power, in the order of `FuseReading.silent`."""
        return self.currents + self.powers

    @property
    def sum_sensor(self) -> Sensor | None:
        """Return the sensor of the power of all phases together; None if none is chosen."""
        return self.powers[0] if self.power_is_sum and self.powers else None

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        voltage = () if self.voltage is None else (self.voltage,)
        return (*(item.entity_id for item in self.sensors), *voltage)


def fuse_of(chosen: Mapping[str, Any], data: Mapping[str, Any]) -> FuseOptions | None:
    """Return the options of the fuse for the wiring in `data`; None without a fuse. `chosen` includes all defaults."""
    if CONF_FUSE_SIZE not in chosen:
        return None
    sign = chosen[CONF_FUSE_CURRENT_POSITIVE]
    currents = _chosen(chosen, CONF_FUSE_CURRENTS, inverted=sign == CurrentSign.EXPORT)
    signed = sign != CurrentSign.BOTH
    is_sum = CONF_FUSE_POWER in chosen
    powers = _chosen(
        chosen,
        [CONF_FUSE_POWER] if is_sum else CONF_FUSE_POWERS,
        inverted=chosen[CONF_FUSE_POWER_POSITIVE] == GridSign.EXPORT,
    )
    return FuseOptions(
        config=FuseConfig(
            size=chosen[CONF_FUSE_SIZE],
            voltage=data[CONF_VOLTAGE],
            phases=data[CONF_PHASES],
            max_age=chosen[CONF_FUSE_SILENT_SECONDS],
        ),
        currents=currents,
        powers=() if currents and signed else powers,
        power_is_sum=is_sum,
        signed=signed,
        voltage=chosen.get(CONF_FUSE_VOLTAGE),
    )


def _chosen(
    chosen: Mapping[str, Any], keys: Iterable[str], *, inverted: bool
) -> tuple[Sensor, ...]:
    return tuple(Sensor(chosen[key], inverted) for key in keys if key in chosen)


def fuse_reading(fuse: FuseOptions, liveness: Liveness, now: float) -> FuseReading:
    """Return the readings at the main fuse, nan for sensors that are not usable; `now` is in s of the loop's clock."""
    currents = [liveness.report(item.entity_id, now) for item in fuse.currents]
    powers = [liveness.report(item.entity_id, now) for item in fuse.powers]
    measuring = currents or powers
    at = min((report.at for report in measuring), default=now)
    missing = _missing(fuse)
    reading = FuseReading(
        at,
        times=(*(report.at for report in measuring), *[at] * missing),
        alive=(*(report.alive_at for report in measuring), *[at] * missing),
        signed=fuse.signed,
        volts=_volts(fuse, liveness, now),
    )
    if currents:
        amps = map(_amps, currents, fuse.currents)
        reading = replace(reading, currents=(*amps, *[nan] * missing))
        # An old power no longer proves the direction.
        since = now - fuse.config.max_age
    else:
        since = -inf
    watts = [*map(_watts, powers, fuse.powers, [since] * len(powers))]
    if fuse.power_is_sum and watts:
        return replace(reading, power_w=watts[0])
    return replace(reading, powers=(*watts, *[nan] * missing))


def _missing(fuse: FuseOptions) -> int:
    """Return the number of phases without a sensor, which were added to the wiring after the sensors were chosen."""
    if fuse.power_is_sum and not fuse.currents:
        return 0
    return max(fuse.config.phases - len(fuse.currents or fuse.powers), 0)


def _amps(report: Report, sensor: Sensor) -> float:
    amps = sensor_value(report.state, CURRENT_UNITS)
    if amps is None:
        return nan
    return -amps if sensor.inverted else amps


def _watts(report: Report, sensor: Sensor, since: float) -> float:
    watts = power_reading(report, sensor).value
    return nan if watts is None or report.alive_at < since else watts


def _volts(fuse: FuseOptions, liveness: Liveness, now: float) -> float | None:
    """Return the measured V; None without a sensor, or with one that is silent or measures something else."""
    if fuse.voltage is None:
        return None
    report = liveness.report(fuse.voltage, now)
    volts = sensor_value(report.state, VOLTAGE_UNITS)
    alive = now - report.alive_at <= fuse.config.max_age
    return volts if alive and volts and fuse.config.is_voltage(volts) else None
