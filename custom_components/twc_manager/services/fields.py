"""Fields of actions whose values may be beyond what Python can calculate with: refused in words.

The validators of Home Assistant and of voluptuous raise OverflowError for them.
"""

from datetime import timedelta
from typing import Any

from homeassistant.helpers import config_validation as cv
import voluptuous as vol


def number(value: Any) -> float:
    """Return a field as a number.

    Raises:
        vol.Invalid: if it is not a number.

    """
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError) as err:
        raise vol.Invalid("expected a number") from err


def time_period(value: Any) -> timedelta:
    """Return a field as a time period.

    Raises:
        vol.Invalid: if it is not a time period, or a longer one than a timedelta can be.

    """
    try:
        period: timedelta = cv.time_period(value)
    except OverflowError as err:
        raise vol.Invalid(f"{value} is too long") from err
    return period
