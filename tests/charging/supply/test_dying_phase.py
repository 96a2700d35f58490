"""A sensor of one phase that has shown a vehicle and dies, or lives only now and then."""

import pytest

from custom_components.twc_manager.charging.outcome import LimitReason
from tests.charging.world import ONE

from .test_blind_phase import Restless
from .test_fuse_phases import L3
from .test_standing_sensor import ALL, Watched

pytestmark = pytest.mark.long


def _live(house: Watched, seconds: int, dead: float) -> None:
    """Let the sensor of L3 live for so long, and show a value again afterwards."""
    house.dead = None
    house.run(seconds)
    house.dead = dead


@pytest.mark.parametrize("resolution", [1.0, 0.1])
def test_a_sensor_that_dies_while_a_vehicle_rises_is_found_by_the_next_steps(
    resolution: float,
) -> None:
    """It was looked at only after it had stood for 5 minutes: 1.49 times the fuse."""
    house = Watched({ONE: ALL}, [1.0, 1.0, 4.0], resolution=resolution, dead=4.0)
    house.run(300)
    _live(house, 20, dead=4.0)
    house.run(180)
    house.loads[L3] = 17.0
    house.forget()
    house.run(600)
    assert house.above == 0
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)


def test_a_sensor_that_lives_for_a_moment_again_proves_one_step() -> None:
    """What it jumped by when it died counted as a sign of life: at 15 A for 5 minutes, 1.25 times the fuse."""
    house = Watched({ONE: ALL}, [1.0, 1.0, 4.0], resolution=1.0, dead=4.0)
    house.run(300)
    _live(house, 20, dead=4.0)
    house.run(180)
    house.loads[L3] = 17.0
    house.run(400)
    house.forget()
    for _ in range(3):
        _live(house, 5, dead=4.0)
        house.run(600)
    assert house.worst_ratio < 1.14
    assert house.above < 500
    assert house.offer <= 9


def test_a_sensor_that_falls_off_its_wire_raises_nothing_by_its_noise() -> None:
    """It moved, and had shown a load minutes before: 1.3 times the fuse."""
    house = Restless({ONE: ALL}, [1.0, 1.0, 12.0])
    house.run(600)
    assert house.offer >= 10
    house.noise = 0.3
    house.forget()
    house.run(900)
    assert house.worst_ratio < 1.13
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)


def test_a_sensor_that_dies_while_nothing_changes_is_found_by_a_test_within_5_minutes() -> (
    None
):
    """A limit that docs/green-energy.md names: a load that is switched on before the test is not seen."""
    house = Watched({ONE: ALL}, [1.0, 1.0, 4.0])
    house.run(900)
    house.loads[L3] = 4.3
    house.run(10)
    house.freeze()
    house.run(30)
    house.loads[L3] = 17.0
    house.forget()
    house.run(60)
    assert (house.above, house.offer) == (60, 19)
    house.run(540)
    assert house.worst_ratio < 1.45
    assert house.above < 330
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)
