"""The main fuse, and the readings of the sensors at it.

Currents are in A per phase, power is in W, voltage in V; times are in s of a monotonic clock.
"""

from dataclasses import dataclass, replace
from math import isfinite, nan
from typing import Final, Self

from .fuse_signs import with_signs
from .phases import PhaseReading

ABSURD_TIMES: Final = 3.0
"""No meter shows so many times the size of the fuse, either way, for long enough to report it."""

MAXIMUM_SILENCE: Final = 60.0
"""By default a reading older than this counts as none, in s."""

VOLTAGE_TOLERANCE: Final = 0.2
"""A measured voltage that is further from the one that was set up is not that of a phase."""


@dataclass(frozen=True, slots=True)
class FuseConfig:
    """The main fuse.

    Attributes:
        size: A per phase.
        voltage: V of a phase as set up; None if only currents are measured.
        phases: the phases of the connectors, which a power sensor of the whole house sums up.
        max_age: s after which a reading counts as none.

    """

    size: float
    voltage: float | None = None
    phases: int = 1
    max_age: float = MAXIMUM_SILENCE

    def is_voltage(self, volts: float) -> bool:
        """Return whether a measured voltage can be that of a phase."""
        voltage = self.voltage or nan
        return abs(volts - voltage) <= VOLTAGE_TOLERANCE * voltage


@dataclass(frozen=True, slots=True)
class FuseReading:
    """The readings of the sensors at the main fuse: they measure the whole house, the chargers included.

    Attributes:
        at: when they were taken; the oldest of the times.
        currents: A of each phase that has a sensor.
        power_w: power drawn from the grid on all phases, negative when fed in; None without a sensor of it.
        times: when each of `currents` or, without those, of `powers` was taken; empty if all were at once.
        alive: when each sensor, in the order of `phases`, is known to have lived: when it, another measurement of its
            device or the sources of a helper reported last; empty if that is when its reading was taken. A value that
            stands may have been taken long before: it proves nothing about what our own changes did.
        powers: power drawn from the grid on each phase that has a sensor, negative when fed in; nan for a sensor
            without a usable value.
        signed: whether the currents are negative when fed in. Otherwise their signs are those of the powers.
        volts: measured V of a phase; None if they are not measured.

    """

    at: float
    currents: tuple[float, ...] = ()
    power_w: float | None = None
    times: tuple[float, ...] = ()
    alive: tuple[float, ...] = ()
    powers: tuple[float, ...] = ()
    signed: bool = True
    volts: float | None = None

    @property
    def is_sum(self) -> bool:
        """Return whether one sensor measures all phases together."""
        return self.power_w is not None and not self.currents

    def with_volts(self, volts: float | None) -> Self:
        """Return the reading with a measured voltage where its own sensors measure none."""
        return self if self.volts is not None else replace(self, volts=volts)

    def amps(self, config: FuseConfig) -> float | None:
        """Return the maximum A of its phases; None if there is no believable reading."""
        phases = self.phases(config)
        believed = [item.amps for item in phases if item.amps is not None]
        return max(believed) if believed and len(believed) == len(phases) else None

    def phases(self, config: FuseConfig) -> tuple[PhaseReading, ...]:
        """Return what is measured of each phase, or of all together if there is only one sensor for all."""
        amps = self._amps(config)
        times = self.times or (self.at,) * len(amps)
        read = list(zip(amps, times, strict=False))
        read += [(nan, self.at)] * (len(amps) - len(read))
        alive = self.alive if len(self.alive) >= len(read) else [at for _, at in read]
        return tuple(
            PhaseReading(
                _believed(amps, at, config),
                at,
                alive_at,
                frozenset(range(config.phases) if self.is_sum else {phase}),
            )
            for phase, ((amps, at), alive_at) in enumerate(
                zip(read, alive, strict=False)
            )
        )

    def silent(self, config: FuseConfig, now: float) -> tuple[int, ...]:
        """Return which of the sensors have no reading that counts: by their places in `currents`, then `powers`."""
        silent = [
            place
            for place, item in enumerate(self.phases(config))
            if item.amps is None or not now - item.alive_at <= config.max_age
        ]
        if self.currents:
            # Powers only give the direction: without them all counts as load.
            watts = (*self.powers, *([] if self.power_w is None else [self.power_w]))
            silent += [
                len(self.currents) + place
                for place, item in enumerate(watts)
                if not isfinite(item)
            ]
        return tuple(silent)

    def _amps(self, config: FuseConfig) -> tuple[float, ...]:
        """Return the A that each sensor of a phase, or the one for all, stands for."""
        volts = self._volts(config)
        if self.currents:
            return self.currents if self.signed else self._signed(volts)
        if self.powers:
            return tuple(watts / volts for watts in self.powers)
        if self.power_w is None:
            return ()
        # Spread evenly, as nothing better is known.
        return (self.power_w / (volts * config.phases),)

    def _signed(self, volts: float) -> tuple[float, ...]:
        """Return the currents with the signs of the powers."""
        if not self.powers:
            watts = nan if self.power_w is None else self.power_w
            return with_signs(self.currents, watts, volts)
        powers = (*self.powers, *[nan] * len(self.currents))
        return tuple(
            with_signs([amps], watts, volts)[0]
            for amps, watts in zip(self.currents, powers, strict=False)
        )

    def _volts(self, config: FuseConfig) -> float:
        """Return the V of what one sensor measures; nan if they are neither measured nor set up."""
        volts = config.voltage or nan
        if self.volts is not None and config.is_voltage(self.volts):
            volts = self.volts
        legs = len(self.currents or self.powers)
        # The voltage that is set up for a North American supply is that between its two legs.
        return volts / legs if config.phases == 1 and legs > 1 else volts


def _believed(amps: float, at: float, config: FuseConfig) -> float | None:
    """Return A that a meter may show; None for those that cannot be."""
    return amps if abs(amps) <= ABSURD_TIMES * config.size and isfinite(at) else None
