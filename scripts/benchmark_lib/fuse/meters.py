"""The meter at the main fuse: its interval, its delay and its faults.

It is written from the behaviour of real meters, without reading the rules.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import nan
from typing import Final

VOLTS: Final = 230.0
ON_CHANGE: Final = 0
"""As an interval: it reports when its value has changed by some step."""
_REPORTS_EVERY_S: Final = 10
"""The longest time in s between two reports of a sensor that reports on change."""


class Kind(StrEnum):
    """The quantity that a meter measures."""

    AMPS = "amps"
    """The current of each phase, with a sign."""
    POWER = "power"
    """The power of all phases together, with a sign."""


class Lie(StrEnum):
    """The fault of a meter."""

    FROZEN = "frozen"
    """It keeps its last value, without a new time stamp."""
    RESTAMPED = "restamped"
    """It keeps its last value, with new time stamps."""
    SILENT = "silent"
    """It is unavailable, without a new time stamp."""
    SIGN = "wrong sign"
    """Its sign is reversed from the start."""
    UNSIGNED = "unsigned"
    """Its currents have no sign from the start: it is correct while the house does not export."""
    DEAD = "phase dead"
    """It reports zero for one phase, with new time stamps."""


@dataclass(frozen=True, slots=True)
class Report:
    """The state of a sensor: its values (A of each phase or W of all phases) and its time stamp in s."""

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
        """Create a meter; `dead` is the index of the phase that a dead phase affects."""
        self.kind = kind
        self._every = every
        self._lie = lie
        self._lie_at = lie_at
        self._dead = dead
        self._line: deque[tuple[float, ...]] = deque(maxlen=lag + 1)
        self._step = 0.5 if kind is Kind.AMPS else 100.0
        self.report: Report | None = None

    def measure(self, second: int, phases: Sequence[float]) -> None:
        """Measure the phases, and report if a report is due."""
        self._line.append(tuple(phases))
        values = self._values(second, self._line[0])
        if self._is_due(second, values):
            self._report(second, values)

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
        return second - last.at >= _REPORTS_EVERY_S or self._differs(values, last)

    def _differs(self, values: tuple[float, ...], last: Report) -> bool:
        return any(
            abs(new - old) >= self._step
            for new, old in zip(values, last.values, strict=True)
        )

    def _report(self, second: int, values: tuple[float, ...]) -> None:
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
        """Return the values that a sensor shows; one that reports on change keeps the last ones until then."""
        if self._every == ON_CHANGE and last and not self._differs(values, last):
            return last.values
        return values
