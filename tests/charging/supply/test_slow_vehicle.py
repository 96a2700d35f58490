"""A vehicle that takes more only slowly, behind a main fuse with a sensor on each phase."""

import pytest

from tests.charging.world import ONE

from .test_standing_sensor import ALL, Watched


@pytest.mark.long
@pytest.mark.parametrize("every", [1, 5, 10])
def test_a_vehicle_that_rises_slowly_is_not_lowered_on_its_way(
    every: int,
) -> None:
    """What it was offered depended on how far it had come: up and down every few seconds."""
    house = Watched({ONE: ALL}, [1.0, 1.0, 2.0], every=every)
    house.world.twcs[ONE].rises = 0.2
    lowered, before = 0, 0
    for _ in range(300):
        house.run(1)
        lowered += house.offer < before
        before = house.offer
    assert house.offer >= 20
    assert lowered <= 1
