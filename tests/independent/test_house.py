"""The house above the lines: it lets masters pass that keep its promises, and convicts those that do not."""

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from typing import override

import pytest

from tests.independent import (
    CarSpec,
    ConnectorSpec,
    FaultKind,
    HouseSpec,
    HouseVerdict,
    MeterFault,
)
from tests.independent.house_audit import melting_s
from tests.independent.naive import NaiveMaster
from tests.independent.stage import ONE_PHASE, Stage, after, fused, overloaded
from tests.independent.wire import HEARTBEAT, complete


def test_a_master_that_ignores_the_fuse_is_convicted() -> None:
    verdict = overloaded(fused(), 16.0)
    assert 180 <= verdict.fuse_broken_s <= 190
    assert verdict.faults.keys() == {"fuse_broken"}
    assert verdict.above_s[0] >= 199
    assert verdict.above_s[1:] == (0, 0)
    assert verdict.worst_ratio == pytest.approx(41 / 32, abs=0.05)
    assert "L1 4" in verdict.first_fuse_broken


@pytest.mark.parametrize(("wait_s", "guilty"), [(6, False), (10, False), (30, True)])
def test_a_master_that_lowers_in_time_breaks_nothing(
    wait_s: float, guilty: bool
) -> None:
    verdict = overloaded(fused(), 11.0, wait_s)
    assert (verdict.fuse_broken_s > 0) is guilty
    assert verdict.above_s[0] >= wait_s


@pytest.mark.parametrize(
    ("protocol", "then_a", "guilty"),
    [(2, 6.0, False), (2, 10.0, True), (1, 6.0, True), (1, 0.0, False)],
)
def test_loads_that_exceed_the_fuse_alone_break_nothing_beside_cars_at_their_floors(
    protocol: int, then_a: float, guilty: bool
) -> None:
    stage = fused(ConnectorSpec(protocol=protocol))
    verdict = overloaded(stage, then_a, extra_a=36.0)
    assert verdict.above_s[0] >= 190
    assert (verdict.fuse_broken_s > 100) is guilty
    assert bool(verdict.faults) is guilty


def test_a_unit_that_could_have_been_stopped_is_counted() -> None:
    stops = ConnectorSpec(stops_at_zero=True)
    verdict = overloaded(fused(stops), 6.0, extra_a=36.0)
    assert not verdict.faults
    assert verdict.unstopped_s > 100


def test_each_new_load_gives_the_master_new_time() -> None:
    async def play(stage: Stage) -> None:
        for extra_a, then_a in ((6.0, 13.0), (12.0, 10.0), (18.0, 7.0)):
            stage.house.loads.extra_a = (extra_a, 0.0, 0.0)
            await asyncio.sleep(7)
            stage.offer(then_a)
        await asyncio.sleep(100)

    verdict = after(fused(), play)
    assert verdict.above_s[0] > 20
    assert not verdict.faults


@pytest.mark.parametrize(("phase", "guilty"), [(0, True), (1, False)])
def test_a_one_phase_car_counts_on_its_own_phase(phase: int, guilty: bool) -> None:
    stage = fused(ConnectorSpec((ONE_PHASE,), first_phase=phase))
    verdict = overloaded(stage, 16.0, extra_a=36.0)
    assert bool(verdict.faults) is guilty


def test_what_no_master_could_reach_is_excused() -> None:
    async def play(stage: Stage) -> None:
        stage.house.worlds[0].drop_port()
        stage.house.loads.extra_a = (36.0, 0.0, 0.0)
        await asyncio.sleep(60)

    verdict = after(fused(ConnectorSpec(stop_after_s=50.0)), play)
    assert not verdict.faults
    assert 20 <= verdict.excused_s <= 45


class Forgetful(NaiveMaster):
    """Sends heartbeats without an offer once it is `done`."""

    done = False

    @override
    def send(self, body: bytes) -> None:
        if self.done and body[:2] == HEARTBEAT:
            body = complete(body[:6] + bytes(3), len(body))
        super().send(body)


