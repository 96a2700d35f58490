"""How far a plan is at one connector: one occurrence of it after the other, while a vehicle is plugged in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from .inputs import PluggedIn
from .need import EnergyNeed
from .request import PlanRequest, next_ready_of

_AGAIN_KWH: Final = 2.0
"""A goal that was reached counts as reached until so much is missing: a battery loses some while it waits."""
KEPT_AFTER: Final = timedelta(hours=1)
"""A vehicle that is kept fed before it leaves is so for so long after it should have been ready: it may leave late."""
NEXT_BEGINS: Final = timedelta(hours=12)
"""What was not reached is charged until so long before the plan shall be ready again; from then on only that counts."""


class ProgressState(Enum):
    """How far an occurrence of a plan is."""

    PENDING = auto()
    """Its goal is not reached yet."""
    OVERDUE = auto()
    """Its goal was not reached in time."""
    REACHED = auto()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan is.

    Attributes:
        request: the plan.
        began: what its vehicle had charged when it began.
        ready: when the present occurrence shall be ready, in UTC.
        state: how far that is.

    """

    request: PlanRequest
    began: PluggedIn
    ready: datetime
    state: ProgressState = ProgressState.PENDING


@dataclass(frozen=True, slots=True)
class Situation:
    """What the transitions depend on.

    Attributes:
        progress: how far the plan was.
        need: what its vehicle still needs.
        local: the local time.

    """

    progress: Progress
    need: EnergyNeed
    local: datetime

    @property
    def is_due(self) -> bool:
        """Return whether it should be ready by now."""
        return self.local >= self.progress.ready


def _is_enough(at: Situation) -> bool:
    return at.need.is_enough


def _is_due(at: Situation) -> bool:
    return at.is_due


def _begins_again(at: Situation) -> bool:
    request = at.progress.request
    is_kept = bool(request.keep) and at.local < at.progress.ready + KEPT_AFTER
    is_next = next_ready_of(request.ready, at.local) is not None
    return at.is_due and not is_kept and is_next


def _is_superseded(at: Situation) -> bool:
    following = _following(at)
    return following is not None and at.local >= following - NEXT_BEGINS


def _lacks_again(at: Situation) -> bool:
    return not at.is_due and at.need.kwh > _AGAIN_KWH


def _same(at: Situation) -> datetime:
    return at.progress.ready


def _next(at: Situation) -> datetime:
    following = next_ready_of(at.progress.request.ready, at.local)
    assert following is not None
    return following


def _following(at: Situation) -> datetime | None:
    """Return when the plan shall be ready after its present occurrence; None if it never is again."""
    ready = at.progress.ready.astimezone(at.local.tzinfo)
    return next_ready_of(at.progress.request.ready, ready)


def _occurrence_after(at: Situation) -> datetime:
    following = _following(at)
    assert following is not None
    return following


@dataclass(frozen=True, slots=True)
class Transition:
    """From `source`, a plan goes on to `target` if `condition` holds; `ready` is when it shall be ready then."""

    source: ProgressState
    condition: Callable[[Situation], bool]
    target: ProgressState
    ready: Callable[[Situation], datetime] = _same


TRANSITIONS: Final = (
    Transition(ProgressState.PENDING, _is_enough, ProgressState.REACHED),
    Transition(ProgressState.PENDING, _is_due, ProgressState.OVERDUE),
    Transition(ProgressState.OVERDUE, _is_enough, ProgressState.REACHED),
    Transition(
        ProgressState.OVERDUE, _is_superseded, ProgressState.PENDING, _occurrence_after
    ),
    Transition(ProgressState.REACHED, _begins_again, ProgressState.PENDING, _next),
    Transition(ProgressState.REACHED, _lacks_again, ProgressState.PENDING),
)
"""The first row whose condition holds is taken; where none holds, nothing changes."""


def advanced(progress: Progress, need: EnergyNeed, local: datetime) -> Progress:
    """Return how far a plan is now."""
    at = Situation(progress, need, local)
    for row in TRANSITIONS:
        if progress.state is row.source and row.condition(at):
            return replace(progress, state=row.target, ready=row.ready(at))
    return progress


def begin(
    request: PlanRequest, plugged_in: PluggedIn, local: datetime
) -> Progress | None:
    """Return a plan that begins; None if its time is over."""
    ready = next_ready_of(request.ready, local)
    return None if ready is None else Progress(request, plugged_in, ready)


def revised(
    progress: Progress, request: PlanRequest, local: datetime
) -> Progress | None:
    """Return a plan after the owner has changed it; None if its time is over."""
    before = progress.request
    if before == request:
        return progress
    if before.ready != request.ready:
        return begin(request, progress.began, local)
    state = progress.state
    if before.goal != request.goal:
        late = local >= progress.ready
        state = ProgressState.OVERDUE if late else ProgressState.PENDING
    return replace(progress, request=request, state=state)
