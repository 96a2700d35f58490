"""One sensor at the main fuse: what it shows, what the vehicles drew meanwhile, and what it lets them use.

The sensor measures one phase, or the sum of several. What the others in the house use is its reading less what the
vehicles drew when it was taken. The exact time of that is not known: an overload is judged by the highest draw of a
short time, and room by the lowest draw of a longer time.

Times are in s of a monotonic clock, currents in A.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf
from operator import itemgetter
from typing import Final

from .draw_lag import Lag
from .fuse_levels import Level, LevelEvent, LevelFacts, Over, Room, Steady, next_level
from .fuse_load import FuseLoad
from .phases import PhaseReading, VehicleDraw, VehicleKey, total
from .response_votes import LEAD_SECONDS

MARGIN: Final = 1.0
"""What is kept free below the fuse, in A."""

LONGEST_LAG: Final = 10.0
SHORTEST_LAG: Final = 3.5
"""Bounds of an unknown lag of a sensor, in s: the lowest draw within the longest counts when room is judged, and the
highest within the shortest when an overload is judged, so that it lowers by too much rather than too little."""

_LATER_SECONDS: Final = 1.5
"""Time beyond its lag within which a sensor may still show a change of a draw."""

_QUICK_SECONDS: Final = 3.5
_QUICK_READINGS: Final = 4
_QUICK_LAG: Final = 1.0
"""An overload that is reported so often for so long is not an echo of what the vehicles drew before they were lowered.
A sensor of unknown lag that reports so often is at most this late: otherwise each fall would be a reason to doubt the
next overload."""

_UNEVEN: Final = 0.1
"""The share of the house's load that is taken to be on the busiest phase alone, by a sensor that sums up several. While
it is not known on how many phases a vehicle charges, a part of its own draw counts as load of the house already."""

_SHORT_SECONDS: Final = 30.0
"""Room that ends sooner is not used: loads that are switched on and off leave it again and again."""

_MEMORY_SECONDS: Final = 300.0
"""Time for which the pauses of such loads are remembered."""

_MINIMUM_WAIT: Final = 8.0
_LONGER: Final = 3.0
"""How much longer than the pauses of such loads there must be room, in s."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the judgement of a sensor's reading depends on, beside the reading.

    Attributes:
        now: the time.
        lag: how late the sensors show a change of the draw; None if that is not known.
        changed_at: when an offer was changed last.
        max_age: age of a reading, in s, after which it is not known what the vehicles drew when it was taken.
        minimum: the lowest useful offer.

    """

    now: float
    lag: Lag | None
    changed_at: float
    max_age: float
    minimum: int

    @property
    def shortest(self) -> float:
        """Return how far back the draw in a reading may be when an overload is judged, in s."""
        return SHORTEST_LAG if self.lag is None else self.lag.minimum + _LATER_SECONDS

    @property
    def longest(self) -> float:
        """Return how far back the draw in a reading may be when room is judged, in s."""
        return LONGEST_LAG if self.lag is None else self.lag.maximum + _LATER_SECONDS


class FuseChannel:
    """How many A the vehicles may use according to one sensor."""

    def __init__(self, size: float) -> None:
        """Start without a reading; `size` is that of the fuse."""
        self.level: Level | None = None
        self.reading: PhaseReading | None = None
        self._size = size
        self._draws: deque[tuple[float, tuple[VehicleDraw, ...]]] = deque()
        self._phases: frozenset[int] = frozenset()
        self._left_out: frozenset[VehicleKey] = frozenset()
        self._pauses: deque[tuple[float, float]] = deque(maxlen=8)
        self._over_since = inf
        self._over_count = 0

    @property
    def phases(self) -> frozenset[int]:
        """Return the phases that the sensor measures; none before its first reading."""
        return self._phases

    @property
    def allowed(self) -> float:
        """Return the A that the vehicles on its phases may use."""
        return 0.0 if self.level is None else self.level.allowed

    def remember(
        self,
        now: float,
        load: FuseLoad,
        reading: PhaseReading,
        keep: float,
    ) -> None:
        """Take what the vehicles draw now.

        Args:
            now: the time.
            load: all vehicles behind the fuse.
            reading: what the sensor shows.
            keep: for how long the draws are needed, in s.

        """
        self._phases = reading.phases
        self._leave_out(load)
        if not self._draws or self._draws[-1][1] != load.draws:
            self._draws.append((now, load.draws))
        while (
            len(self._draws) > 1 and self._draws[1][0] <= now - keep - 2 * LONGEST_LAG
        ):
            self._draws.popleft()

    def is_new(self, reading: PhaseReading) -> bool:
        """Return whether a reading is another one than the last."""
        last = self.reading
        return last is None or reading.at > last.at or reading.amps != last.amps

    def first_room(self, reading: PhaseReading, timing: Timing) -> float:
        """Return the A that may be used according to a first reading."""
        self.reading = reading
        return self._room(reading, timing)

    def begin(self, first: float) -> None:
        """Allow so many A from now on."""
        self.level = Steady(max(first, 0.0))

    def update(self, reading: PhaseReading, timing: Timing) -> None:
        """Judge a reading that can be believed."""
        is_new, self.reading = self.is_new(reading), reading
        self._note_overload(timing.now, is_new=is_new)
        before = self.level
        if before is None:
            return
        facts = self._facts(reading, before, timing)
        event = LevelEvent.READING if is_new else LevelEvent.TIME
        self.level = next_level(facts, event)
        self._note_pause(timing.now, before, self.level)

    def fall(self, reading: PhaseReading, timing: Timing) -> None:
        """Judge a reading while another sensor cannot be believed: the level may fall, but not rise."""
        before = self.level
        self.update(reading, timing)
        if self.level is not None and before is not None:
            if isinstance(self.level, Room):
                self.level = Steady(min(self.level.allowed, before.allowed))

    def forget(self) -> None:
        """Allow nothing, since the load is not known."""
        if self.level is not None:
            self.level = Steady(0.0)
        self.reading = None
        self._over_since, self._over_count = inf, 0

    def _leave_out(self, load: FuseLoad) -> None:
        """Follow which vehicles are known not to charge on its phases: what they have is no part of the level."""
        before, self._left_out = self._left_out, load.left_out(self._phases)
        if before == self._left_out or self.level is None:
            return
        gone = load.taken_by(self._left_out - before)
        back = load.taken_by(before - self._left_out)
        if gone or back:
            self.begin(self.allowed - gone + back)
        if back:
            # The reading is judged anew: what it shows of an overload lowers them all.
            self.reading = None

    def _facts(self, reading: PhaseReading, level: Level, timing: Timing) -> LevelFacts:
        at = min(reading.at, timing.now)
        lag = _QUICK_LAG if timing.lag is None and self._lasts(timing.now) else None
        back = timing.shortest if lag is None else lag
        window = self._window(at - back, at + LEAD_SECONDS)
        bearable = max(self._free(reading, self._known(draws)) for draws in window)
        highest = max(total(self._those_on(draws)) for draws in window)
        return LevelFacts(
            now=timing.now,
            at=at,
            level=level,
            carried=self._carried(reading, bearable, highest) / self._size,
            bearable=bearable,
            room=self._room(reading, timing),
            calm_at=timing.changed_at + timing.shortest,
            wait=self._wait(timing.now),
            minimum=timing.minimum,
        )

    def _note_overload(self, now: float, *, is_new: bool) -> None:
        """Note for how long, and how often, the sensor has reported more than the size of the fuse."""
        assert self.reading is not None
        if (self.reading.amps or 0.0) <= self._size:
            self._over_since, self._over_count = inf, 0
            return
        self._over_since = min(self._over_since, now)
        self._over_count += is_new

    def _lasts(self, now: float) -> bool:
        """Return whether an overload has been reported so often for so long that it is no echo."""
        return (
            now - self._over_since >= _QUICK_SECONDS
            and self._over_count >= _QUICK_READINGS
        )

    def _carried(self, reading: PhaseReading, bearable: float, drawn: float) -> float:
        """Return the A of the phase, the busiest one of several."""
        if len(reading.phases) == 1:
            return reading.amps or 0.0
        return self._size - MARGIN - bearable + drawn

    def _room(self, reading: PhaseReading, timing: Timing) -> float:
        """Return the A that may be used, as room is judged."""
        at = min(reading.at, timing.now)
        if timing.now - at > timing.max_age:
            # What the vehicles drew when an older value was measured is not known any more.
            return self._free(reading, 0.0)
        window = self._window(at - timing.longest)
        return min(self._free(reading, self._known(draws)) for draws in window)

    def _free(self, reading: PhaseReading, known: float) -> float:
        """Return the A that may be used if the reading contains so much of the vehicles' draw."""
        summed = len(reading.phases)
        load = summed * (reading.amps or 0.0) - known
        return self._size - MARGIN - self._busiest(load, summed)

    def _busiest(self, load: float, summed: int) -> float:
        """Return the A that the house uses on the busiest of the phases that the sensor sums up."""
        share = load / summed
        return share + _UNEVEN * (max(load, 0.0) - max(share, 0.0))

    def _window(
        self, since: float, until: float = inf
    ) -> list[tuple[VehicleDraw, ...]]:
        """Return the draws from one moment to another, and those in force when it began."""
        first = max(bisect_right(self._draws, since, key=itemgetter(0)) - 1, 0)
        last = max(bisect_right(self._draws, until, key=itemgetter(0)), first + 1)
        return [draws for _, draws in islice(self._draws, first, last)]

    def _those_on(self, draws: Iterable[VehicleDraw]) -> Iterator[VehicleDraw]:
        """Yield the draws of the vehicles that may charge on its phases."""
        return (item for item in draws if item.key not in self._left_out)

    def _known(self, draws: Iterable[VehicleDraw]) -> float:
        """Return the A of the draws that the sensor measures at least."""
        summed = len(self._phases)
        return sum(
            item.amps * min(item.known_phases, summed) for item in self._those_on(draws)
        )

    def _wait(self, now: float) -> float:
        """Return how long there must have been room: longer than the pauses of the loads that come and go."""
        pauses = [length for at, length in self._pauses if now - at <= _MEMORY_SECONDS]
        return max([_MINIMUM_WAIT, *(length + _LONGER for length in pauses)])

    def _note_pause(self, now: float, before: Level, after: Level) -> None:
        """Note how long there was room that is gone."""
        if isinstance(before, Over) or not _is_gone(before, after):
            return
        length = now - before.since
        if length <= _SHORT_SECONDS:
            self._pauses.append((now, length))


def _is_gone(before: Steady | Room, after: Level) -> bool:
    """Return whether the room has ended, rather than been used."""
    if after.allowed < before.allowed or isinstance(after, Over):
        return True
    return isinstance(before, Room) and isinstance(after, Steady) and not before.raised
