"""The main fuse: how many A all charging may use so that the house stays below it, in every mode.

What the others in the house use is the meter's reading less what the cars drew when it was taken. Nobody
knows exactly when that was, so the draw of a moment before counts when an overload is judged, and the lowest
draw of a while when there may be room.

The sensors of the phases speak one by one. Whatever is new is judged at once where it leaves less; only when
all have spoken anew may there be more.

Time is an argument, in s of a monotonic clock; currents are in A, power is in W.
"""

from collections import deque
from dataclasses import dataclass
from math import floor, inf, isfinite
from typing import Final

ABSURD_TIMES: Final = 3.0
"""So many times the size of the fuse, either way, no meter shows for long enough to tell of it."""

MARGIN: Final = 1.0
"""What is kept free below the fuse, in A."""

LAG_SECONDS: Final = 3.0
"""How far a meter may lag behind the chargers when an overload is judged."""

CALM_SECONDS: Final = 10.0
"""The lowest draw of so long counts when room is judged."""

RAISE_AFTER: Final = 30.0
"""How long there must have been room before it is used again."""

RESUME_AFTER: Final = 60.0
"""The same when there was not even room for the least offer."""

STEP_SECONDS: Final = 10.0
STEP_AMPS: Final = 2
"""How room is taken into use again: so much at a time."""


@dataclass(frozen=True, slots=True)
class FuseConfig:
    """The main fuse.

    Attributes:
        size: A per phase.
        voltage: V of a phase, for a meter that tells W.
        phases: phases that such a meter sums up.
        max_age: s after which a reading counts as none.

    """

    size: float
    voltage: float = 230
    phases: int = 1
    max_age: float = 30


@dataclass(frozen=True, slots=True)
class FuseReading:
    """What the meter at the main fuse says of the whole house, the chargers included.

    Attributes:
        at: when it was read, in s of the monotonic clock; the oldest of the times.
        currents: A of each phase there is a sensor for.
        power_w: power drawn from the grid, negative when fed in; None if the meter tells A.
        times: when each of the currents was read; empty if all were at once.

    """

    at: float
    currents: tuple[float, ...] = ()
    power_w: float | None = None
    times: tuple[float, ...] = ()

    def amps(self, config: FuseConfig) -> float | None:
        """Return the A of the phase with the most; None if it is no believable reading."""
        amps = [float(value) for value in self.currents]
        if self.power_w is not None:
            # Spread evenly, as nothing better is known.
            amps.append(self.power_w / (config.voltage * config.phases))
        absurd = ABSURD_TIMES * config.size
        if not amps or not all(isfinite(value) for value in amps):
            return None
        if any(abs(value) > absurd for value in amps):
            return None
        return max(amps)

    def phases(self, config: FuseConfig) -> tuple[tuple[float, float], ...] | None:
        """Return the A of each phase and when they were read; None if it is no believable reading."""
        most = self.amps(config)
        if most is None or not all(isfinite(at) for at in (self.at, *self.times)):
            return None
        if self.power_w is not None:
            return ((most, self.at),)
        times = self.times or (self.at,) * len(self.currents)
        if len(times) != len(self.currents):
            return None
        return tuple(zip(self.currents, times, strict=True))


class FuseGuard:
    """Watches the main fuse.

    Attributes:
        silent: whether the sensor has nothing (new) to say: then there is no room.

    """

    def __init__(self, config: FuseConfig) -> None:
        """Start without a reading: nobody may charge before there is one."""
        self._config = config
        self._allowed: float | None = None
        self._first = inf
        self._going_on = 0.0
        self._first_times: tuple[float, ...] | None = None
        self._draws: deque[tuple[float, float]] = deque()
        self._judged: tuple[tuple[float, float], ...] = ()
        self._room_since: float | None = None
        self._raised_at = 0.0
        self.silent = True

    def update(
        self,
        now: float,
        reading: FuseReading | None,
        *,
        drawn: float,
        changed_at: float,
        least: int,
    ) -> int:
        """Return the whole A that all charging may use.

        Args:
            now: the time.
            reading: the newest there is.
            drawn: A that all cars draw together.
            changed_at: when an offer was last raised or lowered.
            least: the least useful offer; to resume with less is of no use.

        """
        self._remember(now, drawn)
        phases = reading.phases(self._config) if reading is not None else None
        oldest = min(now, *(at for _, at in phases)) if phases else -inf
        self.silent = phases is None or not now - oldest <= self._config.max_age
        if self.silent or phases is None:
            self._forget()
            return 0
        fresh = [
            index
            for index, phase in enumerate(phases)
            if index >= len(self._judged) or _is_new(phase, self._judged[index])
        ]
        if fresh:
            self._judged = phases
            headroom = self._config.size - MARGIN - max(amps for amps, _ in phases)
            room = headroom + self._lowest(oldest - CALM_SECONDS)
            if self._allowed is None:
                self._begin(phases, room)
            elif not self._fall([phases[index] for index in fresh], now):
                newest = max(at for _, at in phases)
                self._rise(oldest, min(newest, now), room, changed_at, least)
        if self._allowed is None:
            # One reading alone is no reason for more, but none either to stop what goes on.
            self._going_on = max(self._going_on, drawn)
            return max(floor(min(self._first, self._going_on)), 0)
        return max(floor(self._allowed), 0)

    def _forget(self) -> None:
        """Leave no room, as nobody knows."""
        if self._allowed is not None:
            self._allowed = 0.0
        self._room_since = None
        self._judged = ()
        self._first, self._first_times, self._going_on = inf, None, 0.0

    def _begin(self, phases: tuple[tuple[float, float], ...], room: float) -> None:
        """Take the first room into use once every phase has told of it twice."""
        self._first = min(self._first, max(room, 0.0))
        times = tuple(at for _, at in phases)
        if self._first_times is None or len(self._first_times) != len(times):
            self._first_times = times
        elif all(
            at > first for at, first in zip(times, self._first_times, strict=True)
        ):
            self._allowed = self._first

    def _fall(self, fresh: list[tuple[float, float]], now: float) -> bool:
        """Return whether one of the new readings left less, having seen to that."""
        bearable = min(
            self._config.size
            - MARGIN
            - amps
            + self._highest(min(at, now) - LAG_SECONDS)
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


def _is_new(phase: tuple[float, float], before: tuple[float, float]) -> bool:
    """Return whether a phase was read anew, or says something else."""
    return phase[1] > before[1] or phase[0] != before[0]
