"""How much power is left for charging, from any power sensors of the house.

Powers are in W, times in s of a monotonic clock. Signs inside these rules: drawing from the grid, producing,
consuming and charging the house battery are positive. A sensor that counts the other way round is turned
when it is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final

from ..energy_sources import PowerSources
from ..settings import STALE_SECONDS
from .house_battery import BatteryTurn, beside_battery

ABSURD_W: Final = 200_000.0
"""More than any house produces or draws, in W; such a number is a fault of the sensor."""

LEVEL_STALE_SECONDS: Final = 3600.0
"""The default for a battery's level: many report it only when it changes by a whole percent."""

_SILENT: Final = frozenset({"unavailable", "unknown", "none", ""})


class Fault(StrEnum):
    """Why a sensor's state is no reading."""

    UNAVAILABLE = "unavailable"
    """There is no such sensor, or it is unavailable or unknown."""
    NOT_A_NUMBER = "not_a_number"
    ABSURD = "absurd"
    """A number that cannot be."""
    UNIT = "unit"
    """Not one of power."""
    STALE = "stale"
    """It was a number once, too long ago."""
    FROZEN = "frozen"
    """It repeats its last value although the connectors' power has moved."""
    INVERTED = "inverted"
    """It counts the other way round than it was set up, by what the connectors' power did to it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a sensor.

    Attributes:
        value: in W, or in % for a battery's level; None if the state was no reading.
        at: when the value was measured, as far as is known, in s: when the sensor reported last, even the same. A
            change of our own after that is not in it.
        fault: why it was no reading.
        alive_at: when the sensor is known to have lived, in s: when it, another measurement of its device or the
            sources of a helper reported last; None if that is the same as `at`. It does not show when the value was
            measured.

    """

    value: float | None
    at: float
    fault: Fault | None = None
    alive_at: float | None = None

    @property
    def reported_at(self) -> float:
        """Return when the sensor or its device last reported anything, in s."""
        return self.at if self.alive_at is None else self.alive_at


def read_power(
    state: str | float | None,
    unit_w: float | None,
    at: float,
    *,
    inverted: bool = False,
) -> Reading:
    """Return the reading in W of a power sensor's state.

    Args:
        state: the state.
        unit_w: W of the sensor's unit; None if it is not a unit of power.
        at: when the state was measured, in s.
        inverted: whether to reverse the sign.

    """
    number = _number(state)
    if isinstance(number, Fault):
        return Reading(None, at, number)
    if unit_w is None:
        return Reading(None, at, Fault.UNIT)
    watts = number * unit_w
    if abs(watts) > ABSURD_W:
        return Reading(None, at, Fault.ABSURD)
    return Reading(-watts if inverted else watts, at)


def read_level(state: str | float | None, at: float) -> Reading:
    """Return the reading in % of a battery level sensor's state."""
    number = _number(state)
    if isinstance(number, Fault):
        return Reading(None, at, number)
    if not 0 <= number <= 100:
        return Reading(None, at, Fault.ABSURD)
    return Reading(number, at)


def _number(state: str | float | None) -> float | Fault:
    """Return the finite number that a state is, or what it is instead."""
    if state is None or (isinstance(state, str) and state.strip().lower() in _SILENT):
        return Fault.UNAVAILABLE
    try:
        number = float(state)
    except OverflowError, TypeError, ValueError:
        return Fault.NOT_A_NUMBER
    if isinstance(state, bool) or not isfinite(number):
        return Fault.NOT_A_NUMBER
    return number


class Source(StrEnum):
    """A sensor that the surplus is worked out from."""

    GRID = "grid"
    PRODUCTION = "production"
    CONSUMPTION = "consumption"
    BATTERY_POWER = "battery_power"
    BATTERY_LEVEL = "battery_level"


