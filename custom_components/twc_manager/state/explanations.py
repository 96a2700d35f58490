"""The decision of the rules, as entities show it: the rule in force, the reason for the offer, and the next change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ..charging.control.stop_methods import StopMethod
from ..charging.explain import Scene, explain_bus, explain_connector
from ..charging.modes.next_rules import NextRules
from ..charging.outcome import LimitReason, Rule
from ..charging.rules import RulesResult
from ..charging.statement import Statement
from .deadband import Deadband, DeadbandConfig
from .debounce import DebouncedReason
from .peak_reading import PeakReading, peak_reading
from .reasons import bus_reason, bus_rule
from .steady import SteadyStatement

_SURPLUS: Final = DeadbandConfig(step=10, noise=150, band=500, seconds=60)
_DEFICIT: Final = DeadbandConfig(step=100, noise=300, band=1000, seconds=300)
"""For an attribute of the surplus sensor: each change of it writes a row for a surplus that stays at 0."""


@dataclass(frozen=True, slots=True)
class ConnectorExplanation:
    """The decision for one connector.

    Attributes:
        rule: the rule in force.
        reason: what limits the offer of the connector.
        stop_method: how the vehicle is kept from charging; None if it is not.
        statement: what happens, what limits it, and what comes next.

    """

    rule: Rule
    reason: LimitReason
    stop_method: StopMethod | None
    statement: Statement

    @property
    def next_change(self) -> datetime | None:
        """Return when the rule or the offer changes next; None if unknown."""
        return _next_change(self.statement)


@dataclass(frozen=True, slots=True)
class BusExplanation:
    """The decision for the bus.

    Attributes:
        rule: the rule in force.
        reason: what limits the offers of the connectors together.
        statement: what happens, what limits it, and what comes next.
        surplus_w: surplus in W, 0 if there is none; None if unknown.
        deficit_w: how many W more than the green power the house takes, roughly; 0 with a surplus.
        green_amps: current that green energy allows, in A; None if no connector follows it, or if the surplus is
            unknown.
        fuse_amps: what the main fuse leaves all connectors together, in whole A; None if it is not known.
        peak: how the peak budget is doing; None without one.
        hold_battery: whether the house battery should hold; None if it has no sensor.

    """

    rule: Rule = Rule.FIXED
    reason: LimitReason = LimitReason.WIRING
    statement: Statement = Statement()
    surplus_w: int | None = None
    deficit_w: int = 0
    green_amps: int | None = None
    fuse_amps: int | None = None
    peak: PeakReading | None = None
    hold_battery: bool | None = None

    @property
    def next_change(self) -> datetime | None:
        """Return when the rule or the offers change next; None if unknown."""
        return _next_change(self.statement)


def _green_amps(result: RulesResult) -> int | None:
    """Return the A that green energy allows; None if no connector follows it."""
    follows = any(active_rule.green for active_rule in result.active_rules.values())
    return result.budget.amps if follows and result.budget is not None else None


def _next_change(statement: Statement) -> datetime | None:
    change = statement.next_change
    return None if change is None else change.at


@dataclass(slots=True)
class _Shown:
    """The explanation of a connector, or of the bus."""

    reason: DebouncedReason
    statement: SteadyStatement = field(default_factory=SteadyStatement)


class Explainer:
    """Explains the decisions of the rules, without values that change at every update."""

    def __init__(self) -> None:
        """Start without explanations."""
        self._connectors: dict[int, _Shown] = {}
        self._bus: _Shown | None = None
        self._surplus = Deadband(_SURPLUS)
        self._deficit = Deadband(_DEFICIT)
        self._next_rules = NextRules()

    def connectors(self, scene: Scene) -> Mapping[int, ConnectorExplanation]:
        """Return the explanation for each connector that the rules decided for."""
        explanations: dict[int, ConnectorExplanation] = {}
        for connector in scene.snapshot.connectors:
            connector_id = connector.connector_id
            decision = scene.result.decision.connectors.get(connector_id)
            if decision is None:
                continue
            shown = self._connectors.setdefault(
                connector_id, _Shown(DebouncedReason(decision.reason))
            )
            reason = shown.reason.update(decision.reason, scene.now)
            following = self._next_rules.find(
                scene.result.rule_settings, connector_id, scene.local
            )
            statement = explain_connector(scene, connector, reason, following)
            explanations[connector_id] = ConnectorExplanation(
                rule=decision.rule,
                reason=reason,
                stop_method=decision.stop_method,
                statement=shown.statement.update(statement, scene.now),
            )
        return explanations

    def bus(
        self, scene: Scene, connectors: Mapping[int, ConnectorExplanation]
    ) -> BusExplanation:
        """Return the explanation for the bus; `connectors` is that for its connectors."""
        result, now = scene.result, scene.now
        reason = bus_reason(
            result, scene.user_settings, scene.wiring, scene.snapshot.status
        )
        shown = self._bus = self._bus or _Shown(DebouncedReason(reason))
        reason = shown.reason.update(reason, now)
        following = self._next_rules.find(result.rule_settings, None, scene.local)
        statements = [item.statement for item in connectors.values()]
        statement = explain_bus(scene, statements, reason, following)
        watts = result.surplus.watts if result.surplus is not None else None
        battery = result.decision.limits.battery
        return BusExplanation(
            rule=bus_rule(result),
            reason=reason,
            statement=shown.statement.update(statement, now),
            surplus_w=self._shown_surplus(watts, now),
            deficit_w=round(self._deficit.update(max(-(watts or 0.0), 0.0), now)),
            green_amps=None if watts is None else _green_amps(result),
            fuse_amps=result.decision.fuse_amps,
            peak=peak_reading(result.decision.limits),
            hold_battery=None if battery is None else battery.hold,
        )

    def _shown_surplus(self, watts: float | None, now: float) -> int | None:
        if watts is None:
            return None
        return round(self._surplus.update(max(watts, 0.0), now))
