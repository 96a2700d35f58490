"""The requests of a person at one connector, which shorten the minute between a start and a stop.

The minute protects relays and vehicles from automations. A person who switches off has a reason and sees the effect, so
a few of their stops only wait for as long as the handshake of a vehicle needs.

Time is an argument, in s of a monotonic clock.
"""

from collections import deque
from typing import Final

from ..outcome import OwnerRequest

OWNER_SECONDS: Final = 15.0
"""Minimum time from the first offer to a person's stop, and from a stop to a person's start: a vehicle that has just
been offered current still negotiates."""

OWNER_STOPS: Final = 3
"""How many stops of a person within `WINDOW_SECONDS` need not wait for the minute."""

WINDOW_SECONDS: Final = 600.0


class OwnerCalls:
    """Remembers a person's request until the rules have followed it, and the stops that it has shortened."""

    __slots__ = ("_request", "_stops")

    def __init__(self) -> None:
        """Start without a request."""
        self._request: OwnerRequest | None = None
        self._stops: deque[float] = deque(maxlen=OWNER_STOPS)

    @property
    def wants_less(self) -> bool:
        """Return whether the vehicle is stopped, or about to be, because a person asked for it."""
        return self._request is OwnerRequest.LESS

    def ask(self, request: OwnerRequest) -> None:
        """Take a request."""
        self._request = request

    def note_allowed(self) -> None:
        """Note that the vehicle may charge, so that a later stop is not the person's."""
        if self._request is OwnerRequest.LESS:
            self._request = None

    def note_paused(self) -> None:
        """Note that the vehicle may not charge, so that a later start is not the person's."""
        if self._request is OwnerRequest.MORE:
            self._request = None

    def note_stop(self, now: float) -> None:
        """Note a stop that began within the minute."""
        self._stops.append(now)

    def stop_at(self, now: float, steady: float, offered_at: float | None) -> float:
        """Return from when on the vehicle may be stopped.

        Args:
            now: the time.
            steady: when the minute is over.
            offered_at: when the vehicle got its first offer; None if unknown.

        """
        if not self.wants_less:
            return steady
        earliest = now if offered_at is None else offered_at + OWNER_SECONDS
        if len(self._stops) == OWNER_STOPS:
            earliest = max(earliest, self._stops[0] + WINDOW_SECONDS)
        return min(earliest, steady)

    def start_seconds(self, steady: float) -> float:
        """Return the minimum time from a stop to a start; `steady` is that of automations."""
        return OWNER_SECONDS if self._request is OwnerRequest.MORE else steady
