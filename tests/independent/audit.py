"""The rules by which a master is judged.

Every second the true draws are added. A sum above the limit (and `TOLERANCE_A`) is **broken** if one of these holds:

1. *Offered*: the offers in force, as the connectors received them, have been above the limit in sum for longer than a
   lowering takes (`LOWERING_S`: the 5 s of IEC 61851), and the draws within these offers are above it too.
2. *Not made up for*: the draws within what was offered on the wire, plus what each car took above its offer in every report
   of the last `VISIBLE_S` that reached the master, are above the limit. Only what a car took beyond that (its reaction, its
   ramp, a disobedience that is new or was never reported) is the car's own fault.
3. *Measured*: the sum of what was reported has been above the limit for `VISIBLE_S`, although no connector was deaf to a
   lower offer on the wire.

`VISIBLE_S` is 15 s to recognise disobedience, 10 s for a measured sum, 5 s for the other cars' reaction, 2 s for the line.
2 and 3 are void (`beyond_help_s`) if one disobedient car and the floors of the others (0 A, 6 A where a charging protocol 2
unit does not stop, everything where a car ignores its pilot) are above the limit: nothing that is offered would help.

Nothing counts while another master is there or was within `FOREIGN_S` (its offers stay in force for so long), nor while two
units have one id; these seconds are counted by themselves.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from tests.independent.connector import Connector
from tests.independent.specs import Verdict
from tests.independent.wire import ALLOWED, HEARTBEAT, sound

TOLERANCE_A = 0.5
LOWERING_S = 5.0
VISIBLE_S = 32.0
STALE_S = 5.0  # without a report nothing is visible
FOREIGN_S = 60.0
NOTICE_S = 5.0  # to stop sending beside another master


class Reports:
    """What the reports of one connector showed: its draw, and the smallest draw above its offer of the last time."""

    def __init__(self) -> None:
        """Nothing seen."""
        self.drawn_a = 0.0
        self._newest = self._since = -inf
        self._above: deque[tuple[float, float]] = (
            deque()
        )  # ascending in both: a sliding minimum

    def add(self, at: float, drawn_a: float, told_a: float) -> None:
        """Note a report that reached the master."""
        if at - self._newest > STALE_S:
            self._above.clear()
            self._since = at
        self._newest, self.drawn_a = at, drawn_a
        above = max(0.0, drawn_a - told_a)
        while self._above and self._above[-1][1] >= above:
            self._above.pop()
        self._above.append((at, above))

    def fresh_a(self, now: float) -> float:
        """Return the draw that the master knows of."""
        return self.drawn_a if now - self._newest <= STALE_S else 0.0

    def sustained_a(self, now: float) -> float:
        """Return the draw above the offer that was visible for `VISIBLE_S`."""
        if now - self._newest > STALE_S or now - self._since < VISIBLE_S:
            return 0.0
        while len(self._above) > 1 and self._above[1][0] <= now - VISIBLE_S:
            self._above.popleft()
        return self._above[0][1]


@dataclass(slots=True)
class Sums:
    """Seconds counted so far, and how long conditions have held."""

    seconds: float = 0.0
    broken: float = 0.0
    worst_a: float = 0.0
    first_broken: float = -1.0
    offered_broken: float = 0.0
    above_limit: float = 0.0
    beyond_help: float = 0.0
    foreign: float = 0.0
    twins: float = 0.0
    offered_for: float = 0.0
    measured_for: float = 0.0
    usable: float = 0.0
    used: float = 0.0
    powered: float = 0.0
    linked: float = 0.0


@dataclass(slots=True)
class Wire:
    """What the master and other masters put on the wire."""

    id: bytes = b""
    not_allowed: int = 0
    first_not_allowed: str = ""
    beside_master: int = 0
    foreign_at: float = -inf
    foreign_seen_since: float = inf
    foreign_seen_at: float = -inf
    offered_a: dict[bytes, float] = field(default_factory=dict)


class Audit:
    """Adds up the verdict."""

    def __init__(self, limit_a: float, connectors: Sequence[Connector]) -> None:
        """Watch these connectors."""
        self.wire = Wire()
        self._limit_a = limit_a
        self._connectors = connectors
        self._sums = Sums()
        self._reports = [Reports() for _ in connectors]
        self._beyond_rating = [0.0] * len(connectors)
        self._beyond_rating_for = [0.0] * len(connectors)
        for connector, reports in zip(connectors, self._reports, strict=True):
            connector.saw = reports.add

    def wrote(self, body: bytes, now: float) -> None:
        """Judge a frame of the master."""
        wire = self.wire
        wire.id = wire.id or body[2:4]
        wrong = (
            body[:2] not in ALLOWED
            or not sound(body)
            or len(body) not in (14, 16)
            or body[2:4] != wire.id
        )
        heartbeat = body[:2] == HEARTBEAT
        if wrong or (heartbeat and body[6] == 2):
            wire.not_allowed += 1
            wire.first_not_allowed = wire.first_not_allowed or body.hex()
        elif heartbeat:
            if body[6] in (5, 9):
                wire.offered_a[body[4:6]] = int.from_bytes(body[7:9]) / 100
            noticed = now - wire.foreign_seen_since > NOTICE_S
            wire.beside_master += noticed and now - wire.foreign_seen_at < NOTICE_S

    def foreign_seen(self, at: float) -> None:
        """Note that a frame of another master has reached the master."""
        if at - self.wire.foreign_seen_at > NOTICE_S:
            self.wire.foreign_seen_since = at
        self.wire.foreign_seen_at = at

    def tick(self, now: float) -> None:
        """Judge one second."""
        sums, limit = self._sums, self._limit_a
        draws = [connector.draw_a for connector in self._connectors]
        told = [connector.offer.told_a for connector in self._connectors]
        total = sum(draws)
        sums.seconds += 1
        self._count_use(now, total)
        ids = {c.link.id for c in self._connectors}
        strange = now - self.wire.foreign_at < FOREIGN_S or len(ids) < len(draws)
        sums.offered_for = (
            sums.offered_for + 1 if sum(told) > limit + 0.01 and not strange else 0.0
        )
        sums.offered_broken += sums.offered_for > LOWERING_S
        measured = sum(reports.fresh_a(now) for reports in self._reports)
        sums.measured_for = (
            sums.measured_for + 1
            if measured > limit + TOLERANCE_A and not strange
            else 0.0
        )
        if not strange:
            self._judge_ratings(draws, told)
        if total <= limit + TOLERANCE_A:
            return
        sums.above_limit += 1
        if now - self.wire.foreign_at < FOREIGN_S:
            sums.foreign += 1
        elif strange:
            sums.twins += 1
        elif self._is_broken(now, draws, told):
            sums.broken += 1
            sums.worst_a = max(sums.worst_a, total - limit)
            sums.first_broken = (
                sums.seconds if sums.first_broken < 0 else sums.first_broken
            )

    def _is_broken(self, now: float, draws: list[float], told: list[float]) -> bool:
        sums, allowed = self._sums, self._limit_a + TOLERANCE_A
        if sums.offered_for > LOWERING_S and sum(map(min, draws, told)) > allowed:
            return True
        wired = [
            min(t, self.wire.offered_a.get(c.link.id, t))
            for c, t in zip(self._connectors, told, strict=True)
        ]
        excused = [
            max(0.0, draw - offer - reports.sustained_a(now))
            for draw, offer, reports in zip(draws, wired, self._reports, strict=True)
        ]
        not_made_up_for = sum(draws) - sum(excused) > allowed
        if not not_made_up_for and not (
            sums.measured_for > VISIBLE_S and wired == told
        ):
            return False
        floors = [connector.floor_a() for connector in self._connectors]
        helpless = any(
            draw > offer + TOLERANCE_A and draw + sum(floors) - floor > allowed
            for draw, offer, floor in zip(draws, wired, floors, strict=True)
        )
        sums.beyond_help += helpless
        return not helpless

    def _judge_ratings(self, draws: list[float], told: list[float]) -> None:
        for index, connector in enumerate(self._connectors):
            rating = connector.spec.rating_a
            beyond = told[index] > rating and draws[index] > rating + TOLERANCE_A
            self._beyond_rating_for[index] = (
                self._beyond_rating_for[index] + 1 if beyond else 0.0
            )
            self._beyond_rating[index] += self._beyond_rating_for[index] > LOWERING_S

    def _count_use(self, now: float, total: float) -> None:
        sums = self._sums
        powered = [c for c in self._connectors if now >= c.trouble.unpowered_until]
        wanted = sum(
            min(c.car.spec.onboard_a, c.spec.rating_a)
            for c in powered
            if c.car and c.car.wants_energy
        )
        sums.usable += min(wanted, self._limit_a)
        sums.used += min(total, wanted, self._limit_a)
        sums.powered += len(powered)
        sums.linked += sum(c.link.master == self.wire.id != b"" for c in powered)

    def verdict(self) -> Verdict:
        """Return the verdict so far."""
        sums, wire = self._sums, self.wire
        return Verdict(
            broken_s=sums.broken,
            worst_a=sums.worst_a,
            per_connector_broken_s=tuple(self._beyond_rating),
            offered_broken_s=sums.offered_broken,
            frames_not_allowed=wire.not_allowed,
            first_not_allowed=wire.first_not_allowed,
            beside_master=wire.beside_master,
            first_broken_at_s=sums.first_broken,
            hours=sums.seconds / 3600,
            over_limit_s=sums.above_limit,
            beyond_help_s=sums.beyond_help,
            foreign_s=sums.foreign,
            twins_s=sums.twins,
            lost_links=sum(connector.link.lost_links for connector in self._connectors),
            linked_share=sums.linked / max(sums.powered, 1),
            used_share=sums.used / max(sums.usable, 1),
        )
