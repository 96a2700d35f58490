"""A sensor of one phase that does not measure it, while nothing else shows on which phases a vehicle charges."""

from dataclasses import dataclass

import pytest

from custom_components.twc_manager.charging.outcome import LimitReason
from tests.charging.world import ONE

from .test_fuse_phases import L1, L2, L3
from .test_quiet_phase import FRIDGE
from .test_standing_sensor import ALL, Watched

pytestmark = pytest.mark.long


@dataclass(slots=True)
class Restless(Watched):
    """A house in which small loads are switched all the time on L2 and L3."""

    noise: float | None = None
    """Up to how many A the sensor of L3 shows if it is not round its wire."""

    def run(self, seconds: int) -> None:
        base = self.loads[L3]
        for _ in range(seconds):
            second = int(self.world.now)
            flicker = second * 7919 % 13 / 12
            self.heater = second * 104729 % 11 / 30
            self.loads[L3] = base + 0.3 * flicker
            if self.noise is not None:
                self.dead = self.noise * flicker
            Watched.run(self, 1)
        self.loads[L3] = base


def _live(house: Watched, seconds: int, dead: float) -> None:
    """Let the sensor of L3 live for so long, and show that again afterwards."""
    house.dead = None
    house.run(seconds)
    house.dead = dead


@pytest.mark.parametrize("dead", [0.0, 4.0])
def test_a_sensor_that_lives_for_two_moments_proves_nothing(dead: float) -> None:
    """Each step was missed, and it had moved: at 22 A permanently, 1.33 times the fuse."""
    house = Watched({ONE: ALL}, [1.0, 1.0, 12.0], dead=dead)
    house.run(300)
    _live(house, 20, dead)
    house.run(900)
    _live(house, 5, dead)
    house.run(1200)
    assert house.worst_ratio < 1.13
    assert (house.offer, house.reason) == (6, LimitReason.PHASE_UNPROVEN)


def test_a_sensor_that_shows_noise_proves_nothing() -> None:
    """It moved, and did not show the steps: at 22 A permanently, 1.33 times the fuse."""
    house = Restless({ONE: ALL}, [1.0, 1.0, 12.0], noise=0.3)
    house.run(1800)
    assert house.above == 0
    assert (max(house.offers), house.reason) == (9, LimitReason.PHASE_UNPROVEN)


# What must not set it off


@pytest.mark.parametrize("every", [1, 10])
@pytest.mark.parametrize(
    ("phases", "load"),
    [
        pytest.param((L1,), 2.5, id="one phase"),
        pytest.param((L1,), 0.3, id="one phase, another is hardly used"),
        pytest.param((L1, L2), 2.5, id="two phases"),
        pytest.param(ALL, 2.5, id="three phases"),
    ],
)
def test_a_vehicle_of_which_nothing_is_known_charges_within_minutes(
    phases: tuple[int, ...], load: float, every: int
) -> None:
    house = Restless({ONE: phases}, [1.0, 1.0, load], every=every)
    house.run(420)
    assert house.offer >= 20
    house.forget()
    house.run(600)
    # A test of 3 A.
    assert min(house.offers) >= 18


def test_loads_that_are_switched_seldom_on_other_phases_free_a_vehicle_within_70_minutes() -> (
    None
):
    house = Watched({ONE: (L1,)}, [1.0, 1.0, 0.8], resolution=1.0)
    for _ in range(4200):
        house.loads[L3] = 0.8 + FRIDGE * (house.world.now % 1000 < 400)
        house.run(1)
    assert house.offer > 12
