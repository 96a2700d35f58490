"""A house with solar modules, as functions of time.

Production, load and grid power for the demo and for simulated days. All values depend only on a seed and the time,
so a day is the same each time and can be read in any order.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .bus import Bus

DAY_S: Final = 86_400.0
_HOUR_S: Final = 3_600.0
# Clouds of several sizes: (seconds to pass, weight).
_CLOUDS: Final = ((1_500.0, 0.5), (300.0, 0.3), (60.0, 0.2))
_MASK: Final = (1 << 64) - 1


class Weather(StrEnum):
    """The weather of a day."""

    CLEAR = "clear"
    BROKEN = "broken"
    OVERCAST = "overcast"


def _dice(seed: int, number: int) -> float:
    """Return a random number from 0 to 1 that depends only on the seed and the number."""
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0x94D049BB133111EB) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x2545F4914F6CDD1D) & _MASK
    return (mixed ^ (mixed >> 31)) / _MASK


def _smooth(seed: int, at: float) -> float:
    """Return a smooth random value from 0 to 1, with a knot at each whole number."""
    knot = math.floor(at)
    share = at - knot
    share = share * share * (3 - 2 * share)
    return _dice(seed, knot) * (1 - share) + _dice(seed, knot + 1) * share


@dataclass(frozen=True, slots=True)
class Sun:
    """The production of a photovoltaic system."""

    peak_w: float = 9_000.0
    sunrise_s: float = 5.5 * _HOUR_S
    sunset_s: float = 21 * _HOUR_S
    weather: Weather = Weather.BROKEN
    seed: int = 0

    def production_w(self, time: float) -> float:
        """Return the production in W, at a time in s since midnight of the first day."""
        of_day = time % DAY_S
        if not self.sunrise_s < of_day < self.sunset_s:
            return 0.0
        height = math.sin(
            math.pi * (of_day - self.sunrise_s) / (self.sunset_s - self.sunrise_s)
        )
        return self.peak_w * math.pow(height, 1.3) * self._light(time)

    def _light(self, time: float) -> float:
        """Return the share of the light that passes the clouds."""
        if self.weather is Weather.CLEAR:
            return 1.0
        cover = sum(
            share * _smooth(self.seed + index, time / period)
            for index, (period, share) in enumerate(_CLOUDS)
        )
        if self.weather is Weather.OVERCAST:
            return 0.08 + 0.22 * cover
        # Under broken clouds the sun is either covered or not: middle values are rare.
        return 0.2 + 0.8 / (1 + math.exp(25 * (cover - 0.5)))


@dataclass(frozen=True, slots=True)
class Load:
    """The consumption of the house itself: standby, a fridge, a kettle, an oven at dinner time."""

    always_w: float = 320.0
    fridge_w: float = 120.0
    kettle_w: float = 2_000.0
    oven_w: float = 2_400.0
    seed: int = 0

    def load_w(self, time: float) -> float:
        """Return the load in W, at a time in s since midnight of the first day."""
        load = self.always_w + 60 * _smooth(self.seed + 11, time / 600)
        load += self.fridge_w * (time % 2_700 < 900)
        load += self.kettle_w * self._kettle(time)
        return load + self.oven_w * self._oven(time)

    def _kettle(self, time: float) -> bool:
        """Return whether the kettle is on: for three minutes in some hours of the day."""
        hour = math.floor(time / _HOUR_S)
        if not 6 <= hour % 24 < 22 or _dice(self.seed + 12, hour) > 0.4:
            return False
        begin = _dice(self.seed + 13, hour) * (_HOUR_S - 180)
        return begin <= time % _HOUR_S < begin + 180

    def _oven(self, time: float) -> bool:
        """Return whether the oven heats; its thermostat switches it every few minutes."""
        of_day = time % DAY_S
        return 18 * _HOUR_S <= of_day < 19 * _HOUR_S and of_day % 240 < 110


class House:
    """A house with solar modules, a load and wall connectors."""

    def __init__(
        self,
        bus: Bus,
        sun: Sun,
        load: Load,
        *,
        begin_s: float = 12 * _HOUR_S,
        speed: float = 1.0,
        beside: Sequence[Bus] = (),
    ) -> None:
        """Start the day at `begin_s`, and run it `speed` times as fast as the clock.

        Only the sun and the load run faster; cars and wall connectors run on the clock. `beside` are further buses
        with wall connectors in the same house.
        """
        self.sun = sun
        self.load = load
        self._bus = bus
        self._buses = (bus, *beside)
        self._begin_s = begin_s
        self._speed = speed
        self._started = bus.now

    @property
    def time(self) -> float:
        """The time of the house, in s since midnight of the first day."""
        return self._begin_s + (self._bus.now - self._started) * self._speed

    @property
    def production_w(self) -> float:
        """The production now, in W."""
        return self.sun.production_w(self.time)

    @property
    def load_w(self) -> float:
        """The consumption of the house now without the cars, in W."""
        return self.load.load_w(self.time)

    @property
    def charging_w(self) -> float:
        """The power of the cars now, in W."""
        return sum(twc.power_w for bus in self._buses for twc in bus.connectors)

    @property
    def consumption_w(self) -> float:
        """The consumption of house and cars now, in W."""
        return self.load_w + self.charging_w

    @property
    def grid_w(self) -> float:
        """The grid power now, in W; negative is export."""
        return self.consumption_w - self.production_w

    def watch(self, every_s: float, listener: Callable[[House], None]) -> Watch:
        """Call a listener in the next round of the loop, and then at an interval in s."""
        return Watch(self._bus.loop, every_s, lambda: listener(self))


class Watch:
    """A call that is repeated until it is stopped."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        every_s: float,
        listener: Callable[[], None],
    ) -> None:
        """Start in the next round of the loop."""
        self._loop = loop
        self._every_s = every_s
        self._listener = listener
        self._timer: asyncio.Handle = loop.call_soon(self._tick)

    def stop(self) -> None:
        """Stop calling."""
        self._timer.cancel()

    def _tick(self) -> None:
        self._timer = self._loop.call_later(self._every_s, self._tick)
        self._listener()
