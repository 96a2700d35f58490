"""The main fuse: how many A all charging may use so that the house stays below it, in every mode.

What the others in the house use is the meter's reading less what the cars drew when it was taken. Nobody
knows exactly when that was, so the draw of a moment before counts when an overload is judged, and the lowest
draw of a while when there may be room.

The sensors of the phases speak one by one. Whatever is new is judged at once where it leaves less; only when
all have spoken anew may there be more.

A single number that cannot be is passed over for a moment. A sensor that stays like that, or says nothing for
too long, leaves no room: many report only changes, so that how long is for the owner to say.

Time is an argument, in s of a monotonic clock; currents are in A, power is in W.
"""

from collections import deque
from collections.abc import Sequence
from math import floor, inf
from typing import Final

from .fuse_reading import FuseConfig, FuseReading
from .phases import PhaseReading, VehicleDraw, even_share, total

MARGIN: Final = 1.0
"""What is kept free below the fuse, in A."""

LAG_SECONDS: Final = 3.0
"""How far a meter may lag behind the chargers when an overload is judged."""

OVERLOAD_SECONDS: Final = 3.5
OVERLOAD_TELLINGS: Final = 4
QUICK_LAG_SECONDS: Final = 1.0
"""An overload that is told of so often for so long is no echo of what the cars drew before they were lowered, and a
meter that speaks so often lags no more than this: with more, each fall would be a reason to doubt the next one."""

CALM_SECONDS: Final = 10.0
"""The lowest draw of so long counts when room is judged."""

RAISE_AFTER: Final = 30.0
"""How long there must have been room before it is used again."""

RESUME_AFTER: Final = 60.0
"""The same when there was not even room for the least offer."""

HOLD_SECONDS: Final = 4.5
"""For less than this what holds stays as it is while a sensor says what cannot be."""

STANDING_SECONDS: Final = 30.0
"""A first number that has stood for so long is as good as one that was told twice."""

GRACE_SECONDS: Final = 60.0
"""So long after a start what charges already may go on, and no more than that, while sensors come up in their own
time; shorter where they may be silent for less."""

STEP_SECONDS: Final = 10.0
STEP_AMPS: Final = 2
"""How room is taken into use again: so much at a time."""


