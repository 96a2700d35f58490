"""The decision of the rules, as entities show it: the rule in force, the reason for the offer, and the next change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ..charging.control.stop_methods import StopMethod
from ..charging.modes.user_settings import UserSettings
from ..charging.outcome import LimitReason, Rule
from ..charging.rules import RulesResult
from ..charging.wiring import Wiring
from ..twc import BusStatus
from .deadband import Deadband, DeadbandConfig
from .debounce import DebouncedReason, DebouncedTime
from .reasons import bus_reason

_SURPLUS: Final = DeadbandConfig(step=10, noise=150, band=500, seconds=60)


@dataclass(frozen=True, slots=True)
class ConnectorExplanation:
    """The decision for one connector.

    Attributes:
        rule: the rule in force.
        reason: why the connector is offered no more.
        stop_method: how the vehicle is kept from charging; None if it is not.
        next_change: when the rule or the offer changes next; None if unknown.

    """

    rule: Rule
    reason: LimitReason
    stop_method: StopMethod | None
    next_change: datetime | None


@dataclass(frozen=True, slots=True)
class BusExplanation:
    """The decision for the bus.

    Attributes:
        rule: the rule in force.
        reason: why the connectors together are offered no more.
        next_change: when the rule changes next; None if unknown.
        surplus_w: surplus in W; None if unknown.
        green_amps: current that green energy allows, in A; None if no connector follows it.

    """

    rule: Rule = Rule.FIXED
    reason: LimitReason = LimitReason.WIRING
    next_change: datetime | None = None
    surplus_w: int | None = None
    green_amps: int | None = None


@dataclass(slots=True)
class _Shown:
    """The explanation of a connector, or of the bus."""

    reason: DebouncedReason
    time: DebouncedTime = field(default_factory=DebouncedTime)


class Explainer:
    """Explains the decisions of the rules, without what changes at every update."""

    def __init__(self, wiring: Wiring) -> None:
        """Start without explanations."""
        self._wiring = wiring
        self._connectors: dict[int, _Shown] = {}
        self._bus: _Shown | None = None
        self._surplus = Deadband(_SURPLUS)

    def connectors(
        self, result: RulesResult, now: float, local: datetime
    ) -> Mapping[int, ConnectorExplanation]:
        """Return the explanation for each connector; `now` is in s of a monotonic clock, `local` the same as a date."""
        explanations: dict[int, ConnectorExplanation] = {}
        for connector_id, decision in result.decision.connectors.items():
            shown = self._connectors.setdefault(
                connector_id, _Shown(DebouncedReason(decision.reason))
            )
            times = [decision.active_rule.until]
            if decision.next_change is not None:
                times.append(local + timedelta(seconds=decision.next_change - now))
            explanations[connector_id] = ConnectorExplanation(
                rule=decision.rule,
                reason=shown.reason.update(decision.reason, now),
                stop_method=decision.stop_method,
                next_change=shown.time.update(times),
            )
        return explanations

    def bus(
        self,
        result: RulesResult,
        user_settings: UserSettings,
        now: float,
        status: BusStatus = BusStatus.RUNNING,
    ) -> BusExplanation:
        """Return the explanation for the bus; `now` is in s of a monotonic clock."""
        surplus, budget = result.surplus, result.budget
        reason = bus_reason(result, user_settings, self._wiring, status)
        shown = self._bus = self._bus or _Shown(DebouncedReason(reason))
        watts = surplus.watts if surplus is not None else None
        return BusExplanation(
            rule=result.bus_rule.rule,
            reason=shown.reason.update(reason, now),
            next_change=shown.time.update([result.bus_rule.until]),
            surplus_w=None
            if watts is None
            else round(self._surplus.update(watts, now)),
            green_amps=budget.amps if budget is not None else None,
        )
