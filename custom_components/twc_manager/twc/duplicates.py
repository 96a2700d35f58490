"""Two units with one id: what proves them, from their announcements and from their answers.

Both units receive each heartbeat and each query for the id, and both answer. Often the two answers collide; those that come
through show the values of one unit and of the other in turn, and no single unit goes back and forth between two values.
Times are in s of a monotonic clock.
"""

from dataclasses import dataclass, field
from typing import Final

from .messages import FromConnector, Heartbeat, Meter, SerialNumber

ANSWERS_SECONDS: Final = 300.0
"""Answers to queries that alternate within this time are of two units; most of them may be lost to collisions."""

DRAW_SECONDS: Final = 30.0
"""Draws that alternate within this time are of two cars."""

ALTERNATING_ANSWERS: Final = 4
"""A, B, A, B: noise with a valid checksum does not repeat itself."""

ALTERNATING_DRAWS: Final = 6
"""A car may start, stop and start again, but not three times within half a minute."""

SAME_COUNT: Final = 1.0
"""A counter of whole kWh moves on by so much meanwhile."""

SAME_DRAW: Final = 3.0
"""Draws that differ by no more than this, in A, may be of one car: it ramps, and its meter jitters."""

SAME_OFFER: Final = 1.0
"""Offers that differ by no more than this, in A, do not make a car alternate."""


@dataclass(slots=True)
class Alternation:
    """Detects a value that alternates between two.

    Attributes:
        needed: how many times in a row one of two values has to replace the other, the first time included.
        seconds: time within which that has to happen.
        tolerance: by how much two numbers may differ that are the same value.

    """

    needed: int
    seconds: float
    tolerance: float = 0.0
    _runs: list[tuple[float | str, float]] = field(default_factory=list)
    """The last values, each with the time at which it came last in a row."""

    @property
    def latest(self) -> float | str | None:
        """Return the value that came last; None before the first."""
        return self._runs[-1][0] if self._runs else None

    def received(self, value: float | str, now: float) -> bool:
        """Take a value and return whether it completes the proof."""
        if self._runs and self._same(self._runs[-1][0], value):
            self._runs[-1] = value, now
            return False
        self._runs = [*self._runs[1 - self.needed :], (value, now)]
        in_time = now - self._runs[0][1] <= self.seconds
        return len(self._runs) == self.needed and in_time and self._alternates()

    def reset(self) -> None:
        """Start over with no values."""
        self._runs.clear()

    def _alternates(self) -> bool:
        values = [value for value, _ in self._runs]
        return all(map(self._same, values, values[2:]))

    def _same(self, one: float | str, other: float | str) -> bool:
        if isinstance(one, str) or isinstance(other, str):
            return one == other
        return abs(one - other) <= self.tolerance


class AnswerWatch:
    """Watches the answers of one linked id for those of a second unit.

    Attributes:
        is_duplicate: whether two units answer.

    """

    __slots__ = ("_counter", "_draw", "_offer", "_serial_number", "is_duplicate")

    def __init__(self) -> None:
        """Start with no answers."""
        self.is_duplicate = False
        self._offer = 0.0
        self._serial_number = Alternation(ALTERNATING_ANSWERS, ANSWERS_SECONDS)
        self._counter = Alternation(ALTERNATING_ANSWERS, ANSWERS_SECONDS, SAME_COUNT)
        self._draw = Alternation(ALTERNATING_DRAWS, DRAW_SECONDS, SAME_DRAW)

    def heartbeat_sent(self, offer: float | None) -> None:
        """Note a heartbeat, with the offer in it if it carried one: a car alternates where its offers do."""
        if offer is not None and abs(offer - self._offer) > SAME_OFFER:
            self._offer = offer
            self._draw.reset()

    def received(self, answer: FromConnector, now: float) -> None:
        """Take an answer."""
        match answer:
            case SerialNumber() if answer.serial_number:
                proven = self._serial_number.received(answer.serial_number, now)
            case Meter():
                proven = self._counter.received(float(answer.counter), now)
            case Heartbeat():
                proven = self._draw.received(answer.drawn, now)
            case _:
                return
        self.is_duplicate = self.is_duplicate or proven
