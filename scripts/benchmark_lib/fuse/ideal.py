"""A charger that knows the whole hour beforehand, but raises the cars only by what the meter has confirmed.

It obeys the rest of what is required as well: its offers are at least the minimum, and after a stop there has to be
room for a while, which spares the relays. Rules that obey this and do not know the future charge less.
"""

from collections.abc import Sequence
from typing import Final

from .cases import Case
from .clairvoyant import Clairvoyant
from .meters import Report
from .rules import Connector

STEP_A: Final = 3.0
"""The A by which the cars on a phase are raised at most beyond what the meter has shown of them."""
CONFIRMED_S: Final = 30
"""The time in s for which a draw counts as confirmed after it has fallen."""
RESTART_S: Final = 60
"""The time in s for which there has to be room for the minimum before a stopped car starts again."""
_ROUNDING_A: Final = 0.25


class _Shown:
    """What the meter has shown of the cars on one phase."""

    def __init__(self) -> None:
        """Start without a draw."""
        self.confirmed = 0.0
        self._drawn = list[float]()

    def update(self, drawn: float, age: int) -> None:
        """Take the A that the cars draw now, and the age in s of what the newest report shows."""
        self._drawn.append(drawn)
        shown = self._drawn[-1 - age] if age < len(self._drawn) else 0.0
        recent = max(self._drawn[-1 - CONFIRMED_S :])
        self.confirmed = min(max(self.confirmed, shown), recent)


class Ideal:
    """The charger of all buses behind the fuse."""

    def __init__(
        self,
        case: Case,
        minimum: int,
        best: Clairvoyant,
        rooms: Sequence[Sequence[float]],
    ) -> None:
        """Create a charger.

        Args:
            case: the case.
            minimum: the lowest offer in A.
            best: shares the room among the cars.
            rooms: the A that the cars may use, for each phase and second.

        """
        self.connectors = [Connector() for _ in case.cars]
        self._case = case
        self._minimum = minimum
        self._best = best
        self._rooms = rooms
        self._shown = [_Shown() for _ in rooms]
        self._lacked_at = [-RESTART_S] * len(case.cars)
        self._is_lost = False

    def lose_port(self, *, is_lost: bool) -> None:
        """Lose the port, or have it back."""
        self._is_lost = is_lost

    def decide(self, now: float, report: Report) -> bool:
        """Set the offers while it has its port; the meter is never reported."""
        if self._is_lost:
            return False
        second = int(now)
        age = second - int(report.at) + self._case.lag
        drawn = [item.drawn for item in self.connectors]
        for phase, shown in enumerate(self._shown):
            shown.update(self._on(phase, drawn), age)
        wanted = self._best.offers([series[second] for series in self._rooms])
        offers = [
            min(item.offer, maximum)
            for item, maximum in zip(self.connectors, wanted, strict=True)
        ]
        self._start(second, offers, wanted)
        self._raise(offers, wanted)
        for item, offer in zip(self.connectors, offers, strict=True):
            item.offer = offer
        return False

    def _start(self, second: int, offers: list[int], wanted: Sequence[int]) -> None:
        """Offer the minimum to the cars that may start."""
        for number, maximum in enumerate(wanted):
            if not maximum:
                self._lacked_at[number] = second
            has_room = second - self._lacked_at[number] >= RESTART_S
            if has_room and not offers[number] and self.connectors[number].plugged:
                if self._may_take(number, self._minimum, offers, self._minimum):
                    offers[number] = self._minimum

    def _raise(self, offers: list[int], wanted: Sequence[int]) -> None:
        """Raise the cars evenly."""
        growing = [number for number, amps in enumerate(offers) if amps]
        while growing:
            growing = [item for item in growing if self._grow(item, offers, wanted)]

    def _grow(self, number: int, offers: list[int], wanted: Sequence[int]) -> bool:
        """Raise a car by 1 A, and return whether that was possible."""
        has_room = offers[number] < wanted[number]
        if not has_room or not self._may_take(number, 1, offers, STEP_A):
            return False
        offers[number] += 1
        return True

    def _may_take(
        self, number: int, amps: int, offers: Sequence[int], step: float
    ) -> bool:
        """Return whether a car may take so many A more by what the meter has confirmed."""
        taken = [
            max(offer - car.shortfall, 0.0)
            for offer, car in zip(offers, self._case.cars, strict=True)
        ]
        car = self._case.cars[number]
        taken[number] = offers[number] + amps - car.shortfall
        return all(
            self._on(phase, taken) <= self._shown[phase].confirmed + step + _ROUNDING_A
            for phase in car.on
        )

    def _on(self, phase: int, amps: Sequence[float]) -> float:
        """Return the A of all cars on a phase."""
        cars = zip(self._case.cars, amps, strict=True)
        return sum(amps for car, amps in cars if phase in car.on)
