"""Whether connectors and cars do what they are sent: what is learned of them, and what must not set it off."""

import asyncio
from collections.abc import Callable
from itertools import chain, count, repeat
from random import Random
from typing import override

import pytest

from custom_components.twc_manager.twc import BusProblem, Obedience
from custom_components.twc_manager.twc.conduct import (
    DISOBEYS_SECONDS,
    SUM_SECONDS,
    Conduct,
)
from custom_components.twc_manager.twc.contact import (
    FALLBACK_SECONDS,
    HELD_BACK_SECONDS,
)
from simulator import Car, Peak, WallConnector

from .scene import Scenario, Scene, play
from .test_guard import A, B, Bench


class Stubborn(Car):
    """A car that takes what it likes as long as it is offered anything, from a moment on."""

    likes: float | None = None

    @override
    def aim(self) -> float:
        return super().aim() if self.likes is None else self.likes


class Ride:
    """One connector under one car, second by second."""

    def __init__(self) -> None:
        self.conduct = Conduct()
        self.now = 0.0

    def go(
        self, offer: float, drawn: float | Callable[[], float], seconds: int
    ) -> None:
        for _ in range(seconds):
            self.conduct.reported(
                offer, drawn() if callable(drawn) else drawn, self.now
            )
            self.now += 1


def jitter(mean: float, amps: float = 0.3, seed: int = 1) -> Callable[[], float]:
    dice = Random(seed)
    return lambda: mean + dice.uniform(-amps, amps)


def test_a_connector_that_never_falls_disobeys_after_fifteen_seconds() -> None:
    ride = Ride()
    ride.go(40.0, 39.2, 30)
    ride.go(16.0, 39.2, int(DISOBEYS_SECONDS))
    assert ride.conduct.obedience is Obedience.OBEYS
    ride.go(16.0, 39.2, 2)
    assert ride.conduct.obedience is Obedience.DISOBEYS


def test_one_that_follows_again_for_fifteen_seconds_obeys_again() -> None:
    ride = Ride()
    ride.go(16.0, 39.2, 20)
    assert ride.conduct.obedience is Obedience.DISOBEYS
    ride.go(16.0, 15.2, int(DISOBEYS_SECONDS))
    assert ride.conduct.obedience is Obedience.DISOBEYS
    ride.go(16.0, 15.2, 2)
    assert ride.conduct.obedience is Obedience.OBEYS


def test_a_car_that_ramps_by_a_fifth_of_an_ampere_obeys() -> None:
    ride = Ride()
    drawn = 47.2
    ride.go(48.0, drawn, 30)
    noise = jitter(0.0)
    while drawn > 6:
        ride.go(6.0, drawn + noise(), 1)
        drawn -= 0.2
        assert ride.conduct.obedience is Obedience.OBEYS
    assert ride.conduct.excess == 0


def test_a_car_that_reacts_after_five_seconds_obeys() -> None:
    ride = Ride()
    drawn = 31.2
    for offer in (32.0, 30.0, 27.0, 20.0, 12.0, 6.0, 20.0, 6.0) * 5:
        ride.go(offer, drawn, 5)
        drawn = offer - 0.8
        ride.go(offer, drawn, 7)
        assert ride.conduct.obedience is Obedience.OBEYS
    assert ride.conduct.excess == 0


def test_a_car_that_is_lowered_while_it_rises_obeys() -> None:
    """It goes on rising to the offer before for its reaction, and is then a while above where it was."""
    ride = Ride()
    draws = chain(range(14, 20), count(19.0, -0.3))
    ride.go(32.0, lambda: next(draws), 1)
    while (drawn := next(draws)) > 8:
        ride.go(8.0, drawn, 1)
        assert ride.conduct.obedience is Obedience.OBEYS


