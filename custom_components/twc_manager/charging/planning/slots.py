"""The slots of a plan: cut at every boundary of prices, sun, caps and windows, and at each quarter of an hour."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import floor, isfinite
from statistics import median
from typing import Final

from .errors import PlanError
from .goals import Goal
from .result import Plan
from .series import Series

QUARTER: Final = timedelta(minutes=15)
START_KWH: Final = 0.2
"""A start costs as much as so many kWh at the median price, by the wear of relays and the waking of the vehicle."""
_STARTS_COUNT: Final = 2
"""How often that counts in choosing slots: a vehicle may fail to start, and a pause seldom gains all that it should.

In the nights of `scripts/benchmark plan` with seed 0 a vehicle starts 1.40 times if it counts once and 1.21 times if it
counts twice, for 0.04 % of the cost; no goal is missed with either.
"""
_DAY: Final = timedelta(days=1)
_MAXIMUM_MONEY: Final = 1e6
"""A kWh or a start costs less in every currency."""
_MAXIMUM_WATTS: Final = 1e7
_MAXIMUM_AMPS: Final = 1e6


def _check(what: str, value: float, low: float, high: float) -> None:
    """Raise a PlanError if a value is not possible."""
    if not isfinite(value) or not low <= value <= high:
        raise PlanError(what, f"{value} is not possible")


def _room(limit: int, caps: Series, instant: datetime) -> int:
    """Return the whole A of a limit at an instant, with what is lower over time."""
    cap = caps.at(instant)
    return limit if cap is None else max(0, min(limit, floor(cap)))


def _check_all(what: str, series: Series, maximum: float) -> None:
    """Raise a PlanError if a value of a series is not possible."""
    for piece in series.pieces:
        _check(what, piece.value, -maximum, maximum)


@dataclass(frozen=True, slots=True)
class PartLimit:
    """What limits some of the vehicles together: the wiring of their line, a circuit above some lines.

    Attributes:
        connectors: their connectors.
        limit: the whole A for all of them.
        caps: the whole A for all of them, where they are less than `limit`.
        set_back: what the shortfalls of the last hours would set them back, besides those of all vehicles.

    """

    connectors: frozenset[int]
    limit: int
    caps: Series = field(default_factory=Series)
    set_back: timedelta = timedelta()

    def room_at(self, instant: datetime) -> int:
        """Return the whole A for all of them at an instant."""
        return _room(self.limit, self.caps, instant)


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What a plan follows from.

    Attributes:
        now: the present time.
        goals: the vehicles, each at another connector.
        limit: the whole A for all of them together: those of the wiring, if they are on one line.
        prices: what a kWh from the grid costs, as far as it is known.
        estimates: what it will cost presumably, for where it is not known.
        sun_w: what the house leaves of the sun, as expected, in W; none where it is unknown.
        feed_in: what a kWh of sun earns when it is exported.
        caps: the whole A for all vehicles together, where less than `limit`: what the main fuse or a budget leaves.
        voltage: V of a phase.
        start_cost: what a start counts; None for twice the price of `START_KWH`.
        expected: the vehicles that have a plan but are not plugged in yet; when they come is not known.
        shortfalls: the A that were left for all vehicles in the last hours, where these were fewer than expected.
        limits: what limits some of the vehicles together.

    """

    now: datetime
    goals: tuple[Goal, ...]
    limit: int
    prices: Series = field(default_factory=Series)
    estimates: Series = field(default_factory=Series)
    sun_w: Series = field(default_factory=Series)
    feed_in: float = 0.0
    caps: Series = field(default_factory=Series)
    voltage: float = 230.0
    start_cost: float | None = None
    expected: tuple[Goal, ...] = ()
    shortfalls: Series = field(default_factory=Series)
    limits: tuple[PartLimit, ...] = ()

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            PlanError: if one of them is not usable.

        """
        if self.now.tzinfo is None:
            raise PlanError("now", "it has no zone")
        vehicles = (*self.goals, *self.expected)
        if len({goal.connector_id for goal in vehicles}) < len(vehicles):
            raise PlanError("goals", "a connector has two")
        _check("limit", self.limit, 0, 1000)
        _check("voltage", self.voltage, 50, 500)
        _check("feed-in price", self.feed_in, -_MAXIMUM_MONEY, _MAXIMUM_MONEY)
        _check("cost of a start", self.start_cost or 0.0, 0, _MAXIMUM_MONEY)
        _check_all("prices", self.prices, _MAXIMUM_MONEY)
        _check_all("estimates", self.estimates, _MAXIMUM_MONEY)
        _check_all("sun", self.sun_w, _MAXIMUM_WATTS)
        _check_all("caps", self.caps, _MAXIMUM_AMPS)
        for item in self.limits:
            _check("limit", item.limit, 0, 1000)
            _check_all("caps", item.caps, _MAXIMUM_AMPS)

    @property
    def instant(self) -> datetime:
        """Return the present time in UTC, in whole seconds."""
        return self.now.astimezone(UTC).replace(microsecond=0)

    def room_at(self, instant: datetime) -> int:
        """Return the whole A for all vehicles together at an instant."""
        return _room(self.limit, self.caps, instant)

    def boundaries(self, start: datetime, end: datetime) -> set[datetime]:
        """Return the times between two others at which what vehicles may take changes."""
        caps = (self.caps, *(item.caps for item in self.limits))
        return {at for cap in caps for at in cap.boundaries(start, end)}

    def limits_of(self, goal: Goal) -> tuple[int, ...]:
        """Return the numbers of those of `limits` that hold for a vehicle."""
        return tuple(
            number
            for number, item in enumerate(self.limits)
            if goal.connector_id in item.connectors
        )

    def limit_of(self, goal: Goal) -> int:
        """Return the maximum whole A that a vehicle could be given."""
        return min(
            [self.limit, *(self.limits[at].limit for at in self.limits_of(goal))]
        )

    def reserve(self, goal: Goal) -> timedelta:
        """Return how long before its deadline the plan of a vehicle ends.

        Where the supply has proven not to be that of the vehicles alone, what that has cost may be lost once more.
        """
        return goal.reserve(self.voltage) + self.set_back_of(goal)

    def set_back_of(self, goal: Goal) -> timedelta:
        """Return by how much a vehicle would be set back if the shortfalls of the last hours came again."""
        parts = [self.limits[at].set_back for at in self.limits_of(goal)]
        return max([self.set_back(), *parts])

    def set_back(self) -> timedelta:
        """Return by how much the shortfalls of the last hours would set all vehicles back if they came again."""
        usual = min(
            self.room_at(self.instant), sum(goal.max_amps for goal in self.goals)
        )
        lost = (
            (piece.end - piece.start) * max(0.0, 1 - piece.value / usual)
            for piece in self.shortfalls.pieces
            if usual
        )
        return sum(lost, timedelta())

    def cost_of_start(self) -> float:
        """Return what a start counts; 0 while no price is known."""
        if self.start_cost is not None:
            return self.start_cost
        now = self.instant
        known = self.prices.values(now, now + _DAY) or self.estimates.values(
            now, now + _DAY
        )
        return _STARTS_COUNT * START_KWH * abs(median(known)) if known else 0.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which everything is constant.

    Attributes:
        start: when it begins, in UTC.
        seconds: how long it lasts.
        price: what a kWh from the grid costs.
        known: whether the price is known, and not an estimate.
        sun_w: W of the sun that the house leaves.
        sun_price: what a kWh of it is worth: what it would earn, but no more than one from the grid costs.
        room: the whole A for all vehicles together.
        rooms: the whole A for some of them, in the order of the limits of the inputs.

    """

    start: datetime
    seconds: int
    price: float
    known: bool = True
    sun_w: float = 0.0
    sun_price: float = 0.0
    room: int = 0
    rooms: tuple[int, ...] = ()

    @property
    def end(self) -> datetime:
        """Return when it ends."""
        return self.start + timedelta(seconds=self.seconds)


