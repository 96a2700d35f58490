"""A night minute by minute: a way of planning asks for current, the wiring is shared, the cars draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import floor

from .cars import MIN_AMPS, VOLTS, CarSpec
from .nights import Night
from .prices import FEED_IN
from .view import CarView, Planner, View

_FULL: float = 100.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a night.

    Attributes:
        energy_cost: what the energy cost until the goals were judged.
        starts: how often a car began to draw current.
        missing_kwh: what was missing when the goals were judged, for each car.
        replans: how often another plan was made.

    """

    energy_cost: float
    starts: int
    missing_kwh: tuple[float, ...]
    replans: int = 0

    def cost(self, night: Night) -> float:
        """Return the cost with that of the starts, and with that of what is missing."""
        missing = sum(self.missing_kwh) * night.missing_price
        return self.energy_cost + self.starts * night.start_cost + missing


def energy_cost(night: Night, quarter: int, kwh: float, minutes: float) -> float:
    """Return what so many kWh cost that are drawn evenly within so many minutes: first sun, then the grid."""
    price = night.price(quarter)
    sun = min(kwh, night.sun_w[quarter] / 1000 * minutes / 60)
    return sun * min(FEED_IN, price) + (kwh - sun) * price


class _Car:
    """A car at its connector."""

    def __init__(self, spec: CarSpec) -> None:
        self.spec = spec
        self.kwh = 0.0
        self.drawn = 0
        self.starts = 0
        self.missing_kwh: float | None = None

    @property
    def level(self) -> float:
        return self.spec.level_after(self.kwh)

    def is_there(self, minute: int) -> bool:
        return self.spec.arrives <= minute < self.spec.leaves

    def draw(self, offer: int) -> float:
        """Draw for a minute; return the kWh."""
        amps = min(offer, self.spec.cap(self.level)) if offer >= MIN_AMPS else 0
        self.starts += amps > 0 == self.drawn
        self.drawn = amps
        kwh = amps * self.spec.kwh_per_amp_minute
        self.kwh += kwh
        return kwh

    def judge(self) -> None:
        self.missing_kwh = self.spec.need_kwh(self.level)
        # What is less than the last step of the level is not missing.
        if self.level >= self.spec.target - 1e-6:
            self.missing_kwh = 0.0


def shared(wanted: Sequence[int], drawn: Sequence[int], room: int) -> list[int]:
    """Return the offers: the minimum for those that charge, then for others, then evenly up to what they want."""
    offers = [0] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda at: (drawn[at] == 0, at))
    for at in order:
        if wanted[at] >= MIN_AMPS <= room:
            offers[at] = MIN_AMPS
            room -= MIN_AMPS
    growing = [at for at in order if offers[at]]
    while growing and room > 0:
        growing = [at for at in growing if offers[at] < wanted[at]]
        for at in growing[:room]:
            offers[at] += 1
        room -= min(room, len(growing))
    return offers


def _from_sun(
    cars: Mapping[int, _Car], wanted: Mapping[int, int], sun_w: float
) -> dict[int, int]:
    """Return what cars that no plan lets charge want of the sun that is left."""
    left = sun_w - sum(
        amps * VOLTS * cars[at].spec.phases for at, amps in wanted.items()
    )
    result = dict(wanted)
    for at, car in cars.items():
        amps = floor(left / (VOLTS * car.spec.phases))
        if at in wanted or car.level >= car.spec.target or amps < MIN_AMPS:
            continue
        result[at] = min(amps, car.spec.max_amps)
        left -= result[at] * VOLTS * car.spec.phases
    return result


class Loop:
    """A night with a way of planning."""

    def __init__(self, night: Night, planner: Planner) -> None:
        """Start with no car plugged in."""
        self._night = night
        self._planner = planner
        self._cars = [_Car(spec) for spec in night.cars]
        self._cost = 0.0

    def run(self) -> Outcome:
        """Return what comes of the night."""
        for minute in range(self._night.minutes):
            self._pass(minute)
        for car in self._cars:
            if car.missing_kwh is None:
                car.judge()
        return Outcome(
            self._cost,
            sum(car.starts for car in self._cars),
            tuple(car.missing_kwh or 0.0 for car in self._cars),
            self._planner.replans,
        )

    def _pass(self, minute: int) -> None:
        night, quarter = self._night, minute // 15
        there: dict[int, _Car] = {}
        for at, car in enumerate(self._cars):
            if minute == car.spec.judged_at:
                car.judge()
            if car.is_there(minute):
                there[at] = car
            else:
                car.drawn = 0
        if not there:
            return
        wanted = self._wanted(minute, there)
        offers = shared(
            [wanted.get(at, 0) for at in there],
            [car.drawn for car in there.values()],
            night.room[quarter],
        )
        # What is drawn after the goal was judged costs nothing here: no car gains by it.
        kwh = sum(
            drawn
            for car, offer in zip(there.values(), offers, strict=True)
            for drawn in [car.draw(offer)]
            if minute < car.spec.judged_at
        )
        self._cost += energy_cost(night, quarter, kwh, 1)

    def _wanted(self, minute: int, there: Mapping[int, _Car]) -> dict[int, int]:
        """Return what each car is to charge with, as far as it can be stopped."""
        wanted = {
            at: min(max(amps, MIN_AMPS), there[at].spec.max_amps)
            for at, amps in self._planner.wanted(self._view(minute, there)).items()
            if amps > 0
        }
        if self._night.green:
            wanted = _from_sun(there, wanted, self._night.sun_w[minute // 15])
        for at, car in there.items():
            if not car.spec.stoppable and car.level < _FULL:
                wanted.setdefault(at, MIN_AMPS)
        return wanted

    def _view(self, minute: int, there: Mapping[int, _Car]) -> View:
        night = self._night
        return View(
            now=night.origin + timedelta(minutes=minute),
            prices=night.published_prices(minute),
            cars={at: self._car_view(car) for at, car in there.items()},
            # An unexpected load shows only while it is there.
            room=[night.limit] * len(night.room),
            left=night.room[minute // 15],
            sun_w=night.forecast_w,
            origin=night.origin,
            feed_in=FEED_IN,
            start_cost=night.start_cost,
        )

    def _car_view(self, car: _Car) -> CarView:
        spec, origin = car.spec, self._night.origin
        return CarView(
            level=floor(car.level + 1e-9),
            target=spec.target,
            capacity=spec.capacity,
            phases=spec.phases,
            max_amps=spec.max_amps,
            stoppable=spec.stoppable,
            arrived=origin + timedelta(minutes=spec.arrives),
            ready=origin + timedelta(minutes=spec.ready),
            charged_kwh=car.kwh,
            drawn=car.drawn,
        )
