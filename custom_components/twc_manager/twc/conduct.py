"""How the measured draw of connectors follows what they are offered: whether they obey, and the sum of all draws.

A meter is never exact and a car never fast, so only what is steady counts: draws that agree in several reports, sums
over ten seconds. What is learned here only lowers what may be offered. Amps are in A, times in s of a monotonic clock.
"""

from dataclasses import dataclass, field
from math import ceil, floor, inf
from typing import Final, Self

from .excess import MEAN_ERROR, OVERDRAW_TOLERANCE, ExcessLearner, small_excess
from .state import Obedience

LOWEST_OFFER: Final = 6.0
"""An offer below this does not stop every car: it goes on with so many A."""

OVERDRAW_SECONDS: Final = 10.0
"""How long a car may draw beyond its offer, as it does while it follows a lower one, before that counts."""

DISOBEYS_SECONDS: Final = 15.0
"""How long a draw may stay above an offer, and how long it has to be within it to be trusted again."""

RISES_SECONDS: Final = 6.0
"""How long a draw may go on rising to the offer before: the reaction of a car, and the report that agrees."""

FALLS_AMPS: Final = 1.0
"""A draw or a sum that has fallen by so much is following; slow cars fall by 0.2 A/s."""

SUM_SECONDS: Final = 10.0
SUM_AMPS: Final = 0.5
"""A measured sum so far above the limit for so long is too much."""


@dataclass(slots=True)
class _Above:
    """A draw above the offer, in A: what it has to fall from, since when, and when it came to be above."""

    amps: float
    since: float
    began: float

    def follows(self, drawn: float, now: float) -> bool:
        """Return whether it falls, however slowly, or has not had the time to."""
        if drawn <= self.amps - FALLS_AMPS:
            self.amps, self.since = drawn, now
        elif now - self.began <= RISES_SECONDS:
            self.amps = max(self.amps, drawn)
        return now - self.since < DISOBEYS_SECONDS


class Conduct:
    """How the draw of one connector follows its offers.

    Attributes:
        disobeys: whether it draws beyond its offer and does not follow.
        excess: by how much it draws more than it is offered, as learned from steady draws, in A.
        expected_excess: by how much more than any offer it is expected to draw, in A.

    """

    __slots__ = (
        "_above",
        "_learner",
        "_overdraws_since",
        "_within_since",
        "disobeys",
        "excess",
        "expected_excess",
    )

    def __init__(self, excess: float = 0.0) -> None:
        """Start with a connector that is assumed to obey, and what was learned of its excess, in A."""
        self.disobeys = False
        self.excess = self.expected_excess = excess
        self._learner = ExcessLearner(excess)
        self._overdraws_since: float | None = None
        self._above: _Above | None = None
        self._within_since: float | None = None

    def resumed(self) -> Self:
        """Return how it follows its offers after a time without reports: only its excess is still known."""
        return type(self)(self.excess)

    @property
    def obedience(self) -> Obedience:
        """Return whether it does what it is sent."""
        if self.disobeys:
            return Obedience.DISOBEYS
        return Obedience.EXCEEDS if self.excess else Obedience.OBEYS

    def reported(self, offer: float, drawn: float, now: float) -> None:
        """Take the draw that agreeing reports prove, under the offer that the connector has."""
        if drawn <= offer + self.excess + OVERDRAW_TOLERANCE:
            self._overdraws_since = None
            self._learner.beyond = 0.0
        elif self._overdraws_since is None:
            self._overdraws_since = now
        self._judge(offer, drawn, now)
        self._learner.reported(offer, drawn, now)
        self.excess = self._learner.excess
        self.expected_excess = max(self.excess, self._learner.beyond)

    @property
    def is_calm(self) -> bool:
        """Return whether its draw is within its offer, as far as it shows."""
        return (
            not self.disobeys and self._above is None and self._overdraws_since is None
        )

    @property
    def overdraws_at(self) -> float:
        """Return from when on its draw has been above its offer for long, unless it falls before."""
        since = self._overdraws_since
        return inf if since is None else since + OVERDRAW_SECONDS

    def overdraws(self, now: float) -> bool:
        """Return whether its draw has been above its offer, with its excess, for long."""
        since = self._overdraws_since
        return since is not None and now - since >= OVERDRAW_SECONDS

    def _judge(self, offer: float, drawn: float, now: float) -> None:
        """Decide whether it obeys."""
        accepted = max(offer, LOWEST_OFFER) + self.excess + small_excess(offer)
        if drawn <= accepted:
            self._above = None
            if self._within_since is None:
                self._within_since = now
            elif now - self._within_since >= DISOBEYS_SECONDS:
                self.disobeys = False
            return
        self._within_since = None
        if self._above is None:
            self._above = _Above(drawn, now, now)
        elif not self._above.follows(drawn, now):
            self.disobeys = True


@dataclass(slots=True)
class SumWatch:
    """Watches the measured sum of all draws, and lowers what is offered in sum until it is within the limit.

    Attributes:
        limit: total limit of the wiring.
        ceiling: maximum sum of the offers of those that obey; None while the limit alone counts.
        is_over: whether the sum is too much, or was until ten seconds ago.

    """

    limit: float
    ceiling: float | None = None
    is_over: bool = False
    _above: list[float] = field(default_factory=list)
    _above_since: float = 0.0
    _within_since: float | None = None

    @property
    def is_calm(self) -> bool:
        """Return whether the sum is within the limit and nothing is lowered for it."""
        return not (self._above or self.is_over) and self.ceiling is None

    def update(self, measured: float, offered: float | None, now: float) -> None:
        """Take the sum of the draws that agreeing reports prove, and the sum of the offers of those that obey.

        The offers are None while connectors are being lowered for one that draws beyond its offer.
        """
        if self._above and measured <= self._above[0] - FALLS_AMPS:
            self._above.clear()
        if measured >= self.limit + SUM_AMPS or (self._above and measured > self.limit):
            self._count(measured, offered, now)
        else:
            self._above.clear()
            self._relax(measured, now)

    def _count(self, measured: float, offered: float | None, now: float) -> None:
        self._within_since = None
        if not self._above:
            self._above_since = now
        self._above.append(measured)
        if now - self._above_since < SUM_SECONDS:
            return
        excess = sum(self._above) / len(self._above) - self.limit
        self._above.clear()
        if excess >= SUM_AMPS - MEAN_ERROR:
            self.is_over = True
            if offered is not None:
                self.ceiling = max(0.0, offered - max(1, ceil(excess - MEAN_ERROR)))

    def _relax(self, measured: float, now: float) -> None:
        """Give back what the sum leaves, once it has been within the limit for long enough."""
        if self._within_since is None:
            self._within_since = now
        if now - self._within_since < SUM_SECONDS:
            return
        self.is_over = False
        self._within_since = now
        if self.ceiling is None:
            return
        self.ceiling += floor(self.limit - measured)
        if self.ceiling >= self.limit:
            self.ceiling = None
