"""What the rules know of a connector that plans follow from, and what they allow it now."""

from dataclasses import dataclass
from datetime import datetime

from ..outcome import ActiveRule


@dataclass(frozen=True, slots=True)
class ConnectorSituation:
    """A connector as plans see it.

    Attributes:
        connector_id: its id.
        below: the rule that is in force without a plan.
        maximum: the maximum whole A that wiring, connector and its settings allow; 0 if it is switched off.
        drawn: what its vehicle draws, in A.
        has_vehicle: whether it reports a vehicle, before anything is counted for that.
        takes: the maximum whole A that the vehicle has shown to take; None if it takes what it gets.
        is_assumed: whether that is only what is usual, as nothing is known of the vehicle.
        phases: the number of phases that the vehicle uses.
        is_stoppable: whether the vehicle can be stopped, as far as is known.
        priority: the higher, the earlier it is served.
        closed: the times in which schedules forbid it to charge, in UTC.
        given: the times in which schedules will let it charge, in UTC, with their whole A; none if it wants no power.

    """

    connector_id: int
    below: ActiveRule
    maximum: int
    drawn: float = 0.0
    has_vehicle: bool = False
    takes: int | None = None
    is_assumed: bool = False
    phases: int = 3
    is_stoppable: bool = True
    priority: int = 0
    closed: tuple[tuple[datetime, datetime], ...] = ()
    given: tuple[tuple[datetime, datetime, int], ...] = ()

    @property
    def usable(self) -> int:
        """Return the maximum whole A that the vehicle can take here."""
        return self.maximum if self.takes is None else min(self.maximum, self.takes)
