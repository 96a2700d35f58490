"""Loads on a circuit that are not controlled: a heat pump, another charger, a connector of another generation.

A load counts with the highest draw within a window, and a load whose sensors are silent with the maximum that was
entered for it. Currents are in A on its most loaded phase, times in s of a monotonic clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Final

WINDOW_SECONDS: Final = 300.0
"""How many s a load counts with its draw, since most loads switch off and on again."""

MAXIMUM_SILENCE: Final = 300.0
"""The default time in s after which a silent sensor no longer counts."""

NOISE_AMPS: Final = 0.5
"""How many A below 0 the measurement of a load without a draw may be."""

FUTURE_SECONDS: Final = 60.0
"""A reading that is dated more than this number of s ahead has a wrong time, and does not count."""


@dataclass(frozen=True, slots=True)
class LoadConfig:
    """A load as it was set up.

    Attributes:
        load_id: its id.
        maximum: the maximum A that it draws.
        max_age: s after which a silent sensor no longer counts.

    """

    load_id: str
    maximum: float
    max_age: float = MAXIMUM_SILENCE


@dataclass(frozen=True, slots=True)
class LoadReading:
    """What the sensors of a load measure.

    Attributes:
        amps: A on its most loaded phase; None if a sensor has no value.
        alive_at: when the sensors last reported.

    """

    amps: float | None
    alive_at: float

    def is_usable(self, now: float, max_age: float) -> bool:
        """Return whether the reading counts."""
        amps = self.amps
        if amps is None or not isfinite(amps) or amps < -NOISE_AMPS:
            return False
        return -FUTURE_SECONDS <= now - self.alive_at <= max_age


class LoadWatch:
    """The recent draw of one load."""

    __slots__ = ("_config", "_seen", "is_silent")

    def __init__(self, config: LoadConfig) -> None:
        """Start without a reading, so that the load counts with its maximum."""
        self._config = config
        self._seen: list[tuple[float, float]] = []
        self.is_silent = True

    @property
    def config(self) -> LoadConfig:
        """Return the load as it was set up."""
        return self._config

    @config.setter
    def config(self, config: LoadConfig) -> None:
        """Use other settings for the same load; its readings still count."""
        self._config = config

    def update(self, now: float, reading: LoadReading | None) -> None:
        """Take the newest reading; None without one."""
        usable = reading is not None and reading.is_usable(now, self._config.max_age)
        self.is_silent = not usable
        self._seen = [item for item in self._seen if now - item[0] < WINDOW_SECONDS]
        if reading is None or reading.amps is None or not usable:
            return
        amps = max(reading.amps, 0.0)
        # Of the earlier readings, only a higher one can become the maximum of a later window.
        while self._seen and self._seen[-1][1] <= amps:
            self._seen.pop()
        self._seen.append((now, amps))

    def amps(self, now: float) -> float:
        """Return the A with which the load counts."""
        worst = max(
            (amps for at, amps in self._seen if now - at < WINDOW_SECONDS), default=0.0
        )
        return max(worst, self._config.maximum) if self.is_silent else worst

    @property
    def wake_at(self) -> float | None:
        """Return when it counts with fewer A by time alone, in s; None if it does not."""
        if len(self._seen) < 2:
            return None
        return self._seen[0][0] + WINDOW_SECONDS


class Loads:
    """All loads on one circuit."""

    def __init__(self) -> None:
        """Start without a load."""
        self._watches: dict[str, LoadWatch] = {}

    def configure(self, configs: Iterable[LoadConfig]) -> None:
        """Use these loads from now on; remaining loads keep their readings."""
        watches: dict[str, LoadWatch] = {}
        for config in configs:
            watch = self._watches.get(config.load_id) or LoadWatch(config)
            watch.config = config
            watches[config.load_id] = watch
        self._watches = watches

    def update(self, now: float, readings: Iterable[tuple[str, LoadReading]]) -> None:
        """Take the newest readings by the ids of the loads; a load without one is silent."""
        known = dict(readings)
        for load_id, watch in self._watches.items():
            watch.update(now, known.get(load_id))

    def amps(self, now: float) -> float:
        """Return the A with which all loads count together."""
        return sum(watch.amps(now) for watch in self._watches.values())

    @property
    def silent(self) -> frozenset[str]:
        """Return the ids of the loads whose sensors are silent."""
        return frozenset(key for key, item in self._watches.items() if item.is_silent)

    @property
    def wake_at(self) -> float | None:
        """Return when the loads count with fewer A by time alone, in s; None if they do not."""
        times = (watch.wake_at for watch in self._watches.values())
        return min((at for at in times if at is not None), default=None)
