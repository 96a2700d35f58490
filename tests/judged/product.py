"""What is judged: the master with its guard, and the rules, as Home Assistant runs them on one bus."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from math import inf
from operator import itemgetter
from random import Random
from typing import Any, Final

from custom_components.twc_manager.charging.circuits.circuit import CircuitPlace
from custom_components.twc_manager.charging.control.stop_methods import CloseContactor
from custom_components.twc_manager.charging.fuse_supply import FusePlace
from custom_components.twc_manager.charging.plans.making import try_plan
from custom_components.twc_manager.charging.rules import Rules, RulesConfig, RulesResult
from custom_components.twc_manager.charging.starts import StoredStarts
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.surplus import SourceConfig
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.runtime.waits import wait_after
from custom_components.twc_manager.state.completeness import Completeness
from custom_components.twc_manager.twc import (
    BusError,
    BusStatus,
    KnownConnector,
    Master,
    Snapshot,
)
from custom_components.twc_manager.twc.bus_state import ABSENCE_SECONDS
from scripts.benchmark_lib.pace import Pace

from .owner import BEGIN, VOLTS, Owner

MASTER_ID: Final = 0x7777
NO_LIMIT: Final = 240.0
"""The limit of a blind guard: a sum that no line of connectors exceeds, in A."""

_EVERYTHING: Final = 80.0
_RETRY_S: Final = 5.0

type OpenPort = Callable[[Callable[[], asyncio.Protocol]], Awaitable[Any]]


class Offers(Enum):
    """What decides how much each connector is offered."""

    RULES = "rules"
    """The rules, with an owner who changes them all the time."""
    GREEDY = "greedy"
    """The maximum for each connector: the guard alone keeps the limit."""
    LYING = "lying"
    """Random amps each second."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a bus shares with others of the same Home Assistant.

    Attributes:
        fuse: its place behind a main fuse.
        config: the fuse; None if there is none.
        circuits: its place behind circuits.

    """

    fuse: FusePlace | None = None
    config: FuseConfig | None = None
    circuits: CircuitPlace = CircuitPlace()


@dataclass(frozen=True, slots=True)
class Setup:
    """How a bus is set up.

    Attributes:
        name: its name, the seed of everything random about it.
        offers: what decides how much is offered.
        limit: the A of its wiring.
        contactors: the connectors whose contactor may stop a car.
        phases: the phases of its connectors.

    """

    name: str
    offers: Offers
    limit: float
    contactors: frozenset[int] = frozenset()
    phases: int = 1


@dataclass(slots=True)
class Disk:
    """What is on the disk, and outlives the process; what the store writes of the connectors, in short.

    Attributes:
        seen: the connectors that have answered, each with the time of its last report.
        noted_at: when the bus was last looked at.
        completeness: whether all connectors that may be drawing are among them.
        orderly: whether the last process has ended as it should: otherwise there may be connectors that are not known.
        stops: what is known of how each vehicle is stopped.
        starts: the starts of the charging.

    """

    seen: dict[int, tuple[KnownConnector, float]] = field(default_factory=dict)
    noted_at: float = -inf
    completeness: Completeness = field(default_factory=lambda: Completeness(True))
    orderly: bool = True
    stops: dict[int, Any] = field(default_factory=dict)
    starts: StoredStarts = StoredStarts()

    @property
    def known(self) -> list[KnownConnector]:
        """Return the connectors that may still draw what they were offered, the last seen first."""
        seen = sorted(self.seen.values(), key=itemgetter(1), reverse=True)
        return [known for known, at in seen if self.noted_at - at <= ABSENCE_SECONDS]

    def note(self, master: Master, snapshot: Snapshot, now: float) -> None:
        """Note which connectors answer."""
        self.completeness.update(snapshot, self.seen, now)
        if snapshot.status is BusStatus.OFFLINE:
            return
        self.noted_at = now
        answering = {item.connector_id for item in snapshot.connectors}
        for known in master.known:
            if known.connector_id in answering:
                self.seen[known.connector_id] = known, now


class Product:
    """One bus of Home Assistant: it can be started, stopped and killed.

    Attributes:
        reading: the newest reading at the main fuse.

    """

    def __init__(self, setup: Setup, open_port: OpenPort) -> None:
        """Prepare; `open_port` opens the serial port for a protocol."""
        self._setup = setup
        limit = int(setup.limit)
        self._wiring = Wiring(
            limit, min(limit, int(_EVERYTHING)), 6, VOLTS, setup.phases
        )
        self._open_port = open_port
        self._dice = Random(f"offers {setup.name}")
        self._disk = Disk()
        self.owner = Owner(setup.name)
        self.reading: FuseReading | None = None
        self._running: _Running | None = None

    @property
    def master(self) -> Master | None:
        """Return the master; None while it is not running."""
        return None if self._running is None else self._running.master

    async def start(
        self,
        place: Place = Place(),
        kept: Iterable[KnownConnector] = (),
        *,
        is_complete: bool = False,
    ) -> None:
        """Start as Home Assistant does; a port that cannot be opened is tried again.

        Args:
            place: what the bus shares with others.
            kept: the connectors that a keeper kept linked meanwhile.
            is_complete: whether no other master can have fed a connector.

        """
        disk, self._disk.orderly = replace(self._disk), False
        self._disk.completeness = Completeness(disk.orderly or is_complete)
        config = RulesConfig(SourceConfig(), fuse=place.config)
        rules = Rules(
            self._wiring,
            replace(config, contactors=self._setup.contactors),
            disk.stops,
            disk.starts,
            place.fuse,
        )
        pace = Pace(self._decide)
        master = Master(
            "judged",
            MASTER_ID,
            self._wiring.limits,
            known=_merged(kept, disk.known),
            search=None if disk.orderly or is_complete else True,
            on_change=self._changed,
            connect=self._connect,  # type: ignore[arg-type]
        )
        while True:
            with suppress(BusError):
                await master.start()
                break
            await asyncio.sleep(_RETRY_S)
        self._running = _Running(master, rules, pace, place.circuits)
        self._changed(master.snapshot)

    async def stop(self) -> None:
        """End in order."""
        if (running := self._running) is None:
            return
        rules, disk = running.rules, self._disk
        disk.stops, disk.starts = rules.stored, rules.starts
        disk.orderly = disk.completeness.at_end(asyncio.get_running_loop().time())
        await self._end()

    async def kill(self) -> None:
        """End at once; nothing more is written to the disk. The port has to be dropped before."""
        await self._end()

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.pace.stop()
            await running.master.stop()

    async def _connect(
        self,
        _loop: asyncio.AbstractEventLoop,
        factory: Callable[[], asyncio.Protocol],
        _url: str,
        *,
        baudrate: int,
    ) -> Any:
        assert baudrate == 9600
        return await self._open_port(factory)

    def _changed(self, snapshot: Snapshot) -> None:
        if (running := self._running) is not None:
            # The store writes a connector that was linked before anything is offered to it.
            now = asyncio.get_running_loop().time()
            self._disk.note(running.master, snapshot, now)
            running.pace.note(snapshot)

    def owner_acts(self) -> None:
        """Let the owner change something."""
        if (running := self._running) is None:
            return
        before, snapshot = self.owner.settings, running.master.snapshot
        self.owner.act(_local(), snapshot)
        ids = [item.connector_id for item in snapshot.connectors]
        running.rules.note_owner_call(before, self.owner.settings, ids)
        running.pace.decide_now()

    def house_changed(self) -> None:
        """Let the rules see what has changed in the house."""
        if (running := self._running) is not None:
            running.pace.decide_now()

    def _decide(self) -> float:
        """Decide, and return in how many s to decide again at the latest."""
        running = self._running
        assert running is not None
        now = asyncio.get_running_loop().time()
        # Also where nothing changes, as the store does.
        self._disk.note(running.master, running.master.snapshot, now)
        if self._setup.offers is Offers.RULES:
            return self._follow_the_rules(running)
        running.master.set_offers(
            {
                item.connector_id: _EVERYTHING
                if self._setup.offers is Offers.GREEDY
                else self._dice.choice((0.0, 6.0, 13.0, 32.0, _EVERYTHING))
                for item in running.master.snapshot.connectors
            }
        )
        return 1.0

    def _follow_the_rules(self, running: _Running) -> float:
        now, local = asyncio.get_running_loop().time(), _local()
        result = self._decided(running, now, local)
        if (job := running.rules.plans.job) is not None:
            running.rules.plans.take(job, try_plan(job), now)
            result = self._decided(running, now, local)
        for command in result.decision.commands:
            closed = isinstance(command, CloseContactor)
            running.master.switch_contactor(command.connector_id, closed=closed)
        running.master.set_offers(result.decision.offers)
        settings = self.owner.settings
        return wait_after(
            result,
            settings,
            (),
            busy=True,
            still_for=running.pace.still_for(),
            now=now,
            local=local,
        )

    def _decided(self, running: _Running, now: float, local: datetime) -> RulesResult:
        snapshot = running.master.snapshot
        owner = self.owner
        owner.settings = owner.settings.settled(local)
        owner.measure(now, snapshot)
        inputs = replace(
            owner.inputs(now, snapshot), fuse=self.reading, circuits=running.circuits
        )
        return running.rules.decide(now, local, snapshot, owner.settings, inputs)


@dataclass(frozen=True, slots=True)
class _Running:
    """What exists while the bus runs."""

    master: Master
    rules: Rules
    pace: Pace
    circuits: CircuitPlace


def _local() -> datetime:
    return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())


def _merged(
    kept: Iterable[KnownConnector], known: Iterable[KnownConnector]
) -> tuple[KnownConnector, ...]:
    """Return the known connectors, first those that were kept: what they announced to this master counts."""
    known = tuple(known)
    announced = {item.connector_id: item for item in known}
    first = (announced.get(item.connector_id, item) for item in kept)
    return tuple(dict.fromkeys((*first, *known)))
