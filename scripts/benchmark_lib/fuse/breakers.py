"""A gG fuse and a B circuit breaker with thermal memory, one for each phase.

Both are heated by the square of the current, through a chain of thermal masses, and operate at a temperature. The
points that fix the masses are those of the standards, for a cold device at a constant current:

- gG, IEC 60269-1: does not operate at 1.25 times its rating within the conventional time, operates at 1.6 times; and
  the gates of the pre-arcing times (A that must not melt it within 10 s and 0.1 s, A that must melt it within 5 s and
  0.1 s). For 35 A, which that table does not have, the gates are between those of 32 A and 40 A.
- B, IEC 60898-1: does not operate at 1.13 times its rating within an hour, operates at 1.45 times; at 2.55 times it
  operates within 1 s to 60 s (120 s above 32 A); its magnet operates between 3 and 5 times.

The typical device is in the geometrical middle of each pair. The early one is the most sensitive that conforms: the
lower gates for the fuse; for the breaker the lower currents, with the time constant of the typical one, as a bimetal
that conforms at 2.55 times with the shortest time the standard leaves would be unlike any on the market.
"""

from dataclasses import dataclass, field
from math import exp, log, log1p, sqrt
from typing import Final

_GATES: Final = {
    # rating: A not melting in 10 s, melting in 5 s, not melting in 0.1 s, melting in 0.1 s
    25: (52.0, 110.0, 150.0, 260.0),
    32: (75.0, 150.0, 200.0, 350.0),
    40: (95.0, 190.0, 260.0, 450.0),
    63: (160.0, 320.0, 450.0, 820.0),
}
_FUSE_TAUS: Final = (0.3, 20.0, 600.0)
"""The time constants of the notched strip, the link, and its holder and clamps, in s."""


def _gates(size: float) -> tuple[float, ...]:
    """Return the gates of a rating, by interpolation of the logarithms where the table has none."""
    if size in _GATES:
        return _GATES[int(size)]
    below = max(rating for rating in _GATES if rating < size)
    above = min(rating for rating in _GATES if rating > size)
    part = log(size / below) / log(above / below)
    return tuple(
        low * (high / low) ** part
        for low, high in zip(_GATES[below], _GATES[above], strict=True)
    )


@dataclass(slots=True)
class Device:
    """A thermal device of one phase.

    Attributes:
        name: its type.
        size: its rating, in A.
        holds: the multiple of the rating that it carries permanently.
        masses: the share of the final rise and the time constant in s of each thermal mass.
        magnet: the multiple of the rating at which it operates at once; None for a fuse.
        operated: whether it has operated.

    """

    name: str
    size: float
    holds: float
    masses: tuple[tuple[float, float], ...]
    magnet: float | None = None
    operated: bool = False
    _heat: list[float] = field(init=False)
    _decay: dict[float, list[float]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Create a cold device."""
        self._heat = [0.0] * len(self.masses)

    def carry(self, amps: float, seconds: float) -> None:
        """Carry a constant current in A for a time in s."""
        ratio = abs(amps) / self.size
        if self.magnet is not None and ratio >= self.magnet:
            self.operated = True
        if (decay := self._decay.get(seconds)) is None:
            decay = [exp(-seconds / tau) for _, tau in self.masses]
            self._decay[seconds] = decay
        square = ratio * ratio
        heat = self._heat
        for index, (share, _) in enumerate(self.masses):
            final = share * square
            heat[index] = final + (heat[index] - final) * decay[index]
        if sum(heat) > self.holds * self.holds:
            self.operated = True


def fuse(size: float, *, early: bool = False) -> Device:
    """Return a cold gG fuse."""
    slow_low, slow_high, fast_low, fast_high = (amps / size for amps in _gates(size))
    holds, long, seconds, short = (
        (1.25, slow_low, 10.0, fast_low)
        if early
        else (
            sqrt(1.25 * 1.6),
            sqrt(slow_low * slow_high),
            sqrt(10.0 * 5.0),
            sqrt(fast_low * fast_high),
        )
    )
    # Cold, a multiple m operates it when the unit response of its masses reaches (holds / m)^2: two equations for
    # the shares of two masses, the third has the rest.
    (a1, b1, c1), (a2, b2, c2) = (
        [1 - exp(-passed / tau) for tau in _FUSE_TAUS] for passed in (0.1, seconds)
    )
    rise1, rise2 = (holds / short) ** 2 - c1, (holds / long) ** 2 - c2
    divisor = (a1 - c1) * (b2 - c2) - (a2 - c2) * (b1 - c1)
    strip = (rise1 * (b2 - c2) - rise2 * (b1 - c1)) / divisor
    link = ((a1 - c1) * rise2 - (a2 - c2) * rise1) / divisor
    shares = (strip, link, 1 - strip - link)
    masses = tuple(zip(shares, _FUSE_TAUS, strict=True))
    return Device("gG", size, holds, masses)


def breaker(size: float, *, early: bool = False) -> Device:
    """Return a cold B circuit breaker."""
    typical = sqrt(1.13 * 1.45)
    seconds = sqrt(60.0 if size <= 32 else 120.0)
    tau = -seconds / log1p(-((typical / 2.55) ** 2))
    return Device(
        "B",
        size,
        1.13 if early else typical,
        ((1.0, tau),),
        3.0 if early else sqrt(3.0 * 5.0),
    )


class Protection:
    """The devices of all phases, each of which would be the main fuse."""

    def __init__(self, size: float, phases: int) -> None:
        """Create cold devices."""
        self._phases = [
            (
                (fuse(size), breaker(size)),
                (fuse(size, early=True), breaker(size, early=True)),
            )
            for _ in range(phases)
        ]

    def carry(self, phase: int, amps: float, seconds: float = 1.0) -> None:
        """Let the devices of a phase carry a constant current in A."""
        for devices in self._phases[phase]:
            for device in devices:
                device.carry(amps, seconds)

    @property
    def trip(self) -> str | None:
        """Return the types of the typical devices that operated; None if none did."""
        return self._operated(0)

    @property
    def early_trip(self) -> str | None:
        """Return the types of the most sensitive devices that operated; None if none did."""
        return self._operated(1)

    def _operated(self, which: int) -> str | None:
        names = {
            device.name
            for phase in self._phases
            for device in phase[which]
            if device.operated
        }
        return "+".join(sorted(names, reverse=True)) or None
