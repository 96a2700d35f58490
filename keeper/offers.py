"""What was offered to each connector, by the bytes that were written: the records for the write gate.

This is a second, coarser check behind the guard of Home Assistant and of the keeper as a master: the offers together
never exceed the keeper's own limit. Amps are in A, times in s of a monotonic clock.
"""

from typing import Final

from custom_components.twc_manager.twc.contact import FALLBACK_SECONDS, SILENCE_SECONDS
from custom_components.twc_manager.twc.guard import MAX_CONNECTOR_AMPS

_MAX_CONNECTORS: Final = 16
_STOPPED_SECONDS: Final = SILENCE_SECONDS + FALLBACK_SECONDS
"""A connector without a heartbeat for so long has stopped its car."""


class SentOffers:
    """The last offer to each connector."""

    def __init__(self, total: float) -> None:
        """Start with nothing sent.

        Args:
            total: the limit for all connectors together.

        """
        self._total = total
        self._offers: dict[int, tuple[float, float]] = {}

    def has(self, connector_id: int, now: float) -> float | None:
        """Return the A that a connector has already."""
        amps, at = self._offers.get(connector_id, (0.0, now))
        return amps if now - at < _STOPPED_SECONDS else 0.0

    def allowed(self, connector_id: int, now: float) -> float | None:
        """Return the maximum in A that a connector may be sent."""
        has = self.has(connector_id, now) or 0.0
        others = sum(
            self.has(other, now) or 0.0
            for other in self._offers
            if other != connector_id
        )
        return max(has, min(MAX_CONNECTOR_AMPS, self._total - others))

    def length(self, connector_id: int) -> int | None:
        """Return None: a connector may be sent bodies of any allowed length."""
        return None

    def heartbeat_sent(
        self, connector_id: int, offer: float | None, now: float
    ) -> None:
        """Record a heartbeat that is sent, with its offer if it has one."""
        last = self._offers.pop(connector_id, (0.0, now))[0]
        self._offers[connector_id] = (last if offer is None else offer, now)
        if len(self._offers) > _MAX_CONNECTORS:
            del self._offers[next(iter(self._offers))]
