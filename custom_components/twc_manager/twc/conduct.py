"""How the measured draw of connectors follows what they are offered: who obeys, who exceeds, and the sum of all.

A meter is never exact and a car never fast, so only what is steady counts: draws that agree in several reports, sums
over ten seconds. What is learned here only lowers what may be offered. Amps are in A, times in s of a monotonic clock.
"""

from dataclasses import dataclass, field
from math import ceil, floor
from typing import Final

from .state import Obedience

LOWEST_OFFER: Final = 6.0
"""An offer below this does not stop every car: it goes on with so many A."""

OVERDRAW_SECONDS: Final = 10.0
"""How long a car may draw beyond its offer, as it does while it follows a lower one, before that counts."""

OVERDRAW_TOLERANCE: Final = 0.5
"""A measured draw no further than this above the offer, in A, is an error of the meter."""

DISOBEYS_SECONDS: Final = 15.0
"""How long a draw may stay above an offer, and how long it has to be within it to be trusted again."""

DISOBEYS_AMPS: Final = 1.0
DISOBEYS_SHARE: Final = 0.05
"""How far above its offer a draw has to be, in A and as a share of the offer: the larger of the two."""

RISES_SECONDS: Final = 6.0
"""How long a draw may go on rising to the offer before: the reaction of a car, and the report that agrees."""

FALLS_AMPS: Final = 1.0
"""A draw or a sum that has fallen by so much is following; slow cars fall by 0.2 A/s."""

STEADY_SECONDS: Final = 10.0
SETTLED_SECONDS: Final = 7.0
"""A draw that was steady for so long before a new offer counts as well: no car takes so long to follow the one before."""
PASSING_SECONDS: Final = 3.0
"""A draw that was steady for less than this was on its way: it replaces no sample."""
STEADY_AMPS: Final = 0.7
"""A draw that stays within this for that long is steady. Meters jitter by 0.3 A up and down."""

FULL_AMPS: Final = 2.0
"""A draw further than this below the offer does not show what the car makes of it: it may be full, or cold."""

AGREEING_AMPS: Final = 0.5
"""How close two values of a steady excess have to be to agree."""

SUM_SECONDS: Final = 10.0
SUM_AMPS: Final = 0.5
"""A measured sum so far above the limit for so long is too much."""

SUM_ERROR: Final = 0.2
"""What the mean of a sum may be wrong by, in A: no amp is taken for that."""


