"""The closed loop of house, meter, cars and rules, second by second."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any, Final, Protocol

from simulator.car import Car

from .breakers import Protection
from .cases import CarPlan, Case
from .clairvoyant import Clairvoyant, held
from .ideal import Ideal
from .loads import House, make_house
from .meters import VOLTS, Meter, Report
from .rules import Connector, Site, make_buses

HOUR_S: Final = 3600
MIN_AMPS: Final = 6
CONNECTOR_AMPS: Final = 32
MARGIN_A: Final = 1.0
"""The A that the rules keep free, as in docs/green-energy.md; the clairvoyant keeps the same."""
STEP_A: Final = 3.0
STEP_S: Final = 30
"""A step of the charging is a change of its sum by so many A within so many s."""
FALLS_BACK_S: Final = 56
"""The time in s after which a connector without a master has stopped its car."""
_PLUG_AT_S: Final = 30
_ABOVE_A: Final = 0.05
_SPIKE_A: Final = 99.0
_STOP: Final = "stop"
_CAR: Final = "car"
_FOLLOWED_A: Final = 0.5
"""A car that draws less than its offer by more than this, and by its shortfall, has not followed it yet."""


class Charger(Protocol):
    """The rules of a bus, and the state of its connectors."""

    connectors: list[Connector]

    def decide(self, now: float, report: Report) -> bool:
        """Set the offers; return whether the rules report that the meter is not credible."""

    def lose_port(self, *, is_lost: bool) -> None:
        """Lose the port, or have it back: meanwhile nothing that is decided reaches the connectors."""


@dataclass(frozen=True, slots=True)
class Row:
    """The result of a case.

    Attributes:
        case: its name.
        seconds_above: s in which a phase was above the size of the fuse.
        worst_ratio: the highest current of a phase over a whole second, as a share of that size.
        trip: which of a typical gG fuse and a typical B breaker would have operated; None if neither.
        early_trip: the same for the most sensitive devices that conform to the standards.
        reported_after_s: s from the first wrong reading until the rules report that the meter is not credible; None if
            they never do.
        step_after_s: s from there until the next change of the charging; None if there was none.
        caught: the energy charged within the fuse, as a share of what the clairvoyant charges.
        caught_of_possible: the same as a share of what the ideal charges; None with a faulty meter or a lost port.
        energy_kwh: the energy charged.
        lost: the energy that was not charged while the clairvoyant charged more, as a share of what it charges, by
            what kept it: a stop, the time that the car takes to follow its offer, or the reason that the rules give.

    """

    case: str
    seconds_above: int
    worst_ratio: float
    trip: str | None
    early_trip: str | None
    reported_after_s: int | None
    step_after_s: int | None
    caught: float
    energy_kwh: float
    lost: dict[str, float]
    caught_of_possible: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return asdict(self)


def together(size: float) -> int:
    """Return the A of a bus' wiring in a house of this size."""
    return 48 if size > 50 else CONNECTOR_AMPS


class _Cable:
    """A car on its connector."""

    def __init__(self, plan: CarPlan, connector: Connector) -> None:
        """Create a car without an offer."""
        self.plan = plan
        self.connector = connector
        self._car = Car(
            phases=len(plan.on),
            ramp=plan.ramp_up,
            ramp_down=plan.ramp_down,
            reaction_s=plan.reaction_s,
            shortfall=plan.shortfall,
        )

    @property
    def held_by(self) -> str:
        """Return what keeps the car from drawing more."""
        connector = self.connector
        if not connector.offer:
            return _STOP
        aim = connector.offer - self.plan.shortfall
        return _CAR if self._car.drawn < aim - _FOLLOWED_A else connector.reason

    def follow(self, now: int) -> float:
        """Return the mean draw on each of its phases through the second up to now."""
        connector = self.connector
        connector.plugged = now >= _PLUG_AT_S
        self._car.offered(
            connector.offer if connector.plugged else 0, now - 1, _SPIKE_A
        )
        mean = self._car.advance(now - 1, now)
        connector.drawn = self._car.drawn
        return mean