@dataclass(frozen=True, slots=True)
class Readings:
    """The newest reading of each sensor that was chosen; None where there is no such sensor.

    Attributes:
        grid: W from the grid; negative is export. Counts before production where both are given.
        production: W that modules or another generator produce.
        consumption: W that the house takes.
        battery_power: W into the house battery; negative is discharge.
        battery_level: its state of charge in %.

    """

    grid: Reading | None = None
    production: Reading | None = None
    consumption: Reading | None = None
    battery_power: Reading | None = None
    battery_level: Reading | None = None

    def get(self, source: Source) -> Reading | None:
        """Return the reading of one sensor."""
        match source:
            case Source.GRID:
                return self.grid
            case Source.PRODUCTION:
                return self.production
            case Source.CONSUMPTION:
                return self.consumption
            case Source.BATTERY_POWER:
                return self.battery_power
            case Source.BATTERY_LEVEL:
                return self.battery_level


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """What the owner set for the sensors.

    Attributes:
        grid: whether the surplus follows from the grid's meter, which sees the connectors by its nature;
            otherwise from production, less consumption where that is measured.
        consumption_has_charging: whether the consumption sensor's figure contains the connectors.
        production_has_battery: whether the production sensor's figure is taken behind the house battery, as
            that of many hybrid inverters is: less what charges it, and more by what it gives.
        battery_first_to: level in % up to which the house battery charges before the vehicles do; None if it
            always does.
        battery_share_from: level in % from which on the vehicles have a share beside it; None if they have none.
        reserved_w: W kept back for the house, its average load where nothing measures it; negative gives the
            vehicles more than there is.
        stale_after: s after which a silent sensor's reading no longer counts.

    """

    grid: bool = True
    consumption_has_charging: bool = True
    production_has_battery: bool = False
    battery_first_to: float | None = None
    battery_share_from: float | None = None
    reserved_w: float = 0.0
    stale_after: float = STALE_SECONDS

    @property
    def contains_battery(self) -> bool:
        """Return whether what the sensors leave for the vehicles contains what the house battery gives."""
        return self.grid or self.production_has_battery


class Trust(StrEnum):
    """How far a meter that contains the connectors is believed, by what their power did to it."""

    BELIEVED = "believed"
    STANDING = "standing"
    """It has shown the same value for long while vehicles charge: a change of theirs has to show whether it lives."""
    UNPROVEN = "unproven"
    """It did not move at such a change, which an inverter that regulates the grid explains as well."""
    DOUBTED = "doubted"
    """It did not move, and one more change has to prove that it is frozen or counts the other way round."""


@dataclass(frozen=True, slots=True)
class Surplus:
    """What is left for charging.

    Attributes:
        watts: W that all connectors together could take without taking any from the grid or out of the house
            battery, what they take already included. Negative when even the house has too little. None if it
            cannot be known now.
        at: when they were measured, in s; the oldest of those that see the connectors.
        stale: whether it cannot be known because a sensor has been silent for too long.
        faults: what is wrong with the sensors, those included that are only missed.
        unconfirmed: A that the connectors draw more than the meter has shown; negative if it has shown more lately,
            None if no meter contains them.
        trust: how far the meter is believed.
        on_trial: whether such a change was made, and is not judged yet: no other one may hide what the meter shows.
        lag: how late the meter shows a change of theirs, in s; None if it is not known.
        sources: where the power of the connectors comes from, whatever is served first; None if it cannot be known.

    """

    watts: float | None
    at: float
    stale: bool = False
    faults: tuple[tuple[Source, Fault], ...] = ()
    unconfirmed: float | None = None
    trust: Trust = Trust.BELIEVED
    on_trial: bool = False
    lag: float | None = None
    sources: PowerSources | None = None


def available_w(
    readings: Readings, config: SourceConfig, charging_w: float, now: float
) -> Surplus:
    """Return the surplus for charging.

    Args:
        readings: the newest readings.
        config: what the owner set for the sensors.
        charging_w: W that the connectors took when the readings were taken; `SurplusMeter` stores them.
        now: the time, in s.

    """
    needed = needed_sources(readings, config)
    faults = tuple(
        (source, fault)
        for source in (*needed, *_helpful(readings))
        if (fault := _fault(readings.get(source), now, _patience(source, config)))
    )
    at = measured_at(readings, config, needed, now)
    broken = [fault for source, fault in faults if source in needed]
    if broken or not isfinite(charging_w):
        stale = Fault.STALE in broken
        return Surplus(None, at, stale, faults)
    free = _free(readings, config, charging_w)
    left = _beside_battery(free, readings, config, faults) - config.reserved_w
    sources = PowerSources.measured(
        free - _unmeasured_house_w(readings, config),
        _value(readings.battery_power),
        contains_battery=config.contains_battery,
    )
    return Surplus(left, at, faults=faults, sources=sources)


