"""The figures of a campaign: links, energy, sessions, leaks and memory.

The values of Home Assistant are compared with the true ones of the simulator.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
import gc
from statistics import median
import sys
from typing import Any, Final

from homeassistant.core import HassJob, HomeAssistant

from custom_components.twc_manager.charging.metering.sessions import Session
from custom_components.twc_manager.coordinator import TwcCoordinator
from simulator import Bus, WallConnector

from .home import MASTER_ID, Home

_OURS: Final = "custom_components.twc_manager"
_LOOK_S: Final = 0.25
_DRAWING_A: Final = 1.0

_SLACK: Final = timedelta(seconds=120)

RELINK_MOST_S: Final = 120.0
"""The maximum time to wait for a link in s; a longer one counts as this."""


class LinkJudge:
    """Measures the time until all connectors are linked again."""

    def __init__(self, bus: Bus, home: Home, calm: Callable[[], bool]) -> None:
        """Start without a fault; `calm` returns whether there is none now."""
        self._bus = bus
        self._home = home
        self._calm = calm
        self._since: float | None = None
        self.longest = 0.0

    def mended(self) -> None:
        """Start to measure: the last fault has ended."""
        self._since = self._bus.now
        self._look(self._since)

    def _look(self, since: float) -> None:
        if self._since != since:
            return
        took = self._bus.now - since
        if (
            self._everybody_is_linked()
            or took >= RELINK_MOST_S
            # The next fault has begun: the link took longer, but how long cannot be measured.
            or not self._calm()
        ):
            self.longest = max(self.longest, took)
            return
        self._bus.loop.call_later(_LOOK_S, self._look, since)

    def _everybody_is_linked(self) -> bool:
        return all(is_seen(twc, self._home) for twc in self._bus.connectors)


class OverdrawJudge:
    """Measures for how long more is drawn than the total limit although less could have been offered to somebody."""

    _LOOK_S: Final = 1.0
    _NOTICED_A: Final = 0.7
    """A sum so far above the limit counts: half an ampere, and what meters are wrong by."""
    _REACTION_S: Final = 60.0
    """A sum above the limit is noticed in 10 s, one that does not obey in 15 s more; then cars react and ramp down."""
    _LEAST_A: Final = 6.0

    def __init__(self, bus: Bus, home: Home, calm: Callable[[], bool]) -> None:
        """Start within the limit."""
        self._bus = bus
        self._home = home
        self._calm = calm
        self._since: float | None = None
        self.late_s = 0.0
        self.worst = 0.0
        self.overdrawn_s = 0.0

    def start(self) -> None:
        """Look, now and from now on."""
        self._look()
        self._bus.loop.call_later(self._LOOK_S, self.start)

    def _look(self) -> None:
        limit = self._bus.safety.limit
        drawn = sum(twc.drawn for twc in self._bus.connectors)
        if limit is None or drawn < limit + self._NOTICED_A:
            self._since = None
            return
        self.overdrawn_s += self._LOOK_S
        self.worst = max(self.worst, drawn / limit)
        now = self._bus.now
        if (
            self._since is None
            or not self._calm()
            or not all(is_seen(twc, self._home) for twc in self._bus.connectors)
        ):
            self._since = now
        elif now - self._since > self._REACTION_S and self._could_be_less():
            self.late_s += self._LOOK_S

    def _could_be_less(self) -> bool:
        """Return whether somebody has more than it needs, and follows its offer."""
        return any(
            twc.offered > self._LEAST_A
            and twc.drawn > self._LEAST_A
            and twc.car is not None
            and twc.car.likes is None
            for twc in self._bus.connectors
        )


@dataclass(slots=True)
class _Account:
    """Energy of one connector by one id, in kWh.

    Attributes:
        counted: the present count of Home Assistant.
        true: the energy that the simulator has delivered.
        since: both at the start of the comparison; None before.

    """

    counted: float
    true: float
    first: float
    since: tuple[float, float] | None = None


class EnergyJudge:
    """Compares the lifetime energy in Home Assistant with the delivered energy."""

    _STEP: Final = 1.2
    """A first reading of a counter in whole kWh is up to one too low: the comparison begins after its first step."""

    def __init__(self, bus: Bus, home: Home) -> None:
        """Start with no energy."""
        self._bus = bus
        self._home = home
        self._accounts: dict[int, _Account] = {}

    @property
    def counted(self) -> float:
        """Return the energy that Home Assistant counted, in kWh."""
        return sum(
            item.counted - item.since[0]
            for item in self._accounts.values()
            if item.since
        )

    @property
    def true(self) -> float:
        """Return the energy delivered in the same time, in kWh."""
        return sum(
            item.true - item.since[1] for item in self._accounts.values() if item.since
        )

    def look(self) -> None:
        """Read all counters."""
        if (coordinator := self._home.coordinator) is None:
            return
        for item in coordinator.snapshot.connectors:
            twc = _find(self._bus.connectors, item.connector_id)
            stored = coordinator.persistence.meters(item).stored_energy
            if twc is not None and stored.settled:
                self._enter(twc, stored.kwh + stored.pending)

    def _enter(self, twc: WallConnector, counted: float) -> None:
        true = twc.delivered_kwh
        account = self._accounts.setdefault(twc.id, _Account(counted, true, true))
        account.counted, account.true = counted, true
        if account.since is None and true - account.first >= self._STEP:
            account.since = counted, true


@dataclass(slots=True)
class _Visit:
    """A car's visit to a connector.

    Attributes:
        ids: the ids of the connector during the visit.
        first: the earliest time on the clock during the visit, which may have been set.
        last: the latest one.
        before: the energy that the connector had delivered before, in kWh.
        delivered: the energy that it had delivered at the last check, in kWh.
        unseen_kwh: the part of it that was delivered while the integration was not running.
        kwh: the energy of the whole visit.

    """

    ids: set[int]
    first: datetime
    last: datetime
    before: float
    delivered: float
    unseen_kwh: float = 0.0
    kwh: float = 0.0

    def look(self, twc: WallConnector, at: datetime, *, seen: bool) -> None:
        """Note what goes on."""
        self.ids.add(twc.id)
        self.first, self.last = min(self.first, at), max(self.last, at)
        if not seen:
            self.unseen_kwh += twc.delivered_kwh - self.delivered
        self.delivered = twc.delivered_kwh

    def covers(self, started: datetime) -> bool:
        """Return whether a session with this start can be this visit."""
        return self.first - _SLACK <= started <= self.last + _SLACK


class SessionJudge:
    """Checks that every visit of a car that took energy is among the stored sessions.

    A connector is one by its plug alone: where nobody could see that it was empty meanwhile, two cars that tell no
    VIN are one visit. So the visit before then belongs to the one that is judged.
    """

    _LEAST_KWH: Final = 0.3
    _LATER_S: Final = 600.0
    _SEEN_LOOKS: Final = 3
    """As often has an empty connector to be there before a car that comes is known to be another one."""
    _SHARE: Final = 0.9
    """The share of the energy delivered while the integration ran that the stored sessions need to have."""
    _ALLOWANCE_KWH: Final = 0.1

    def __init__(self, bus: Bus, home: Home, calm: Callable[[], bool]) -> None:
        """Start without cars."""
        self._bus = bus
        self._home = home
        self._calm = calm
        self._visits: dict[int, _Visit] = {}
        self._before: dict[int, _Visit] = {}
        self._seen_empty: Counter[int] = Counter()
        self.lost: list[str] = []
        self.counted = 0

    def plugged_in(self, twc: WallConnector, at: datetime) -> None:
        """Record that a car was plugged in."""
        delivered = twc.delivered_kwh
        visit = self._visits[id(twc)] = _Visit({twc.id}, at, at, delivered, delivered)
        before = self._before.get(id(twc))
        if before is not None and self._seen_empty[id(twc)] < self._SEEN_LOOKS:
            visit.first = min(before.first, at)
            visit.ids |= before.ids

    def unplugged(self, twc: WallConnector, at: datetime) -> None:
        """Record that it was unplugged; some time later its session has to be among the stored ones."""
        visit = self._before[id(twc)] = self._visits.pop(id(twc))
        self._seen_empty[id(twc)] = 0
        visit.look(twc, at, seen=is_seen(twc, self._home))
        visit.kwh = twc.delivered_kwh - visit.before
        if visit.kwh >= self._LEAST_KWH:
            self._bus.loop.call_later(self._LATER_S, self._judge, visit)

    def look(self, at: datetime) -> None:
        """Note what goes on at the connectors, and which are seen to be empty."""
        for twc in self._bus.connectors:
            seen = is_seen(twc, self._home)
            if visit := self._visits.get(id(twc)):
                visit.look(twc, at, seen=seen)
            elif seen:
                self._seen_empty[id(twc)] += 1

    def _judge(self, visit: _Visit) -> None:
        coordinator = self._home.coordinator
        if coordinator is None or not self._calm():
            self._bus.loop.call_later(60.0, self._judge, visit)
            return
        self.counted += 1
        stored = [
            item.energy_kwh
            for item in _sessions(coordinator)
            if item.connector_id in visit.ids and visit.covers(item.started)
        ]
        seen = visit.kwh - visit.unseen_kwh
        if not stored or sum(stored) < self._SHARE * seen - self._ALLOWANCE_KWH:
            ids = ", ".join(f"{item:04X}" for item in sorted(visit.ids))
            self.lost.append(
                f"{self._bus.now:.0f} s: {ids} from {visit.first} to {visit.last}: {seen:.2f} kWh were seen, "
                f"{sum(stored):.2f} kept"
            )


def _sessions(coordinator: TwcCoordinator) -> Iterator[Session]:
    """Return the stored sessions and those in progress."""
    persistence = coordinator.persistence
    yield from persistence.sessions.find()
    yield from persistence.counters.running


class Leaks:
    """Checks what an unloaded entry leaves behind."""

    def __init__(self) -> None:
        """Start without findings."""
        self.found: list[str] = []

    def look(self, hass: HomeAssistant) -> None:
        """Record what is left, while no entry is loaded."""
        self.found += self.left(hass)

    def left(self, hass: HomeAssistant) -> list[str]:
        """Return the tasks and timers of the integration."""
        timers: Iterable[asyncio.TimerHandle] = hass.loop._scheduled  # type: ignore[attr-defined]  # noqa: SLF001
        return [
            *(str(task) for task in asyncio.all_tasks(hass.loop) if _runs_ours(task)),
            *(
                str(timer)
                for timer in timers
                if not timer.cancelled() and _is_ours(timer)
            ),
        ]


def _runs_ours(task: asyncio.Task[Any]) -> bool:
    """Return whether a task runs a coroutine of the integration."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and "twc_manager" in code.co_filename


