"""The response of a meter to our own draw: whether it is alive, how late it is, and which way it counts.

A meter that contains the chargers has to move when their draw moves. Each change of 3 A within 30 s is an
experiment. What the meter shows after it, once its usual interval has passed, is one vote. Several votes decide,
since the rest of the house switches loads as well.

A meter has one channel, or one for each phase: whether it is alive and which way it counts shows in their sum, and
what it has confirmed in each of them.

Draws and readings are in the same unit, in A or in W. Time is an argument, in s of a monotonic clock.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from math import inf
from operator import itemgetter
from typing import Final

from .response_confirmation import Confirmation, LastRaise
from .response_readings import MAX_INTERVAL, DrawHistory, Measurement, ReadingHistory
from .response_votes import (
    DEFAULT_LAG,
    LAST_SECONDS,
    STEP_SECONDS,
    ExpectedStep,
    Flat,
    MeterState,
    Step,
    Votes,
)

STEP_AMPS: Final = 3.0
"""Minimum change of our draw, in A, that is recognized in a meter's readings."""

_READINGS: Final = 240


_VOUCHED_SECONDS: Final = 60.0
"""A reading that moves, but not by the raise, shows no more than one raise in this time, unless it moves all the time:
a sensor that lives for a moment jumps to and fro."""


class Channel:
    """One channel of a meter: its readings, and the draw that it has confirmed."""

    def __init__(self, step: float, readings: ReadingHistory, memory: float) -> None:
        """Start without knowledge."""
        self.readings = readings
        self.confirmation = Confirmation(step)
        self._memory = memory
        self.draws = DrawHistory()
        self._tolerance = step / 3

    @property
    def has_to_show(self) -> bool:
        """Return whether it contains a draw of ours."""
        return self.draws.at(inf) > 0

    def update(
        self,
        now: float,
        draw: float,
        reading: Measurement | None,
        lag: float,
        proven: float,
        *,
        late_counts: bool,
        vouches: bool,
    ) -> bool:
        """Take our draw on it and its newest reading, and return whether its value is another one."""
        self.draws.add(now, draw)
        if reading is None:
            return False
        changed = self.readings.add(reading, self.draws, self._tolerance)
        recent = self.draws.between(now - self._memory, now)
        patience = self.readings.interval + lag
        # By then the vote on the raise is known.
        any_after = self.readings.longest_interval + 2 * lag if late_counts else None
        is_lively = self.readings.is_lively(now)
        self.confirmation.update(
            now,
            recent,
            reading.value,
            patience,
            proven,
            any_after=any_after,
            pause=inf if not vouches else 0.0 if is_lively else _VOUCHED_SECONDS,
            is_awake=not late_counts and self.readings.is_awake(now),
        )
        return changed


