"""The times in which schedules forbid a connector to charge, as far as they are known ahead."""

from collections.abc import Sequence
from datetime import datetime

from .schedules import Schedule, ScheduleKind, Span


def closed_times(
    schedules: Sequence[Schedule], connector_id: int, local: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """Return the times of the next two weeks in which a connector may not charge by schedules, in UTC.

    If several are in force, the first one listed counts. A schedule that follows an entity is left out: its changes
    cannot be predicted.
    """
    closed: list[Span] = []
    counted: list[Span] = []
    for schedule in schedules:
        if schedule.follows is not None or not schedule.concerns(connector_id):
            continue
        spans = schedule.spans(local)
        if schedule.kind is ScheduleKind.DO_NOT_CHARGE:
            for span in spans:
                closed += _without(span, counted)
        counted += spans
    return tuple(sorted((span.start, span.end) for span in closed))


def _without(span: Span, others: Sequence[Span]) -> list[Span]:
    """Return what is left of a span without others."""
    left = [span]
    for other in others:
        left = [
            part
            for one in left
            for part in (
                Span(one.start, min(one.end, other.start)),
                Span(max(one.start, other.end), one.end),
            )
            if part.start < part.end
        ]
    return left
