"""The simulated part of the demo: the bus with its connectors and cars, the sun and the house.

Owns the simulator's life in the demo's own process, so that it can never outlive the demo.
"""

import asyncio
import json
from pathlib import Path
from typing import Final, Self, override

from simulator import Bus, House, Load, PtyPort, Sun, WallConnector, Weather

from . import plan

_SAVE_S: Final = 60.0
_NOON_S: Final = 12 * 3_600.0


class _EvenSun(Sun):
    """A sun that no cloud and no hour changes."""

    def __init__(self, watts: float) -> None:
        """Give so many W."""
        super().__init__()
        self._watts = watts

    @override
    def production_w(self, time: float) -> float:
        """Return the W."""
        return self._watts


class World:
    """A bus on a pty, with a house around it."""

    def __init__(self, port: Path, memory: Path) -> None:
        """Describe it; `port` is the path to open, `memory` keeps what real meters would keep."""
        self.bus = Bus(asyncio.get_running_loop(), seed=1)
        for twc in plan.connectors():
            self.bus.add(twc)
        self.house = House(
            self.bus,
            Sun(weather=Weather.BROKEN, seed=1),
            Load(seed=1),
            begin_s=_NOON_S,
        )
        self._port = port
        self._memory = memory
        self._pty: PtyPort | None = None
        self._saver: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        """Power the bus up and plug the cars in."""
        self._recall()
        self.bus.safety.limit = plan.MAX_CURRENT
        self.bus.safety.per_connector_limit = plan.MAX_CONNECTOR_CURRENT
        self._pty = PtyPort(self.bus, self._port)
        self.bus.start()
        for twc, car in zip(self.bus.connectors, plan.cars(), strict=True):
            twc.plug_in(car)
        self._save_regularly()
        return self

    def __exit__(self, *_: object) -> None:
        """Power it down and remove the port."""
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
        """What all cars draw together, in A."""
        return sum(twc.drawn for twc in self.bus.connectors)

    def set_sun(self, watts: float) -> None:
        """Let the sun shine evenly from now on, for those who want to see what follows it."""
        self.house.sun = _EvenSun(watts)

    @property
    def house_figures(self) -> dict[str, int]:
        """What the house's meters show now, in W."""
        return {
            "production_w": round(self.house.production_w),
            "consumption_w": round(self.house.load_w),
            "grid_w": round(self.house.grid_w),
        }

    @property
    def cars(self) -> dict[str, bool]:
        """Whether each car may charge by its own settings, by the id of its connector."""
        return {
            f"{twc.id:04X}": twc.car is not None and not twc.car.stopped
            for twc in self.bus.connectors
        }

    def tell_car(self, connector_id: int, *, charge: bool) -> None:
        """Tell a car to charge or to stop, as its maker's app does."""
        twc = self.connector(connector_id)
        if twc.car is None:
            return
        if charge:
            twc.car.start()
        else:
            twc.car.stop()
        twc.refresh()

    def _save_regularly(self) -> None:
        self._save()
        self._saver = self.bus.loop.call_later(_SAVE_S, self._save_regularly)

    def _save(self) -> None:
        """Keep the energy counters: a real connector's never start over."""
        counters = {f"{twc.id:04X}": twc.energy_kwh for twc in self.bus.connectors}
        self._memory.write_text(json.dumps(counters))

    def _recall(self) -> None:
        try:
            counters = json.loads(self._memory.read_text())
        except OSError, ValueError:
            return
        for twc in self.bus.connectors:
            twc.supply.energy_kwh = counters.get(f"{twc.id:04X}", twc.initial_kwh)
