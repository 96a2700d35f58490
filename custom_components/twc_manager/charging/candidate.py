"""One connector during a decision: its demand, its limits, and its offer.

`ConnectorRuntime` is the state of a connector that is kept between decisions, `ConnectorContext` is one connector in
one decision. Time is an argument, in s of a monotonic clock.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..twc import BusStatus, ConnectorState, Obedience, State
from .allocation.budgets import CurrentBudget, budget_keys, is_protective, rule_reason
from .allocation.demand import HEADROOM, Demand, DemandTracker, UsableCurrent
from .allocation.plug_in_charge import PlugInCharge
from .allocation.sharing import CurrentClaim
from .allocation.six_amp import SixAmpRecovery
from .control.checks import CheckOffer
from .control.disobedience import Disobedience
from .control.stop_methods import StopCapabilities, StoredStop
from .control.stopping import StopController
from .control.vehicle_facts import ConnectorFacts
from .decision import AllocationInputs
from .outcome import AVAILABLE_CURRENT, ActiveRule, GreenBudget, LimitReason, Rule
from .report_clock import ReportClock, Reporting
from .settings import ChargingParameters, ConnectorSettings
from .vehicle_habits import VehicleHabits, VehicleStanding
from .wiring import Wiring, useful_amps

HOLD_AMPS: Final = 6
"""The offer of a vehicle that has to be stopped but cannot be yet, and of a quiet vehicle: safe at every connector."""

WITHHELD_SECONDS: Final = 10.0
"""How many s the guard may withhold a raise while amps move from one vehicle to another."""


class ConnectorRuntime:
    """The state of one connector that is kept between decisions."""

    def __init__(self, connector_id: int, stored: StoredStop | None = None) -> None:
        """Start for a connector that was just found."""
        self.stop_controller = StopController(connector_id, stored)
        self.demand_tracker = DemandTracker()
        self.plug_in_charge = PlugInCharge()
        self.usable_current = UsableCurrent()
        self.recovery = SixAmpRecovery()
        self.disobedience = Disobedience()
        self.reports = ReportClock()
        self.withheld_since: float | None = None
        self.offer: int | None = None
        self.changed_at = 0.0
        self._cannot_stop = False
        self.is_asked_for_less = False
        """Whether the vehicle was asked to take less than its offer, so that its draw proves no limit of its own."""

    def observe(self, connector: ConnectorState, now: float) -> None:
        """Take a report; an old one proves nothing about the time since."""
        reporting = self.reports.update(now, connector.heard_at)
        if reporting is not Reporting.HEARD:
            self._interrupt(now)
        if reporting is not Reporting.SILENT:
            self._observe_vehicle(connector, now)
        disobeys = connector.obedience is Obedience.DISOBEYS
        self.disobedience.update(now, disobeys=disobeys)
        self._watch_guard(connector, now)

    def _interrupt(self, now: float) -> None:
        """Restart everything that is learned from a lasting state."""
        self.demand_tracker.interrupt()
        self.stop_controller.interrupt(now)
        self.usable_current.interrupt()
        self.recovery.interrupt()

    def _observe_vehicle(self, connector: ConnectorState, now: float) -> None:
        # Learning uses the times of the reports.
        at = now if connector.heard_at is None else connector.heard_at
        was_present = self.demand_tracker.present
        stopped = self.stop_controller.about_to_charge(now)
        self.demand_tracker.update(connector, at, stopped=stopped)
        self.stop_controller.update(
            now,
            drawing=self.demand_tracker.drawing,
            offered=connector.offered > 0,
            heard_at=connector.heard_at,
        )
        if was_present and not self.demand_tracker.present:
            self.stop_controller.end_session()
            self.usable_current = UsableCurrent()
            self.recovery = SixAmpRecovery()
            self.disobedience = Disobedience()
        if self.is_asked_for_less:
            self.usable_current.interrupt()
        else:
            self.usable_current.update(connector, at)

    def _watch_guard(self, connector: ConnectorState, now: float) -> None:
        """Note since when less is sent than decided."""
        if connector.sent is None or connector.sent >= (self.offer or 0):
            self.withheld_since = None
        elif self.withheld_since is None:
            self.withheld_since = now

    def is_withheld(self, now: float, *, lowered: bool = False) -> bool:
        """Return whether less is sent than decided, for `WITHHELD_SECONDS` or because offers were `lowered`."""
        since = self.withheld_since
        return since is not None and (lowered or now - since >= WITHHELD_SECONDS)

    def facts(self, connector: ConnectorState) -> ConnectorFacts:
        """Return the facts that the connector reports about its vehicle."""
        return ConnectorFacts(
            connector_id=connector.connector_id,
            protocol=connector.protocol,
            plugged=self.demand_tracker.present,
            vin=connector.vin,
            offered=connector.offered,
            drawing=self.demand_tracker.drawing,
            plugged_since=self.demand_tracker.plugged_at,
            offered_since=self.stop_controller.offered_since,
            contactor_open=self.stop_controller.stored.contactor_open,
            heard_since=self.reports.heard_since,
            drawn=connector.drawn,
        )

    @property
    def habits(self) -> VehicleHabits:
        """Return what the vehicle has shown since it was plugged in."""
        usable = self.usable_current.usable
        takes = None if usable is None else max(usable - HEADROOM, HOLD_AMPS)
        return VehicleHabits(takes, not self._cannot_stop)

    def standing(self, now: float) -> VehicleStanding:
        """Return the standing of the vehicle in the queue."""
        stops_late = self.stop_controller.stop_delay_until(now) is not None
        return VehicleStanding(
            bool(self.offer),
            stops_late or self._cannot_stop,
            self.usable_current.usable,
        )

    def note_whether_stoppable(
        self, now: float, capabilities: StopCapabilities
    ) -> None:
        """Note whether a method to stop the vehicle is known."""
        self._cannot_stop = self.stop_controller.cannot_stop(now, capabilities)

    def record_offer(self, offer: int, now: float) -> None:
        """Record the offer that is sent."""
        self.stop_controller.record_offer(offer, now)
        if offer != self.offer:
            self.offer, self.changed_at = offer, now


@dataclass(frozen=True, slots=True)
class ConnectorLimits:
    """The limits of a single connector, in whole A.

    Attributes:
        maximum: the maximum of wiring and connector.
        ceiling: the maximum by all its own limits.
        reason: the reason to show when the ceiling is the limit.
        useful: the lowest offer that a vehicle at this connector can use.
        minimum: the lowest offer it may charge at.
        budgets: keys of the budgets that its A come from.

    """

    maximum: int
    ceiling: int
    reason: LimitReason
    useful: int
    minimum: int
    budgets: tuple[Hashable, ...]

    @property
    def protective(self) -> tuple[Hashable, ...]:
        """Return the keys of the budgets that protect wiring and main fuse."""
        return tuple(filter(is_protective, self.budgets))

    @property
    def hold(self) -> int:
        """Return the offer of a vehicle that should stop but cannot be stopped yet."""
        return min(HOLD_AMPS, self.maximum)


@dataclass(slots=True)
class ConnectorContext:
    """One connector in one decision; amps are whole A.

    Attributes:
        connector: its report.
        runtime: its state that is kept between decisions.
        active_rule: what the rule in force allows it.
        settings: its settings.
        capabilities: what is available to stop its vehicle.
        limits: its own limits.
        offer: its offer.
        reason: what limits its offer.
        until: when time alone changes something, in s; None if unknown.
        plug_in_charge: whether its vehicle may get its plug-in charge now.
        disobeys: whether it does not obey and could break a limit.
        check: the offer of a connector check; None without one.

    """

    connector: ConnectorState
    runtime: ConnectorRuntime
    active_rule: ActiveRule
    settings: ConnectorSettings
    capabilities: StopCapabilities
    limits: ConnectorLimits
    offer: int = 0
    reason: LimitReason = LimitReason.NO_VEHICLE
    until: float | None = None
    plug_in_charge: bool = False
    disobeys: bool = False
    check: CheckOffer | None = None

    @property
    def connector_id(self) -> int:
        """Return the id on the bus."""
        return self.connector.connector_id

    @property
    def demand(self) -> Demand:
        """Return how much the vehicle wants power."""
        return self.runtime.demand_tracker.demand

    @property
    def running(self) -> bool:
        """Return whether it has an offer, or its vehicle draws."""
        offer = self.runtime.offer
        standing = self.connector.offered if offer is None else offer
        return standing > 0 or self.runtime.demand_tracker.drawing

    @property
    def kept_at_zero(self) -> bool:
        """Return whether a connector check offers 0 A."""
        return self.check is not None and not self.check.amps

    def is_checked_against(self, budgets: Mapping[Hashable, CurrentBudget]) -> bool:
        """Return whether a limit needs the vehicle to stop at once, while 0 A of a check have not stopped it yet."""
        if not (self.kept_at_zero and self.runtime.demand_tracker.drawing):
            return False
        _, budget = self.pause(budgets) or (None, None)
        return budget is not None and budget.urgent

    def apply_check(self, check: CheckOffer | None) -> None:
        """Lower its limits to the offer of a connector check; None without one."""
        self.check = check
        if check is not None and 0 < check.amps < self.limits.ceiling:
            self.limits = replace(
                self.limits,
                ceiling=check.amps,
                reason=LimitReason.CONNECTOR_CHECK,
                minimum=min(self.limits.minimum, check.amps),
            )

    def show_status(self, status: BusStatus) -> None:
        """Replace its reason by one that has precedence over its limits: a connector check, or the state of the bus."""
        if self.demand is Demand.NONE:
            return
        if self.check is not None:
            self.reason = LimitReason.CONNECTOR_CHECK
            self.until = self.check.until
        if status is BusStatus.SECOND_MASTER:
            self.reason = LimitReason.SECOND_MASTER
        elif status is BusStatus.SEARCHING and self.connector.offered < self.offer:
            self.reason = LimitReason.SEARCHING

    def locked(self, now: float) -> bool:
        """Return whether its vehicle must not, or cannot, be stopped now."""
        stop_controller = self.runtime.stop_controller
        return stop_controller.stop_delay_until(
            now
        ) is not None or stop_controller.cannot_stop(now, self.capabilities)

    def add_budgets(self, keys: Iterable[Hashable]) -> None:
        """Add budgets that its A are taken from; they are the reason before the budget of all connectors."""
        *others, total = self.limits.budgets
        self.limits = replace(self.limits, budgets=(*others, *keys, total))

    def pause(
        self, budgets: Mapping[Hashable, CurrentBudget]
    ) -> tuple[LimitReason, CurrentBudget | None] | None:
        """Return why it may not charge at all, with the budget that is too small, if any; None if it may charge."""
        if not self.settings.enabled or self.active_rule.rule is Rule.OFF:
            return LimitReason.OFF, None
        limits = self.limits
        if limits.ceiling < limits.useful:
            return limits.reason, None
        for key in limits.budgets:
            if budgets[key].amps < limits.minimum:
                return budgets[key].alone, budgets[key]
        return None

    def claim(self) -> CurrentClaim:
        """Return the current that it may get."""
        limits = self.limits
        if self.demand is not Demand.WANTED:
            # A quiet vehicle needs no more to wake up, and needs it only if it cannot ask for power.
            amps = min(limits.hold, limits.ceiling)
            late = not self.runtime.demand_tracker.needs_offer(self.connector)
            return self.fixed_claim(amps, limits.budgets, late=late)
        usable = self.runtime.usable_current.usable
        usable = limits.ceiling if usable is None else max(usable, limits.minimum)
        return CurrentClaim(
            self.connector_id, limits.minimum, usable, limits.ceiling, limits.budgets
        )

    def fixed_claim(
        self, amps: int, budgets: tuple[Hashable, ...], *, late: bool = False
    ) -> CurrentClaim:
        """Return a claim to an exact number of whole A."""
        return CurrentClaim(self.connector_id, amps, amps, amps, budgets, late)

    def vehicle_amps(self, green: GreenBudget | None) -> int | None:
        """Return the A of its offer that its vehicle should be asked to take, by green energy; None for all of it."""
        follows = self.active_rule.green and self.demand is Demand.WANTED
        if green is None or not follows or not self.offer:
            return None
        return green.vehicle_amps

    def unused_reason(self) -> LimitReason | None:
        """Return the reason if the vehicle itself uses no more than it gets."""
        if self.demand is not Demand.WANTED:
            full = self.connector.state == State.NOT_CHARGING
            return LimitReason.VEHICLE_FULL if full else LimitReason.VEHICLE_LIMIT
        usable = self.runtime.usable_current.usable
        return (
            LimitReason.VEHICLE_LIMIT
            if usable is not None and self.offer >= usable
            else None
        )


def make_context(
    connector: ConnectorState,
    runtime: ConnectorRuntime,
    inputs: AllocationInputs,
    wiring: Wiring,
) -> ConnectorContext:
    """Return the context of a connector, with its own limits."""
    active_rule = inputs.active_rule(connector.connector_id)
    settings = inputs.settings.connector(connector.connector_id)
    return ConnectorContext(
        connector=connector,
        runtime=runtime,
        active_rule=active_rule,
        settings=settings,
        capabilities=StopCapabilities(
            connector.protocol,
            connector.connector_id in inputs.commandable,
            settings.contactor,
            connector.connector_id in inputs.declined_charging,
            runtime.stop_controller.stored.zero,
        ),
        limits=_limits(connector, active_rule, inputs.settings, wiring),
    )


def _limits(
    connector: ConnectorState,
    active_rule: ActiveRule,
    parameters: ChargingParameters,
    wiring: Wiring,
) -> ConnectorLimits:
    """Return the limits of a single connector."""
    maximum = wiring.connector_maximum(connector.rating)
    limit = parameters.connector(connector.connector_id).limit
    limits = [(maximum, LimitReason.WIRING)]
    limits += [(part.amps or 0, rule_reason(part)) for part in active_rule.limits]
    if active_rule.rule is Rule.OFF:
        limits.append((0, LimitReason.OFF))
    if active_rule.rule in AVAILABLE_CURRENT:
        current = parameters.available(wiring.max_current)
        limits.append((current, LimitReason.OWN_LIMIT))
    if limit is not None:
        limits.append((limit, LimitReason.OWN_LIMIT))
    ceiling, reason = min(limits, key=lambda limit: limit[0])
    useful = useful_amps(connector, wiring)
    return ConnectorLimits(
        maximum=maximum,
        ceiling=ceiling,
        reason=reason,
        useful=useful,
        minimum=min(max(wiring.min_current, useful), ceiling),
        budgets=budget_keys(active_rule),
    )