class World:
    """A house in which a case takes place."""

    def __init__(
        self, case: Case, house: House, meter: Meter, buses: Sequence[Charger]
    ) -> None:
        """Start with cold devices and without offers."""
        self._case = case
        self._house = house
        self._meter = meter
        self._buses = buses
        self._cables = []
        numbers = [0] * len(buses)
        for plan in case.cars:
            connector = buses[plan.bus].connectors[numbers[plan.bus]]
            numbers[plan.bus] += 1
            self._cables.append(_Cable(plan, connector))
        self._protection = Protection(case.size, case.phases)
        self._sums: list[float] = []
        self._overloads: list[bool] = []
        self._held_by: list[list[str]] = []
        self._worst = 0.0
        self._reported_at: int | None = None

    def run(self) -> Row:
        """Simulate the hour; return the result."""
        for now in range(len(self._house.net[0])):
            self._pass(now)
        return self._row()

    def _pass(self, now: int) -> None:
        phases = [series[now] for series in self._house.net]
        charged = 0.0
        for cable in self._cables:
            amps = cable.follow(now)
            for phase in cable.plan.on:
                phases[phase] += amps
                charged += amps
        self._heat(now, phases)
        self._held_by.append([cable.held_by for cable in self._cables])
        self._sums.append(charged)
        self._overloads.append(self._is_above(phases))
        self._meter.measure(now, phases)
        if (report := self._meter.report) is None:
            return
        self._lose_port(now)
        reported = [bus.decide(float(now), report) for bus in self._buses]
        if any(reported) and self._reported_at is None and now >= self._case.lie_at:
            self._reported_at = now

    def _lose_port(self, now: int) -> None:
        """Lose the port of the last bus for a while: its connectors go on by themselves, and then stop their cars."""
        if self._case.lost is None:
            return
        begin, end = self._case.lost
        bus = self._buses[-1]
        bus.lose_port(is_lost=begin <= now < end)
        if begin + FALLS_BACK_S <= now < end:
            for connector in bus.connectors:
                connector.offer = 0

    def _is_above(self, phases: Sequence[float]) -> bool:
        return max(map(abs, phases)) > self._case.size + _ABOVE_A

    def _heat(self, now: int, phases: Sequence[float]) -> None:
        self._worst = max(self._worst, *map(abs, phases))
        start = self._house.starts.get(now)
        for phase, amps in enumerate(phases):
            if start is None or phase not in start.phases:
                self._protection.carry(phase, amps)
            else:
                self._protection.carry(phase, amps + start.amps, start.seconds)
                self._protection.carry(phase, amps, 1 - start.seconds)

    def _row(self) -> Row:
        case = self._case
        best = self._best()
        # In seconds above the fuse only the part within the room counts.
        caught = sum(
            min(amps, bound) if above else amps
            for amps, bound, above in zip(
                self._sums, best, self._overloads, strict=True
            )
        )
        kwh = VOLTS / HOUR_S / 1000
        return Row(
            case=case.name,
            seconds_above=sum(self._overloads),
            worst_ratio=round(self._worst / case.size, 3),
            trip=self._protection.trip,
            early_trip=self._protection.early_trip,
            reported_after_s=None
            if self._reported_at is None
            else self._reported_at - case.lie_at,
            step_after_s=self._step_after(),
            caught=round(caught / sum(best), 4) if any(best) else 1.0,
            energy_kwh=round(sum(self._sums) * kwh, 2),
            lost=self._lost(best),
        )

    def _lost(self, best: Sequence[float]) -> dict[str, float]:
        """Return the shares of what was possible that were lost, by what kept them; each car has an equal part."""
        lost: dict[str, float] = defaultdict(float)
        for amps, bound, held_by in zip(self._sums, best, self._held_by, strict=True):
            for name in held_by:
                lost[name] += max(bound - amps, 0.0) / len(held_by)
        shares = {name: round(amps / sum(best), 4) for name, amps in lost.items()}
        return {name: share for name, share in shares.items() if share}

    def _best(self) -> list[float]:
        """Return the phase amps of the clairvoyant for each second."""
        best = _clairvoyant(self._case)
        rooms = _rooms(self._case, self._house)
        return [0.0] * _PLUG_AT_S + [
            best.draw(room) for room in zip(*rooms, strict=True)
        ]

    def _step_after(self) -> int | None:
        """Return the time in s from the first wrong reading to the next step of the charging; None if there was none."""
        if self._case.lie is None:
            return None
        sums = self._sums
        first = max(self._case.lie_at, STEP_S)
        for now in range(first, len(sums)):
            before = max(now - STEP_S, self._case.lie_at)
            if abs(sums[now] - sums[before]) >= STEP_A:
                return now - self._case.lie_at
        return None


def _rooms(case: Case, house: House) -> list[list[float]]:
    """Return the A that the cars may use, for each phase and second since they were plugged in."""
    return [
        held([case.size - MARGIN_A - amps for amps in series[_PLUG_AT_S:]])
        for series in house.net
    ]


def _clairvoyant(case: Case) -> Clairvoyant:
    limits = [together(case.size)] * case.buses
    return Clairvoyant(case.cars, MIN_AMPS, CONNECTOR_AMPS, limits)


def _possible(case: Case, house: House) -> float:
    """Return what the ideal catches."""
    rooms = [[case.size] * _PLUG_AT_S + room for room in _rooms(case, house)]
    ideal = Ideal(case, MIN_AMPS, _clairvoyant(case), rooms)
    # One charger for all cars, as if they were at one bus.
    cars = tuple(replace(car, bus=0) for car in case.cars)
    meter = Meter(case.kind, case.every, case.lag)
    return World(replace(case, cars=cars, buses=1), house, meter, [ideal]).run().caught


def run_case(case: Case, seed: int, seconds: int = HOUR_S) -> Row:
    """Run a case with the rules of this integration."""
    dice = Random(f"{seed} {case.name}")
    house = make_house(dice, case.size, case.phases, seconds, sun=case.sun)
    # The dead phase is one on which the first car charges.
    meter = Meter(
        case.kind,
        case.every,
        case.lag,
        lie=case.lie,
        lie_at=case.lie_at,
        dead=case.cars[0].on[0],
    )
    site = Site(
        together(case.size),
        CONNECTOR_AMPS,
        MIN_AMPS,
        case.phases,
        case.size,
        case.kind,
    )
    counts = [
        sum(car.bus == number for car in case.cars) for number in range(case.buses)
    ]
    buses = make_buses(site, counts)
    row = World(case, house, meter, buses).run()
    if case.lie is not None or case.lost is not None:
        return row
    possible = _possible(case, house)
    return replace(
        row, caught_of_possible=round(row.caught / possible, 4) if possible else None
    )