@dataclass(slots=True)
class _Steady:
    """A draw that has stayed about the same under one offer."""

    offer: float
    since: float
    low: float
    high: float
    total: float = 0.0
    count: int = 0

    def holds(self, offer: float, drawn: float) -> bool:
        """Return whether one more report keeps it steady, and count the report."""
        self.low = min(self.low, drawn)
        self.high = max(self.high, drawn)
        self.total += drawn
        self.count += 1
        return offer == self.offer and self.high - self.low <= STEADY_AMPS

    @property
    def excess(self) -> float:
        """Return by how much the mean draw is above the offer."""
        return self.total / self.count - self.offer


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
        excess: by how much it draws more than it is offered, learned from steady draws.
        beyond: the same by its last steady draw, as long as it is not learned: it may not follow at all.
        disobeys: whether it draws beyond its offer and does not follow.

    """

    __slots__ = (
        "_above",
        "_last",
        "_overdraws_since",
        "_sample",
        "_steady",
        "_was_within",
        "_within_since",
        "beyond",
        "disobeys",
        "excess",
    )

    def __init__(self) -> None:
        """Start with a connector that is taken to obey."""
        self.excess = 0.0
        self.beyond = 0.0
        self.disobeys = False
        self._overdraws_since: float | None = None
        self._above: _Above | None = None
        self._within_since: float | None = None
        self._steady: _Steady | None = None
        # Whether it was within the offer before it drew more: else it may only not have followed yet.
        self._was_within = True
        self._sample: tuple[float, float] | None = None
        self._last = (0.0, 0.0)

    def resumed(self) -> Conduct:
        """Return how it follows its offers after a time in which it was not heard: only its excess is still known."""
        conduct = Conduct()
        conduct.excess = self.excess
        return conduct

    @property
    def obedience(self) -> Obedience:
        """Return whether it does what it is sent."""
        if self.disobeys:
            return Obedience.DISOBEYS
        return Obedience.EXCEEDS if self.excess else Obedience.OBEYS

    @property
    def expected_excess(self) -> float:
        """Return by how much more than any offer it is expected to draw, in A."""
        return max(self.excess, self.beyond)

    def reported(self, offer: float, drawn: float, now: float) -> None:
        """Take the draw that agreeing reports prove, under the offer that the connector has."""
        if drawn <= offer + self.excess + OVERDRAW_TOLERANCE:
            self._overdraws_since = None
            self.beyond = 0.0
        elif self._overdraws_since is None:
            self._overdraws_since = now
        self._judge(offer, drawn, now)
        self._learn(offer, drawn, now)

    def overdraws(self, now: float) -> bool:
        """Return whether its draw has been above its offer, with its excess, for long."""
        since = self._overdraws_since
        return since is not None and now - since >= OVERDRAW_SECONDS

    def _judge(self, offer: float, drawn: float, now: float) -> None:
        """Decide whether it obeys."""
        tolerance = max(DISOBEYS_AMPS, DISOBEYS_SHARE * offer)
        if drawn <= max(offer, LOWEST_OFFER) + self.excess + tolerance:
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

    def _learn(self, offer: float, drawn: float, now: float) -> None:
        """Take a sample of the excess whenever the draw has been steady for long enough, and before a new offer."""
        (last_offer, last_drawn), self._last = self._last, (offer, drawn)
        if last_offer != offer:
            self._sample_before_change(last_offer, last_drawn, now)
            self._was_within = self._was_within and not offer < last_drawn
        if drawn <= offer + OVERDRAW_TOLERANCE:
            self._was_within = True
        steady = self._steady
        if steady is None or not steady.holds(offer, drawn) or not offer:
            self._steady = _Steady(offer, now, drawn, drawn, drawn, 1)
        elif now - steady.since >= STEADY_SECONDS:
            self._take_sample(offer, steady.excess)
            self._steady = None

    def _sample_before_change(self, offer: float, drawn: float, now: float) -> None:
        """Take a sample of what was drawn beyond an offer that has just been replaced."""
        if drawn <= offer + OVERDRAW_TOLERANCE:
            return
        steady_for = 0.0 if self._steady is None else now - self._steady.since
        if self._steady is not None and steady_for >= SETTLED_SECONDS:
            self._take_sample(offer, self._steady.excess)
        elif self._sample is None or steady_for >= PASSING_SECONDS:
            self._sample = offer, drawn - offer

    def _take_sample(self, offer: float, excess: float) -> None:
        """Learn the excess that two samples agree on.

        A small one is learned under any offers, a large one only under two different ones: the draw has followed then.
        """
        if excess < -FULL_AMPS:
            return
        before, self._sample = self._sample, (offer, excess)
        if self._was_within and excess > self.excess + OVERDRAW_TOLERANCE:
            self.beyond = _rounded(excess)
        if before is None or abs(before[1] - excess) > AGREEING_AMPS:
            return
        small = max(DISOBEYS_AMPS, DISOBEYS_SHARE * offer) + SUM_ERROR
        if excess <= OVERDRAW_TOLERANCE:
            self.excess = 0.0
        elif excess <= small or before[0] != offer:
            self._settle_excess(excess)

    def _settle_excess(self, excess: float) -> None:
        """Take an excess as learned. The next samples, which differ a little, must not change what is offered."""
        if not self.excess or abs(excess - self.excess) > AGREEING_AMPS:
            self.excess = _rounded(excess)
            self.beyond = 0.0


def _rounded(excess: float) -> float:
    return ceil(2 * (excess - SUM_ERROR)) / 2


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
        if excess >= SUM_AMPS - SUM_ERROR:
            self.is_over = True
            if offered is not None:
                self.ceiling = max(0.0, offered - max(1, ceil(excess - SUM_ERROR)))

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
