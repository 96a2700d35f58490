"""A campaign of faults: Home Assistant's core with the integration in a simulated world, for many hours."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
import logging
from pathlib import Path
import random
from random import Random
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final, Self
from unittest.mock import patch
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry, ConfigSubentryDataWithId
from homeassistant.const import CONF_DEVICE

from custom_components.twc_manager.const import (
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DOMAIN,
)
from custom_components.twc_manager.inputs.fuse import CONF_FUSE_POWER, CONF_FUSE_SIZE
from custom_components.twc_manager.twc import transport
from simulator import Bus, MemoryPort, WallConnector, World

from .disk import Disk
from .home import MASTER_ID, PORT, TIME_ZONE, Home, ports_from
from .judges import EnergyJudge, Leaks, LinkJudge, Memory, OverdrawJudge, drawing
from .life import GRID, Life
from .mishaps import Mishaps
from .plan import PLACES, Event, What, events
from .session_judge import SessionJudge
from .wall_clock import WallClock

_LIMITS_A: Final = (32, 48, 60, 80)
_EACH_A: Final = (16, 24, 32, 40, 80)
_RATINGS_A: Final = (80, 80, 40, 32)
"""The ratings of the connectors of a house: 80 A in North America, 32 A in Europe, and an unusual one."""
_LOOK_S: Final = 10.0
_MEMORY_S: Final = 3600.0
_TIDY_S: Final = 5.0
_LAST_QUIET_S: Final = 900.0
"""The time in s after the last event, in which everything has to recover before the figures are taken."""

_FUSE_SHARES: Final = (0.0, 0.0, 0.8, 1.2)
"""The size of the main fuse of a campaign of lies, as a share of the limit of the wiring; 0 for none that is watched."""

_MISHAPS: Final = frozenset(list(What)[: list(What).index(What.PLUG_IN)])
_BEGINS: Final = (
    # The days before the clock changes, back and forth.
    datetime(2026, 10, 24, 6, tzinfo=ZoneInfo(TIME_ZONE)),
    datetime(2027, 3, 27, 6, tzinfo=ZoneInfo(TIME_ZONE)),
)


@dataclass(frozen=True, slots=True)
class Result:
    """The results of a campaign, or of several.

    Attributes:
        hours: the time in the world, in h.
        charging_hours: the time for which cars drew, of all connectors together, in h.
        limit_broken_s: the time for which more than a wiring limit was drawn or allowed because of offers, in s.
        overdrawn_s: the time for which more than the total limit was drawn, also by cars that do not follow, in s.
        overdrawn_late_s: the part of it in which a car could have been lowered, in s.
        overdrawn_worst: the highest draw, as a multiple of the limit.
        forbidden_frames: frames written that a master must not write.
        relink_max_s: the longest time from the last fault until all connectors were linked again, in s.
        counted_kwh: the energy that Home Assistant counted.
        true_kwh: the energy that was delivered in the same time.
        leaked: the tasks and timers that an unloaded entry left behind.
        sessions: the visits of cars that took energy.
        lost: the visits that are missing from the stored sessions.
        memory_growth: growth of the memory in use from the second quarter of the time to the last, as a share.
        events: the number of events of each kind.

    """

    hours: float = 0.0
    charging_hours: float = 0.0
    limit_broken_s: float = 0.0
    overdrawn_s: float = 0.0
    overdrawn_late_s: float = 0.0
    overdrawn_worst: float = 0.0
    forbidden_frames: int = 0
    relink_max_s: float = 0.0
    counted_kwh: float = 0.0
    true_kwh: float = 0.0
    leaked: tuple[str, ...] = ()
    sessions: int = 0
    lost: tuple[str, ...] = ()
    memory_growth: float = 0.0
    events: MappingProxyType[str, int] | dict[str, int] = field(default_factory=dict)

    @property
    def energy_error(self) -> float:
        """Return the relative error of the counted energy."""
        return abs(self.counted_kwh / self.true_kwh - 1) if self.true_kwh else 0.0


@dataclass(frozen=True, slots=True)
class Wiring:
    """The limits of the wiring of a house, in A: a rating can be lower or higher than the limit of the owner.

    Attributes:
        limit: all connectors together.
        each: of each connector, as the owner set it.
        rating: of each connector, as it was built.

    """

    limit: int
    each: int
    rating: int

    @classmethod
    def drawn(cls, dice: Random) -> Self:
        """Return some wiring."""
        limit = dice.choice(_LIMITS_A)
        return cls(limit, min(limit, dice.choice(_EACH_A)), dice.choice(_RATINGS_A))


@dataclass(frozen=True, slots=True)
class Judges:
    """The judges of what happens."""

    links: LinkJudge
    overdraw: OverdrawJudge
    energy: EnergyJudge
    sessions: SessionJudge
    leaks: Leaks
    memory: Memory


@dataclass(slots=True)
class Progress:
    """How far a campaign is.

    Attributes:
        charging_s: for how long cars are to draw, all connectors together.
        charged_s: for how long they have.
        happened: the number of events of each kind.
        closing: whether no further event happens.
        over: whether everything has recovered.

    """

    charging_s: float = 0.0
    charged_s: float = 0.0
    happened: dict[str, int] = field(default_factory=dict)
    closing: bool = False
    over: bool = False


class Campaign:
    """One campaign, of a seed."""

    def __init__(
        self, seed: int, folder: Path, plan: Iterable[Event], *, lies: bool = False
    ) -> None:
        """Build the world; in a campaign of `lies` the main fuse is watched, too."""
        self.world = World()
        self.bus = Bus(self.world, seed)
        wiring = Wiring.drawn(Random(f"{seed} wiring"))
        for twc in _connectors(Random(f"{seed} connectors"), wiring.rating):
            self.bus.add(twc)
        # The rating of a connector is checked by itself.
        self.bus.safety.limit = wiring.limit
        self.bus.safety.per_connector_limit = wiring.each
        self.clock = WallClock(self.world, _BEGINS[seed % len(_BEGINS)])
        self.port = MemoryPort(self.bus, PORT)
        self.disk = Disk()
        leaks = Leaks()
        fuse = _fuse(wiring, Random(f"{seed} fuse")) if lies else {}
        entry = _entry(wiring, fuse)
        self.home = Home(self.world, [self.port], folder, [entry], leaks.look)
        self.judges = Judges(
            LinkJudge(self.bus, self.home, self._calm),
            OverdrawJudge(self.bus, self.home, self._calm),
            EnergyJudge(self.bus, self.home),
            SessionJudge(self.bus, self.home, self._calm),
            leaks,
            Memory(),
        )
        self.mishaps = Mishaps(
            self.bus,
            self.port,
            self.home,
            leaks=leaks,
            disk=self.disk,
            over=self.judges.links.mended,
        )
        self.life = Life(self.bus, self.home, self.clock, self.judges.sessions)
        self.progress = Progress()
        self._begin = self.world.time()
        self._plan = iter(plan)

    def run(self, charging_hours: float) -> Result:
        """Run all events until the cars have charged for some hours, and then until everything has recovered."""
        with ExitStack() as stack:
            stack.enter_context(self.clock.in_use())
            stack.enter_context(self.disk.in_use())
            stack.enter_context(
                patch.object(
                    transport, "create_serial_connection", ports_from(self.port)
                )
            )
            self.progress.charging_s = charging_hours * 3600
            self.bus.start()
            self.life.start()
            self.judges.overdraw.start()
            self._look()
            self._remember()
            self._next()
            while not self.progress.over:
                self.home.live()
                self.world.advance(self.world.time() + self.mishaps.off_for)
            self.bus.stop()
        return self._result()

    def _calm(self) -> bool:
        return not self.mishaps.going_on

    def _next(self) -> None:
        """Run the next event and schedule the one after it."""
        event = next(self._plan, None)
        if event is None:
            return
        self.world.call_at(self._begin + event.at, self._happen, event)

    def _happen(self, event: Event) -> None:
        if self.progress.closing:
            return
        self.progress.happened[event.what] = (
            self.progress.happened.get(event.what, 0) + 1
        )
        (self.mishaps if event.what in _MISHAPS else self.life).happen(event)
        self._next()

    def _finish(self) -> None:
        """Stop once everything has recovered."""
        if self._calm() and self.home.entry is not None:
            self.world.call_later(_LAST_QUIET_S, self._stop)
        else:
            self.world.call_later(_LOOK_S, self._finish)

    def _stop(self) -> None:
        self.judges.energy.look()
        self.progress.over = True
        self.mishaps.off_for = 0.0
        self.home.stop()

    def _look(self) -> None:
        self.progress.charged_s += _LOOK_S * drawing(self.bus)
        self.judges.energy.look()
        self.judges.sessions.look(self.clock.utcnow())
        if (
            self.progress.charged_s >= self.progress.charging_s
            and not self.progress.closing
        ):
            self.progress.closing = True
            self._finish()
        self.world.call_later(_LOOK_S, self._look)

    def _remember(self) -> None:
        """Measure the memory, after the owner has removed the devices of ids that no longer exist."""
        if self.home.entry is None:
            self.world.call_later(_LOOK_S, self._remember)
            return
        self.life.tidy_up()
        self.world.call_later(_TIDY_S, self._look_at_memory)

    def _look_at_memory(self) -> None:
        self.judges.memory.look(self.world.time())
        self.world.call_later(_MEMORY_S, self._remember)

    def _result(self) -> Result:
        safety = self.bus.safety
        return Result(
            hours=(self.world.time() - self._begin) / 3600,
            charging_hours=self.progress.charged_s / 3600,
            limit_broken_s=safety.possible_broken_s,
            overdrawn_s=self.judges.overdraw.overdrawn_s,
            overdrawn_late_s=self.judges.overdraw.late_s,
            overdrawn_worst=self.judges.overdraw.worst,
            forbidden_frames=len(safety.forbidden_frames),
            relink_max_s=self.judges.links.longest,
            counted_kwh=self.judges.energy.counted,
            true_kwh=self.judges.energy.true,
            leaked=tuple(self.judges.leaks.found),
            sessions=self.judges.sessions.counted,
            lost=tuple(self.judges.sessions.lost),
            memory_growth=self.judges.memory.growth,
            events=self.progress.happened,
        )


def _connectors(dice: Random, rating: int) -> Iterator[WallConnector]:
    """Return connectors that are as different as possible on one bus."""
    for connector_id in (0x032E, 0x1839, 0x2431)[:PLACES]:
        protocol = dice.choice((1, 2, 2))
        yield WallConnector(
            connector_id,
            protocol=protocol,
            rating=rating,
            firmware=dice.choice(((4, 5, 3, 0), (4, 0, 7, 0)))
            if protocol == 2
            else (2, 1, 0, 0),
            initial_kwh=dice.uniform(0, 20_000),
            absurd_counter=dice.random() < 0.15,
            meter_amps=dice.random() < 0.5,
            idle_draw=dice.choice((0.0, 0.25)),
        )


def _fuse(wiring: Wiring, dice: Random) -> dict[str, Any]:
    """Return the options of the main fuse: it is watched by the sensor of the whole house."""
    size = round(wiring.limit * dice.choice(_FUSE_SHARES))
    return {CONF_FUSE_SIZE: size, CONF_FUSE_POWER: GRID} if size else {}


def _entry(wiring: Wiring, fuse: dict[str, Any]) -> ConfigEntry:
    """Return the entry as the owner created it in the flows."""
    night: ConfigSubentryDataWithId = {
        "data": {
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "start": "01:30:00",
            "end": "04:30:00",
            "action": "amps",
            "amps": 20,
        },
        "subentry_id": "night",
        "subentry_type": "schedule",
        "title": "Night",
        "unique_id": None,
    }
    return ConfigEntry(
        data={
            CONF_DEVICE: PORT,
            CONF_MASTER_ID: MASTER_ID,
            CONF_MAX_CURRENT: wiring.limit,
            CONF_MAX_CONNECTOR_CURRENT: wiring.each,
            CONF_MIN_CURRENT: 6,
            CONF_PHASES: 1,
            CONF_VOLTAGE: 240,
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        entry_id="bus",
        minor_version=1,
        options={"green_source": "grid", "green_grid": GRID, **fuse},
        source="user",
        subentries_data=[night],
        title="TWC Manager",
        unique_id=None,
        version=1,
    )


def run_campaign(
    seed: int,
    charging_hours: float,
    skip: frozenset[int] = frozenset(),
    *,
    lies: bool = False,
) -> Result:
    """Run a campaign, with `lies` one of those; events with the numbers in `skip` are left out."""
    logging.disable(logging.ERROR)
    # The sign of the master on the bus is random, too.
    random.seed(seed)
    every = enumerate(events(seed, lies=lies))
    plan = (event for number, event in every if number not in skip)
    with TemporaryDirectory() as folder:
        campaign = Campaign(seed, Path(folder), plan, lies=lies)
        return campaign.run(charging_hours)
