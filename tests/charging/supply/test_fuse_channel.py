"""What one sensor at the main fuse remembers of the vehicles' draws."""

from custom_components.twc_manager.charging.supply.fuse_channel import FuseChannel
from custom_components.twc_manager.charging.supply.fuse_load import (
    FuseLoad,
    VehicleLoad,
)
from custom_components.twc_manager.charging.supply.fuse_reading import PhaseReading
from custom_components.twc_manager.charging.supply.phases import VehicleDraw

KEEP_S = 60.0


def remembered(amps: list[float]) -> int:
    """Return how many draws are remembered after one of them each second."""
    channel = FuseChannel(25.0)
    reading = PhaseReading(10.0, 0.0, 0.0, frozenset({0}))
    for now, drawn in enumerate(amps):
        vehicle = VehicleLoad(VehicleDraw("bus", 1, drawn))
        channel.remember(now, FuseLoad((vehicle,), 0.0, 6), reading, KEEP_S)
    return len(channel._draws)


def test_a_draw_that_stays_is_remembered_once() -> None:
    """Each decision goes through all of them, and in a lively house there are several a second."""
    assert remembered([16.0] * 600) == 1


def test_draws_are_remembered_for_as_long_as_a_reading_may_contain_them() -> None:
    kept = remembered([float(now % 2) for now in range(600)])
    assert KEEP_S < kept < 4 * KEEP_S
