"""The rules by which the masters in a house are judged, beside those of audit.py for each line.

**Circuit.** All lines together are judged by audit.py as if they were one with the circuit as its limit: the sum of the amps
counts, as if every car drew on every phase. An offer counts until its connector stops by itself, master or not; one
that is raised before the connectors of *another* line came down is early too.

**Main fuse**, each second and phase. A connector *has to come down* if it draws, within what it was offered, more than its
floor. What it was offered is the lower of the offer in force and one that was written in the last `REPEAT_S` (who does not repeat an
offer that was lost did not lower it). Its floor is nothing for protocol 1, and 6 A for protocol 2, of which a master cannot
know whether it stops at 0 A, and for a car that began to draw less than `STARTED_S` ago. It is the fault of no master, but *excused*, if
none could reach the connector in the last seconds (`LOWERING_S`, and the time of rule 1): no port, a stall, no link, no power, deaf or mute, a second master, a
twin; or if the master started too recently for the time that the rule gives it.

1. *Above the fuse* (`fuse_broken_s`): the meter is honest, the phase has been above the fuse by more than `MARGIN` for longer
   than an interval of the meter, its lag and `LOWERING_S`, the cars draw more (within their offers, and above them if reports have
   shown it for `VISIBLE_S`) than there was room for in any second of this time, and a connector has to come down. So loads that
   exceed the fuse by themselves break nothing once the cars are at their floors, nor does each new load anew.
2. *Silent* (`silent_broken_s`): the newest value of the phase is older than `SILENT_S` and `LOWERING_S`, and a connector has to come down.
3. *Frozen* (`frozen_broken_s`): the meter repeats the value of the phase, and
   either the cars, within their offers, draw `STEP_A` more than what they were offered in sum when it froze (each counts with 6 A
   at least: a car has to begin somewhere),
   or a connector has to come down `STEP_SEEN_S` after the first change of the offers that changed the draws by `STEP_A`, or
   `UNCHANGED_SEEN_S` after the first one had to, without such a change, and `LOWERING_S`. It begins when the first repeated
   value is delivered: while no car draws, nobody can find out.
4. *Raised on full* (`raised_on_full`): an offer is written that is above the offer in force, and above the one when the reading was
   taken as far as the car drew it; with this rise on top, a phase of the car is above the fuse by every reading of the last `DECIDED_S` and
   the one before. 6 A to a car that draws is no raise, nor to one that stopped after its newest report: nobody knows yet. Nothing is counted without a car, nor without a value.
   A reading is corrected by what reports of the other connectors on the phase, taken later, have shown to the master; of
   those in the last `DECIDED_S` and the one before, the lowest counts. What one draws less than the reading contained of it is
   room, unless it was offered again since. What one draws more than the reading can have contained is not there any more; this counts
   only from the delivery, because a meter does not say how long it took. A fall or rise that no report has shown changes nothing.
   Each raise is still judged alone until reports show it: two at once, by one reading, may each take all of its room.

`LOWERING_S` is 2 s for the line and 5 s of IEC 61851. 1 to 4 are not judged without a fuse.

A fuse **trips** by a typical gG curve between the gates of IEC 60269: 1.42 times its rating for an hour, 3.4 times for 7 s,
9.6 times for 0.1 s, straight lines between them on logarithmic scales; what has not melted it cools with `COOLING_S`. A new one is put in. It is the master's
fault (`guilty_trips`) if the loads and what the cars drew within their offers would have been enough, while the meter was honest.
Beside a second master, only what the judged one wrote last counts as its offer: it has to be silent there, and cannot lower
what the other one offers.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp, inf, log

from tests.independent.audit import TOLERANCE_A, Audit, Reports
from tests.independent.connector import Connector
from tests.independent.drawn import DECIDED_S, Drawn
from tests.independent.house_specs import HouseSpec, Phases
from tests.independent.meter import Taken
from tests.independent.world import World

FLOOR_A = 6.0
MARGIN = 0.05
LOWERING_S = 7.0
REPEAT_S = 10.0
STARTED_S = 60.0
SILENT_S = 60.0
STEP_A = 3.0
STEP_SEEN_S = 120.0
UNCHANGED_SEEN_S = 300.0
CURVE = ((1.42, 3600.0), (3.4, 7.0), (9.6, 0.1))  # times the rating, seconds
COOLING_S = 600.0


def melting_s(ratio: float) -> float:
    """Return how long a fuse carries that many times its rating."""
    if ratio < CURVE[0][0]:
        return inf
    (low, low_s), (high, high_s) = CURVE[:2] if ratio < CURVE[1][0] else CURVE[1:]
    steepness = log(low_s / high_s) / log(high / low)
    return low_s * float((ratio / low) ** -steepness)


@dataclass(slots=True, eq=False)
class Outlet:
    """What the judge notes of one connector."""

    world: World
    unit: Connector
    reports: Reports
    reached_s: int = 0
    master_s: float = 0.0  # for how long there has been one
    charging_s: int = 0
    written_a: float = 0.0  # the newest offer on the wire
    within_a: float = 0.0  # drawn within the offer
    own_a: float = 0.0  # within what a second master did not offer
    held_a: float = 0.0  # and beyond it if that was seen
    has_to_come_down: bool = False
    drawn: Drawn = field(init=False)

    def __post_init__(self) -> None:
        """Follow its reports."""
        self.drawn = Drawn(self.unit, self.reports)

    def tick(self, written: tuple[float, float] | None, now: float) -> None:
        """Note one second; `written` is when and what was last offered on the wire."""
        unit = self.unit
        draw, second = unit.draw_a, unit.spec.protocol == 2
        self.master_s = self.world.reaches(unit, now)
        self.reached_s = self.reached_s + 1 if self.master_s else 0
        self.charging_s = self.charging_s + 1 if draw else 0
        offered = unit.offer.told_a
        if written:
            self.written_a = written[1]
            if now - written[0] <= REPEAT_S:
                offered = min(offered, written[1])
        self.drawn.tick(self.written_a, now)
        floor_a = FLOOR_A if second else 0.0
        self.within_a = within = min(draw, max(offered, floor_a))
        own_offer = written[1] if written else 0.0
        second_master = self.world.has_second_master(now)
        self.own_a = min(within, max(own_offer, floor_a)) if second_master else within
        self.held_a = min(draw, within + self.reports.sustained_a(now))
        floor = FLOOR_A if second or self.charging_s < STARTED_S else 0.0
        self.has_to_come_down = within > floor + TOLERANCE_A


@dataclass(frozen=True, slots=True)
class Freeze:
    """How it was when the meter froze, for one phase."""

    since: float  # when it was delivered
    allowed_a: float
    written_a: float
    drawn_a: float
    drawn_at: float = inf  # when the first connector had to come down
    stepped_at: float = inf


@dataclass(slots=True)
class Melting:
    """A fuse: how much of what melts it has come together."""

    heat: float = 0.0
    worst_heat: float = 0.0
    trips: int = 0

    def step(self, ratio: float) -> None:
        """Carry that many times the rating for a second."""
        melted = 1 / melting_s(ratio)
        self.heat = self.heat + melted if melted else self.heat * exp(-1 / COOLING_S)
        self.worst_heat = max(self.worst_heat, self.heat)
        if self.heat >= 1:
            self.heat, self.trips = 0.0, self.trips + 1


@dataclass(slots=True)
class Fuse:
    """One phase: what has been seen of it, and its fuse."""

    room: deque[float]  # for the cars, in the last seconds
    value_at: float = inf  # when the newest value was delivered
    honest_for: int = 0
    above_for: int = 0
    freeze: Freeze | None = None
    above_s: int = 0
    melting: Melting = field(default_factory=Melting)
    guilty: Melting = field(default_factory=Melting)


@dataclass(slots=True)
class Count:
    """Adds up the faults of one rule."""

    number: int = 0
    first: str = ""
    worst_a: float = 0.0

    def add(self, text: str, excess_a: float = 0.0) -> None:
        """Count one."""
        self.number += 1
        self.first = self.first or text
        self.worst_a = max(self.worst_a, excess_a)


class FuseAudit:
    """Judges by the rules of the main fuse."""

    def __init__(self, spec: HouseSpec, worlds: Sequence[World], lines: Audit) -> None:
        """Judge the masters of these worlds; `lines` is the audit of all of them."""
        self.fuse_a = spec.fuse_a or inf
        self.counts = {
            name: Count() for name in ("fuse", "silent", "frozen", "raised", "excused")
        }
        self.unstopped_s = 0
        self.worst_ratio = 0.0
        self.started_at = 0.0
        self._within_s = spec.meter.period_s + spec.meter.lag_s + LOWERING_S
        self.fuses = [Fuse(deque(maxlen=int(self._within_s) + 1)) for _ in range(3)]
        self._lines = lines
        self._readings: deque[tuple[float, Taken]] = deque()
        units = [(world, unit) for world in worlds for unit in world.connectors]
        self.outlets = [
            Outlet(world, unit, reports)
            for (world, unit), reports in zip(units, lines.reports, strict=True)
        ]
        lines.raised = self._judge_raise

    def start(self, now: float) -> None:
        """Begin to count the time."""
        self.started_at = now
        for fuse in self.fuses:
            fuse.value_at = now

    def delivered(self, taken: Taken, now: float) -> None:
        """Note a reading that the masters receive now."""
        self._readings.append((now, taken))
        for phase, fuse in enumerate(self.fuses):
            if taken.amps[phase] is None:
                continue
            fuse.value_at = now
            if phase not in taken.frozen:
                fuse.freeze = None
            elif not fuse.freeze:
                fuse.freeze = self._frozen(phase, now)

    def _frozen(self, phase: int, now: float) -> Freeze:
        on = self._on(phase)
        perhaps_on = [o for o in self.outlets if o in on or not o.unit.car]
        return Freeze(
            now,
            sum(
                max(outlet.unit.offer.told_a, outlet.unit.draw_a, FLOOR_A)
                for outlet in perhaps_on
            ),
            sum(outlet.written_a for outlet in on),
            sum(outlet.held_a for outlet in on),
        )

    def _on(self, phase: int) -> list[Outlet]:
        return [outlet for outlet in self.outlets if phase in outlet.unit.phases]

    def tick(self, now: float, loads: Phases, faulty: frozenset[int]) -> None:
        """Judge one second, with the amps of the loads and the phases of which the meter is wrong now."""
        for outlet in self.outlets:
            written = self._lines.wire.offered.get(outlet.unit.link.id)
            outlet.tick(written, now)
        for phase, fuse in enumerate(self.fuses):
            on = self._on(phase)
            total = loads[phase] + sum(outlet.unit.draw_a for outlet in on)
            allowed = self.fuse_a * (1 + MARGIN)
            fuse.room.append(allowed - loads[phase])
            fuse.above_for = fuse.above_for + 1 if total > allowed else 0
            fuse.honest_for = 0 if phase in faulty else fuse.honest_for + 1
            own = loads[phase] + sum(outlet.own_a for outlet in on)
            self._melt(fuse, total / self.fuse_a, own / self.fuse_a)
            if self.fuse_a < inf:
                where = f"{now - self.started_at:.0f} s: L{phase + 1} {total:.1f} A"
                self._judge(fuse, on, where, now)

    def _melt(self, fuse: Fuse, ratio: float, own: float) -> None:
        self.worst_ratio = max(self.worst_ratio, ratio)
        fuse.above_s += ratio > 1
        fuse.melting.step(abs(ratio))
        honest = fuse.honest_for > self._within_s
        fuse.guilty.step(min(abs(ratio), own) if honest else 0.0)

    def _judge(self, fuse: Fuse, on: list[Outlet], where: str, now: float) -> None:
        held = sum(outlet.held_a for outlet in on)
        if now - fuse.value_at > SILENT_S + LOWERING_S:
            self._accuse("silent", on, SILENT_S, where)
        elif fuse.freeze:
            self._judge_frozen(fuse, fuse.freeze, on, where, now)
        elif min(fuse.above_for, fuse.honest_for) > self._within_s:
            if held > max(fuse.room) + TOLERANCE_A:
                self._accuse("fuse", on, self._within_s, where)

    def _judge_frozen(
        self, fuse: Fuse, freeze: Freeze, on: list[Outlet], where: str, now: float
    ) -> None:
        written = sum(outlet.written_a for outlet in on)
        held = sum(outlet.held_a for outlet in on)
        changed = min(abs(written - freeze.written_a), abs(held - freeze.drawn_a))
        if changed > STEP_A - TOLERANCE_A and freeze.stepped_at == inf:
            freeze = fuse.freeze = replace(freeze, stepped_at=now)
        if any(outlet.has_to_come_down for outlet in on) and freeze.drawn_at == inf:
            freeze = fuse.freeze = replace(freeze, drawn_at=now)
        unchanged_until = freeze.drawn_at + UNCHANGED_SEEN_S
        deadline = min(unchanged_until, freeze.stepped_at + STEP_SEEN_S)
        if now > deadline + LOWERING_S:
            self._accuse("frozen", on, UNCHANGED_SEEN_S, where)
        elif held > freeze.allowed_a + STEP_A + TOLERANCE_A:
            self._accuse("frozen", on, 0.0, f"{where}, risen to {held:.1f} A")

    def _accuse(self, rule: str, on: list[Outlet], known_s: float, where: str) -> None:
        """Count a second in which the connectors on a phase should be at their floors, if one that is reached is not."""
        reached = self._reached(on, known_s)
        guilty = [outlet for outlet in reached if outlet.has_to_come_down]
        self.unstopped_s += known_s > 0 and any(map(_could_stop, reached))
        if guilty:
            drawn = {o.unit.link.id.hex(): round(o.unit.draw_a, 1) for o in guilty}
            self.counts[rule].add(f"{where}, above its floor {drawn}")
        elif any(outlet.has_to_come_down for outlet in on):
            self.counts["excused"].add(where)

    def _reached(self, on: list[Outlet], known_s: float) -> list[Outlet]:
        """Return the connectors that a master could have lowered in time."""
        return [
            outlet
            for outlet in on
            if outlet.reached_s > LOWERING_S + min(known_s, self._within_s)
            and outlet.master_s > known_s + LOWERING_S
        ]

    def _judge_raise(
        self, unit: Connector, before_a: float, offer_a: float, now: float
    ) -> None:
        readings = self._readings
        while len(readings) > 1 and readings[1][0] < now - DECIDED_S:
            readings.popleft()
        outlet = next(o for o in self.outlets if o.unit is unit)
        if unit.draw_a or outlet.drawn.shows_draw(now):
            before_a = max(before_a, FLOOR_A)
        excesses = [
            self._excess_a(reading, outlet, before_a, offer_a, now)
            for reading in readings
        ]
        excess_a = min(excesses, default=-inf)
        if excess_a > TOLERANCE_A:
            self.counts["raised"].add(
                f"{now - self.started_at:.0f} s: {unit.link.id.hex()} from"
                f" {before_a} to {offer_a} A by {readings[-1][1].amps}",
                excess_a,
            )

    def _excess_a(
        self,
        reading: tuple[float, Taken],
        outlet: Outlet,
        before_a: float,
        offer_a: float,
        now: float,
    ) -> float:
        """Return how far an offer takes one of its car's phases above the fuse, by that reading and the reports since."""
        taken = reading[1]
        rise_a = offer_a - max(before_a, outlet.drawn.at(taken.at).used_a)
        if rise_a <= 0:
            return -inf
        known = [
            value + self._change_a(phase, reading, outlet, now)
            for phase, value in enumerate(taken.amps)
            if phase in outlet.unit.phases and value is not None
        ]
        return max(known, default=-inf) + rise_a - self.fuse_a

    def _change_a(
        self, phase: int, reading: tuple[float, Taken], raised: Outlet, now: float
    ) -> float:
        """Return how much more the other connectors draw than the reading contains of them, as reports have shown it."""
        delivered_at, taken = reading
        offered = self._lines.wire.offered
        others = [outlet for outlet in self.outlets if outlet is not raised]
        changes = (
            other.drawn.change_a(
                phase,
                (taken.at, delivered_at),
                offered.get(other.unit.link.id, (now, 0.0))[1],
                now,
            )
            for other in others
        )
        return sum(changes)


def _could_stop(outlet: Outlet) -> bool:
    """Return whether a car charges at a protocol 2 connector that stops it at 0 A."""
    spec = outlet.unit.spec
    return spec.stops_at_zero and spec.protocol == 2 and outlet.held_a > TOLERANCE_A
