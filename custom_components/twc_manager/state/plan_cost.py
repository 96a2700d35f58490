"""The planned cost of a plan as entities show it: it falls while the plan is followed, and each change is a row."""

from typing import Final

from ..charging.plans.status import PlanStatus

_SHARE: Final = 0.05
"""A change by this share is shown at once."""
_SECONDS: Final = 900.0
"""Any change is shown after this time in s."""


class HeldCost:
    """The cost of one plan, rounded, and held while it changes a little only."""

    def __init__(self) -> None:
        """Start without a cost."""
        self._shown: float | None = None
        self._shown_at = 0.0

    def update(self, plan: PlanStatus, now: float) -> float | None:
        """Return the cost to show; None without a price. `now` is in s of a monotonic clock."""
        cost = None if plan.cost is None else round(plan.cost, 2)
        if self._may_change(cost, now):
            self._shown, self._shown_at = cost, now
        return self._shown

    def _may_change(self, cost: float | None, now: float) -> bool:
        shown = self._shown
        if cost is None or shown is None or not cost:
            return True
        if now - self._shown_at >= _SECONDS:
            return True
        return abs(cost - shown) >= _SHARE * max(abs(shown), abs(cost))
