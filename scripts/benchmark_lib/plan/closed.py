"""The nights in closed loop: the real master, guard and rules over the simulator's bus, connectors and cars.

The rules see what Home Assistant shows them: the reports of the connectors, what these have measured, the level of each
vehicle in whole %, the published prices, the forecast, the meter of the grid or of the main fuse where the night has
one, and the plans that the owner made before. All on virtual time.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor, inf
from typing import Any, Final

from custom_components.twc_manager.charging.control.stop_methods import VehicleRequest
from custom_components.twc_manager.charging.modes.active_rule import Mode
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.tariff import EMPTY, Tariff
from custom_components.twc_manager.charging.plans.battery import BatteryState
from custom_components.twc_manager.charging.plans.inputs import (
    PlanInputsOfBus,
    PluggedIn,
)
from custom_components.twc_manager.charging.plans.making import try_plan
from custom_components.twc_manager.charging.plans.request import (
    OnceTime,
    PercentGoal,
    PlanRequest,
)
from custom_components.twc_manager.charging.rules import (
    Inputs,
    Rules,
    RulesConfig,
    RulesResult,
)
from custom_components.twc_manager.charging.settings import ConnectorSettings
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
from custom_components.twc_manager.runtime.changes import BusChanges
from custom_components.twc_manager.twc import Master, Snapshot
from simulator import Bus, Car, MemoryPort, WallConnector, run_virtual

from .cars import MIN_AMPS, VOLTS, CarSpec
from .loop import Outcome, energy_cost
from .nights import ZONE, Event, Night
from .ours import away_from
from .prices import FEED_IN, QUARTER, Price

_MASTER_ID: Final = 0x7777
_FIRST_ID: Final = 0x1000
_BUSY_SECONDS: Final = 5.0
"""How often the rules decide at least, as in Home Assistant."""
_MEASURED_SECONDS: Final = 0.5
_COMMAND_SECONDS: Final = 4.0
"""How long a vehicle takes to hear a command."""
_LEAD_SECONDS: Final = 120
"""How long before the first vehicle comes the bus is set up."""
_MINIMUM_WAIT_SECONDS: Final = 0.05
_REPORT_AGE_S: Final = 60.0
_AWAY_AGE_S: Final = 3600.0
STEP_S: Final = 10
"""The time between two looks at the vehicles, in s."""
_OVER_FUSE_S: Final = 120
"""Other loads that come suddenly may stand above the fuse for so long in a night, in s, until the vehicles have given way."""
_DRAWS_A: Final = 1.0
_RATING_A: Final = 80.0
_FULL: Final = 100.0
_PHASES: Final = 3


@dataclass(slots=True)
class _Measured:
    """What a connector has measured since the vehicle was plugged in."""

    watts_per_amp: float
    kwh: float = 0.0
    seconds: float = 0.0
    _at: float | None = None
    _drawn: float = 0.0

    def update(self, now: float, drawn: float) -> None:
        """Take a report."""
        if self._at is not None:
            self.kwh += self._drawn * self.watts_per_amp * (now - self._at) / 3.6e6
            self.seconds += now - self._at if self._drawn >= _DRAWS_A else 0.0
        self._at, self._drawn = now, drawn


@dataclass(slots=True)
class _Place:
    """A connector, and the vehicle that comes there."""

    spec: CarSpec
    twc: WallConnector
    car: Car
    measured: _Measured
    delivered: float = 0.0
    """What it had delivered when that was counted last, in kWh."""
    starts: int = 0
    charges: bool = False
    missing_kwh: float | None = None

    @property
    def takes_commands(self) -> bool:
        """Return whether the vehicle stops by a command."""
        return self.spec.protocol == 2 and self.spec.stoppable

    @property
    def battery(self) -> BatteryState:
        """Return what is reported of it."""
        level = min(_FULL, float(floor(self.car.soc + 1e-6)))
        return BatteryState(level, _REPORT_AGE_S, self.spec.capacity)

    def is_there(self, second: float) -> bool:
        """Return whether the vehicle is plugged in."""
        return self.spec.arrives * 60 <= second < self.spec.leaves * 60

    def counted(self, second: float) -> float:
        """Return the kWh since the last call that count: those until the goal is judged."""
        before, self.delivered = self.delivered, self.twc.delivered_kwh
        return self.delivered - before if second <= self.spec.judged_at * 60 else 0.0

    def step(self, second: float) -> None:
        """Plug in, unplug, judge, and let the vehicle take what it takes at its level."""
        if self.is_there(second) and self.twc.car is None:
            self.twc.plug_in(self.car)
            self.measured = _Measured(self.measured.watts_per_amp)
        elif not self.is_there(second) and self.twc.car is not None:
            self.twc.unplug()
        charges = self.twc.drawn >= _DRAWS_A
        self.starts += charges and not self.charges
        self.charges = charges
        self.car.onboard_limit = float(self.spec.cap(self.car.soc))
        if second >= self.spec.judged_at * 60 and self.missing_kwh is None:
            self.judge()

    def judge(self) -> None:
        """Note what is missing."""
        done = floor(self.car.soc + 1e-6) >= self.spec.target
        self.missing_kwh = 0.0 if done else self.spec.need_kwh(self.car.soc)

    def hear(self, request: VehicleRequest) -> None:
        """Hear a command."""
        if request is VehicleRequest.STOP:
            self.car.stop()
        else:
            self.car.start()
        self.twc.refresh()


def _place(number: int, spec: CarSpec) -> _Place:
    """Return a connector of the night, with the vehicle that will come to it."""
    volts = tuple(float(VOLTS) if at < _PHASES else 0.0 for at in range(_PHASES))
    twc = WallConnector(
        _FIRST_ID + number,
        protocol=spec.protocol,
        rating=_RATING_A,
        voltages=volts,  # type: ignore[arg-type]
        zero_stops=spec.protocol == 1,
        jitter=0.0,
        can_enabled=False,
    )
    car = Car(
        phases=spec.phases,
        onboard_limit=float(spec.max_amps),
        battery_kwh=spec.capacity,
        efficiency=spec.efficiency,
        soc=spec.level,
        target=_FULL,
        # The taper is that of the night.
        taper=0.0,
        shortfall=0.0,
    )
    return _Place(spec, twc, car, _Measured(float(VOLTS * spec.phases)))


class _World:
    """The vehicles that come and leave, and what their energy costs."""

    def __init__(self, night: Night, bus: Bus) -> None:
        self.night = night
        self.places = {
            _FIRST_ID + at: _place(at, spec) for at, spec in enumerate(night.cars)
        }
        for place in self.places.values():
            bus.add(place.twc)
        self.cost = 0.0
        self.over_fuse_s = 0
        """How long the vehicles and the other load took more than the fuse, in s."""
        self._counted_at = 0.0

    def there(self, second: float) -> dict[int, _Place]:
        """Return the places with a vehicle."""
        return {
            at: place for at, place in self.places.items() if place.is_there(second)
        }

    def step(self, second: float) -> None:
        """Go on to a time: count, judge, plug in and unplug."""
        kwh = sum(place.counted(second) for place in self.places.values())
        quarter = int(self._counted_at) // 900
        self.cost += energy_cost(
            self.night, quarter, kwh, (second - self._counted_at) / 60
        )
        self._counted_at = second
        if self.night.event is Event.INTERRUPTED:
            most = max(self.draws()) + self.night.limit - self.night.room[quarter]
            self.over_fuse_s += STEP_S if most > self.night.limit + 1 else 0
        for place in self.places.values():
            place.step(second)

    def draws(self) -> tuple[float, float, float]:
        """Return what all vehicles draw on each phase, in A."""
        found = [place.twc.phase_amps for place in self.places.values()]
        first, second, third = (
            sum(amps[at] for amps in found) for at in range(_PHASES)
        )
        return first, second, third

    def outcome(self, replans: int) -> Outcome:
        """Return what came of the night."""
        for place in self.places.values():
            if place.missing_kwh is None:
                place.judge()
        places = self.places.values()
        return Outcome(
            self.cost,
            sum(place.starts for place in places),
            tuple(place.missing_kwh or 0.0 for place in places),
            replans,
        )


@dataclass(slots=True)
class _Published:
    """The prices that are published, as the rules get them."""

    prices: tuple[Price, ...] = ()
    tariff: Tariff = field(default_factory=lambda: EMPTY)

    def update(self, prices: tuple[Price, ...]) -> Tariff:
        """Return the tariff; the same one as long as the prices are."""
        if len(prices) != len(self.prices):
            self.prices = prices
            self.tariff = Tariff(
                _series((item.start, item.price) for item in prices),
                _series((item.start, FEED_IN) for item in prices),
                "EUR",
                "benchmark",
            )
        return self.tariff


def _series(values: Iterable[tuple[datetime, float]]) -> Series:
    return Series.read(Piece(start, start + QUARTER, value) for start, value in values)


class _Senses:
    """What the rules get to know of a night, as Home Assistant would tell it."""

    def __init__(self, world: _World) -> None:
        self._world = world
        self._night = night = world.night
        self._published = _Published()
        self._sun = _series(
            (night.origin + at * QUARTER, watts)
            for at, watts in enumerate(night.forecast_w)
        )
        self._requests = tuple(
            self._request(at, place.spec) for at, place in world.places.items()
        )
        self._away = {
            _name(_FIRST_ID + at): BatteryState(
                float(away.level), _AWAY_AGE_S, away.spec.capacity
            )
            for at, away in away_from(night).items()
        }

    def settings(self) -> UserSettings:
        """Return what the owner has set."""
        specs = {at: place.spec for at, place in self._world.places.items()}
        return UserSettings(
            mode=Mode.GREEN if self._night.green else Mode.FIXED,
            connectors={
                at: ConnectorSettings(limit=spec.max_amps, phases=spec.phases)
                for at, spec in specs.items()
            },
        )

    def inputs(self, second: float, now: float) -> Inputs:
        """Return what is known at a time of the night, which is `now` by the loop."""
        night, there = self._night, self._world.there(second)
        at = min(int(second) // 900, len(night.room) - 1)
        draws = self._world.draws()
        readings = fuse = None
        if night.green:
            watts = sum(draws) * VOLTS - night.sun_w[at]
            readings = Readings(grid=Reading(watts, now))
        if night.event is Event.INTERRUPTED:
            load = night.limit - night.room[at]
            fuse = FuseReading(now, tuple(amps + load for amps in draws))
        return Inputs(
            readings=readings,
            fuse=fuse,
            commandable=frozenset(
                at for at, place in there.items() if place.takes_commands
            ),
            plans=self._plans(second, there),
        )

    def _plans(self, second: float, there: Mapping[int, _Place]) -> PlanInputsOfBus:
        names = {_name(at) for at in there}
        return PlanInputsOfBus(
            requests=self._requests,
            tariff=self._published.update(
                self._night.published_prices(int(second) // 60)
            ),
            sun=self._sun,
            levels={at: place.battery for at, place in there.items()},
            away={key: item for key, item in self._away.items() if key not in names},
            vehicles={at: _name(at) for at in there},
            plugged_in={
                at: PluggedIn(place.measured.kwh, place.measured.seconds)
                for at, place in there.items()
            },
        )

    def _request(self, connector_id: int, spec: CarSpec) -> PlanRequest:
        ready = self._night.origin + timedelta(minutes=spec.ready)
        name = _name(connector_id)
        goal = PercentGoal(spec.target)
        return PlanRequest(name, name, connector_id, name, goal, OnceTime(ready))


def _name(connector_id: int) -> str:
    return f"car {connector_id:04X}"


class ClosedLoop:
    """A night with the real rules, master and guard."""

    def __init__(self, night: Night) -> None:
        """Start with no vehicle plugged in, and with the plans of the owner."""
        self._loop = asyncio.get_running_loop()
        self.bus = Bus(seed=night.number)
        self.bus.safety.limit = night.limit
        self.world = _World(night, self.bus)
        self._senses = _Senses(self.world)
        self._settings = self._senses.settings()
        wiring = Wiring(night.limit, night.limit, MIN_AMPS, VOLTS, _PHASES)
        self._rules = Rules(wiring, _config(night))
        self._port = MemoryPort(self.bus)
        self._pace = _Pace(self._decide)
        self._master = Master(
            "simulated",
            _MASTER_ID,
            wiring.limits,
            on_change=self._pace.note,
            connect=self._connect,
        )
        first = min(car.arrives for car in night.cars) * 60 - _LEAD_SECONDS
        self._began = self._loop.time() - first
        self._asked: dict[int, VehicleRequest | None] = {}
        self.replans = 0

    @property
    def second(self) -> float:
        """Return the time of the night, in s."""
        return self._loop.time() - self._began

    async def _connect(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        """Open the port of the bus."""
        return await self._port.connect(protocol_factory)

    async def run(self) -> Outcome:
        """Return what comes of the night."""
        self.bus.start()
        await self._master.start()
        try:
            end = self.world.night.minutes * 60
            while (second := self.second) < end:
                self.world.step(second)
                await asyncio.sleep(min(STEP_S, end - second))
            self.world.step(end)
        finally:
            self._pace.stop()
            await self._master.stop()
            self.bus.safety.update()
            self.bus.stop()
        return self.world.outcome(self.replans)

    def _decide(self) -> float:
        """Decide, and return in how many s to decide again at the latest."""
        now = self._loop.time()
        snapshot = self._master.snapshot
        for item in snapshot.connectors:
            self.world.places[item.connector_id].measured.update(now, item.drawn)
        result = self._result(now, snapshot)
        if (job := self._rules.plans.job) is not None:
            self.replans += 1
            self._rules.plans.take(job, try_plan(job), now)
            result = self._result(now, snapshot)
        self._master.set_offers(result.decision.offers)
        self._command(result)
        return _wait(result, now, self._local())

    def _local(self) -> datetime:
        night = self.world.night
        return (night.origin + timedelta(seconds=self.second)).astimezone(ZONE)

    def _result(self, now: float, snapshot: Snapshot) -> RulesResult:
        inputs = self._senses.inputs(self.second, now)
        return self._rules.decide(now, self._local(), snapshot, self._settings, inputs)

    def _command(self, result: RulesResult) -> None:
        """Send the vehicles what is asked of them; they hear it after a while."""
        for connector_id, item in result.decision.connectors.items():
            if item.request not in {None, self._asked.get(connector_id)}:
                place = self.world.places[connector_id]
                self._loop.call_later(_COMMAND_SECONDS, place.hear, item.request)
            self._asked[connector_id] = item.request


class _Pace:
    """When the rules decide: as in Home Assistant."""

    def __init__(self, decide: Callable[[], float]) -> None:
        self._decide = decide
        self._changes = BusChanges()
        self._timer: asyncio.Handle | None = None
        self._at = inf
        self._is_stopped = False

    def note(self, snapshot: Snapshot) -> None:
        """Take a change of the bus."""
        self._snapshot = snapshot
        if self._changes.take_facts(snapshot):
            self._after(0.0)
        elif self._changes.has_measured(snapshot):
            self._after(_MEASURED_SECONDS)

    def stop(self) -> None:
        """Decide no more."""
        self._is_stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _after(self, seconds: float) -> None:
        """Decide after a while, unless that is due earlier."""
        loop = asyncio.get_running_loop()
        if self._is_stopped or loop.time() + seconds >= self._at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._at = loop.time() + seconds
        self._timer = loop.call_later(seconds, self._due)

    def _due(self) -> None:
        self._at = inf
        self._changes.note_decision(self._snapshot)
        self._after(max(_MINIMUM_WAIT_SECONDS, self._decide()))


def _wait(result: RulesResult, now: float, local: datetime) -> float:
    """Return in how many s the rules have to decide again at the latest."""
    waits = [_BUSY_SECONDS]
    waits += [
        (rule.until - local).total_seconds()
        for rule in result.active_rules.values()
        if rule.until is not None
    ]
    if result.decision.wake_at is not None:
        waits.append(result.decision.wake_at - now)
    return min(waits)


def _config(night: Night) -> RulesConfig:
    fuse = None
    if night.event is Event.INTERRUPTED:
        fuse = FuseConfig(night.limit, VOLTS, _PHASES)
    return RulesConfig(
        source=SourceConfig() if night.green else None,
        fuse=fuse,
        # Otherwise each vehicle starts once more, for a minute after it was plugged in.
        plug_in_charge=False,
    )


def run_closed(night: Night) -> Outcome:
    """Return what comes of a night in closed loop.

    Raises:
        AssertionError: if anything on the bus was not safe, or the fuse was not kept.

    """

    async def main() -> Outcome:
        loop = ClosedLoop(night)
        outcome = await loop.run()
        loop.bus.safety.assert_clean(float(night.limit))
        assert loop.world.over_fuse_s <= _OVER_FUSE_S, loop.world.over_fuse_s
        return outcome

    return run_virtual(main())
