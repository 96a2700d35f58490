"""The wiring of a bus from its entry, and the defaults that the forms propose."""

from typing import Final

from ..charging.wiring import Wiring
from ..const import (
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
)
from ..types import TwcConfigEntry

DEFAULT_MAX_CURRENT: Final = 6
"""In A, like the following currents; every installation carries this."""

DEFAULT_MIN_CURRENT: Final = {1: 12, 2: 6, 3: 6}
"""By the number of phases."""

DEFAULT_VOLTAGE: Final = {1: 240, 2: 230, 3: 230}
"""In V per phase, by the number of phases."""

MINIMUM_CURRENT: Final = 6
"""The minimum current with which a car charges."""


def default_min_current(phases: int, max_connector_current: int) -> int:
    """Return the default of the minimum current of a connector in A, which is never above its maximum."""
    return min(DEFAULT_MIN_CURRENT[phases], max_connector_current)


def wiring_of(entry: TwcConfigEntry) -> Wiring:
    """Return the wiring that a bus was set up with."""
    data = entry.data
    return Wiring(
        max_current=data[CONF_MAX_CURRENT],
        max_connector_current=data[CONF_MAX_CONNECTOR_CURRENT],
        min_current=data[CONF_MIN_CURRENT],
        voltage=data[CONF_VOLTAGE],
        phases=data[CONF_PHASES],
    )
