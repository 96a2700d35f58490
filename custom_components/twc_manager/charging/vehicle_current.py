"""The current that a vehicle can be asked to take, below the minimum of its connector."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VehicleCurrent:
    """The current that a vehicle can be asked for, besides the offer of its connector.

    Attributes:
        lowest: the minimum whole A to ask it for now; None if it cannot be asked.
        proven: the minimum whole A that it has taken on request, as its connector measured; None before that.
        asked: the A that it is, or may still be, asked for; None if it takes its offer.
        is_followed: whether it takes no more than that, as its connector measures.

    """

    lowest: int | None = None
    proven: int | None = None
    asked: float | None = None
    is_followed: bool = False

    def minimum(self, *, is_drawing: bool) -> int | None:
        """Return the minimum whole A of the vehicle; None if that of its connector counts.

        A charging vehicle may be asked for any value; another one is only started with a current that it has taken
        before.
        """
        if self.lowest is None or is_drawing:
            return self.lowest
        return None if self.proven is None else max(self.lowest, self.proven)