class FuseGuard:
    """Watches the main fuse.

    Attributes:
        silent: whether the sensor has nothing (new) to say: then there is no room, at a start none for more.

    """

    def __init__(self, config: FuseConfig) -> None:
        """Start without a reading: nobody may begin to charge before there is one."""
        self._config = config
        self._began: float | None = None
        self._allowed: float | None = None
        self._first = inf
        self._going_on = 0.0
        self._first_times: tuple[float, ...] | None = None
        self._first_at = 0.0
        self._draws: deque[tuple[float, float]] = deque()
        self._judged: tuple[PhaseReading, ...] = ()
        self._alive_at = 0.0
        self._doubted_since: float | None = None
        self._over_since = 0.0
        self._over_told = 0
        self._room_since: float | None = None
        self._raised_at = 0.0
        self.silent = True

    def update(
        self,
        now: float,
        reading: FuseReading | None,
        *,
        drawn: float | Sequence[VehicleDraw],
        changed_at: float,
        least: int,
        held: float = 0.0,
    ) -> int:
        """Return the whole A that all charging may use.

        Args:
            now: the time.
            reading: the newest there is.
            drawn: A that all cars draw together, or the draw of each car.
            changed_at: when an offer was last raised or lowered.
            least: the least useful offer; to resume with less is of no use.
            held: A that those that draw need so as to go on, of what they have.

        """
        draws = [VehicleDraw("", 0, drawn)] if isinstance(drawn, float | int) else drawn
        self._remember(now, self._credit(draws, reading))
        if self._began is None:
            self._began = now
        if self._allowed is None:
            self._going_on = max(self._going_on, total(draws), held)
        phases = reading.phases(self._config) if reading is not None else ()
        believed = [(item.amps, item.at) for item in phases if item.amps is not None]
        if not believed or len(believed) < len(phases):
            return self._doubt(now, phases)
        self._doubted_since = None
        oldest = min(now, *(at for _, at in believed))
        self._alive_at = min(now, *(item.alive_at for item in phases))
        self.silent = not now - self._alive_at <= self._config.max_age
        if self.silent:
            self._forget()
            return 0
        fresh = self._fresh(phases)
        if fresh:
            self._judged = phases
            lag = self._lag(believed, fresh, now)
            headroom = self._config.size - MARGIN - max(amps for amps, _ in believed)
            room = headroom
            if now - oldest <= self._config.max_age:
                # Of a value that has stood for longer nobody remembers what the cars drew then.
                room += self._lowest(oldest - CALM_SECONDS)
            if self._allowed is not None and not self._fall(fresh, now, lag):
                newest = max(at for _, at in believed)
                self._rise(oldest, min(newest, now), room, changed_at, least)
            elif self._allowed is None:
                self._first = min(self._first, max(room, 0.0))
        if self._allowed is None:
            self._begin(tuple(at for _, at in believed), now)
        if self._allowed is None:
            # One reading alone is no reason for more, but none either to stop what goes on.
            return self._as_before()
        return max(floor(self._allowed), 0)

    def _credit(
        self, draws: Sequence[VehicleDraw], reading: FuseReading | None
    ) -> float:
        """Return the A of the cars that are in the reading of a phase."""
        if reading is not None and reading.is_sum:
            return even_share(draws, self._config.phases)
        return total(draws)

    @property
    def wake_at(self) -> float | None:
        """Return when to look again although nobody speaks, in s; None if nothing changes by time alone."""
        if self.silent:
            return None
        if self._doubted_since is not None:
            return self._doubted_since + HOLD_SECONDS
        # The first moment at which the sensor has been silent for too long.
        return self._alive_at + self._config.max_age + 0.1 if self._judged else None

    def _doubt(self, now: float, phases: tuple[PhaseReading, ...]) -> int:
        """Return what may be used while a sensor says what cannot be: for a moment no more than before."""
        if self._doubted_since is None:
            self._doubted_since = now
        if self._allowed is None and self._has_just_begun(now):
            self.silent = True
            return self._as_before()
        if self._allowed is None or now - self._doubted_since >= HOLD_SECONDS:
            self.silent = True
            self._forget()
            return 0
        if len(phases) == len(self._judged) and (fresh := self._fresh(phases)):
            # The others may tell of an overload all the same.
            self._fall(fresh, now, LAG_SECONDS)
        return max(floor(self._allowed), 0)

    def _has_just_begun(self, now: float) -> bool:
        """Return whether the sensors may not have come up yet."""
        grace = min(GRACE_SECONDS, self._config.max_age)
        return self._began is not None and now - self._began < grace

    def _as_before(self) -> int:
        """Return what goes on already, as far as the first readings bear it."""
        return max(floor(min(self._first, self._going_on)), 0)

    def _fresh(self, phases: tuple[PhaseReading, ...]) -> list[tuple[float, float]]:
        """Return those phases that can be believed and were read anew, or say something else."""
        return [
            (item.amps, item.at)
            for place, item in enumerate(phases)
            if item.amps is not None
            and (place >= len(self._judged) or _is_new(item, self._judged[place]))
        ]

    def _forget(self) -> None:
        """Leave no room, as nobody knows."""
        if self._allowed is not None:
            self._allowed = 0.0
        self._room_since = None
        self._over_told = 0
        self._judged = ()
        self._first, self._first_times, self._going_on = inf, None, 0.0

    def _begin(self, times: tuple[float, ...], now: float) -> None:
        """Take the first room into use once every phase has told of it twice, or its number has stood."""
        if self._first_times is None or len(self._first_times) != len(times):
            self._first_times, self._first_at = times, now
            return
        stood = now - self._first_at >= STANDING_SECONDS
        if stood or all(
            at > first for at, first in zip(times, self._first_times, strict=True)
        ):
            self._allowed = self._first

    def _lag(
        self,
        believed: list[tuple[float, float]],
        fresh: list[tuple[float, float]],
        now: float,
    ) -> float:
        """Return how far what was read anew may lag: less once it tells of an overload that lasts."""
        worst = max(believed)
        if worst[0] <= self._config.size:
            self._over_told = 0
            return LAG_SECONDS
        if not self._over_told:
            self._over_since = now
        self._over_told += worst in fresh
        lasts = now - self._over_since >= OVERLOAD_SECONDS
        if lasts and self._over_told >= OVERLOAD_TELLINGS:
            return QUICK_LAG_SECONDS
        return LAG_SECONDS

    def _fall(self, fresh: list[tuple[float, float]], now: float, lag: float) -> bool:
        """Return whether one of the new readings left less, having seen to that."""
        if not fresh:
            return False
        bearable = min(
            self._config.size - MARGIN - amps + self._highest(min(at, now) - lag)
            for amps, at in fresh
        )
        if max(bearable, 0.0) >= (self._allowed or 0.0):
            return False
        self._allowed = max(bearable, 0.0)
        self._room_since = None
        return True

    def _rise(
        self, at: float, newest: float, room: float, changed_at: float, least: int
    ) -> None:
        """Use room again that has been there for a while; a phase not heard since a change knows nothing."""
        if room < self._next_step(least):
            self._room_since = None
            return
        if self._room_since is None:
            self._room_since = newest
        after = RESUME_AFTER if (self._allowed or 0.0) < least else RAISE_AFTER
        calm = at >= max(changed_at + LAG_SECONDS, self._raised_at + STEP_SECONDS)
        if calm and at - self._room_since >= after:
            self._allowed = min(self._next_step(least), room)
            self._raised_at = at

    def _next_step(self, least: int) -> float:
        allowed = self._allowed or 0.0
        return max(floor(allowed) + STEP_AMPS, least)

    def _remember(self, now: float, drawn: float) -> None:
        self._draws.append((now, drawn))
        horizon = now - self._config.max_age - CALM_SECONDS
        while len(self._draws) > 1 and self._draws[1][0] <= horizon:
            self._draws.popleft()

    def _highest(self, since: float) -> float:
        return max(self._window(since))

    def _lowest(self, since: float) -> float:
        return min(self._window(since))

    def _window(self, since: float) -> list[float]:
        """Return the draws since a moment, and the one that held when it began."""
        before = [drawn for at, drawn in self._draws if at <= since][-1:]
        return before + [drawn for at, drawn in self._draws if at > since]


def _is_new(phase: PhaseReading, before: PhaseReading) -> bool:
    """Return whether a phase was read anew, or says something else."""
    return phase.at > before.at or phase.amps != before.amps
