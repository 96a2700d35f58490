"""Which sensors of single phases stand still although the draw of the vehicles on their phases moves.

A sensor that repeats its last value is dead, or nothing changes on its phase. While a vehicle charges that may be on the
phase, the sensor is tested after some minutes: the draw is changed, and the sensors of other phases show it. One that
misses two changes in a row, and has not moved since before the first of them, proves nothing any more.

Time is an argument, in s of a monotonic clock; currents are in A.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf
from typing import Final

from ...twc import DRAWING_AMPS
from .fuse_load import FuseLoad
from .fuse_probe import IDENTICAL_SECONDS
from .phase_votes import has_carried
from .phases import PhaseReading
from .response import STEP_AMPS
from .response_readings import DrawHistory
from .response_votes import ExpectedStep, Step

MISSED_STEPS: Final = 2
"""A sensor that stands and has missed so many steps in a row proves nothing any more."""

_SHOWN_SHARE: Final = 0.5
"""Minimum share of a step by which another sensor has to move: otherwise the meter as a whole is in question."""

_KEPT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the sensors that stand.

    Attributes:
        missed: those that have missed several steps, by their places.
        tested: the one that has to be tested next, by its place; None if there is none.
        is_doubted: whether that one has missed a step, which one more has to prove; otherwise it has stood for long.

    """

    missed: frozenset[int] = frozenset()
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
        expected: the step of their draw that it has to show.
        missed: how many it has missed while it stood.
        tested_at: when the draw was last changed so as to test it, or a change was judged.
        load: the vehicles whose draw it has to show.

    """

    values: DrawHistory = field(default_factory=lambda: DrawHistory(_KEPT_SECONDS))
    stands_since: float = inf
    finest: float = inf
    members: frozenset[Hashable] = frozenset()
    expected: ExpectedStep = field(default_factory=lambda: ExpectedStep(STEP_AMPS))
    missed: int = 0
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
            self.stands_since, self.missed = now, 0
        self.values.add(now, value)

    def follow(self, now: float, load: FuseLoad) -> None:
        """Take the draw of the vehicles that it has to show."""
        members = frozenset((item.key, item.session) for item in load.draws)
        if members != self.members:
            if not members >= self.members:
                # What it has missed may have been the draw of one that is no longer concerned.
                self.missed = 0
            self.members, self.tested_at = members, -inf
            self.expected = ExpectedStep(STEP_AMPS)
        self.load = load
        self.expected.update(now, load.drawn)

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
    ) -> Standing:
        """Take what the vehicles draw and the newest readings, and return which sensors stand.

        Args:
            now: the time.
            load: the vehicles, with the phases that they may charge on.
            readings: the newest reading of each sensor.
            patience: s within which the sensors show a step.

        """
        if any(len(item.phases) > 1 for item in readings):
            # A sensor that sums up the phases is the meter as a whole.
            return Standing()
        self._read(now, load, readings)
        for sensor in self._sensors:
            self._judge(now, sensor, patience)
        places = dict(enumerate(self._sensors))
        doubted = [place for place, item in places.items() if item.is_doubted]
        standing = [place for place, item in places.items() if item.stands(now)]
        return Standing(
            missed=frozenset(
                place for place, item in places.items() if item.missed >= MISSED_STEPS
            ),
            tested=next(chain(doubted, standing), None),
            is_doubted=bool(doubted),
        )

    def _read(
        self, now: float, load: FuseLoad, readings: Sequence[PhaseReading]
    ) -> None:
        """Take the newest readings, and what each of the sensors has to show."""
        if len(readings) > len(self._sensors):
            self._sensors = tuple(_Sensor() for _ in readings)
        for sensor, reading in zip(self._sensors, readings, strict=False):
            sensor.read(now, reading.amps)
            there = load.tested_on(reading.phases, each_shows=self._each_shows)
            sensor.follow(now, there)

    def has_carried(self, now: float, place: int) -> bool:
        """Return whether a sensor has shown a load lately, by its place; also of one that is not known yet."""
        return place >= len(self._sensors) or self._sensors[place].has_carried(now)

    def note_test(self, now: float, place: int) -> None:
        """Note that the draw that a sensor has to show is changed on purpose: it is not tested again for a while."""
        self._sensors[place].tested_at = now

    def _judge(self, now: float, sensor: _Sensor, patience: float) -> None:
        """Note whether a sensor has missed the step that it must have shown by now."""
        step = sensor.expected.take(now, patience)
        if step is None:
            return
        sensor.tested_at = now
        stood = step.began - sensor.stands_since
        if stood < IDENTICAL_SECONDS or self._is_too_coarse(sensor, step):
            # Within less many a phase stands between two loads that are switched on it.
            return
        others = (item for item in self._sensors if item is not sensor)
        if any(item.share(now, step) >= _SHOWN_SHARE for item in others):
            sensor.missed = min(sensor.missed + 1, MISSED_STEPS)

    @staticmethod
    def _is_too_coarse(sensor: _Sensor, step: Step) -> bool:
        """Return whether a sensor reports only larger changes than a step."""
        return abs(step.change) < sensor.finest < inf
