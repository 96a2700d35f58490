"""Applies the plans among the rules: passes them what the rules know, and puts what they allow above the other rules.

`now` is in s of a monotonic clock, `local` is the local time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..twc import ConnectorState, Snapshot
from .allocation.demand import has_vehicle
from .decision import Decision
from .engine import Engine
from .modes.closed_times import closed_times, given_times
from .modes.kept_rules import KeptRules
from .modes.user_settings import UserSettings
from .outcome import ActiveRule
from .phase_knowledge import PhaseKnowledge
from .plan_room import PlanRoom
from .plans.failures import PlanFailedError, blamed_on
from .plans.inputs import PlanInputsOfBus
from .plans.keeper import PlanKeeper
from .plans.level_rules import LevelRules, LimitedLevel
from .plans.report import plan_statement
from .plans.situation import ConnectorSituation
from .plans.status import PlanStatus
from .plans.sun import SunFloor
from .statement import PlanStatement
from .supply.fuse_reading import FuseConfig, FuseReading
from .supply.surplus import Surplus
from .wiring import Wiring, power


@dataclass(frozen=True, slots=True)
class PlansResult:
    """The state of the plans of a bus.

    Attributes:
        statuses: the status of each plan, by its id.
        statements: the statements about the plans in force, by connector.
        failed: the error of each plan that cannot be followed, by its id.
        error: an error of all plans, so that the rules are in force as without plans; None without one.

    """

    statuses: Mapping[str, PlanStatus] = field(default_factory=dict)
    statements: Mapping[int, PlanStatement] = field(default_factory=dict)
    failed: Mapping[str, Exception] = field(default_factory=dict)
    error: Exception | None = None


class PlanRules:
    """The plans of one bus among its rules.

    Attributes:
        keeper: the plans.
        room: what limits leave the vehicles.
        result: the state of the plans after the last decision.

    """

    def __init__(self, wiring: Wiring, engine: Engine) -> None:
        """Start without plans."""
        self.keeper = PlanKeeper(wiring)
        self.room = PlanRoom(wiring.max_current)
        self.result = PlansResult()
        self._wiring = wiring
        self._engine = engine
        self._sun = SunFloor()
        self._levels = LevelRules()
        self._phases: Mapping[int, PhaseKnowledge] = {}

    def apply(
        self,
        snapshot: Snapshot,
        user_settings: UserSettings,
        below: KeptRules,
        inputs: PlanInputsOfBus,
        *,
        now: float,
        local: datetime,
    ) -> dict[int, ActiveRule]:
        """Return the rules in force with the plans; `below` are the rules without plans."""
        rules = dict(below.rules.connectors)
        schedules = below.settings.schedules
        try:
            seen = [
                replace(
                    self._situation(item, user_settings, rules[item.connector_id]),
                    closed=closed_times(schedules, item.connector_id, local),
                    given=given_times(schedules, item.connector_id, local)
                    if self._engine.wants_power(item.connector_id)
                    else (),
                )
                for item in snapshot.connectors
            ]
            measured = replace(
                inputs,
                caps=self.room.left(inputs.caps),
                shared=inputs.shared.measured(self.room.lowered),
                shortfalls=self.room.shortfalls,
            )
            planned = self._followed(now, local, seen, measured)
            planned = self.room.probed(planned, local)
        except Exception as err:  # noqa: BLE001
            # No error in plans may end the control of the bus, or leave a vehicle without charge.
            self.result = PlansResult(error=err)
        else:
            rules = planned
        levels = {
            connector_id: LimitedLevel(battery.estimate, battery.limits)
            for connector_id, battery in inputs.levels.items()
        }
        return self._levels.apply(rules, levels)

    def _followed(
        self,
        now: float,
        local: datetime,
        seen: Sequence[ConnectorSituation],
        inputs: PlanInputsOfBus,
    ) -> dict[int, ActiveRule]:
        """Return the rules in force with the plans that can be followed.

        Raises:
            Exception: an error that does not belong to a single plan.

        """
        failed: dict[str, PlanFailedError] = {}
        while True:
            inputs = replace(inputs, failed=frozenset(failed))
            try:
                rules = self.keeper.update(now, local, seen, inputs, self._sun.amps)
                result = self._result(inputs, local)
            except PlanFailedError as err:
                if err.plan_ids <= failed.keys():
                    raise
                failed |= dict.fromkeys(err.plan_ids, err)
            else:
                self.result = replace(result, failed=failed)
                return rules

    def _result(self, inputs: PlanInputsOfBus, local: datetime) -> PlansResult:
        statuses = self.keeper.statuses(inputs, local)
        statements = {}
        for connector_id, session in self.keeper.sessions.items():
            if (progress := session.in_force) is None:
                continue
            plan_id = progress.request.plan_id
            if (status := statuses.get(plan_id)) is not None:
                with blamed_on(plan_id):
                    statements[connector_id] = plan_statement(progress.request, status)
        return PlansResult(statuses, statements)

    def note_supply(
        self,
        now: float,
        snapshot: Snapshot,
        surplus: Surplus | None,
        phases: Mapping[int, PhaseKnowledge],
    ) -> None:
        """Take the surplus and the vehicles' phases, for the next decision."""
        self._phases = phases
        watts = None if surplus is None else surplus.watts
        if watts is None:
            self._sun.update(now, {})
            return
        drawn = {
            item.connector_id: power(item, self._wiring, self._count(item.connector_id))
            for item in snapshot.connectors
        }
        others = {at: sum(drawn.values()) - own for at, own in drawn.items()}
        self._sun.update(
            now,
            {
                at: (watts - others[at]) / (self._wiring.voltage * self._count(at))
                for at in drawn
            },
        )

    def note_room(
        self,
        snapshot: Snapshot,
        decision: Decision,
        inputs: PlanInputsOfBus,
        *,
        now: float,
        local: datetime,
        fuse: FuseConfig | None,
        reading: FuseReading | None,
    ) -> None:
        """Take what limits leave the vehicles in a decision, for the next plans; see `PlanRoom.note`."""
        try:
            self.room.note(
                now,
                local,
                snapshot,
                decision,
                inputs.left,
                fuse=fuse,
                reading=reading,
            )
        except Exception as err:  # noqa: BLE001
            # As in `apply`; the earlier measurements stay.
            self.result = replace(self.result, error=err)

    def _count(self, connector_id: int) -> int:
        """Return on how many phases the vehicle at a connector charges."""
        known = self._phases.get(connector_id)
        return self._wiring.phases if known is None else known.count

    def _situation(
        self,
        connector: ConnectorState,
        user_settings: UserSettings,
        below: ActiveRule,
    ) -> ConnectorSituation:
        connector_id = connector.connector_id
        settings = user_settings.connector(connector_id)
        habits = self._engine.habits(connector_id)
        return ConnectorSituation(
            connector_id=connector_id,
            below=below,
            maximum=settings.ceiling(self._wiring.connector_maximum(connector.rating)),
            drawn=connector.drawn,
            has_vehicle=has_vehicle(connector),
            takes=habits.takes,
            phases=self._count(connector_id),
            is_stoppable=habits.is_stoppable,
            priority=settings.priority,
        )
