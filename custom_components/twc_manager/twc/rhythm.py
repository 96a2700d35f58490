"""The rhythm: in which heartbeat cycles each connector is addressed.

Usually in every one. A connector that shows that nothing happens to it is left out of some of them, since every exchange
costs processor time: one without a car, one whose car charges steadily, and one whose car waits for an offer. It is in
every cycle again from the first sign of anything else on: a report that differs, a heartbeat without an answer, an offer
that is or ought to be another one, a draw beyond the offer, or offers that may not grow. Offers that change do not wait
for a cycle at all. A car that has an offer and does not charge may begin at any time: it is in every cycle. One that
draws less than it is offered may draw more at any time: it is never left out of two cycles in a row.

| connector | addressed in |
|---|---|
| without a car, and calm | every third cycle, no two of them in the same one |
| with a car that charges steadily, and calm | every second cycle |
| with a car that has long drawn what it is offered, and calm | every third cycle |
| with a car that has 0 A and draws nothing, and calm | every second cycle |
| any other | every cycle |

Times are in s of a monotonic clock.
"""

from typing import Final

from .connector import LinkedConnector
from .guard import Watched, WiringGuard
from .roster import Roster
from .state import DRAWING_AMPS
from .steering import OfferSteering

EVERY_CYCLE: Final = 1
WHILE_CHARGING: Final = 2
WHILE_CHARGING_FOR_LONG: Final = 3
WHILE_WAITING: Final = 2
WITHOUT_VEHICLE: Final = 3

CALM_REPORTS: Final = 5
"""Number of equal reports in a row before a connector is left out of a cycle."""

CALM_SECONDS: Final = 15.0
"""A connector is in every cycle for so long after a link or a change of its offer: its car follows, and ramps."""

FULL_AMPS: Final = 1.5
"""A car whose draw is no more than this below its offer can only begin to draw less, within its offer."""


class Rhythm:
    """Decides which connectors a cycle addresses."""

    __slots__ = ("_cycle", "_guard", "_left_out", "_steering")

    def __init__(self, guard: WiringGuard, steering: OfferSteering) -> None:
        """Start before the first cycle."""
        self._guard = guard
        self._steering = steering
        self._cycle = 0
        # How many cycles in a row each connector has been left out of.
        self._left_out: dict[LinkedConnector, int] = {}

    def begin(self, roster: Roster, now: float) -> list[LinkedConnector]:
        """Begin a cycle and return the connectors that it addresses."""
        self._cycle += 1
        is_calm = self._is_calm(now)
        addressed: list[LinkedConnector] = []
        left_out: dict[LinkedConnector, int] = {}
        for place, connector in enumerate(roster):
            every = self._every(connector, now) if is_calm else EVERY_CYCLE
            cycles = self._left_out.get(connector, 0) + 1
            # By its place, so that those of one rhythm take turns; a place may change.
            if cycles >= every or (self._cycle + place) % every == 0:
                addressed.append(connector)
            else:
                left_out[connector] = cycles
        self._left_out = left_out
        return addressed

    def _is_calm(self, now: float) -> bool:
        """Return whether nothing that concerns all connectors is under way.

        Offers may grow, no connector is out of reach, the sum of the draws is within the limit, and no connector waits
        for an offer that another one has to make room for.
        """
        guard = self._guard
        is_free = not guard.holding(now) and not guard.reserved(now)
        return is_free and guard.sums.is_calm and self._steering.has_settled(now)

    def _every(self, connector: LinkedConnector, now: float) -> int:
        """Return in every how many cycles a connector is addressed."""
        watched = self._guard.watched[connector.connector_id]
        if connector.same_reports < CALM_REPORTS or not _is_calm(watched, now):
            return EVERY_CYCLE
        if connector.charges():
            is_long = connector.is_steady and _takes_its_offer(watched)
            return WHILE_CHARGING_FOR_LONG if is_long else WHILE_CHARGING
        if connector.is_vacant():
            return WITHOUT_VEHICLE
        return WHILE_WAITING if connector.waits_for_offer() else EVERY_CYCLE


def _is_calm(watched: Watched, now: float) -> bool:
    """Return whether a connector has what it was sent, has had it for a while, and its car does not draw more."""
    exposure = watched.exposure
    since = max(watched.watched_since, watched.changed_at)
    if watched.gone or not exposure.is_confirmed or now - since < CALM_SECONDS:
        return False
    maximum = max(exposure.standing, DRAWING_AMPS)
    return watched.conduct.is_calm and exposure.possible_with(0.0) <= maximum


def _takes_its_offer(watched: Watched) -> bool:
    """Return whether a car draws what it is offered, and neither less nor more: only less can come of that."""
    below = watched.exposure.standing - watched.exposure.drawn
    return below <= FULL_AMPS and not watched.conduct.expected_excess
