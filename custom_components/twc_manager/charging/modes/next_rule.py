"""What is in force next, as far as the clock decides it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..outcome import ActiveRule, Rule
from .active_rule import RuleSettings, active_rule

_CHANGES: Final = 20
"""So many edges of schedules that change nothing are looked beyond."""


@dataclass(frozen=True, slots=True)
class NextRule:
    """What will be in force, and from when; in the zone that was asked with."""

    start: datetime
    order: ActiveRule


def next_rule(
    settings: RuleSettings, connector_id: int, local: datetime
) -> NextRule | None:
    """Return what is in force for a connector after what is now; None if the clock brings nothing else.

    What follows an entity stays as it is, since nobody knows when that changes.
    """
    now = active_rule(settings, connector_id, local)
    at, current = local, now
    for _ in range(_CHANGES):
        if current.until is None:
            return None
        at = current.until.astimezone(local.tzinfo)
        current = active_rule(settings, connector_id, at)
        if _meaning(current) != _meaning(now):
            return NextRule(at, current)
    return None


def _meaning(what: ActiveRule) -> tuple[Rule, int | None, bool, str | None]:
    return what.rule, what.amps, what.green, what.name
