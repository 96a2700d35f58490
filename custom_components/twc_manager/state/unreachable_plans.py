"""The plans that cannot be reached any more, for the issue that names them."""

from collections.abc import Mapping
from typing import Final

from homeassistant.util import dt as dt_util

from ..charging.plans.status import PlanState, PlanStatus

HOLD_SECONDS: Final = 60.0
"""The time in s for which a plan has to be out of reach: a vehicle that was just plugged in is not known yet."""


class UnreachablePlans:
    """The plans of one bus that are out of reach, and since when."""

    def __init__(self) -> None:
        """Start without plans."""
        self._since: Mapping[str, float] = {}

    def texts(
        self, plans: Mapping[str, PlanStatus], names: Mapping[str, str], now: float
    ) -> str:
        """Return the plans that are out of reach, with what can be reached and when, in any language.

        Args:
            plans: how the plans are doing, by id.
            names: the names of the plans, by id.
            now: the time, in s of a monotonic clock.

        """
        unreachable = {
            plan_id: plan
            for plan_id, plan in plans.items()
            if plan.state is PlanState.UNREACHABLE and plan_id in names
        }
        self._since = {
            plan_id: self._since.get(plan_id, now) for plan_id in unreachable
        }
        return ", ".join(
            f"{names[plan_id]} ({_possible(unreachable[plan_id])})"
            for plan_id, since in self._since.items()
            if now - since >= HOLD_SECONDS
        )


def _possible(plan: PlanStatus) -> str:
    """Return what can be reached, and by when."""
    parts = []
    if plan.possible_percent is not None:
        parts.append(f"{plan.possible_percent:.0f} %")
    elif plan.possible_kwh is not None:
        parts.append(f"{plan.possible_kwh:.0f} kWh")
    else:
        parts.append(f"−{plan.missing_kwh:.0f} kWh")
    if plan.ready is not None:
        parts.append(f"{dt_util.as_local(plan.ready):%H:%M}")
    return ", ".join(parts)
