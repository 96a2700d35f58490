"""The surplus with the connectors' power as it was when the meters measured.

Powers are in W, times in s of a monotonic clock.
"""

from dataclasses import dataclass, replace
from typing import Final

from .measurements import MAX_INTERVAL, Measurements, PowerHistory
from .surplus import (
    Fault,
    Readings,
    Source,
    SourceConfig,
    Surplus,
    available_w,
    finite,
    measured_at,
    needed_sources,
    seeing_sources,
)

_HISTORY_SECONDS: Final = 3 * MAX_INTERVAL
"""How long the connectors' power is remembered: longer than any measurement stands."""
_AMP_W: Final = 230.0
_STEP_AMPS: Final = 3.0
"""A change of the connectors by so much shows in any meter that contains them."""


@dataclass(frozen=True, slots=True)
class MeteredPower:
    """What a meter shows of everything that contains the connectors.

    Attributes:
        at: when it was measured, in s.
        watts: W, without what a house battery takes up or gives: the battery may regulate the grid.
        interval: the usual time between two measurements, in s.

    """

    at: float
    watts: float
    interval: float


def contains_vehicles(readings: Readings, config: SourceConfig) -> bool:
    """Return whether a sensor contains the connectors."""
    return bool(seeing_sources(needed_sources(readings, config), config))


def _metered_w(readings: Readings, config: SourceConfig) -> float | None:
    """Return what a meter shows of everything that contains the connectors, in W; None if it is not known."""
    if not config.grid:
        return finite(readings.consumption)
    battery = readings.battery_power
    grid = finite(readings.grid)
    taken = 0.0 if battery is None else finite(battery)
    return None if grid is None or taken is None else grid - taken


class SurplusMeter:
    """Works out the surplus with the connectors' power as it was when the meters were read.

    A reading stands until the next one, while the connectors' own power changes meanwhile. Adding what they
    take now to what the meter measured before would raise the surplus by every ampere they are raised by. A meter
    that repeats its value after their power has moved has not measured again, whatever its time stamp is.
    """

    __slots__ = ("_draws", "_measurements", "_moves", "_seeing")

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._draws = PowerHistory()
        self._moves = PowerHistory()
        self._seeing: list[Source] = []
        self._measurements = Measurements()

    def metered(
        self, readings: Readings, config: SourceConfig, surplus: Surplus
    ) -> MeteredPower | None:
        """Return what contains the connectors, as measured for a surplus; None if it is not known."""
        if surplus.watts is None or not contains_vehicles(readings, config):
            return None
        watts = _metered_w(readings, config)
        interval = self._measurements.interval
        return None if watts is None else MeteredPower(surplus.at, watts, interval)

    def update(
        self,
        readings: Readings,
        config: SourceConfig,
        charging_w: float,
        now: float,
        *,
        amp_w: float = _AMP_W,
        drawn_w: float | None = None,
    ) -> Surplus:
        """Return the surplus.

        To be called on every change of the connectors' power and on every reading.

        Args:
            readings: the newest readings.
            config: what the owner said of the sensors.
            charging_w: what the connectors take now.
            now: the time.
            amp_w: W of one ampere: a change of their power that a meter shows.
            drawn_w: their measured amps in W, at `amp_w` each. It does not move when volts or phases become known,
                which no meter could show; `charging_w` where it is not given.

        """
        if now < self._draws.updated_at:
            self._draws.clear()
            self._moves.clear()
            self._measurements = Measurements()
        seconds = max(config.stale_after, _HISTORY_SECONDS)
        self._draws.add(now, charging_w, seconds)
        self._moves.add(now, charging_w if drawn_w is None else drawn_w, seconds)
        at = self._measured_at(readings, config, now, amp_w)
        surplus = available_w(readings, config, self._draws.at(at), now)
        seeing = seeing_sources(needed_sources(readings, config), config)
        if not seeing or surplus.watts is None:
            return replace(surplus, at=at)
        if self._is_frozen(readings, config, now, amp_w):
            faults = (*((source, Fault.FROZEN) for source in seeing), *surplus.faults)
            return Surplus(None, at, stale=True, faults=faults)
        unconfirmed_w = self._measurements.unconfirmed_w(now, self._draws)
        return replace(surplus, at=at, unconfirmed_w=unconfirmed_w)

    def _is_frozen(
        self, readings: Readings, config: SourceConfig, now: float, amp_w: float
    ) -> bool:
        """Return whether what contains the connectors stands still although their power has moved.

        A grid near 0 W proves nothing: an inverter or a house battery may keep it there. It gives no more either.
        """
        grid = finite(readings.grid)
        if config.grid and (grid is None or abs(grid) < amp_w):
            return False
        return self._measurements.is_frozen(now, self._moves, _STEP_AMPS * amp_w)

    def _measured_at(
        self, readings: Readings, config: SourceConfig, now: float, amp_w: float
    ) -> float:
        """Return when the surplus was measured."""
        needed = needed_sources(readings, config)
        at = measured_at(readings, config, needed, now)
        seeing = [readings.get(item) for item in seeing_sources(needed, config)]
        spoke_at = min((item.spoke_at for item in seeing if item), default=at)
        if not seeing:
            return at
        telling: list[Source] = [
            source for source in needed if source is not Source.PRODUCTION
        ]
        if telling != self._seeing:
            self._seeing, self._measurements = telling, Measurements()
        values = [finite(readings.get(source)) for source in telling]
        return self._measurements.measured_at(values, at, spoke_at, self._draws, amp_w)
