"""Measures how the draw of a vehicle follows one offer of a connector check.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from .check_result import StepResult

REACTION_AMPS: Final = 1.0
"""Minimum change of a draw that counts as a reaction; less is jitter."""

RAMP_AMPS: Final = 3.0
"""A change must be this large to show how fast it was, at one report in a second."""

_LATEST: Final = 3
"""The number of last reports that are averaged."""


class _Sample(NamedTuple):
    at: float
    drawn: float


class StepMeasurement:
    """The reports under one offer."""

    def __init__(self, offered: float, before: float) -> None:
        """Start with the draw under the offer before."""
        self._offered = offered
        self._before = before
        self._samples: list[_Sample] = []

    @property
    def offered(self) -> float:
        """Return the offer."""
        return self._offered

    def add(self, offered: float, drawn: float, now: float) -> None:
        """Take a report; measuring starts anew whenever the connector reports another offer."""
        if offered != self._offered:
            if self._samples:
                self._before, self._samples = self._samples[-1].drawn, []
            self._offered = offered
        self._samples.append(_Sample(now, drawn))

    def result(self) -> StepResult | None:
        """Return the reaction of the vehicle to the offer; None without a report."""
        if not self._samples:
            return None
        latest = self._samples[-_LATEST:]
        drawn = sum(item.drawn for item in latest) / len(latest)
        return StepResult(
            offered=self._offered,
            drawn=round(drawn, 1),
            reaction=self.reaction,
            ramp=_ramp(self._samples, self._before, drawn),
        )

    @property
    def reaction(self) -> float | None:
        """Return after how many s the draw had changed; None if it has not."""
        began = self._samples[0].at if self._samples else 0.0
        for at, drawn in self._samples:
            if abs(drawn - self._before) >= REACTION_AMPS:
                return round(at - began, 1)
        return None


def _ramp(samples: Sequence[_Sample], before: float, after: float) -> float | None:
    """Return the rate of the middle of a change, in A/s; None if it cannot be determined."""
    change = after - before
    if abs(change) < RAMP_AMPS:
        return None
    moved = [(at, (drawn - before) / change) for at, drawn in samples]
    begin = max((at for at, part in moved if part <= 0.1), default=samples[0].at)
    end = min((at for at, part in moved if part >= 0.9), default=None)
    if end is None or end <= begin:
        return None
    return round(abs(change) * 0.8 / (end - begin), 2)
