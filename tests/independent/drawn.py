"""What one connector drew in the last minute: what a reading contained of it, and what reports have shown since."""

from collections import deque
from dataclasses import dataclass
from math import inf

from tests.independent.audit import STALE_S, TOLERANCE_A, Reports
from tests.independent.connector import Connector

BELOW_OFFER_A = 1.5  # a sound car takes 0.5 to 1.5 A less
REMEMBERED_S = 64  # longer than any lag and interval
DECIDED_S = 3.0
REPORT_S = 0.2  # for a report to arrive


@dataclass(frozen=True, slots=True)
class Second:
    """How it was in one second."""

    at: float = -inf
    used_a: float = 0.0  # the offer, as far as it was drawn
    drawn_a: float = 0.0
    phases: tuple[int, ...] = ()
    written_a: float = 0.0  # the newest offer on the wire

    def drawn_on(self, phase: int) -> float:
        """Return what was drawn on a phase."""
        return self.drawn_a if phase in self.phases else 0.0


class Drawn:
    """Remembers the seconds of a connector and the newest reports that reached the master."""

    def __init__(self, unit: Connector, reports: Reports) -> None:
        """Follow the reports of this connector."""
        self._unit = unit
        self._reports = reports
        self._seconds: deque[Second] = deque([Second()], maxlen=REMEMBERED_S)
        self._shown: deque[tuple[float, float]] = deque()
        unit.saw.append(self._see)

    def _see(self, at: float, reported_a: float, told_a: float) -> None:
        car = self._unit.car
        if reported_a <= (car.spec.onboard_a if car else 0.0) + TOLERANCE_A:
            self._shown.append((at, reported_a))
            self._forget(at)

    def _forget(self, now: float) -> None:
        """Keep the reports of the last `DECIDED_S` and the one before."""
        while len(self._shown) > 1 and self._shown[1][0] < now - DECIDED_S:
            self._shown.popleft()

    def tick(self, written_a: float, now: float) -> None:
        """Note one second."""
        unit = self._unit
        draw = unit.draw_a
        used = min(unit.offer.told_a, draw + BELOW_OFFER_A)
        self._seconds.append(Second(now, used, draw, unit.phases, written_a))

    def at(self, when: float) -> Second:
        """Return the second in which a reading was taken; the oldest if it is too long ago."""
        known = (second for second in reversed(self._seconds) if second.at <= when)
        return next(known, self._seconds[0])

    def shows_draw(self, now: float) -> bool:
        """Return whether the newest sound report shows a draw: a stop since then is not known yet."""
        at, shown_a = self._shown[-1] if self._shown else (-inf, 0.0)
        since = max(self._reports.master_started_at, now - STALE_S)
        return at > since and shown_a > TOLERANCE_A

    def change_a(
        self, phase: int, reading: tuple[float, float], written_a: float, now: float
    ) -> float:
        """Return how much more is drawn on a phase than a reading contains, as reports have shown it; 0 without one.

        `reading` is when it was taken and delivered, `written_a` the newest offer.
        A fall counts from when the reading was taken and as far as the connector was not offered more again since,
        a rise from when the reading was delivered.
        """
        taken_at, delivered_at = reading
        self._forget(now)
        since = max(taken_at + REPORT_S, self._reports.master_started_at)
        shown_a = min((a for at, a in self._shown if at > since), default=None)
        if shown_a is None:
            return 0.0
        unit, then_a = self._unit, self.at(taken_at).drawn_on(phase)
        now_a = shown_a if phase in unit.phases else 0.0
        after = [second for second in self._seconds if second.at >= taken_at]
        if now_a < then_a:
            again_a = _offered_again_a(after, written_a)
            return max(now_a, min(then_a, again_a)) - then_a
        contained = [s.drawn_on(phase) for s in after if s.at <= delivered_at]
        return max(0.0, min(now_a, unit.draw_a) - max([then_a, *contained]))


def _offered_again_a(after: list[Second], written_a: float) -> float:
    """Return the newest offer in A if a lower one was written since a reading; 0 otherwise."""
    lowest_a = min((second.written_a for second in after), default=inf)
    return written_a if written_a > lowest_a else 0.0
