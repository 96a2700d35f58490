"""Remembers that a connector did not obey, and for how long that counts."""

from typing import Final

QUARANTINE_SECONDS: Final = 900.0
"""How many s a connector has to obey in the same plug-in session before its vehicle may charge again."""


class Disobedience:
    """Remembers that a connector did not obey, since a stopped one draws nothing, which proves nothing."""

    __slots__ = ("_seen_at",)

    def __init__(self) -> None:
        """Start with a connector that obeys."""
        self._seen_at: float | None = None

    def update(self, now: float, *, disobeys: bool) -> None:
        """Take whether it obeys now."""
        if disobeys:
            self._seen_at = now

    def until(self, now: float) -> float | None:
        """Return until when it counts as disobeying, in s; None if it obeys."""
        if self._seen_at is None or now >= self._seen_at + QUARANTINE_SECONDS:
            return None
        return self._seen_at + QUARANTINE_SECONDS
