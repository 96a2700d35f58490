"""The world itself: it lets a sharing master pass and convicts a blind one."""

import asyncio
from collections.abc import Callable
from math import inf
import re

import pytest

from tests.independent import (
    CarSpec,
    ConnectorSpec,
    LineSpec,
    Verdict,
    World,
    random_world,
)
from tests.independent.car import Car
from tests.independent.naive import MASTER_ID, NaiveMaster, begun, judged, run
from tests.independent.wire import HEARTBEAT, complete, take


def quiet(limit_a: float = 48.0) -> World:
    """Three sound hungry cars that could take 96 A."""
    specs = [ConnectorSpec(protocol=protocol) for protocol in (1, 2, 2)]
    return World(1, limit_a, specs, LineSpec())


def pair(limit_a: float, first: CarSpec, line: LineSpec | None = None) -> World:
    """Two protocol 2 connectors, told apart by their ratings of 31 and 32 A; a sound car at the second."""
    specs = [ConnectorSpec((first,), rating_a=31.0), ConnectorSpec(rating_a=32.0)]
    return World(1, limit_a, specs, line or LineSpec())


def test_a_sharing_master_breaks_nothing_in_a_quiet_world() -> None:
    verdict = run(judged(quiet(), NaiveMaster(16.0), 1.0))
    assert verdict.hours == pytest.approx(1.0, abs=0.01)
    assert (verdict.over_limit_s, verdict.offered_broken_s, verdict.lost_links) == (
        0,
        0,
        0,
    )
    assert (verdict.frames_not_allowed, verdict.raised_early) == (0, 0)
    assert verdict.used_share > 0.85
    assert verdict.linked_share > 0.95


def test_a_blind_master_is_convicted() -> None:
    verdict = run(judged(quiet(), NaiveMaster(48.0), 1.0))
    assert verdict.broken_s > 3000
    assert verdict.offered_broken_s > 3000
    assert verdict.worst_a == pytest.approx(48.0)


def test_an_offer_above_the_rating_is_convicted() -> None:
    world = World(1, 80.0, [ConnectorSpec((CarSpec(48.0),))], LineSpec())
    verdict = run(judged(world, NaiveMaster(40.0), 0.1))
    assert verdict.broken_s == 0
    assert verdict.per_connector_broken_s[0] > 200


def test_a_seed_repeats() -> None:
    first, second = (
        run(judged(World(*random_world(3)), NaiveMaster(9.0), 0.3)) for _ in range(2)
    )
    assert first == second
    assert first != run(judged(World(*random_world(4)), NaiveMaster(9.0), 0.3))


@pytest.mark.long
def test_a_blind_master_breaks_most_random_worlds() -> None:
    verdicts = []
    for seed in range(10):
        world = World(*random_world(seed))
        verdicts.append(run(judged(world, NaiveMaster(world.limit_a), 1.0)))
    assert sum(verdict.broken_s > 0 for verdict in verdicts) >= 8


@pytest.mark.parametrize(("lowered_after_s", "guilty"), [(22, False), (inf, True)])
def test_others_have_to_make_up_for_a_disobedient_car(
    lowered_after_s: float, guilty: bool
) -> None:
    async def scenario() -> Verdict:
        world = pair(40.0, CarSpec(ignores_s=inf, odd_after_s=60))
        master = NaiveMaster(offers={31: 30, 32: 10})
        await begun(world, master, 200)
        master.offers = {31: 20, 32: 20}  # the first car ignores it and draws 29 A
        await asyncio.sleep(min(lowered_after_s, 60))
        master.offers = {31: 20, 32: 20 if guilty else 10}
        await asyncio.sleep(60)
        return world.verdict()

    verdict = run(scenario())
    assert verdict.over_limit_s > 15
    assert (verdict.broken_s > 0) is guilty
    if guilty:
        assert 25 <= verdict.over_limit_s - verdict.broken_s <= 40


def test_what_no_report_shows_is_not_the_masters_fault() -> None:
    async def scenario() -> Verdict:
        world = pair(40.0, CarSpec(ignores_s=inf, odd_after_s=60))
        master = NaiveMaster(offers={31: 30, 32: 10})
        await begun(world, master, 200)
        world.connectors[0].trouble.mute_until = inf
        master.offers = {31: 20, 32: 20}
        await asyncio.sleep(120)
        return world.verdict()

    verdict = run(scenario())
    assert verdict.over_limit_s > 100
    assert verdict.broken_s == 0