def _unmeasured_house_w(readings: Readings, config: SourceConfig) -> float:
    """Return the W that the house takes on average where nothing measures it."""
    is_measured = config.grid or readings.consumption is not None
    return 0.0 if is_measured else max(config.reserved_w, 0.0)


def needed_sources(readings: Readings, config: SourceConfig) -> list[Source]:
    """Return the sensors without which nothing is known."""
    needed = [Source.GRID] if config.grid else [Source.PRODUCTION]
    if not config.grid and readings.consumption is not None:
        needed.append(Source.CONSUMPTION)
    if readings.battery_power is not None:
        needed.append(Source.BATTERY_POWER)
    return needed


def _helpful(readings: Readings) -> list[Source]:
    """Return the sensors whose silence only leaves less."""
    return [] if readings.battery_level is None else [Source.BATTERY_LEVEL]


def _patience(source: Source, config: SourceConfig) -> float:
    if source is Source.BATTERY_LEVEL:
        return max(config.stale_after, LEVEL_STALE_SECONDS)
    return config.stale_after


def _fault(reading: Reading | None, now: float, patience: float) -> Fault | None:
    """Return what is wrong with a reading; None if nothing is."""
    if reading is None:
        return Fault.UNAVAILABLE
    # Age comes first: a sensor unavailable for long has been silent for long.
    if now - reading.reported_at > patience:
        return Fault.STALE
    if reading.value is None:
        return reading.fault or Fault.UNAVAILABLE
    return None if isfinite(reading.value) else Fault.NOT_A_NUMBER


def is_current(
    reading: Reading | None, source: Source, config: SourceConfig, now: float
) -> bool:
    """Return whether a reading is a number that still counts."""
    return _fault(reading, now, _patience(source, config)) is None


def measured_at(
    readings: Readings, config: SourceConfig, needed: Iterable[Source], now: float
) -> float:
    """Return when the surplus was measured.

    A reading that does not see the connectors is as good after a change of theirs as it was before, so that
    only those that do see them count.
    """
    taken = [
        reading.at
        for source in seeing_sources(needed, config)
        if (reading := readings.get(source)) is not None
    ]
    return min(taken, default=now)


def seeing_sources(needed: Iterable[Source], config: SourceConfig) -> list[Source]:
    """Return those sensors that contain the connectors."""
    seeing = {Source.GRID}
    if config.consumption_has_charging:
        seeing.add(Source.CONSUMPTION)
    return [source for source in needed if source in seeing]


def finite(reading: Reading | None) -> float | None:
    """Return the number that a sensor reports; None if it reports none."""
    if reading is None or reading.value is None or not isfinite(reading.value):
        return None
    return reading.value


def _value(reading: Reading | None) -> float:
    return 0.0 if reading is None or reading.value is None else reading.value


def _free(readings: Readings, config: SourceConfig, charging_w: float) -> float:
    """Return what the connectors could take if there were no house battery."""
    if config.grid:
        return charging_w - _value(readings.grid)
    house = _value(readings.consumption)
    if readings.consumption is not None and config.consumption_has_charging:
        # Meters and connectors never agree to the watt: a house that gives power back is an error.
        house = max(house - charging_w, 0.0)
    return _value(readings.production) - house


def _beside_battery(
    free: float,
    readings: Readings,
    config: SourceConfig,
    faults: Iterable[tuple[Source, Fault]],
) -> float:
    """Return the W left for the vehicles beside the house battery; `free` are those that they could take without it."""
    if readings.battery_power is None:
        return free
    return beside_battery(
        free,
        _value(readings.battery_power),
        _battery_turn(readings, config, faults),
        contains_battery=config.contains_battery,
    )


def _battery_turn(
    readings: Readings,
    config: SourceConfig,
    faults: Iterable[tuple[Source, Fault]],
) -> BatteryTurn:
    """Return when the house battery charges; it comes first while its level is not known."""
    if config.battery_first_to is None or readings.battery_level is None:
        return BatteryTurn.FIRST
    if any(source is Source.BATTERY_LEVEL for source, _ in faults):
        return BatteryTurn.FIRST
    level, shared_from = _value(readings.battery_level), config.battery_share_from
    if level >= config.battery_first_to:
        return BatteryTurn.LAST
    shares = shared_from is not None and level >= shared_from
    return BatteryTurn.SHARED if shares else BatteryTurn.FIRST
