"""One connector while a decision is made: what it wants, what it may have, and what became of it.

`ConnectorRuntime` is what is remembered of a connector from decision to decision, `ConnectorContext` is one connector in one
decision. Time is an argument, in s of a monotonic clock.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..twc import PROTOCOL_1, ConnectorState, State
from .allocation.budgets import CurrentBudget, budget_keys, rule_reason
from .allocation.demand import Demand, DemandTracker, UsableCurrent
from .allocation.plug_in_charge import PlugInCharge
from .allocation.sharing import CurrentClaim
from .allocation.six_amp import SixAmpRecovery
from .control.matching import ConnectorFacts
from .control.stop_methods import StopCapabilities, StoredStop
from .control.stopping import StopController
from .decision import AllocationInputs
from .outcome import ActiveRule, LimitReason, Rule
from .settings import ConnectorSettings
from .wiring import Wiring

HOLD_AMPS: Final = 6
"""What a car is kept at that is to be stopped but cannot be yet, and what a quiet car gets: safe everywhere."""

LEAST_USEFUL: Final = 6
LEAST_AT_PROTOCOL_1: Final = 5
"""Some cars charge at 5 A at protocol 1: only where the owner set that as the least."""


class ConnectorRuntime:
    """What is remembered of one connector."""

    def __init__(self, connector_id: int, stored: StoredStop | None = None) -> None:
        """Start for a connector that was just found."""
        self.stop_controller = StopController(connector_id, stored)
        self.watch = DemandTracker()
        self.plug_in_charge = PlugInCharge()
        self.appetite = UsableCurrent()
        self.trap = SixAmpRecovery()
        self.offer: int | None = None
        self.changed_at = 0.0

    def observe(self, connector: ConnectorState, now: float) -> None:
        """Take a report."""
        was_present = self.watch.present
        stopped = self.stop_controller.about_to_charge(now)
        self.watch.update(connector, now, stopped=stopped)
        self.stop_controller.update(
            now, drawing=self.watch.drawing, offered=connector.offered > 0
        )
        if was_present and not self.watch.present:
            self.stop_controller.end_session()
            self.appetite = UsableCurrent()
            self.trap = SixAmpRecovery()
        self.appetite.update(connector, now)

    def facts(self, connector: ConnectorState) -> ConnectorFacts:
        """Return what the connector knows of its car."""
        return ConnectorFacts(
            connector_id=connector.connector_id,
            protocol=connector.protocol,
            plugged=self.watch.present,
            vin=connector.vin,
            offered=connector.offered,
            drawing=self.watch.drawing,
            plugged_since=self.watch.plugged_at,
            offered_since=self.stop_controller.offered_since,
        )

    def note(self, offer: int, now: float) -> None:
        """Note the offer that goes out."""
        self.stop_controller.record_offer(offer, now)
        if offer != self.offer:
            self.offer, self.changed_at = offer, now


@dataclass(slots=True)
class ConnectorContext:
    """One connector in one decision; amps are whole A.

    Attributes:
        connector: its report.
        seat: what is remembered of it.
        order: what the rule in force allows it.
        settings: what the owner set for it.
        capabilities: what there is to stop its car with.
        maximum: the most that wiring and connector bear.
        ceiling: the most it may be offered by all limits of its own.
        bound: what to blame when the ceiling is the limit.
        useful: the least offer that a car at this connector makes sense of.
        least: the least it may charge at.
        pools: where its A come from.
        offer: what it gets.
        reason: why it gets no more.
        until: when time alone changes something, in s.
        plug_in_charge: whether its car may get its plug-in charge now.

    """

    connector: ConnectorState
    seat: ConnectorRuntime
    active_rule: ActiveRule
    settings: ConnectorSettings
    capabilities: StopCapabilities
    maximum: int
    ceiling: int
    bound: LimitReason
    useful: int
    least: int
    pools: tuple[Hashable, ...]
    offer: int = 0
    reason: LimitReason = LimitReason.NO_CAR
    until: float | None = None
    plug_in_charge: bool = field(default=False)

    @property
    def connector_id(self) -> int:
        """Return the id on the bus."""
        return self.connector.connector_id

    @property
    def demand(self) -> Demand:
        """Return how much the car wants power."""
        return self.seat.watch.demand

    @property
    def hold(self) -> int:
        """Return what the car is kept at when it is to be stopped but cannot be yet."""
        return min(HOLD_AMPS, self.maximum)

    @property
    def running(self) -> bool:
        """Return whether it has an offer, or its car draws whatever it has."""
        offer = self.seat.offer
        standing = self.connector.offered if offer is None else offer
        return standing > 0 or self.seat.watch.drawing

    def locked(self, now: float) -> bool:
        """Return whether its car must not, or cannot, be stopped."""
        stop_controller = self.seat.stop_controller
        return stop_controller.stop_delay_until(
            now
        ) is not None or stop_controller.cannot_stop(now, self.capabilities)

    def pause(
        self, pools: Mapping[Hashable, CurrentBudget]
    ) -> tuple[LimitReason, CurrentBudget | None] | None:
        """Return why it may not charge at all, and the pool that is to blame; None if it may."""
        if not self.settings.enabled or self.active_rule.rule is Rule.OFF:
            return LimitReason.OFF, None
        if self.ceiling < self.useful:
            return self.bound, None
        for key in self.pools:
            if pools[key].amps < self.least:
                return pools[key].alone, pools[key]
        return None

    def claim(self) -> CurrentClaim:
        """Return what it may be given."""
        if self.demand is not Demand.WANTED:
            # A quiet car needs no more to wake up by, and only if it cannot ask for it.
            amps = min(self.hold, self.ceiling)
            late = not self.seat.watch.needs_offer(self.connector)
            return self._claim(amps, amps, amps, late=late)
        usable = self.seat.appetite.usable
        usable = self.ceiling if usable is None else max(usable, self.least)
        return self._claim(self.least, usable, self.ceiling)

    def _claim(
        self, least: int, usable: int, most: int, *, late: bool = False
    ) -> CurrentClaim:
        return CurrentClaim(self.connector_id, least, usable, most, self.pools, late)

    def unused_reason(self) -> LimitReason | None:
        """Return the reason if the car itself wants no more than it gets."""
        if self.demand is not Demand.WANTED:
            full = self.connector.state == State.NOT_CHARGING
            return LimitReason.CAR_FULL if full else LimitReason.CAR_LIMIT
        usable = self.seat.appetite.usable
        return (
            LimitReason.CAR_LIMIT
            if usable is not None and self.offer >= usable
            else None
        )


def make_context(
    connector: ConnectorState,
    seat: ConnectorRuntime,
    inputs: AllocationInputs,
    wiring: Wiring,
) -> ConnectorContext:
    """Return a connector's case, with what limits it by itself."""
    active_rule = inputs.active_rule(connector.connector_id)
    settings = inputs.settings.connector(connector.connector_id)
    maximum = wiring.connector_maximum(connector.rating)
    limits = [(maximum, LimitReason.WIRING)]
    limits += [(part.amps or 0, rule_reason(part)) for part in active_rule.limits]
    if active_rule.rule is Rule.OFF:
        limits.append((0, LimitReason.OFF))
    if active_rule.rule is Rule.FIXED:
        current = inputs.settings.available(wiring.max_current)
        limits.append((current, LimitReason.OWN_LIMIT))
    if settings.limit is not None:
        limits.append((settings.limit, LimitReason.OWN_LIMIT))
    ceiling, bound = min(limits, key=lambda limit: limit[0])
    useful = LEAST_USEFUL
    if connector.protocol == PROTOCOL_1 and wiring.min_current < LEAST_USEFUL:
        useful = LEAST_AT_PROTOCOL_1
    return ConnectorContext(
        connector=connector,
        seat=seat,
        active_rule=active_rule,
        settings=settings,
        capabilities=StopCapabilities(
            connector.protocol,
            connector.connector_id in inputs.commandable,
            settings.contactor,
            connector.connector_id in inputs.declined_charging,
        ),
        maximum=maximum,
        ceiling=ceiling,
        bound=bound,
        useful=useful,
        least=min(max(wiring.min_current, useful), ceiling),
        pools=budget_keys(active_rule),
    )