@pytest.mark.parametrize(("other_a", "kept"), [(6.0, False), (10.0, True)])
def test_a_car_that_alone_exceeds_the_limit_is_beyond_help(
    other_a: float, kept: bool
) -> None:
    master = NaiveMaster(10.0, {32.0: other_a})
    verdict = run(judged(pair(20.0, CarSpec(jumps_s=inf)), master, 0.2))
    assert verdict.broken_s == 0
    assert verdict.beyond_help_s > 500
    assert (verdict.kept_beside_s > 500) is kept


@pytest.mark.parametrize("stops", [True, False])
def test_two_cars_that_ignore_their_pilots_are_broken_limits_only_for_who_may_stop_them(
    stops: bool,
) -> None:
    specs = [ConnectorSpec((CarSpec(jumps_s=inf),), protocol=1) for _ in range(2)]
    world = World(1, 40.0, specs, LineSpec())
    if not stops:
        world.judge_without_stops()
    verdict = run(judged(world, NaiveMaster(10.0), 0.2))
    assert (verdict.broken_s > 500) is stops
    assert (verdict.beyond_help_s > 500) is not stops


def test_a_lowering_that_was_lost_counts_as_not_received() -> None:
    async def scenario() -> Verdict:
        world = pair(40.0, CarSpec())
        master = NaiveMaster(20.0)
        await begun(world, master, 120)
        world.connectors[0].trouble.deaf_until = asyncio.get_running_loop().time() + 20
        master.offers = {31: 8, 32: 32}
        await asyncio.sleep(120)
        return world.verdict()

    verdict = run(scenario())
    assert 10 <= verdict.offered_broken_s <= 16
    assert 5 <= verdict.broken_s <= 20


def test_a_twin_and_another_master_count_by_themselves() -> None:
    async def scenario() -> Verdict:
        world = World(
            1, 32.0, [ConnectorSpec(), ConnectorSpec()], LineSpec(foreign_s=600)
        )
        world.connectors[0].link.id = world.connectors[1].link.id
        return await judged(world, NaiveMaster(32.0), 1.0)

    verdict = run(scenario())
    assert verdict.broken_s == 0
    assert verdict.twins_s > 100
    assert verdict.foreign_s > 10
    assert verdict.beside_master > 10