@pytest.mark.parametrize("repeats", [False, True])
def test_a_lowering_that_was_lost_and_is_not_repeated_is_none(repeats: bool) -> None:
    stage, master = fused(ConnectorSpec()), Forgetful(16.0)
    stage.masters = [master]

    async def play(stage: Stage) -> None:
        unit = stage.house.worlds[0].connectors[0]
        stage.house.loads.extra_a = (36.0, 0.0, 0.0)
        unit.trouble.deaf_until = asyncio.get_running_loop().time() + 7
        stage.offer(6.0)
        await asyncio.sleep(5)
        master.done = not repeats
        await asyncio.sleep(60)

    assert (after(stage, play).fuse_broken_s > 20) is not repeats


def test_a_car_that_has_just_begun_keeps_its_minimum() -> None:
    async def play(stage: Stage) -> None:
        stage.offer(0.0)
        await asyncio.sleep(30)
        stage.offer(6.0)
        await asyncio.sleep(5)
        stage.house.loads.extra_a = (36.0, 0.0, 0.0)
        await asyncio.sleep(95)

    verdict = after(fused(ConnectorSpec(protocol=1)), play)
    assert 30 <= verdict.fuse_broken_s <= 45


@pytest.mark.parametrize(("other_a", "guilty"), [(6.0, False), (16.0, True)])
def test_the_others_come_down_beside_a_disobedient_car(
    other_a: float, guilty: bool
) -> None:
    async def play(stage: Stage) -> None:
        stage.masters[0].offers = {31.0: 6.0, 32.0: 16.0}
        await asyncio.sleep(20)
        stage.masters[0].offers = {31.0: 6.0, 32.0: other_a}
        await asyncio.sleep(100)

    jumps = CarSpec(jumps_s=inf, odd_after_s=180.0)
    stage = fused(ConnectorSpec((jumps,), rating_a=31.0), ConnectorSpec())
    verdict = after(stage, play)
    assert verdict.above_s[0] > 90
    assert (verdict.fuse_broken_s > 50) is guilty


def silenced(
    kind: FaultKind, lowered_after_s: float, *specs: ConnectorSpec
) -> HouseVerdict:
    """Return the verdict on a master that goes to its floor a while after L2, or all, became silent."""
    fault = MeterFault(kind, 180.0, 300.0, (1,))

    async def play(stage: Stage) -> None:
        await asyncio.sleep(min(lowered_after_s, 300.0))
        stage.offer(6.0 if lowered_after_s < 300 else 16.0)
        await asyncio.sleep(max(10.0, 310.0 - lowered_after_s))
        stage.offer(16.0)
        await asyncio.sleep(100)

    return after(fused(*specs, faults=(fault,)), play)


@pytest.mark.parametrize("kind", [FaultKind.ABSENT, FaultKind.UNKNOWN])
@pytest.mark.parametrize(
    ("lowered_after_s", "broken_s"), [(60, 0), (100, 34), (inf, 239)]
)
def test_a_silent_meter_takes_the_cars_to_their_floors(
    kind: FaultKind, lowered_after_s: float, broken_s: int
) -> None:
    verdict = silenced(kind, lowered_after_s)
    phases = 3 if kind is FaultKind.ABSENT else 1
    assert verdict.silent_broken_s / phases == pytest.approx(broken_s, abs=8)
    assert verdict.faults.keys() == ({"silent_broken"} if broken_s else set())


@pytest.mark.parametrize(("phase", "guilty"), [(1, True), (2, False)])
def test_only_the_silent_phase_counts(phase: int, guilty: bool) -> None:
    spec = ConnectorSpec((ONE_PHASE,), first_phase=phase)
    assert bool(silenced(FaultKind.UNKNOWN, inf, spec).faults) is guilty


