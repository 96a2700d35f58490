"""What connectors without a link announce: which ids are two units, and which never answer.

A connector without a link announces itself every 10 s, with a sign that it chooses at power-up. Times are in s of a
monotonic clock.
"""

from dataclasses import dataclass, field
from typing import Final

ALTERNATION_SECONDS: Final = 60.0
"""Signs that come as A, B, A within this time are of two units. One change alone is a power-up."""

UNANSWERED_SECONDS: Final = 60.0
"""A connector that has announced itself for so long has no master, and has stopped its car."""

GAP_SECONDS: Final = 30.0
"""Announcements further apart than this do not belong together: up to two may be lost."""


@dataclass(slots=True)
class _Announced:
    """The announcements of one id."""

    signs: list[tuple[int, float]] = field(default_factory=list)
    """The last signs, each with the time of its last announcement in a row."""
    alternated_at: float | None = None
    since: float | None = None
    last: float = 0.0

    def received(self, sign: int, now: float) -> None:
        if self.signs and self.signs[-1][0] == sign:
            self.signs[-1] = sign, now
        else:
            self.signs = [*self.signs[-2:], (sign, now)]
            first, first_at = self.signs[0]
            is_back = len(self.signs) == 3 and first == sign
            if is_back and now - first_at <= ALTERNATION_SECONDS:
                self.alternated_at = now
        if self.since is None or now - self.last > GAP_SECONDS:
            self.since = now
        self.last = now


class Announcements:
    """Keeps what was announced."""

    def __init__(self) -> None:
        """Start with nothing announced."""
        self._ids: dict[int, _Announced] = {}

    def received(self, connector_id: int, sign: int, now: float) -> None:
        """Take a linkready."""
        self._ids.setdefault(connector_id, _Announced()).received(sign, now)

    def answered(self, connector_id: int) -> None:
        """Note that a connector answers, or is not addressed: then it cannot."""
        if (announced := self._ids.get(connector_id)) is not None:
            announced.since = None

    def is_duplicate(self, connector_id: int, now: float) -> bool:
        """Return whether two units have this id: until one sign alone, or none, was announced for a minute."""
        announced = self._ids.get(connector_id)
        if announced is None or announced.alternated_at is None:
            return False
        return now - announced.alternated_at < ALTERNATION_SECONDS

    def is_unanswered(self, connector_id: int, now: float) -> bool:
        """Return whether a connector has announced itself for long without an answer to our heartbeats."""
        announced = self._ids.get(connector_id)
        if announced is None or announced.since is None:
            return False
        has_stopped = now - announced.last > GAP_SECONDS
        return (
            not has_stopped and announced.last - announced.since >= UNANSWERED_SECONDS
        )

    def duplicates(self, now: float) -> list[int]:
        """Return the ids that two units have."""
        return [item for item in self._ids if self.is_duplicate(item, now)]

    def unanswered(self, now: float) -> list[int]:
        """Return the ids of connectors that do not answer."""
        return [item for item in self._ids if self.is_unanswered(item, now)]
