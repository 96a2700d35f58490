"""Finds the rule in force for a bus as a whole, and the rule or limit that keeps it from offering more."""

from typing import Final

from ..charging.allocation.budgets import rule_reason
from ..charging.modes.user_settings import UserSettings
from ..charging.outcome import AVAILABLE_CURRENT, LimitReason, Rule
from ..charging.rules import RulesResult
from ..charging.wiring import Wiring
from ..twc import BusStatus

_WAITING: Final = frozenset({LimitReason.SEARCHING, LimitReason.NO_VEHICLE})
"""The reasons of connectors that are offered nothing while others may be missing."""


_OF_LIMITS: Final = (LimitReason.OUTSIDE_LIMIT, LimitReason.PEAK_BUDGET)
"""The reasons of the limits of the house."""

_OF_PLANS: Final = (
    LimitReason.PLAN,
    LimitReason.WAITS_FOR_PLAN,
    LimitReason.PLAN_REACHED,
)
"""The reasons of plans; if several vehicles have different ones, the first is shown."""


def bus_rule(result: RulesResult) -> Rule:
    """Return the rule to show for a bus: that of plans if each vehicle that is plugged in has one."""
    return Rule.PLAN if _is_planned(result) else result.bus_rule.rule


def bus_reason(
    result: RulesResult, user_settings: UserSettings, wiring: Wiring, status: BusStatus
) -> LimitReason:
    """Return the reason that limits the offers of all connectors of a bus together."""
    return (
        _reason_of_status(result, status)
        or _reason_of_fuse(result)
        or _reason_of_limits(result)
        or _reason_of_rule(result, user_settings, wiring)
    )


def _reason_of_status(result: RulesResult, status: BusStatus) -> LimitReason | None:
    """Return the reason that prevents raises under every rule; None if raises are possible."""
    if status is BusStatus.SECOND_MASTER:
        return LimitReason.SECOND_MASTER
    if LimitReason.OTHER_DISOBEYS in _reasons(result):
        return LimitReason.DISOBEYS
    if result.bus_rule.rule is Rule.OFF:
        return None
    if status is BusStatus.SEARCHING and _reasons(result) <= _WAITING:
        return LimitReason.SEARCHING
    return LimitReason.WIRING if result.decision.withheld else None


def _reason_of_fuse(result: RulesResult) -> LimitReason | None:
    """Return the reason if it is the main fuse, a circuit, or a sensor for one of them; None otherwise."""
    if LimitReason.MAIN_FUSE in _reasons(result):
        return LimitReason.MAIN_FUSE
    if LimitReason.CIRCUIT in _reasons(result):
        return LimitReason.CIRCUIT
    if LimitReason.PHASE_UNPROVEN in _reasons(result):
        return LimitReason.PHASE_UNPROVEN
    return LimitReason.SENSOR_STALE if _is_fuse_sensor_stale(result) else None


def _reason_of_limits(result: RulesResult) -> LimitReason | None:
    """Return the first of the house's limits that is the reason for a connector; None if there is no such connector."""
    reasons = _reasons(result)
    return next((reason for reason in _OF_LIMITS if reason in reasons), None)


def _is_fuse_sensor_stale(result: RulesResult) -> bool:
    """Return whether a stale sensor other than those of green energy keeps connectors from charging."""
    budget = result.budget
    is_green_known = (
        budget is not None and budget.reason is not LimitReason.SENSOR_STALE
    )
    return any(
        item.reason is LimitReason.SENSOR_STALE
        and (is_green_known or not item.active_rule.green)
        for item in result.decision.connectors.values()
    )


def _reason_of_rule(
    result: RulesResult, user_settings: UserSettings, wiring: Wiring
) -> LimitReason:
    """Return the reason by the rule in force."""
    if (reason := _reason_of_plans(result)) is not None:
        return reason
    rule = result.bus_rule
    if rule.green:
        return _reason_of_green(result)
    if rule.rule is Rule.OFF:
        return LimitReason.OFF
    if rule.rule is Rule.SCHEDULE and rule.amps is not None:
        return LimitReason.SCHEDULE
    return _lowest_limit(result, user_settings, wiring)


def _is_planned(result: RulesResult) -> bool:
    """Return whether vehicles are plugged in, and each of them has a plan in force."""
    rules = {
        item.rule
        for item in result.decision.connectors.values()
        if item.reason is not LimitReason.NO_VEHICLE
    }
    return rules == {Rule.PLAN}


def _reason_of_plans(result: RulesResult) -> LimitReason | None:
    """Return the reason that plans give; None unless plans alone decide for all vehicles that are plugged in."""
    reasons = _reasons(result) - {LimitReason.NO_VEHICLE}
    if not _is_planned(result) or not reasons <= {*_OF_PLANS}:
        return None
    return next(reason for reason in _OF_PLANS if reason in reasons)


def _reason_of_green(result: RulesResult) -> LimitReason:
    if result.budget is not None:
        return result.budget.reason
    return LimitReason.NO_VEHICLE if result.surplus else LimitReason.SENSOR_STALE


def _lowest_limit(
    result: RulesResult, user_settings: UserSettings, wiring: Wiring
) -> LimitReason:
    """Return the reason of the lowest limit that the owner, the rule or the wiring sets."""
    rule = result.bus_rule
    limits = [(wiring.max_current, LimitReason.WIRING)]
    if rule.rule in AVAILABLE_CURRENT and user_settings.current is not None:
        limits.append((user_settings.current, LimitReason.OWN_LIMIT))
    limits += [(item.amps or 0, rule_reason(item)) for item in rule.limits]
    return min(limits, key=lambda limit: limit[0])[1]


def _reasons(result: RulesResult) -> set[LimitReason]:
    return {item.reason for item in result.decision.connectors.values()}
