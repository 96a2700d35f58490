"""The connection to the planner of this integration, which the rest of the benchmark does not import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import process_time

from custom_components.twc_manager.charging.planning.estimates import estimate
from custom_components.twc_manager.charging.planning.goals import Goal
from custom_components.twc_manager.charging.planning.levels import Draw, LevelTracker
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.replan import (
    MadePlan,
    events,
    next_plan,
)
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.slots import PlanInputs

from .cars import VOLTS
from .nights import LIMITS, ZONE
from .prices import QUARTER, Price, Shape, make_day
from .view import CarView, View


@dataclass(slots=True)
class _Session:
    """A car since it was plugged in."""

    arrived: datetime
    tracker: LevelTracker
    wanted: int = 0


@dataclass(slots=True)
class _Data:
    """What is read once, until it changes."""

    prices: Sequence[Price] = ()
    known: Series = field(default_factory=Series)
    estimates: Series = field(default_factory=Series)
    sun: Series = field(default_factory=Series)


class Ours:
    """Plans all cars together."""

    replans: int = 0

    def __init__(self) -> None:
        """Start without any car."""
        self.replans = 0
        self.plan_ms: list[float] = []
        self._sessions: dict[int, _Session] = {}
        self._made: MadePlan | None = None
        self._data = _Data()

    def wanted(self, view: View) -> Mapping[int, int]:
        """Return the A of the plan."""
        inputs = self._inputs(view)
        if self._made is None or events(self._made, inputs):
            began = process_time()
            self._made = next_plan(self._made, inputs)
            self.plan_ms.append(1000 * (process_time() - began))
            self.replans += 1
        result = {}
        for at, plan in self._made.plan.cars.items():
            slot = plan.slot_at(view.now)
            amps = slot.amps if slot is not None and at in view.cars else 0
            if view.cars[at].level >= view.cars[at].target:
                amps = 0
            self._sessions[at].wanted = amps
            if amps:
                result[at] = amps
        return result

    def _inputs(self, view: View) -> PlanInputs:
        self._read(view)
        return PlanInputs(
            now=view.now,
            goals=tuple(self._goal(at, car) for at, car in sorted(view.cars.items())),
            limit=view.room[0],
            prices=self._data.known,
            estimates=self._data.estimates,
            sun_w=self._data.sun,
            feed_in=view.feed_in,
            voltage=VOLTS,
        )

    def _read(self, view: View) -> None:
        """Read the prices and the forecast if they are new."""
        if len(self._data.prices) == len(view.prices):
            return
        known = Series.read(
            Piece(item.start, item.start + QUARTER, item.price) for item in view.prices
        )
        until = view.prices[-1].start + QUARTER
        sun = Series.read(
            (
                Piece(view.origin + at * QUARTER, view.origin + (at + 1) * QUARTER, w)
                for at, w in enumerate(view.sun_w)
            ),
            "sun",
        )
        later = estimate(known, until, until + timedelta(days=1, hours=12), ZONE)
        self._data = _Data(view.prices, known, later, sun)

    def _goal(self, at: int, car: CarView) -> Goal:
        session = self._sessions.get(at)
        if session is None or session.arrived != car.arrived:
            tracker = LevelTracker(car.capacity, car.level)
            session = self._sessions[at] = _Session(car.arrived, tracker)
        tracker = session.tracker
        draw = Draw(car.drawn, session.wanted, car.max_amps)
        tracker.update(car.level, car.charged_kwh, draw)
        return Goal(
            connector_id=at,
            kwh=tracker.needed(car.target, car.charged_kwh),
            ready=car.ready,
            max_amps=car.max_amps,
            phases=car.phases,
            stoppable=car.stoppable,
            running=car.drawn > 0,
            taper=tracker.taper(car.target, car.max_amps),
        )


def time_of_plans(seed: int, count: int = 40) -> float:
    """Return the median time of a plan for three cars and 192 slots, in ms of a processor."""
    times = []
    for number in range(count):
        inputs = _two_days(Random(f"{seed} {number}"))
        began = process_time()
        make_plan(inputs)
        times.append(1000 * (process_time() - began))
    return round(median(times), 2)


def _two_days(dice: Random) -> PlanInputs:
    """Return two days of prices of quarters, and three cars that are to be ready at their end."""
    now = datetime(2026, 11, 10, tzinfo=UTC)
    seed, days = f"{dice.random()}", [now.date() + timedelta(days=at) for at in (0, 1)]
    prices = [p for day in days for p in make_day(Shape.QUARTERS, day, UTC, seed, 1.0)]
    known = Series.read(
        Piece(item.start, item.start + QUARTER, item.price) for item in prices
    )
    goals = tuple(
        Goal(
            number, dice.uniform(10, 60), now + timedelta(days=2), dice.choice((16, 32))
        )
        for number in range(3)
    )
    return PlanInputs(now, goals, dice.choice(LIMITS), known, voltage=VOLTS)
