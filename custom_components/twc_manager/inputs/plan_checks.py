"""What a plan may ask for, in a form or by an action."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..charging.planning.goals import Strategy
from ..charging.plans.request import MAXIMUM_HOURS, MAXIMUM_KEEP, MAXIMUM_KWH
from .plans import GoalKind

AMOUNTS: Final[Mapping[GoalKind, tuple[float, float]]] = {
    GoalKind.PERCENT: (1, 100),
    GoalKind.ENERGY: (0.1, MAXIMUM_KWH),
    GoalKind.DURATION: (0.25, MAXIMUM_HOURS),
}
"""The least and the most of each goal."""

LONGEST_KEEP: Final = int(MAXIMUM_KEEP / timedelta(minutes=1))
"""The most minutes at the end for which a car may be fed."""

STRATEGIES: Final = (Strategy.CHEAPEST, Strategy.ONE_BLOCK, Strategy.LATEST)

_FARTHEST: Final = timedelta(days=366)


def is_amount(goal: GoalKind, amount: float) -> bool:
    """Return whether a goal may have an amount; a level is whole, NaN and infinity are none."""
    minimum, maximum = AMOUNTS[goal]
    possible = minimum <= amount <= maximum
    return possible and (goal is not GoalKind.PERCENT or amount == int(amount))


def is_keep(minutes: float) -> bool:
    """Return whether a car may be fed for so many minutes at the end."""
    return 0 <= minutes <= LONGEST_KEEP and minutes == int(minutes)


def local_time(text: str | datetime) -> datetime:
    """Return a date and time with its zone; without one, it is local time, the first one if it occurs twice."""
    at: datetime = cv.datetime(text)
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=dt_util.get_default_time_zone())


def ready_error(ready: datetime, now: datetime) -> str | None:
    """Return what is wrong with the time at which a car shall be ready; None if nothing is."""
    # Years at the limits of the calendar cannot be converted to UTC.
    if ready.year > now.year + 2:
        return "ready_far"
    if ready.year < now.year - 1 or ready <= now:
        return "ready_past"
    if ready - now > _FARTHEST:
        return "ready_far"
    back = dt_util.as_utc(ready).astimezone(ready.tzinfo)
    return None if back.utcoffset() == ready.utcoffset() else "ready_skipped"
