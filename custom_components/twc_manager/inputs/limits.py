"""The options of the limits that the house sets for all charging: the limit from outside and the peak budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .outside import OUTSIDE_DEFAULTS, OutsideOptions, outside_of
from .peak import PEAK_DEFAULTS, PeakOptions, peak_of

LIMIT_DEFAULTS: Final[Mapping[str, Any]] = {**OUTSIDE_DEFAULTS, **PEAK_DEFAULTS}


@dataclass(frozen=True, slots=True)
class LimitOptions:
    """The limits of the house.

    Attributes:
        outside: the limit from outside; None if it is not set up.
        peak: the peak budget; None if it is not set up.

    """

    outside: OutsideOptions | None = None
    peak: PeakOptions | None = None

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        parts = (self.outside, self.peak)
        return tuple(
            entity_id
            for part in parts
            if part is not None
            for entity_id in part.entity_ids
        )


def limits_of(chosen: Mapping[str, Any]) -> LimitOptions:
    """Return the options. `chosen` includes all defaults."""
    return LimitOptions(outside=outside_of(chosen), peak=peak_of(chosen))
