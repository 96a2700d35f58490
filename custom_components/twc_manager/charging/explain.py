"""Makes the statements about connectors and the bus: what they do, what limits them, and what comes next.

Pure: from the result of the rules and the snapshot of their decision. Amps are whole A.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..twc import DRAWING_AMPS, ConnectorState, Snapshot
from .allocation.budgets import rule_reason
from .decision import Decision
from .modes.active_rule import NextRule
from .modes.user_settings import UserSettings
from .outcome import AVAILABLE_CURRENT, ActiveRule, GreenBudget, LimitReason, Rule
from .rules import RulesResult
from .statement import Activity, Cause, ChangeKind, NextChange, PlanStatement, Statement
from .wiring import Wiring

_DELAYS: Final[Mapping[LimitReason, ChangeKind]] = {
    LimitReason.START_DELAY: ChangeKind.START,
    LimitReason.STARTS_CAPPED: ChangeKind.START,
    LimitReason.STOP_DELAY: ChangeKind.STOP,
    LimitReason.SENSOR_STALE: ChangeKind.STOP,
    LimitReason.MINIMUM_CHARGING_TIME: ChangeKind.STOP,
    LimitReason.WAITING_TURN: ChangeKind.TURN,
    LimitReason.CONNECTOR_CHECK: ChangeKind.CHECK_ENDS,
}
"""What happens at the end of the time of a reason; all other reasons end within seconds."""

_HELD_BACK: Final = frozenset({LimitReason.OTHER_DISOBEYS, LimitReason.SEARCHING})
"""The reasons for which less is sent than was decided, besides a wiring without room."""

_OF_VEHICLE: Final = frozenset({LimitReason.VEHICLE_FULL, LimitReason.VEHICLE_LIMIT})

_OF_NOBODY: Final = frozenset({LimitReason.OFF, LimitReason.NO_VEHICLE})
"""The reasons that cannot hold for a bus on which a vehicle charges."""

_BUS_ACTIVITIES: Final = (
    Activity.CHARGING,
    Activity.STARTING,
    Activity.STOPPING,
    Activity.OFFERING,
    Activity.PAUSED,
    Activity.DECLINED,
)
"""The activities of connectors in the order in which they become the activity of the bus."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The inputs of an explanation.

    Attributes:
        result: the decision of the rules.
        snapshot: the bus that they decided on.
        user_settings: the owner's settings.
        wiring: the wiring.
        now: the time, in s of a monotonic clock.
        local: the local time.

    """

    result: RulesResult
    snapshot: Snapshot
    user_settings: UserSettings
    wiring: Wiring
    now: float
    local: datetime


def explain_connector(
    scene: Scene,
    connector: ConnectorState,
    reason: LimitReason,
    following: NextRule | None = None,
) -> Statement:
    """Return the statement about a connector.

    Args:
        scene: the inputs.
        connector: the connector, which has a decision.
        reason: the reason to show.
        following: the rule that comes next.

    """
    decision = scene.result.decision.connectors[connector.connector_id]
    amps = _amps(scene, connector, reason)
    activity = _activity(connector, reason, amps)
    cause = None
    if activity is not Activity.FREE:
        cause = Cause(reason)
        if reason is not LimitReason.WIRING or amps == decision.offer:
            rule = decision.active_rule
            cause = _cause(scene, reason, rule, decision.offer, connector)
    plan = _plan(scene, decision.active_rule, connector.connector_id)
    changes = (
        _delay(decision.reason, decision.next_change, scene),
        _rule_change(decision.active_rule, following),
        _end_of_limit(scene.user_settings, connector.connector_id),
        None if plan is None else plan.next_change(scene.local),
    )
    return Statement(activity, cause, amps, _in_order(changes), plan)


def explain_bus(
    scene: Scene,
    connectors: Iterable[Statement],
    reason: LimitReason,
    following: NextRule | None = None,
) -> Statement:
    """Return the statement about a bus; `connectors` are the statements about its connectors.

    The plan of a vehicle is part of it if no other connector has the activity of the bus.
    """
    active = _with_bus_activity(connectors)
    plan = active[0].plan if len(active) == 1 else None
    budget = scene.result.budget
    delay = None if budget is None or budget.reason is not reason else budget.until
    changes = _in_order(
        (
            _delay(reason, delay, scene),
            _rule_change(scene.result.bus_rule, following),
            _end_of_limit(scene.user_settings, None),
            None if plan is None else plan.next_change(scene.local),
        )
    )
    if not active:
        return Statement(changes=changes)
    activity, cause = active[0].activity, active[0].cause
    amps = sum(item.amps for item in active)
    if activity is Activity.CHARGING:
        cause = _bus_cause(scene, reason, amps, active)
    return Statement(activity, cause, amps, changes, plan)


def _with_bus_activity(statements: Iterable[Statement]) -> list[Statement]:
    """Return the statements of the connectors with the activity of the highest rank; empty if all are free."""
    by_activity: dict[Activity, list[Statement]] = {}
    for item in statements:
        by_activity.setdefault(item.activity, []).append(item)
    return next(filter(None, map(by_activity.get, _BUS_ACTIVITIES)), [])


# Activities


def _amps(scene: Scene, connector: ConnectorState, reason: LimitReason) -> int:
    """Return the offer to show: the decided one, unless less is sent for longer than it takes to move amps."""
    if reason is LimitReason.SECOND_MASTER:
        return int(connector.offered)
    decision = scene.result.decision
    offer = decision.offers[connector.connector_id]
    held_back = reason in _HELD_BACK or (
        reason is LimitReason.WIRING and decision.withheld
    )
    return min(offer, int(connector.offered)) if held_back else offer


def _activity(connector: ConnectorState, reason: LimitReason, amps: int) -> Activity:
    if reason is LimitReason.NO_VEHICLE:
        return Activity.FREE
    if connector.drawn >= DRAWING_AMPS:
        return Activity.CHARGING if amps else Activity.STOPPING
    if reason in _OF_VEHICLE:
        return Activity.DECLINED
    if amps:
        return Activity.OFFERING if connector.offered else Activity.STARTING
    return Activity.PAUSED


# Causes


def _cause(
    scene: Scene,
    reason: LimitReason,
    rule: ActiveRule,
    offer: int,
    connector: ConnectorState | None,
) -> Cause:
    """Return what limits a connector, or the bus if it is None, with the values that belong to the reason."""
    match reason:
        case LimitReason.SHARED:
            return _shared(scene, rule)
        case LimitReason.SCHEDULE:
            return _of_schedule(rule)
        case LimitReason.GREEN_ENERGY | LimitReason.STOP_DELAY if rule.green:
            return _of_green(reason, scene.result.budget, charges=offer > 0)
        case (
            LimitReason.VEHICLE_LIMIT
            | LimitReason.THROUGH_VEHICLE
            | LimitReason.DISOBEYS
        ):
            return Cause(reason, drawn=_drawn(connector))
        case LimitReason.CANNOT_STOP if rule.green:
            return Cause(reason, from_grid=_has_no_green(scene.result.budget))
    return Cause(reason, limit=_limit(scene, reason, rule, offer, connector))


def _bus_cause(
    scene: Scene, reason: LimitReason, amps: int, charging: list[Statement]
) -> Cause | None:
    """Return what limits the charging vehicles of a bus together; None without a common cause."""
    cause = _cause(scene, reason, scene.result.bus_rule, amps, None)
    if len(charging) == 1 and (cause.limit is None or amps < cause.limit):
        # For a single vehicle, its own cause is more specific.
        return charging[0].cause
    exceeded = cause.limit is not None and amps > cause.limit
    return None if exceeded or reason in _OF_NOBODY else cause


def _limit(
    scene: Scene,
    reason: LimitReason,
    rule: ActiveRule,
    offer: int,
    connector: ConnectorState | None,
) -> int | None:
    """Return the limit that belongs to a reason; None if it has no limit, or an unknown one."""
    match reason:
        case LimitReason.OWN_LIMIT:
            return _own_limit(scene, connector, rule)
        case LimitReason.WIRING:
            return _wiring_limit(scene.wiring, offer, connector)
        case LimitReason.MAIN_FUSE:
            return _fuse_limit(scene.result.decision, connector)
        case LimitReason.OUTSIDE_LIMIT:
            return scene.result.decision.limits.outside_amps
        case LimitReason.CIRCUIT:
            return scene.result.decision.circuit_amps
        case LimitReason.PEAK_BUDGET:
            return scene.result.decision.limits.peak_amps
    return None


def _fuse_limit(decision: Decision, connector: ConnectorState | None) -> int | None:
    """Return the A that the main fuse leaves a connector and those on the same phases, or all connectors."""
    if connector is None:
        return decision.fuse_amps
    return decision.fuse_rooms.get(connector.connector_id)


def _wiring_limit(wiring: Wiring, offer: int, connector: ConnectorState | None) -> int:
    """Return the limit for one connector if it is reached, otherwise that for all connectors together."""
    if connector is None:
        return wiring.max_current
    maximum = wiring.connector_maximum(connector.rating)
    return maximum if offer >= maximum else wiring.max_current


def _drawn(connector: ConnectorState | None) -> int | None:
    """Return the draw of the vehicle in whole A; None if it does not charge."""
    if connector is None or connector.drawn < DRAWING_AMPS:
        return None
    return round(connector.drawn)


def _own_limit(
    scene: Scene, connector: ConnectorState | None, rule: ActiveRule
) -> int | None:
    """Return the lowest limit that the owner set for a connector, or for the bus."""
    limits = [
        part.amps for part in rule.limits if rule_reason(part) is LimitReason.OWN_LIMIT
    ]
    if rule.rule in AVAILABLE_CURRENT:
        limits.append(scene.user_settings.current)
    if connector is not None:
        limits.append(scene.user_settings.connector(connector.connector_id).limit)
    return min((item for item in limits if item is not None), default=None)


def _shared(scene: Scene, rule: ActiveRule) -> Cause:
    """Return the limit that several connectors use up together, and their number."""
    offers = [item for item in scene.result.decision.offers.values() if item]
    maximum = scene.wiring.max_current
    own = _own_limit(scene, None, rule)
    limit = maximum if own is None or own < sum(offers) else min(own, maximum)
    return Cause(LimitReason.SHARED, limit=limit, vehicles=len(offers))


def _of_schedule(rule: ActiveRule) -> Cause:
    """Return the limit of the schedule in force, or of one that may be in force."""
    parts = [
        part
        for part in rule.parts or (rule,)
        if part.rule is Rule.SCHEDULE and part.amps is not None
    ]
    part = min(parts, key=lambda item: item.amps or 0, default=rule)
    return Cause(LimitReason.SCHEDULE, limit=part.amps, schedule=part.name)


def _of_green(
    reason: LimitReason, budget: GreenBudget | None, *, charges: bool
) -> Cause:
    """Return the green power, with the needed power if there is too little."""
    if budget is None or budget.surplus_w is None:
        return Cause(reason)
    surplus, needed = max(budget.surplus_w, 0.0), budget.needed_w
    stops = reason is LimitReason.STOP_DELAY
    if needed is not None and surplus < needed and (stops or not charges):
        return Cause(reason, surplus_w=surplus, needed_w=needed)
    # The surplus after a stop delay has begun is not the reason for the stop.
    return Cause(reason) if stops else Cause(reason, surplus_w=surplus)


def _has_no_green(budget: GreenBudget | None) -> bool:
    return budget is None or budget.surplus_w is None or budget.surplus_w <= 0


# Changes


def _in_order(changes: Iterable[NextChange | None]) -> tuple[NextChange, ...]:
    return tuple(sorted(filter(None, changes), key=lambda item: item.at))


def _delay(reason: LimitReason, until: float | None, scene: Scene) -> NextChange | None:
    """Return what happens at the end of a delay; `until` is in s of the monotonic clock."""
    if until is None or until <= scene.now:
        return None
    at = scene.local + timedelta(seconds=until - scene.now)
    return NextChange(_DELAYS.get(reason, ChangeKind.PASSING), at)


def _rule_change(rule: ActiveRule, following: NextRule | None) -> NextChange | None:
    """Return the change from the rule in force to the following one; None without one."""
    if following is None or rule.rule is Rule.PLAN:
        # The next change of the plan counts instead.
        return None
    at, after = following.start, following.active_rule
    if rule.rule is Rule.CHARGE_NOW:
        return NextChange(ChangeKind.CHARGE_NOW_ENDS, at, after.rule)
    if after.rule is Rule.SCHEDULE:
        return NextChange(
            ChangeKind.SCHEDULE_BEGINS,
            at,
            after.rule,
            schedule=after.name,
            amps=after.amps,
            green=after.green,
        )
    if rule.rule is Rule.SCHEDULE:
        kind = ChangeKind.SCHEDULE_ENDS
        return NextChange(kind, at, after.rule, schedule=rule.name)
    return NextChange(ChangeKind.MODE_CHANGES, at, after.rule)


def _plan(scene: Scene, rule: ActiveRule, connector_id: int) -> PlanStatement | None:
    """Return the statement about the plan of a connector; None without one, and during charge now."""
    if rule.rule is Rule.CHARGE_NOW:
        return None
    return scene.result.plans.statements.get(connector_id)


def _end_of_limit(
    user_settings: UserSettings, connector_id: int | None
) -> NextChange | None:
    """Return the end of the temporary limit of a connector, or of the bus; None without one."""
    for item in user_settings.temporary:
        if item.connector_id == connector_id:
            return NextChange(ChangeKind.LIMIT_ENDS, item.end)
    return None
