"""The seam above the lines: one house with several worlds, its loads, its meter and its fuses."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from random import Random

from tests.independent.audit import Audit
from tests.independent.connector import Connector
from tests.independent.house_audit import FuseAudit
from tests.independent.house_specs import (
    FaultKind,
    HouseSpec,
    HouseVerdict,
    Phases,
    Reading,
)
from tests.independent.meter import Loads, Meter, Taken
from tests.independent.world import World

UNDER_WAY_S = 1e-3  # the house comes after its lines in every second


def _ignore(reading: Reading) -> None:
    """Ignore a reading."""


def _hungry(units: Iterable[Connector]) -> Iterator[tuple[Connector, float]]:
    """Yield the connectors whose car wants energy, with the most A that car and connector take."""
    for unit in units:
        if unit.car and unit.car.wants_energy:
            yield unit, min(unit.car.spec.onboard_a, unit.spec.rating_a)


class House:
    """Several lines behind one circuit and one main fuse, on the running event loop; the seed decides everything random.

    A one-phase car draws on the phase of the house that is wired to the first terminal of its connector
    (`ConnectorSpec.first_phase`), every other car the same current on all three. The house knows nothing of masters: they open
    the ports of the worlds, and receive what is published by `on_reading`.
    """

    def __init__(self, seed: int, worlds: Sequence[World], spec: HouseSpec) -> None:
        """Build it; nothing happens before `start`."""
        rng = Random(f"house {seed}")
        self.worlds = tuple(worlds)
        self.spec = spec
        self.on_reading: Callable[[Reading], None] = _ignore
        self.loads = Loads(spec, rng)
        self._meter = Meter(spec.meter, rng, self._deliver_at)
        connectors = [unit for world in worlds for unit in world.connectors]
        self._circuit = Audit(spec.circuit_a or inf, connectors)
        for world in worlds:
            world.join(self._circuit)
        self._fuse = FuseAudit(spec, worlds, self._circuit)
        self._readings = 0
        self._seconds = 0
        self._used = self._usable = 0.0
        self._next_tick: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Switch on the house and its lines."""
        now = asyncio.get_running_loop().time()
        self._meter.started_at = now
        self._fuse.start(now)
        for world in self.worlds:
            world.start()
        self._schedule(now + 1.0)

    def stop(self) -> None:
        """End it and its lines; the verdict stays."""
        for world in self.worlds:
            world.stop()
        if self._next_tick:
            self._next_tick.cancel()

    def _schedule(self, due: float) -> None:
        self._next_tick = asyncio.get_running_loop().call_at(
            due + UNDER_WAY_S, self._tick, due
        )

    def _tick(self, now: float) -> None:
        self._schedule(now + 1.0)
        self._seconds += 1
        loads = self.loads.step()
        total = list(loads)
        for world in self.worlds:
            for unit in world.connectors:
                for phase in unit.phases:
                    total[phase] += unit.draw_a
        self._circuit.tick(now)
        faulty = frozenset[int]().union(
            *(self._meter.faulty(kind, now) for kind in FaultKind)
        )
        self._fuse.tick(now, loads, faulty)
        if not faulty:
            self._count_use(loads)
        self._meter.tick(now, (total[0], total[1], total[2]))

    def _count_use(self, loads: Phases) -> None:
        """Add what is used, and what could be if each car in turn took as much as it can."""
        fuse = self.spec.fuse_a or inf
        rooms = [fuse - load for load in loads]
        circuit, used, usable = self.spec.circuit_a or inf, 0.0, 0.0
        for world in self.worlds:
            limit = world.limit_a
            for unit, own in _hungry(world.connectors):
                used += unit.draw_a
                room = min(rooms[phase] for phase in unit.phases)
                amps = min(own, limit, circuit, room)
                if amps < 6:
                    continue
                limit, circuit, usable = limit - amps, circuit - amps, usable + amps
                for phase in unit.phases:
                    rooms[phase] -= amps
        self._used += min(used, usable)
        self._usable += usable

    def _deliver_at(self, due: float, taken: Taken) -> None:
        asyncio.get_running_loop().call_at(due, self._deliver, taken)

    def _deliver(self, taken: Taken) -> None:
        now = asyncio.get_running_loop().time()
        self._readings += 1
        self._fuse.delivered(taken, now)
        self.on_reading(taken.reading(now))

    def verdict(self) -> HouseVerdict:
        """Return the judgement on the time so far."""
        audit = self._fuse
        counts = audit.counts
        above = [fuse.above_s for fuse in audit.fuses]
        return HouseVerdict(
            circuit=self._circuit.verdict() if self.spec.circuit_a else None,
            fuse_broken_s=counts["fuse"].number,
            first_fuse_broken=counts["fuse"].first,
            silent_broken_s=counts["silent"].number,
            first_silent_broken=counts["silent"].first,
            frozen_broken_s=counts["frozen"].number,
            first_frozen_broken=counts["frozen"].first,
            raised_on_full=counts["raised"].number,
            raised_on_full_worst_a=counts["raised"].worst_a,
            first_raised_on_full=counts["raised"].first,
            guilty_trips=sum(fuse.guilty.trips for fuse in audit.fuses),
            hours=self._seconds / 3600,
            trips=sum(fuse.melting.trips for fuse in audit.fuses),
            worst_heat=max(fuse.melting.worst_heat for fuse in audit.fuses),
            worst_ratio=audit.worst_ratio,
            above_s=(above[0], above[1], above[2]),
            excused_s=counts["excused"].number,
            unstopped_s=audit.unstopped_s,
            readings=self._readings,
            used_share=self._used / max(self._usable, 1),
        )