def cut(
    inputs: PlanInputs, horizon: datetime, instants: Iterable[datetime]
) -> list[Slot]:
    """Return the slots from now to the horizon, which are cut at other instants as well."""
    now = inputs.instant
    cuts = {now, horizon, *_quarters(now, horizon)}
    cuts |= {instant for instant in instants if now < instant < horizon}
    cuts |= inputs.boundaries(now, horizon)
    for series in (inputs.prices, inputs.estimates, inputs.sun_w):
        cuts.update(series.boundaries(now, horizon))
    whole = sorted({instant.replace(microsecond=0) for instant in cuts})
    typical = _typical_price(inputs)
    return [_slot(inputs, start, end, typical) for start, end in pairwise(whole)]


def excess(plan: Plan, inputs: PlanInputs, instant: datetime) -> int:
    """Return by how many A a plan passes what is allowed at an instant; the maximum where several limits are passed."""
    parts = (
        plan.amps_at(instant, item.connectors) - item.room_at(instant)
        for item in inputs.limits
    )
    return max(0, plan.amps_at(instant) - inputs.room_at(instant), *parts)


def _quarters(start: datetime, end: datetime) -> Iterator[datetime]:
    at = start.replace(minute=start.minute // 15 * 15, second=0) + QUARTER
    while at < end:
        yield at
        at += QUARTER


def _typical_price(inputs: PlanInputs) -> float:
    """Return the price where neither a price nor an estimate is known."""
    now = inputs.instant
    known: Sequence[float] = inputs.prices.values(now, now + 3 * _DAY)
    return median(known) if known else 0.0


def _slot(inputs: PlanInputs, start: datetime, end: datetime, typical: float) -> Slot:
    price, known = inputs.prices.at(start), True
    if price is None:
        price, known = inputs.estimates.at(start), False
    if price is None:
        price = typical
    return Slot(
        start=start,
        seconds=round((end - start).total_seconds()),
        price=price,
        known=known,
        sun_w=max(0.0, inputs.sun_w.at(start) or 0.0),
        sun_price=min(inputs.feed_in, price),
        room=inputs.room_at(start),
        rooms=tuple(item.room_at(start) for item in inputs.limits),
    )
