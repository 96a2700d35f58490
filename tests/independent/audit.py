"""The rules by which a master is judged.

Every second the true draws are added. A sum above the limit (and `TOLERANCE_A`) is **broken** if one of these holds:

1. *Offered*: the offers in force, as the connectors received them, have been above the limit in sum for longer than a
   lowering takes (`LOWERING_S`: the 5 s of IEC 61851), and the draws within these offers are above it too.
2. *Not made up for*: the draws within what was offered on the wire, plus what each car took above its offer in every report
   of the last `VISIBLE_S` that reached the master, are above the limit. Only what a car took beyond that (its reaction, its
   ramp, a disobedience that is new or was never reported) is the car's own fault.
3. *Measured*: the sum of what was reported has been above the limit for `VISIBLE_S`, although no connector was deaf to a
   lower offer on the wire.

An offer (command 05 or 09) is judged when it is written:

4. *Raised too early* (`raised_early`): an offer above what is in force at that connector, above what was written to it in
   the last `LOWERING_S` and above its draw, together with what the others may still take, is above the limit (and
   `TOLERANCE_A`). Each of them takes the highest offer that it had received in the last `LOWERING_S`, or its draw as far
   as a fresh report has shown it. One counts even if it has lost its master: the master gave it its offer, unless it has
   not addressed it since it started more than `SEARCH_S` ago. A master that was killed has to search for so long.
   An offer below the one written before is no raise if the connector lost that less than `LINK_LOST_S` ago: no master knows yet.

`VISIBLE_S` is 15 s to recognise disobedience, 10 s for a measured sum, 5 s for the other cars' reaction, 2 s for the line.
2 and 3 are void (`beyond_help_s`) if one disobedient car and the floors of the others (0 A, 6 A where a charging protocol 2
unit does not stop, everything where a car ignores its pilot and is not stopped by 0 A, or is never offered that) are above the limit: nothing that is offered would help. `kept_beside_s` counts those of these seconds in which the others
had not been lowered all the same.

Nothing counts while another master is there or was within `FOREIGN_S` (its offers stay in force for so long), nor while two
units have one id; these seconds are counted by themselves.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

from tests.independent.connector import LINK_LOST_S, Connector
from tests.independent.specs import Verdict
from tests.independent.wire import ALLOWED, HEARTBEAT, sound

TOLERANCE_A = 0.5
LOWERING_S = 5.0
VISIBLE_S = 32.0
STALE_S = 5.0  # without a report nothing is visible
FOREIGN_S = 60.0
NOTICE_S = 5.0  # to stop sending beside another master
SEARCH_S = 60.0  # after a start, to find the connectors that still have an offer
UNDER_WAY_S = 0.1  # for an offer to arrive
COUNTED = (
    "broken_s",
    "offered_broken_s",
    "first_broken_at_s",
    "over_limit_s",
    "beyond_help_s",
    "kept_beside_s",
    "foreign_s",
    "twins_s",
)


class Reports:
    """What the reports of one connector showed: its draw, and the smallest draw above its offer of the last time."""

    def __init__(self) -> None:
        self.master_started_at = -inf
        self._drawn_a = 0.0
        self._newest = self._since = -inf
        # A sliding minimum: times and currents both ascend.
        self._above: deque[tuple[float, float]] = deque()

    def begin(self, now: float) -> None:
        """Note that a master starts, which knows nothing before the next report."""
        self.master_started_at = now
        self._newest = -inf

    def add(self, at: float, drawn_a: float, told_a: float) -> None:
        """Note a report that reached the master."""
        if at - self._newest > STALE_S:
            self._above.clear()
            self._since = at
        self._newest, self._drawn_a = at, drawn_a
        above = max(0.0, drawn_a - told_a)
        while self._above and self._above[-1][1] >= above:
            self._above.pop()
        self._above.append((at, above))

    def fresh_a(self, now: float) -> float:
        """Return the draw that the master knows of."""
        return self._drawn_a if now - self._newest <= STALE_S else 0.0

    def sustained_a(self, now: float) -> float:
        """Return the draw above the offer that was visible for `VISIBLE_S`."""
        if now - self._newest > STALE_S or now - self._since < VISIBLE_S:
            return 0.0
        while len(self._above) > 1 and self._above[1][0] <= now - VISIBLE_S:
            self._above.popleft()
        return self._above[0][1]


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
    offered: dict[bytes, tuple[float, float]] = field(default_factory=dict)  # when
    raised_early: int = 0
    raised_early_worst_a: float = 0.0
    first_raised_early: str = ""


class Audit:
    """Adds up the verdict on connectors that share a limit; the masters of several lines are judged as one."""

    def __init__(self, limit_a: float, connectors: Sequence[Connector]) -> None:
        self.wire = Wire()
        # Whether the master's program offers 0 A to a car that ignores its pilot; without the rules nothing does.
        self.stops_ignoring = True
        self._limit_a = limit_a
        self._connectors = connectors
        self._count: defaultdict[str, float] = defaultdict(float)
        self._worst_a = 0.0
        self._offered_for = self._measured_for = 0
        self.reports = [Reports() for _ in connectors]
        self.raised: Callable[[Connector, float, float, float], None] | None = None
        self._beyond_rating = [0] * len(connectors)
        self._beyond_rating_for = [0] * len(connectors)
        for connector, reports in zip(connectors, self.reports, strict=True):
            connector.saw.append(reports.add)

    def wrote(self, body: bytes, now: float) -> bool:
        """Judge a frame of the master; return whether it is a heartbeat that may be sent."""
        wire = self.wire
        wire.id = wire.id or body[2:4]
        heartbeat = body[:2] == HEARTBEAT
        if self._is_wrong(body) or (heartbeat and body[6] == 2):
            wire.not_allowed += 1
            wire.first_not_allowed = wire.first_not_allowed or body.hex()
        elif heartbeat:
            self.offered(body, now)
            noticed = now - wire.foreign_seen_since > NOTICE_S
            wire.beside_master += noticed and now - wire.foreign_seen_at < NOTICE_S
            return True
        return False

    def _is_wrong(self, body: bytes) -> bool:
        return (
            body[:2] not in ALLOWED
            or not sound(body)
            or len(body) not in (14, 16)
            or body[2:4] != self.wire.id
        )

    def offered(self, body: bytes, now: float) -> None:
        """Judge the offer of a sound heartbeat."""
        if body[6] in (5, 9):
            self._judge_raise(body[4:6], int.from_bytes(body[7:9]) / 100, now)
            self.wire.offered[body[4:6]] = now, int.from_bytes(body[7:9]) / 100

    def _judge_raise(self, receiver: bytes, offer_a: float, now: float) -> None:
        wire = self.wire
        at, written_a = wire.offered.get(receiver, (-inf, 0.0))
        pending_a = written_a if now - at <= LOWERING_S else 0.0
        raised = self._raised(receiver, offer_a)
        if raised is None or offer_a <= pending_a or self.void(now):
            return
        if offer_a < written_a and now - raised.offer.lost_at < LINK_LOST_S[0]:
            return
        if self.raised:
            before_a = max(raised.offer.in_force_a, pending_a)
            self.raised(raised, before_a, offer_a, now)
        beside = {
            unit.link.id.hex(): self._may_take_a(unit, reports, now)
            for unit, reports in zip(self._connectors, self.reports, strict=True)
            if unit is not raised
        }
        excess_a = offer_a + sum(beside.values()) - self._limit_a
        if excess_a > TOLERANCE_A:
            self._count_early(
                excess_a, f"{receiver.hex()} to {offer_a} A beside {beside}"
            )

    def _raised(self, receiver: bytes, offer_a: float) -> Connector | None:
        """Return the connector with that id if the offer is above what it has and draws; None otherwise."""
        raised = (
            unit
            for unit in self._connectors
            if unit.link.id == receiver
            and offer_a > max(unit.offer.in_force_a, unit.draw_a + TOLERANCE_A)
        )
        return next(raised, None)

    def _count_early(self, excess_a: float, words: str) -> None:
        wire, seconds = self.wire, self._count["seconds"]
        wire.raised_early += 1
        wire.raised_early_worst_a = max(wire.raised_early_worst_a, excess_a)
        wire.first_raised_early = wire.first_raised_early or f"{seconds:.0f} s: {words}"

    def _may_take_a(self, unit: Connector, reports: Reports, now: float) -> float:
        started_at = reports.master_started_at
        if unit.link.heard_at < started_at < now - SEARCH_S:
            return 0.0
        # The raise is under way for as long as the lowering was.
        received_a = unit.offer.highest_a(now + UNDER_WAY_S - LOWERING_S)
        return max(received_a, min(unit.draw_a, reports.fresh_a(now)))

    def foreign_seen(self, at: float) -> None:
        """Note that a frame of another master has reached the master."""
        if at - self.wire.foreign_seen_at > NOTICE_S:
            self.wire.foreign_seen_since = at
        self.wire.foreign_seen_at = at

    def master_started(self, line: Sequence[Connector], now: float) -> None:
        """Note that the master of these connectors begins with no knowledge of what was seen before."""
        self.wire.foreign_seen_since, self.wire.foreign_seen_at = inf, -inf
        for unit, reports in zip(self._connectors, self.reports, strict=True):
            if unit in line:
                reports.begin(now)

    def tick(self, now: float) -> None:
        """Judge one second."""
        count, limit = self._count, self._limit_a
        draws = [connector.draw_a for connector in self._connectors]
        told = [connector.offer.told_a for connector in self._connectors]
        total = sum(draws)
        void = self.void(now)
        self._hold(told, now, void != "")
        self._count_use(now, total)
        self._judge_ratings(draws, told)
        if total <= limit + TOLERANCE_A:
            return
        count["over_limit_s"] += 1
        if void:
            count[void] += 1
        elif self._is_broken(now, draws, told):
            count["broken_s"] += 1
            self._worst_a = max(self._worst_a, total - limit)
            if count["broken_s"] == 1:
                count["first_broken_at_s"] = count["seconds"]

    def void(self, now: float) -> str:
        """Return what counts this second instead of the rules."""
        if now - self.wire.foreign_at < FOREIGN_S:
            return "foreign_s"
        ids = {connector.link.id for connector in self._connectors}
        return "twins_s" if len(ids) < len(self._connectors) else ""

    def _hold(self, told: list[float], now: float, void: bool) -> None:
        """Count how long offers, and measured draws, have been above the limit in sum."""
        measured = sum(reports.fresh_a(now) for reports in self.reports)
        offered_above = sum(told) > self._limit_a + 0.01 and not void
        measured_above = measured > self._limit_a + TOLERANCE_A and not void
        self._offered_for = self._offered_for + 1 if offered_above else 0
        self._measured_for = self._measured_for + 1 if measured_above else 0
        self._count["offered_broken_s"] += self._offered_for > LOWERING_S

    def _is_broken(self, now: float, draws: list[float], told: list[float]) -> bool:
        allowed = self._limit_a + TOLERANCE_A
        if self._offered_for > LOWERING_S and sum(map(min, draws, told)) > allowed:
            return True
        return self._is_beyond_fault(now, draws, told, allowed)

    def _is_beyond_fault(
        self, now: float, draws: list[float], told: list[float], allowed: float
    ) -> bool:
        """Return whether more is drawn than the cars alone are to blame for."""
        wired = self._wired(told)
        units = list(zip(self._connectors, draws, wired, self.reports, strict=True))
        excused = sum(
            max(0.0, draw - offer - seen.sustained_a(now))
            for _, draw, offer, seen in units
        )
        measured = self._measured_for > VISIBLE_S and wired == told
        if sum(draws) - excused <= allowed and not measured:
            return False
        lowest = [
            connector.floor_a(self.stops_ignoring) for connector in self._connectors
        ]
        at_best = max(
            draw + sum(lowest) - floor if draw > offer + TOLERANCE_A else 0.0
            for draw, offer, floor in zip(draws, wired, lowest, strict=True)
        )
        if at_best <= allowed:
            return True
        self._count["beyond_help_s"] += 1
        self._count["kept_beside_s"] += sum(draws) > at_best + TOLERANCE_A
        return False

    def _wired(self, told: list[float]) -> list[float]:
        """Return the offer to each connector: the lower one of that in force and the newest on the wire, in A."""
        offered = self.wire.offered
        return [
            min(amps, offered.get(connector.link.id, (0.0, amps))[1])
            for connector, amps in zip(self._connectors, told, strict=True)
        ]

    def _judge_ratings(self, draws: list[float], told: list[float]) -> None:
        for index, connector in enumerate(self._connectors):
            rating = connector.spec.rating_a
            beyond = told[index] > rating and draws[index] > rating + TOLERANCE_A
            self._beyond_rating_for[index] = (
                self._beyond_rating_for[index] + 1 if beyond else 0
            )
            self._beyond_rating[index] += self._beyond_rating_for[index] > LOWERING_S

    def _count_use(self, now: float, total: float) -> None:
        count = self._count
        powered = [c for c in self._connectors if now >= c.trouble.unpowered_until]
        hungry = (
            (c.car.spec.onboard_a, c.spec.rating_a)
            for c in powered
            if c.car and c.car.wants_energy
        )
        usable = min(self._limit_a, sum(map(min, hungry)))
        count["seconds"] += 1
        count["usable"] += usable
        count["used"] += min(total, usable)
        count["powered"] += len(powered)
        count["linked"] += sum(c.link.master == self.wire.id != b"" for c in powered)

    def verdict(self) -> Verdict:
        """Return the verdict so far."""
        count, wire = self._count, self.wire
        return Verdict(
            worst_a=self._worst_a,
            per_connector_broken_s=tuple(self._beyond_rating),
            frames_not_allowed=wire.not_allowed,
            first_not_allowed=wire.first_not_allowed,
            beside_master=wire.beside_master,
            raised_early=wire.raised_early,
            raised_early_worst_a=wire.raised_early_worst_a,
            first_raised_early=wire.first_raised_early,
            hours=count["seconds"] / 3600,
            lost_links=sum(connector.link.lost_links for connector in self._connectors),
            linked_share=count["linked"] / max(count["powered"], 1),
            used_share=count["used"] / max(count["usable"], 1),
            **{name: count[name] for name in COUNTED},
        )
