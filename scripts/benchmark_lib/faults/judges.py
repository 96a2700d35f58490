"""What a campaign counts: links, energy, sessions, leaks and memory.

The truth is the simulator's; what Home Assistant shows is judged by it.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
import gc
import sys
from typing import Any, Final

from homeassistant.core import HassJob, HomeAssistant

from simulator import Bus, WallConnector

from .home import MASTER_ID, Home

_OURS: Final = "custom_components.twc_manager"
_LOOK_S: Final = 0.25
_DRAWING_A: Final = 1.0

RELINK_MOST_S: Final = 120.0
"""How long a link is waited for; what takes longer counts as this."""


class LinkJudge:
    """Measures how long it takes until everybody is linked again."""

    def __init__(self, bus: Bus, home: Home, calm: Callable[[], bool]) -> None:
        """Begin with nothing broken; `calm` tells whether nothing is out of order."""
        self._bus = bus
        self._home = home
        self._calm = calm
        self._since: float | None = None
        self.longest = 0.0

    def mended(self) -> None:
        """Begin to measure: the last fault is over."""
        self._since = self._bus.now
        self._look(self._since)

    def _look(self, since: float) -> None:
        if self._since != since or not self._calm():
            return
        took = self._bus.now - since
        linked = self._everybody_is_linked()
        if linked or took >= RELINK_MOST_S:
            self.longest = max(self.longest, took)
            return
        self._bus.loop.call_later(_LOOK_S, self._look, since)

    def _everybody_is_linked(self) -> bool:
        if (coordinator := self._home.coordinator) is None:
            return False
        shown = coordinator.data.connectors
        return all(
            twc.linked and twc.master == MASTER_ID and twc.id in shown
            for twc in self._bus.connectors
        )


@dataclass(slots=True)
class _Account:
    """Energy of one connector by one id, in kWh.

    Attributes:
        told: what Home Assistant counts now.
        true: what the simulator has delivered by then.
        since: both when the comparison began; None before.

    """

    told: float
    true: float
    first: float
    since: tuple[float, float] | None = None


class EnergyJudge:
    """Compares the lifetime energy that is shown with what was delivered."""

    _STEP: Final = 1.2
    """A first reading of a counter in whole kWh is up to one too low: the comparison begins after its first step."""

    def __init__(self, bus: Bus, home: Home) -> None:
        """Begin with nothing counted."""
        self._bus = bus
        self._home = home
        self._accounts: dict[int, _Account] = {}

    @property
    def told(self) -> float:
        """Return the kWh that Home Assistant counted."""
        return sum(
            item.told - item.since[0] for item in self._accounts.values() if item.since
        )

    @property
    def true(self) -> float:
        """Return the kWh delivered meanwhile."""
        return sum(
            item.true - item.since[1] for item in self._accounts.values() if item.since
        )

    def look(self) -> None:
        """Read all counters."""
        if (coordinator := self._home.coordinator) is None:
            return
        for item in coordinator.snapshot.connectors:
            twc = _find(self._bus.connectors, item.connector_id)
            stored = coordinator.ledger.meters(item).stored_energy
            if twc is not None and stored.settled:
                self._enter(twc, stored.kwh + stored.held)

    def _enter(self, twc: WallConnector, told: float) -> None:
        true = twc.delivered_kwh
        account = self._accounts.setdefault(twc.id, _Account(told, true, true))
        account.told, account.true = told, true
        if account.since is None and true - account.first >= self._STEP:
            account.since = told, true


@dataclass(slots=True)
class _Visit:
    """A car's visit to a connector."""

    ids: set[int]
    begin: datetime
    before: float
    end: datetime | None = None
    kwh: float = 0.0

    def covers(self, started: datetime) -> bool:
        """Return whether a session that started then can be this one, by a clock that may have been set."""
        slack = timedelta(seconds=120)
        end = self.end or self.begin
        first, last = sorted((self.begin, end))
        return first - slack <= started <= last + slack


class SessionJudge:
    """Looks whether every visit of a car that took energy is among the sessions kept."""

    _LEAST_KWH: Final = 0.3
    _LATER_S: Final = 600.0

    def __init__(self, bus: Bus, home: Home, calm: Callable[[], bool]) -> None:
        """Begin with no car there."""
        self._bus = bus
        self._home = home
        self._calm = calm
        self._visits: dict[int, _Visit] = {}
        self.lost: list[str] = []
        self.counted = 0
        self.unjudged = 0

    def plugged_in(self, twc: WallConnector, at: datetime) -> None:
        """Note that a car came."""
        self._visits[id(twc)] = _Visit({twc.id}, at, twc.delivered_kwh)

    def unplugged(self, twc: WallConnector, at: datetime) -> None:
        """Note that it left; a while later its session has to be among those kept."""
        visit = self._visits.pop(id(twc))
        visit.end = at
        visit.ids.add(twc.id)
        visit.kwh = twc.delivered_kwh - visit.before
        if visit.kwh >= self._LEAST_KWH:
            self.counted += 1
            self.unjudged += 1
            self._bus.loop.call_later(self._LATER_S, self._judge, visit)

    def look(self) -> None:
        """Note by which ids the connectors go."""
        for twc in self._bus.connectors:
            if visit := self._visits.get(id(twc)):
                visit.ids.add(twc.id)

    def _judge(self, visit: _Visit) -> None:
        coordinator = self._home.coordinator
        if coordinator is None or not self._calm():
            self._bus.loop.call_later(60.0, self._judge, visit)
            return
        self.unjudged -= 1
        kept = [*coordinator.ledger.sessions.find()]
        running = [
            meters._sessions.session  # noqa: SLF001
            for meters in coordinator.ledger._meters.values()  # noqa: SLF001
        ]
        if not any(
            item.connector_id in visit.ids and visit.covers(item.started)
            for item in (*kept, *running)
            if item is not None
        ):
            ids = ", ".join(f"{item:04X}" for item in visit.ids)
            self.lost.append(
                f"{self._bus.now:.0f} s: {ids} from {visit.begin} to {visit.end}, {visit.kwh:.1f} kWh"
            )


class Leaks:
    """Looks what an entry leaves behind when it is unloaded."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.found: list[str] = []

    def look(self, hass: HomeAssistant) -> None:
        """Note the tasks and timers of ours that are still there, now that nothing of ours is loaded."""
        for task in asyncio.all_tasks(hass.loop):
            coroutine = task.get_coro()
            code = getattr(coroutine, "cr_code", None)
            if code is not None and "twc_manager" in code.co_filename:
                self.found.append(str(task))
        timers: Iterable[asyncio.TimerHandle] = hass.loop._scheduled  # type: ignore[attr-defined]  # noqa: SLF001
        self.found += [
            str(timer) for timer in timers if not timer.cancelled() and _is_ours(timer)
        ]


def _is_ours(timer: asyncio.TimerHandle) -> bool:
    """Return whether a timer calls something of ours, directly or for Home Assistant's helpers."""
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
        """Return by which share of what was held at half-time the last quarter holds more on average."""
        if len(self.samples) < 8:
            return 0.0
        blocks = [count for _, count in self.samples]
        half, quarter = len(blocks) // 2, len(blocks) // 4
        middle = sum(blocks[half - quarter : half]) / quarter
        return sum(blocks[-quarter:]) / quarter / middle - 1


def drawing(bus: Bus) -> int:
    """Return at how many connectors a car draws now."""
    return sum(twc.drawn >= _DRAWING_A for twc in bus.connectors)


def _find(
    connectors: Iterable[WallConnector], connector_id: int
) -> WallConnector | None:
    return next((twc for twc in connectors if twc.id == connector_id), None)