FROZEN = MeterFault(FaultKind.FROZEN, 180.0)


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        # After 200 s to the floor: nothing was stepped, or the step is seen in time.
        (((200, 6.0),), ""),
        (((20, 18.0), (110, 6.0)), ""),
        (((20, 17.0), (250, 6.0)), ""),
        # A rise in sum of 3 A, then one of 8 A.
        (((20, 17.5), (60, 20.0), (60, 6.0)), "risen to 37"),
        # A step that is not seen in time, and none.
        (((20, 18.0), (200, 6.0)), "above its floor"),
        (((20, 12.0), (200, 6.0)), "above its floor"),
        (((400, 6.0),), "above its floor"),
    ],
)
def test_a_frozen_meter_is_found(
    steps: tuple[tuple[float, float], ...], text: str
) -> None:
    async def play(stage: Stage) -> None:
        for wait_s, offer_a in steps:
            await asyncio.sleep(wait_s)
            stage.offer(offer_a)
        await asyncio.sleep(400)

    verdict = after(fused(faults=(FROZEN,), fuse_a=63.0), play)
    assert (verdict.frozen_broken_s > 5) is bool(text)
    assert text in verdict.first_frozen_broken
    assert verdict.faults.keys() == ({"frozen_broken"} if text else set())


@pytest.mark.parametrize(
    ("risen_a", "risen_s", "guilty"),
    [(9.0, 110, False), (9.0, 200, True), (8.0, 290, False), (8.0, 330, True)],
)
def test_a_meter_that_froze_while_nobody_could_notice_is_found_by_the_next_rise(
    risen_a: float, risen_s: float, guilty: bool
) -> None:
    async def play(stage: Stage) -> None:
        stage.offer(6.0)
        await asyncio.sleep(900)
        stage.offer(risen_a)
        await asyncio.sleep(risen_s)
        stage.offer(6.0)
        await asyncio.sleep(100)

    fault = MeterFault(FaultKind.FROZEN, 240.0)
    verdict = after(fused(ConnectorSpec(), faults=(fault,)), play)
    assert verdict.faults.keys() == ({"frozen_broken"} if guilty else set())


@pytest.mark.parametrize(
    ("extra_a", "wait_s", "raised"), [(0.0, 20, 0), (5.0, 20, 2), (5.0, 2, 0)]
)
def test_a_raise_on_a_full_phase_is_counted(
    extra_a: float, wait_s: float, raised: int
) -> None:
    async def play(stage: Stage) -> None:
        stage.house.loads.extra_a = (0.0, extra_a, 0.0)
        await asyncio.sleep(wait_s)
        stage.offer(18.0)
        await asyncio.sleep(3)
        stage.offer(16.0)
        await asyncio.sleep(60)

    verdict = after(fused(fuse_a=35.0), play)
    assert verdict.raised_on_full == raised
    assert verdict.raised_on_full_worst_a == pytest.approx(3.0 * (raised > 0), abs=1.0)
    assert verdict.fuse_broken_s == 0


def test_a_raise_to_what_the_reading_had_seen_is_none() -> None:
    async def play(stage: Stage) -> None:
        stage.house.loads.extra_a = (4.0, 0.0, 0.0)
        await asyncio.sleep(10)
        stage.offer(15.0)
        await asyncio.sleep(3)
        stage.offer(16.0)
        await asyncio.sleep(30)

    assert after(fused(fuse_a=35.0), play).raised_on_full == 0


@pytest.mark.parametrize(("extra_a", "trips"), [(10.0, 0), (40.0, 1)])
def test_a_fuse_trips(extra_a: float, trips: int) -> None:
    verdict = overloaded(fused(), 16.0, extra_a=extra_a)
    assert (verdict.trips, verdict.guilty_trips) == (trips, trips)
    assert (verdict.worst_heat >= 1) is bool(trips)


