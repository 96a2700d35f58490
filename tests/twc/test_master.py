"""The master finds the connectors, keeps them linked, and behaves on the line."""

import asyncio
import itertools
from typing import Any

import pytest

from custom_components.twc_manager.twc import BusProblem, BusStatus, KnownConnector
from custom_components.twc_manager.twc.roster import ESTABLISHED_SECONDS
from simulator import Car, Led, WallConnector

from .scene import MASTER_ID, Scene, play


def north_american(**kwargs: Any) -> WallConnector:
    return WallConnector(0x032E, protocol=2, rating=80.0, **kwargs)


def european(**kwargs: Any) -> WallConnector:
    return WallConnector(0x1839, protocol=2, rating=32.0, **kwargs)


def old(**kwargs: Any) -> WallConnector:
    return WallConnector(0x2433, protocol=1, rating=80.0, **kwargs)


def three() -> list[WallConnector]:
    return [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2, 3)]


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_linkready_sequence_comes_first() -> None:
    async def scenario(scene: Scene) -> None:
        begin = scene.now
        await asyncio.sleep(2)
        sequence = scene.sent("FC E1", "FB E2")
        codes = [frame.body[:2].hex() for _, frame in sequence]
        assert codes == ["fce1"] * 5 + ["fbe2"] * 5
        assert all(0.09 < gap < 0.2 for gap in gaps([time for time, _ in sequence]))
        assert sequence[0][0] - begin < 0.1
        assert {frame.sender for _, frame in sequence} == {MASTER_ID}
        assert {frame.length for _, frame in sequence} == {14}

    play(scenario)


@pytest.mark.parametrize("make", [north_american, european, old])
def test_connector_is_found_and_its_light_stops_blinking(make: Any) -> None:
    connector = make()

    async def scenario(scene: Scene) -> None:
        took = await scene.until(lambda: scene.ids == {connector.id})
        assert took < 5 + ESTABLISHED_SECONDS
        state = scene.state(connector)
        assert (state.protocol, state.rating) == (connector.protocol, connector.rating)
        assert connector.led is Led.GREEN
        assert scene.master.known == (
            KnownConnector(connector.id, connector.protocol, connector.rating),
        )

    play(scenario, connector)


def test_connector_switched_on_later_is_found_at_its_linkready() -> None:
    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(60)
        connector = scene.bus.add(european())
        took = await scene.until(lambda: scene.ids == {connector.id})
        # It is not linked before a second unit with its id would have announced itself, too.
        assert 12 < took - ESTABLISHED_SECONDS < 10 + 12 + 2.1

    play(scenario)


def test_each_connector_gets_a_heartbeat_a_second() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        for connector in connectors:
            connector.plug_in(Car(not_before=1e9))
        await scene.linked()
        scene.offer({connector.id: 10.0 for connector in connectors})
        # Offers that change are sent besides.
        await asyncio.sleep(20)
        begin = scene.now
        # Connectors that announce themselves may do so at the same time.
        before = scene.master.statistics
        await asyncio.sleep(60)
        for connector in connectors:
            times = scene.heartbeats(connector, begin)
            assert 57 <= len(times) <= 61
            assert all(0.85 < gap < 1.2 for gap in gaps(times))
            assert connector.led is Led.GREEN
        assert scene.bus.safety.talked_over == []
        after = scene.master.statistics
        assert after.missed_answers == before.missed_answers
        assert after.late_heartbeats == 0
        assert after.bad_frames == before.bad_frames

    play(scenario, *connectors)


@pytest.mark.parametrize("length", [14, 16])
def test_heartbeats_have_the_length_of_the_protocol(length: int) -> None:
    connector = old() if length == 14 else european()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        requests = scene.sent("FB E0", "FB EB", "FB ED")
        assert {frame.length for _, frame in requests} == {length}

    play(scenario, connector)


def test_short_heartbeats_of_a_protocol_2_connector_are_understood() -> None:
    connector = european(heartbeat_length=14)

    async def scenario(scene: Scene) -> None:
        connector.plug_in(Car())
        await scene.linked()
        scene.offer({connector.id: 16.0})
        await asyncio.sleep(30)
        assert scene.state(connector).offered == 16.0
        assert scene.state(connector).drawn == pytest.approx(15.2, abs=0.1)

    play(scenario, connector)


