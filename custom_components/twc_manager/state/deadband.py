"""Holding back values that only jitter, since each change is a row in somebody's database."""

from dataclasses import dataclass
from math import inf
from typing import Final

SETTLE_SECONDS: Final = 4.0
"""A value that has stopped moving for so long is where it will stay."""


@dataclass(frozen=True, slots=True)
class DeadbandConfig:
    """What counts as jitter of a value.

    Attributes:
        step: what the value is rounded to.
        noise: a value that stays within this is at rest.
        band: a change this large is passed on at once.
        seconds: any change is passed on when so long has gone by since the last one.

    """

    step: float
    noise: float
    band: float
    seconds: float


class Deadband:
    """A measured value as it is shown: rounded, and still while it only jitters."""

    __slots__ = ("_jitter", "_rest", "_rest_since", "_shown", "_shown_at")

    def __init__(self, jitter: DeadbandConfig) -> None:
        """Start without a value."""
        self._jitter = jitter
        self._shown: float | None = None
        self._shown_at = -inf
        self._rest = inf
        self._rest_since = inf

    def update(self, value: float, now: float) -> float:
        """Take a measurement and return what to show. A value that falls to 0 is passed on at once."""
        rounded = round(round(value / self._jitter.step) * self._jitter.step, 6)
        if abs(rounded - self._rest) > self._jitter.noise:
            self._rest, self._rest_since = rounded, now
        if self._shown is None or self._may_change(self._shown, rounded, now):
            self._shown, self._shown_at = rounded, now
        return self._shown

    def _may_change(self, shown: float, rounded: float, now: float) -> bool:
        if rounded == shown:
            return False
        moved = abs(rounded - shown)
        at_rest = now - self._rest_since >= SETTLE_SECONDS
        return (
            rounded == 0
            or moved >= self._jitter.band
            or (moved > self._jitter.noise and at_rest)
            or now - self._shown_at >= self._jitter.seconds
        )
