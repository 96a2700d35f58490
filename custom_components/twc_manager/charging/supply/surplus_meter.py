"""The surplus with the connectors' power as it was when the meters measured.

Powers are in W, times in s of a monotonic clock.
"""

from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from .response import STEP_AMPS, MeterResponse
from .response_readings import HISTORY_SECONDS, DrawHistory, Measurement
from .response_votes import Flat, MeterState
from .surplus import (
    Fault,
    Readings,
    Source,
    SourceConfig,
    Surplus,
    Trust,
    available_w,
    finite,
    measured_at,
    needed_sources,
    seeing_sources,
)

_AMP_W: Final = 230.0
_MAXIMUM_PHASES: Final = 3

_UNLEARNED_SECONDS: Final = 600.0
"""Maximum interval assumed of a meter whose value has hardly changed yet."""

_MEMORY_SECONDS: Final = 120.0
"""Time within which a draw that the meter has shown may return in one step, as between two clouds."""

_DOUBT_SECONDS: Final = 60.0
"""How much longer than its delay a meter may leave a raise unconfirmed before it is doubted."""

IDENTICAL_SECONDS: Final = 300.0
"""Time after which a constant reading is tested while vehicles charge."""

_IDENTICAL_INTERVALS: Final = 3
"""The same by the meter's usual time between two measurements."""

_DISPROVED: Final = {
    MeterState.FROZEN: Fault.FROZEN,
    MeterState.INVERTED: Fault.INVERTED,
}
"""What is wrong with a meter by what the connectors' power did to it."""


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

    __slots__ = ("_draws", "_response", "_sources")

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._draws = DrawHistory()
        self._sources: list[Source] = []
        self._response = _response(_AMP_W)

    def metered(
        self, readings: Readings, config: SourceConfig, surplus: Surplus
    ) -> MeteredPower | None:
        """Return what contains the connectors, as measured for a surplus; None if it is not known."""
        if surplus.watts is None or not contains_vehicles(readings, config):
            return None
        watts = _metered_w(readings, config)
        interval = self._response.interval
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
        is_dark: bool = False,
    ) -> Surplus:
        """Return the surplus.

        To be called on every change of the connectors' power and on every reading.

        Args:
            readings: the newest readings.
            config: what the owner set for the sensors.
            charging_w: what the connectors take now.
            now: the time.
            amp_w: W of one ampere: a change of their power that a meter shows.
            drawn_w: their measured amps in W, at `amp_w` each. It does not change when volts or phases become known,
                which no meter could show; `charging_w` where it is not given.
            is_dark: whether the sun is down: no inverter of modules can then be what keeps the grid near zero.

        """
        needed = needed_sources(readings, config)
        self._follow_sources(needed, config, now, amp_w)
        power = _positive(charging_w)
        self._draws.add(now, power)
        at = measured_at(readings, config, needed, now)
        if not (seeing := seeing_sources(needed, config)):
            return replace(available_w(readings, config, charging_w, now), at=at)
        drawn = power if drawn_w is None else _positive(drawn_w)
        reading = _measurement(readings, config, seeing, at)
        flat, cannot_be = Flat.DOUBT, False
        if _may_be_regulated(readings, config, amp_w):
            cannot_be = is_dark and self._stands(now)
            flat = Flat.PROOF if cannot_be else Flat.NOTHING
        self._response.update(now, [drawn], [reading], flat=flat)
        at = self._response.measured_at if isfinite(self._response.measured_at) else at
        surplus = replace(available_w(readings, config, self._draws.at(at), now), at=at)
        if surplus.watts is None:
            return surplus
        charges = drawn >= STEP_AMPS * amp_w
        trust = self._trust(now, charges=charges, cannot_be=cannot_be)
        return self._judged(surplus, trust, self._unconfirmed_w(drawn) / amp_w)

    def _follow_sources(
        self, needed: list[Source], config: SourceConfig, now: float, amp_w: float
    ) -> None:
        """Start anew with other sensors, or with a clock that starts anew."""
        sources: list[Source] = [
            source for source in needed if source is not Source.PRODUCTION
        ]
        if sources != self._sources or now < self._draws.updated_at:
            self._sources = sources
            self._draws = DrawHistory(max(config.stale_after, HISTORY_SECONDS))
            self._response = _response(amp_w)

    def _judged(self, surplus: Surplus, trust: Trust, unconfirmed: float) -> Surplus:
        """Return a surplus with what our own draw has shown of the meter."""
        fault = _DISPROVED.get(self._response.state)
        if fault is not None:
            faults = (*((source, fault) for source in self._sources), *surplus.faults)
            return Surplus(None, surplus.at, stale=True, faults=faults)
        return replace(
            surplus,
            unconfirmed=unconfirmed,
            trust=trust,
            on_trial=(self._is_in_doubt or trust is not Trust.BELIEVED)
            and self._response.wake_at is not None,
            lag=self._response.minimum_lag,
        )

    def _unconfirmed_w(self, drawn_w: float) -> float:
        """Return by how much the connectors' power is above what the meter has shown of it lately."""
        (level,) = self._response.confirmed
        return drawn_w - (level or 0.0)

    def _trust(self, now: float, *, charges: bool, cannot_be: bool) -> Trust:
        """Return how far the meter is believed.

        Args:
            now: the time.
            charges: whether a vehicle charges.
            cannot_be: whether nothing but a house battery could keep the grid where it is.

        """
        if self._is_doubted(now):
            return Trust.DOUBTED
        if not charges or not self._stands(now):
            return Trust.BELIEVED
        if cannot_be or self._response.is_doubted:
            return Trust.DOUBTED
        return Trust.UNPROVEN if self._response.stood_still else Trust.STANDING

    def _stands(self, now: float) -> bool:
        """Return whether the meter has shown the same value for long enough to be tested."""
        usual = _IDENTICAL_INTERVALS * self._response.longest_interval
        since = self._response.value_since
        return isfinite(since) and now - since >= max(IDENTICAL_SECONDS, usual)

    def _is_doubted(self, now: float) -> bool:
        """Return whether the meter has not shown the last raise for long, nor any other load since."""
        since = self._response.unconfirmed_since
        if since is None or not self._is_in_doubt:
            return False
        return now - since > self._response.patience + _DOUBT_SECONDS

    @property
    def _is_in_doubt(self) -> bool:
        """Return whether the meter did not move at the last change, or moved the other way."""
        return self._response.is_doubted or self._response.was_inverted