def test_a_connector_that_rises_and_stays_disobeys_after_fifteen_seconds() -> None:
    ride = Ride()
    draws = chain(range(14, 40), repeat(40.0))
    ride.go(8.0, lambda: next(draws), int(DISOBEYS_SECONDS) + 1)
    assert ride.conduct.obedience is Obedience.DISOBEYS


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ramp_down", [0.2, 0.5, 1.0])
def test_a_car_within_the_standard_is_never_taken_to_disobey(
    seed: int, ramp_down: float
) -> None:
    """Every such half hour had a false alarm: an offer fell while the car was still rising."""
    dice = Random(seed)
    ride = Ride()
    car = Car(onboard_limit=48, ramp_down=ramp_down, reaction_s=5.0)
    car.plugged_in()
    for _ in range(200):
        offer = float(dice.choice([6, 8, 10, 12, 16, 20, 24, 32]))
        for _ in range(dice.choice([5, 6, 8, 10, 15, 30])):
            car.offered(offer, ride.now, 21.0)
            before = car.drawn
            car.advance(ride.now, ride.now + 1)
            ride.go(offer, min(before, car.drawn), 1)
            assert ride.conduct.obedience is not Obedience.DISOBEYS


@pytest.mark.parametrize(
    ("offer", "drawn"), [(0.0, 6.0), (0.0, 5.2), (6.0, 7.0), (40.0, 42.0)]
)
def test_a_draw_a_little_above_the_offer_is_no_disobedience(
    offer: float, drawn: float
) -> None:
    """A car of protocol 2 goes on at 6 A when it is sent 0 A."""
    ride = Ride()
    ride.go(offer, drawn, 120)
    assert ride.conduct.obedience is not Obedience.DISOBEYS


def test_a_draw_of_16_a_at_an_offer_of_none_is_disobedience() -> None:
    ride = Ride()
    ride.go(0.0, 16.0, 20)
    assert ride.conduct.obedience is Obedience.DISOBEYS


@pytest.mark.parametrize("seed", range(20))
def test_jitter_is_no_excess(seed: int) -> None:
    ride = Ride()
    ride.go(16.0, jitter(16.0, seed=seed), 600)
    assert ride.conduct.obedience is Obedience.OBEYS


@pytest.mark.parametrize("seed", range(20))
def test_one_ampere_more_is_learned_through_jitter_and_stays_the_same(
    seed: int,
) -> None:
    ride = Ride()
    ride.go(20.0, jitter(21.0, seed=seed), 25)
    noise = jitter(1.0, seed=seed + 100)
    seen = set()
    for offer in (20.0, 19.0, 12.0, 20.0):
        for _ in range(40):
            ride.go(offer, offer + noise(), 1)
            seen.add((ride.conduct.obedience, ride.conduct.excess))
    assert seen == {(Obedience.EXCEEDS, 1.0)}


def test_a_large_excess_is_learned_of_a_car_that_follows() -> None:
    ride = Ride()
    ride.go(24.0, 28.0, 12)
    ride.go(20.0, 24.0, 12)
    assert ride.conduct.obedience is Obedience.EXCEEDS
    assert ride.conduct.excess == 4
    ride.go(10.0, 14.0, 60)
    assert ride.conduct.obedience is Obedience.EXCEEDS


def test_a_single_sample_teaches_nothing() -> None:
    ride = Ride()
    ride.go(20.0, 21.0, 12)
    ride.go(20.0, 19.2, 120)
    assert ride.conduct.excess == 0


def test_a_draw_within_the_offer_again_is_learned_too() -> None:
    ride = Ride()
    ride.go(20.0, 21.0, 30)
    assert ride.conduct.excess == 1
    ride.go(20.0, 5.0, 120)
    assert ride.conduct.excess == 1, "a car that tapers proves nothing"
    ride.go(20.0, 19.2, 30)
    assert ride.conduct.obedience is Obedience.OBEYS


# In sums


def run(bench: Bench, draws: Callable[[int, float], float], seconds: int) -> None:
    """Let two connectors draw what comes of their offers."""
    for _ in range(seconds):
        for connector_id in (A, B):
            offer = bench.send(connector_id)
            assert offer is not None
            bench.report(connector_id, offer, draws(connector_id, offer))
        bench.now += 1.0


def offers(bench: Bench) -> list[float]:
    return [bench.guard.standing(item) for item in (A, B)]


def wanting(amps: float, *, total: float = 40.0) -> Bench:
    bench = Bench(A, B, total=total, per_connector=total)
    bench.steering.want({A: amps, B: amps})
    return bench


