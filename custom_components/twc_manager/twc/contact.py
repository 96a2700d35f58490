"""When a connector may last have received a master, from what was sent to it and what it sent. Times are in s.

A connector runs on its last offer until it has missed its master for long. What was sent is not always delivered at
once: a network adapter that stands still delivers everything later, in the same order.
"""

from typing import Final

SILENCE_SECONDS: Final = 26.0
"""A connector that is silent for so long is gone; a connector judges its master by the same time."""

FALLBACK_SECONDS: Final = 60.0
"""A connector without a master for 26 s stops its car within another 30 s; with a margin."""

HELD_BACK_SECONDS: Final = 60.0
"""How long an adapter may hold a heartbeat back, as long as nothing has shown that it was delivered."""


class Contact:
    """The contact with one connector."""

    __slots__ = ("_delivered", "_heard_us_at", "_last", "_sent_at")

    def __init__(self, now: float) -> None:
        """Begin with a connector that receives us now."""
        self._last = now
        self._sent_at = now
        self._heard_us_at = now
        # Whether a heartbeat that was sent no earlier than its last one was answered, by this or another connector.
        self._delivered = True

    @property
    def sent_at(self) -> float:
        """Return when the last heartbeat was sent to it."""
        return self._sent_at

    def sent(self, now: float) -> None:
        """Note a heartbeat that was sent to it."""
        self._last = self._sent_at = now
        self._delivered = False

    def answered(self) -> None:
        """Note that it answered its last heartbeat."""
        self._heard_us_at = self._sent_at

    def announced(self, now: float) -> None:
        """Note that it announces itself: it receives no master, and nothing for it is on its way."""
        self._last = now
        self._delivered = True

    def others_answered(self, sent_at: float, now: float) -> None:
        """Note an answer to a heartbeat of that time: what was sent to this one until then is delivered by now."""
        if not self._delivered and self._sent_at <= sent_at:
            self._last = now
            self._delivered = True

    @property
    def misses_us_at(self) -> float:
        """Return from when on it may have given up its master, unless it answers before."""
        return self._heard_us_at + SILENCE_SECONDS

    @property
    def ends_at(self) -> float:
        """Return from when on it must have stopped its car, unless it may receive us or its contact is noted before."""
        return self._last + self._longest

    def may_miss_us(self, now: float) -> bool:
        """Return whether it has answered nothing for so long that it may have given up its master and its offer."""
        return now - self._heard_us_at >= SILENCE_SECONDS

    def has_ended(self, now: float) -> bool:
        """Return whether it has been without a master for so long that it must have stopped its car."""
        return now - self._last >= self._longest

    @property
    def _longest(self) -> float:
        return FALLBACK_SECONDS + (0.0 if self._delivered else HELD_BACK_SECONDS)