def _response(amp_w: float) -> MeterResponse:
    """Return what learns from now on what the connectors' power does to a meter, with steps in W."""
    return MeterResponse(
        STEP_AMPS * amp_w,
        largest=_MAXIMUM_PHASES,
        unlearned=_UNLEARNED_SECONDS,
        late_counts=True,
        memory=_MEMORY_SECONDS,
    )


def _measurement(
    readings: Readings, config: SourceConfig, seeing: list[Source], at: float
) -> Measurement | None:
    """Return what a meter shows of everything that contains the connectors; None if it is not known."""
    watts = _metered_w(readings, config)
    spoken = [
        item.reported_at for item in map(readings.get, seeing) if item is not None
    ]
    return None if watts is None else Measurement(at, watts, min(spoken, default=at))


def _may_be_regulated(readings: Readings, config: SourceConfig, amp_w: float) -> bool:
    """Return whether an inverter or a house battery may keep the grid where it is.

    A battery that works would be seen to follow the connectors, if it has a sensor.
    """
    grid, battery = finite(readings.grid), finite(readings.battery_power)
    if battery is not None and abs(battery) >= amp_w:
        return False
    return config.grid and (grid is None or abs(grid) < amp_w)


def _positive(watts: float) -> float:
    return watts if isfinite(watts) and watts > 0 else 0.0
