"""What all charging may take for the rest of an interval so that its average import stays within the budget.

Powers are in W, energies in Ws, times in s. Import is positive.
"""

from dataclasses import dataclass
from typing import Final

BURST_SECONDS: Final = 120.0
"""For how long the present load of the house is believed to last; after it comes its usual one."""

RESERVE_SHARE: Final = 0.5
"""For how much of an interval another burst of the house is reckoned with."""

MINIMUM_REST_SECONDS: Final = 180.0
"""What is left of an interval is spread over no less than this: nothing rises steeply just before its end."""

STOP_SECONDS: Final = 120.0
"""For how long a vehicle draws until it has been stopped."""

LAST_SECONDS: Final = 300.0
LAST_SHARE: Final = 0.2
"""No vehicle starts within this share of an interval, or this time, before its end."""


@dataclass(frozen=True, slots=True)
class IntervalFacts:
    """What is known of the interval.

    Attributes:
        seconds: its length.
        gone: how much of it is over.
        used: the energy that was imported in it.
        unknown: for how long of it the import is not known.
        budget: the average import that it may have, the margin subtracted.
        house: the import without charging now.
        usual: the import without charging, as it usually is of late.
        burst: by how much it rises above that now and then for some minutes.

    """

    seconds: float
    gone: float
    used: float
    unknown: float
    budget: float
    house: float
    usual: float
    burst: float = 0.0

    @property
    def rest(self) -> float:
        """Return the time that is left."""
        return max(self.seconds - self.gone, 0.0)

    @property
    def expected_house(self) -> float:
        """Return the average import without charging for the rest: a burst is over soon."""
        if not self.rest:
            return self.house
        burst = min(BURST_SECONDS, self.rest)
        return (self.house * burst + self.usual * (self.rest - burst)) / self.rest

    @property
    def spare(self) -> float:
        """Return the energy that charging may still import.

        A time of which nothing is known counts with the budget. Something is kept for another burst of the house: what has
        been imported before it cannot be taken back.
        """
        used = self.used + self.budget * self.unknown
        kept = self.burst * min(RESERVE_SHARE * self.seconds, self.rest)
        house = self.expected_house * self.rest + kept
        return self.budget * self.seconds - used - house

    def expected_average(self, charging: float) -> float:
        """Return the average import at its end if charging goes on with this power."""
        used = self.used + self.budget * self.unknown
        rest = max(self.expected_house + charging, 0.0) * self.rest
        return (used + rest) / self.seconds


@dataclass(frozen=True, slots=True)
class PeakAllowance:
    """What charging may take.

    Attributes:
        watts: the power of all charging; never negative.
        may_start: whether more vehicles may begin.

    """

    watts: float
    may_start: bool


def allowance(facts: IntervalFacts, minimum: float) -> PeakAllowance:
    """Return what charging may take for the rest; `minimum` is the least power that a vehicle charges with.

    A vehicle goes on at its minimum as long as enough is left to stop it later: a short burst of the house stops none. One
    starts only if it may be expected to go on in the next interval.
    """
    watts = facts.spare / max(facts.rest, MINIMUM_REST_SECONDS)
    last = min(LAST_SECONDS, LAST_SHARE * facts.seconds)
    lasting = facts.budget - facts.usual
    may_start = facts.rest >= last and min(watts, lasting) >= minimum
    if watts < minimum and facts.spare >= minimum * min(STOP_SECONDS, facts.rest):
        watts = minimum
    return PeakAllowance(max(watts, 0.0), may_start)
