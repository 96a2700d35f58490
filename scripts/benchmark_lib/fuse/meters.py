"""The meter at the main fuse: how often it reports, how late, and how it lies.

Written from what meters do, without having read the rules that believe them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import nan
from typing import Final

VOLTS: Final = 230.0
ON_CHANGE: Final = 0
"""As an interval: it reports when its value has changed enough."""
_SPEAKS_EVERY_S: Final = 10
"""The device of a sensor that reports changes says something at least so often."""


class Kind(StrEnum):
    """What a meter measures."""

    AMPS = "amps"
    """The current of each phase, with a sign."""
    POWER = "power"
    """The power of all phases together, with a sign."""


class Lie(StrEnum):
    """What is wrong with a meter."""

    FROZEN = "frozen"
    """The last value stands, without a new stamp."""
    RESTAMPED = "restamped"
    """The last value stands, with new stamps."""
    SILENT = "silent"
    """It is unavailable, without a new stamp."""
    SIGN = "wrong sign"
    """It counts the other way round, from the beginning."""
    UNSIGNED = "unsigned"
    """Its amps have no sign, from the beginning: it is honest while nothing is fed in."""
    DEAD = "phase dead"
    """One phase is zero, with new stamps."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a sensor shows: its values (A of each phase or W of all), and since when in s."""

    values: tuple[float, ...]
    at: float


class Meter:
    """A meter."""

    def __init__(
        self,
        kind: Kind,
        every: int,
        lag: int,
        *,
        lie: Lie | None = None,
        lie_at: int = 0,
        dead: int = 0,
    ) -> None:
        """Begin; `dead` is the phase that dies."""
        self.kind = kind
        self._every = every
        self._lie = lie
        self._lie_at = lie_at
        self._dead = dead
        self._line: deque[tuple[float, ...]] = deque(maxlen=lag + 1)
        self._step = 0.5 if kind is Kind.AMPS else 100.0
        self.report: Report | None = None

    def measure(self, second: int, phases: Sequence[float]) -> None:
        """Measure the phases and report when it is time to."""
        self._line.append(tuple(phases))
        values = self._values(second, self._line[0])
        if self._is_due(second, values):
            self._tell(second, values)

    def _values(self, second: int, phases: Sequence[float]) -> tuple[float, ...]:
        if self._lie is Lie.DEAD and second >= self._lie_at:
            phases = [0.0 if n == self._dead else a for n, a in enumerate(phases)]
        values = tuple(round(amps, 1) for amps in phases)
        if self.kind is Kind.POWER:
            values = (round(sum(phases) * VOLTS, -1),)
        if self._lie is Lie.SIGN:
            return tuple(-value for value in values)
        if self._lie is Lie.UNSIGNED:
            return tuple(map(abs, values))
        return values

    def _is_due(self, second: int, values: tuple[float, ...]) -> bool:
        last = self.report
        if last is None:
            return True
        if self._every != ON_CHANGE:
            return second % self._every == 0
        return second - last.at >= _SPEAKS_EVERY_S or self._differs(values, last)

    def _differs(self, values: tuple[float, ...], last: Report) -> bool:
        return any(
            abs(new - old) >= self._step
            for new, old in zip(values, last.values, strict=True)
        )

    def _tell(self, second: int, values: tuple[float, ...]) -> None:
        last = self.report
        lies = self._lie is not None and second >= self._lie_at
        if last is None or not lies:
            self.report = Report(self._kept(values, last), float(second))
        elif self._lie is Lie.SILENT:
            self.report = Report((nan,) * len(values), last.at)
        elif self._lie is Lie.RESTAMPED:
            self.report = Report(last.values, float(second))
        elif self._lie is not Lie.FROZEN:
            self.report = Report(values, float(second))

    def _kept(
        self, values: tuple[float, ...], last: Report | None
    ) -> tuple[float, ...]:
        """Return the values as a sensor that reports changes shows them."""
        if self._every == ON_CHANGE and last and not self._differs(values, last):
            return last.values
        return values
