"""The pools of amps that connectors draw from together, and what to blame when one is empty."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from ..decision import FIXED, Inputs
from ..outcome import GreenBudget, Order, Reason, Rule

TOTAL: Final = "total"
"""What the wiring and the main fuse bear."""

GREEN: Final = "green"
CURRENT: Final = "current"
"""The amps set for all connectors together."""

NOT_KNOWN: Final = GreenBudget(0, Reason.SENSOR_STALE)
"""Without a word about green energy there is none."""

_BY_RULE: Final = {Rule.OFF: Reason.OFF, Rule.SCHEDULE: Reason.SCHEDULE}


@dataclass(frozen=True, slots=True)
class Pool:
    """Whole A for several connectors together.

    Attributes:
        amps: how many there are.
        alone: why a connector gets no more of it that has it for itself.
        shared: the same when others have their part of it.
        until: when a delay that limits it ends, in s; None if none is known.
        urgent: whether to exceed it is dangerous, however briefly.

    """

    amps: int
    alone: Reason
    shared: Reason
    until: float | None = None
    urgent: bool = False


def rule_reason(order: Order) -> Reason:
    """Return what to blame when the A of an order are the limit."""
    return _BY_RULE.get(order.rule, Reason.OWN_LIMIT)


def pools_of(order: Order) -> tuple[Hashable, ...]:
    """Return the pools that a connector with this order draws from, the first to blame first."""
    keys: list[Hashable] = []
    if order.green:
        keys.append(GREEN)
    if order.rule is Rule.FIXED:
        keys.append(CURRENT)
    return (*keys, *map(_of_order, order.limits), TOTAL)


def _of_order(order: Order) -> Order:
    """Return the pool of an order's A: that of a schedule is one, whichever connectors another one takes sooner."""
    return replace(order, until=None) if order.rule is Rule.SCHEDULE else order


def make_pools(
    inputs: Inputs, wiring_amps: int, fuse_amps: int | None, *, fuse_silent: bool
) -> dict[Hashable, Pool]:
    """Return all pools there are now; no fuse amps are no main fuse to watch."""
    green = inputs.green or NOT_KNOWN
    current = inputs.settings.available(wiring_amps)
    pools: dict[Hashable, Pool] = {
        TOTAL: Pool(wiring_amps, Reason.WIRING, Reason.SHARED),
        GREEN: Pool(max(green.amps, 0), green.reason, green.reason, green.until),
        CURRENT: Pool(max(current, 0), *_own(current, wiring_amps)),
    }
    if fuse_amps is not None and fuse_amps < wiring_amps:
        reason = Reason.SENSOR_STALE if fuse_silent else Reason.MAIN_FUSE
        pools[TOTAL] = Pool(fuse_amps, reason, reason, urgent=True)
    for order in chain.from_iterable(item.limits for item in inputs.orders.values()):
        reason = rule_reason(order)
        shared = Reason.SHARED if reason is Reason.OWN_LIMIT else reason
        pools[_of_order(order)] = Pool(max(order.amps or 0, 0), reason, shared)
    return pools


def _own(current: int, wiring_amps: int) -> tuple[Reason, Reason]:
    """Return what to blame when the amps set for all are used up: themselves, or the wiring behind them."""
    alone = Reason.OWN_LIMIT if current < wiring_amps else Reason.WIRING
    return alone, Reason.SHARED


def amounts(pools: Mapping[Hashable, Pool]) -> dict[Hashable, int]:
    """Return how many A each pool has."""
    return {key: pool.amps for key, pool in pools.items()}


def order_of(inputs: Inputs, connector_id: int) -> Order:
    """Return what the rule in force allows a connector."""
    return inputs.orders.get(connector_id, FIXED)
