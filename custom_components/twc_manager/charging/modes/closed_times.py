"""The times in which schedules forbid charging at a connector, or give it a current, in the next two weeks.

Times are in UTC. If several schedules are in force, the first one listed counts. A schedule that follows an entity is
left
out: its changes cannot be predicted.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from .schedules import Schedule, ScheduleKind, Span


def closed_times(
    schedules: Sequence[Schedule], connector_id: int, local: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """Return the times in which schedules forbid a connector to charge, in order."""
    return tuple(
        sorted(
            (span.start, span.end)
            for schedule, span in _in_force(schedules, connector_id, local)
            if schedule.kind is ScheduleKind.DO_NOT_CHARGE
        )
    )


def given_times(
    schedules: Sequence[Schedule], connector_id: int, local: datetime
) -> tuple[tuple[datetime, datetime, int], ...]:
    """Return the times in which schedules allow an amount of whole A for all their connectors together, in order."""
    return tuple(
        sorted(
            (span.start, span.end, schedule.amps)
            for schedule, span in _in_force(schedules, connector_id, local)
            if schedule.kind is ScheduleKind.AMPS and schedule.amps
        )
    )


def _in_force(
    schedules: Sequence[Schedule], connector_id: int, local: datetime
) -> Iterator[tuple[Schedule, Span]]:
    """Yield the schedules of a connector with the times in which no schedule listed before them is in force."""
    counted: list[Span] = []
    for schedule in schedules:
        if schedule.follows is not None or not schedule.concerns(connector_id):
            continue
        spans = schedule.spans(local)
        for span in spans:
            for part in _without(span, counted):
                yield schedule, part
        counted += spans


def _without(span: Span, others: Sequence[Span]) -> list[Span]:
    """Return the parts of a span that do not overlap with others."""
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
