"""A limit for all charging that is set from outside: by a grid operator, an energy manager or a generator.

Powers are in W, currents in A, times in s of a monotonic clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from math import inf, isfinite
from typing import Final

HOLD_SECONDS: Final = 300.0
"""The default number of s for which the last limit of a silent entity holds."""

FALLBACK_W: Final = 4200.0
"""The default limit in W after that: the minimum that grid operators in Germany have to leave each device."""

ROUNDING: Final = 1e-9
"""Part of an ampere by which the rounding of floats may put a limit below a whole one."""


@dataclass(frozen=True, slots=True)
class ChargingLimit:
    """The maximum of all charging together: a power in W or a current in A; infinite where unlimited."""

    watts: float = inf
    amps: float = inf

    @property
    def is_limited(self) -> bool:
        """Return whether it limits anything."""
        return isfinite(self.watts) or isfinite(self.amps)

    def whole_amps(self, watts_per_amp: float) -> int | None:
        """Return the whole A that it leaves, at `watts_per_amp`; None if it limits nothing."""
        amps = min(self.amps, self.watts / watts_per_amp)
        return max(int(amps + ROUNDING), 0) if isfinite(amps) else None


UNLIMITED: Final = ChargingLimit()


@dataclass(frozen=True, slots=True)
class OutsideSource:
    """The entity from which a limit is read.

    Attributes:
        limit: the limit that it shows; None while it has no usable value.
        hold_seconds: how many s its last limit holds meanwhile.
        fallback_w: the limit in W after that.

    """

    limit: ChargingLimit | None
    hold_seconds: float = HOLD_SECONDS
    fallback_w: float = FALLBACK_W


@dataclass(frozen=True, slots=True)
class OutsideInputs:
    """The sources of the limits.

    Attributes:
        number_w: the value of the number entity in W; None for no limit.
        source: the entity; None if none is chosen.
        has_number: whether a number entity is set up.
        unknown_w: the limit in W while the value of the number is unknown.

    """

    number_w: float | None = None
    source: OutsideSource | None = None
    has_number: bool = False
    unknown_w: float = FALLBACK_W


class Standing(Enum):
    """How current the limit of the entity is; a higher value is less current."""

    REPORTED = auto()
    """It shows it now."""
    KEPT = auto()
    """It is silent, and its last limit holds."""
    FALLBACK = auto()
    """It has been silent for too long, or has not shown a limit yet."""


@dataclass(frozen=True, slots=True)
class OutsideStatus:
    """The limit in force.

    Attributes:
        limit: the limit.
        standing: how current the entity's part of it is.
        until: when that changes by time alone; None if it does not.

    """

    limit: ChargingLimit = UNLIMITED
    standing: Standing = Standing.REPORTED
    until: float | None = None


def lowest(found: Iterable[OutsideStatus]) -> OutsideStatus:
    """Return the limit that several limits leave together; no limit if `found` is empty."""
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
        self._last_limit: ChargingLimit | None = None
        self._silent_since: float | None = None

    def update(self, now: float, inputs: OutsideInputs) -> OutsideStatus:
        """Return the limit in force: the lower one of number and entity."""
        status = self._of_source(now, inputs.source)
        number_w = inf if inputs.number_w is None else max(inputs.number_w, 0.0)
        limit = ChargingLimit(min(status.limit.watts, number_w), status.limit.amps)
        return OutsideStatus(limit, status.standing, status.until)

    def _of_source(self, now: float, source: OutsideSource | None) -> OutsideStatus:
        if source is None:
            self._last_limit = None
            return OutsideStatus()
        if source.limit is not None:
            self._last_limit, self._silent_since = source.limit, None
            return OutsideStatus(source.limit)
        if self._silent_since is None:
            self._silent_since = now
        until = self._silent_since + source.hold_seconds
        if self._last_limit is not None and now < until:
            return OutsideStatus(self._last_limit, Standing.KEPT, until)
        self._last_limit = None
        return OutsideStatus(ChargingLimit(source.fallback_w), Standing.FALLBACK)
