"""The sensor of one phase that repeats its last value while those of the other phases go on."""

from dataclasses import dataclass, field, replace

import pytest

from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.phase_knowledge import (
    PhaseEvidence,
    phase_knowledge,
)
from custom_components.twc_manager.charging.supply.fuse_reading import FuseConfig
from custom_components.twc_manager.charging.supply.phase_votes import (
    LEAVING_VOTES,
    PhaseVotes,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import ConnectorState
from custom_components.twc_manager.twc.conduct import Conduct
from tests.charging.world import ONE, TWO, Twc

from .test_fuse_phases import L1, L2, L3, SIZE
from .test_quiet_phase import Night

ALL = (L1, L2, L3)

pytestmark = pytest.mark.long


@dataclass(slots=True)
class Watched(Night):
    """A night whose overloads are noted."""

    above: int = 0
    """Seconds in which a phase carried more than the fuse."""
    worst_ratio: float = 0.0
    offers: set[int] = field(default_factory=set)

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            Night.run(self, 1)
            carried = max(self.phases) / SIZE
            self.above += carried > 1
            self.worst_ratio = max(self.worst_ratio, carried)
            self.offers.add(self.offer)

    def freeze(self) -> None:
        """Let the sensor of L3 repeat its last value from now on."""
        self.dead = self.phases[L3]

    def forget(self) -> None:
        """Begin to note anew."""
        self.above, self.worst_ratio = 0, 0.0
        self.offers.clear()


class OnePhase(Watched):
    """The same with connectors of one phase."""

    @staticmethod
    def engine() -> Engine:
        return Engine(Wiring(32, 32, 6, 230, 1), FuseConfig(SIZE, 230, 1))


@pytest.mark.parametrize(
    "evidence", [{}, {"counted": 3}, {"measured": 3}, {"owner": 3}]
)
@pytest.mark.parametrize("rise", [8.0, 15.0])
def test_a_sensor_that_freezes_under_a_vehicle_is_found_by_a_test_of_its_own(
    evidence: dict[str, int], rise: float
) -> None:
    """The other sensors moved, so that it was not tested: 1100 s above the fuse, 1.49 times at worst."""
    house = Watched({ONE: ALL}, [1.0, 1.0, 2.0])
    house.know(**evidence)
    house.run(900)
    assert house.offer == 21
    house.freeze()
    house.run(300)
    house.loads[L3] += rise
    house.forget()
    house.run(1800)
    assert house.above < 120
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)


def test_a_vehicle_that_begins_to_charge_on_a_phase_whose_sensor_is_dead_is_found() -> (
    None
):
    """It was known to charge on L1 alone, and was believed to go on so: 1626 s at 1.33 times the fuse."""
    house = Watched({ONE: (L1,)}, [1.0, 1.0, 12.0])
    house.know(counted=1)
    house.run(700)
    assert house.offer == 21
    house.freeze()
    house.cars[ONE] = ALL
    house.forget()
    house.run(1800)
    assert house.above < 300
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)


def test_a_vehicle_that_begins_to_charge_on_phases_whose_sensors_work_goes_on() -> None:
    house = Watched({ONE: (L1,)}, [1.0, 1.0, 3.0])
    house.know(counted=1)
    house.run(700)
    house.cars[ONE] = ALL
    house.run(600)
    house.offers.clear()
    house.run(1200)
    assert min(house.offers) >= 12


def test_a_vehicle_that_takes_less_only_slowly_is_waited_for() -> None:
    house = Watched({ONE: ALL}, [1.0, 1.0, 2.0])
    house.world.twcs[ONE].falls = 0.2
    house.run(900)
    assert house.offer == 21
    house.freeze()
    house.run(1200)
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)


def test_a_number_of_phases_that_was_refuted_counts_no_more_once_a_sensor_is_dead() -> (
    None
):
    """One phase is counted, two have shown: 22 A when the second one's sensor showed nothing any more."""
    house = Watched({ONE: (L1, L3)}, [1.0, 1.0, 2.0])
    house.know(counted=1)
    house.run(900)
    house.freeze()
    house.run(300)
    house.loads[L3] += 15.0
    house.forget()
    house.run(1800)
    assert (house.above, house.offer) == (0, 6)


@pytest.mark.parametrize(
    ("lives", "is_absent"), [((), False), ((1, 2), False), ((1, 2, 3), True)]
)
def test_only_a_sensor_that_moves_between_missed_steps_proves_that_the_vehicle_is_elsewhere(
    lives: tuple[int, ...], is_absent: bool
) -> None:
    """One that is silent for a while has missed them as well: 1.33 times the fuse permanently once it died later."""
    votes = PhaseVotes()
    for step in range(LEAVING_VOTES):
        if step in lives:
            votes.note_movement(0.1)
        votes.note_still(loaded=True, credible=True)
        assert not votes.is_absent
    votes.note_movement(0.1)
    assert votes.is_absent is is_absent
    assert votes.is_left_out is is_absent


def _one_and_three() -> Watched:
    """Return a house with a vehicle that is counted on one phase, and another on three."""
    house = Watched({ONE: (L1,), TWO: ALL}, [1.0, 1.0, 2.0])
    counted = (phase_knowledge(3, PhaseEvidence(counted=count)) for count in (1, 3))
    house.world.set(phases=dict(zip((ONE, TWO), counted, strict=True)))
    house.run(900)
    return house