def test_next_frame_waits_for_the_answer() -> None:
    connectors = three()
    for connector in connectors:
        connector.answer_delay = (0.19, 0.20)

    async def scenario(scene: Scene) -> None:
        for connector in connectors:
            connector.plug_in(Car(not_before=1e9))
        await scene.linked()
        scene.offer({connector.id: 10.0 for connector in connectors})
        await asyncio.sleep(60)
        assert scene.bus.safety.talked_over == []
        assert scene.bus.line.collisions <= 3
        assert scene.master.statistics.missed_answers <= 2
        since = scene.now - 30
        for connector in connectors:
            assert all(gap < 1.3 for gap in gaps(scene.heartbeats(connector, since)))

    play(scenario, *connectors)


def test_nothing_is_transmitted_into_a_frame_that_is_being_received() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        scene.bus.faults.idle_noise = 2.0
        scene.bus.faults.late = 0.1
        await asyncio.sleep(300)
        assert scene.bus.safety.talked_over == []

    play(scenario, *connectors)


def test_endless_noise_does_not_keep_the_master_from_transmitting() -> None:
    connector = european()

    async def scenario(scene: Scene) -> None:
        connector.plug_in(Car(not_before=1e9))
        await scene.linked()
        scene.bus.faults.idle_noise = 60.0
        begin = scene.now
        await asyncio.sleep(120)
        assert max(gaps(scene.heartbeats(connector, begin))) < 5
        assert connector.linked
        assert scene.ids == {connector.id}

    play(scenario, connector)


def test_silent_connector_is_dropped_after_26_seconds_and_is_back_at_its_linkready() -> (
    None
):
    connector, other = north_american(), european()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.bus.remove(connector)
        took = await scene.until(lambda: scene.ids == {other.id})
        assert 25 < took < 28
        last = scene.heartbeats(connector)[-1]
        await asyncio.sleep(30)
        assert scene.heartbeats(connector)[-1] == last
        scene.bus.add(connector)
        took = await scene.until(lambda: connector.id in scene.ids)
        assert took < 10.5

    play(scenario, connector, other)


def test_connector_that_reboots_quickly_stays_linked() -> None:
    connector = european()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.offer({connector.id: 16.0})
        await asyncio.sleep(5)
        connector.power_cycle()
        begin = len(scene.snapshots)
        await asyncio.sleep(20)
        assert all(snapshot.connectors for _, snapshot in scene.snapshots[begin:])
        assert connector.linked
        assert connector.offered == 16.0

    play(scenario, connector)


def test_connector_with_our_id_is_made_to_pick_another() -> None:
    connector = WallConnector(MASTER_ID, protocol=2, rating=32.0)

    async def scenario(scene: Scene) -> None:
        await scene.until(lambda: bool(scene.ids), maximum=30)
        assert connector.id != MASTER_ID
        assert scene.ids == {connector.id}
        assert scene.status is not BusStatus.SECOND_MASTER

    play(scenario, connector)


def test_connector_with_our_id_switched_on_later_is_made_to_pick_another() -> None:
    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(40)
        connector = WallConnector(MASTER_ID, protocol=2, rating=32.0)
        scene.bus.add(connector)
        await scene.until(lambda: bool(scene.ids), maximum=30)
        assert scene.ids == {connector.id} != {MASTER_ID}

    play(scenario)


def test_own_echo_is_no_second_master() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        scene.bus.faults.echo = True
        await scene.linked()
        scene.offer({1: 16.0, 2: 10.0})
        await asyncio.sleep(60)
        statistics = scene.master.statistics
        assert statistics.echoes > 180
        assert statistics.missed_answers == 0
        assert scene.ids == {1, 2, 3}
        assert all(
            snapshot.status is not BusStatus.SECOND_MASTER
            for _, snapshot in scene.snapshots
        )

    play(scenario, *connectors)


def test_a_fourth_connector_gets_no_link_and_is_a_problem_until_it_is_gone() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        fourth = scene.bus.add(WallConnector(4, protocol=2, rating=80.0))
        await scene.until(
            lambda: scene.snapshot.problems == {BusProblem.TOO_MANY_CONNECTORS}
        )
        await asyncio.sleep(120)
        assert scene.snapshot.problems == {BusProblem.TOO_MANY_CONNECTORS}
        assert scene.ids == {1, 2, 3}
        assert scene.heartbeats(fourth) == []
        scene.bus.remove(fourth)
        await asyncio.sleep(70)
        assert scene.snapshot.problems == frozenset()

    play(scenario, *connectors)


