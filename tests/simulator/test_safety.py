"""The safety record of the simulator."""

import asyncio

import pytest

from simulator import Car, Command, WallConnector
from simulator.codec import ANNOUNCE, ASK, HEARTBEAT, LINKREADY_1, METER, compose, wrap

from .master import MASTER, Rig, with_rig


def two() -> tuple[WallConnector, WallConnector]:
    return WallConnector(0x032E), WallConnector(0x1839)


def test_a_correct_master_breaks_nothing() -> None:
    async def scenario(rig: Rig) -> None:
        safety = rig.bus.safety
        safety.limit, safety.per_connector_limit = 40, 20
        for twc in rig.twcs:
            twc.plug_in(Car())
        await rig.charge(20)
        await rig.master.heartbeats(60, *rig.twcs)
        assert safety.highest_offered == safety.highest_sent == 40
        assert safety.highest_drawn == pytest.approx(38.4)
        assert safety.highest_possible == 40
        assert safety.broken_s == safety.possible_broken_s == 0
        assert safety.talked_over == []
        safety.assert_clean()
        safety.assert_clean(limit=40)
        with pytest.raises(AssertionError, match="above 39"):
            safety.assert_clean(limit=39)
        # 15 s of charge(), two heartbeats before it and one with the limit, then 60 s.
        log = safety.heartbeats[0x032E]
        assert log.count == log.answers == 79
        assert 1.0 <= log.longest_gap < 1.2

    with_rig(scenario, *two())


def test_an_overload_is_caught_with_its_time() -> None:
    async def scenario(rig: Rig) -> None:
        safety = rig.bus.safety
        safety.limit = 40
        for twc in rig.twcs:
            twc.plug_in(Car(ramp=100, ramp_down=100))
        await rig.charge(20)
        begin = rig.bus.now
        await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, 32)
        await asyncio.sleep(10)
        await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, 20)
        await asyncio.sleep(10)
        assert safety.highest_sent == safety.highest_offered == 52
        assert safety.highest_drawn == pytest.approx(50.4)
        assert safety.broken_s == pytest.approx(10, abs=0.6)
        assert safety.possible_broken_s == pytest.approx(10, abs=1)
        assert 0 < safety.drawn.at - begin < 2
        problems = "; ".join(safety.problems())
        for text in ("sent", "offered", "drawn", "possible", "limit broken"):
            assert text in problems
        safety.reset()
        assert safety.problems() == []
        assert safety.limit == 40

    with_rig(scenario, *two())


def test_raising_before_the_other_draw_has_fallen_is_caught() -> None:
    async def scenario(rig: Rig) -> None:
        safety = rig.bus.safety
        safety.limit = 40
        for twc in rig.twcs:
            twc.plug_in(Car(ramp=20, ramp_down=2))
        await rig.charge(20)
        assert safety.broken_s == 0
        await rig.master.heartbeat(rig.twcs[0], Command.LIMIT_CHARGING, 8)
        await rig.master.heartbeat(rig.twcs[1], Command.LIMIT_CHARGING, 32)
        await rig.master.heartbeats(15, *rig.twcs)
        # The sum of the offers was never too high, but the draw of the first car falls slowly.
        assert safety.highest_offered == safety.highest_sent == 40
        assert safety.highest_drawn > 45
        assert 3 < safety.broken_s < 7

    with_rig(scenario, *two())


def test_a_lost_offer_is_recorded_but_not_in_force() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.faults.lose = 1
        await rig.master.heartbeat(rig.twc, Command.LIMIT, 50)
        assert rig.bus.safety.highest_sent == 50
        assert rig.bus.safety.highest_offered == 0
        # After 26 s without a heartbeat it no longer counts in the sum.
        await asyncio.sleep(30)
        await rig.master.heartbeat(rig.twcs[1], Command.LIMIT, 40)
        assert rig.bus.safety.highest_sent == 50

    with_rig(scenario, *two())


def test_one_connector_above_its_own_limit_is_counted() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.safety.per_connector_limit = 16
        rig.twc.plug_in(Car())
        await rig.charge(20)
        assert rig.bus.safety.broken_s > 8

    with_rig(scenario, WallConnector(0x032E))


