"""Offers: at once on the wire, in the words of the protocol, and never past the wiring."""

import asyncio
from collections.abc import Callable, Mapping
import itertools
from typing import Any

import pytest

from custom_components.twc_manager.twc import BusStatus, KnownConnector, State
from custom_components.twc_manager.twc.messages import Command
from simulator import Car, WallConnector

from .scene import Scene, play

A, B, C = 1, 2, 3
PROTOCOLS = [1, 2]


def connector(number: int, protocol: int = 2, **kwargs: Any) -> WallConnector:
    return WallConnector(number, protocol=protocol, rating=80.0, **kwargs)


def offers(twc: WallConnector, amps: float) -> Callable[[], bool]:
    """Return whether an offer is in force in a connector."""
    return lambda: twc.offered == amps


async def charging(scene: Scene, offers: Mapping[int, float]) -> None:
    """Wait until all are linked, offer, and let the cars follow."""
    await scene.linked()
    scene.offer(offers)
    await asyncio.sleep(30)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_changed_offer_is_on_the_wire_at_once(protocol: int) -> None:
    twcs = [connector(number, protocol) for number in (A, B, C)]

    async def scenario(scene: Scene) -> None:
        await charging(scene, {A: 10.0, B: 10.0, C: 10.0})
        for step in range(20):
            await asyncio.sleep(0.89)
            begin = scene.now
            amps = 6.0 + step % 2
            scene.offer({A: 10.0, B: amps, C: 10.0})
            took = await scene.until(offers(twcs[1], amps))
            assert took <= 0.2
            assert scene.limits_sent(twcs[1], begin)[0][1] == amps

    play(scenario, *twcs)


def test_a_changed_offer_does_not_wait_for_an_answer_that_never_comes() -> None:
    twc, gone = connector(A), connector(B)

    async def scenario(scene: Scene) -> None:
        await charging(scene, {A: 10.0})
        scene.bus.remove(gone)
        for step in range(10):
            await asyncio.sleep(0.73)
            amps = 6.0 + step % 2
            scene.offer({A: amps})
            assert await scene.until(offers(twc, amps)) <= 0.35

    play(scenario, twc, gone)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_car_follows_its_offer(protocol: int) -> None:
    twc = connector(A, protocol)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car(onboard_limit=48))
        await charging(scene, {A: 16.0})
        assert twc.drawn == pytest.approx(15.2)
        for amps in (32.0, 12.0):
            scene.offer({A: amps})
            assert await scene.until(offers(twc, amps)) <= 0.2
            await asyncio.sleep(10)
            assert twc.drawn == pytest.approx(amps - 0.8)
            assert scene.state(twc).offered == amps
            assert scene.state(twc).drawn == pytest.approx(amps - 0.8, abs=0.06)
            assert scene.state(twc).state == State.CHARGING

    play(scenario, twc)


def test_protocol_1_is_sent_its_limit_in_every_heartbeat() -> None:
    twc = connector(A, protocol=1)

    async def scenario(scene: Scene) -> None:
        await charging(scene, {A: 0.0})
        begin = scene.now
        await asyncio.sleep(30)
        commands = {frame.body[6] for _, frame in scene.sent("FB E0", since=begin)}
        assert commands == {Command.LIMIT}

    play(scenario, twc)


def test_protocol_1_stops_at_zero_amps_and_its_relay_does_not_click() -> None:
    twc = connector(A, protocol=1)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car())
        await charging(scene, {A: 16.0})
        scene.offer({A: 0.0})
        await asyncio.sleep(10)
        assert twc.drawn == 0
        before = twc.supply.relay_operations
        await asyncio.sleep(60)
        # No opinion keeps what there is.
        scene.offer({})
        await asyncio.sleep(60)
        assert twc.supply.relay_operations == before
        scene.offer({A: 16.0})
        await asyncio.sleep(30)
        assert twc.drawn == pytest.approx(15.2)

    play(scenario, twc)


def test_protocol_2_is_sent_its_limit_until_it_echoes_it_and_then_left_in_peace() -> (
    None
):
    twc = connector(A)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car())
        await charging(scene, {A: 16.0})
        begin = scene.now
        await asyncio.sleep(30)
        assert scene.limits_sent(twc, begin) == []
        scene.offer({A: 20.0})
        await asyncio.sleep(5)
        assert [amps for _, amps in scene.limits_sent(twc, begin)] == [20.0]

    play(scenario, twc)


def test_protocol_2_gets_the_command_for_its_situation() -> None:
    twc = connector(A)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.offer({A: 10.0})
        await asyncio.sleep(5)
        twc.plug_in(Car())
        await asyncio.sleep(20)
        scene.offer({A: 16.0})
        await asyncio.sleep(5)
        commands = [
            (frame.body[6], frame.amps(7))
            for _, frame in scene.sent("FB E0")
            if frame.body[6] != Command.NO_CHANGE
        ]
        assert commands == [
            (Command.LIMIT, 10.0),
            (Command.LIMIT_WHILE_CHARGING, 16.0),
        ]

    play(scenario, twc)


def test_protocol_2_that_ignores_one_command_gets_the_other() -> None:
    """A car that has begun to charge without showing it."""
    twc = connector(A)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car(onboard_limit=0.5))
        await charging(scene, {A: 10.0})
        scene.offer({A: 16.0})
        assert await scene.until(lambda: twc.offered == 16.0) < 5

    play(scenario, twc)


