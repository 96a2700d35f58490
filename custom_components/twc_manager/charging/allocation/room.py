"""Reduces the budgets by draws that cannot be lowered."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from math import ceil

from ..outcome import LimitReason
from .budgets import CURRENT, PEAK, TOTAL, CurrentBudget


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The current in A by which all budgets are reduced.

    Attributes:
        disobeying: what connectors that do not obey draw, or could draw.
        excess: by how much connectors that obey draw more than they are offered.

    """

    disobeying: float = 0.0
    excess: float = 0.0


def without(
    budgets: Mapping[Hashable, CurrentBudget], unavailable: Unavailable
) -> dict[Hashable, CurrentBudget]:
    """Return the budgets without the unavailable current, with its reason."""
    missing = ceil(unavailable.disobeying + unavailable.excess)
    return {
        key: _reduced(budget, missing, disobeyed=unavailable.disobeying > 0)
        if key in {TOTAL, CURRENT, PEAK} or budget.urgent
        else budget
        for key, budget in budgets.items()
    }


def _reduced(budget: CurrentBudget, missing: int, *, disobeyed: bool) -> CurrentBudget:
    if not missing:
        return budget
    left = replace(budget, amps=max(budget.amps - missing, 0))
    if not disobeyed:
        return left
    reason = LimitReason.OTHER_DISOBEYS
    return replace(left, alone=reason, shared=reason, urgent=True)
