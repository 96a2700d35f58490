"""The watch over the main fuse, asked for whole amps."""

from collections.abc import Sequence
from dataclasses import replace
from math import floor

from custom_components.twc_manager.charging.supply.fuse_load import (
    FuseLoad,
    VehicleLoad,
)
from custom_components.twc_manager.charging.supply.fuse_reading import FuseReading
from custom_components.twc_manager.charging.supply.main_fuse import FuseGuard
from custom_components.twc_manager.charging.supply.phases import VehicleDraw


def allow(
    guard: FuseGuard,
    now: float,
    reading: FuseReading | None,
    *,
    drawn: float | Sequence[VehicleDraw],
    changed_at: float = 0.0,
    minimum: int = 6,
    held: float = 0.0,
) -> int:
    """Return the whole A that all vehicles may use; `drawn` is what they draw together, or the draw of each."""
    draws = [VehicleDraw("", 0, drawn)] if isinstance(drawn, float | int) else drawn
    first, *rest = [VehicleLoad(draw) for draw in draws]
    load = FuseLoad((replace(first, held=held), *rest), changed_at, minimum)
    return floor(min(room.amps for room in guard.update(now, reading, load)))
