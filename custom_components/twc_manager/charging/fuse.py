"""The main fuse: how many A all charging may use so that the house stays below it, in every mode.

What the others in the house use is the meter's reading less what the cars drew when it was taken. Nobody
knows exactly when that was, so the draw of a moment before counts when an overload is judged, and the lowest
draw of a while when there may be room.

Time is an argument, in s of a monotonic clock; currents are in A, power is in W.
"""

from collections import deque
from dataclasses import dataclass
from math import floor, isfinite
from typing import Final

ABSURD_AMPS: Final = 1000.0
"""No house's meter shows more."""

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
        at: when it was read, in s of the monotonic clock.
        currents: A of each phase there is a sensor for.
        power_w: power drawn from the grid, negative when fed in; None if the meter tells A.

    """

    at: float
    currents: tuple[float, ...] = ()
    power_w: float | None = None

    def amps(self, config: FuseConfig) -> float | None:
        """Return the A of the phase with the most; None if it is no believable reading."""
        amps = [float(value) for value in self.currents]
        if self.power_w is not None:
            # Spread evenly, as nothing better is known.
            amps.append(self.power_w / (config.voltage * config.phases))
        if not amps or not all(isfinite(value) for value in amps):
            return None
        if any(abs(value) > ABSURD_AMPS for value in amps):
            return None
        return max(amps)


class FuseGuard:
    """Watches the main fuse.

    Attributes:
        silent: whether the sensor has nothing (new) to say: then there is no room.

    """

    def __init__(self, config: FuseConfig) -> None:
        """Start without a reading: nobody may charge before there is one."""
        self._config = config
        self._allowed: float | None = None
        self._draws: deque[tuple[float, float]] = deque()
        self._reading_at: float | None = None
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
        amps = reading.amps(self._config) if reading is not None else None
        self.silent = (
            amps is None
            or reading is None
            or not isfinite(reading.at)
            or now - reading.at > self._config.max_age
        )
        if self.silent or amps is None or reading is None:
            self._allowed, self._room_since = (
                (None, None) if self._allowed is None else (0.0, None)
            )
            return 0
        at = min(reading.at, now)
        headroom = self._config.size - MARGIN - amps
        if self._reading_at is None or at > self._reading_at:
            self._reading_at = at
            lowest = self._lowest(at - CALM_SECONDS)
            calm = at >= max(changed_at + LAG_SECONDS, self._raised_at + STEP_SECONDS)
            self._judge(at, headroom, lowest, least, calm=calm)
        return max(floor(self._allowed or 0.0), 0)

    def _judge(
        self, at: float, headroom: float, lowest: float, least: int, *, calm: bool
    ) -> None:
        """Judge a new reading; one that is not calm may be older than the last change."""
        room = headroom + lowest
        if self._allowed is None:
            self._allowed = max(room, 0.0)
            return
        bearable = max(headroom + self._highest(at - LAG_SECONDS), 0.0)
        if bearable < self._allowed:
            self._allowed = bearable
            self._room_since = None
            return
        if room < self._next_step(least):
            self._room_since = None
            return
        if self._room_since is None:
            self._room_since = at
        after = RESUME_AFTER if self._allowed < least else RAISE_AFTER
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
