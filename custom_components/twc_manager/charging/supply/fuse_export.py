"""A meter that shows less than the vehicles draw, although it has never shown that the house feeds in.

A sum over phases that has lost one looks like that, unless an unknown inverter covers what the vehicles draw there.
That is not proof, so the meter is tested.

Times are in s of a monotonic clock, currents in A.
"""

from collections import deque
from typing import Final

_SLACK_AMPS: Final = 2.0
"""Difference between draw and reading that counts: connectors and meters round."""

_FED_IN_AMPS: Final = -0.5
"""A meter that has shown this much is behind an inverter."""

_LASTING_SECONDS: Final = 15.0
"""A shorter difference may be the lag of the meter."""

_OVER_SECONDS: Final = 60.0
"""It has to show enough for so long before it is credible again: other loads are switched on and off."""

_TESTS: Final = 6
_TESTS_SECONDS: Final = 3600.0
"""No more than so many tests are made within this time: an inverter may keep a meter at zero."""


class ImpliedExport:
    """Notes since when a meter shows less than the vehicles draw."""

    def __init__(self) -> None:
        """Start without a reading."""
        self._feeds_in = False
        self._since: float | None = None
        self._last = 0.0
        self._tests: deque[float] = deque(maxlen=_TESTS)

    def update(self, now: float, shown: float | None, drawn: float) -> None:
        """Take a reading.

        Args:
            now: the time.
            shown: the sum over the phases; None if it cannot be believed, or has no sign.
            drawn: what the vehicles have drawn at least since before the reading was taken, on one phase.

        """
        if shown is None:
            return
        self._feeds_in |= shown <= _FED_IN_AMPS
        if shown < drawn - _SLACK_AMPS:
            self._since = now if self._since is None else self._since
            self._last = now
        if self._feeds_in or now - self._last >= _OVER_SECONDS:
            self._since = None

    def is_suspected(self, now: float, followed_at: float) -> bool:
        """Return whether a phase may be missing; `followed_at` is when the meter last showed a step."""
        since = self._since
        return (
            since is not None
            and now - since >= _LASTING_SECONDS
            and followed_at <= since
        )

    def may_test(self, now: float) -> bool:
        """Return whether the meter may be tested for it."""
        return len(self._tests) < _TESTS or now - self._tests[0] > _TESTS_SECONDS

    def note_test(self, now: float) -> None:
        """Note that a test has begun."""
        self._tests.append(now)
