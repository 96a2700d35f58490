"""The engine in the loop: with the real master, over simulated wires, against simulated cars."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from custom_components.twc_manager.charging.control.checks import ConnectorChecks
from custom_components.twc_manager.charging.control.stop_methods import (
    CloseContactor,
    OpenContactor,
    VehicleRequest,
)
from custom_components.twc_manager.charging.decision import AllocationInputs, Decision
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.runtime.waits import BUSY_SECONDS
from custom_components.twc_manager.twc import KnownConnector, Master, Snapshot
from simulator import Bus, MemoryPort, WallConnector, run_virtual

MASTER_ID = 0x7777
COMMAND_SECONDS = 4.0
"""How long a car takes to receive a command."""


@dataclass(slots=True)
class Track:
    """The true times at which the relay of a connector closed and opened."""

    closed: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    charging: bool = False
    waiting_since: float | None = None
    longest_wait: float = 0.0


class Rig:
    """A bus under a master under an engine."""

    def __init__(
        self,
        wiring: Wiring,
        *twcs: WallConnector,
        seed: int = 1,
        fuse_config: FuseConfig | None = None,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.wiring = wiring
        self.bus = Bus(seed=seed)
        self.bus.safety.limit = wiring.max_current
        self.bus.safety.per_connector_limit = wiring.max_connector_current
        self.twcs = [self.bus.add(twc) for twc in twcs]
        self.tracks = [Track() for _ in twcs]
        self.bus.change_listeners.append(self._track)
        self.port = MemoryPort(self.bus)
        self.fuse_config = fuse_config
        self.fuse: FuseReading | None = None
        self.inputs = AllocationInputs(self.loop.time(), Snapshot())
        self.decision = Decision({}, {})
        self.decisions: list[Callable[[Decision], None]] = []
        self.commands: list[object] = []
        """The contactors' commands, and each wish as it began."""
        self._wishes: dict[int, VehicleRequest | None] = {}
        self.master: Master | None = None
        self.known: tuple[KnownConnector, ...] = ()
        self._stored: dict[int, Any] = {}
        self._engine: Engine | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Set up as Home Assistant does, with the stored data."""
        self._engine = Engine(self.wiring, self.fuse_config, self._stored)
        self.master = Master(
            "simulated",
            MASTER_ID,
            self.wiring.limits,
            known=self.known,
            on_change=lambda _: self.decide(),
            connect=self._connect,
        )
        await self.master.start()
        self.decide()

    async def stop(self) -> None:
        """Unload as Home Assistant does."""
        assert self.master is not None
        assert self._engine is not None
        self.known, self._stored = self.master.known, self._engine.stored
        master, self.master = self.master, None
        if self._timer is not None:
            self._timer.cancel()
        await master.stop()

    async def _connect(
        self, _loop: Any, factory: Any, _url: str, *, baudrate: int
    ) -> Any:
        assert baudrate == 9600
        return await self.port.connect(factory)

    def set(self, **changes: Any) -> None:
        """Change the input of the engine, which reacts at once."""
        self.inputs = replace(self.inputs, **changes)
        self.decide()

    @property
    def checks(self) -> ConnectorChecks:
        assert self._engine is not None
        return self._engine.checks

    def read_fuse(self, reading: FuseReading) -> None:
        """Pass a reading of the main fuse, to which the engine reacts at once."""
        self.fuse = reading
        self.decide()

    def settings(self, **changes: Any) -> None:
        self.set(settings=replace(self.inputs.settings, **changes))

    def limit(self, twc: WallConnector, **changes: Any) -> None:
        settings = self.inputs.settings
        after = replace(settings.connector(twc.id), **changes)
        self.settings(connectors={**settings.connectors, twc.id: after})

    def decide(self) -> None:
        if self.master is None or self._engine is None:
            return
        now = self.loop.time()
        self.inputs = replace(self.inputs, now=now, snapshot=self.master.snapshot)
        decision = self.decision = self._engine.decide(self.inputs, self.fuse)
        for listener in self.decisions:
            listener(decision)
        for command in decision.commands:
            self.commands.append(command)
            self.loop.call_later(COMMAND_SECONDS, self._obey, command)
        for connector_id, item in decision.connectors.items():
            if item.request not in {None, self._wishes.get(connector_id)}:
                self.commands.append(item.request)
                self.loop.call_later(
                    COMMAND_SECONDS, self._command_car, connector_id, item.request
                )
            self._wishes[connector_id] = item.request
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        next_at = now + BUSY_SECONDS
        if decision.wake_at is not None:
            assert decision.wake_at > now
            next_at = min(next_at, decision.wake_at)
        self._timer = self.loop.call_at(next_at, self.decide)
        self.master.set_offers(decision.offers)

    def _obey(self, command: OpenContactor | CloseContactor) -> None:
        twc = self._twc(command.connector_id)
        closed = isinstance(command, CloseContactor)
        twc.supply.allow_contactor(self.loop.time(), closed=closed)
        twc.refresh()

    def _command_car(self, connector_id: int, request: VehicleRequest) -> None:
        twc = self._twc(connector_id)
        if twc.car is not None and request is VehicleRequest.STOP:
            twc.car.stop()
        elif twc.car is not None:
            twc.car.start()
        twc.refresh()

    def _twc(self, connector_id: int) -> WallConnector:
        return next(twc for twc in self.twcs if twc.id == connector_id)

    def _track(self) -> None:
        now = self.loop.time()
        for twc, track in zip(self.twcs, self.tracks, strict=True):
            if twc.charging == track.charging:
                continue
            track.charging = twc.charging
            (track.closed if twc.charging else track.opened).append(now)

    def reason(self, twc: WallConnector) -> str:
        return self.decision.connectors[twc.id].reason.value

    def assert_clean(self) -> None:
        self.bus.safety.assert_clean()
        assert self.bus.safety.possible_broken_s == 0


def with_rig(
    scenario: Callable[[Rig], Awaitable[None]],
    wiring: Wiring,
    *twcs: WallConnector,
    seed: int = 1,
    fuse_config: FuseConfig | None = None,
) -> Rig:
    """Run a scenario on virtual time, and check the safety record of the bus afterwards."""

    async def main() -> Rig:
        rig = Rig(wiring, *twcs, seed=seed, fuse_config=fuse_config)
        rig.bus.start()
        await rig.start()
        try:
            await scenario(rig)
        finally:
            if rig.master is not None:
                await rig.stop()
            rig.bus.safety.update()
            rig.bus.stop()
        rig.assert_clean()
        return rig

    return run_virtual(main())
