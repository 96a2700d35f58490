"""The pools of amps that connectors draw from together, and what to blame when one is empty."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from ..outcome import ActiveRule, GreenBudget, LimitReason, Rule

TOTAL: Final = "total"
"""What the wiring and the main fuse bear."""

GREEN: Final = "green"
CURRENT: Final = "current"
"""The amps set for all connectors together."""

NOT_KNOWN: Final = GreenBudget(0, LimitReason.SENSOR_STALE)
"""Without a word about green energy there is none."""

_BY_RULE: Final = {Rule.OFF: LimitReason.OFF, Rule.SCHEDULE: LimitReason.SCHEDULE}


@dataclass(frozen=True, slots=True)
class CurrentBudget:
    """Whole A for several connectors together.

    Attributes:
        amps: how many there are.
        alone: why a connector gets no more of it that has it for itself.
        shared: the same when others have their part of it.
        until: when a delay that limits it ends, in s; None if none is known.
        urgent: whether to exceed it is dangerous, however briefly.

    """

    amps: int
    alone: LimitReason
    shared: LimitReason
    until: float | None = None
    urgent: bool = False


def rule_reason(order: ActiveRule) -> LimitReason:
    """Return what to blame when the A of an order are the limit."""
    return _BY_RULE.get(order.rule, LimitReason.OWN_LIMIT)


def budget_keys(order: ActiveRule) -> tuple[Hashable, ...]:
    """Return the pools that a connector with this order draws from, the first to blame first."""
    keys: list[Hashable] = []
    if order.green:
        keys.append(GREEN)
    if order.rule is Rule.FIXED:
        keys.append(CURRENT)
    return (*keys, *map(_of_order, order.limits), TOTAL)


def _of_order(order: ActiveRule) -> ActiveRule:
    """Return the pool of an order's A: that of a schedule is one, whichever connectors another one takes sooner."""
    return replace(order, until=None) if order.rule is Rule.SCHEDULE else order


def fuse_budget(amps: int, *, silent: bool) -> CurrentBudget:
    """Return the budget of the main fuse, whose meter may be silent."""
    reason = LimitReason.SENSOR_STALE if silent else LimitReason.MAIN_FUSE
    return CurrentBudget(amps, reason, reason, urgent=True)


def make_budgets(
    wiring_amps: int,
    current: int,
    orders: Iterable[ActiveRule],
    green: GreenBudget | None,
    fuse: CurrentBudget | None = None,
) -> dict[Hashable, CurrentBudget]:
    """Return all budgets there are now, for connectors with these active rules.

    Args:
        wiring_amps: the maximum of the wiring.
        current: what the owner set for all connectors together.
        orders: what the rules in force allow the connectors.
        green: what green energy allows; None while nothing is known about it.
        fuse: what `fuse_budget` makes of the main fuse; None if there is none to watch.

    """
    green = green or NOT_KNOWN
    pools: dict[Hashable, CurrentBudget] = {
        TOTAL: CurrentBudget(wiring_amps, LimitReason.WIRING, LimitReason.SHARED),
        GREEN: CurrentBudget(
            max(green.amps, 0), green.reason, green.reason, green.until
        ),
        CURRENT: CurrentBudget(max(current, 0), *_own(current, wiring_amps)),
    }
    if fuse is not None and fuse.amps < wiring_amps:
        pools[TOTAL] = fuse
    for order in chain.from_iterable(item.limits for item in orders):
        reason = rule_reason(order)
        shared = LimitReason.SHARED if reason is LimitReason.OWN_LIMIT else reason
        pools[_of_order(order)] = CurrentBudget(max(order.amps or 0, 0), reason, shared)
    return pools


def _own(current: int, wiring_amps: int) -> tuple[LimitReason, LimitReason]:
    """Return what to blame when the amps set for all are used up: themselves, or the wiring behind them."""
    alone = LimitReason.OWN_LIMIT if current < wiring_amps else LimitReason.WIRING
    return alone, LimitReason.SHARED


def amounts(pools: Mapping[Hashable, CurrentBudget]) -> dict[Hashable, int]:
    """Return how many A each pool has."""
    return {key: pool.amps for key, pool in pools.items()}
