"""A second master on the bus: we fall silent, say so, and take over when it is gone."""

import asyncio
import logging

import pytest

from custom_components.twc_manager.twc import BusProblem, BusStatus
from custom_components.twc_manager.twc.frame import encode
from simulator import Car, SecondMaster, WallConnector

from .scene import MASTER_ID, Scene, play


def connector(number: int = 1) -> WallConnector:
    return WallConnector(number, protocol=2, rating=80.0)


def ours(scene: Scene, since: float) -> list[float]:
    """Return when we transmitted."""
    return [
        time for time, frame in scene.sent(since=since) if frame.sender == MASTER_ID
    ]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.message for record in caplog.records if record.levelno >= logging.WARNING
    ]


@pytest.mark.parametrize("heartbeats", [True, False])
def test_we_stop_within_a_cycle_and_resume_soon_after_it_went(
    heartbeats: bool, caplog: pytest.LogCaptureFixture
) -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        other = SecondMaster(0x035D, heartbeats=heartbeats)
        other.attach(scene.bus)
        await scene.until(lambda: scene.status is BusStatus.SECOND_MASTER)
        foreign = [time for time, frame in scene.sent() if frame.sender != MASTER_ID]
        assert scene.now - foreign[0] < 1.2
        assert scene.snapshot.problems == {BusProblem.SECOND_MASTER}
        await asyncio.sleep(0.1)
        since = scene.now
        await asyncio.sleep(90)
        assert ours(scene, since) == []
        other.detach()
        gone = max(time for time, frame in scene.sent() if frame.sender != MASTER_ID)
        await scene.until(lambda: bool(ours(scene, since)))
        # Two of its notices may have been lost.
        assert 24 < ours(scene, since)[0] - gone < 27
        await scene.until(lambda: scene.ids == {twc.id})
        await scene.linked()
        assert scene.snapshot.problems == frozenset()

    play(scenario, twc)
    assert lines(caplog) == [
        "Another master sends on the bus; listening only until it is gone",
        "The other master is gone; taking over again",
    ]


def test_a_connector_that_answers_a_master_that_we_do_not_hear_proves_one() -> None:
    """Its car may draw, and it is not known how much it is going to be allowed."""
    twc = connector()
    answer = "FD E0 00 09 03 5D 01 0C 80 0C 50 00 00 00 00"

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.offer({1: 6.0})
        await scene.until(lambda: twc.offered == 6.0)
        for _ in range(2):
            assert scene.status is BusStatus.RUNNING
            await asyncio.sleep(1.5)
            scene.bus.transmit(twc, encode(bytes.fromhex(answer)))
        await scene.until(lambda: scene.status is BusStatus.SECOND_MASTER, 1)
        assert scene.snapshot.problems == {BusProblem.SECOND_MASTER}
        scene.offer({1: 16.0})
        await scene.until(lambda: scene.status is BusStatus.SEARCHING, 30)
        await scene.until(lambda: twc.offered == 16.0, 62)

    play(scenario, twc, forgets=True)


def test_its_connectors_are_not_shown_as_ours() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        SecondMaster(0x035D).attach(scene.bus)
        await asyncio.sleep(60)
        assert twc.master == 0x035D
        assert scene.snapshot.connectors == ()
        assert scene.status is BusStatus.SECOND_MASTER

    play(scenario, twc)


def test_nothing_spins_while_we_only_listen() -> None:
    """A master that comes in the middle of our own linkready sequence."""

    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(0.35)
        SecondMaster(0x035D).attach(scene.bus)
        await asyncio.sleep(60)
        assert scene.status is BusStatus.SECOND_MASTER

    play(scenario, connector())


