"""The budgets of amps that connectors share, and the reason to show when one is used up."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from ..outcome import (
    AVAILABLE_CURRENT,
    ActiveRule,
    GreenBudget,
    Lacking,
    LimitReason,
    Rule,
)

TOTAL: Final = "total"
"""The budget of wiring and main fuse."""


@dataclass(frozen=True, slots=True)
class FusePhases:
    """The key of the budget of some phases of the main fuse, for vehicles that may charge on one of them.

    Attributes:
        phases: the phases.
        is_proof: whether the budget is what the meter has proven to be free, which does not limit vehicles that have
            shown on other phases.

    """

    phases: frozenset[int]
    is_proof: bool = False


@dataclass(frozen=True, slots=True)
class CircuitAmps:
    """The key of the budget of a circuit above the bus."""

    circuit_id: str


OUTSIDE: Final = "outside"
"""The id of the circuit that stands for the limit from outside."""

PEAK: Final = "peak"
"""The budget of the average import in the running interval."""

GREEN: Final = "green"
"""The budget of green energy."""

CURRENT: Final = "current"
"""The budget of the amps set for all connectors together."""

NOT_KNOWN: Final = GreenBudget(0, LimitReason.SENSOR_STALE)
"""No green energy, also while its amount is unknown."""

_BY_LACKING: Final = {
    None: LimitReason.MAIN_FUSE,
    Lacking.PROOF: LimitReason.SETTLING,
    Lacking.MOVEMENT: LimitReason.PHASE_UNPROVEN,
}

_BY_RULE: Final = {Rule.OFF: LimitReason.OFF, Rule.SCHEDULE: LimitReason.SCHEDULE}


@dataclass(frozen=True, slots=True)
class CurrentBudget:
    """Whole A for several connectors together.

    Attributes:
        amps: whole A.
        alone: the reason to show when one connector uses all of it.
        shared: the reason to show when several connectors do.
        until: when a delay that limits it ends, in s; None without a delay.
        urgent: whether exceeding it even briefly is dangerous.
        withheld: whether the guard of the wiring withholds a part of it.

    """

    amps: int
    alone: LimitReason
    shared: LimitReason
    until: float | None = None
    urgent: bool = False
    withheld: bool = False

    @property
    def wiring_reason(self) -> LimitReason:
        """Return the reason to show where the wiring leaves no room for an offer."""
        disobeyed = self.alone is LimitReason.OTHER_DISOBEYS
        return self.alone if disobeyed else LimitReason.WIRING


def rule_reason(active_rule: ActiveRule) -> LimitReason:
    """Return the reason to show when the A of an active rule are the limit."""
    return active_rule.reason or _BY_RULE.get(active_rule.rule, LimitReason.OWN_LIMIT)


def budget_keys(active_rule: ActiveRule) -> tuple[Hashable, ...]:
    """Return the keys of the budgets from which a connector with this rule draws; the first used-up one is the reason."""
    keys: list[Hashable] = []
    if active_rule.green:
        keys.append(GREEN)
    if active_rule.rule in AVAILABLE_CURRENT:
        keys.append(CURRENT)
    return (*keys, *map(_key_of, _shared_limits(active_rule)), TOTAL)


def _shared_limits(active_rule: ActiveRule) -> Iterator[ActiveRule]:
    """Yield the parts of a rule whose A several connectors share: a plan gives each connector its own."""
    return (part for part in active_rule.limits if part.rule is not Rule.PLAN)


def _key_of(active_rule: ActiveRule) -> ActiveRule:
    """Return the key of a rule's A; a schedule has one budget, even if it ends earlier for some connectors."""
    return (
        replace(active_rule, until=None)
        if active_rule.rule is Rule.SCHEDULE
        else active_rule
    )


def is_protective(key: Hashable) -> bool:
    """Return whether a budget protects wiring, circuits, main fuse or house, so that all charging counts in it."""
    return key in {TOTAL, PEAK} or isinstance(key, FusePhases | CircuitAmps)


def fuse_budget(
    amps: int, *, silent: bool, lacking: Lacking | None = None
) -> CurrentBudget:
    """Return the budget of the main fuse.

    Args:
        amps: whole A.
        silent: whether its meter has no valid reading.
        lacking: what its meter has to show before more is allowed; None if there is no more room.

    """
    reason = LimitReason.SENSOR_STALE if silent else _BY_LACKING[lacking]
    return CurrentBudget(amps, reason, reason, urgent=True)


def circuit_budget(amps: int, reason: LimitReason) -> CurrentBudget:
    """Return the budget of a circuit with these whole A for the bus, and the reason to show when it is used up."""
    return CurrentBudget(amps, reason, reason, urgent=True)


def wiring_budget(
    amps: int, reserved: int = 0, ceiling: float | None = None
) -> CurrentBudget:
    """Return the budget of the wiring.

    Args:
        amps: its maximum.
        reserved: A reserved for connectors whose offers cannot be lowered.
        ceiling: maximum sum of offers, if the measured sum is too high and not every vehicle can continue.

    """
    left = max(amps - reserved, 0)
    if ceiling is not None:
        left = min(left, max(int(ceiling), 0))
    if left == amps:
        return CurrentBudget(amps, LimitReason.WIRING, LimitReason.SHARED)
    reason = LimitReason.WIRING
    return CurrentBudget(left, reason, reason, urgent=True, withheld=True)


def make_budgets(
    wiring: CurrentBudget,
    current: int,
    active_rules: Iterable[ActiveRule],
    green: GreenBudget | None,
    fuse: CurrentBudget | None = None,
) -> dict[Hashable, CurrentBudget]:
    """Return all budgets for connectors with these active rules.

    Args:
        wiring: the result of `wiring_budget`.
        current: the owner's limit for all connectors together, in A.
        active_rules: the rules in force for the connectors.
        green: what green energy allows; None while it is unknown.
        fuse: the result of `fuse_budget`; None if the main fuse is not monitored.

    """
    green = green or NOT_KNOWN
    budgets: dict[Hashable, CurrentBudget] = {
        TOTAL: wiring,
        GREEN: CurrentBudget(
            max(green.amps, 0), green.reason, green.reason, green.until
        ),
        CURRENT: CurrentBudget(
            max(current, 0), *_current_reasons(current, wiring.amps)
        ),
    }
    if fuse is not None and fuse.amps < wiring.amps:
        budgets[TOTAL] = fuse
    for active_rule in chain.from_iterable(map(_shared_limits, active_rules)):
        reason = rule_reason(active_rule)
        shared = LimitReason.SHARED if reason is LimitReason.OWN_LIMIT else reason
        budgets[_key_of(active_rule)] = CurrentBudget(
            max(active_rule.amps or 0, 0), reason, shared
        )
    return budgets


def _current_reasons(current: int, wiring_amps: int) -> tuple[LimitReason, LimitReason]:
    """Return the reasons to show when the amps set for all are used up: this setting, or the wiring."""
    alone = LimitReason.OWN_LIMIT if current < wiring_amps else LimitReason.WIRING
    return alone, LimitReason.SHARED


def amounts(budgets: Mapping[Hashable, CurrentBudget]) -> dict[Hashable, int]:
    """Return how many A each budget has."""
    return {key: budget.amps for key, budget in budgets.items()}
