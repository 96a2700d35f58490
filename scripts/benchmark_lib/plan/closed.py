"""The nights in closed loop: the real master, guard and rules over the simulator's bus, connectors and cars.

The rules see what Home Assistant shows them: the reports of the connectors, what these have measured, the level of each
vehicle in whole %, the published prices, the forecast, the meter of the grid or of the main fuse where the night has
one, and the plans that the owner made before. All on virtual time.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from custom_components.twc_manager.runtime.waits import wait_after
from custom_components.twc_manager.twc import Master, Snapshot
from scripts.benchmark_lib.pace import Pace
from simulator import Bus, MemoryPort, run_virtual

from .cars import MIN_AMPS, VOLTS, CarSpec
from .closed_cars import FIRST_ID, PHASES, STEP_S, Place, World
from .loop import Outcome
from .nights import ZONE, Event, Night
from .ours import away_from
from .prices import FEED_IN, QUARTER, Price

_MASTER_ID: Final = 0x7777
_COMMAND_SECONDS: Final = 4.0
"""How long a vehicle takes to hear a command."""
_LEAD_SECONDS: Final = 120
"""How long before the first vehicle comes the bus is set up."""
_AWAY_AGE_S: Final = 3600.0
_OVER_FUSE_S: Final = 120
"""Other loads that come suddenly may stand above the fuse for so long in a night, in s, until the vehicles have given way."""


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
    """What the rules learn of a night, in the form of Home Assistant's inputs."""

    def __init__(self, world: World) -> None:
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
            _name(FIRST_ID + at): BatteryState(
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

    def _plans(self, second: float, there: Mapping[int, Place]) -> PlanInputsOfBus:
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
        self.world = World(night, self.bus)
        self._senses = _Senses(self.world)
        self._settings = self._senses.settings()
        wiring = Wiring(night.limit, night.limit, MIN_AMPS, VOLTS, PHASES)
        self._rules = Rules(wiring, _config(night))
        self._port = MemoryPort(self.bus)
        self._pace = Pace(self._decide)
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
        return wait_after(
            result,
            self._settings,
            (),
            busy=True,
            still_for=self._pace.still_for(),
            now=now,
            local=self._local(),
        )

    def _local(self) -> datetime:
        night = self.world.night
        return (night.origin + timedelta(seconds=self.second)).astimezone(ZONE)

    def _result(self, now: float, snapshot: Snapshot) -> RulesResult:
        inputs = self._senses.inputs(self.second, now)
        return self._rules.decide(now, self._local(), snapshot, self._settings, inputs)

    def _command(self, result: RulesResult) -> None:
        """Send the vehicles the commands of the rules; they receive them after a while."""
        for connector_id, item in result.decision.connectors.items():
            if item.request not in {None, self._asked.get(connector_id)}:
                place = self.world.places[connector_id]
                self._loop.call_later(_COMMAND_SECONDS, place.hear, item.request)
            self._asked[connector_id] = item.request


def _config(night: Night) -> RulesConfig:
    fuse = None
    if night.event is Event.INTERRUPTED:
        fuse = FuseConfig(night.limit, VOLTS, PHASES)
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
