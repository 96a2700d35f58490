"""The vehicles of which the sensor of a phase has shown a raise: they are there, so that it has to show each further one.

Time is an argument, in s of a monotonic clock; currents are in A.
"""

from collections.abc import Hashable, Mapping
from typing import Final

from .fuse_load import FuseLoad
from .response import STEP_AMPS
from .response_confirmation import LastRaise
from .response_readings import DrawHistory

_RAISED_AMPS: Final = STEP_AMPS / 3
"""A vehicle that draws so much more was raised."""

_KEPT_SECONDS: Final = 600.0


class ShownVehicles:
    """The vehicles of which one sensor has shown a raise, each with its stay."""

    def __init__(self) -> None:
        """Start without a vehicle."""
        self._stays: frozenset[Hashable] = frozenset()
        self._drawn: Mapping[Hashable, float] = {}
        self._base: Mapping[Hashable, float] = {}
        self._draws = DrawHistory(_KEPT_SECONDS)

    def __bool__(self) -> bool:
        """Return whether there is one."""
        return bool(self._stays)

    @property
    def has_to_show(self) -> bool:
        """Return whether the sensor has to show the last raise, as it has shown one of that vehicle before."""
        return not self._raised.isdisjoint(self._stays)

    @property
    def _raised(self) -> frozenset[Hashable]:
        """Return the vehicles that draw more than the sensor has shown."""
        return frozenset(
            stay
            for stay, amps in self._drawn.items()
            if amps - self._base.get(stay, 0.0) >= _RAISED_AMPS
        )

    def follow(self, now: float, load: FuseLoad, phases: frozenset[int]) -> None:
        """Take what the vehicles draw that may charge on the phases of the sensor.

        Those are added that have shown most of their last steps there.
        """
        draws = {(item.key, item.session): item for item in load.draws}
        self._drawn = {stay: item.amps for stay, item in draws.items()}
        seen = {stay for stay, item in draws.items() if phases <= item.seen}
        self._set(now, (self._stays & draws.keys()) | seen)
        self._draws.add(now, self._sum)

    def note_raise(self, now: float, last: LastRaise) -> None:
        """Take what the sensor has shown of the last raise."""
        if last.shown_at == now:
            self._set(now, self._stays | self._raised)
        if last.raised_at is None:
            self._base = self._drawn

    def forget(self, now: float) -> None:
        """Forget them: what the sensor showed was another load."""
        self._set(now, frozenset())

    def change(self, since: float, now: float) -> float:
        """Return by how many A their draw has changed."""
        return self._draws.at(now) - self._draws.at(since)

    @property
    def _sum(self) -> float:
        return sum(amps for stay, amps in self._drawn.items() if stay in self._stays)

    def _set(self, now: float, stays: frozenset[Hashable]) -> None:
        if stays != self._stays:
            self._stays = stays
            self._draws = DrawHistory(_KEPT_SECONDS)
            self._draws.add(now, self._sum)
