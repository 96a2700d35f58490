"""The main fuse, and the readings of the sensors at it.

Currents are in A per phase, power is in W, times are in s of a monotonic clock.
"""

from dataclasses import dataclass
from math import isfinite, nan
from typing import Final

from .phases import PhaseReading

ABSURD_TIMES: Final = 3.0
"""No meter shows so many times the size of the fuse, either way, for long enough to report it."""

MOST_SILENCE: Final = 60.0
"""By default a reading older than this counts as none, in s."""


@dataclass(frozen=True, slots=True)
class FuseConfig:
    """The main fuse.

    Attributes:
        size: A per phase.
        voltage: V of a phase, for a sensor that measures W.
        phases: phases that such a sensor sums up.
        max_age: s after which a reading counts as none.

    """

    size: float
    voltage: float = 230
    phases: int = 1
    max_age: float = MOST_SILENCE


@dataclass(frozen=True, slots=True)
class FuseReading:
    """The readings of the sensors at the main fuse: they measure the whole house, the chargers included.

    Attributes:
        at: when they were taken; the oldest of the times.
        currents: A of each phase that has a sensor.
        power_w: power drawn from the grid, negative when fed in; None if the sensors measure A.
        times: when each of the currents was taken; empty if all were at once.
        alive: when each sensor, in the order of `phases`, is known to have lived: when it, another measurement of its
            device or the sources of a helper reported last; empty if that is when its reading was taken. A value that
            stands may have been taken long before: it proves nothing about what our own changes did.

    """

    at: float
    currents: tuple[float, ...] = ()
    power_w: float | None = None
    times: tuple[float, ...] = ()
    alive: tuple[float, ...] = ()

    def amps(self, config: FuseConfig) -> float | None:
        """Return the A of the phase with the most; None if there is no believable reading."""
        phases = self.phases(config)
        believed = [item.amps for item in phases if item.amps is not None]
        return max(believed) if believed and len(believed) == len(phases) else None

    def phases(self, config: FuseConfig) -> tuple[PhaseReading, ...]:
        """Return what each sensor measures."""
        times = self.times or (self.at,) * len(self.currents)
        read = list(zip(self.currents, times, strict=False))
        read += [(nan, self.at)] * (len(self.currents) - len(read))
        covered = [frozenset({phase}) for phase in range(len(read))]
        if self.power_w is not None:
            # Spread evenly, as nothing better is known.
            read.append((self.power_w / (config.voltage * config.phases), self.at))
            covered.append(frozenset(range(config.phases)))
        alive = self.alive if len(self.alive) == len(read) else [at for _, at in read]
        return tuple(
            PhaseReading(_believed(amps, at, config), at, alive_at, on)
            for (amps, at), alive_at, on in zip(read, alive, covered, strict=True)
        )

    def silent(self, config: FuseConfig, now: float) -> tuple[int, ...]:
        """Return which of the sensors, by their places, have no reading that counts."""
        return tuple(
            place
            for place, item in enumerate(self.phases(config))
            if item.amps is None or not now - item.alive_at <= config.max_age
        )


def _believed(amps: float, at: float, config: FuseConfig) -> float | None:
    """Return A that a meter may show; None for those that cannot be."""
    return amps if abs(amps) <= ABSURD_TIMES * config.size and isfinite(at) else None
