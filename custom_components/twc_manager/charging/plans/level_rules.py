"""What the level of a battery changes in the rules: charge at once up to one level, and stop at another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from ..outcome import ActiveRule, LimitReason, Rule

NEVER_AT_ONCE: Final = 0
NEVER_STOP: Final = 100

HYSTERESIS: Final = 2
"""In %: a vehicle that stands loses a little, and is not started again for that."""


@dataclass(frozen=True, slots=True)
class LevelLimits:
    """The levels that an owner has set for a vehicle, in %.

    Attributes:
        at_once: up to this level it charges at once; 0 if it never does.
        stop_at: at this level it stops; 100 if only the vehicle itself decides.

    """

    at_once: int = NEVER_AT_ONCE
    stop_at: int = NEVER_STOP


@dataclass(frozen=True, slots=True)
class LimitedLevel:
    """The level of the vehicle at a connector, in %, None if it is not known, and what its owner has set for it."""

    level: float | None
    limits: LevelLimits


class _Range(Enum):
    """Where a level is."""

    LOW = auto()
    """Below what is charged at once."""
    BETWEEN = auto()
    REACHED = auto()
    """At the level at which charging stops, or was since the vehicle came."""


class LevelRules:
    """Follows the levels of the vehicles at the connectors of one bus."""

    def __init__(self) -> None:
        """Start without vehicles."""
        self._ranges: dict[int, _Range] = {}

    def apply(
        self, rules: Mapping[int, ActiveRule], levels: Mapping[int, LimitedLevel]
    ) -> dict[int, ActiveRule]:
        """Return the rules with what the levels change; `levels` has only connectors with a vehicle."""
        self._ranges = {
            connector_id: _range(item, self._ranges.get(connector_id, _Range.BETWEEN))
            for connector_id, item in levels.items()
        }
        return {
            connector_id: _changed(rule, self._ranges.get(connector_id, _Range.BETWEEN))
            for connector_id, rule in rules.items()
        }


def _range(item: LimitedLevel, before: _Range) -> _Range:
    """Return where a level is. An unknown level is not low, and leaves what was reached."""
    limits, level = item.limits, item.level
    if limits.stop_at < NEVER_STOP:
        again = HYSTERESIS if before is _Range.REACHED else 0
        unknown = level is None and before is _Range.REACHED
        if unknown or (level is not None and level >= limits.stop_at - again):
            return _Range.REACHED
    if level is None:
        return _Range.BETWEEN
    margin = 0 if before is _Range.LOW else HYSTERESIS
    return _Range.LOW if level < limits.at_once - margin else _Range.BETWEEN


def _changed(rule: ActiveRule, where: _Range) -> ActiveRule:
    """Return a rule with what a level changes."""
    match where:
        case _Range.LOW if _may_hurry(rule):
            amps = rule.amps if rule.rule is Rule.SCHEDULE else None
            return ActiveRule(Rule.LEVEL, amps, until=rule.until)
        case _Range.REACHED if _may_end(rule):
            return replace(
                rule, amps=0, green=False, parts=(), reason=LimitReason.LEVEL_REACHED
            )
    return rule


def _may_hurry(rule: ActiveRule) -> bool:
    """Return whether a vehicle charges at once instead: what follows green energy, and what waits for its plan."""
    if rule.parts:
        # A schedule that may be in force goes on to restrict.
        return False
    return rule.green or rule.rule is Rule.PLAN


def _may_end(rule: ActiveRule) -> bool:
    """Return whether charging ends at a level: charge now and plans have goals of their own."""
    return rule.rule not in {Rule.CHARGE_NOW, Rule.PLAN} and rule.amps != 0