@pytest.mark.parametrize(("starts_every_s", "is_counted"), [(4, False), (60, True)])
def test_a_master_that_has_just_started_cannot_know_of_another_one(
    starts_every_s: float, is_counted: bool
) -> None:
    async def scenario() -> Verdict:
        world = World(1, 32.0, [ConnectorSpec()], LineSpec(foreign_s=600))
        await begun(world, NaiveMaster(16.0), 0)
        for _ in range(3600 // starts_every_s):
            world.master_started()
            await asyncio.sleep(starts_every_s)
        return world.verdict()

    assert (run(scenario()).beside_master > 0) is is_counted


async def shifted(
    wait_s: float,
    line: LineSpec | None = None,
    trouble: Callable[[World], None] = lambda world: None,
    first: CarSpec | None = None,
) -> Verdict:
    """Return the verdict on a master that takes 12 A from one connector and gives them to the other after a while."""
    world, master = pair(40.0, first or CarSpec(), line), NaiveMaster(20.0)
    await begun(world, master, 120)
    trouble(world)
    master.offers = {31: 8, 32: 20}
    await asyncio.sleep(wait_s)
    master.offers = {31: 8, 32: 32}
    await asyncio.sleep(60)
    return world.verdict()


def _share_an_id(world: World) -> None:
    world.connectors[0].link.id = world.connectors[1].link.id


def _deafen(world: World) -> None:
    now = asyncio.get_running_loop().time()
    world.connectors[0].trouble.deaf_until = now + 20


def _mute(world: World) -> None:
    world.connectors[0].trouble.mute_until = inf


@pytest.mark.parametrize("wait_s", [0, 4])
def test_a_raise_before_the_others_came_down_is_convicted(wait_s: float) -> None:
    verdict = run(shifted(wait_s))
    assert verdict.broken_s == 0
    assert verdict.raised_early == 1
    assert verdict.raised_early_worst_a == pytest.approx(12.0)
    assert re.fullmatch(
        r"12\d s: [0-9a-f]{4} to 32.0 A beside {'[0-9a-f]{4}': 20.0}",
        verdict.first_raised_early,
    )


def test_a_raise_after_the_others_came_down_is_not_early() -> None:
    slow = CarSpec(reaction_s=5.0, fall_a_s=5.0)
    assert run(shifted(7 + 5, first=slow)).raised_early == 0


def test_a_raise_beside_a_lowering_that_was_lost_is_early() -> None:
    assert run(shifted(15, trouble=_deafen)).raised_early_worst_a == pytest.approx(12.0)


@pytest.mark.parametrize(("mute", "early"), [(False, 1), (True, 0)])
def test_a_raise_beside_a_reported_disobedience_is_early(
    mute: bool, early: int
) -> None:
    disobedient = CarSpec(ignores_s=inf)
    trouble = _mute if mute else lambda world: None
    verdict = run(shifted(10, trouble=trouble, first=disobedient))
    assert verdict.raised_early == early
    assert verdict.raised_early_worst_a == pytest.approx(11.0 * early)


def test_no_raise_is_early_beside_another_master_or_twins() -> None:
    assert run(shifted(0, LineSpec(foreign_s=1.0))).raised_early == 0
    assert run(shifted(0, trouble=_share_an_id)).raised_early == 0


@pytest.mark.parametrize(("absent_s", "early"), [(10, 1), (70, 0)])
def test_a_master_that_was_killed_has_to_search(absent_s: float, early: int) -> None:
    async def scenario() -> Verdict:
        world = pair(40.0, CarSpec())
        world.start()
        world.open_port(NaiveMaster(20.0))
        await asyncio.sleep(120)
        world.connectors[0].trouble.mute_until = inf
        world.drop_port()
        await asyncio.sleep(absent_s)
        world.connectors[1].link.master = b""
        world.open_port(NaiveMaster(40.0))  # hears the second connector alone
        await asyncio.sleep(20)
        return world.verdict()

    verdict = run(scenario())
    assert verdict.raised_early == early
    assert verdict.raised_early_worst_a == pytest.approx(20.0 * early)


def test_a_connector_that_the_master_never_addressed_counts_only_at_first() -> None:
    async def scenario() -> Verdict:
        first = ConnectorSpec(rating_a=31.0, stop_after_s=inf)
        world = World(1, 40.0, [first, ConnectorSpec()], LineSpec())
        await begun(world, NaiveMaster(20.0), 120)
        world.connectors[0].trouble.mute_until = inf
        world.drop_port()
        await asyncio.sleep(40)
        master = NaiveMaster(0.0)
        world.open_port(master)
        await asyncio.sleep(61)
        master.offer_a = 40.0
        await asyncio.sleep(20)
        return world.verdict()

    assert run(scenario()).raised_early == 0


def test_an_offer_to_a_connector_that_was_without_power_is_a_raise() -> None:
    async def scenario() -> Verdict:
        world, master = pair(40.0, CarSpec()), NaiveMaster(20.0)
        await begun(world, master, 120)
        first = world.connectors[0]
        now = asyncio.get_running_loop().time()
        first.offer.lose(keeps=False, now=now)
        first.trouble.unpowered_until = now + 60
        master.silent = True
        await asyncio.sleep(6)
        master.offers, master.silent = {31: 0, 32: 40}, False
        await asyncio.sleep(60)
        assert not world.verdict().raised_early
        master.offers = {}
        await asyncio.sleep(60)
        return world.verdict()

    assert run(scenario()).raised_early == 1


@pytest.mark.parametrize(
    ("wait_s", "offer_a", "early"), [(2, 14, 0), (20, 14, 0), (2, 20, 1), (30, 14, 1)]
)
def test_a_lowering_that_a_connector_without_power_misses_is_no_raise(
    wait_s: float, offer_a: float, early: int
) -> None:
    async def scenario() -> Verdict:
        world, master = pair(40.0, CarSpec()), NaiveMaster(20.0)
        await begun(world, master, 120)
        first, second = world.connectors
        assert second.car
        second.car.spec = CarSpec(over_a=8.0)
        master.offers = {31: None}
        await asyncio.sleep(6)
        now = asyncio.get_running_loop().time()
        first.offer.lose(keeps=False, now=now)
        first.trouble.unpowered_until = now + 60
        await asyncio.sleep(wait_s)
        master.offers = {31: offer_a}
        await asyncio.sleep(1)
        return world.verdict()

    assert run(scenario()).raised_early == early


@pytest.mark.parametrize(
    "head",
    [
        "fbe8 1122 3344",
        "fc19 1122",
        "fbe0 1122 3344 02",
        "fbe0 1123 3344 05 0640",
        "fde0 1122 3344",
    ],
)
def test_frames_that_must_not_be_sent_are_counted(head: str) -> None:
    async def scenario() -> Verdict:
        world, master = quiet(), NaiveMaster(16.0)
        await begun(world, master, 5)
        master.send(complete(bytes.fromhex(head), 16))
        return world.verdict()

    verdict = run(scenario())
    assert verdict.frames_not_allowed == 1
    assert bytes.fromhex(head).hex() in verdict.first_not_allowed


def test_a_connector_without_a_master_stops_its_car_and_comes_back() -> None:
    async def scenario() -> tuple[list[bool], Verdict]:
        world, master = quiet(), NaiveMaster(16.0)
        world.start()
        world.open_port(master)
        drawing = []
        for silent, seconds in ((False, 60), (True, 15), (True, 20), (False, 60)):
            master.silent = silent
            await asyncio.sleep(seconds)
            drawing.append(all(car.drawing_a > 0 for car in world.cars))
        return drawing, world.verdict()

    drawing, verdict = run(scenario())
    assert drawing == [True, True, False, True]
    assert verdict.lost_links == 3


def test_protocol_2_does_not_stop_at_0_a() -> None:
    async def scenario() -> list[float]:
        world, master = quiet(), NaiveMaster(16.0)
        await begun(world, master, 60)
        master.offer_a = 0.0
        await asyncio.sleep(20)
        return [car.drawing_a for car in world.cars]

    assert run(scenario()) == [0.0, 5.0, 5.0]


def test_a_stalled_port_delivers_late_and_a_dropped_one_is_lost() -> None:
    async def scenario() -> None:
        world, master = quiet(), NaiveMaster(16.0)
        await begun(world, master, 30)
        world.stall_port(5)
        master.received.clear()
        world.open_port(NaiveMaster())  # another adapter, which is heard on the line
        await asyncio.sleep(4.9)
        assert not master.received
        await asyncio.sleep(0.2)
        assert master.received
        world.drop_port()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert isinstance(master.lost[0], OSError)
        assert master.port.is_closing()

    run(scenario())


def test_frames_that_overlap_are_garbled() -> None:
    async def scenario() -> None:
        world, first, second = quiet(), NaiveMaster(), NaiveMaster()
        first.silent = second.silent = True
        for master in (first, second):
            world.open_port(master)
        await asyncio.sleep(5)
        first.received.clear()
        frame = complete(HEARTBEAT + MASTER_ID, 16)
        second.send(frame)
        await asyncio.sleep(1)
        assert [body for body, _ in take(bytearray(first.received.pop()))] == [frame]
        first.send(frame)
        second.send(frame)
        await asyncio.sleep(1)
        assert frame not in b"".join(first.received)

    run(scenario())


def test_a_car_obeys_a_lower_pilot_within_its_reaction() -> None:
    car = Car(CarSpec(ramp_a_s=5.0, reaction_s=4.0, wake_s=0.0))
    for _ in range(20):
        car.step(32.0, closed=True)
    assert car.draw_a == 31.0
    draws = []
    for _ in range(8):
        car.step(10.0, closed=True)
        draws.append(car.draw_a)
    assert draws == [31.0, 31.0, 31.0, 31.0, 21.0, 11.0, 9.0, 9.0]


def test_upheavals_depend_on_the_seed_alone() -> None:
    drawn = [
        [World(seed, 20.0, [], LineSpec()).next_upheaval() for _ in range(3)]
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
