"""When a vehicle shall be ready: a local time of day on days of the week, as an instant."""

from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from .errors import PlanError

ALL_DAYS: Final = frozenset(range(7))
_ONE_DAY: Final = timedelta(days=1)
_MAXIMUM_GAP_MINUTES: Final = 24 * 60


def ready_instant(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return when the clock shows a time on a local day, in UTC.

    A time that occurs twice is the first one, so that the vehicle is not late. A time that the clock skips is the
    moment of the change.
    """
    naive = datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    if _exists(naive, zone):
        return naive.replace(tzinfo=zone).astimezone(UTC)
    for minute in range(1, _MAXIMUM_GAP_MINUTES):
        later = naive.replace(second=0, microsecond=0) + timedelta(minutes=minute)
        if _exists(later, zone):
            return later.replace(tzinfo=zone).astimezone(UTC)
    raise PlanError("ready", f"there is no {clock} on {day}")


def _exists(naive: datetime, zone: tzinfo) -> bool:
    back = naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None, fold=0) == naive


def next_ready(
    now: datetime, clock: time, zone: tzinfo, days: AbstractSet[int] = ALL_DAYS
) -> datetime:
    """Return the next instant after now at which a vehicle shall be ready, in UTC; 0 is Monday.

    Raises:
        PlanError: if `now` has no zone, or no day is chosen.

    """
    if now.tzinfo is None:
        raise PlanError("now", "it has no zone")
    if not days & ALL_DAYS:
        raise PlanError("days", "none is chosen")
    # From yesterday on: at some changes of the clock the local date goes back.
    day = now.astimezone(zone).date() - _ONE_DAY
    while True:
        if day.weekday() in days:
            instant = ready_instant(day, clock, zone)
            if instant > now:
                return instant
        day += _ONE_DAY
