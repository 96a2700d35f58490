"""The figures of a campaign: links, energy, leaks and memory.

The values of Home Assistant are compared with the true ones of the simulator.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
import gc
from statistics import median
import sys
from typing import Any, Final

from homeassistant.core import HassJob, HomeAssistant

from simulator import Bus, WallConnector

from .home import MASTER_ID, Home

_OURS: Final = "custom_components.twc_manager"
_LOOK_S: Final = 0.25
_DRAWING_A: Final = 1.0

RELINK_MAX_S: Final = 120.0
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
            or took >= RELINK_MAX_S
            # The next fault has begun: the link took longer, but how long cannot be measured.
            or not self._calm()
        ):
            self.longest = max(self.longest, took)
            return
        self._bus.loop.call_later(_LOOK_S, self._look, since)

    def _everybody_is_linked(self) -> bool:
        return all(is_seen(twc, self._home) for twc in self._bus.connectors)


class OverdrawJudge:
    """Measures for how long more is drawn than the total limit although a connector could have been offered less."""

    _LOOK_S: Final = 1.0
    _NOTICED_A: Final = 0.7
    """A sum so far above the limit counts: half an ampere, and what meters are wrong by."""
    _REACTION_S: Final = 60.0
    """A sum above the limit is noticed in 10 s, one that does not obey in 15 s more; then cars react and ramp down."""
    _MIN_A: Final = 6.0

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
        """Return whether a car that follows its offer draws more than the minimum."""
        return any(
            twc.offered > self._MIN_A
            and twc.drawn > self._MIN_A
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
