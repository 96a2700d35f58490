"""What the owner chose in the options and as schedules, in the types that the rules work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum
from math import isfinite, nan
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigSubentry,
)
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_ON,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from .charging.fuse import FuseConfig, FuseReading
from .charging.green import GreenSettings
from .charging.schedules import Schedule, ScheduleKind
from .charging.settings import Settings
from .charging.sources import (
    STALE_SECONDS,
    Reading,
    Readings,
    Source,
    SourceConfig,
    read_level,
    read_power,
)
from .const import CONF_PHASES, CONF_VOLTAGE
from .twc import format_id

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

CONF_FUSE_SIZE: Final = "fuse_size"
CONF_FUSE_CURRENTS: Final = ("fuse_current_l1", "fuse_current_l2", "fuse_current_l3")
CONF_FUSE_POWER: Final = "fuse_power"
CONF_FUSE_POWER_POSITIVE: Final = "fuse_power_positive"

CONF_CAR_SWITCH: Final = "car_switch"
"""With a connector's id: the switch that starts and stops the car there."""
CONF_CONTACTOR: Final = "contactor"
"""With a connector's id: whether its contactor may stop a car."""

CONF_WELCOME_CHARGE: Final = "welcome_charge"
CONF_SIX_AMP_RECOVERY: Final = "six_amp_recovery"
CONF_TURN_MINUTES: Final = "turn_minutes"
CONF_STARTS_PER_HOUR: Final = "starts_per_hour"

POWER_UNITS: Final = (UnitOfPower.WATT, UnitOfPower.KILO_WATT)
"""What `read_power` understands."""


class GreenSource(StrEnum):
    """What the surplus follows from."""

    GRID = "grid"
    PRODUCTION = "production"


class GridSign(StrEnum):
    """What a positive number of a sensor at the grid means."""

    IMPORT = "import"
    EXPORT = "export"


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


DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_GREEN_GRID_POSITIVE: GridSign.IMPORT.value,
    CONF_GREEN_PRODUCTION_POSITIVE: ProductionSign.POSITIVE.value,
    CONF_GREEN_PRODUCTION_HAS_BATTERY: False,
    CONF_GREEN_CONSUMPTION_HAS_CHARGING: True,
    CONF_GREEN_BATTERY_POSITIVE: BatterySign.CHARGING.value,
    CONF_GREEN_BATTERY_FIRST_TO: 100,
    CONF_GREEN_STALE_MINUTES: round(STALE_SECONDS / 60),
    CONF_GREEN_WHEN_STALE: WhenStale.MINIMUM.value,
    CONF_FUSE_POWER_POSITIVE: GridSign.IMPORT.value,
    CONF_CONTACTOR: False,
    CONF_WELCOME_CHARGE: True,
    CONF_SIX_AMP_RECOVERY: True,
    CONF_TURN_MINUTES: round(Settings().turn_minutes),
    CONF_STARTS_PER_HOUR: GreenSettings().starts_per_hour,
}
"""What holds where nothing was chosen; only what differs is kept in the entry's options."""


def connector_option(key: str, connector_id: int) -> str:
    """Return the name of an option of one connector."""
    return f"{key}_{format_id(connector_id)}"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor of the house.

    Attributes:
        entity_id: where to read it.
        inverted: whether it counts the other way round than the rules do.

    """

    entity_id: str
    inverted: bool = False


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


@dataclass(frozen=True, slots=True)
class FuseOptions:
    """The main fuse, and the sensors that see what goes through it.

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
        """Return the entities to look at."""
        return self.currents if self.power is None else (self.power.entity_id,)


@dataclass(frozen=True, slots=True)
class Options:
    """All that was chosen in the options of one bus.

    Attributes:
        green: None if there is no green energy to follow.
        fuse: None if nobody watches the main fuse.
        car_switches: entity id of the switch for the car at a connector, by its id.
        contactors: connectors whose contactor may stop a car.
        welcome_charge: as in the rules' settings, like the following.
        six_amp_recovery: likewise.
        turn_minutes: likewise.
        starts_per_hour: likewise.

    """

    green: GreenOptions | None = None
    fuse: FuseOptions | None = None
    car_switches: Mapping[int, str] = field(default_factory=dict)
    contactors: frozenset[int] = frozenset()
    welcome_charge: bool = DEFAULTS[CONF_WELCOME_CHARGE]
    six_amp_recovery: bool = DEFAULTS[CONF_SIX_AMP_RECOVERY]
    turn_minutes: float = DEFAULTS[CONF_TURN_MINUTES]
    starts_per_hour: int = DEFAULTS[CONF_STARTS_PER_HOUR]


def options_of(entry: ConfigEntry, options: Mapping[str, Any] | None = None) -> Options:
    """Return what was chosen in the options of a bus; `options` instead of the entry's for a look ahead."""
    chosen = {**DEFAULTS, **(entry.options if options is None else options)}
    contactors = _by_connector(chosen, CONF_CONTACTOR)
    return Options(
        green=_green_of(chosen),
        fuse=_fuse_of(chosen, entry.data),
        car_switches=_by_connector(chosen, CONF_CAR_SWITCH),
        contactors=frozenset(key for key, allowed in contactors.items() if allowed),
        welcome_charge=chosen[CONF_WELCOME_CHARGE],
        six_amp_recovery=chosen[CONF_SIX_AMP_RECOVERY],
        turn_minutes=chosen[CONF_TURN_MINUTES],
        starts_per_hour=chosen[CONF_STARTS_PER_HOUR],
    )


def _by_connector(chosen: Mapping[str, Any], option: str) -> dict[int, Any]:
    start = f"{option}_"
    return {
        int(key.removeprefix(start), 16): value
        for key, value in chosen.items()
        if key.startswith(start)
    }


