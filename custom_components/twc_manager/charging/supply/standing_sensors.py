"""Which sensors of single phases stand still although the draw of the vehicles on their phases moves.

A sensor that repeats its last value is dead, or nothing changes on its phase. While a vehicle charges that may be on the
phase, the sensor is tested after some minutes: the draw is changed, and the sensors of other phases show it. One that
misses two changes in a row, and has not moved since before the first of them, proves nothing any more.

Of a sensor that has shown the vehicle more is known: it is in question as soon as it misses one change, whether it
stands or moves by something else, and a movement alone does not make up for that.

Time is an argument, in s of a monotonic clock; currents are in A.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from ...twc import DRAWING_AMPS
from .fuse_load import FuseLoad
from .fuse_probe import IDENTICAL_SECONDS
from .phase_votes import SWITCHED_AMPS, has_carried
from .phases import PhaseReading
from .response import STEP_AMPS
from .response_confirmation import LastRaise
from .response_readings import DrawHistory
from .response_votes import LEAD_SECONDS, ExpectedStep, Step
from .shown_vehicles import ShownVehicles

MISSED_STEPS: Final = 2
"""A sensor that stands and has missed so many steps in a row proves nothing any more."""

_SHOWN_SHARE: Final = 0.5
"""Minimum share of a step by which another sensor has to move: otherwise the meter as a whole is in question."""

_FOLLOWED_SHARES: Final = (0.5, 1.6)
"""A sensor that moves by such a share of a step has shown it."""

_MISSED_SHARE: Final = 0.25
"""Maximum share of a step by which a sensor moves that has not shown it."""

_QUIET_SECONDS: Final = 10.0
_QUIET_AMPS: Final = STEP_AMPS / 3
"""A sensor that moved by more shortly before a step, or during it, may have shown it and another load as well."""

_RETRY_SECONDS: Final = 300.0
"""Time after which a sensor that has missed steps of a vehicle that it had shown is given another one, if it moves."""

_KEPT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the sensors that stand.

    Attributes:
        missed: those that have missed several steps, by their places.
        awaited: those that have to show the last raise.
        hidden: those that should have, and have shown another load since.
        tested: the one that has to be tested next, by its place; None without one.
        is_doubted: whether that one has missed a step, which one more has to prove; otherwise it has stood for long.

    """

    missed: frozenset[int] = frozenset()
    awaited: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    tested: int | None = None
    is_doubted: bool = False


@dataclass(slots=True)
class _Sensor:
    """What one sensor has shown.

    Attributes:
        values: its values.
        stands_since: since when its value has been the same.
        finest: the smallest change of its value; inf before the first one.
        members: the vehicles whose draw it has to show, each with its stay.
        shown: those of which it has shown a raise.
        last: what it has shown of the last raise.
        expected: the step of their draw that it has to show.
        missed: how many it has missed, while it stood or since it has shown one.
        missed_at: when it missed the last one.
        tested_at: when the draw was last changed so as to test it, or a change was judged.
        load: the vehicles whose draw it has to show.

    """

    values: DrawHistory = field(default_factory=lambda: DrawHistory(_KEPT_SECONDS))
    stands_since: float = inf
    finest: float = inf
    members: frozenset[Hashable] = frozenset()
    shown: ShownVehicles = field(default_factory=ShownVehicles)
    last: LastRaise = LastRaise(None, -inf, is_lively=False)
    expected: ExpectedStep = field(default_factory=lambda: ExpectedStep(STEP_AMPS))
    missed: int = 0
    missed_at: float = -inf
    tested_at: float = -inf
    load: FuseLoad = FuseLoad()

    def read(self, now: float, value: float | None) -> None:
        """Take its newest value; None for one that cannot be believed."""
        if value is None:
            return
        if self.stands_since == inf:
            self.stands_since = now
        elif change := abs(value - self.values.at(now)):
            self.finest = min(self.finest, change)
            self.stands_since = now
            if not self.shown or now - self.missed_at >= _RETRY_SECONDS:
                self.missed = 0
        self.values.add(now, value)

    def follow(self, now: float, load: FuseLoad, phases: frozenset[int]) -> None:
        """Take the draw of the vehicles that it has to show, and the phases that it measures."""
        members = frozenset((item.key, item.session) for item in load.draws)
        if members != self.members:
            if not members >= self.members:
                # What it has missed may have been the draw of one that is no longer concerned.
                self.missed = 0
            self.members, self.tested_at = members, -inf
            self.expected = ExpectedStep(STEP_AMPS)
        self.load = load
        self.expected.update(now, load.drawn)
        self.shown.follow(now, load, phases)

    def note_raise(self, now: float, last: LastRaise) -> None:
        """Take what it has shown of the last raise."""
        self.last = last
        self.shown.note_raise(now, last)
        if last.shown_at == now:
            self.missed = 0
        elif self.missed and last.is_lively and self._has_moved(self.missed_at, now):
            # It works, and the vehicle is not there.
            self.missed = 0
            self.shown.forget(now)

    def must_show(self, now: float) -> bool:
        """Return whether it has to show the last raise: it has shown one of that vehicle before.

        One that moves all the time has not if another load may have hidden the raise.
        """
        is_excused = self.last.is_lively and self.has_hidden(now)
        return self.shown.has_to_show and not is_excused

    def has_hidden(self, now: float) -> bool:
        """Return whether it has shown another load since a raise that it has to show, which may have hidden that."""
        since = self.last.raised_at
        if since is None or not self.shown.has_to_show:
            return False
        return self._has_moved(since - LEAD_SECONDS, now)

    def _has_moved(self, since: float, now: float) -> bool:
        """Return whether it has shown a load that was switched since a time."""
        return self.values.swing(since, now) >= SWITCHED_AMPS

    @property
    def is_doubted(self) -> bool:
        """Return whether it has missed a step of vehicles that are offered what needs proof."""
        return 0 < self.missed < MISSED_STEPS and self.load.is_proof_needed

    def stands(self, now: float) -> bool:
        """Return whether it has stood, and has not been tested, for so long that it has to be tested."""
        rests_since = max(self.stands_since, self.tested_at)
        load = self.load
        is_used = load.drawn >= DRAWING_AMPS and load.is_proof_needed
        return is_used and now - rests_since >= IDENTICAL_SECONDS

    def has_carried(self, now: float) -> bool:
        """Return whether it has shown a load lately: a sensor that is not round its wire shows but noise."""
        return has_carried(self.values, now)

    def share(self, now: float, step: Step) -> float:
        """Return by how many times a step it has moved since the step began."""
        return (self.values.at(now) - self.values.at(step.began)) / step.change

    def has_missed(self, now: float, step: Step) -> bool:
        """Return whether a step was not there, or is certain to have been missed."""
        if abs(step.change) < self.finest < inf:
            # It reports only larger changes.
            return False
        stood = step.began - self.stands_since
        change = self.shown.change(step.began, now)
        if abs(change) < _SHOWN_SHARE * abs(step.change):
            # Within less many a phase stands between two loads that are switched on it.
            return stood >= IDENTICAL_SECONDS
        if stood >= 0:
            return True
        quiet = self.values.swing(step.began - _QUIET_SECONDS, now) <= _QUIET_AMPS
        return quiet and abs(self.share(now, step)) <= _MISSED_SHARE


