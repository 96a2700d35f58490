"""What one vehicle loses behind a main fuse, and another one gets."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import ConnectorState
from tests.charging.world import ONE, THREE, Twc, World

SIZE = 35.0
WIRING = Wiring(32, 32, 6, 230, 1)


class ImpreciseTwc(Twc):
    """A connector whose car uses all of its offer, by a meter that is wrong by `error` A."""

    error = 0.0

    @property
    def state(self) -> ConnectorState:
        state = super().state
        shown = round(self.drawn + 0.8 + self.error, 2) if self.drawn else 0.0
        return replace(state, drawn=shown)


@pytest.mark.parametrize("error", [-0.1, 0.1, 0.4])
def test_a_car_gets_the_minimum_although_the_other_seems_to_draw_a_little_more(
    error: float,
) -> None:
    """There are 12 A for two: one drew 6.1 A of its 6 A by its meter, and the other waited for 6 A as long as that."""
    twcs = [ImpreciseTwc(ONE, 1), ImpreciseTwc(THREE, 1)]
    world = World(*twcs, wiring=WIRING, engine=Engine(WIRING, FuseConfig(SIZE, 230)))

    def run(seconds: int) -> None:
        for _ in range(seconds):
            total = SIZE - 1 - 12.6 + sum(twc.state.drawn for twc in twcs)
            world.fuse = FuseReading(world.now, (total + world.now % 7 / 50,))
            world.tick()

    for twc in twcs:
        twc.error = error
    first, second = twcs
    first.plug()
    run(200)
    assert world.offers[ONE] == 12
    second.plug()
    run(200)
    assert world.offers == {ONE: 6, THREE: 6}
    assert second.began
