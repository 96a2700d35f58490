"""The options of the main fuse and the readings of its sensors, in the types of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any, Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfElectricCurrent
from homeassistant.core import State

from ..charging.supply.fuse_reading import MOST_SILENCE, FuseConfig, FuseReading
from ..const import CONF_PHASES, CONF_VOLTAGE
from .liveness import Liveness
from .sensors import GridSign, Sensor, power_reading

CONF_FUSE_SIZE: Final = "fuse_size"
CONF_FUSE_CURRENTS: Final = ("fuse_current_l1", "fuse_current_l2", "fuse_current_l3")
CONF_FUSE_POWER: Final = "fuse_power"
CONF_FUSE_POWER_POSITIVE: Final = "fuse_power_positive"
CONF_FUSE_SILENT_SECONDS: Final = "fuse_silent_seconds"

FUSE_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_FUSE_POWER_POSITIVE: GridSign.IMPORT.value,
    CONF_FUSE_SILENT_SECONDS: round(MOST_SILENCE),
}


@dataclass(frozen=True, slots=True)
class FuseOptions:
    """The main fuse, and the sensors that measure what goes through it.

    Attributes:
        config: the fuse.
        currents: entity ids of one current sensor per phase; empty if there is a power sensor.
        power: the power sensor.

    """

    config: FuseConfig
    currents: tuple[str, ...] = ()
    power: Sensor | None = None

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        return self.currents if self.power is None else (self.power.entity_id,)


def fuse_of(chosen: Mapping[str, Any], data: Mapping[str, Any]) -> FuseOptions | None:
    """Return the options of the fuse for the wiring in `data`; None without a fuse. `chosen` includes all defaults."""
    if CONF_FUSE_SIZE not in chosen:
        return None
    inverted = chosen[CONF_FUSE_POWER_POSITIVE] == GridSign.EXPORT
    return FuseOptions(
        config=FuseConfig(
            size=chosen[CONF_FUSE_SIZE],
            voltage=data[CONF_VOLTAGE],
            phases=data[CONF_PHASES],
            max_age=chosen[CONF_FUSE_SILENT_SECONDS],
        ),
        currents=tuple(chosen[key] for key in CONF_FUSE_CURRENTS if key in chosen),
        power=Sensor(chosen[CONF_FUSE_POWER], inverted)
        if CONF_FUSE_POWER in chosen
        else None,
    )


def fuse_reading(fuse: FuseOptions, liveness: Liveness, now: float) -> FuseReading:
    """Return the readings of the sensors at the main fuse; nan for one that is not usable."""
    reports = [liveness.report(entity_id, now) for entity_id in fuse.entity_ids]
    at = min((report.at for report in reports), default=now)
    alive = tuple(report.alive_at for report in reports)
    if fuse.power is None:
        # Phases may have been added to the wiring since the sensors were chosen.
        missing = fuse.config.phases - len(reports)
        return FuseReading(
            at,
            currents=(*(_amps(report.state) for report in reports), *[nan] * missing),
            times=(*(report.at for report in reports), *[at] * missing),
            alive=(*alive, *[at] * missing),
        )
    watts = power_reading(reports[0], fuse.power).value
    return FuseReading(at, power_w=nan if watts is None else watts, alive=alive)


def _amps(state: State | None) -> float:
    if state is None:
        return nan
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit != UnitOfElectricCurrent.AMPERE:
        return nan
    try:
        amps = float(state.state)
    except ValueError:
        return nan
    return amps if isfinite(amps) else nan