@pytest.mark.parametrize("each", [None, 40.0])
def test_one_connector_above_its_own_rating_is_counted(each: float | None) -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.safety.per_connector_limit = each
        for twc in rig.twcs:
            twc.plug_in(Car())
        await rig.charge(20)
        assert rig.bus.safety.broken_s > 8

    with_rig(scenario, WallConnector(0x032E), WallConnector(0x1839, rating=16))


def test_a_connector_within_its_own_rating_breaks_nothing() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.safety.per_connector_limit = 40
        rig.twcs[0].plug_in(Car())
        await rig.charge(16)
        assert rig.bus.safety.possible_broken_s == 0

    with_rig(
        scenario, WallConnector(0x032E, rating=32), WallConnector(0x1839, rating=16)
    )


FORBIDDEN = {
    "not on the allow-list": compose(ANNOUNCE, 0x1D, 0, length=14),
    "heartbeat command 02": compose(
        ASK, HEARTBEAT, MASTER, 0x032E, payload=b"\x02\x04", length=16
    ),
    "heartbeat command 0B": compose(
        ASK, HEARTBEAT, MASTER, 0x032E, payload=b"\x0b", length=16
    ),
    "wrong checksum": compose(ASK, METER, MASTER, 0x032E)[:-1] + b"\x00",
    "12 bytes": compose(ANNOUNCE, LINKREADY_1, MASTER, length=12),
    "offers 81.00 A to a connector rated 80 A": compose(
        ASK, HEARTBEAT, MASTER, 0x032E, payload=b"\x05\x1f\xa4", length=16
    ),
}


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_forbidden_frames_are_caught(reason: str) -> None:
    async def scenario(rig: Rig) -> None:
        rig.master.write(FORBIDDEN[reason])
        await asyncio.sleep(1)
        [frame] = rig.bus.safety.forbidden_frames
        assert frame.reason == reason
        assert frame.body == FORBIDDEN[reason]
        with pytest.raises(AssertionError, match="forbidden frame"):
            rig.bus.safety.assert_clean()

    with_rig(scenario, WallConnector(0x032E))


def test_a_forbidden_frame_is_caught_even_if_the_wire_loses_it() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.faults.lose = 1
        rig.master.write(compose(ANNOUNCE, 0x19, MASTER, 0x032E))
        await asyncio.sleep(1)
        assert not rig.twc.dead
        assert len(rig.bus.safety.forbidden_frames) == 1

    with_rig(scenario, WallConnector(0x032E))


@pytest.mark.parametrize("tail", [b"\xfc", b"\xf8", b"\xfe"])
def test_a_byte_after_a_frame_is_no_forbidden_frame(tail: bytes) -> None:
    async def scenario(rig: Rig) -> None:
        handle = rig.bus.attach(lambda _: None)
        body = compose(ASK, HEARTBEAT, MASTER, rig.twc.id, length=16)
        for _ in range(2):
            handle.write(wrap(body, tail))
        await asyncio.sleep(1)
        assert rig.linked()
        assert rig.bus.safety.forbidden_frames == []
        # Between two markers it is one.
        handle.write(wrap(tail))
        await asyncio.sleep(1)
        [frame] = rig.bus.safety.forbidden_frames
        assert frame.body == tail

    with_rig(scenario, WallConnector(0x032E))


def test_frames_in_pieces_are_checked_as_a_whole() -> None:
    async def scenario(rig: Rig) -> None:
        handle = rig.bus.attach(lambda _: None)
        data = bytes((0xC0, *FORBIDDEN["wrong checksum"], 0xC0))
        for byte in data:
            handle.write(bytes((byte,)))
        assert len(rig.bus.safety.forbidden_frames) == 1
        await asyncio.sleep(1)

    with_rig(scenario, WallConnector(0x032E))


@pytest.mark.parametrize("protocol", [1, 2])
def test_a_lost_connector_still_counts_while_its_car_charges(protocol: int) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        await asyncio.sleep(40)
        assert not rig.linked()
        rig.bus.safety.reset()
        assert rig.bus.safety.highest_offered == 20
        assert rig.bus.safety.highest_drawn == pytest.approx(19.2)
        await asyncio.sleep(30)
        rig.bus.safety.reset()
        assert rig.bus.safety.highest_possible == 0

    with_rig(scenario, WallConnector(0x032E, protocol=protocol))
