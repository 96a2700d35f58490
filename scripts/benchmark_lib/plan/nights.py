"""Made nights: prices of several shapes, one to three cars, and what goes otherwise than expected."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import product
from math import cos, pi
from random import Random
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from .cars import MIN_AMPS, VOLTS, CarSpec
from .prices import Price, Shape, make_day

ZONE: Final = ZoneInfo("Europe/Berlin")
LIMITS: Final = (20, 25, 32, 40, 48, 63, 80)
_START_KWH: Final = 0.2
"""A start costs as much as so many kWh at the median price of the day."""
_HISTORY_DAYS: Final = 3
_PUBLISHED: Final = time(13)


class Event(StrEnum):
    """What is special about a night."""

    USUAL = "usual"
    UNPUBLISHED = "unpublished"
    """The prices of tomorrow never come."""
    LATE_PRICES = "late prices"
    SPRING = "spring"
    """The clock is set forward: a day of 92 quarters."""
    AUTUMN = "autumn"
    """The clock is set back: a day of 100 quarters."""
    SUN = "sun"
    """A day with sun, whose forecast is good."""
    WRONG_SUN = "wrong sun"
    COMES_LATE = "comes late"
    LEAVES_EARLY = "leaves early"
    INTERRUPTED = "interrupted"
    """Another load takes the room for a while, unexpectedly."""
    TIGHT = "tight"
    """There is hardly time for the goal."""


_BY_DAY: Final = (Event.SUN, Event.WRONG_SUN)
_DATES: Final = {
    Event.SPRING: date(2027, 3, 27),
    Event.AUTUMN: date(2026, 10, 24),
    Event.SUN: date(2027, 5, 11),
    Event.WRONG_SUN: date(2027, 5, 11),
}
KINDS: Final = tuple(product(Shape, Event))


@dataclass(frozen=True, slots=True)
class Night:
    """A night, or a day with sun.

    Attributes:
        number: its number.
        shape: the shape of its prices.
        event: what is special about it.
        origin: its start in UTC; minutes and quarters count from it.
        prices: the prices of all quarters, those of the days before as well.
        first: the number of prices before `origin`.
        known: the number of prices that are known before those of tomorrow are published.
        published: when the prices of tomorrow are published, in min of the night; None if they never are.
        cars: the cars.
        limit: A of the wiring for all cars together.
        room: A for all cars together in each quarter.
        sun_w: W that the house leaves of the sun in each quarter.
        forecast_w: the forecast of it.
        green: whether cars follow the sun while no plan lets them charge.

    """

    number: int
    shape: Shape
    event: Event
    origin: datetime
    prices: tuple[Price, ...]
    first: int
    known: int
    published: int | None
    cars: tuple[CarSpec, ...]
    limit: int
    room: tuple[int, ...]
    sun_w: tuple[float, ...]
    forecast_w: tuple[float, ...]
    green: bool

    @property
    def name(self) -> str:
        """Return its name."""
        return f"{self.number} {self.shape}, {self.event}, {len(self.cars)} at {self.limit} A"

    @property
    def minutes(self) -> int:
        """Return how long it lasts: until the last goal is judged."""
        return max(car.judged_at for car in self.cars)

    @property
    def start_cost(self) -> float:
        """Return what a start costs."""
        day = [item.price for item in self.prices[self.first : self.first + 96]]
        return abs(median(day)) * _START_KWH

    @property
    def missing_price(self) -> float:
        """Return what a kWh costs that is missing when the goal is judged: more than any of the night."""
        return 1.5 * max(item.price for item in self.prices[self.first :])

    @property
    def is_predictable(self) -> bool:
        """Return whether prices and forecast are known, the cars stay and nothing gets in their way."""
        return self.event not in {
            Event.UNPUBLISHED,
            Event.LATE_PRICES,
            Event.WRONG_SUN,
            Event.LEAVES_EARLY,
            Event.INTERRUPTED,
        }

    def price(self, quarter: int) -> float:
        """Return the price of a quarter of the night."""
        return self.prices[self.first + quarter].price

    def published_prices(self, minute: int) -> tuple[Price, ...]:
        """Return the prices that are published by a minute of the night."""
        late = self.published is None or minute < self.published
        return self.prices[: self.known] if late else self.prices


def make_night(number: int, seed: int) -> Night:
    """Return the night with a number; the same seed gives the same nights."""
    shape, event = KINDS[number % len(KINDS)]
    dice = Random(f"{seed} {number}")
    day = _DATES.get(event, date(2026, 11, 10) + timedelta(days=dice.randrange(100)))
    # A day with sun begins at midnight, a night at noon.
    begin = time(0) if event in _BY_DAY else time(12)
    origin = datetime.combine(day, begin, ZONE).astimezone(UTC)
    days = [day + timedelta(days=at) for at in range(-_HISTORY_DAYS, 2)]
    made = [
        make_day(shape, item, ZONE, f"{seed} {number}", dice.uniform(0.9, 1.1))
        for item in days
    ]
    prices = tuple(item for each in made for item in each)
    first = sum(item.start < origin for item in prices)
    quarters = len(prices) - first
    limit = dice.choice(LIMITS)
    sun = _sun(dice, event, quarters)
    cars = _cars(dice, event, limit, origin, day)
    return Night(
        number=number,
        shape=shape,
        event=event,
        origin=origin,
        prices=prices,
        first=first,
        known=len(prices) - len(made[-1]),
        published=_published(dice, event, origin, day),
        cars=cars,
        limit=limit,
        room=_room(dice, event, limit, quarters, cars),
        sun_w=sun,
        forecast_w=_forecast(dice, event, sun),
        green=event in _BY_DAY and dice.random() < 0.5,
    )


def _published(dice: Random, event: Event, origin: datetime, day: date) -> int | None:
    if event is Event.UNPUBLISHED:
        return None
    usual = datetime.combine(day, _PUBLISHED, ZONE).astimezone(UTC)
    minute = (usual - origin) // timedelta(minutes=1)
    return minute + (dice.randrange(360, 600) if event is Event.LATE_PRICES else 5)


def _sun(dice: Random, event: Event, quarters: int) -> tuple[float, ...]:
    """Return what the house leaves of the sun, in W, by the quarters of a day that begins at midnight."""
    if event not in _BY_DAY:
        return (0.0,) * quarters
    peak, house = dice.uniform(4000, 9000), dice.uniform(300, 800)
    clear, watts = dice.uniform(0.5, 1), []
    for at in range(quarters):
        hour = at / 4
        height = cos(pi * (hour - 13) / 15) if 5.5 < hour < 20.5 else 0.0
        cloud = 1.0 if dice.random() < clear else dice.uniform(0.3, 0.9)
        watts.append(max(0.0, peak * height * cloud - house))
    return tuple(watts)


def _forecast(dice: Random, event: Event, sun: tuple[float, ...]) -> tuple[float, ...]:
    factor = dice.choice((0.0, 0.4, 1.8)) if event is Event.WRONG_SUN else 1.0
    return tuple(watts * factor * dice.uniform(0.9, 1.1) for watts in sun)


def _room(
    dice: Random, event: Event, limit: int, quarters: int, cars: tuple[CarSpec, ...]
) -> tuple[int, ...]:
    room = [limit] * quarters
    held = MIN_AMPS * sum(not car.stoppable for car in cars)
    if event is Event.INTERRUPTED:
        for _ in range(3):
            start, left = dice.randrange(quarters), dice.choice((0, 6, limit // 2))
            for at in range(start, min(start + dice.randrange(2, 8), quarters)):
                room[at] = min(room[at], max(left, held))
    return tuple(room)


def _cars(
    dice: Random, event: Event, limit: int, origin: datetime, day: date
) -> tuple[CarSpec, ...]:
    # Most houses have cars of one kind.
    phases = dice.choice(((1,), (3,), (3,), (1, 3)))
    count = dice.choice((1, 2, 3))
    return tuple(
        _car(dice, event, limit, _window(dice, event, origin, day), dice.choice(phases))
        for _ in range(count)
    )


def _car(
    dice: Random, event: Event, limit: int, window: tuple[int, int], phases: int
) -> CarSpec:
    arrives, ready = window
    max_amps = min(limit, dice.choice((16, 24, 32)))
    protocol = dice.choice((1, 1, 2))
    capacity = dice.choice((40.0, 58.0, 75.0, 82.0))
    efficiency = dice.uniform(0.86, 0.93)
    knee = dice.choice((100.0, 100.0, 80.0, 90.0))
    target = dice.choice((80, 90, 100) if knee < 100 else (70, 80, 90))
    possible = (ready - arrives) * max_amps * phases * VOLTS / 60_000
    share = dice.uniform(0.7, 0.9) if event is Event.TIGHT else dice.uniform(0.1, 0.55)
    kwh = min(share * possible, capacity * (target - 8) / 100 / efficiency)
    return CarSpec(
        capacity=capacity,
        efficiency=efficiency,
        level=target - 100 * kwh * efficiency / capacity,
        target=target,
        knee=knee,
        phases=phases,
        max_amps=max_amps,
        protocol=protocol,
        # A car at protocol 2 stops only by a command to it, which not every owner has.
        stoppable=protocol == 1 or dice.random() < 0.5,
        arrives=arrives,
        ready=ready,
        leaves=ready + (_hurry(dice) if event is Event.LEAVES_EARLY else 60),
    )


def _hurry(dice: Random) -> int:
    """Return how much later than its deadline a car leaves, in min: it leaves before."""
    return -dice.choice((5, 10, 15, 20, 90, 180))


def _window(dice: Random, event: Event, origin: datetime, day: date) -> tuple[int, int]:
    """Return when a car arrives and when it shall be ready, in min of the night."""
    if event in _BY_DAY:
        arrives, ready = dice.randrange(360, 600), dice.randrange(900, 1200)
        return arrives // 5 * 5, ready // 15 * 15
    clock = time(dice.choice((5, 6, 7, 8)), dice.choice((0, 15, 30, 45)))
    at = datetime.combine(day + timedelta(days=1), clock, ZONE).astimezone(UTC)
    ready = (at - origin) // timedelta(minutes=1)
    late = event is Event.COMES_LATE
    arrives = dice.randrange(660, 840) if late else dice.randrange(150, 600)
    return arrives // 5 * 5, ready
