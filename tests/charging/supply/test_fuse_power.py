"""A power sensor at the main fuse sums the phases: a draw is credited only by the part that the reading contains."""

from math import floor

import pytest

from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.phase_knowledge import (
    PhaseKnowledge,
    PhaseSource,
)
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.main_fuse import FuseGuard
from custom_components.twc_manager.charging.supply.phases import VehicleDraw
from custom_components.twc_manager.charging.wiring import Wiring
from tests.charging.supply.guard import allow
from tests.charging.world import ONE, TWO, Twc, World

VOLTS = 230.0
SIZE = 25.0
LOAD = 10.0


class House:
    """A three-phase house with the same load on each phase and cars on some of the phases."""

    def __init__(self, cars: dict[int, int], volts: float = VOLTS) -> None:
        engine = Engine(
            Wiring(32, 32, 6, int(volts), 3), FuseConfig(SIZE, int(volts), 3)
        )
        twcs = [Twc(key, 1) for key in cars]
        self.world = World(*twcs, wiring=Wiring(32, 32, 6, 230, 3), engine=engine)
        self.cars = cars
        self.volts = volts
        self.worst = 0.0
        for twc in twcs:
            twc.plug()

    @property
    def phases(self) -> tuple[float, ...]:
        """Return the current of each phase, in A."""
        return tuple(
            LOAD
            + sum(
                self.world.twcs[key].drawn
                for key, count in self.cars.items()
                if place < count
            )
            for place in range(3)
        )

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            watts = self.volts * sum(self.phases)
            self.world.fuse = FuseReading(self.world.now, power_w=watts)
            self.world.tick()
            self.worst = max(self.worst, *self.phases)


@pytest.mark.parametrize("volts", [120.0, 230.0, 240.0])
@pytest.mark.parametrize(
    "cars", [{ONE: 1}, {ONE: 2}, {ONE: 3}, {ONE: 1, TWO: 1}, {ONE: 1, TWO: 3}]
)
def test_no_phase_exceeds_the_fuse_whichever_phases_the_cars_use(
    cars: dict[int, int], volts: float
) -> None:
    house = House(cars, volts)
    house.run(600)
    assert house.worst <= SIZE
    assert any(house.world.offers.values())


@pytest.mark.parametrize(("count", "load"), [(None, 51), (1, 51), (2, 42), (3, 33)])
def test_a_draw_is_credited_with_its_known_phases_only(
    count: int | None, load: int
) -> None:
    """Of the load that is left a tenth may be on one phase alone."""
    guard = FuseGuard(FuseConfig(63, voltage=230, phases=3))
    draws = [VehicleDraw("bus", ONE, 9, count=count)]
    for now in (1000.0, 1001.0):
        reading = FuseReading(now, power_w=13_800.0)
        amps = allow(guard, now, reading, drawn=draws, changed_at=0, minimum=6)
    assert amps == floor(63 - 1 - 0.1 * load - 0.9 * load / 3)


@pytest.mark.parametrize("source", [PhaseSource.OWNER, PhaseSource.REMEMBERED])
def test_what_is_only_said_of_a_vehicle_never_loads_a_phase_more(
    source: PhaseSource,
) -> None:
    house = House({ONE: 1})
    house.world.set(phases={ONE: PhaseKnowledge(3, source, 3)})
    house.run(600)
    assert house.worst <= SIZE


def test_what_is_proven_of_a_vehicle_uses_all_room_of_its_phases() -> None:
    offers = []
    for proven in (False, True):
        house = House({ONE: 3})
        known = PhaseKnowledge(3, PhaseSource.COUNTER, 3, is_certain=proven)
        house.world.set(phases={ONE: known})
        house.run(900)
        assert house.worst <= SIZE
        offers.append(house.world.offers[ONE])
    assert offers[0] < offers[1]
