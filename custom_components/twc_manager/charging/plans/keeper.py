"""The plans of a bus: which one is in force at which connector, when a plan is made again, and what they allow.

The caller makes the plan: `PlanKeeper.job` is the plan that is to be made, and `take` receives the result. Meanwhile,
and if that fails, the plan before goes on. `now` is in s of a monotonic clock, `local` is the local time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ...twc import DRAWING_AMPS
from ..outcome import ActiveRule, Rule
from ..planning.goals import MIN_AMPS, Goal
from ..planning.replan import MadePlan
from ..planning.result import VehiclePlan
from ..planning.slots import PlanInputs
from ..wiring import Wiring
from .expected import expected_goals
from .failures import blamed_on
from .followed import FollowedPlan, followed, resumed
from .goals import Planned, Surroundings, plan_inputs, taken_beside
from .habits import Habits, with_headroom
from .inputs import PlanInputsOfBus
from .making import PlanAttempt, PlanJob, PlanMaking
from .offers import Allowance, Run, allowance, next_run, rule_of, waiting_rule
from .prices import Prices
from .progress import ProgressState
from .reach import Reach, reach_of
from .report import Followed, status_in_force, status_waiting
from .request import PlanRequest
from .session import Moment, PlanSession
from .situation import ConnectorSituation
from .status import PlanState, PlanStatus
from .stored import KeptPlans
from .together import Shared

_LEAP: Final = timedelta(minutes=1)
"""A clock that is behind the time of its own plan by more was set back."""


class PlanKeeper:
    """The plans of a bus.

    Attributes:
        sessions: the vehicles that are plugged in, by connector.
        made: the plan that is followed; None without one.
        prices: what is known of prices.
        habits: how much current vehicles take.
        finished: the ids of the plans for a single time that are over.

    """

    def __init__(self, wiring: Wiring) -> None:
        """Start without plans."""
        self.sessions: dict[int, PlanSession] = {}
        self.made: MadePlan | None = None
        self.prices = Prices()
        self.habits = Habits()
        self.finished: frozenset[str] = frozenset()
        self._wiring = wiring
        self._seen: dict[int, ConnectorSituation] = {}
        self._making = PlanMaking()
        self._held: dict[int, Allowance] = {}
        self._before: FollowedPlan | None = None
        self._stored_news: tuple[object, ...] = ()
        self._free: Sequence[ConnectorSituation] = ()

    @property
    def job(self) -> PlanJob | None:
        """Return the plan that is to be made; None if none is."""
        return self._making.job

    @property
    def making(self) -> PlanMaking:
        """Return what the next plan is made from, and what was planned for other buses."""
        return self._making

    @property
    def kept(self) -> KeptPlans:
        """Return what is to be stored over a restart."""
        plan = followed(self.made) or self._before
        return KeptPlans(self.sessions, plan, self.prices.tariff, self.habits.known)

    def take_news(self) -> bool:
        """Return whether something that is to be stored has changed since the last call."""
        progress = [tuple(item.progress.values()) for item in self.sessions.values()]
        news = (self.made, self.prices.tariff, tuple(progress), self.habits.known)
        is_new = news != self._stored_news
        self._stored_news = news
        return is_new

    def resume(self, kept: KeptPlans) -> None:
        """Go on with what was followed before a restart."""
        self.sessions = dict(kept.sessions)
        self.prices = Prices(kept.tariff)
        self.habits = Habits(kept.habits)
        self._before = kept.followed

    def take(self, job: PlanJob, attempt: PlanAttempt | None, now: float) -> None:
        """Take the result of a job; None without one. A result that comes too late is ignored."""
        if (
            self._making.end(job, attempt, now)
            and attempt is not None
            and attempt.made is not None
        ):
            self.made = attempt.made

    def update(
        self,
        now: float,
        local: datetime,
        seen: Sequence[ConnectorSituation],
        inputs: PlanInputsOfBus,
        sun_amps: Mapping[int, int],
    ) -> dict[int, ActiveRule]:
        """Return the rules in force with the plans.

        Args:
            now: the time.
            local: the local time.
            seen: the connectors, with the rules below the plans.
            inputs: what plans follow from.
            sun_amps: the whole A that the sun would give each connector.

        """
        self.prices.update(inputs.tariff, local)
        moment = Moment(now, local.astimezone(UTC).replace(microsecond=0))
        self._follow_sessions(seen, inputs, moment, local)
        self._prepare(now, local, inputs)
        return {
            item.connector_id: self._rule(item, inputs, now, local, sun_amps)
            for item in seen
        }

    # What is plugged in

    def _follow_sessions(
        self,
        seen: Iterable[ConnectorSituation],
        inputs: PlanInputsOfBus,
        moment: Moment,
        local: datetime,
    ) -> None:
        once = {item.plan_id for item in inputs.settings.once}
        finished: set[str] = set()
        for item in seen:
            connector_id = item.connector_id
            self._seen[connector_id] = item
            plugged_in = inputs.plugged_in.get(connector_id)
            session = self.sessions.get(connector_id)
            if session is not None and not (plugged_in and session.is_of(plugged_in)):
                finished |= session.ended_once(once, now=moment.now)
                del self.sessions[connector_id]
                self._held.pop(connector_id, None)
            if plugged_in is not None and connector_id not in self.sessions:
                session = PlanSession(connector_id, plugged_at=moment)
                self.sessions[connector_id] = session
        self._free = self._without_vehicle(seen)
        self._match_vehicles(inputs.vehicles)
        for connector_id, session in self.sessions.items():
            if (found := self._seen.get(connector_id)) is not None:
                with blamed_on(*session.plan_ids(inputs)):
                    found = self.habits.applied(session, found)
                    self._seen[connector_id] = found
                    session.update(found, inputs, local, self._wiring.voltage)
        self.finished = frozenset(finished) | self._expired(inputs, local)

    def _without_vehicle(
        self, seen: Iterable[ConnectorSituation]
    ) -> list[ConnectorSituation]:
        return [
            item
            for item in seen
            if item.connector_id not in self.sessions and not item.has_vehicle
        ]

    def _match_vehicles(self, vehicles: Mapping[int, str]) -> None:
        """Take which vehicles are where; one that is matched to no connector any more stays where it was."""
        for session in self.sessions.values():
            matched = vehicles.get(session.connector_id)
            if matched is not None:
                session.match(matched)
            elif session.vehicle_id in vehicles.values():
                session.match(None)

    def _expired(self, inputs: PlanInputsOfBus, local: datetime) -> frozenset[str]:
        """Return the plans for a single time whose time has passed without their vehicle."""
        followed = {key for item in self.sessions.values() for key in item.progress}
        return frozenset(
            item.plan_id
            for item in inputs.settings.once
            if item.plan_id not in followed | inputs.failed and _is_over(item, local)
        )

    # When a plan is made

    def _prepare(self, now: float, local: datetime, inputs: PlanInputsOfBus) -> None:
        """Decide whether a plan is to be made."""
        making = self._making
        if making.job is not None:
            if not making.is_late(now):
                return
            self.take(making.job, None, now)
        wanted, shared = self._plan_inputs(inputs, local)
        if wanted is not None:
            wanted = making.wanted(wanted, self.sessions, now)
        making.note(wanted, shared)
        if wanted is None or not wanted.goals:
            self.made = None
            return
        if self._before is not None:
            self.made, self._before = resumed(self._before, wanted), None
        if self.made is not None and local < self.made.plan.made - _LEAP:
            self.made = None
        self.made = making.followed(self.made, wanted)
        if making.is_due(self.made, wanted, now):
            making.begin(self.made, wanted, now)

    def _plan_inputs(
        self, inputs: PlanInputsOfBus, local: datetime
    ) -> tuple[PlanInputs | None, Shared]:
        """Return what a plan would be made from, None without any vehicle, and what is shared with other buses."""
        planned, others = [], []
        for connector_id, session in self.sessions.items():
            if (seen := self._seen.get(connector_id)) is None:
                continue
            if self._is_planned(session):
                planned.append(Planned(session, seen))
            else:
                others.append(seen)
        before: Mapping[int, Goal] = {}
        if self.made is not None:
            before = {goal.connector_id: goal for goal in self.made.inputs.goals}
        coming = expected_goals(inputs, self._free, self._wiring.voltage, local)
        around = Surroundings(
            self._wiring,
            self.prices,
            inputs.sun,
            inputs.caps,
            inputs.shortfalls,
            others,
            tuple(coming),
        )
        wanted, shared = plan_inputs(planned, around, before, local), inputs.shared
        if wanted is not None and shared.partners:
            shared = replace(shared, beside=taken_beside(around, wanted))
        return wanted, shared

    def _is_planned(self, session: PlanSession) -> bool:
        progress = session.in_force
        return progress is not None and progress.state is not ProgressState.REACHED

    # What is allowed

    def _rule(
        self,
        seen: ConnectorSituation,
        inputs: PlanInputsOfBus,
        now: float,
        local: datetime,
        sun_amps: Mapping[int, int],
    ) -> ActiveRule:
        session = self.sessions.get(seen.connector_id)
        if session is None or session.in_force is None:
            self._held.pop(seen.connector_id, None)
            return self._rule_before(seen, inputs, now, local)
        seen = self._seen[seen.connector_id]
        if self._awaits_first_plan(session) and seen.drawn > 0:
            return seen.below
        with blamed_on(session.in_force.request.plan_id):
            return self._planned_rule(session, seen, local, sun_amps)

    def _planned_rule(
        self,
        session: PlanSession,
        seen: ConnectorSituation,
        local: datetime,
        sun_amps: Mapping[int, int],
    ) -> ActiveRule:
        """Return the rule with the plan in force."""
        assert session.in_force is not None
        allowed = self._allowance(session, seen, local)
        self._held[seen.connector_id] = allowed
        session.note_slot(local, charges=allowed.amps > 0)
        if allowed.amps:
            amps = max(allowed.amps, self._wiring.min_current)
            allowed = replace(allowed, amps=with_headroom(amps, seen))
        sun = sun_amps.get(seen.connector_id, 0)
        return rule_of(session.in_force, allowed, seen, sun)

    def _awaits_first_plan(self, session: PlanSession) -> bool:
        """Return whether the first plan for a vehicle is being made: one that charges is not stopped for that moment."""
        return (
            self._making.job is not None
            and self._is_planned(session)
            and session.connector_id not in self._held
            and self.plan_of(session.connector_id) is None
        )

    def _rule_before(
        self,
        seen: ConnectorSituation,
        inputs: PlanInputsOfBus,
        now: float,
        local: datetime,
    ) -> ActiveRule:
        """Return the rule without a plan in force; a vehicle that is plugged in now does not start before its plan."""
        if seen.below.rule is not Rule.FIXED:
            return seen.below
        session = self.sessions.get(seen.connector_id)
        if session is None:
            coming, until = inputs.coming(seen.connector_id, local), None
            if coming is None and seen.has_vehicle:
                coming = inputs.possible(seen.connector_id, local)
        elif seen.drawn < DRAWING_AMPS and (until := session.matched_by(now)):
            coming = inputs.possible(seen.connector_id, local)
        else:
            return seen.below
        return seen.below if coming is None else waiting_rule(coming, until)

    def _allowance(
        self, session: PlanSession, seen: ConnectorSituation, local: datetime
    ) -> Allowance:
        """Return what the plan in force allows now."""
        assert session.in_force is not None
        if self._is_planned(session):
            held = self._held.get(seen.connector_id)
            if self._making.is_pending and held is not None:
                # The next plan may well go on: nothing stops or starts for the moment until it is made.
                return held
            has_failed = self._making.has_failed(seen.connector_id)
            if has_failed and self._coming_run(session, local) is None:
                return Allowance(max(seen.maximum, MIN_AMPS))
        return allowance(session.in_force, self.plan_of(session.connector_id), local)

    def _coming_run(self, session: PlanSession, local: datetime) -> Run | None:
        plan = self.plan_of(session.connector_id)
        return None if plan is None else next_run(plan, local)

    def plan_of(self, connector_id: int) -> VehiclePlan | None:
        """Return what is planned for the vehicle at a connector; None if nothing is."""
        return None if self.made is None else self.made.plan.vehicles.get(connector_id)

    def reach_of(
        self,
        request: PlanRequest,
        connector_id: int,
        inputs: PlanInputsOfBus,
        local: datetime,
    ) -> Reach | None:
        """Return the maximum that the vehicle at a connector can reach of a plan; None without the connector or a time."""
        if (seen := self._seen.get(connector_id)) is None:
            return None
        session = self.sessions.get(connector_id)
        return reach_of(
            request, seen, session, self._wiring, inputs=inputs, local=local
        )

    # How they are doing

    def statuses(
        self, inputs: PlanInputsOfBus, local: datetime
    ) -> dict[str, PlanStatus]:
        """Return how all plans are doing, by their ids."""
        statuses = {}
        for request in inputs.requests:
            with blamed_on(request.plan_id):
                statuses[request.plan_id] = self._status(request, inputs, local)
        return statuses

    def _status(
        self, request: PlanRequest, inputs: PlanInputsOfBus, local: datetime
    ) -> PlanStatus:
        if inputs.settings.paused or not request.enabled:
            return PlanStatus(request.plan_id, PlanState.OFF, request.connector_id)
        if request.plan_id in inputs.failed:
            return PlanStatus(request.plan_id, PlanState.FAILED, request.connector_id)
        for session in self.sessions.values():
            progress = session.in_force
            if progress is not None and progress.request.plan_id == request.plan_id:
                held = self._held.get(session.connector_id, Allowance(0))
                return status_in_force(
                    Followed(
                        session,
                        self._seen[session.connector_id],
                        self.plan_of(session.connector_id),
                        charges=held.amps > 0,
                        has_failed=self._making.has_failed(session.connector_id),
                    ),
                    self.prices,
                    local,
                )
        return status_waiting(request, inputs.settings, self.sessions.values(), local)


def _is_over(request: PlanRequest, local: datetime) -> bool:
    """Return whether a plan shall never be ready again."""
    with blamed_on(request.plan_id):
        return request.is_over(local)
