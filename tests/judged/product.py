"""What is judged: the master with its guard, and the rules, as Home Assistant runs them on one bus."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from random import Random
from typing import Any, Final

from custom_components.twc_manager.charging.control.stop_methods import CloseContactor
from custom_components.twc_manager.charging.decision import AllocationInputs
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import ActiveRule, GreenBudget, Rule
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import (
    BusError,
    KnownConnector,
    Master,
    Snapshot,
    WiringLimits,
)

MASTER_ID: Final = 0x7777
NO_LIMIT: Final = 240.0
"""What a blind guard is told: the sum that no line of connectors exceeds, in A."""

_EVERYTHING: Final = 80.0

type OpenPort = Callable[[Callable[[], asyncio.Protocol]], Awaitable[Any]]


class Rules(Enum):
    """Who says what each connector is to be offered."""

    OURS = "ours"
    """The rules, with an owner who changes them all the time."""
    GREEDY = "greedy"
    """Everything to everybody: the guard alone keeps the limit."""
    LYING = "lying"
    """Random amps each second."""


@dataclass(slots=True)
class Disk:
    """What outlives the process."""

    known: tuple[KnownConnector, ...] = ()
    engine: dict[int, Any] = field(default_factory=dict)
    orderly: bool = True
    """Whether the last process has ended as it should: otherwise there may be connectors that are not known."""


class Product:
    """One bus of Home Assistant: it can be started, stopped and killed."""

    def __init__(
        self, rules: Rules, limit: float, seed: int, open_port: OpenPort
    ) -> None:
        """Prepare; the limit is in A, and `open_port` opens the serial port for a protocol."""
        self._wiring = Wiring(int(limit), int(min(limit, _EVERYTHING)), 6, 240, 1)
        self._rules = rules
        self._dice = Random(f"owner {seed}")
        self._open_port = open_port
        self._disk = Disk()
        self._engine: Engine | None = None
        self._inputs = AllocationInputs(0.0, Snapshot())
        self._timer: asyncio.TimerHandle | None = None
        self._master: Master | None = None

    async def start(self) -> None:
        """Start as Home Assistant does; a port that cannot be opened is tried again."""
        self._engine = Engine(self._wiring, None, self._disk.engine)
        master = Master(
            "judged",
            MASTER_ID,
            WiringLimits(self._wiring.max_current, self._wiring.max_connector_current),
            known=self._disk.known,
            search=None if self._disk.orderly else True,
            on_change=lambda _: self._changed(),
            connect=self._connect,  # type: ignore[arg-type]
        )
        self._disk.orderly = False
        while True:
            with suppress(BusError):
                await master.start()
                break
            await asyncio.sleep(5)
        self._master = master
        self._decide()

    async def stop(self) -> None:
        """End in order."""
        if self._master is None or self._engine is None:
            return
        self._disk = Disk(self._master.known, self._engine.stored)
        await self._end()

    async def kill(self, drop_port: Callable[[], None]) -> None:
        """End at once: nothing is written any more, to the disk or to the line."""
        drop_port()
        await self._end()

    async def _end(self) -> None:
        master, self._master = self._master, None
        if self._timer is not None:
            self._timer.cancel()
        if master is not None:
            await master.stop()

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

    def _changed(self) -> None:
        if self._master is not None:
            # The store writes whom the master has linked before anything is offered to it.
            self._disk.known = self._master.known
            self._decide()

    def owner_acts(self) -> None:
        """Let the owner change something."""
        deed = self._dice.choice((self._change_rule, self._shine, self._change_current))
        deed()
        self._decide()

    def _change_rule(self) -> None:
        connectors = self._inputs.snapshot.connectors
        rules = (
            ActiveRule(Rule.FIXED),
            ActiveRule(Rule.CHARGE_NOW),
            ActiveRule(Rule.OFF),
            ActiveRule(Rule.GREEN, green=True),
            ActiveRule(Rule.SCHEDULE, 12, name="night"),
        )
        active = {item.connector_id: self._dice.choice(rules) for item in connectors}
        self._inputs = replace(self._inputs, active_rules=active)

    def _shine(self) -> None:
        budget = GreenBudget(self._dice.randint(0, 60))
        self._inputs = replace(self._inputs, green=budget)

    def _change_current(self) -> None:
        current = self._dice.choice((None, None, 8, 16, 32))
        settings = replace(self._inputs.settings, current=current)
        self._inputs = replace(self._inputs, settings=settings)

    def _decide(self) -> None:
        if self._master is None or self._engine is None:
            return
        now = asyncio.get_running_loop().time()
        snapshot = self._master.snapshot
        self._inputs = replace(self._inputs, now=now, snapshot=snapshot)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._rules is Rules.OURS:
            self._follow_the_engine(self._engine, self._master, now)
            return
        self._master.set_offers(
            {
                item.connector_id: _EVERYTHING
                if self._rules is Rules.GREEDY
                else self._dice.choice((0.0, 6.0, 13.0, 32.0, _EVERYTHING))
                for item in snapshot.connectors
            }
        )
        self._timer = asyncio.get_running_loop().call_later(1, self._decide)

    def _follow_the_engine(self, engine: Engine, master: Master, now: float) -> None:
        decision = engine.decide(self._inputs, None)
        for command in decision.commands:
            closed = isinstance(command, CloseContactor)
            master.switch_contactor(command.connector_id, closed=closed)
        if decision.wake_at is not None:
            assert decision.wake_at > now
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(decision.wake_at, self._decide)
        master.set_offers(decision.offers)
