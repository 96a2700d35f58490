"""What is in force next, as far as the clock decides it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..outcome import Order, Rule
from .active_rule import RuleSettings, order

_CHANGES: Final = 20
"""So many edges of schedules that change nothing are looked beyond."""


@dataclass(frozen=True, slots=True)
class Step:
    """What will be in force, and from when; in the zone that was asked with."""

    start: datetime
    order: Order


def next_step(
    settings: RuleSettings, connector_id: int, local: datetime
) -> Step | None:
    """Return what is in force for a connector after what is now; None if the clock brings nothing else.

    What follows an entity stays as it is, since nobody knows when that changes.
    """
    now = order(settings, connector_id, local)
    at, current = local, now
    for _ in range(_CHANGES):
        if current.until is None:
            return None
        at = current.until.astimezone(local.tzinfo)
        current = order(settings, connector_id, at)
        if _meaning(current) != _meaning(now):
            return Step(at, current)
    return None


def _meaning(what: Order) -> tuple[Rule, int | None, bool, str | None]:
    return what.rule, what.amps, what.green, what.name
