"""A deadband for measured values that jitter: each change is a row in the recorder's database."""

from dataclasses import dataclass
from math import inf
from typing import Final

SETTLE_SECONDS: Final = 4.0
"""How many s a value has to be constant to count as settled."""


@dataclass(frozen=True, slots=True)
class DeadbandConfig:
    """The deadband of a value.

    Attributes:
        step: resolution that the value is rounded to.
        noise: maximum deviation of a value at rest.
        band: minimum change that is shown at once.
        seconds: time after which any change is shown, in s.

    """

    step: float
    noise: float
    band: float
    seconds: float


class Deadband:
    """A measured value as it is shown: rounded, and constant while it only jitters."""

    __slots__ = ("_config", "_rest", "_rest_since", "_shown", "_shown_at")

    def __init__(self, config: DeadbandConfig) -> None:
        """Start without a value."""
        self._config = config
        self._shown: float | None = None
        self._shown_at = -inf
        self._rest = inf
        self._rest_since = inf

    def update(self, value: float, now: float) -> float:
        """Take a measurement, and return the value to show; a fall to 0 is shown at once."""
        rounded = round(round(value / self._config.step) * self._config.step, 6)
        if abs(rounded - self._rest) > self._config.noise:
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
            or moved >= self._config.band
            or (moved > self._config.noise and at_rest)
            or now - self._shown_at >= self._config.seconds
        )
