"""The time of day of a demo whose pictures are taken: noon, whenever that is.

The plans, prices and forecast of a demo go by the clock: by night the first car waits. The clock itself cannot be set, but
the time zone can.
"""

from datetime import UTC, datetime
import os
import time
from typing import Final

_NOON: Final = 12


def zone_at_noon(now: datetime) -> str:
    """Return a time zone in which it is between twelve and one at noon; `now` has a zone."""
    ahead = _NOON - now.astimezone(UTC).hour
    # These names have the sign of POSIX: Etc/GMT-2 is two hours ahead of UTC.
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


def move_to_noon(now: datetime) -> None:
    """Have this process and those that it starts live where it is noon."""
    os.environ["TZ"] = zone_at_noon(now)
    time.tzset()
