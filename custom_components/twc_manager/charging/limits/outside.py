"""A limit of all charging that is set from outside: by a grid operator, an energy manager, a generator.

Powers are in W, currents in A, times in s of a monotonic clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from math import inf, isfinite
from typing import Final

HOLD_SECONDS: Final = 300.0
"""The default time in s for which the last limit of a silent entity holds."""

FALLBACK_W: Final = 4200.0
"""The default limit in W after that: what a grid operator in Germany leaves to each device."""

ROUNDING: Final = 1e-9
"""Part of an ampere that a limit may be short of a whole one by the rounding of floats."""


@dataclass(frozen=True, slots=True)
class ChargingLimit:
    """The maximum of all charging together: a power in W or a current in A; infinite where there is none."""

    watts: float = inf
    amps: float = inf

    @property
    def is_limited(self) -> bool:
        """Return whether it limits anything."""
        return isfinite(self.watts) or isfinite(self.amps)

    def whole_amps(self, watts_per_amp: float) -> int | None:
        """Return the whole A that it leaves, for vehicles that take so many W per A; None if it limits nothing."""
        amps = min(self.amps, self.watts / watts_per_amp)
        return max(int(amps + ROUNDING), 0) if isfinite(amps) else None


UNLIMITED: Final = ChargingLimit()


@dataclass(frozen=True, slots=True)
class OutsideSource:
    """The entity that a limit is read from.

    Attributes:
        limit: what it says; None while it has no usable value.
        hold_seconds: how long its last limit holds while it has none.
        fallback_w: the limit after that.

    """

    limit: ChargingLimit | None
    hold_seconds: float = HOLD_SECONDS
    fallback_w: float = FALLBACK_W


@dataclass(frozen=True, slots=True)
class OutsideInputs:
    """Where limits come from.

    Attributes:
        number_w: the limit that the number entity is set to; None for no limit.
        source: the entity; None if none is chosen.
        has_number: whether there is a number entity.
        unknown_w: the limit while nobody knows what it is set to.

    """

    number_w: float | None = None
    source: OutsideSource | None = None
    has_number: bool = False
    unknown_w: float = FALLBACK_W


class Standing(Enum):
    """What the limit of the entity is."""

    TOLD = auto()
    """What it says now."""
    KEPT = auto()
    """It is silent; what it said last."""
    FALLBACK = auto()
    """It has been silent for too long, or has said nothing yet."""


@dataclass(frozen=True, slots=True)
class OutsideStatus:
    """The limit in force.

    Attributes:
        limit: the limit.
        standing: what the part of the entity is.
        until: when that changes by time alone; None if it does not.

    """

    limit: ChargingLimit = UNLIMITED
    standing: Standing = Standing.TOLD
    until: float | None = None


def lowest(found: Iterable[OutsideStatus]) -> OutsideStatus:
    """Return the limit that several leave together; none if there are none."""
    all_found = (OutsideStatus(), *found)
    limits = [item.limit for item in all_found]
    return OutsideStatus(
        ChargingLimit(
            min(item.watts for item in limits), min(item.amps for item in limits)
        ),
        max((item.standing for item in all_found), key=lambda item: item.value),
        min((item.until for item in all_found if item.until is not None), default=None),
    )


class OutsideLimit:
    """Finds the limit in force, also while the entity is silent."""

    def __init__(self) -> None:
        """Start without a known limit."""
        self._told: ChargingLimit | None = None
        self._silent_since: float | None = None

    def update(self, now: float, inputs: OutsideInputs) -> OutsideStatus:
        """Return the limit in force: the lower one of those of number and entity."""
        status = self._of_source(now, inputs.source)
        number_w = inf if inputs.number_w is None else max(inputs.number_w, 0.0)
        limit = ChargingLimit(min(status.limit.watts, number_w), status.limit.amps)
        return OutsideStatus(limit, status.standing, status.until)

    def _of_source(self, now: float, source: OutsideSource | None) -> OutsideStatus:
        if source is None:
            self._told = None
            return OutsideStatus()
        if source.limit is not None:
            self._told, self._silent_since = source.limit, None
            return OutsideStatus(source.limit)
        if self._silent_since is None:
            self._silent_since = now
        until = self._silent_since + source.hold_seconds
        if self._told is not None and now < until:
            return OutsideStatus(self._told, Standing.KEPT, until)
        self._told = None
        return OutsideStatus(ChargingLimit(source.fallback_w), Standing.FALLBACK)
