"""Values from outside, made safe to calculate with and to show: a leaf module that needs the standard library only."""

from datetime import datetime
from math import isfinite
import re
from typing import Any, Final

MAX_TEXT_LENGTH: Final = 60

_YEARS: Final = range(1970, 2200)
"""Outside of them, a time cannot be converted to every zone, or nothing can be added to it: datetime ends."""

_VIN: Final = re.compile(r"(?<![0-9a-z])[0-9a-hj-npr-z]{17}(?![0-9a-z])", re.IGNORECASE)
_TOKEN: Final = re.compile(r"(?=\S*\d)\S{25,}")


def finite_number(value: object) -> float | None:
    """Return a finite number; None for booleans, texts and everything else that is not one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def number_of(value: Any) -> float | None:
    """Return the finite number that a value is, also a decimal or a text such as a state; None for others."""
    try:
        number = float(value)
    except OverflowError, TypeError, ValueError:
        return None
    return None if isinstance(value, bool) else finite_number(number)


def is_usable_time(time: datetime) -> bool:
    """Return whether a time can be calculated with: it is in no year near the ends of what datetime can say."""
    return time.year in _YEARS


def redacted_line(text: object) -> str:
    """Return a text as one short line without any token or VIN; an empty one if it is no text."""
    if not isinstance(text, str):
        return ""
    line = " ".join(text.split())
    line = _TOKEN.sub("…", _VIN.sub("…", line))
    return line[:MAX_TEXT_LENGTH]
