"""The connection to the planner of this integration, which the rest of the benchmark does not import."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import process_time
from typing import Final

from custom_components.twc_manager.charging.planning.estimates import estimate
from custom_components.twc_manager.charging.planning.goals import Goal, energy_needed
from custom_components.twc_manager.charging.planning.levels import (
    CAUTIOUS_EFFICIENCY,
    Draw,
    LevelTracker,
)
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.replan import (
    MadePlan,
    events,
    next_plan,
)
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.slots import PlanInputs
from custom_components.twc_manager.charging.plans.making import PlanJob
from custom_components.twc_manager.charging.plans.shortage import Shortage
from custom_components.twc_manager.charging.plans.together import (
    Shared,
    covers,
    plan_together,
)

from .cars import VOLTS, CarSpec
from .nights import LIMITS, ZONE, Night
from .prices import QUARTER, Price, Shape, make_day
from .view import CarView, View

_FULL: Final = 100
_DRIVE_PERCENT: Final = 15.0
"""What a car may lose on its way home after its last report, in %; it is not known."""
_ASSUMED_DRIVE_PERCENT: Final = 10
"""What is taken for it."""


@dataclass(frozen=True, slots=True)
class Away:
    """A car that is not plugged in yet, as its owner's system knows it: by its plan, and by its last report.

    Attributes:
        spec: the car, of which only what its plan and earlier nights show is used.
        level: the level that it reported last, in whole %: before it drove home.

    """

    spec: CarSpec
    level: int


def away_from(night: Night) -> Mapping[int, Away]:
    """Return all cars of a night before they come."""
    result = {}
    for at, car in enumerate(night.cars):
        drive = Random(f"{night.name} {at}").uniform(0, _DRIVE_PERCENT)
        result[at] = Away(car, int(min(_FULL, car.level + drive)))
    return result


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

    def __init__(self, away: Mapping[int, Away] | None = None) -> None:
        """Start without any car; `away` are those that have a plan."""
        self._away = dict(away or {})
        self.replans = 0
        self.plan_ms: list[float] = []
        self._sessions: dict[int, _Session] = {}
        self._made: MadePlan | None = None
        self._data = _Data()
        self._short = Shortage()
        self.shared = Shared()
        """What is shared with other lines."""
        self.others: Mapping[str, MadePlan] = {}
        """What was planned for other lines with the last plan."""
        self.inputs: PlanInputs | None = None
        """What the next plan would be made from."""

    @property
    def made(self) -> MadePlan | None:
        """Return the present plan."""
        return self._made

    def wanted(self, view: View) -> Mapping[int, int]:
        """Return the A of the plan."""
        inputs = self.inputs = self._inputs(view)
        if covers(self.shared.offered, inputs):
            self._made = self.shared.offered
        if self._made is None or events(self._made, inputs):
            began = process_time()
            self._made = self._next(inputs)
            self.plan_ms.append(1000 * (process_time() - began))
            self.replans += 1
        result = {}
        for at, plan in self._made.plan.vehicles.items():
            if at not in view.cars:
                continue
            slot = plan.slot_at(view.now)
            amps = slot.amps if slot is not None else 0
            if view.cars[at].level >= view.cars[at].target:
                amps = 0
            self._sessions[at].wanted = amps
            if amps:
                result[at] = amps
        return result

    def _next(self, inputs: PlanInputs) -> MadePlan:
        """Return the next plan, and keep what is for other lines."""
        job = PlanJob(0, self._made, inputs, self.shared)
        if not job.shared.partners or not inputs.goals:
            return next_plan(self._made, inputs)
        plans = plan_together(job.parts)
        made = plans.pop(self.shared.bus)
        self.others = plans
        return made

    def _inputs(self, view: View) -> PlanInputs:
        self._read(view)
        return PlanInputs(
            now=view.now,
            goals=tuple(
                self._goal(at, car)
                for at, car in sorted(view.cars.items())
                if car.drawn or car.level < _FULL
            ),
            limit=view.room[0],
            prices=self._data.known,
            estimates=self._data.estimates,
            sun_w=self._data.sun,
            feed_in=view.feed_in,
            voltage=VOLTS,
            caps=self._caps(view),
            shortfalls=self._short.lately,
            expected=tuple(self._expected(view)),
        )

    def _expected(self, view: View) -> Iterator[Goal]:
        """Yield the goals of the cars that have not come yet."""
        for at in view.cars:
            self._away.pop(at, None)
        for at, away in self._away.items():
            spec = away.spec
            level = max(0, away.level - _ASSUMED_DRIVE_PERCENT)
            kwh = energy_needed(spec.capacity, level, spec.target, CAUTIOUS_EFFICIENCY)
            ready = view.origin + timedelta(minutes=spec.ready)
            yield Goal(at, kwh, ready, spec.max_amps, spec.phases, spec.stoppable)

    def _caps(self, view: View) -> Series:
        """Return the room that is expected, as the product does: by what the meter at the main fuse shows."""
        limit = view.room[0]
        left = self.shared.left if self.shared.partners else self.shared.caps
        self._short.update(view.now, view.left, left, limit)
        self.shared = self.shared.measured(self._short.lowered)
        return self._short.left(self.shared.caps, limit)

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
            charged=car.charged_kwh,
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