class MeterResponse:
    """Learns from our own steps what one meter does."""

    def __init__(
        self,
        step: float = STEP_AMPS,
        *,
        channels: int = 1,
        largest: int = 1,
        longest: float = MAX_INTERVAL,
        unlearned: float = 0.0,
        late_counts: bool = False,
        memory: float = STEP_SECONDS,
    ) -> None:
        """Start without knowledge.

        Args:
            step: the size of a step in the unit of the meter (3 A).
            channels: how many readings the meter has.
            largest: how many times our draw the sum of the channels may have of it: the number of phases.
            longest: the longest interval, in s, of a meter that is polled more often than it measures.
            unlearned: the interval, in s, that it may have while its value has hardly changed yet.
            memory: how long a draw counts as confirmed after it has fallen, in s.
            late_counts: whether a value that moves later than the meter's delay confirms a raise, where no test can
                repeat it, unless it counted the other way round at the last step.

        """
        self._size = step
        self._channels = tuple(
            Channel(step, ReadingHistory(longest, unlearned), memory)
            for _ in range(channels)
        )
        self._sums: deque[tuple[float, float]] = deque(maxlen=_READINGS)
        self._expected = ExpectedStep(step)
        self._votes = Votes(step, largest)
        self._late_counts = late_counts

    @property
    def state(self) -> MeterState:
        """Return what the votes say."""
        return self._votes.state

    @property
    def size(self) -> float | None:
        """Return how many times our draw the meter has of it, by the agreeing votes; None if it is not known."""
        return self._votes.size

    @property
    def lag(self) -> float:
        """Return the maximum lag with which the meter shows a step, in s."""
        return self._votes.lag

    @property
    def minimum_lag(self) -> float | None:
        """Return the minimum lag with which the meter shows a step, in s; None if it is not known."""
        return self._votes.minimum_lag

    @property
    def interval(self) -> float:
        """Return the usual time between two measurements, in s."""
        return max(item.readings.interval for item in self._channels)

    @property
    def longest_interval(self) -> float:
        """Return the time within which the meter measures again, in s: a long one before its interval is known."""
        return max(item.readings.longest_interval for item in self._channels)

    @property
    def patience(self) -> float:
        """Return the time after which the meter has shown a step, in s: longer while its interval is not known."""
        return self.longest_interval + max(self.lag, DEFAULT_LAG) + LAST_SECONDS

    @property
    def measured_at(self) -> float:
        """Return the time of the newest reading that is a measurement of its own, in s."""
        return min(item.readings.measured_at for item in self._channels)

    @property
    def value_since(self) -> float:
        """Return since when all channels have shown the same values, in s."""
        return max(item.readings.value_since for item in self._channels)

    @property
    def confirmed(self) -> tuple[float | None, ...]:
        """Return the highest draw that each channel has shown; None before its first reading."""
        return tuple(item.confirmation.level for item in self._channels)

    @property
    def raised_at(self) -> tuple[float | None, ...]:
        """Return since when each channel has not shown our draw, in s; None for one that has."""
        return tuple(item.confirmation.raised_at for item in self._channels)

    def last_raises(self, now: float) -> tuple[LastRaise, ...]:
        """Return what each channel has shown of the last raise."""
        return tuple(
            LastRaise(
                item.confirmation.raised_at,
                item.confirmation.shown_at,
                item.readings.is_lively(now),
            )
            for item in self._channels
        )

    @property
    def unconfirmed_since(self) -> float | None:
        """Return since when a channel has not shown our draw, in s; None if all have."""
        return min((at for at in self.raised_at if at is not None), default=None)

    @property
    def is_doubted(self) -> bool:
        """Return whether the meter has not moved at the last step, which one more has to prove."""
        return self._votes.is_doubted

    @property
    def stood_still(self) -> bool:
        """Return whether the meter has not moved since a step of ours, whether or not that proves anything."""
        return self._votes.stood_still

    @property
    def absent(self) -> int:
        """Return how many of the last steps the meter did not show although it moved; `ABSENT_VOTES` at most."""
        return self._votes.absent

    @property
    def followed_at(self) -> float:
        """Return when the last step ended that the meter followed, in s."""
        return self._votes.followed_at

    @property
    def is_contradicted(self) -> bool:
        """Return whether the meter moved the other way at our steps more often than it followed."""
        return self._votes.is_contradicted

    @property
    def was_inverted(self) -> bool:
        """Return whether the meter moved the other way at the last step that it showed."""
        return self._votes.was_inverted

    @property
    def silent_since(self) -> float | None:
        """Return since when no channel that has to show our draw has shown it, in s; None if one has."""
        channels = (item for item in self._channels if item.has_to_show)
        raised = [item.confirmation.raised_at for item in channels]
        known = [at for at in raised if at is not None]
        return max(known, default=None) if len(known) == len(raised) else None

    @property
    def wake_at(self) -> float | None:
        """Return when the step that the meter has to show is judged, in s; None without one."""
        step = self._expected.step
        return None if step is None else step.ended + self.patience

    def update(
        self,
        now: float,
        draws: Sequence[float],
        readings: Sequence[Measurement | None],
        *,
        draw: float | None = None,
        flat: Flat | None = None,
        vouching: Sequence[bool] | None = None,
    ) -> None:
        """Take what the chargers draw now and the newest readings of the meter.

        Args:
            now: the time.
            draws: the draw of the chargers that each channel may contain.
            readings: the newest reading of each channel; None for one that does not count.
            draw: the draw of all chargers together; by default the highest of `draws`.
            flat: what an unchanged reading means; by default a doubt if it shows import. Near zero and at
                export a house battery or an inverter may regulate it.
            vouching: for each channel, whether a movement other than the raise shows that the vehicle may not be there;
                by default it does.

        """
        self._votes.expire(now)
        proven = self._proven()
        lag = max(self.lag, DEFAULT_LAG)
        late_counts = self._late_counts and not self._votes.was_inverted
        vouching = vouching or (True,) * len(self._channels)
        changed = [
            channel.update(
                now,
                amps,
                reading,
                lag,
                proven,
                late_counts=late_counts,
                vouches=vouches,
            )
            for channel, amps, reading, vouches in zip(
                self._channels, draws, readings, vouching, strict=True
            )
        ]
        values = [item.value for item in readings if item is not None]
        if len(values) == len(self._channels):
            self._note_sum(now, sum(values))
        if any(changed):
            self._votes.note_movement()
        self._expected.update(now, max(draws) if draw is None else draw)
        self._judge_in_time(now, flat)

    def _note_sum(self, now: float, value: float) -> None:
        """Note what all channels show; of a value that stands the first and the last time."""
        sums = self._sums
        if len(sums) > 1 and sums[-1][1] == sums[-2][1] == value:
            sums[-1] = now, value
        else:
            sums.append((now, value))

    def _judge_in_time(self, now: float, flat: Flat | None) -> None:
        """Take the vote on a step once the meter must have shown it."""
        step = self._expected.take(now, self.patience)
        if step is not None:
            self._judge(step, flat)

    def _proven(self) -> float:
        """Return the highest draw that any channel has shown."""
        return max((level or 0.0 for level in self.confirmed), default=0.0)

    def _judge(self, step: Step, flat: Flat | None) -> None:
        """Take the vote on a step."""
        sums = list(self._sums)
        first_after = bisect_right(sums, step.began, key=itemgetter(0))
        before, after = sums[:first_after], sums[first_after:]
        if not before or not after:
            return
        imports = before[-1][1] > self._size * 2 / 3
        if self.value_since > step.began:
            self._votes.judge(step, before, after, self.interval, loaded=imports)
            return
        if flat is None:
            flat = Flat.DOUBT if imports else Flat.NOTHING
        self._votes.add_flat(flat)
