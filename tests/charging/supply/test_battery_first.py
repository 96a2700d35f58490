"""A house battery that comes first gets what it can take, also while a car charges and the sun falls.

It takes what the car leaves, so that the grid stays at 0 W however little that is.
"""

from dataclasses import dataclass, field, replace
from random import Random

import pytest

from custom_components.twc_manager.charging.settings import GreenSettings
from custom_components.twc_manager.charging.supply.green import GreenController
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
)
from custom_components.twc_manager.charging.supply.surplus_meter import SurplusMeter
from simulator.car import Car

from .sky import DEMAND, VOLTS

TAKES = 5000.0
"""What the battery can take, in W."""


@dataclass
class HybridHouse:
    """A car, a load, and a battery that keeps the grid at 0 W as far as it can."""

    config: SourceConfig
    sun: float
    level: float = 30.0
    noise: float = 0.0
    battery: list[float] = field(default_factory=list)
    car_w: list[float] = field(default_factory=list)
    grid: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.follower = GreenController(GreenSettings())
        self.meter = SurplusMeter()
        self.car = Car()
        self.dice = Random(1)
        self.now = 0
        self.offer = 0
        self.readings = Readings()

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self._step()

    def last(self, of: list[float]) -> float:
        """Return the average of the last ten minutes."""
        return sum(of[-600:]) / 600

    def _step(self) -> None:
        drawn = self.car.advance(self.now - 1, self.now)
        load = 400 + self.dice.gauss(0, self.noise) + drawn * VOLTS
        power = max(min(self.sun - load, TAKES), -TAKES)
        self.battery.append(power)
        self.car_w.append(drawn * VOLTS)
        self.grid.append(load + power - self.sun)
        if self.now % 5 == 0:
            self._measure()
        surplus = self.meter.update(
            self.readings, self.config, drawn * VOLTS, self.now, amp_w=VOLTS
        )
        drawing = int(drawn > 1)
        demand = replace(
            DEMAND,
            offered=self.offer,
            drawn=drawn,
            drawing=drawing,
            waiting=1 - drawing,
        )
        self.offer = self.follower.update(self.now, surplus, demand).amps
        self.car.offered(self.offer, self.now, 21)
        self.now += 1

    def _measure(self) -> None:
        at = self.now
        self.readings = Readings(
            grid=Reading(self.grid[-1], at) if self.config.grid else None,
            production=None if self.config.grid else Reading(self.sun, at),
            consumption=None
            if self.config.grid
            else Reading(self.grid[-1] + self.sun - self.battery[-1], at),
            battery_power=Reading(self.battery[-1], at),
            battery_level=Reading(self.level, at),
        )


def charging(
    grid: bool, level: float = 30.0, share_from: float | None = None
) -> HybridHouse:
    """Return a house with a car that took 20 A of the sun before the battery had room again."""
    house = HybridHouse(
        SourceConfig(grid=grid, battery_first_to=80, battery_share_from=share_from),
        9000,
    )
    house.level, house.noise = 90.0, 40.0
    house.run(1800)
    assert house.car_w[-1] > 4000
    house.level = level
    return house


@pytest.mark.parametrize("grid", [True, False])
def test_a_battery_that_comes_first_gets_what_it_can_take(grid: bool) -> None:
    house = charging(grid)

    house.run(1200)

    assert house.last(house.battery) > 0.97 * TAKES
    # The car has the rest, but for an ampere or two.
    assert 9000 - 400 - TAKES - 800 < house.last(house.car_w) < 9000 - 400 - TAKES


@pytest.mark.parametrize("grid", [True, False])
def test_a_battery_that_comes_first_gets_it_while_the_sun_falls(grid: bool) -> None:
    """The car kept its 20 A, and the battery got the rest of less and less."""
    house = charging(grid)
    for sun in range(9000, 6500, -50):
        house.sun = sun
        house.run(30)

    house.run(1800)

    assert house.last(house.battery) > 0.9 * TAKES
    assert house.last(house.car_w) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("grid", [True, False])
def test_from_the_second_level_on_both_get_half(grid: bool) -> None:
    house = charging(grid, level=70.0, share_from=60.0)
    house.sun = 7000

    house.run(1800)

    assert house.last(house.car_w) == pytest.approx(3300, abs=300)
    assert house.last(house.battery) == pytest.approx(3300, abs=300)
