"""Replays a day second by second: sun, house, meters that lag, cars that ramp, and a rule."""

from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from simulator.car import Car
from simulator.days import Day

from .contestants import Contestant, Site, View, best_w

_METER_EVERY_S: Final = 5
_METER_LAG_S: Final = 3
_SPIKE_A: Final = 21.0
_CHARGING_A: Final = 1.0
_WH: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a rule on a day.

    Attributes:
        day: name of the day.
        connectors: the number of connectors, each with a car that never gets full.
        rule: the name of the rule.
        charged_kwh: the energy charged.
        caught_kwh: the energy caught of the surplus.
        surplus_caught: share, 0 to 1, of the energy that the best whole amps of every second would have
            brought, counting only seconds in which the surplus covers the minimum, and counting no watt
            beyond the best; 1 if there was nothing to catch.
        grid_kwh: the energy charged from the grid.
        starts: how often a car began to charge, all cars together.
        offer_changes: how often an offer changed, all connectors together.
        caught_of_possible: what was caught as a share of what could be caught with the day known in advance,
            under the same rules and with as much energy from the grid; None if that was not calculated.
        grid_kwh_at_equal_energy: the energy from the grid if it also gave what another rule charged more; None likewise.

    """

    day: str
    connectors: int
    rule: str
    charged_kwh: float
    surplus_caught: float
    grid_kwh: float
    starts: int
    offer_changes: int
    caught_kwh: float
    caught_of_possible: float | None = None
    grid_kwh_at_equal_energy: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return asdict(self)


class _Meters:
    """The sensors of the house: every few seconds they report a value from a few seconds ago."""

    def __init__(self, day: Day) -> None:
        """Start at midnight."""
        self._day = day
        self._grid = array("d", [0.0]) * (_METER_LAG_S + 1)

    def update(self, now: int, charging_w: float, view: View) -> None:
        """Update the view if a report is due."""
        day, slots = self._day, len(self._grid)
        self._grid[now % slots] = day.house_w[now] + charging_w - day.production_w[now]
        if now % _METER_EVERY_S == 0:
            view.grid_w = self._grid[(now - _METER_LAG_S) % slots]
            view.grid_at = float(now)
            view.production_w = day.production_w[max(now - _METER_LAG_S, 0)]


class _Tally:
    """Adds up the seconds of a day."""

    def __init__(self, site: Site) -> None:
        """Start with zeros."""
        self._site = site
        self.charged = self.caught = self.best = self.grid = 0.0
        self.starts = self.changes = 0

    def add(self, surplus_w: float, charging_w: float) -> None:
        """Add a second."""
        best = best_w(self._site, surplus_w)
        self.best += best
        if charging_w:
            self.charged += charging_w
            self.caught += min(charging_w, best)
            self.grid += max(charging_w - max(surplus_w, 0.0), 0.0)

    def result(self, day: str, rule: str) -> Result:
        """Return the day's result."""
        return Result(
            day=day,
            connectors=self._site.connectors,
            rule=rule,
            charged_kwh=round(self.charged / _WH / 1000, 3),
            surplus_caught=round(self.caught / self.best, 4) if self.best else 1.0,
            grid_kwh=round(self.grid / _WH / 1000, 3),
            starts=self.starts,
            offer_changes=self.changes,
            caught_kwh=round(self.caught / _WH / 1000, 3),
        )


def _ask(
    cars: Sequence[Car], asked: Sequence[float], offers: Sequence[int], now: int
) -> None:
    """Let cars take no more than they are asked for; `asked` is empty if none is."""
    for car, amps, offer in zip(cars, asked, offers, strict=False):
        if amps != car.onboard_limit:
            car.onboard_limit = amps
            car.offered(offer, now, _SPIKE_A)


def replay(day: Day, site: Site, name: str, rule: Contestant) -> Result:
    """Return the result of a rule that charges the cars for a day."""
    cars = [Car() for _ in range(site.connectors)]
    charging = [False] * site.connectors
    offers: Sequence[int] = [0] * site.connectors
    view, meters, tally = (
        View(0.0, 0.0, 0.0, [0.0] * len(cars)),
        _Meters(day),
        _Tally(site),
    )
    for now in range(len(day.production_w)):
        drawn = [car.advance(now - 1, now) for car in cars]
        charging_w = sum(drawn) * site.volts
        tally.add(day.production_w[now] - day.house_w[now], charging_w)
        meters.update(now, charging_w, view)
        view.drawn, view.is_dark = drawn, day.production_w[now] <= 0
        before, offers = offers, list(rule.offers(now, view))
        if offers != before:
            tally.changes += sum(a != b for a, b in zip(before, offers, strict=True))
            for car, offer in zip(cars, offers, strict=True):
                car.offered(offer, now, _SPIKE_A)
        _ask(cars, view.asked, offers, now)
        for index, amps in enumerate(drawn):
            if (amps >= _CHARGING_A) != charging[index]:
                charging[index] = not charging[index]
                tally.starts += charging[index]
    return tally.result(day.name, name)
