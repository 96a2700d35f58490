"""When a plan is made, and what happens if one cannot be made.

A plan is for several vehicles. One for which none can be made is left out of it for a while: the others have theirs.
Where buses are planned together the plan is for all of them.
`now` is in s of a monotonic clock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ..planning.caps import lowest
from ..planning.replan import Event, MadePlan, events, next_plan
from ..planning.slots import PlanInputs
from .together import Part, Shared, covers, exceeds, plan_together

_URGENT: Final = frozenset({Event.VEHICLES, Event.GOAL, Event.SLOT})
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
        made: the plan that is followed; None without one.
        inputs: what the new one follows from.
        shared: what the bus shares with others.

    """

    number: int
    made: MadePlan | None
    inputs: PlanInputs
    shared: Shared = Shared()

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return what all buses bring into the plan, this one first."""
        shared = self.shared
        own = Part(shared.bus, self.inputs, self.made, shared.rooms, shared.beside)
        return own, *shared.partners


@dataclass(frozen=True, slots=True)
class PlanAttempt:
    """The result of a job.

    Attributes:
        made: the plan; None if it is for no vehicle.
        failed: the error for each vehicle that has none, by its connector.
        others: the parts of the plan that are for other buses.
        apart: the error by which there is no plan for all buses together; None if there is one, or no other bus.

    """

    made: MadePlan | None
    failed: Mapping[int, Exception] = field(default_factory=dict)
    others: Mapping[str, MadePlan] = field(default_factory=dict)
    apart: Exception | None = None


def try_plan(job: PlanJob) -> PlanAttempt:
    """Make a plan for all buses that are planned together; if that cannot be, for the vehicles of the bus alone."""
    if not job.shared.partners:
        return _alone(job)
    try:
        plans = plan_together(job.parts)
    except Exception as err:  # noqa: BLE001
        left = lowest([job.inputs.caps, job.shared.left])
        attempt = _alone(replace(job, inputs=replace(job.inputs, caps=left)))
        made = attempt.made
        if made is not None:
            # What others take is no limit that has changed when they can be planned together again.
            made = replace(made, inputs=replace(made.inputs, caps=job.inputs.caps))
        return replace(attempt, made=made, apart=err)
    return PlanAttempt(plans.pop(job.shared.bus), others=plans)


def _alone(job: PlanJob) -> PlanAttempt:
    """Make a plan for one bus; a vehicle for which none can be made, even alone, is left out of it."""
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
    """Return the error by which no plan can be made; None without one."""
    try:
        next_plan(None, inputs)
    except Exception as err:  # noqa: BLE001
        return err
    return None


class PlanMaking:
    """The plan that is to be made, and the vehicles for which none could be.

    Attributes:
        job: the plan that is to be made; None if none is.
        inputs: what the next one would be made from, expected vehicles among them; None without one.
        shared: what the bus shares with others.

    """

    def __init__(self) -> None:
        """Start with nothing to do."""
        self.job: PlanJob | None = None
        self.inputs: PlanInputs | None = None
        self.shared = Shared()
        self._others: Mapping[str, MadePlan] = {}
        self._planned = self.shared
        self._waits = False
        self._number = 0
        self._since = 0.0
        self._made_at = -CALM_SECONDS
        self._has_failed = False
        self._left_out: frozenset[int] = frozenset()
        self._left_out_at = 0.0

    @property
    def is_pending(self) -> bool:
        """Return whether a plan is being made, here or by another bus for this one as well."""
        return self.job is not None or self._waits

    @property
    def since(self) -> float | None:
        """Return since when a plan is being made; None if none is."""
        return None if self.job is None else self._since

    def take_others(self) -> Mapping[str, MadePlan]:
        """Return what was planned for other buses since the last call."""
        others, self._others = self._others, {}
        return others

    def has_failed(self, connector_id: int) -> bool:
        """Return whether the last plan for a vehicle could not be made."""
        return self._has_failed or connector_id in self._left_out

    def is_late(self, now: float) -> bool:
        """Return whether the plan that is to be made is late."""
        return self.job is not None and now - self._since >= LATE_SECONDS

    def begin(self, made: MadePlan | None, inputs: PlanInputs, now: float) -> None:
        """Have a plan made in place of the one that is followed."""
        self._number += 1
        self.job = PlanJob(self._number, made, inputs, self.shared)
        self._since, self._planned = now, self.shared

    def end(self, job: PlanJob, attempt: PlanAttempt | None, now: float) -> bool:
        """Take the result of a job, None without one; return whether it is in time."""
        if self.job is None or self.job.number != job.number:
            return False
        self.job, self._made_at = None, now
        self._has_failed = attempt is None or attempt.made is None
        if attempt is not None and attempt.made is not None:
            self._others = attempt.others
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

    def note(self, inputs: PlanInputs | None, shared: Shared) -> None:
        """Take what a plan would be made from now, None without any vehicle, and what is shared with others."""
        self.inputs, self.shared = inputs, shared

    def followed(self, made: MadePlan | None, inputs: PlanInputs) -> MadePlan | None:
        """Return the plan to follow: the present one, None without one, or what another bus has planned since."""
        offered = self.shared.offered
        if not covers(offered, inputs):
            return made
        # What it leaves to this bus is still to be seen.
        self._planned = replace(self.shared, left=self._planned.left)
        return offered

    def is_due(self, made: MadePlan | None, inputs: PlanInputs, now: float) -> bool:
        """Return whether a plan is to be made now in place of one that is followed, None if none is."""
        since, self._waits = now - self._made_at, False
        if self._has_failed:
            return since >= RETRY_SECONDS
        if made is None:
            return True
        found = set(events(made, inputs))
        if self.shared.expected != self._planned.expected:
            found.add(Event.EXPECTED)
        if self._is_taken(made, inputs):
            found.add(Event.LIMIT)
        is_due = bool(found) and since >= (
            URGENT_SECONDS if found & _URGENT else CALM_SECONDS
        )
        # Another bus makes a plan for this one as well.
        self._waits = is_due and self.shared.waits and covers(made, inputs)
        return is_due and not self._waits

    def _is_taken(self, made: MadePlan, inputs: PlanInputs) -> bool:
        """Return whether the plan takes more than the plans of others leave now, and did not when it was made.

        There is less for all, or another bus has planned at the same time.
        """
        left = self.shared.left
        is_other = bool(self.shared.partners) and left != self._planned.left
        return is_other and exceeds(made, left, inputs.now)
