"""An error in one plan, which ends none of the others."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class PlanFailedError(Exception):
    """Plans cannot be followed, as there is an error in them, or in what is known of their vehicle.

    Attributes:
        plan_ids: their ids.

    """

    def __init__(self, plan_ids: Iterable[str]) -> None:
        """Store the ids of the plans."""
        self.plan_ids = frozenset(plan_ids)
        names = ", ".join(sorted(self.plan_ids))
        super().__init__(f"plans that cannot be followed: {names}")


@contextmanager
def blamed_on(*plan_ids: str) -> Iterator[None]:
    """Turn an error in the block into a `PlanFailedError` for these plans; without plans it is ignored.

    Raises:
        PlanFailedError: instead of any other error.

    """
    try:
        yield
    except PlanFailedError:
        raise
    except Exception as err:
        if plan_ids:
            raise PlanFailedError(plan_ids) from err
