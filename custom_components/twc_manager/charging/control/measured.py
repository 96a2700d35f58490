"""The measured draw of a vehicle over time, and the offers of its connector.

Times are in s of a monotonic clock.
"""

from dataclasses import dataclass, replace
from typing import Final, Self

PROOF_SECONDS: Final = 3.0
"""How many s without a draw prove that the vehicle is quiet: a single report may be noise."""


@dataclass(frozen=True, slots=True)
class MeasuredDraw:
    """Whether the vehicle draws, and since when.

    Attributes:
        drawing: whether it draws; None before the first report.
        quiet_since: when it stopped drawing; None while it draws.
        started_at: when it last started to draw.
        stopped_at: when it last stopped drawing, or lost its offer while it drew.
        heard_at: when the connector reported last; None if unknown.

    """

    drawing: bool | None = None
    quiet_since: float | None = None
    started_at: float | None = None
    stopped_at: float | None = None
    heard_at: float | None = None

    def is_quiet(self, now: float) -> bool:
        """Return whether the reports without a draw have lasted for `PROOF_SECONDS`."""
        heard_at = now if self.heard_at is None else min(self.heard_at, now)
        return (
            self.quiet_since is not None
            and heard_at - self.quiet_since >= PROOF_SECONDS
        )

    def updated(
        self, now: float, *, drawing: bool, heard_at: float | None = None
    ) -> Self:
        """Return the draw after a report; `heard_at` is when the connector sent it."""
        draw = replace(self, heard_at=heard_at)
        return draw._after(now, drawing=drawing)  # noqa: SLF001

    def _after(self, now: float, *, drawing: bool) -> Self:
        if drawing:
            if self.drawing:
                return self
            starts = self.drawing is False and self.is_quiet(now)
            started_at = now if starts else self.started_at
            return replace(self, drawing=True, quiet_since=None, started_at=started_at)
        if self.quiet_since is not None:
            return self
        if self.drawing is None:
            # The first report does not show how long the vehicle has been quiet: it counts as proven.
            return replace(
                self, drawing=False, quiet_since=now - PROOF_SECONDS, stopped_at=None
            )
        return replace(self, drawing=False, quiet_since=now, stopped_at=now)


@dataclass(frozen=True, slots=True)
class OfferHistory:
    """The offers of a connector.

    Attributes:
        amps: the last decided offer in A; None before the first decision.
        offered_at: when an offer last began, by decision or by report.
        offering_since: since when the connector has reported an offer; None while it reports none.

    """

    amps: int | None = None
    offered_at: float | None = None
    offering_since: float | None = None

    def reported(self, now: float, *, offered: bool) -> Self:
        """Return the history after a report of whether the connector has an offer."""
        if offered == (self.offering_since is not None):
            return self
        if not offered:
            return replace(self, offering_since=None)
        # A decided offer may have had to wait until other connectors freed the wiring.
        return replace(self, offered_at=now, offering_since=now)

    def decided(self, now: float, amps: int) -> Self:
        """Return the history after a decision."""
        if amps == self.amps:
            return self
        begins = amps > 0 and not self.amps
        return replace(self, amps=amps, offered_at=now if begins else self.offered_at)