def _green_of(chosen: Mapping[str, Any]) -> GreenOptions | None:
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


def _fuse_of(chosen: Mapping[str, Any], data: Mapping[str, Any]) -> FuseOptions | None:
    if CONF_FUSE_SIZE not in chosen:
        return None
    inverted = chosen[CONF_FUSE_POWER_POSITIVE] == GridSign.EXPORT
    return FuseOptions(
        config=FuseConfig(
            size=chosen[CONF_FUSE_SIZE],
            voltage=data[CONF_VOLTAGE],
            phases=data[CONF_PHASES],
        ),
        currents=tuple(chosen[key] for key in CONF_FUSE_CURRENTS if key in chosen),
        power=Sensor(chosen[CONF_FUSE_POWER], inverted)
        if CONF_FUSE_POWER in chosen
        else None,
    )


# What the sensors say

NOTHING_HEARD: Final[Mapping[str, float]] = MappingProxyType({})


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
        at = _heard_at(sensor.entity_id, state, now, heard)
        readings[source.value] = (
            read_level(state.state if state else None, at)
            if source is Source.BATTERY_LEVEL
            else _power(state, sensor, at)
        )
    return Readings(**readings)


def fuse_reading(
    hass: HomeAssistant,
    fuse: FuseOptions,
    now: float,
    heard: Mapping[str, float] = NOTHING_HEARD,
) -> FuseReading:
    """Return what the sensors at the main fuse say; nan where one says nothing usable."""
    states = [hass.states.get(entity_id) for entity_id in fuse.entity_ids]
    times = [
        _heard_at(entity_id, state, now, heard)
        for entity_id, state in zip(fuse.entity_ids, states, strict=True)
    ]
    at = min(times, default=now)
    if fuse.power is None:
        # The wiring may have got more phases since the sensors were chosen.
        missing = fuse.config.phases - len(states)
        return FuseReading(
            at,
            currents=(*map(_amps, states), *[nan] * missing),
            times=(*times, *[at] * missing),
        )
    watts = _power(states[0], fuse.power, at).value
    return FuseReading(at, power_w=nan if watts is None else watts)


def reported_at(state: State, now: float) -> float:
    """Return when a sensor spoke last, be it to say the same again, as the clock on the wall has it."""
    age = (dt_util.utcnow() - state.last_reported).total_seconds()
    return now - max(age, 0.0)


def _heard_at(
    entity_id: str, state: State | None, now: float, heard: Mapping[str, float]
) -> float:
    if state is None:
        return now
    at = heard.get(entity_id)
    return reported_at(state, now) if at is None else min(at, now)


def _power(state: State | None, sensor: Sensor, at: float) -> Reading:
    if state is None:
        return read_power(None, None, at)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return read_power(state.state, unit, at, inverted=sensor.inverted)


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


# Schedules

SUBENTRY_SCHEDULE: Final = "schedule"

CONF_DAYS: Final = "days"
CONF_START: Final = "start"
CONF_END: Final = "end"
CONF_FOLLOWED: Final = "entity_id"
CONF_ACTION: Final = "action"
CONF_AMPS: Final = "amps"
CONF_CONNECTORS: Final = "connectors"

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """A schedule as it was set up.

    Attributes:
        schedule: for the rules, but for whether it is enabled and what it follows is on.
        followed: entity id of what it follows; None if it goes by its times.

    """

    schedule: Schedule
    followed: str | None = None

    def now(self, hass: HomeAssistant, *, enabled: bool = True) -> Schedule:
        """Return it as it counts now; what it follows is off as long as nobody knows."""
        if self.followed is None:
            return replace(self.schedule, enabled=enabled)
        follows = hass.states.is_state(self.followed, STATE_ON)
        return replace(self.schedule, enabled=enabled, follows=follows)


def schedules_of(entry: ConfigEntry) -> tuple[ScheduleOptions, ...]:
    """Return the schedules of a bus, in the order in which they were added."""
    return tuple(
        _schedule_of(subentry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SCHEDULE)
    )


def _schedule_of(subentry: ConfigSubentry) -> ScheduleOptions:
    data = subentry.data
    connectors = frozenset(int(item, 16) for item in data.get(CONF_CONNECTORS, ()))
    followed = data.get(CONF_FOLLOWED)
    schedule = Schedule(
        id=subentry.subentry_id,
        name=subentry.title,
        kind=ScheduleKind(data[CONF_ACTION]),
        amps=data.get(CONF_AMPS),
        connectors=connectors or None,
    )
    if followed is not None:
        return ScheduleOptions(replace(schedule, follows=False), followed)
    return ScheduleOptions(
        replace(
            schedule,
            days=frozenset(WEEKDAYS.index(day) for day in data[CONF_DAYS]),
            start=time.fromisoformat(data[CONF_START]),
            end=time.fromisoformat(data[CONF_END]),
        )
    )


@callback
def async_watch_schedules(
    hass: HomeAssistant, entry: ConfigEntry, changed: Callable[[], None]
) -> CALLBACK_TYPE:
    """Call `changed` at once when a schedule of a bus is added, changed or removed.

    Home Assistant tells of subentries only through the entry's update listeners, which neither
    `OptionsFlowWithReload` nor `async_update_reload_and_abort` put up with, and through this signal.
    """
    known = schedules_of(entry)

    @callback
    def compare(change: ConfigEntryChange, updated: ConfigEntry) -> None:
        nonlocal known
        if updated is not entry or change is not ConfigEntryChange.UPDATED:
            return
        if (schedules := schedules_of(entry)) != known:
            known = schedules
            changed()

    return async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, compare)