@pytest.mark.parametrize("excess", [0.4, 1.0, 2.0, 4.0])
def test_cars_that_draw_more_are_lowered_until_the_measured_sum_holds(
    excess: float,
) -> None:
    bench = wanting(20.0)
    # They begin when both have their offers already.
    run(bench, lambda _, offer: offer - 1, 20)
    run(bench, lambda _, offer: offer + excess, 10)
    assert offers(bench) == [20.0, 20.0]
    run(bench, lambda _, offer: offer + excess, 5)
    assert bench.guard.sums.is_over
    seen = set()
    for _ in range(300):
        run(bench, lambda _, offer: offer + excess, 1)
        assert sum(offers(bench)) + 2 * excess < 40.5
        seen.add(tuple(offers(bench)))
    # It stays that way, without going up and down, and costs no more than it must.
    assert len(seen) <= 2
    assert sum(offers(bench)) + 2 * excess > 40 - 2
    assert not bench.guard.sums.is_over


def test_the_excess_is_forgotten_at_unplug() -> None:
    bench = wanting(20.0)
    run(bench, lambda _, offer: offer + 1, 60)
    assert offers(bench) == [19.0, 19.0]
    for connector_id in (A, B):
        bench.guard.unplugged(connector_id)
    run(bench, lambda _, offer: 0.0, 30)
    assert offers(bench) == [20.0, 20.0]


def test_at_six_amperes_one_is_stopped_rather_than_the_limit_broken() -> None:
    bench = wanting(6.0, total=12.0)
    run(bench, lambda _, offer: offer + 2 if offer else 0.0, 60)
    stopped, charging = sorted(offers(bench))
    assert stopped == 0.0
    assert charging >= 5.0


def ask(bench: Bench, wishes: dict[int, float], draws: dict[int, float]) -> None:
    """Let the cars draw as much more than they are offered as said, for a minute, after they got their offers."""
    bench.steering.want(wishes)
    run(bench, lambda _, offer: offer - 1, 20)
    assert offers(bench) == [wishes[A], wishes[B]]
    run(bench, lambda item, offer: offer + draws[item], 60)


def test_who_draws_more_than_it_is_offered_gives_way_by_that() -> None:
    bench = wanting(20.0)
    ask(bench, {A: 28.0, B: 12.0}, {A: 0.0, B: 2.0})
    assert offers(bench) == [28.0, 10.0]
    bench = wanting(20.0)
    ask(bench, {A: 28.0, B: 12.0}, {A: 1.0, B: 1.0})
    assert offers(bench) == [27.0, 11.0]


def test_at_its_minimum_another_one_gives_way() -> None:
    """No car is stopped for 0.8 A as long as there is another one."""
    bench = wanting(20.0, total=34.0)
    bench.guard.watched[B].minimum = 6.0
    ask(bench, {A: 28.0, B: 6.0}, {A: 0.0, B: 0.8})
    assert offers(bench) == [27.0, 6.0]


@pytest.mark.parametrize("seed", range(10))
def test_jitter_around_the_limit_lowers_nobody(seed: int) -> None:
    noise = jitter(0.0, seed=seed)
    bench = wanting(20.0)
    run(bench, lambda _, offer: offer + noise(), 600)
    assert offers(bench) == [20.0, 20.0]
    assert not bench.guard.sums.is_over


def test_cars_that_ramp_down_slowly_lower_nobody_further() -> None:
    """As after a restart with a lower limit: 60 A on 40 A, falling by 0.2 A/s each."""
    bench = Bench()
    for connector_id in (A, B):
        bench.guard.watch(connector_id, 40.0, bench.now)
    bench.steering.want({A: 20.0, B: 20.0})
    drawn = 30.0
    while drawn > 19:
        for connector_id in (A, B):
            offer = bench.send(connector_id)
            bench.report(connector_id, 30.0 if offer is None else offer, drawn)
        bench.now += 1.0
        drawn -= 0.2
        assert not bench.guard.sums.is_over
    assert offers(bench) == [20.0, 20.0]


def test_a_reaction_of_five_seconds_lowers_nobody_further() -> None:
    bench = wanting(20.0)
    run(bench, lambda _, offer: offer, 20)
    bench.steering.want({A: 10.0, B: 30.0})
    lowered = bench.now
    run(
        bench,
        lambda item, offer: (
            20.0 if bench.now < lowered + 5 else 10.0 if item == A else offer
        ),
        60,
    )
    assert offers(bench) == [10.0, 30.0]
    assert not bench.guard.sums.is_over


