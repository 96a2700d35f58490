"""What the rules know of a vehicle that may be asked to take less than the minimum of its connector."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VehicleCurrent:
    """The current of a vehicle that it can be asked for, besides what its connector offers.

    Attributes:
        lowest: the least whole A that it may be asked for now; None if it is not to be asked.
        proven: the least whole A that it has taken when asked for them, as its connector measured; None if none.
        asked: the A that it is, or may still be, asked for; None if it takes what it is offered.
        is_followed: whether it takes no more than that, as its connector measures.

    """

    lowest: int | None = None
    proven: int | None = None
    asked: float | None = None
    is_followed: bool = False

    def minimum(self, *, is_drawing: bool) -> int | None:
        """Return the whole A that are enough for it; None if less than its connector's minimum is not.

        One that charges may be tried. One that does not is started only with what it has taken before.
        """
        if self.lowest is None or is_drawing:
            return self.lowest
        return None if self.proven is None else max(self.lowest, self.proven)
