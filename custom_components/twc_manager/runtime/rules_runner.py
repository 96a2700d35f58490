"""Runs the rules and the commands to vehicles so that an error in either does not end the control of the bus."""

from dataclasses import replace
from datetime import datetime

from ..charging.modes.user_settings import UserSettings
from ..charging.phase_knowledge import PhaseHints
from ..charging.rules import Rules, RulesResult
from ..const import LOGGER
from ..twc import Snapshot
from ..vehicles.manager import VehicleManager
from .house import HouseInputs
from .plans import PlanManager


class RulesRunner:
    """Runs the rules of one bus on its inputs, and logs an error once until they work again."""

    def __init__(
        self,
        rules: Rules,
        inputs: HouseInputs,
        vehicles: VehicleManager,
        plans: PlanManager,
    ) -> None:
        """Start without errors."""
        self.rules = rules
        self.plans = plans
        self._inputs = inputs
        self._vehicles = vehicles
        self._rules_fail = False
        self._vehicles_fail = False
        self._plans_fail = False
        self._failed_plans: frozenset[str] = frozenset()

    def decide(
        self,
        snapshot: Snapshot,
        user_settings: UserSettings,
        phases: PhaseHints,
        now: float,
        local: datetime,
    ) -> RulesResult | None:
        """Return the decision of the rules; None if they fail.

        Args:
            snapshot: the bus.
            user_settings: the settings that entities and actions change.
            phases: what counters and earlier sessions show of the vehicles' phases.
            now: the time, in s of a monotonic clock.
            local: the local time.

        """
        try:
            inputs = replace(
                self._inputs.read(now, user_settings.disabled_schedules),
                commandable=self._vehicles.commandable,
                declined_charging=self._vehicles.declined_charging,
                phases=phases,
                plans=self.plans.inputs(),
                currents=self._vehicles.currents.known(now, local.date()),
            )
            result = self.rules.decide(now, local, snapshot, user_settings, inputs)
            result = self._inputs.battery.follow(
                now, snapshot, result, inputs.readings, user_settings.house
            )
        except Exception:  # noqa: BLE001
            if not self._rules_fail:
                LOGGER.exception("The rules failed; until they work nothing is offered")
            self._rules_fail = True
            self._report_undecided(snapshot, now)
            return None
        self._rules_fail = False
        self._follow_plans(result)
        return result

    def _report_undecided(self, snapshot: Snapshot, now: float) -> None:
        """Report to the other buses behind a fuse, a circuit or a peak budget what this bus may continue to draw."""
        self._inputs.peak.async_leave()
        try:
            self.rules.report_fuse_undecided(now, snapshot)
        except Exception:  # noqa: BLE001
            LOGGER.debug("The main fuse could not be updated", exc_info=True)
        try:
            place = self._inputs.circuit_place(now)
            self.rules.report_circuits_undecided(now, place, snapshot)
        except Exception:  # noqa: BLE001
            LOGGER.debug("The draw cannot be reported to a circuit", exc_info=True)

    def _follow_plans(self, result: RulesResult) -> None:
        """Have the plans follow a decision, and log an error in them once until they work again."""
        error = result.plans.error
        try:
            if error is None:
                self._inputs.peak.async_update_budget(result.decision.limits.peak)
                self.plans.async_follow()
        except Exception as err:  # noqa: BLE001
            error = err
        if error is not None and not self._plans_fail:
            LOGGER.error("The plans failed; vehicles charge as without", exc_info=error)
        self._plans_fail = error is not None
        self._log_failed(result)

    def _log_failed(self, result: RulesResult) -> None:
        """Log an error in a single plan once until it can be followed again."""
        failed = result.plans.failed
        for plan_id in failed.keys() - self._failed_plans:
            request = self.plans.request(plan_id)
            LOGGER.error(
                "The plan %s cannot be followed; the others go on",
                plan_id if request is None else request.name,
                exc_info=failed[plan_id],
            )
        self._failed_plans = frozenset(failed)

    def command_vehicles(
        self, result: RulesResult, now: float, local: datetime
    ) -> bool:
        """Send vehicles the commands that are due, and return whether there were any."""
        try:
            sent = self._vehicles.async_decide(now, local.date(), result.decision)
        except Exception:  # noqa: BLE001
            if not self._vehicles_fail:
                LOGGER.exception("No command can be sent to any vehicle")
            self._vehicles_fail = True
            return False
        self._vehicles_fail = False
        return bool(sent)
