"""What limits have left vehicles less than plans expected, and what that means for the hours to come.

A plan knows what the house usually leaves of the main fuse and of a peak budget. What really is left is measured. How
long less will be left is not known; it is taken to go on for three times as long as it has been measured. So a moment
of cooking changes hardly anything, and a night in which half is missing changes a plan while there still is time.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import ceil, floor
from typing import Final

from ..planning.caps import less, lowest
from ..planning.goals import MIN_AMPS
from ..planning.series import Piece, Series

_STEP: Final = timedelta(minutes=5)
"""What is missing is averaged over so long: a limit that is reached for a moment is none for a plan."""
_QUARTER: Final = 2
"""The step with which an average is one over a quarter of an hour: peak budgets leave more and less within it."""
_TIMES: Final = 3
"""How many times as long it is taken to go on."""
_MEMORY: Final = 36
"""How many steps count: three hours, and so nine hours ahead."""
_SEEN: Final = 144
"""How many steps are remembered: twelve hours, as long as a night."""
_MEASURED_SECONDS: Final = 60.0
"""A step of which less was measured was not measured."""
_HOLDS: Final = timedelta(minutes=1)
"""What was measured holds until the next measurement, but no longer."""
_CLEAR_AMPS: Final = 2
"""What differs by less is no news: no house stands still."""
PROBE_AMPS: Final = 3
"""Vehicles with a lowered plan are offered so much more than it gives them: if they get it, nothing is missing any more."""


class Shortage:
    """What is missing of the expected A: in the last hours, and so in the next ones."""

    def __init__(self) -> None:
        """Start without anything missing."""
        self._missing: list[float] = []
        self._short: list[Piece] = []
        self._lately = Series()
        self._step: datetime | None = None
        self._at: datetime | None = None
        self._amp_seconds = 0.0
        self._left_seconds = 0.0
        self._seconds = 0.0
        self._expected = 0.0
        self._to_come = Series()

    def update(
        self, local: datetime, room: float | None, caps: Series, limit: int
    ) -> None:
        """Take a measurement.

        Args:
            local: the time.
            room: the A that are left for all vehicles together, infinite if no limit is reached; None if it is not
                known.
            caps: the A that were expected to be left, unknown where only the wiring limits them.
            limit: the A of the wiring.

        """
        now = local.astimezone(UTC)
        self._go_on(now)
        before, self._at = self._at, now
        if room is None or before is None:
            return
        expected = limit if (cap := caps.at(now)) is None else min(limit, cap)
        amps = room if room >= MIN_AMPS else 0.0
        self._expected = expected
        seconds = min(now - before, _HOLDS).total_seconds()
        self._amp_seconds += max(0.0, expected - amps) * seconds
        self._left_seconds += min(expected, amps) * seconds
        self._seconds += seconds

    def left(self, caps: Series, limit: int) -> Series:
        """Return the A that are expected to be left by now, unknown where only the wiring limits them.

        One vehicle can always charge with the minimum, as far as that was expected: without a trial nothing would show
        that there is room again.

        Args:
            caps: what was expected before.
            limit: the A of the wiring.

        """
        if not (missing := self._to_come.pieces):
            return caps
        around = Series((Piece(missing[0].start, missing[-1].end, limit),))
        return self.lowered(lowest([caps, around]))

    def lowered(self, caps: Series) -> Series:
        """Return the A that are expected to be left of one limit by now, unknown where it is unknown; see `left`."""
        if not self._to_come.pieces:
            return caps
        return Series(
            tuple(
                replace(
                    item,
                    value=max(item.value, min(MIN_AMPS, caps.at(item.start) or 0.0)),
                )
                for item in less(caps, self._to_come).pieces
            )
        )

    @property
    def lately(self) -> Series:
        """Return the A that were left in the last hours, where these were clearly fewer than expected and than now.

        What is not over yet is expected to go on, see `left`.
        """
        return self._lately

    def is_lowered(self, local: datetime) -> bool:
        """Return whether less than expected is left now."""
        return self._missing_at(local) > 0

    def _missing_at(self, at: datetime) -> float:
        return self._to_come.at(at.astimezone(UTC)) or 0.0

    def _go_on(self, now: datetime) -> None:
        """Close the steps that are over."""
        step = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
        if self._step is None or step < self._step:
            # After a clock that was set back nothing is known.
            self._missing, self._to_come, self._at = [], Series(), None
            self._short, self._lately = [], Series()
        elif step == self._step:
            return
        else:
            self._close((step - self._step) // _STEP)
            self._expect(step)
            self._remember(step)
        self._step = step
        self._amp_seconds = self._left_seconds = self._seconds = 0.0

    def _close(self, count: int) -> None:
        """Close the running step and the unmeasured ones after it: where nothing was measured it is as before."""
        before = self._missing[-1] if self._missing else 0.0
        if self._seconds >= _MEASURED_SECONDS:
            before = self._amp_seconds / self._seconds
            if before >= _CLEAR_AMPS:
                self._note(self._left_seconds / self._seconds)
        self._missing += [before] * min(count, _MEMORY)
        del self._missing[:-_MEMORY]

    def _note(self, amps: float) -> None:
        """Note what was left in the running step."""
        assert self._step is not None
        start, value = self._step, float(floor(amps))
        if self._short:
            last = self._short[-1]
            if (last.end, last.value) == (start, value):
                start = self._short.pop().start
        self._short.append(Piece(start, self._step + _STEP, value))

    def _remember(self, now: datetime) -> None:
        """Remember where in the last hours there was clearly less than is left now."""
        since = now - _SEEN * _STEP
        self._short = [piece for piece in self._short if piece.end > since]
        left = self._expected - self._missing_at(now)
        found = (item for item in self._short if item.value <= left - _CLEAR_AMPS)
        self._lately = Series(tuple(found))

    def _expect(self, start: datetime) -> None:
        """Take what will be missing from a time on: every quarter of an hour, and if it is other than expected now."""
        found = Series(tuple(_pieces(self._missing, start)))
        times = {start}
        if start.minute % 15 == 0:
            end = start + _MEMORY * _TIMES * _STEP
            times |= {*self._to_come.boundaries(start, end)}
            times |= {*found.boundaries(start, end)}
        if any(self._differs(found, at) for at in times):
            self._to_come = found

    def _differs(self, found: Series, at: datetime) -> bool:
        """Return whether it is clearly other than expected what will be missing at a time."""
        return abs((found.at(at) or 0.0) - self._missing_at(at)) > _CLEAR_AMPS


def _pieces(missing: list[float], start: datetime) -> Iterator[Piece]:
    """Yield what will be missing: so long ahead, what was missing on average in a third of that until now.

    Where less was missing on average since then, it is no more than that: a limit that is over is not expected again.
    """
    means = [
        total / count for count, total in enumerate(accumulate(reversed(missing)), 1)
    ]
    means[_QUARTER:] = accumulate(means[_QUARTER:], min)
    amps = [ceil(mean) for mean in means]
    begin = start
    for at, value in enumerate(amps):
        end = start + (at + 1) * _TIMES * _STEP
        if amps[at + 1 : at + 2] == [value]:
            continue
        if value >= _CLEAR_AMPS:
            yield Piece(begin, end, value)
        begin = end
