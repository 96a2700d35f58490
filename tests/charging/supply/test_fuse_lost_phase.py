"""A sensor at the main fuse that loses the phase of a vehicle: it goes on moving, but shows nothing of the vehicle."""

from dataclasses import dataclass, field

import pytest

from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.wiring import Wiring
from tests.charging.world import ONE, Twc, World

SIZE = 35.0
VOLTS = 230.0
WIRING = Wiring(32, 32, 6, 230, 3)
L2 = 1


@dataclass(slots=True)
class House:
    """A three-phase house with a vehicle on L2, and sensors that may lose phases."""

    is_sum: bool
    loads: list[float] = field(default_factory=lambda: [2.0, 3.0, 6.0])
    lost: tuple[int, ...] = ()
    inverter: float = 0.0
    """A that production covers on each phase at most, without feeding anything in."""
    world: World = field(init=False)

    def __post_init__(self) -> None:
        engine = Engine(WIRING, FuseConfig(SIZE, VOLTS, 3))
        self.world = World(Twc(ONE, 1), wiring=WIRING, engine=engine)
        self.world.twcs[ONE].plug()

    @property
    def phases(self) -> list[float]:
        amps = list(self.loads)
        amps[L2] += self.world.twcs[ONE].drawn
        return [max(item - self.inverter, 0.0) for item in amps]

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            now = self.world.now
            seen = [
                0.0 if phase in self.lost else amps + now % 7 / 50
                for phase, amps in enumerate(self.phases)
            ]
            if self.is_sum:
                self.world.fuse = FuseReading(now, power_w=sum(seen) * VOLTS)
            else:
                self.world.fuse = FuseReading(now, tuple(seen), times=(now,) * 3)
            self.world.tick()

    @property
    def offer(self) -> int:
        return self.world.offers[ONE]


@pytest.mark.parametrize("is_sum", [True, False])
def test_a_vehicle_on_a_phase_that_a_sensor_has_lost_falls_to_the_minimum(
    is_sum: bool,
) -> None:
    """Its breaker tripped: the vehicle rose into what looked like room while the house drew more on its phase."""
    house = House(is_sum)
    house.run(600)
    assert house.offer >= 20
    house.lost = (L2,)
    house.run(120)
    assert house.offer == 6
    assert house.world.reason(ONE) == LimitReason.MAIN_FUSE
    house.loads[L2] = 28.0
    house.run(240)
    assert house.offer == 6
    assert house.phases[L2] <= SIZE


@pytest.mark.parametrize("is_sum", [True, False])
def test_a_sensor_that_shows_all_phases_again_is_believed_again(is_sum: bool) -> None:
    house = House(is_sum)
    house.run(600)
    before = house.offer
    house.lost = (L2,)
    house.run(120)
    house.lost = ()
    house.run(900)
    assert house.offer >= before - 1


@pytest.mark.parametrize("is_sum", [True, False])
def test_loads_that_end_are_no_lost_phase(is_sum: bool) -> None:
    house = House(is_sum, loads=[12.0, 3.0, 14.0])
    house.run(600)
    house.loads = [0.5, 0.5, 0.5]
    house.run(60)
    offers = []
    for _ in range(600):
        house.run(1)
        offers.append(house.offer)
    assert min(offers) >= 20


def test_an_inverter_that_covers_the_vehicle_does_not_lower_it() -> None:
    """It keeps the meter at zero, where a reading proves nothing."""
    house = House(is_sum=True)
    house.run(600)
    house.inverter = 40.0
    lowest = house.offer
    for _ in range(900):
        house.run(1)
        lowest = min(lowest, house.offer)
    assert lowest >= 9
