"""The main fuse leaves out of a vehicle's room only phases that it is proven not to charge on."""

from dataclasses import dataclass, field

import pytest

from custom_components.twc_manager.charging.control.check_result import CheckResult
from custom_components.twc_manager.charging.control.check_states import CheckOutcome
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.wiring import Wiring
from tests.charging.world import ONE, THREE, TWO, Twc, World

SIZE = 25.0
WIRING = Wiring(32, 32, 6, 230, 3)
L1, L2, L3 = range(3)


@dataclass(slots=True)
class House:
    """A house with a sensor on each of three phases, and vehicles on some of them."""

    cars: dict[int, tuple[int, ...]]
    loads: list[float] = field(default_factory=lambda: [4.0, 3.0, 12.0])
    signed: bool = True
    world: World = field(init=False)
    worst: list[float] = field(default_factory=lambda: [0.0] * 3)
    checks: dict[int, CheckResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        twcs = [Twc(key, 1) for key in self.cars]
        self.world = World(*twcs, wiring=WIRING, engine=self.engine())
        for twc in twcs:
            twc.plug()

    @staticmethod
    def engine() -> Engine:
        return Engine(WIRING, FuseConfig(SIZE, 230, 3))

    @property
    def phases(self) -> list[float]:
        """Return the current of each phase, in A."""
        return [
            load
            + sum(
                self.world.twcs[key].drawn
                for key, phases in self.cars.items()
                if phase in phases
            )
            for phase, load in enumerate(self.loads)
        ]

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            now, phases = self.world.now, self.phases
            self.worst = [max(pair) for pair in zip(self.worst, phases, strict=True)]
            # The last digit flickers.
            amps = tuple(item + now % 7 / 50 for item in phases)
            self.world.fuse = FuseReading(
                now, amps, times=(now,) * 3, signed=self.signed
            )
            self.checks |= self.world.tick().checks

    @property
    def offer(self) -> int:
        return self.world.offers[ONE]


def _known(*phases: int) -> House:
    """Return a house that has found out on which phases its vehicle charges."""
    house = House({ONE: phases})
    house.run(600)
    return house


def test_a_vehicle_uses_the_room_of_its_own_phase() -> None:
    house = _known(L1)
    assert house.offer == 19
    assert max(house.worst) <= SIZE


def test_a_busy_phase_that_a_vehicle_is_not_on_stops_nothing() -> None:
    """It was stopped at 27 A on L3 while it was on L1."""
    house = _known(L1)
    house.loads[L3] = 27.0
    house.run(25)
    house.loads[L3] = 12.0
    house.run(60)
    assert house.offer == 19
    assert house.world.twcs[ONE].ended == []


def test_a_vehicle_starts_while_a_phase_that_it_is_not_on_has_no_room() -> None:
    """It never started with 19 A on L3 and 20 A free on L1."""
    house = _known(L1)
    house.world.limit(ONE, enabled=False)
    house.run(90)
    assert house.offer == 0
    house.loads[L3] = 19.0
    house.world.limit(ONE, enabled=True)
    house.run(180)
    assert house.offer >= 18


def test_what_a_vehicle_is_on_two_phases_of_leaves_the_third_out() -> None:
    house = _known(L1, L2)
    assert house.offer == 19
    house.loads[L3] = 27.0
    house.run(25)
    assert house.offer == 19
    house.loads[L3] = 12.0
    house.loads[L2] = 15.0
    house.run(60)
    assert house.offer == 8
    assert house.worst[L1] <= SIZE
    assert house.phases[L2] <= SIZE


def test_a_vehicle_on_all_phases_is_limited_by_the_busiest_one() -> None:
    house = _known(L1, L2, L3)
    assert house.offer == 11
    assert max(house.worst) <= SIZE


def test_two_vehicles_on_phases_of_their_own_do_not_take_from_each_other() -> None:
    house = House({ONE: (L1,), TWO: (L2,)})
    house.world.limit(TWO, enabled=False)
    house.run(600)
    house.world.limit(ONE, enabled=False)
    house.run(90)
    house.world.limit(TWO, enabled=True)
    house.run(600)
    house.loads[L3] = 19.0
    house.world.limit(ONE, enabled=True)
    house.run(300)
    # Of 32 A of the wiring both have half.
    assert house.world.offers == {ONE: 16, TWO: 16}
    house.loads[L2] = 15.0
    house.run(60)
    assert house.world.offers == {ONE: 19, TWO: 8}


def test_a_vehicle_whose_phases_are_not_known_counts_on_each() -> None:
    house = House({ONE: (L1,)}, loads=[4.0, 3.0, 19.0])
    house.run(600)
    assert house.offer == 0
    assert house.world.reason(ONE) == LimitReason.MAIN_FUSE


def test_a_restart_forgets_the_phases() -> None:
    house = _known(L1)
    house.loads[L3] = 19.0
    house.run(30)
    assert house.offer == 19
    house.world.engine = House.engine()
    house.run(60)
    house.world.limit(ONE, enabled=False)
    house.run(90)
    house.world.limit(ONE, enabled=True)
    house.run(180)
    assert house.offer == 0


def test_a_vehicle_that_was_plugged_in_again_counts_on_each_phase() -> None:
    house = _known(L1)
    house.world.twcs[ONE].unplug()
    house.loads[L3] = 19.0
    house.run(20)
    house.world.twcs[ONE].plug()
    house.run(300)
    assert house.offer == 0


def test_currents_without_a_sign_prove_nothing_about_the_phases() -> None:
    house = House({ONE: (L1,)}, signed=False)
    house.run(900)
    assert house.offer == 19
    house.loads[L3] = 27.0
    house.run(25)
    assert house.offer < 19


@pytest.mark.parametrize(("load", "seconds", "left"), [(10.0, 30, 13), (17.0, 10, 6)])
def test_an_overload_of_a_phase_that_was_left_out_ends(
    load: float, seconds: int, left: int
) -> None:
    """The vehicle falls to one phase by itself, and later uses all three again."""
    house = _known(L1)
    house.cars[ONE] = (L1, L2, L3)
    house.loads[L3] = load
    house.run(seconds)
    assert house.phases[L3] > SIZE
    house.run(15)
    assert house.phases[L3] <= SIZE
    house.run(600)
    assert house.phases[L3] <= SIZE
    assert house.offer == left


def test_a_vehicle_that_falls_to_one_phase_leaves_no_phase_without_its_room() -> None:
    house = _known(L1, L2, L3)
    house.cars[ONE] = (L1,)
    house.run(900)
    house.cars[ONE] = (L1, L2, L3)
    house.run(60)
    assert house.phases[L3] <= SIZE


def test_all_are_lowered_when_a_phase_that_is_left_out_stays_overloaded() -> None:
    house = _known(L1)
    house.loads[L3] = 27.0
    house.run(28)
    assert house.offer == 19
    house.run(12)
    assert house.offer < 20


def _checked(house: House) -> None:
    """Have a connector check offer 0 A to the first vehicle, which goes on with 6 A."""
    world = house.world
    for twc in world.twcs.values():
        twc.protocol = 2
    house.run(90)
    state = world.twcs[ONE].state
    world.engine.checks.begin(state, world.now)
    while world.offers[ONE]:
        house.run(1)
    assert world.twcs[ONE].drawn > 5


@pytest.mark.long
def test_what_a_checked_vehicle_still_draws_on_its_phase_is_left_to_it() -> None:
    house = House({ONE: (L1,), TWO: (L1,), THREE: (L2,)}, loads=[11.0, 3.0, 5.0])
    world = house.world
    for connector_id in (ONE, TWO):
        world.limit(connector_id, enabled=False)
    house.run(800)
    world.limit(THREE, limit=6)
    house.loads[L1] = 6.0
    for connector_id in (TWO, ONE):
        world.limit(connector_id, enabled=True)
        house.run(600)
    _checked(house)
    house.worst = [0.0] * 3
    house.run(40)
    assert max(house.worst) <= SIZE - 1


def test_an_overload_does_not_wait_for_a_check_to_find_out_whether_0_a_stop_a_vehicle() -> (
    None
):
    house = House({ONE: (L1,)}, loads=[5.0, 3.0, 5.0])
    house.world.set(commandable=frozenset({ONE}))
    house.run(200)
    _checked(house)
    house.loads[L1] = 26.0
    house.run(4)
    assert house.phases[L1] <= 26
    # It was stopped by another way.
    assert house.checks[ONE].outcome is CheckOutcome.LIMITED
    assert house.checks[ONE].zero_stops is None