def test_a_sensor_that_one_of_two_vehicles_has_to_show_is_tested_by_that_one() -> None:
    """Both were lowered, each by less than a step: at 11 A permanently, 1.13 times the fuse."""
    house = _one_and_three()
    house.freeze()
    house.run(200)
    house.loads[L3] += 16.0
    house.forget()
    house.run(900)
    assert house.above < 120
    assert house.world.offers[TWO] == 6
    assert house.world.reason(TWO) == LimitReason.PHASE_UNPROVEN
    assert house.offer >= 12


def test_a_second_phase_that_no_sensor_shows_is_found_by_the_counter_of_the_connector() -> (
    None
):
    """Nothing at the fuse shows it: until the counter does, the number of before counts."""
    house = Watched({ONE: (L1,)}, [1.0, 1.0, 12.0])
    house.know(counted=1)
    house.run(700)
    house.freeze()
    house.cars[ONE] = (L1, L3)
    house.run(300)
    # It has run ahead of one phase.
    house.know()
    house.run(240)
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)


@dataclass(slots=True)
class Stubborn(Twc):
    """A connector whose vehicle never takes less, watched as the bus does."""

    conduct: Conduct = field(default_factory=Conduct)

    def step(self, now: float) -> None:
        Twc.step(self, now)
        self.conduct.reported(self.offered, self.drawn, now)

    @property
    def state(self) -> ConnectorState:
        return replace(super().state, obedience=self.conduct.obedience)


def test_a_vehicle_that_takes_no_less_when_a_sensor_is_tested_is_reported() -> None:
    """Nothing can be found out of the sensor of L3: 1.45 times the fuse later."""
    house = Watched({ONE: ALL}, [1.0, 1.0, 2.0])
    stubborn = Stubborn(ONE, 1, falls=0.0)
    stubborn.plug()
    house.world.twcs[ONE] = stubborn
    house.run(900)
    assert stubborn.conduct.disobeys
    assert (house.offer, house.reason) == (0, LimitReason.CANNOT_STOP)


# What must not set it off


@pytest.mark.parametrize("evidence", [{"counted": 1}, {"measured": 1}])
def test_a_quiet_phase_without_a_vehicle_is_not_tested(
    evidence: dict[str, int],
) -> None:
    house = Watched({ONE: (L1,)}, [1.0, 1.0, 1.3])
    house.know(**evidence)
    house.run(900)
    house.forget()
    for _ in range(3600):
        house.run(1)
        assert house.reason != LimitReason.PHASE_UNPROVEN
    # What the kettle leaves on its own phase.
    assert min(house.offers) >= 13


@pytest.mark.parametrize(
    ("resolution", "every"), [(1.0, 1), (1.0, 60), (0.1, 60), (3.0, 10)]
)
def test_a_coarse_or_rare_sensor_costs_a_vehicle_no_more_than_a_step(
    resolution: float, every: int
) -> None:
    house = Watched({ONE: ALL}, [1.0, 1.0, 2.0], resolution=resolution, every=every)
    house.know(counted=3)
    house.run(1500)
    house.forget()
    for _ in range(3600):
        house.run(1)
        assert house.reason != LimitReason.PHASE_UNPROVEN
    # 8 A of a kettle, and a step of 3 A.
    assert min(house.offers) >= 9


@pytest.mark.parametrize("every", [1, 60])
def test_quiet_phases_do_not_hold_a_vehicle_at_a_connector_of_one_phase(
    every: int,
) -> None:
    house = OnePhase({ONE: (L1,)}, [1.0, 1.0, 1.3], every=every)
    house.world.set(phases={ONE: phase_knowledge(1, PhaseEvidence())})
    house.run(900)
    house.forget()
    for _ in range(3600):
        house.run(1)
        assert house.reason != LimitReason.PHASE_UNPROVEN


def test_a_kettle_that_takes_as_much_as_a_vehicle_costs_it_one_step() -> None:
    house = Watched({ONE: (L1,)}, [1.0, 1.0, 1.3])
    house.know(counted=1)
    house.world.settings(current=11)
    house.run(900)
    house.forget()
    for second in range(3600):
        house.heater = 10.2 * (second % 400 < 150)
        house.run(1)
        assert house.reason != LimitReason.PHASE_UNPROVEN
    assert min(house.offers) >= 8


def test_a_sensor_that_moves_again_is_believed_again() -> None:
    house = Watched({ONE: ALL}, [1.0, 1.0, 2.0])
    house.run(900)
    house.freeze()
    house.run(900)
    assert house.offer == 6
    house.dead = None
    house.run(300)
    assert house.offer >= 15


def test_the_tests_of_two_vehicles_cost_each_no_more_than_a_step() -> None:
    house = _one_and_three()
    house.forget()
    for _ in range(3600):
        house.run(1)
        assert house.world.reason(TWO) != LimitReason.PHASE_UNPROVEN
    # Of 22 A that a kettle of 8 A leaves.
    assert min(house.offers) >= 6
