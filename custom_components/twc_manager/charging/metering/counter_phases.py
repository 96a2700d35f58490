"""Learns the number of phases that a vehicle uses from the connector's own energy counter.

A connector reports the current of one phase. Its counter shows the real energy: it advances once, twice or three times
as far as the energy of one phase. Energy is in kWh.
"""

from dataclasses import dataclass, replace
from typing import Final

WINDOW: Final = 1.0
"""The energy that the counter has to advance for a vote: the counter is read up to 0.1 kWh late."""

_LATE: Final = 0.1
"""The energy by which a step may be late."""

_FITS: Final = {1: (0.8, 1.2), 2: (1.7, 2.3), 3: (2.45, 3.6)}
"""For each number of phases, the range of the counter's advance per energy of one phase, as volts may be nominal. Values
in between prove nothing: three phases must not be mistaken for two."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The energy of one phase since a step of the counter, and the count after that step."""

    count: int
    energy: float = 0.0


class CounterPhases:
    """Compares the counter with the energy of one phase; two votes in a row have to agree."""

    def __init__(self) -> None:
        """Start without knowledge."""
        self._count: int | None = None
        self._stretch: _Stretch | None = None
        self._vote: int | None = None
        self.learned: int | None = None
        """The number of phases; None if unknown."""
        self.agreements = 0
        """How many votes were for the learned number."""

    def forget(self) -> None:
        """Forget the vehicle, as it was unplugged."""
        self._stretch = self._vote = self.learned = None

    def interrupt(self) -> None:
        """Begin anew at the next step, since energy was not measured, or the counter is not believed."""
        self._count = self._stretch = self._vote = None

    def add(self, energy: float) -> None:
        """Add the energy of one phase since the last call."""
        if self._stretch is not None:
            self._stretch = replace(self._stretch, energy=self._stretch.energy + energy)

    def read(self, count: int, unit: float) -> None:
        """Take a reading of the counter, with the kWh of each count."""
        if count == self._count:
            self._doubt_overdue(unit)
            return
        is_step = self._count is not None and count > self._count
        self._count = count
        stretch = self._stretch
        if not is_step:
            # The first reading, or a counter that fell: how long it has had this value is unknown.
            self._stretch = self._vote = None
        elif stretch is None:
            self._stretch = _Stretch(count)
        else:
            self._compare(count, unit, stretch)

    def _compare(self, count: int, unit: float, stretch: _Stretch) -> None:
        """Compare a step of the counter with the energy of one phase."""
        counted, learned = (count - stretch.count) * unit, self.learned
        if learned is not None and counted > _FITS[learned][1] * (
            stretch.energy + _LATE
        ):
            # More phases are in use, which the main fuse must not mistake for fewer.
            self.learned = self._vote = None
        if counted >= WINDOW * (1 - 1e-9):
            self._take(_phases(counted, stretch.energy))
            self._stretch = _Stretch(count)

    def _doubt_overdue(self, unit: float) -> None:
        """Forget a number of several phases if the next step is overdue, as fewer may be in use since the last step.

        The main fuse relies on this number: with fewer phases, each of them carries more.
        """
        stretch, learned = self._stretch, self.learned
        if stretch is None or self._count is None or learned in {None, 1}:
            return
        explained = _FITS[learned or 1][0] * stretch.energy
        if explained > (self._count - stretch.count) * unit + unit + _LATE:
            self.learned = self._vote = None

    def _take(self, vote: int | None) -> None:
        """Take a vote; None if no number of phases fits."""
        if vote is not None and vote == self._vote:
            self.learned = vote
        if vote is not None and vote == self.learned:
            self.agreements += 1
        self._vote = vote


def _phases(counted: float, energy: float) -> int | None:
    """Return the number of phases at which the counter agrees with the energy of one phase; None if none fits."""
    return next(
        (
            phases
            for phases, (low, high) in _FITS.items()
            if low * energy <= counted <= high * energy
        ),
        None,
    )
