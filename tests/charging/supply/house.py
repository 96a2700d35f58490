"""A closed loop: what the car draws comes back through a meter that reports late and seldom."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from custom_components.twc_manager.charging.settings import GreenSettings
from custom_components.twc_manager.charging.supply.green import GreenController
from custom_components.twc_manager.charging.supply.surplus import (
    Fault,
    Reading,
    Readings,
    SourceConfig,
)
from custom_components.twc_manager.charging.supply.surplus_meter import SurplusMeter
from simulator.car import Car

from .sky import DEMAND, VOLTS


@dataclass
class House:
    """A sun, a load, a car that ramps, and a grid meter that reports late and rarely."""

    production: Callable[[int], float]
    load: Callable[[int], float] = lambda _: 400.0
    lag: int = 3
    every: int = 5
    poll: int = 1
    sign: int = 1
    settings: GreenSettings = field(default_factory=GreenSettings)

    def __post_init__(self) -> None:
        self.follower = GreenController(self.settings)
        self.meter = SurplusMeter()
        self.car = Car()
        self.now = 0
        self.grid: list[float] = []
        self.amps: list[int] = []
        self.reading = Reading(None, 0, Fault.UNAVAILABLE)
        self.faults: list[tuple[int, Fault]] = []

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self._step()

    def _step(self) -> None:
        now, offer = self.now, self.amps[-1] if self.amps else 0
        drawn = self.car.advance(now - 1, now)
        load = self.load(now) + drawn * VOLTS
        self.grid.append(load - self.production(now))
        if now % self.every == 0:
            self.reading = Reading(self.sign * self.grid[max(now - self.lag, 0)], now)
        elif self.poll > 1 and now % self.poll == 0:
            # The old value, with a new time stamp.
            self.reading = replace(self.reading, at=now)
        surplus = self.meter.update(
            Readings(grid=self.reading), SourceConfig(), drawn * VOLTS, now
        )
        self.faults += [(now, fault) for _, fault in surplus.faults]
        drawing = int(drawn > 1)
        demand = replace(
            DEMAND, offered=offer, drawn=drawn, drawing=drawing, waiting=1 - drawing
        )
        budget = self.follower.update(now, surplus, demand)
        self.amps.append(budget.amps)
        self.car.offered(budget.amps, now, 21)
        self.now += 1

    def changes(self, begin: int) -> int:
        """Return the number of changes of the offer since a time."""
        pairs = zip(self.amps[begin:], self.amps[begin + 1 :], strict=False)
        return sum(a != b for a, b in pairs)
