"""The problems of the sensors at the main fuse that the vehicles' own draw has shown, for the repair issues."""

from collections.abc import Iterable, Mapping
from typing import Final

from ..charging.supply.fuse_meter import FuseMeter
from ..charging.supply.response_votes import MeterState

FUSE_SENSOR_FROZEN: Final = "fuse_sensor_frozen"
"""The sensors at the main fuse repeat their last values."""

FUSE_SENSOR_INVERTED: Final = "fuse_sensor_inverted"
"""The sensors at the main fuse have a reversed sign."""

FUSE_SENSOR_STILL: Final = "fuse_sensor_still"
"""The sensor of a phase has not moved since a raise that the sensors of other phases have shown."""

FUSE_SENSOR_INCOMPLETE: Final = "fuse_sensor_incomplete"
"""The sensors move, but do not show what the vehicles draw."""

STILL_SECONDS: Final = 600.0
"""How many s a sensor has to stand still to be reported: most phases move by themselves."""

INCOMPLETE_SECONDS: Final = 900.0
"""How many s without a miss end the report of an incomplete sensor: it is tested every few minutes."""

_DISPROVED: Final = {
    MeterState.FROZEN: FUSE_SENSOR_FROZEN,
    MeterState.INVERTED: FUSE_SENSOR_INVERTED,
}


class FuseReport:
    """The problems of the sensors at the main fuse that the vehicles' draw has shown."""

    def __init__(self) -> None:
        """Start with no problem."""
        self._still_since: Mapping[int, float] = {}
        self._missed_at: float | None = None

    def problems(
        self, meter: FuseMeter, sensors: tuple[str, ...], now: float
    ) -> dict[str, tuple[str, ...]]:
        """Return the problems with the sensors that have them.

        Args:
            meter: what is known of the sensors.
            sensors: all sensors at the main fuse, those of the phases first.
            now: the time, in s of a monotonic clock.

        """
        found: dict[str, tuple[str, ...]] = {}
        if meter.state in _DISPROVED:
            found[_DISPROVED[meter.state]] = sensors
        if still := self._still(meter.still, now):
            found[FUSE_SENSOR_STILL] = tuple(
                sensor for place, sensor in enumerate(sensors) if place in still
            )
        if self._misses_vehicles(now, meter):
            found[FUSE_SENSOR_INCOMPLETE] = sensors
        return found

    def _still(self, places: Iterable[int], now: float) -> frozenset[int]:
        """Return the indexes of the sensors that have stood still for `STILL_SECONDS`."""
        self._still_since = {
            place: self._still_since.get(place, now) for place in places
        }
        return frozenset(
            place
            for place, since in self._still_since.items()
            if now - since >= STILL_SECONDS
        )

    def _misses_vehicles(self, now: float, meter: FuseMeter) -> bool:
        """Return whether the sensors miss the vehicles, or did so lately."""
        if meter.misses_vehicles:
            self._missed_at = now
        elif self._missed_at is not None and now - self._missed_at > INCOMPLETE_SECONDS:
            self._missed_at = None
        return self._missed_at is not None
