"""A sensor that stands exactly still is dead, or nothing changes on its phase: a vehicle must not need to know which."""

from dataclasses import dataclass

import pytest

from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.phase_knowledge import (
    CERTAIN_VOTES,
    PhaseEvidence,
    phase_knowledge,
)
from custom_components.twc_manager.charging.supply.fuse_reading import FuseReading
from tests.charging.world import ONE, TWO

from .test_fuse_phases import L1, L2, L3, House

FRIDGE, PUMP, KETTLE = 1.1, 1.1, 8.0


@dataclass(slots=True)
class Night(House):
    """A house at night: on L1 and L2 something is switched from time to time, on L3 nothing."""

    resolution: float = 0.1
    every: int = 1
    dead: float | None = None
    """What the sensor of L3 shows if it is dead, in A."""
    hob: float = 0.0
    """A load on L1, in A."""
    heater: float = 0.0
    """A load on L2, in A."""

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            second = int(self.world.now)
            self.loads[L1] = 1.2 + FRIDGE * (second % 1500 < 600)
            self.loads[L1] += KETTLE * (second % 5000 < 300) + self.hob
            self.loads[L2] = 0.8 + PUMP * (second % 2100 < 700) + self.heater
            if second % self.every == 0:
                self._report()
            self.world.tick()

    def _report(self) -> None:
        step, now = self.resolution, self.world.now
        seen = self.phases
        if self.dead is not None:
            seen[L3] = self.dead
        amps = tuple(round(item / step) * step for item in seen)
        self.world.fuse = FuseReading(now, amps, times=(now,) * 3)

    def know(self, **evidence: int) -> None:
        """Take evidence of the number of the vehicle's phases."""
        known = phase_knowledge(3, PhaseEvidence(**evidence))
        self.world.set(phases={ONE: known})

    @property
    def reason(self) -> str:
        return self.world.reason(ONE)


@pytest.mark.long
@pytest.mark.parametrize("still", [0.2, 1.3, 4.0])
@pytest.mark.parametrize("resolution", [1.0, 0.1])
@pytest.mark.parametrize("every", [1, 10])
def test_a_quiet_phase_does_not_hold_a_vehicle_that_is_known_to_use_another(
    still: float, resolution: float, every: int
) -> None:
    house = Night({ONE: (L1,)}, [1.0, 1.0, still], resolution=resolution, every=every)
    house.run(1200)
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)
    house.know(counted=1)
    house.run(3600)
    assert house.offer > 12


@pytest.mark.parametrize("evidence", ["measured", "counted"])
def test_what_is_known_at_the_start_lets_a_vehicle_rise_at_once(evidence: str) -> None:
    house = Night({ONE: (L1,)}, [1.0, 1.0, 1.3])
    house.know(**{evidence: 1})
    house.run(200)
    assert house.offer > 12


@pytest.mark.parametrize(
    ("owner", "phases"), [(2, (L1, L2, L3)), (1, (L1, L3))], ids=["two", "one"]
)
def test_a_wrong_number_of_the_owner_overloads_no_phase_whose_sensor_is_dead(
    owner: int, phases: tuple[int, ...]
) -> None:
    house = Night({ONE: phases}, [1.0, 1.0, 15.0], dead=4.0)
    house.know(owner=owner)
    for _ in range(1800):
        house.run(1)
        assert max(house.phases) <= 25


def test_a_quiet_phase_does_not_hold_a_vehicle_on_two_others() -> None:
    house = Night({ONE: (L1, L2)}, [1.0, 1.0, 1.3])
    house.know(counted=2)
    house.run(600)
    assert house.offer > 12


@pytest.mark.long
@pytest.mark.parametrize(
    ("phases", "evidence"),
    [
        pytest.param((L1, L2, L3), {}, id="nothing is known"),
        pytest.param((L1, L2, L3), {"counted": 3}, id="three phases are counted"),
        pytest.param((L1, L3), {"counted": 2}, id="two phases are counted"),
        pytest.param(
            (L1, L3),
            {"metered": 1, "metered_votes": CERTAIN_VOTES},
            id="only the same meter shows one phase",
        ),
        pytest.param(
            (L1, L2, L3), {"owner": 1}, id="two phases show, the owner says 1"
        ),
        pytest.param((L3,), {"counted": 1}, id="no phase shows"),
        pytest.param((L1, L3), {"remembered": 1}, id="what was is not what is"),
    ],
)
@pytest.mark.parametrize("dead", [0.0, 4.0])
def test_nothing_rises_on_a_phase_whose_sensor_is_dead(
    phases: tuple[int, ...], evidence: dict[str, int], dead: float
) -> None:
    house = Night({ONE: phases}, [1.0, 1.0, 12.0], dead=dead)
    house.know(**evidence)
    vehicle, above = house.world.twcs[ONE], 0
    for _ in range(2 * 3600):
        house.run(1)
        above += vehicle.drawn > 6
        assert vehicle.drawn <= 9
    # Twice for a moment, to find out about its phases.
    assert above <= 300


def test_another_load_at_the_start_costs_one_step_on_a_phase_whose_sensor_is_dead() -> (
    None
):
    """It looks like the vehicle: only the next raise shows that it is not."""
    house = Night({ONE: (L3,)}, [1.0, 1.0, 12.0], dead=0.0)
    house.know(counted=1)
    vehicle, highest = house.world.twcs[ONE], 0.0
    for _ in range(1800):
        house.run(1)
        if vehicle.drawn > 5:
            house.heater = 5.2
        highest = max(highest, vehicle.drawn)
    assert 6 < highest <= 9


def test_a_load_that_moves_with_a_vehicle_once_does_not_undo_what_is_known() -> None:
    house = Night({ONE: (L1,)}, [1.0, 1.0, 1.3])
    house.know(counted=1)
    vehicle = house.world.twcs[ONE]
    house.run(600)
    before = vehicle.drawn
    while abs(vehicle.drawn - before) < 3:
        before = vehicle.drawn
        house.run(1)
    house.heater = 3.0 if vehicle.drawn > before else -3.0
    for _ in range(600):
        house.run(1)
        assert house.reason != LimitReason.PHASE_UNPROVEN


def test_a_start_that_other_loads_hide_is_made_up_for() -> None:
    house = Night({ONE: (L1,)}, [1.0, 1.0, 1.3])
    house.know(counted=1)
    for second in range(240):
        house.hob = 4.0 * (second % 14 < 7)
        house.run(1)
    house.hob = 0.0
    assert house.offer == 6
    house.run(1500)
    assert house.offer > 12


def test_a_vehicle_that_is_known_does_not_vouch_for_another() -> None:
    """The other one may be on the phase whose sensor is dead, and is."""
    house = Night({ONE: (L1,), TWO: (L3,)}, [1.0, 1.0, 12.0], dead=0.0)
    house.know(counted=1)
    other = house.world.twcs[TWO]
    for _ in range(1800):
        house.run(1)
        assert other.drawn <= 6
    assert other.drawn > 5


def test_a_connector_without_a_vehicle_does_not_hold_another() -> None:
    house = Night({ONE: (L1,), TWO: (L2,)}, [1.0, 1.0, 1.3])
    house.world.twcs[TWO].unplug()
    house.know(counted=1)
    house.run(200)
    assert house.offer > 12
