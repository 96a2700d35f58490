"""The error of reading prices."""

from enum import StrEnum


class Problem(StrEnum):
    """What is wrong with a source of prices; the values are keys of the texts that the forms show."""

    NOT_FOUND = "price_not_found"
    """Its entry, entity or action is not there."""
    NOT_LOADED = "price_not_loaded"
    """Its integration is not running."""
    FAILED = "price_failed"
    """Its integration reports an error."""
    NO_DATA = "price_no_data"
    """It has no prices at present."""
    SHAPE = "price_shape"
    """There is no list of prices in it, or one that cannot be understood."""
    UNIT = "price_unit"
    """It has no unit, or one that is no price of electricity."""
    CURRENCY = "price_currency"
    """Its currency is another one than before, or than that of the other prices."""
    STEP = "price_step"
    """Its prices do not last 5, 15, 30 or 60 minutes."""
    DOUBLED = "price_doubled"
    """It has several prices for many of its times."""
    SHIFTED = "price_shifted"
    """Its list is hours off: the price that it shows now is in it at another time."""
    ZERO = "price_zero"
    """All of its prices are exactly 0, which is what a source that fails looks like."""
    IMPLAUSIBLE = "price_implausible"
    """No electricity costs that much: the unit is wrong."""


class PriceError(Exception):
    """Prices are not there or cannot be used.

    Attributes:
        problem: what is wrong.
        is_of_feed_in: whether it is wrong with the price for what is exported.

    """

    def __init__(
        self, problem: Problem, detail: str = "", *, is_of_feed_in: bool = False
    ) -> None:
        """Name the problem; `detail` is for the log."""
        super().__init__(f"{problem}: {detail}" if detail else problem.value)
        self.problem = problem
        self.is_of_feed_in = is_of_feed_in
