"""How many amps one connector could be drawing, from what it was sent and what it reported."""

from typing import Final

AGREEING_REPORTS: Final = 2
"""An 8-bit checksum accepts one frame of noise in 256: a single report proves nothing."""

REACTION_SECONDS: Final = 5.0
"""How long a car that is ramping up may continue with the offer it had before (IEC 61851-1 allows 5 s)."""


class Exposure:
    """How many amps one connector could be drawing, from what it was sent and what it reported.

    Attributes:
        known: whether enough reports came in for `possible` to be trusted.
        sent: the offer sent last, in A; None before the first.
        standing: the offer the connector has, in A: the one sent last, else the one it echoes.
        echoed: the minimum in A that the last reports echo as allowed.
        drawn: the draw in A that agreeing reports prove.

    """

    __slots__ = (
        "_answered",
        "_highest",
        "_lower",
        "_lower_since",
        "_reported",
        "_reports",
        "drawn",
        "echoed",
        "known",
        "sent",
        "standing",
    )

    def __init__(self) -> None:
        """Start without a known offer or draw."""
        self.sent: float | None = None
        self.standing = 0.0
        # The highest offer that a connector or its car may still act on, and the one that, by its reports,
        # has replaced it.
        self._highest = 0.0
        self._lower: float | None = None
        self._lower_since = 0.0
        self._answered = True
        self._take(())

    @property
    def awaits_report(self) -> bool:
        """Return whether the last heartbeat has not been answered yet."""
        return not self._answered

    @property
    def is_confirmed(self) -> bool:
        """Return whether it has answered the last heartbeat, and echoes no less than the offer that it has."""
        return self._answered and self.known and self.echoed == self.standing

    def possible_with(self, excess: float) -> float:
        """Return the maximum in A that the connector could be drawing, as far as known.

        A car that exceeds its offers does so, too, with the highest it may still act on.
        """
        highest = self._highest + excess if self._highest else 0.0
        return max(self._reported, highest)

    def heartbeat_sent(self, offer: float | None) -> None:
        """Record a heartbeat that was sent, and its offer if it had one."""
        self._answered = False
        if offer is None:
            return
        if offer != self.sent:
            self._lower = None
        self._highest = max(self._highest, self.standing, offer)
        self.sent = self.standing = offer

    def reported(self, echoed: float, drawn: float, now: float) -> None:
        """Record the amps that the connector reports as allowed and as drawn.

        A report that answers no heartbeat (one that comes twice, or seconds late from a network adapter)
        can raise the draw that is assumed, but never lower it.
        """
        if self._answered:
            self._merge(echoed, drawn)
            return
        self._answered = True
        self._take((*self._reports, (echoed, drawn))[-AGREEING_REPORTS:])
        if self.sent is not None:
            self._confirm(max(self.sent, echoed), now)

    def _confirm(self, offer: float, now: float) -> None:
        """Take the offer that a connector reports; one that is reported for long enough counts."""
        if offer >= self._highest:
            self._lower = None
        elif self._lower is None or offer > self._lower:
            self._lower = offer
            self._lower_since = now
        elif now - self._lower_since >= REACTION_SECONDS:
            self._highest = self._lower
            self._lower = None

    def _merge(self, echoed: float, drawn: float) -> None:
        if not self._reports:
            return
        *older, (last_echoed, last_drawn) = self._reports
        newest = (max(last_echoed, echoed), max(last_drawn, drawn))
        self._take((*older, newest))

    def _take(self, reports: tuple[tuple[float, float], ...]) -> None:
        """Keep the last reports, and what they show: it is asked for much more often than they come."""
        self._reports = reports
        self.known = len(reports) >= AGREEING_REPORTS
        echoed = [item for item, _ in reports] or [0.0]
        drawn = [item for _, item in reports] or [0.0]
        self.echoed = min(echoed)
        self.drawn = min(drawn) if self.known else 0.0
        # The highest of all that they show.
        self._reported = max(*echoed, *drawn)
        if self.sent is None:
            self.standing = self.echoed if self.known else 0.0
