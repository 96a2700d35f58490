"""Decides which changes of the bus need a new decision of the rules, and since when there was none."""

from ..twc import Snapshot


class BusChanges:
    """Compares each snapshot of the bus with the last facts and with the measured values of the last decision."""

    def __init__(self) -> None:
        """Start without a known state."""
        self._facts: tuple[object, ...] = ()
        self._decided_on = Snapshot()
        self._still_since = 0.0

    def take_facts(self, snapshot: Snapshot) -> bool:
        """Return whether anything but measured values changed since the last call."""
        changed = snapshot.facts != self._facts
        self._facts = snapshot.facts
        return changed

    def has_measured(self, snapshot: Snapshot) -> bool:
        """Return whether measured values changed by more than jitter since the last decision."""
        return not snapshot.measures_like(self._decided_on)

    def note_decision(self, snapshot: Snapshot, now: float) -> None:
        """Record the inputs of a decision, and the time in s of a monotonic clock."""
        before = self._decided_on
        if not (snapshot.draws_like(before) and snapshot.facts == before.facts):
            self._still_since = now
        self._decided_on = snapshot

    def still_for(self, now: float) -> float:
        """Return for how many s decisions have found the same facts and draws; meters may have counted meanwhile."""
        return now - self._still_since

    def forget(self) -> None:
        """Treat the next snapshot as changed, so that a forgotten connector that is still on the bus is stored again."""
        self._facts = ()
