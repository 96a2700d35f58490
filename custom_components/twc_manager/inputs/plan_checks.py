"""Checks the values of a plan that are entered in a form or given to an action."""

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
"""The minimum and maximum amount of each goal."""

LONGEST_KEEP: Final = int(MAXIMUM_KEEP / timedelta(minutes=1))
"""The maximum number of minutes before departure for which a car may be kept supplied."""

STRATEGIES: Final = (Strategy.CHEAPEST, Strategy.ONE_BLOCK, Strategy.LATEST)

_FARTHEST: Final = timedelta(days=366)


def is_amount(goal: GoalKind, amount: float) -> bool:
    """Return whether an amount is possible for a goal; a level has to be whole, NaN and infinity are not possible."""
    minimum, maximum = AMOUNTS[goal]
    possible = minimum <= amount <= maximum
    return possible and (goal is not GoalKind.PERCENT or amount == int(amount))


def is_keep(minutes: float) -> bool:
    """Return whether a car may be kept supplied for so many minutes before departure."""
    return 0 <= minutes <= LONGEST_KEEP and minutes == int(minutes)


def local_time(text: str | datetime) -> datetime:
    """Return a date and time with a zone; one without a zone is local, and the earlier one if it occurs twice."""
    at: datetime = cv.datetime(text)
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=dt_util.get_default_time_zone())


def ready_error(ready: datetime, now: datetime) -> str | None:
    """Return the key of the error in the time at which a car has to be ready; None if the time is possible."""
    # Years at the limits of the calendar cannot be converted to UTC.
    if ready.year > now.year + 2:
        return "ready_far"
    if ready.year < now.year - 1 or ready <= now:
        return "ready_past"
    if ready - now > _FARTHEST:
        return "ready_far"
    back = dt_util.as_utc(ready).astimezone(ready.tzinfo)
    return None if back.utcoffset() == ready.utcoffset() else "ready_skipped"
