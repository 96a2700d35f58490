"""How much more than its offer a car draws where that is too little to be learned as its excess.

A meter that shows 6.1 A at an offer of 6 A may be wrong, but where a limit leaves exactly the minimum of each car, these
0.1 A keep another car from starting. Amps are in A, times in s of a monotonic clock.
"""

from typing import Final

from ...twc import DRAWING_AMPS, ConnectorState

LASTING_SECONDS: Final = 10.0
"""How long a draw must be above the offer: until then the car may still follow a lower offer."""

WITHIN_SECONDS: Final = 60.0
"""How long a draw must be within the offer before an overdraw is forgotten."""


class Overdraw:
    """Remembers the lasting overdraw of one car.

    Attributes:
        amps: by how much it draws more than its offer and its excess.

    """

    __slots__ = ("_above_since", "_lowest", "_within_since", "amps")

    def __init__(self) -> None:
        """Start for an unknown car."""
        self.amps = 0.0
        self._above_since: float | None = None
        self._lowest = 0.0
        self._within_since: float | None = None

    def update(self, connector: ConnectorState, now: float) -> None:
        """Take a report."""
        if not connector.offered or connector.drawn < DRAWING_AMPS:
            self.interrupt()
            return
        above = connector.drawn - connector.offered - connector.excess
        if above <= 0:
            self._note_within(now)
            return
        self._within_since = None
        if self._above_since is None:
            self._above_since, self._lowest = now, above
        self._lowest = min(self._lowest, above)
        if now - self._above_since >= LASTING_SECONDS:
            self.amps, self._above_since = self._lowest, None

    def interrupt(self) -> None:
        """Forget since when the draw has been as it is."""
        self._above_since = None
        self._within_since = None

    def _note_within(self, now: float) -> None:
        self._above_since = None
        if self._within_since is None:
            self._within_since = now
        elif now - self._within_since >= WITHIN_SECONDS:
            self.amps = 0.0