def _is_ours(timer: asyncio.TimerHandle) -> bool:
    """Return whether a timer calls the integration, directly or through Home Assistant's helpers."""
    handle: Any = timer
    called = (handle._callback, *(handle._args or ()))  # noqa: SLF001
    return any(_module(item).startswith(_OURS) for item in called)


def _module(item: object) -> str:
    match item:
        case partial():
            return next(
                (
                    name
                    for name in map(_module, (item.func, *item.args))
                    if name.startswith(_OURS)
                ),
                "",
            )
        case HassJob():
            return _module(item.target)
        case _:
            owner: Any = getattr(item, "__self__", None)
            return getattr(item, "__module__", "") or type(owner).__module__ or ""


@dataclass(slots=True)
class Memory:
    """The blocks of memory that Python holds, over the hours."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    def look(self, now: float) -> None:
        """Count the blocks that are in use."""
        gc.collect()
        self.samples.append((now, sys.getallocatedblocks()))

    @property
    def growth(self) -> float:
        """Return the growth of memory from the second quarter of the time to the last, as a share.

        Medians, as Home Assistant that was killed just before may still be there in part.
        """
        if len(self.samples) < 8:
            return 0.0
        blocks = [count for _, count in self.samples]
        half, quarter = len(blocks) // 2, len(blocks) // 4
        return median(blocks[-quarter:]) / median(blocks[half - quarter : half]) - 1


def drawing(bus: Bus) -> int:
    """Return the number of connectors whose car draws now."""
    return sum(twc.drawn >= _DRAWING_A for twc in bus.connectors)


def is_seen(twc: WallConnector, home: Home) -> bool:
    """Return whether a connector is linked with the integration and available."""
    coordinator = home.coordinator
    if coordinator is None or not twc.linked or twc.master != MASTER_ID:
        return False
    return twc.id in coordinator.data.connectors


def _find(
    connectors: Iterable[WallConnector], connector_id: int
) -> WallConnector | None:
    return next((twc for twc in connectors if twc.id == connector_id), None)
