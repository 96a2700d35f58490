"""How late the sensors at the main fuse show what the vehicles draw, learned from every change of the draw.

For each possible lag, the load of the house is what the sensors show less what the vehicles drew so many seconds
before. That load changes least for the true lag: with another one each change of the draw counts twice, once when it is
drawn and once when it is shown. Loads that are switched count the same for every lag. So a draw that never rests shows
the lag as well as a step does.

Time is an argument, in s of a monotonic clock; currents are in A.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .response_readings import DrawHistory, Measurement

_LONGEST: Final = 16
"""The longest lag that is considered, in s."""

_NEEDED_AMPS: Final = 9.0
"""How far the draw has to have moved in all until the lag is known: three steps."""

_KEPT_AMPS: Final = 90.0
"""How far the draw moves until earlier changes count half, in A: the lag of a meter may grow."""

_TOLERANCE: Final = 0.15
"""The share of the draw's movement by which the load may change more than for the best lag."""

_CERTAIN_SECONDS: Final = 2
"""Maximum difference between the possible lags, in s, at which the lag counts as known."""

_LATE_SECONDS: Final = 2
"""A minimum lag of so many s counts even while the maximum is not known."""

LONGEST_LAG: Final = 8.5
"""The longest of the usual lags, in s."""

_LAGS: Final = range(_LONGEST + 1)


@dataclass(frozen=True, slots=True)
class Lag:
    """How late the sensors show a change of the draw, at least and at most, in s."""

    minimum: float
    maximum: float


class DrawLag:
    """Compares the draw with what the sensors show, for each lag and number of sensors that show it.

    `draws` is what the vehicles drew.
    """

    def __init__(self, sensors: int) -> None:
        """Start without a reading; `sensors` is how many times the draw may be in their sum."""
        self.draws = DrawHistory()
        self._last: tuple[float, float] | None = None
        self._moved = 0.0
        self._changes = {
            (lag, times): 0.0 for times in range(1, sensors + 1) for lag in _LAGS
        }

    def known(self, voted: float | None) -> Lag | None:
        """Return how late the sensors show the draw; None if that is not known.

        Args:
            voted: the lag by the votes on steps, in s, which includes the time until the sensors report; None without
                votes.

        """
        possible = self._possible()
        if possible is None:
            return None if voted is None else Lag(voted, voted)
        minimum, maximum = possible
        if maximum - minimum <= _CERTAIN_SECONDS:
            return Lag(minimum, maximum)
        if minimum >= _LATE_SECONDS:
            # They report too seldom for a closer value.
            return Lag(minimum, max(LONGEST_LAG, minimum + _CERTAIN_SECONDS))
        return None if voted is None else Lag(min(voted, maximum), min(voted, maximum))

    def update(
        self, now: float, draw: float, readings: Sequence[Measurement | None]
    ) -> None:
        """Take what the vehicles draw on a phase and the newest readings; None for one that cannot be believed."""
        self.draws.add(now, draw)
        believed = [item for item in readings if item is not None]
        if not believed or len(believed) < len(readings):
            return
        at = min(now, *(item.at for item in believed))
        last, value = self._last, sum(item.value for item in believed)
        if last is not None and at <= last[0]:
            return
        self._last = at, value
        if last is not None:
            self._compare(value - last[1], last[0], at)

    def _compare(self, shown: float, since: float, at: float) -> None:
        """Compare by how much the readings have changed between two times with the draw."""
        changes = [
            self.draws.at(at - lag) - self.draws.at(since - lag) for lag in _LAGS
        ]
        if not any(changes):
            # Whatever the house did, it did the same for each lag.
            return
        self._moved += abs(changes[0])
        for lag, times in self._changes:
            self._changes[lag, times] += abs(shown - times * changes[lag])
        if self._moved > _KEPT_AMPS:
            self._moved /= 2
            self._changes = {key: item / 2 for key, item in self._changes.items()}

    def _possible(self) -> tuple[int, int] | None:
        """Return the shortest and the longest lag that explain the readings; None before the draw has moved enough."""
        if self._moved < _NEEDED_AMPS:
            return None
        (_, times), minimum = min(self._changes.items(), key=lambda item: item[1])
        maximum = minimum + _TOLERANCE * self._moved * times
        possible = [lag for lag in _LAGS if self._changes[lag, times] <= maximum]
        return possible[0], possible[-1]
