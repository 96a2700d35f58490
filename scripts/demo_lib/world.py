"""The simulated part of the demo: the lines with their connectors and cars, a Tesla account, the sun and the house.

The simulator runs in the process of the demo, so that it ends with the demo.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Final, Self, override

from simulator import Bus, Car, House, Load, PtyPort, Sun, WallConnector, Weather
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


@dataclass(slots=True)
class Line:
    """A bus on a pty.

    Attributes:
        bus: the bus with its connectors.
        path: the path to open.
        wiring: its wiring, as entered in the config flow.
        cars: the cars to plug in, in the order of the connectors.
        pty: the port, while the bus is powered.

    """

    bus: Bus
    path: Path
    wiring: Mapping[str, float | str]
    cars: Sequence[Car]
    pty: PtyPort | None = None

    @property
    def drawn(self) -> float:
        """The draw of its cars together, in A."""
        return sum(twc.drawn for twc in self.bus.connectors)

    def power_up(self) -> None:
        """Power the bus up and plug the cars in."""
        safety = self.bus.safety
        safety.limit = float(self.wiring["max_current"])
        safety.per_connector_limit = float(self.wiring["max_connector_current"])
        self.pty = PtyPort(self.bus, self.path)
        self.bus.start()
        for twc, car in zip(self.bus.connectors, self.cars, strict=True):
            twc.plug_in(car)

    def power_down(self) -> None:
        """Power it down and remove the port."""
        if self.pty is not None:
            self.pty.close()
        self.bus.stop()


def _lines(ports: Sequence[Path]) -> list[Line]:
    """Return a line for each port."""
    loop = asyncio.get_running_loop()
    made = (
        (plan.connectors(), plan.cars(), plan.WIRING),
        (plan.second_connectors(), plan.second_cars(), plan.SECOND_WIRING),
    )
    lines = []
    for seed, (port, (connectors, cars, wiring)) in enumerate(
        zip(ports, made, strict=False), 1
    ):
        bus = Bus(loop, seed=seed)
        for twc in connectors:
            bus.add(twc)
        lines.append(Line(bus, port, wiring, cars))
    return lines


class World:
    """A bus on a pty, or two of them, with a house around them."""

    def __init__(self, ports: Sequence[Path], memory: Path) -> None:
        """Create it; `ports` are the paths to open, `memory` stores the energy meters and the account."""
        self.lines = _lines(ports)
        self.bus = self.lines[0].bus
        self.house = House(
            self.bus,
            Sun(weather=Weather.BROKEN, seed=1),
            Load(seed=1),
            begin_s=_NOON_S,
            beside=[line.bus for line in self.lines[1:]],
        )
        self.prices = Prices()
        self.account = Account()
        self.cloud = TeslaCloud(self.account, bus=self.bus, home=plan.HOME)
        self._cloud_port = 0
        self._memory = memory
        self._saver: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        """Power all lines up, plug the cars in and open the account's server."""
        self._recall()
        for line in self.lines:
            line.power_up()
        for twc in self.bus.connectors:
            if twc.car and (name := plan.IN_ACCOUNT.get(twc.id)):
                self.account.cars.append(TeslaCar(car=twc.car, name=name))
        await self.cloud.start(HOST, self._cloud_port)
        self._save_regularly()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Power all lines down and remove the ports."""
        await self.cloud.stop()
        if self._saver is not None:
            self._saver.cancel()
        self._save()
        for line in self.lines:
            line.power_down()

    @property
    def connectors(self) -> list[WallConnector]:
        """The connectors of all lines."""
        return [twc for line in self.lines for twc in line.bus.connectors]

    def connector(self, connector_id: int) -> WallConnector:
        """Return a connector by its id."""
        return next(twc for twc in self.connectors if twc.id == connector_id)

    @property
    def drawn(self) -> float:
        """The draw of all cars together, in A."""
        return sum(line.drawn for line in self.lines)

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
            "energy": {f"{twc.id:04X}": twc.energy_kwh for twc in self.connectors},
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
        for twc in self.connectors:
            twc.supply.energy_kwh = kept["energy"].get(f"{twc.id:04X}", twc.initial_kwh)
        self.account.restore(kept["refresh_token"])
        self._cloud_port = kept["cloud_port"]
        assert_free(self._cloud_port)
