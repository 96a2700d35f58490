"""The simulated part of the demo: the bus with its connectors and cars, their Tesla account, the sun and the house.

The simulator runs in the process of the demo, so that it ends with the demo.
"""

import asyncio
from collections.abc import Sequence
import json
from pathlib import Path
from typing import Final, Self, override

from simulator import Bus, House, Load, PtyPort, Sun, WallConnector, Weather
from simulator.tesla import Account, TeslaCar, TeslaCloud

from . import plan
from .net import HOST, assert_free, free_port
from .prices import Prices

_SAVE_S: Final = 60.0
_NOON_S: Final = 12 * 3_600.0


class _EvenSun(Sun):
    """A sun with a constant production beside what some cars take."""

    def __init__(self, watts: float, beside: Sequence[WallConnector]) -> None:
        """Create a sun with a production in W."""
        super().__init__()
        self._watts = watts
        self._beside = beside

    @override
    def production_w(self, time: float) -> float:
        """Return the production, in W."""
        return self._watts + sum(twc.power_w for twc in self._beside)


class World:
    """A bus on a pty, with a house around it."""

    def __init__(self, port: Path, memory: Path) -> None:
        """Create it; `port` is the path to open, `memory` stores the energy meters and the account."""
        self.bus = Bus(asyncio.get_running_loop(), seed=1)
        for twc in plan.connectors():
            self.bus.add(twc)
        self.house = House(
            self.bus,
            Sun(weather=Weather.BROKEN, seed=1),
            Load(seed=1),
            begin_s=_NOON_S,
        )
        self.prices = Prices()
        self.account = Account()
        self.cloud = TeslaCloud(self.account, bus=self.bus, home=plan.HOME)
        self._cloud_port = 0
        self._port = port
        self._memory = memory
        self._pty: PtyPort | None = None
        self._saver: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        """Power the bus up, plug the cars in and open the account's server."""
        self._recall()
        self.bus.safety.limit = plan.MAX_CURRENT
        self.bus.safety.per_connector_limit = plan.MAX_CONNECTOR_CURRENT
        self._pty = PtyPort(self.bus, self._port)
        self.bus.start()
        for twc, car in zip(self.bus.connectors, plan.cars(), strict=True):
            twc.plug_in(car)
            if name := plan.IN_ACCOUNT.get(twc.id):
                self.account.cars.append(TeslaCar(car=car, name=name))
        await self.cloud.start(HOST, self._cloud_port)
        self._save_regularly()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Power it down and remove the port."""
        await self.cloud.stop()
        if self._saver is not None:
            self._saver.cancel()
        self._save()
        if self._pty is not None:
            self._pty.close()
        self.bus.stop()

    def connector(self, connector_id: int) -> WallConnector:
        """Return a connector by its id."""
        return next(twc for twc in self.bus.connectors if twc.id == connector_id)

    @property
    def drawn(self) -> float:
        """The draw of all cars together, in A."""
        return sum(twc.drawn for twc in self.bus.connectors)

    def set_sun(self, watts: float, beside: Sequence[WallConnector] = ()) -> None:
        """Set a constant production from now on, for checks of charging that follows it.

        What the cars at the connectors `beside` take is produced as well, so that it is nothing to the others.
        """
        self.house.sun = _EvenSun(watts, beside)

    @property
    def house_figures(self) -> dict[str, int]:
        """The present values of the house's meters, in W."""
        return {
            "production_w": round(self.house.production_w),
            "consumption_w": round(self.house.load_w),
            "grid_w": round(self.house.grid_w),
        }

    def _save_regularly(self) -> None:
        self._save()
        self._saver = self.bus.loop.call_later(_SAVE_S, self._save_regularly)

    def _save(self) -> None:
        """Store what survives a power cut: the energy meters, and the account with its address."""
        kept = {
            "energy": {f"{twc.id:04X}": twc.energy_kwh for twc in self.bus.connectors},
            "cloud_port": self._cloud_port,
            "refresh_token": self.account.refresh_token,
        }
        self._memory.write_text(json.dumps(kept))

    def _recall(self) -> None:
        try:
            kept = json.loads(self._memory.read_text())
        except OSError, ValueError:
            self._cloud_port = free_port()
            return
        for twc in self.bus.connectors:
            twc.supply.energy_kwh = kept["energy"].get(f"{twc.id:04X}", twc.initial_kwh)
        self.account.refresh_token = kept["refresh_token"]
        self._cloud_port = kept["cloud_port"]
        assert_free(self._cloud_port)
