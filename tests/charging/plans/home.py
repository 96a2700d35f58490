"""A house with connectors and cars with batteries, over whole nights: the real rules, and a planner beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.twc_manager.charging.modes.active_rule import Mode
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.tariff import Tariff
from custom_components.twc_manager.charging.plans.battery import BatteryState
from custom_components.twc_manager.charging.plans.inputs import (
    PlanInputsOfBus,
    PluggedIn,
)
from custom_components.twc_manager.charging.plans.making import (
    PlanAttempt,
    PlanJob,
    try_plan,
)
from custom_components.twc_manager.charging.plans.request import (
    EnergyGoal,
    PlanGoal,
    PlanRequest,
    ReadyTime,
    WeeklyTime,
)
from custom_components.twc_manager.charging.plans.status import PlanState, PlanStatus
from custom_components.twc_manager.charging.rules import (
    Inputs,
    Rules,
    RulesConfig,
    RulesResult,
)
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import ConnectorState, PlugState, State
from tests.charging.states import bus, idle

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 11, 30, 18, tzinfo=BERLIN)
WIRING = Wiring(32, 32, 6, 230, 3)
SECONDS = 30
"""The time between two decisions."""


def work(
    goal: PlanGoal | None = None, ready: ReadyTime | None = None, **changes: Any
) -> PlanRequest:
    """Return a plan for connector 1: 11 kWh, an hour at 16 A, by 7:00 on every day."""
    request = PlanRequest(
        "work",
        "Work",
        1,
        None,
        goal or EnergyGoal(11.0),
        ready or WeeklyTime(time(7)),
    )
    return replace(request, **changes)


def prices_by_hour(values: Sequence[float], start: datetime = EVENING) -> Tariff:
    """Return prices of one hour after the other."""
    hour = timedelta(hours=1)
    first = start.replace(minute=0).astimezone(ZoneInfo("UTC"))
    pieces = (
        Piece(first + at * hour, first + (at + 1) * hour, value)
        for at, value in enumerate(values)
    )
    return Tariff(Series.read(pieces), currency="EUR", source="test")


NIGHT = prices_by_hour([0.40] * 6 + [0.30, 0.20, 0.10, 0.20, 0.30] + [0.40] * 37)
"""Cheapest from 2:00 to 3:00 in the night after the evening."""


@dataclass(slots=True)
class Car:
    """A car with a battery, at a connector."""

    level: float = 40.0
    capacity: float = 75.0
    amps: float = 16.0
    phases: int = 3
    limit: float = 100.0
    """The level at which it stops by itself, in %."""
    stops: bool = True
    """Whether it stops at 0 A."""
    efficiency: float = 0.9
    shown: BatteryState | None = None
    """What is reported of it instead of the truth."""
    plugged: bool = True
    vin: str | None = None
    offered: float = 0.0
    drawn: float = 0.0
    kwh: float = 0.0
    seconds: float = 0.0
    starts: int = 0

    def step(self, seconds: float) -> None:
        """Go on for a while with the present offer."""
        before = self.drawn
        takes = self.offered if self.offered >= 6 else 0.0
        if not self.stops and before:
            takes = max(takes, 6.0)
        if not self.plugged or self.level >= self.limit:
            takes = 0.0
        self.drawn = min(takes, self.amps)
        self.starts += bool(self.drawn and not before)
        kwh = self.drawn * 230 * self.phases * seconds / 3.6e6
        self.kwh += kwh
        self.seconds += seconds if self.drawn else 0.0
        self.level += 100 * kwh * self.efficiency / self.capacity

    @property
    def battery(self) -> BatteryState:
        """Return what is reported of it."""
        if self.shown is not None:
            return self.shown
        return BatteryState(int(self.level), 60.0, self.capacity, target=self.limit)

    def state(self, connector_id: int) -> ConnectorState:
        """Return the report of its connector."""
        if not self.plugged:
            return idle(connector_id)
        state = State.CHARGING if self.drawn else State.WANTS_POWER
        if self.level >= self.limit:
            state = State.NOT_CHARGING
        return replace(
            idle(connector_id, protocol=1 if self.stops else 2, rating=32.0),
            state=state,
            plug=PlugState.CHARGING if self.drawn else PlugState.PLUGGED_IN,
            drawn=self.drawn,
            offered=self.offered,
        )


@dataclass(slots=True)
class Home:
    """A house, its rules and its cars."""

    cars: dict[int, Car]
    requests: tuple[PlanRequest, ...] = ()
    tariff: Tariff = NIGHT
    mode: Mode = Mode.FIXED
    wiring: Wiring = WIRING
    has_sun: bool = False
    fuse_size: float | None = None
    """The size of a main fuse with a meter, in A; None if there is none."""
    load_amps: Callable[[datetime], float] = lambda _: 0.0
    """What the house takes of each phase at a time, in A."""
    now: float = 1000.0
    local: datetime = EVENING
    sun_w: float = 0.0
    inputs: Inputs = field(default_factory=Inputs)
    plans: PlanInputsOfBus = field(default_factory=PlanInputsOfBus)
    plan_fails: bool = False
    is_planning: bool = True
    settings: UserSettings = field(default_factory=UserSettings)
    rules: Rules = field(init=False)
    result: RulesResult | None = None
    jobs: int = 0
    offers: list[tuple[datetime, dict[int, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()
        self.settings = replace(self.settings, mode=self.mode)

    def restart(self) -> None:
        """Begin with new rules."""
        fuse = None if self.fuse_size is None else FuseConfig(self.fuse_size, 230, 3)
        source = SourceConfig() if self.has_sun else None
        self.rules = Rules(self.wiring, RulesConfig(source=source, fuse=fuse))

    def step(self, seconds: float = SECONDS) -> RulesResult:
        """Go on for a while."""
        self.now += seconds
        self.local = (self.local.astimezone(ZoneInfo("UTC")) + timedelta(seconds=seconds)).astimezone(BERLIN)  # fmt: skip
        for car in self.cars.values():
            car.step(seconds)
        result = self.decide()
        if self.rules.plans.job is not None and self.is_planning:
            self.make()
            result = self.decide()
        for connector_id, offer in result.decision.offers.items():
            self.cars[connector_id].offered = offer
        self.result = result
        changed = not self.offers or self.offers[-1][1] != result.decision.offers
        if changed:
            self.offers.append((self.local, result.decision.offers))
        return result

    def make(self) -> None:
        """Make the plan that is to be made."""
        job = self.rules.plans.job
        assert job is not None
        self.jobs += 1
        self.rules.plans.take(job, self._plan(job), self.now)

    def _plan(self, job: PlanJob) -> PlanAttempt | None:
        return None if self.plan_fails else try_plan(job)

    def decide(self) -> RulesResult:
        """Return what the rules decide now."""
        readings = None
        if self.has_sun:
            drawn = sum(car.drawn * 230 * car.phases for car in self.cars.values())
            readings = Readings(grid=Reading(drawn - self.sun_w, self.now))
        fuse = None
        if self.fuse_size is not None:
            amps = self.load_amps(self.local) + sum(
                item.drawn for item in self.cars.values()
            )
            fuse = FuseReading(self.now, (amps,) * 3)
        there = {at: car for at, car in self.cars.items() if car.plugged}
        plans = replace(
            self.plans,
            requests=(*self.plans.settings.once, *self.requests),
            tariff=self.tariff,
            levels={at: car.battery for at, car in there.items()},
            plugged_in={at: PluggedIn(car.kwh, car.seconds, car.vin) for at, car in there.items()},
        )  # fmt: skip
        return self.rules.decide(
            self.now,
            self.local,
            bus(*(car.state(at) for at, car in self.cars.items())),
            self.settings,
            replace(self.inputs, readings=readings, fuse=fuse, plans=plans),
        )

    def run(self, until: datetime) -> RulesResult:
        """Go on until a time."""
        while self.local < until:
            result = self.step()
        return result

    @property
    def status(self) -> PlanStatus:
        """Return how the plan for work is doing."""
        assert self.result is not None
        return self.result.plans.statuses["work"]

    def state(self) -> PlanState:
        """Return what the plan for work does."""
        return self.status.state

    def charged_between(self, connector_id: int = 1) -> list[tuple[datetime, datetime]]:
        """Return the times in which a connector had an offer."""
        spans: list[tuple[datetime, datetime]] = []
        began = None
        for at, offers in self.offers:
            if offers[connector_id] and began is None:
                began = at
            elif not offers[connector_id] and began is not None:
                spans.append((began, at))
                began = None
        if began is not None:
            spans.append((began, self.local))
        return spans


def at(clock: str, day: int = 1) -> datetime:
    """Return a time of a day of December 2026, the evening being that of the day before the first."""
    hour, minute = map(int, clock.split(":"))
    if day == 0:
        return EVENING.replace(hour=hour, minute=minute)
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN)