def test_a_report_of_noise_lowers_nobody() -> None:
    bench = wanting(20.0)
    for _ in range(30):
        run(bench, lambda _, offer: offer, 9)
        run(bench, lambda item, offer: 655.0 if item == A else offer, 1)
    assert offers(bench) == [20.0, 20.0]
    assert not bench.guard.sums.is_over


def test_a_sum_above_the_limit_for_less_than_ten_seconds_lowers_nobody() -> None:
    bench = wanting(20.0)
    for _ in range(20):
        run(bench, lambda _, offer: offer + 2, int(SUM_SECONDS) - 2)
        run(bench, lambda _, offer: offer - 1, 3)
    assert offers(bench) == [20.0, 20.0]


# On the bus


def two(*, jitter: float = 0.3) -> list[WallConnector]:
    twcs = [
        WallConnector(number, protocol=protocol, rating=80.0)
        for number, protocol in ((1, 1), (2, 2))
    ]
    for twc in twcs:
        twc.jitter = jitter
    return twcs


def drawn(twcs: list[WallConnector]) -> float:
    return sum(twc.drawn for twc in twcs)


@pytest.mark.parametrize("excess", [1.0, 4.0])
def test_cars_that_take_more_than_they_are_offered_stay_within_the_limit(
    excess: float,
) -> None:
    """The cars of an owner's case: 42 A, and 50 A to 54 A, to the end, and nothing reported it."""
    twcs = two()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48, shortfall=-excess))
        scene.offer({1: 20.0, 2: 20.0})
        await scene.until(lambda: drawn(twcs) > 40.5)
        assert await scene.until(lambda: drawn(twcs) < 40.5) < SUM_SECONDS + 5
        assert scene.snapshot.ceiling is not None
        assert BusProblem.OVER_LIMIT in scene.snapshot.problems
        for _ in range(300):
            await asyncio.sleep(1)
            assert drawn(twcs) < 40.5
        assert BusProblem.OVER_LIMIT not in scene.snapshot.problems
        assert {item.obedience for item in scene.snapshot.connectors} == {
            Obedience.EXCEEDS
        }
        assert {item.excess for item in scene.snapshot.connectors} == {excess}
        for twc in twcs:
            twc.unplug()
        await asyncio.sleep(60)
        assert {item.excess for item in scene.snapshot.connectors} == {0.0}

    overdrawn(scenario, *twcs)


def test_one_that_jumps_to_40_amperes_is_found_and_leaves_no_more_than_is_left() -> (
    None
):
    twcs = two()
    car = Stubborn(onboard_limit=48)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        twcs[0].plug_in(car)
        twcs[1].plug_in(Car(onboard_limit=48))
        scene.offer({1: 20.0, 2: 20.0})
        await asyncio.sleep(30)
        car.likes = 30.0
        twcs[0].refresh()
        await scene.until(lambda: twcs[0].drawn > 29)
        found = await scene.until(
            lambda: scene.state(twcs[0]).obedience is Obedience.DISOBEYS
        )
        assert DISOBEYS_SECONDS <= found < DISOBEYS_SECONDS + 5
        # All are lowered alike until it is known which one takes too much.
        assert 6 <= twcs[1].offered <= 10
        await scene.until(lambda: 9 <= twcs[1].offered <= 10, 10)
        car.likes = 38.0
        twcs[0].refresh()
        await asyncio.sleep(20)
        assert scene.state(twcs[1]).sent == 0.0
        assert scene.state(twcs[0]).possible >= 38
        assert BusProblem.OVER_LIMIT in scene.snapshot.problems
        car.likes = None
        twcs[0].refresh()
        await scene.until(lambda: scene.state(twcs[0]).obedience is Obedience.OBEYS, 60)
        await scene.until(lambda: [twc.offered for twc in twcs] == [20.0, 20.0], 60)
        assert BusProblem.OVER_LIMIT not in scene.snapshot.problems

    overdrawn(scenario, *twcs)


def overdrawn(scenario: Scenario, *twcs: WallConnector) -> None:
    """Play a scenario in which cars draw more than they are offered."""

    async def without_verdict(scene: Scene) -> None:
        await scenario(scene)
        safety = scene.bus.safety
        assert safety.offered.amps <= scene.limit
        assert safety.sent.amps <= scene.limit
        safety.drawn = safety.possible = Peak()
        safety.limit = None

    play(without_verdict, *twcs)