def test_protocol_2_at_zero_amps_goes_on_and_takes_that_from_the_others() -> None:
    stubborn, other = connector(A), connector(B)

    async def scenario(scene: Scene) -> None:
        stubborn.plug_in(Car())
        other.plug_in(Car())
        await charging(scene, {A: 10.0, B: 10.0})
        scene.offer({A: 0.0, B: 20.0})
        await asyncio.sleep(60)
        assert stubborn.offered == 0
        assert stubborn.drawn == pytest.approx(5.2)
        assert other.offered == 14.0
        scene.offer({A: 10.0, B: 10.0})
        await asyncio.sleep(30)
        assert stubborn.offered == 10.0

    play(scenario, stubborn, other, limit=20.0)


def test_amps_move_from_one_connector_to_another_without_a_peak() -> None:
    twcs = [connector(A), connector(B)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        await charging(scene, {A: 34.0, B: 6.0})
        for wishes in ({A: 6.0, B: 34.0}, {A: 20.0, B: 20.0}, {A: 34.0, B: 6.0}):
            scene.offer(wishes)
            await asyncio.sleep(20)
            assert {twc.id: twc.offered for twc in twcs} == wishes
        assert scene.bus.safety.highest_possible <= 40.0

    play(scenario, *twcs)


def test_wishes_beyond_the_wiring_are_cut() -> None:
    twcs = [connector(number) for number in (A, B, C)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        await charging(scene, {A: 80.0, B: 80.0, C: 80.0})
        await asyncio.sleep(30)
        assert sorted(twc.offered for twc in twcs) == [13.0, 13.0, 14.0]

    play(scenario, *twcs)


@pytest.mark.parametrize("per_connector", [10.0, 16.0])
def test_no_connector_gets_more_than_its_own_wiring_bears(per_connector: float) -> None:
    twc = connector(A)

    async def scenario(scene: Scene) -> None:
        await charging(scene, {A: 40.0})
        assert twc.offered == per_connector

    play(scenario, twc, per_connector=per_connector)


def test_a_first_connector_waits_for_one_that_an_earlier_master_still_feeds() -> None:
    hidden, new = connector(A), connector(B)

    async def scenario(scene: Scene) -> None:
        hidden.plug_in(Car(onboard_limit=48))
        await charging(scene, {A: 34.0})
        # Everything is forgotten, as on another machine, and only one connector is free to answer.
        await scene.master.stop()
        new.plug_in(Car(onboard_limit=48))
        scene.bus.safety.reset()
        scene.master = scene.new_master()
        await scene.master.start()
        scene.offer({A: 20.0, B: 20.0})
        await asyncio.sleep(120)
        assert new.offered == hidden.offered == 20.0

    play(scenario, hidden, new)


def test_restored_connectors_count_with_their_rating_until_they_have_reported() -> None:
    here = connector(A)
    away = KnownConnector(B, 2, 80.0)

    async def scenario(scene: Scene) -> None:
        scene.offer({A: 20.0})
        await scene.until(lambda: scene.ids == {A})
        begin = scene.now
        assert scene.status is BusStatus.RUNNING
        await scene.until(lambda: here.offered == 20.0)
        # Five heartbeats in vain, and 60 s until its car must have stopped.
        assert 60 <= scene.now - begin <= 70

    play(scenario, here, known=[KnownConnector(A, 2, 80.0), away])


def test_offers_that_change_all_the_time_cost_nobody_the_link() -> None:
    twcs = [connector(number) for number in (A, B, C)]

    async def scenario(scene: Scene) -> None:
        await charging(scene, {A: 10.0, B: 10.0, C: 10.0})
        begin = scene.now
        for step in range(1200):
            scene.offer({A: 6.0 + step % 3, B: 10.0, C: 6.0 + step % 2})
            await asyncio.sleep(0.05)
        for twc in twcs:
            times = scene.heartbeats(twc, begin)
            # One that keeps its offer, and charges steadily, may be left out of every second cycle.
            assert max(b - a for a, b in itertools.pairwise(times)) < 2.4

    play(scenario, *twcs)


def test_possible_amps_are_what_all_could_draw() -> None:
    twcs = [connector(A), connector(B)]

    async def scenario(scene: Scene) -> None:
        await scene.until(lambda: scene.ids == {A, B})
        await charging(scene, {A: 10.0, B: 16.0})
        assert scene.master.possible_amps == 26.0

    play(scenario, *twcs)


def test_what_a_rising_car_has_yet_to_take_is_given_to_nobody_else() -> None:
    first, second = connector(A), connector(B)

    async def scenario(scene: Scene) -> None:
        await charging(scene, {A: 6.0, B: 6.0})
        second.plug_in(Car(ramp=20.0, reaction_s=0.2))
        await asyncio.sleep(30)
        first.plug_in(Car(ramp=4.0, ramp_down=40.0, reaction_s=5.0))
        scene.offer({A: 34.0, B: 6.0})
        await scene.until(lambda: first.drawn > 5)
        # It confirms the lower offer at once, and goes on rising all the same.
        scene.offer({A: 6.0, B: 34.0})
        await scene.until(lambda: first.drawn > 15)
        assert second.offered == 6
        await scene.until(lambda: second.drawn > 30)

    scene = play(scenario, first, second)
    assert scene.bus.safety.broken_s == 0