@pytest.mark.parametrize(
    ("car", "faults"),
    [
        (CarSpec(48.0, jumps_s=inf, odd_after_s=180.0), ()),
        (CarSpec(), (MeterFault(FaultKind.FROZEN, 170.0),)),
    ],
)
def test_a_fuse_trips_without_the_masters_fault(
    car: CarSpec, faults: tuple[MeterFault, ...]
) -> None:
    async def play(stage: Stage) -> None:
        stage.house.loads.extra_a = (20.0, 0.0, 0.0)
        stage.offer(6.0 if car.jumps_s else 32.0)
        await asyncio.sleep(300)

    stage = fused(
        ConnectorSpec((car,), rating_a=48.0),
        ConnectorSpec(),
        faults=faults,
        fuse_a=33.0,
    )
    verdict = after(stage, play)
    assert verdict.trips > 0
    assert verdict.guilty_trips == 0


def test_a_fuse_carries_its_curve() -> None:
    assert melting_s(1.4) == inf
    assert melting_s(1.42) == pytest.approx(3600)
    assert melting_s(3.4) == pytest.approx(7)
    assert melting_s(9.6) == pytest.approx(0.1)
    assert 250 < melting_s(2.0) < 350


def circuit(play: Callable[[Stage], Awaitable[None]]) -> HouseVerdict:
    """Return the verdict on two lines of one connector each behind a circuit of 32 A; neither line exceeds its own limit."""
    one_phase = [ConnectorSpec((ONE_PHASE,), first_phase=phase) for phase in (0, 1)]
    stage = Stage(HouseSpec(circuit_a=32.0), one_phase[:1], one_phase[1:])
    verdict = after(stage, play)
    for world in stage.house.worlds:
        own = world.verdict()
        assert (own.broken_s, own.offered_broken_s, own.raised_early) == (0, 0, 0)
    return verdict


def test_a_naive_circuit_is_convicted() -> None:
    async def play(stage: Stage) -> None:
        stage.offer(24.0, 16.0)
        await asyncio.sleep(100)

    verdict = circuit(play)
    assert verdict.circuit
    assert verdict.circuit.broken_s > 80
    assert verdict.circuit.offered_broken_s > 80
    assert verdict.circuit.raised_early == 1


@pytest.mark.parametrize(("wait_s", "early"), [(0, 1), (4, 1), (9, 0)])
def test_a_line_rises_after_the_other_came_down(wait_s: float, early: int) -> None:
    async def play(stage: Stage) -> None:
        stage.offer(8.0, 16.0)
        await asyncio.sleep(wait_s)
        stage.offer(8.0, 24.0)
        await asyncio.sleep(60)

    verdict = circuit(play)
    assert verdict.circuit
    assert verdict.circuit.raised_early == early
    assert verdict.circuit.broken_s == 0
    assert bool(verdict.faults) is bool(early)


@pytest.mark.parametrize(("wait_s", "early"), [(15, 1), (45, 0)])
def test_a_line_whose_master_is_away_counts_until_its_cars_stopped(
    wait_s: float, early: int
) -> None:
    async def play(stage: Stage) -> None:
        stage.house.worlds[0].drop_port()
        await asyncio.sleep(wait_s)
        stage.offer(16.0, 30.0)
        await asyncio.sleep(60)

    verdict = circuit(play)
    assert verdict.circuit
    assert verdict.circuit.raised_early == early
    assert (verdict.circuit.offered_broken_s > 5) is bool(early)


@pytest.mark.parametrize(("absent_s", "early"), [(2, 1), (32, 0)])
def test_a_master_that_restarts_alone_counts_the_other_line(
    absent_s: float, early: int
) -> None:
    async def play(stage: Stage) -> None:
        for world in stage.house.worlds:
            world.drop_port()
        await asyncio.sleep(absent_s)
        stage.masters[1] = NaiveMaster(24.0)
        stage.house.worlds[1].open_port(stage.masters[1])
        await asyncio.sleep(60)

    # Links are lost after 26 s, cars are stopped after 30 s.
    verdict = circuit(play)
    assert verdict.circuit
    assert verdict.circuit.raised_early == early
