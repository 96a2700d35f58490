"""The plans that cannot be followed because of an error, for the issue that names them."""

from collections.abc import Mapping

from ..charging.plans.status import PlanDoubt, PlanState, PlanStatus


def failed_plans(plans: Mapping[str, PlanStatus], names: Mapping[str, str]) -> str:
    """Return the names of the failing plans, separated by commas; empty if no plan fails."""
    return ", ".join(
        sorted(
            names[plan_id]
            for plan_id, plan in plans.items()
            if plan_id in names
            and (
                plan.state is PlanState.FAILED
                or PlanDoubt.PLANNER_FAILED in plan.doubts
            )
        )
    )
