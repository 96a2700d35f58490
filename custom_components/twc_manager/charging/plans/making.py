"""When a plan is made, and what happens if one cannot be made.

A plan is for several vehicles. One for which none can be made is left out of it for a while: the others have theirs.
`now` is in s of a monotonic clock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ..planning.replan import Event, MadePlan, events, next_plan
from ..planning.slots import PlanInputs

_URGENT: Final = frozenset({Event.CARS, Event.GOAL, Event.SLOT})
URGENT_SECONDS: Final = 2.0
"""How long a plan is followed at least before it is made again because of what an owner or the clock did."""
CALM_SECONDS: Final = 60.0
"""The same for what happens by itself."""
LATE_SECONDS: Final = 30.0
"""A plan that is not made by then counts as failed."""
RETRY_SECONDS: Final = 300.0
"""How long after a failure the next plan is made, in s."""


@dataclass(frozen=True, slots=True)
class PlanJob:
    """A plan that is to be made.

    Attributes:
        number: differs from that of any other job.
        made: the plan that is followed; None if there is none.
        inputs: what the new one follows from.

    """

    number: int
    made: MadePlan | None
    inputs: PlanInputs


@dataclass(frozen=True, slots=True)
class PlanAttempt:
    """The result of a job.

    Attributes:
        made: the plan; None if there is none for any vehicle.
        failed: the error for each vehicle that has none, by its connector.

    """

    made: MadePlan | None
    failed: Mapping[int, Exception] = field(default_factory=dict)


def try_plan(job: PlanJob) -> PlanAttempt:
    """Make a plan; a vehicle for which none can be made, even alone, is left out of it."""
    inputs = job.inputs
    try:
        return PlanAttempt(next_plan(job.made, inputs))
    except Exception as err:  # noqa: BLE001
        error = err
    failed = {
        goal.connector_id: alone
        for goal in inputs.goals
        if (alone := _error_of(replace(inputs, goals=(goal,)))) is not None
    }
    others = tuple(goal for goal in inputs.goals if goal.connector_id not in failed)
    try:
        if failed and others:
            made = next_plan(job.made, replace(inputs, goals=others))
            return PlanAttempt(made, failed)
    except Exception as err:  # noqa: BLE001
        error = err
    return PlanAttempt(None, {goal.connector_id: error for goal in inputs.goals})


def _error_of(inputs: PlanInputs) -> Exception | None:
    """Return the error by which no plan can be made; None if there is none."""
    try:
        next_plan(None, inputs)
    except Exception as err:  # noqa: BLE001
        return err
    return None


class PlanMaking:
    """The plan that is to be made, and the vehicles for which none could be.

    Attributes:
        job: the plan that is to be made; None if none is.

    """

    def __init__(self) -> None:
        """Start with nothing to do."""
        self.job: PlanJob | None = None
        self._number = 0
        self._since = 0.0
        self._made_at = -CALM_SECONDS
        self._has_failed = False
        self._left_out: frozenset[int] = frozenset()
        self._left_out_at = 0.0

    def has_failed(self, connector_id: int) -> bool:
        """Return whether the last plan for a vehicle could not be made."""
        return self._has_failed or connector_id in self._left_out

    def is_late(self, now: float) -> bool:
        """Return whether the plan that is to be made is late."""
        return self.job is not None and now - self._since >= LATE_SECONDS

    def begin(self, made: MadePlan | None, inputs: PlanInputs, now: float) -> None:
        """Have a plan made in place of the one that is followed."""
        self._number += 1
        self.job, self._since = PlanJob(self._number, made, inputs), now

    def end(self, job: PlanJob, attempt: PlanAttempt | None, now: float) -> bool:
        """Take the result of a job, None if there is none; return whether it is in time."""
        if self.job is None or self.job.number != job.number:
            return False
        self.job, self._made_at = None, now
        self._has_failed = attempt is None or attempt.made is None
        if attempt is not None and attempt.made is not None:
            asked = {goal.connector_id for goal in job.inputs.goals}
            self._left_out = (self._left_out - asked) | attempt.failed.keys()
            self._left_out_at = now if attempt.failed else self._left_out_at
        return True

    def wanted(
        self, inputs: PlanInputs, present: Collection[int], now: float
    ) -> PlanInputs:
        """Return what a plan is to be made from: for a while without the vehicles for which none could be.

        Args:
            inputs: what it would be made from otherwise.
            present: the connectors at which a vehicle is plugged in.
            now: the time.

        """
        self._left_out &= frozenset(present)
        if now - self._left_out_at >= RETRY_SECONDS:
            return inputs
        goals = [
            item for item in inputs.goals if item.connector_id not in self._left_out
        ]
        return replace(inputs, goals=tuple(goals)) if goals else inputs

    def is_due(self, made: MadePlan | None, inputs: PlanInputs, now: float) -> bool:
        """Return whether a plan is to be made now in place of one that is followed, None if none is."""
        since = now - self._made_at
        if self._has_failed:
            return since >= RETRY_SECONDS
        if made is None:
            return True
        found = events(made, inputs)
        return bool(found) and since >= (
            URGENT_SECONDS if found & _URGENT else CALM_SECONDS
        )