class StandingSensors:
    """Follows the sensors of single phases, each by itself."""

    def __init__(self, *, each_shows: bool) -> None:
        """Start without a reading; `each_shows` is whether a vehicle may charge on each of the phases at once."""
        self._each_shows = each_shows
        self._sensors: tuple[_Sensor, ...] = ()

    def update(
        self,
        now: float,
        load: FuseLoad,
        readings: Sequence[PhaseReading],
        patience: float,
        raises: Sequence[LastRaise] = (),
    ) -> Standing:
        """Take what the vehicles draw and the newest readings, and return which sensors stand.

        Args:
            now: the time.
            load: the vehicles, with the phases that they may charge on.
            readings: the newest reading of each sensor.
            patience: s within which the sensors show a step.
            raises: what each has shown of the last raise.

        """
        if any(len(item.phases) > 1 for item in readings):
            # A sensor that sums up the phases is the meter as a whole.
            return Standing()
        self._read(now, load, readings)
        for sensor, last in zip(self._sensors, raises, strict=False):
            sensor.note_raise(now, last)
        for sensor in self._sensors:
            self._judge(now, sensor, patience)
        return self._standing(now)

    def _standing(self, now: float) -> Standing:
        """Return which sensors stand, or have not shown what they have to."""
        doubted = self._places(lambda item: item.is_doubted)
        standing = self._places(lambda item: item.stands(now))
        return Standing(
            missed=self._places(lambda item: item.missed >= MISSED_STEPS),
            awaited=self._places(lambda item: item.must_show(now)),
            hidden=self._places(lambda item: item.has_hidden(now)),
            tested=min(doubted or standing, default=None),
            is_doubted=bool(doubted),
        )

    def _places(self, is_chosen: Callable[[_Sensor], bool]) -> frozenset[int]:
        """Return the places of some of the sensors."""
        places = enumerate(self._sensors)
        return frozenset(place for place, item in places if is_chosen(item))

    def _read(
        self, now: float, load: FuseLoad, readings: Sequence[PhaseReading]
    ) -> None:
        """Take the newest readings, and what each of the sensors has to show."""
        if len(readings) > len(self._sensors):
            self._sensors = tuple(_Sensor() for _ in readings)
        for sensor, reading in zip(self._sensors, readings, strict=False):
            sensor.read(now, reading.amps)
            there = load.tested_on(reading.phases, each_shows=self._each_shows)
            sensor.follow(now, there, reading.phases)

    def has_carried(self, now: float, place: int) -> bool:
        """Return whether a sensor has shown a load lately, by its place; also of one that is not known yet."""
        return place >= len(self._sensors) or self._sensors[place].has_carried(now)

    def must_show(self, now: float, place: int) -> bool:
        """Return whether a sensor has to show the last raise, by its place."""
        return place < len(self._sensors) and self._sensors[place].must_show(now)

    def note_test(self, now: float, place: int) -> None:
        """Note that the draw that a sensor has to show is changed on purpose: it is not tested again for a while."""
        self._sensors[place].tested_at = now

    def _judge(self, now: float, sensor: _Sensor, patience: float) -> None:
        """Note whether a sensor has missed the step that it must have shown by now."""
        step = sensor.expected.take(now, patience)
        if step is None:
            return
        sensor.tested_at = now
        low, high = _FOLLOWED_SHARES
        if low <= sensor.share(now, step) <= high:
            sensor.missed = 0
            return
        others = (item for item in self._sensors if item is not sensor)
        if not any(item.share(now, step) >= _SHOWN_SHARE for item in others):
            return
        if sensor.has_missed(now, step):
            sensor.missed = min(sensor.missed + 1, MISSED_STEPS)
            sensor.missed_at = now
