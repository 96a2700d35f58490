"""Whether a connector counts as one that does not obey, and for how long."""

from typing import Final

QUARANTINE_SECONDS: Final = 900.0
"""How long a connector has to obey again in the same plug-in session before its vehicle may charge again."""


class Disobedience:
    """Remembers that a connector did not obey: once it is stopped it draws nothing, which proves nothing."""

    __slots__ = ("_seen_at",)

    def __init__(self) -> None:
        """Start with a connector that obeys."""
        self._seen_at: float | None = None

    def update(self, now: float, *, disobeys: bool) -> None:
        """Take whether it obeys now."""
        if disobeys:
            self._seen_at = now

    def until(self, now: float) -> float | None:
        """Return until when it counts as one that does not obey, in s; None if it obeys."""
        if self._seen_at is None or now >= self._seen_at + QUARANTINE_SECONDS:
            return None
        return self._seen_at + QUARANTINE_SECONDS
