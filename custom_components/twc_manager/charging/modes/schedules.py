"""Schedules by the clock on the wall, right over daylight-saving changes.

A schedule is in force from the first moment at which the clock of a chosen day shows its start (or has leapt
past it) until the first moment after at which it shows its end. So an hour that a clock goes through twice
counts once for its start and its end, and one that it leaps over takes nothing but its own length. A schedule
that ends when it starts lasts until the same time of the next day.

Local times are aware, with the zone whose clock counts; what is returned is in UTC, as datetimes of one zone
compare by what the clock shows and not by what came first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile
from typing import Final

_SEARCHED_DAYS: Final = 15
"""A week, and another where a clock that leaps swallows the first."""

_ONE_DAY: Final = timedelta(days=1)

_KEPT_SPANS: Final = 256
"""Enough for several of each schedule."""


class ScheduleKind(StrEnum):
    """What a schedule says."""

    AMPS = "amps"
    GREEN_ONLY = "green_only"
    DO_NOT_CHARGE = "do_not_charge"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule.

    Attributes:
        id: what tells it from others.
        name: what its owner calls it.
        days: on which it starts, 0 is Monday.
        start: what the clock shows then; its zone, if any, is ignored.
        end: what it shows in the end, on the next day where that is not later than the start.
        kind: what it says.
        amps: the most whole A for all its connectors together; None is all there is.
        connectors: for which; None is all.
        enabled: whether it counts.
        follows: state of the on/off entity that it follows instead of its times; None if it follows none.
            One that is not known is off, and the schedule doubtful.
        doubtful: whether the state of the entity it follows is not known: then it limits as if it were on, and
            allows nothing more.

    """

    id: str
    name: str
    days: frozenset[int] = frozenset()
    start: time = time()
    end: time = time()
    kind: ScheduleKind = ScheduleKind.AMPS
    amps: int | None = None
    connectors: frozenset[int] | None = None
    enabled: bool = True
    follows: bool | None = None
    doubtful: bool = False

    def concerns(self, connector_id: int | None) -> bool:
        """Return whether it counts for a connector, or None for the bus."""
        return self.enabled and (
            self.connectors is None or connector_id in self.connectors
        )

    def span(self, local: datetime) -> Span | None:
        """Return from when until when it is in force if it is at a local time; None if it is not."""
        now = local.astimezone(UTC)
        # Tomorrow's too: some clocks are set back past midnight, so that a day begins before its eve has ended.
        return next(
            (span for span in self._from_eve(local, 3)[::-1] if now in span), None
        )

    def spans(self, local: datetime) -> Sequence[Span]:
        """Return when it is, or will be, in force in the two weeks to come, the earliest first."""
        return self._from_eve(local, _SEARCHED_DAYS + 1)

    def _from_eve(self, local: datetime, count: int) -> Sequence[Span]:
        """Return the spans that begin on so many days, of which yesterday is the first."""
        eve = local.date() - _ONE_DAY
        return _spans(
            self.days, self.start, self.end, _zone(local), first=eve, count=count
        )


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, the end not included, in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        """Return whether an instant is in it."""
        return self.start <= instant < self.end


@lru_cache(maxsize=_KEPT_SPANS)
def _spans(
    weekdays: frozenset[int],
    start: time,
    end: time,
    zone: tzinfo,
    *,
    first: date,
    count: int,
) -> Sequence[Span]:
    """Return the spans that begin on so many days from the first on, the earliest first.

    They are asked for every second, and are the same all day.
    """
    days = (first + number * _ONE_DAY for number in range(count))
    return tuple(
        Span(
            first_instant(day, start, zone),
            first_instant(day if end > start else day + _ONE_DAY, end, zone),
        )
        for day in days
        if day.weekday() in weekdays
    )


def first_instant(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return when a zone's clock first shows a time on a day, or has leapt past it, in UTC."""
    wall = datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _leap(wall, zone)


def next_time(local: datetime, clock: time) -> datetime:
    """Return when the clock shows a time next, now not included, in UTC."""
    zone, now = _zone(local), local.astimezone(UTC)
    days = (local.date() + number * _ONE_DAY for number in range(3))
    instants = (first_instant(day, clock, zone) for day in days)
    return next(instant for instant in instants if instant > now)


def in_force(
    schedules: Sequence[Schedule], connector_id: int | None, local: datetime
) -> Schedule | None:
    """Return the schedule in force for a connector; where several are, the first listed wins."""
    for schedule in schedules:
        if not schedule.concerns(connector_id):
            continue
        active = schedule.follows
        if active is None:
            active = schedule.span(local) is not None
        if active:
            return schedule
    return None


def doubtful(
    schedules: Sequence[Schedule], connector_id: int | None, current: Schedule | None
) -> list[Schedule]:
    """Return the schedules that would be in force instead of the current one if what they follow is on."""
    before = takewhile(lambda item: item is not current, schedules)
    return [item for item in before if item.doubtful and item.concerns(connector_id)]


def next_before(
    schedules: Sequence[Schedule],
    connector_id: int | None,
    current: Schedule,
    local: datetime,
) -> datetime | None:
    """Return when a schedule begins that is listed before the current one, and so comes instead of it, in UTC."""
    now = local.astimezone(UTC)
    before = takewhile(lambda item: item is not current, schedules)
    starts = (
        next((span.start for span in item.spans(local) if span.start > now), None)
        for item in before
        if item.follows is None and item.concerns(connector_id)
    )
    return min((start for start in starts if start is not None), default=None)


def next_change(
    schedules: Sequence[Schedule], connector_id: int | None, local: datetime
) -> datetime | None:
    """Return when another schedule, or none, will be in force for a connector, in UTC.

    None if no such time is known: nobody knows when the entity that a schedule follows changes.
    """
    zone, now = _zone(local), local.astimezone(UTC)
    mine = [item for item in schedules if item.concerns(connector_id)]
    current = in_force(mine, connector_id, local)
    edges = {
        edge
        for item in mine
        if item.follows is None
        for span in item.spans(local)
        for edge in (span.start, span.end)
        if edge > now
    }
    for edge in sorted(edges):
        if in_force(mine, connector_id, edge.astimezone(zone)) is not current:
            return edge
    return None


def _zone(local: datetime) -> tzinfo:
    if local.tzinfo is None:
        raise ValueError(f"{local} tells no zone")
    return local.tzinfo


def _leap(wall: datetime, zone: tzinfo) -> datetime:
    """Return when a clock leaps over a time that it never shows, in UTC, to the second."""
    # Reckoned with the offset after the leap it is before it, and the other way round.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) > wall:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
