"""Schedules in local time, correct over daylight-saving changes.

A schedule begins when the local clock first shows its start on a chosen day, or has skipped it, and ends when the
clock next shows its end. So an hour that occurs twice starts and ends a schedule once, and a skipped hour shortens
a schedule by its own length only. A schedule whose end equals its start lasts until the same time of the next day.

Local times are aware and have the zone of the house. Returned times are in UTC, since Python compares datetimes of
one zone by the local clock, which is wrong for an hour that occurs twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile
from typing import Final

_SEARCHED_DAYS: Final = 15
"""A week, and a second one, since a change of the clock may skip the only occurrence in the first."""

_ONE_DAY: Final = timedelta(days=1)

_KEPT_SPANS: Final = 256
"""Enough for several ranges of days for each schedule."""


class ScheduleKind(StrEnum):
    """What a schedule allows."""

    AMPS = "amps"
    GREEN_ONLY = "green_only"
    DO_NOT_CHARGE = "do_not_charge"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule.

    Attributes:
        id: its unique id.
        name: its name, as the owner entered it.
        days: the weekdays on which it starts; 0 is Monday.
        start: the local time at which it starts; a zone is ignored.
        end: the local time at which it ends, on the next day if it is not later than the start.
        kind: what it allows.
        amps: the maximum for all its connectors together, in whole A; None for no maximum of its own.
        connectors: the ids of its connectors; None for all.
        enabled: whether it is switched on.
        follows: the state of the on/off entity that it follows instead of its times; None if it follows none.
            An unknown state counts as off, and makes the schedule doubtful.
        doubtful: whether the state of that entity is unknown. The schedule then restricts as if it were on, but
            allows no more than without it.

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
        """Return whether it applies to a connector; None stands for the bus."""
        return self.enabled and (
            self.connectors is None or connector_id in self.connectors
        )

    def span(self, local: datetime) -> Span | None:
        """Return the span in which it is in force at a local time; None if it is not in force."""
        now = local.astimezone(UTC)
        # Including tomorrow: some zones set the clock back past midnight, so that the date changes back.
        return next(
            (span for span in self._from_eve(local, 3)[::-1] if now in span), None
        )

    def spans(self, local: datetime) -> Sequence[Span]:
        """Return the spans of the next two weeks in which it is in force, the earliest first."""
        return self._from_eve(local, _SEARCHED_DAYS + 1)

    def _from_eve(self, local: datetime, count: int) -> Sequence[Span]:
        """Return the spans that begin on `count` days from yesterday on."""
        eve = local.date() - _ONE_DAY
        return _spans(
            self.days, self.start, self.end, _zone(local), first=eve, count=count
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time in UTC; the end is not included."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        """Return whether an instant is in the span."""
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
    """Return the spans that begin on `count` days from the first on, the earliest first.

    Cached, since they are needed every second and only change from day to day.
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
    """Return when a zone's clock first shows a time on a day, or has skipped it, in UTC."""
    wall = datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _skip(wall, zone)


def next_time(local: datetime, clock: time) -> datetime:
    """Return when the clock next shows a time after now, in UTC."""
    zone, now = _zone(local), local.astimezone(UTC)
    days = (local.date() + number * _ONE_DAY for number in range(3))
    instants = (first_instant(day, clock, zone) for day in days)
    return next(instant for instant in instants if instant > now)


def in_force(
    schedules: Sequence[Schedule], connector_id: int | None, local: datetime
) -> Schedule | None:
    """Return the schedule in force for a connector; if there are several, the first one listed."""
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
    """Return the doubtful schedules that are in force instead of the current one if their entities are on."""
    before = takewhile(lambda item: item is not current, schedules)
    return [item for item in before if item.doubtful and item.concerns(connector_id)]


def overlap(one: Schedule, other: Schedule, local: datetime) -> Span | None:
    """Return the next span in which two schedules are both in force for a connector; None without one.

    A schedule that follows an entity is left out: its changes cannot be predicted.
    """
    if one.follows is not None or other.follows is not None:
        return None
    if one.connectors and other.connectors and not one.connectors & other.connectors:
        return None
    now = local.astimezone(UTC)
    common = (
        Span(max(mine.start, theirs.start), min(mine.end, theirs.end))
        for mine in one.spans(local)
        for theirs in other.spans(local)
    )
    coming = (span for span in common if max(span.start, now) < span.end)
    return min(coming, key=lambda span: span.start, default=None)


def next_before(
    schedules: Sequence[Schedule],
    connector_id: int | None,
    current: Schedule,
    local: datetime,
) -> datetime | None:
    """Return when a schedule that takes precedence over the current one begins, in UTC; None if none does."""
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

    None if there is no such time. Changes of entities that schedules follow cannot be predicted.
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
        raise ValueError(f"{local} has no zone")
    return local.tzinfo


def _skip(wall: datetime, zone: tzinfo) -> datetime:
    """Return when a clock skips a time that it never shows, in UTC, to the second."""
    # The offset of after the skip (fold=1) gives an instant before the skip, and that of before it one after it.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) > wall:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