def test_a_fourth_connector_counts_in_the_limit_while_it_announces_itself() -> None:
    """It may still draw what an earlier master gave it, and nothing that is sent can lower it."""
    connectors = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.offer({1: 10.0, 2: 0.0, 3: 0.0})
        await scene.until(lambda: connectors[0].offered == 10.0)
        fourth = scene.bus.add(WallConnector(4, protocol=2, rating=80.0))
        await scene.until(
            lambda: scene.snapshot.problems == {BusProblem.TOO_MANY_CONNECTORS}
        )
        begin = scene.now
        assert scene.master.possible_amps == 90.0
        scene.offer({1: 40.0, 2: 0.0, 3: 0.0})
        await scene.until(lambda: connectors[0].offered == 34.0)
        assert 60 <= scene.now - begin < 72
        assert scene.master.possible_amps == 40.0
        assert scene.snapshot.reserved == 6
        scene.bus.remove(fourth)
        await scene.until(lambda: connectors[0].offered == 40.0)
        assert 120 <= scene.now - begin < 144
        assert scene.snapshot.reserved == 0

    play(scenario, *connectors)


def test_a_new_connector_counts_before_it_is_linked() -> None:
    connector = european()

    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(60)
        scene.bus.add(connector)
        await scene.until(lambda: scene.master.possible_amps == connector.rating)
        assert scene.heartbeats(connector) == []

    play(scenario)


def test_one_that_comes_back_is_linked_at_once() -> None:
    connector = european()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.bus.remove(connector)
        await scene.until(lambda: scene.ids == set())
        scene.bus.add(connector)
        took = await scene.until(lambda: scene.ids == {connector.id})
        assert took < 10.2

    play(scenario, connector)


def test_a_fourth_connector_takes_the_place_of_one_that_is_gone() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.bus.add(WallConnector(4, protocol=2, rating=80.0))
        await asyncio.sleep(20)
        scene.bus.remove(connectors[0])
        await scene.until(lambda: scene.ids == {2, 3, 4})
        await asyncio.sleep(70)
        assert scene.snapshot.problems == frozenset()

    play(scenario, *connectors)


def test_who_waits_takes_the_place_at_once_also_if_one_of_its_linkreadies_was_lost() -> (
    None
):
    connectors = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.bus.add(WallConnector(4, protocol=2, rating=80.0))
        await scene.until(
            lambda: scene.snapshot.problems == {BusProblem.TOO_MANY_CONNECTORS}
        )
        # It announces itself every 10 s: 9, 19 and 29 s after the other is gone.
        await asyncio.sleep(1)
        scene.bus.remove(connectors[0])
        gone = scene.now
        await asyncio.sleep(18.5)
        scene.bus.faults.lose = 1.0
        await asyncio.sleep(1)
        scene.bus.faults.clear()
        await scene.until(lambda: scene.ids == {2, 3, 4})
        assert scene.now - gone < 28 + ESTABLISHED_SECONDS + 1

    play(scenario, *connectors)


def test_different_ratings_are_a_problem() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.linked()
        assert scene.snapshot.problems == {BusProblem.RATINGS_DIFFER}

    play(scenario, north_american(), european())


def test_no_offer_grows_in_the_first_minute_of_a_first_start() -> None:
    connector = european()

    async def scenario(scene: Scene) -> None:
        begin = scene.now
        scene.offer({connector.id: 16.0})
        await scene.until(lambda: connector.offered == 16.0)
        assert 60 <= scene.now - begin < 62
        assert [
            (snapshot.status, time - begin < 60) for time, snapshot in scene.snapshots
        ] == [
            *[(BusStatus.SEARCHING, True)] * (len(scene.snapshots) - 1),
            (BusStatus.RUNNING, False),
        ]

    play(scenario, connector)


def test_after_a_restart_linked_connectors_are_addressed_at_once() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        connectors[0].plug_in(Car())
        await scene.linked()
        scene.offer({1: 16.0, 2: 6.0, 3: 6.0})
        await asyncio.sleep(30)
        await scene.restart(after=10)
        begin = scene.now
        took = await scene.until(lambda: scene.ids == {1, 2, 3})
        assert took < 1.5
        assert scene.status is BusStatus.RUNNING
        assert scene.sent("FB E0", since=begin)[0][0] - begin < 0.1
        await asyncio.sleep(30)
        # The car never noticed.
        assert connectors[0].drawn == pytest.approx(15.2)
        assert connectors[0].car is not None
        assert connectors[0].car.interruptions == 0

    play(scenario, *connectors)


