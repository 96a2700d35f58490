"""What could have been caught by knowing the day in advance."""

from array import array
from itertools import product
from random import Random

import pytest

from scripts.benchmark_lib.contestants import Site, best_w
from scripts.benchmark_lib.possible import MAX_STARTS, Possible
from simulator.car import Car
from simulator.days import Day

SITE = Site(1, max_amps=20, max_connector_amps=20)
BLOCK_S = 5


def day_of(amps: list[float]) -> Day:
    """Return a day of blocks of 5 s with so many A of surplus."""
    watts = [item * SITE.volts for item in amps for _ in range(BLOCK_S)]
    return Day("made", array("d", watts), array("d", [0.0] * len(watts)))


def tried(amps: list[float], grid_wh: float) -> float:
    """Return the Wh that are caught at most by all ways to offer whole amps for a block, or nothing."""
    offers = (0, *range(SITE.min_amps, SITE.max_offered_amps + 1))
    found = 0.0
    for way in product(offers, repeat=len(amps)):
        caught = grid = before = starts = 0.0
        for surplus, offer in zip(amps, way, strict=True):
            starts += offer > before == 0
            drawn = max(offer - Car().shortfall, 0.0) if before else 0.0
            before = offer
            caught += min(drawn * SITE.volts, best_w(SITE, surplus * SITE.volts))
            grid += max(drawn - surplus, 0.0) * SITE.volts if drawn else 0.0
        if starts <= MAX_STARTS and grid * BLOCK_S / 3600 <= grid_wh:
            found = max(found, caught * BLOCK_S / 3600)
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("grid_wh", [0.0, 1.0, 50.0])
def test_nobody_catches_more_than_is_possible(seed: int, grid_wh: float) -> None:
    dice = Random(seed)
    amps = [dice.choice((0.0, 8.0, 13.4, 17.0, 25.0)) for _ in range(4)]
    best = tried(amps, grid_wh)
    assert Possible(day_of(amps), SITE).caught_wh(grid_wh) >= best - 1e-9


def test_with_energy_from_the_grid_it_is_what_can_be_caught() -> None:
    amps = [15.0, 15.0, 0.0, 17.0]
    possible = Possible(day_of(amps), SITE).caught_wh(1000.0)
    assert possible == pytest.approx(tried(amps, 1000.0), abs=0.1)


def test_a_car_starts_only_so_often() -> None:
    """Without energy from the grid each of the breaks costs a start."""
    amps = [0.0, 0.0, 16.0, 16.0] * 10
    once = Possible(day_of(amps[:4]), SITE).caught_wh(0.0)
    assert once > 0
    possible = Possible(day_of(amps), SITE).caught_wh(0.0)
    assert possible == pytest.approx(MAX_STARTS * once)
