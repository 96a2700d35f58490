"""Calculates what charging may take for the rest of an interval so that its average import stays within the budget.

Powers are in W, energies in Ws, times in s. Import is positive.
"""

from dataclasses import dataclass
from typing import Final

BURST_SECONDS: Final = 120.0
"""How many s the current load of the house is expected to last; after that the usual load is expected."""

RESERVE_SHARE: Final = 0.5
"""The share of an interval for which another burst of the house's load is allowed for."""

MINIMUM_REST_SECONDS: Final = 180.0
"""The rest of an interval counts as at least this long, so that charging does not rise steeply just before its end."""

STOP_SECONDS: Final = 120.0
"""How many s a vehicle may draw until it has been stopped."""

LAST_SECONDS: Final = 300.0
LAST_SHARE: Final = 0.2
"""No vehicle starts within this share of an interval, or this time, before its end."""


@dataclass(frozen=True, slots=True)
class IntervalFacts:
    """What is known of the interval.

    Attributes:
        seconds: its length.
        gone: the time of it that has passed.
        used: the energy that was imported in it.
        unknown: the time of it for which the import is unknown.
        budget: the average import that it may have, the margin subtracted.
        house: the import without charging now.
        usual: the usual import without charging.
        burst: by how much the load of the house rises above the usual at times, for some minutes.

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
        """Return the expected average import without charging for the rest, with a current burst ending soon."""
        if not self.rest:
            return self.house
        burst = min(BURST_SECONDS, self.rest)
        return (self.house * burst + self.usual * (self.rest - burst)) / self.rest

    @property
    def spare(self) -> float:
        """Return the energy that charging may still import.

        Time for which the import is unknown counts with the budget. A reserve is kept for another burst of the house,
        as an earlier import cannot be taken back.
        """
        used = self.used + self.budget * self.unknown
        kept = self.burst * min(RESERVE_SHARE * self.seconds, self.rest)
        house = self.expected_house * self.rest + kept
        return self.budget * self.seconds - used - house

    def expected_average(self, charging: float) -> float:
        """Return the average import at its end if charging continues with this power."""
        used = self.used + self.budget * self.unknown
        rest = max(self.expected_house + charging, 0.0) * self.rest
        return (used + rest) / self.seconds


@dataclass(frozen=True, slots=True)
class PeakAllowance:
    """What charging may take.

    Attributes:
        watts: the power of all charging; never negative.
        may_start: whether more vehicles may start.

    """

    watts: float
    may_start: bool


def allowance(facts: IntervalFacts, minimum: float) -> PeakAllowance:
    """Return what charging may take for the rest; `minimum` is the minimum power of a vehicle.

    A vehicle continues at its minimum as long as enough is left to stop it later, so that a short burst of the house
    does not stop it. A vehicle starts only if it is expected to continue in the next interval.
    """
    watts = facts.spare / max(facts.rest, MINIMUM_REST_SECONDS)
    last = min(LAST_SECONDS, LAST_SHARE * facts.seconds)
    lasting = facts.budget - facts.usual
    may_start = facts.rest >= last and min(watts, lasting) >= minimum
    if watts < minimum and facts.spare >= minimum * min(STOP_SECONDS, facts.rest):
        watts = minimum
    return PeakAllowance(max(watts, 0.0), may_start)