def test_a_known_connector_that_is_gone_is_left_alone_after_a_few_heartbeats() -> None:
    gone = european()

    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(30)
        assert len(scene.heartbeats(gone)) == 5
        assert scene.master.known == ()

    play(scenario, known=[KnownConnector(gone.id, 2, 32.0)])


def test_a_known_connector_that_changed_its_nature_is_linked_anew() -> None:
    connector = old(strict_length=True)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        assert scene.master.known == (KnownConnector(connector.id, 1, 80.0),)

    play(scenario, connector, known=[KnownConnector(connector.id, 2, 32.0)])


def test_more_known_connectors_than_the_bus_can_have_make_way() -> None:
    connectors = three()
    ghosts = [KnownConnector(number, 2, 80.0) for number in range(10, 15)]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        assert {item.connector_id for item in scene.master.known} == {1, 2, 3}
        assert scene.snapshot.problems == frozenset()

    play(scenario, *connectors, known=ghosts)


def test_one_linkready_of_noise_does_not_disturb_a_linked_connector() -> None:
    connector = european()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.offer({connector.id: 16.0})
        await asyncio.sleep(5)
        begin = len(scene.snapshots)
        # Another rating, another protocol, and a rating that no connector has.
        for noise in ("10 00", "1F 40", "FF FF"):
            body = bytes.fromhex(f"FD E2 18 39 00 {noise}").ljust(13, b"\0")
            scene.master._data_received(frame(body))
            await asyncio.sleep(5)
        assert all(snapshot.connectors for _, snapshot in scene.snapshots[begin:])
        assert scene.state(connector).rating == 32.0
        assert connector.offered == 16.0

    play(scenario, connector)


@pytest.mark.parametrize("restored", [True, False])
def test_one_linkready_of_noise_does_not_make_up_a_rating(restored: bool) -> None:
    """It would last: a linked connector does not announce itself again, and the store keeps it."""
    connector = european()
    known = [KnownConnector(connector.id, 2, 32.0)] if restored else []

    async def scenario(scene: Scene) -> None:
        body = bytes.fromhex("FD E2 18 39 00 1C 80").ljust(15, b"\0")
        scene.master._data_received(frame(body))
        await scene.linked()
        scene.offer({connector.id: 40.0})
        await asyncio.sleep(5)
        assert scene.state(connector).rating == 32.0
        assert connector.offered == 32.0

    play(scenario, connector, known=known)


def test_a_rating_that_is_reported_twice_is_believed() -> None:
    connector = WallConnector(0x1839, protocol=2, rating=24.0)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        assert scene.state(connector).rating == 24.0

    play(scenario, connector)


def test_a_linkready_of_noise_with_an_impossible_rating_links_nobody() -> None:
    async def scenario(scene: Scene) -> None:
        for noise in ("00 00", "FF FF"):
            body = bytes.fromhex(f"FD E2 18 39 00 {noise}").ljust(13, b"\0")
            scene.master._data_received(frame(body))
        await asyncio.sleep(5)
        assert scene.sent("FB E0") == []

    play(scenario)


def test_frames_of_both_directions_are_kept_for_a_look() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(300)
        frames = list(scene.master.frames)
        assert len(frames) == 200
        assert [item.time for item in frames] == sorted(item.time for item in frames)
        assert {item.sent for item in frames} == {True, False}
        # Both without their checksum.
        assert {len(item.body) for item in frames if not item.sent} <= {13, 15, 19}
        assert {len(item.body) for item in frames if item.sent} <= {13, 15}

    play(scenario, european())


def test_stop_leaves_nothing_even_if_offers_come_meanwhile() -> None:
    connector = european()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        stopping = asyncio.create_task(scene.master.stop())
        await asyncio.sleep(0)
        scene.offer({connector.id: 16.0})
        await stopping

    play(scenario, connector)


def test_what_did_not_change_is_not_published() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(60)
        begin = len(scene.snapshots)
        await asyncio.sleep(60)
        assert len(scene.snapshots) == begin

    play(scenario, *connectors)


def frame(body: bytes) -> bytes:
    return b"\xc0" + body + bytes([sum(body[1:]) % 256]) + b"\xc0"