def test_the_snapshot_has_what_was_really_sent() -> None:
    twcs = two()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        assert all(item.sent is None for item in scene.snapshot.connectors)
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        scene.offer({1: 40.0, 2: 40.0})
        await asyncio.sleep(20)
        assert [item.sent for item in scene.snapshot.connectors] == [20.0, 20.0]
        assert [item.possible for item in scene.snapshot.connectors] == [20.0, 20.0]
        # What is on its way to one that loses it is sent all the same.
        scene.bus.faults.lose = 1.0
        scene.offer({1: 10.0, 2: 30.0})
        await asyncio.sleep(5)
        scene.bus.faults.lose = 0.0
        await scene.until(lambda: scene.state(twcs[0]).sent == 10.0)
        assert scene.state(twcs[1]).sent == 20.0
        assert scene.state(twcs[0]).possible == 20.0

    play(scenario, *twcs)


def test_what_could_be_drawn_does_not_jitter_with_the_meter() -> None:
    twcs = two()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        scene.offer({1: 20.0, 2: 20.0})
        await asyncio.sleep(30)
        begin = len(scene.snapshots)
        await asyncio.sleep(120)
        later = [snapshot for _, snapshot in scene.snapshots[begin:]]
        assert len({item.possible for s in later for item in s.connectors}) == 1
        assert len({s.facts for s in later}) == 1

    play(scenario, *twcs)


def test_the_time_of_the_last_answer_goes_on_without_a_new_snapshot() -> None:
    twcs = two(jitter=0.0)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(60)
        begin = len(scene.snapshots)
        for _ in range(20):
            await asyncio.sleep(1)
            for item in scene.snapshot.connectors:
                assert item.heard_at is not None
                # Every third cycle, without a car.
                assert scene.now - item.heard_at < 3.5
        assert len(scene.snapshots) - begin <= 1

    play(scenario, *twcs)


async def replugged(scene: Scene, twcs: list[WallConnector]) -> None:
    """Plug the port in again, and see that the two cars share 40 A, however much they draw beyond their offers."""
    scene.port.memory.replug()
    for _ in range(120):
        await asyncio.sleep(1)
        assert drawn(twcs) < 40.5
    assert drawn(twcs) > 38


@pytest.mark.parametrize("away", [1, 15, 50])
def test_the_excess_is_still_known_after_the_port_was_away(away: int) -> None:
    """44 A flowed on 40 A for 21 s after a loss of 15 s, each time."""
    twcs = two()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48, shortfall=-4))
        scene.offer({1: 20.0, 2: 20.0})
        await asyncio.sleep(300)
        scene.port.memory.unplug()
        await asyncio.sleep(away)
        await replugged(scene, twcs)

    overdrawn(scenario, *twcs)


def test_the_excess_is_still_known_of_a_car_whose_connector_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first one reports no plug, and BUSY as if no car were there: 44 A flowed on 40 A."""
    monkeypatch.setattr("simulator.supply._BUSY_S", 2.5)
    twcs = two()
    for twc, stops_after in zip(twcs, (20.0, 30.0), strict=True):
        twc.lost_stop_s = (stops_after, stops_after)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48, shortfall=-4))
        scene.offer({1: 20.0, 2: 20.0})
        await asyncio.sleep(300)
        scene.port.memory.unplug()
        await asyncio.sleep(50)
        assert [twc.charging for twc in twcs] == [False, True]
        await replugged(scene, twcs)

    overdrawn(scenario, *twcs)


def test_a_sum_of_connectors_that_were_switched_off_is_not_reported_for_ever() -> None:
    """The report tells the owner to switch the breaker off: then nothing reports any more."""
    twcs = two()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48, shortfall=-4))
        scene.offer({1: 20.0, 2: 20.0})
        await scene.until(lambda: BusProblem.OVER_LIMIT in scene.snapshot.problems)
        for twc in twcs:
            twc.power_down()
        await scene.until(lambda: not scene.ids)
        assert BusProblem.OVER_LIMIT in scene.snapshot.problems, "could be deaf"
        await scene.until(
            lambda: not scene.snapshot.problems,
            FALLBACK_SECONDS + HELD_BACK_SECONDS + 5,
        )
        for twc in twcs:
            twc.unplug()
            twc.power_up()
        await scene.linked()
        assert scene.snapshot.problems == set()

    overdrawn(scenario, *twcs)
