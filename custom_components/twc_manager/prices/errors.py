"""The error that is raised when prices cannot be read, and its reasons."""

from enum import StrEnum


class Problem(StrEnum):
    """The problems of a source of prices; the values are keys of the texts that the forms show."""

    NOT_FOUND = "price_not_found"
    """Its entry, entity or action does not exist."""
    NOT_LOADED = "price_not_loaded"
    """Its integration is not running."""
    FAILED = "price_failed"
    """Its integration reports an error."""
    NO_DATA = "price_no_data"
    """It currently has no prices."""
    SHAPE = "price_shape"
    """It has no list of prices, or one that cannot be read."""
    UNIT = "price_unit"
    """It has no unit, or not a unit of a price of electricity."""
    CURRENCY = "price_currency"
    """Its currency has changed, or differs from that of the other prices."""
    STEP = "price_step"
    """Its prices do not last 5, 15, 30 or 60 minutes."""
    DOUBLED = "price_doubled"
    """It has several prices for many of its times."""
    SHIFTED = "price_shifted"
    """Its list is hours off: its current price is in the list at another time."""
    ZERO = "price_zero"
    """All its prices are exactly 0, as from a failing source."""
    IMPLAUSIBLE = "price_implausible"
    """Its prices are implausibly high, so the unit must be wrong."""


class PriceError(Exception):
    """Prices are missing or cannot be used.

    Attributes:
        problem: the problem.
        is_of_feed_in: whether it concerns the price for exported energy.

    """

    def __init__(
        self, problem: Problem, detail: str = "", *, is_of_feed_in: bool = False
    ) -> None:
        """Name the problem; `detail` is for the log."""
        super().__init__(f"{problem}: {detail}" if detail else problem.value)
        self.problem = problem
        self.is_of_feed_in = is_of_feed_in