def test_no_offer_grows_until_its_connectors_had_time_to_show_themselves() -> None:
    twc, hidden = connector(1), connector(2)

    async def scenario(scene: Scene) -> None:
        scene.offer({1: 40.0, 2: 0.0})
        other = SecondMaster(0x035D)
        other.attach(scene.bus)
        await asyncio.sleep(120)
        other.detach()
        await scene.until(lambda: scene.status is BusStatus.SEARCHING)
        begin = scene.now
        await scene.until(lambda: twc.offered > 0)
        assert scene.now - begin >= 29

    play(scenario, twc, hidden)


def test_a_single_frame_of_a_master_may_be_noise() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for _ in range(3):
            body = bytes.fromhex("FB E2 03 5D 5F 00 00 00 00 00 00 00 00 A1")
            scene.master._data_received(b"\xc0" + body + b"\xc0")
            await asyncio.sleep(61)
        assert all(
            snapshot.status is not BusStatus.SECOND_MASTER
            for _, snapshot in scene.snapshots
        )
        assert scene.ids == {twc.id}

    play(scenario, twc)


@pytest.mark.parametrize("first", [0xFB, 0xFC])
def test_an_answer_with_a_wrong_first_byte_is_no_master(first: int) -> None:
    """The checksum does not cover the first byte."""
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for _ in range(10):
            body = bytes.fromhex("E0 00 01 77 77 00 00 00 00 00 00 00 00 00")
            checksum = bytes([sum(body) % 256])
            garbled = b"\xc0" + bytes([first]) + body + checksum + b"\xc0"
            scene.master._data_received(garbled)
            await asyncio.sleep(1)
        assert scene.status is BusStatus.RUNNING
        assert scene.ids == {twc.id}

    play(scenario, twc)


def test_what_it_gave_away_is_taken_back_before_ours_grows() -> None:
    twcs = [connector(1), connector(2)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        await scene.linked()
        scene.offer({1: 20.0, 2: 20.0})
        await asyncio.sleep(30)
        other = SecondMaster(0x035D)
        other.attach(scene.bus)
        await asyncio.sleep(120)
        other.detach()
        scene.offer({1: 34.0, 2: 6.0})
        await asyncio.sleep(240)
        assert [twc.offered for twc in twcs] == [34.0, 6.0]

    play(scenario, *twcs)


@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("heartbeats", [False, True])
def test_another_master_with_our_own_id_is_noticed(
    echo: bool, heartbeats: bool
) -> None:
    """Two machines that were set up from the same backup."""

    async def scenario(scene: Scene) -> None:
        scene.bus.faults.echo = echo
        await scene.linked()
        await asyncio.sleep(60)
        assert all(
            item.status is not BusStatus.SECOND_MASTER for _, item in scene.snapshots
        )
        other = SecondMaster(MASTER_ID, heartbeats=heartbeats)
        other.attach(scene.bus)
        began = scene.now
        await scene.until(lambda: scene.status is BusStatus.SECOND_MASTER)
        assert scene.now - began < 10
        other.detach()
        await scene.until(lambda: scene.status is BusStatus.RUNNING)

    play(scenario, connector(1), connector(2))


@pytest.mark.parametrize("late", [0.3, 1.7, 6.0])
def test_an_echo_that_a_network_holds_back_is_no_other_master(late: float) -> None:
    """A gateway passes everything on in order, but late and in lumps."""
    twc = connector()

    async def scenario(scene: Scene) -> None:
        scene.bus.faults.echo = True
        await scene.linked()
        take, held = scene.master._data_received, bytearray()

        def hold(data: bytes) -> None:
            if not held:
                asyncio.get_running_loop().call_later(late, release)
            held.extend(data)

        def release() -> None:
            data = bytes(held)
            held.clear()
            take(data)

        scene.master._transport._on_data = hold
        await asyncio.sleep(120)
        assert scene.master.statistics.echoes > 60
        assert all(
            item.status is not BusStatus.SECOND_MASTER for _, item in scene.snapshots
        )
        scene.master._transport._on_data = take
        await asyncio.sleep(late)

    play(scenario, twc)
