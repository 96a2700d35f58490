"""The options of a bus, in the types of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..charging.settings import ChargingParameters, GreenSettings
from ..charging.supply.surplus import Source
from ..twc import format_id
from ..types import TwcConfigEntry
from .circuits import CONF_CIRCUITS
from .fuse import FUSE_DEFAULTS, FuseOptions, fuse_of
from .green import GREEN_DEFAULTS, GreenOptions, green_of
from .limits import LIMIT_DEFAULTS, LimitOptions, limits_of
from .prices import PRICE_DEFAULTS, PriceOptions, prices_of
from .sensors import Sensor

CONF_CONTACTOR: Final = "contactor"
"""With a connector's id: whether its contactor may be used to stop a car."""

CONF_PLUG_IN_CHARGE: Final = "plug_in_charge"
CONF_SIX_AMP_RECOVERY: Final = "six_amp_recovery"
CONF_TURN_MINUTES: Final = "turn_minutes"
CONF_STARTS_PER_HOUR: Final = "starts_per_hour"
CONF_LEAVE_AT_MINIMUM: Final = "leave_at_minimum"
CONF_FORECAST: Final = "forecast"
CONF_EMERGENCY_AMPS: Final = "emergency_amps"

DEFAULTS: Final[Mapping[str, Any]] = {
    **GREEN_DEFAULTS,
    **FUSE_DEFAULTS,
    **PRICE_DEFAULTS,
    **LIMIT_DEFAULTS,
    CONF_CONTACTOR: False,
    CONF_PLUG_IN_CHARGE: True,
    CONF_SIX_AMP_RECOVERY: True,
    CONF_TURN_MINUTES: round(ChargingParameters().turn_minutes),
    CONF_STARTS_PER_HOUR: GreenSettings().starts_per_hour,
    CONF_LEAVE_AT_MINIMUM: False,
    CONF_FORECAST: False,
    CONF_CIRCUITS: False,
    CONF_EMERGENCY_AMPS: 6,
}
"""The default of each option; the entry has only the options that differ."""


def connector_option(key: str, connector_id: int) -> str:
    """Return the name of an option of one connector."""
    return f"{key}_{format_id(connector_id)}"


@dataclass(frozen=True, slots=True)
class Options:
    """All options of one bus.

    Attributes:
        green: the sensors of green energy; None if none are chosen.
        fuse: the main fuse; None if it is not monitored.
        prices: the source of prices; None if none is chosen.
        limits: the limits of the house on all charging.
        contactors: the connectors whose contactor may be used to stop a car.
        plug_in_charge: as in `RulesConfig`, like the next three.
        six_amp_recovery: see there.
        turn_minutes: see there.
        starts_per_hour: see there.
        leave_at_minimum: whether cars are left at the minimum when Home Assistant stops.
        forecast: whether plans use the forecast of solar energy.
        emergency_amps: maximum A of each connector while Home Assistant is away, where a limit depends on sensors.

    """

    green: GreenOptions | None = None
    fuse: FuseOptions | None = None
    prices: PriceOptions | None = None
    limits: LimitOptions = LimitOptions()
    contactors: frozenset[int] = frozenset()
    plug_in_charge: bool = DEFAULTS[CONF_PLUG_IN_CHARGE]
    six_amp_recovery: bool = DEFAULTS[CONF_SIX_AMP_RECOVERY]
    turn_minutes: float = DEFAULTS[CONF_TURN_MINUTES]
    starts_per_hour: int = DEFAULTS[CONF_STARTS_PER_HOUR]
    leave_at_minimum: bool = DEFAULTS[CONF_LEAVE_AT_MINIMUM]
    forecast: bool = DEFAULTS[CONF_FORECAST]
    emergency_amps: float = DEFAULTS[CONF_EMERGENCY_AMPS]

    @property
    def has_battery(self) -> bool:
        """Return whether the power of a house battery is measured."""
        return self.green is not None and Source.BATTERY_POWER in self.green.sensors

    @property
    def grid_sensor(self) -> Sensor | None:
        """Return the sensor of the power at the grid connection; None if none is chosen."""
        if self.green is not None and (sensor := self.green.sensors.get(Source.GRID)):
            return sensor
        return None if self.fuse is None else self.fuse.sum_sensor

    @property
    def peak_sensor(self) -> Sensor | None:
        """Return the sensor of the import that the peak budget follows; None without a peak budget, or without a sensor."""
        peak = self.limits.peak
        return None if peak is None else peak.power or self.grid_sensor


def options_of(
    entry: TwcConfigEntry, options: Mapping[str, Any] | None = None
) -> Options:
    """Return the options of a bus: the entry's, or `options` before they are saved."""
    chosen = {**DEFAULTS, **(entry.options if options is None else options)}
    contactors = _by_connector(chosen, CONF_CONTACTOR)
    return Options(
        green=green_of(chosen),
        fuse=fuse_of(chosen, entry.data),
        prices=prices_of(chosen),
        limits=limits_of(chosen),
        contactors=frozenset(key for key, allowed in contactors.items() if allowed),
        plug_in_charge=chosen[CONF_PLUG_IN_CHARGE],
        six_amp_recovery=chosen[CONF_SIX_AMP_RECOVERY],
        turn_minutes=chosen[CONF_TURN_MINUTES],
        starts_per_hour=chosen[CONF_STARTS_PER_HOUR],
        leave_at_minimum=chosen[CONF_LEAVE_AT_MINIMUM],
        forecast=chosen[CONF_FORECAST],
        emergency_amps=chosen[CONF_EMERGENCY_AMPS],
    )


def _by_connector(chosen: Mapping[str, Any], option: str) -> dict[int, Any]:
    start = f"{option}_"
    return {
        int(key.removeprefix(start), 16): value
        for key, value in chosen.items()
        if key.startswith(start)
    }
