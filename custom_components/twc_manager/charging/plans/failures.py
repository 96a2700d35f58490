"""An error in one plan, which ends none of the others."""

from collections.abc import Iterator
from contextlib import contextmanager


class PlanFailedError(Exception):
    """A plan cannot be followed, as there is an error in it.

    Attributes:
        plan_id: its id.

    """

    def __init__(self, plan_id: str) -> None:
        """Name the plan."""
        super().__init__(f"plan {plan_id} cannot be followed")
        self.plan_id = plan_id


@contextmanager
def blamed_on(plan_id: str) -> Iterator[None]:
    """Turn an error within into one of a plan.

    Raises:
        PlanFailedError: instead of any other error.

    """
    try:
        yield
    except PlanFailedError:
        raise
    except Exception as err:
        raise PlanFailedError(plan_id) from err
