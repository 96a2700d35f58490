"""Faults on the wire."""

import asyncio
from random import Random

import pytest

from simulator import Car, Command, Faults, Frame, WallConnector
from simulator.codec import ANSWER, HEARTBEAT, METER, Decoder, compose, parse, wrap
from simulator.faults import add_tail_garbage, corrupt, forge

from .master import Master, Rig, with_rig

BEATS = 400


async def answered(rig: Rig, beats: int = BEATS) -> float:
    """Send heartbeats and return the share with an answer in time."""
    answers = [await rig.master.heartbeat(rig.twc) for _ in range(beats)]
    return sum(answer is not None for answer in answers) / beats


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("lose", 0.55, 0.75),
        ("corrupt", 0.55, 0.75),
        ("noise", 0.75, 1.0),
        ("late", 0.7, 0.9),
        ("split", 1.0, 1.0),
        ("double", 0.6, 1.0),
        ("tail_garbage", 1.0, 1.0),
        ("forge", 1.0, 1.0),
    ],
)
def test_each_fault_has_its_effect(name: str, low: float, high: float) -> None:
    async def scenario(rig: Rig) -> None:
        setattr(rig.bus.faults, name, 0.2)
        assert low <= await answered(rig) <= high
        rig.bus.faults.clear()
        assert rig.bus.faults == Faults()
        await asyncio.sleep(2)
        assert await answered(rig, 50) == 1

    with_rig(scenario, WallConnector(0x032E))


def test_losing_every_frame_means_silence() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.faults.lose = 1
        assert await answered(rig, 20) == 0
        await asyncio.sleep(30)
        assert rig.master.frames == []
        assert not rig.linked()

    with_rig(scenario, WallConnector(0x032E), seed=4)


def test_doubled_frames_arrive_twice() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.answer_delay = (0.05, 0.05)
        rig.bus.faults.double = 1
        await rig.master.heartbeat(rig.twc)
        await asyncio.sleep(1)
        # A doubled query is answered twice, each answer is doubled, and the second one collides.
        assert len(rig.master.heard(ANSWER, HEARTBEAT)) >= 2

    with_rig(scenario, WallConnector(0x032E), seed=4)


def test_a_split_frame_arrives_in_two_pieces_in_order() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.faults.split = 1
        for _ in range(100):
            await rig.master.heartbeat(rig.twc)
        await asyncio.sleep(1)
        assert rig.master.decoder.rejected == 0
        assert len(rig.master.heard(ANSWER, HEARTBEAT)) == 100

    with_rig(scenario, WallConnector(0x032E))


def test_late_answers_are_late() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.faults.late = 1
        begin = rig.bus.now
        await rig.master.heartbeat(rig.twc)
        await asyncio.sleep(2)
        [(at, _)] = rig.master.heard(ANSWER, HEARTBEAT)
        assert 0.2 < at - begin < 1.6

    with_rig(scenario, WallConnector(0x032E), seed=4)


def test_idle_noise_occurs_on_a_quiet_line() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.faults.idle_noise = 5
        await asyncio.sleep(9)
        rig.master.chunks.clear()
        await asyncio.sleep(60)
        assert 200 < len(rig.master.chunks) < 400
        rig.bus.faults.clear()
        await asyncio.sleep(1)
        rig.master.chunks.clear()
        await asyncio.sleep(9)
        assert len(rig.master.chunks) <= 4

    with_rig(scenario, WallConnector(0x032E))


def test_echo_returns_our_own_frames() -> None:
    async def scenario(rig: Rig) -> None:
        rig.bus.faults.echo = True
        assert await rig.master.heartbeat(rig.twc) is not None
        keys = [frame.key for _, frame in rig.master.frames]
        assert keys == [(0xFB, 0xE0), (0xFD, 0xE0)]

    with_rig(scenario, WallConnector(0x032E), seed=4)


def test_charging_survives_many_faults() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car()
        rig.twc.plug_in(car)
        await rig.charge()
        faults = rig.bus.faults
        faults.lose = faults.corrupt = faults.noise = faults.double = 0.05
        faults.split = faults.late = faults.tail_garbage = 0.05
        faults.idle_noise = 1
        await rig.master.heartbeats(600, rig.twc)
        assert rig.twc.drawn == pytest.approx(19.2)
        assert car.interruptions == 0
        assert rig.bus.decode_errors > 50

    with_rig(scenario, WallConnector(0x032E))


ANSWER_BODY = compose(
    ANSWER, HEARTBEAT, 0x032E, 0x7777, payload=b"\x01\x07\xd0\x07\x80", length=16
)
ASK_BODY = compose(0xFB, HEARTBEAT, 0x7777, 0x032E, payload=b"\x09\x07\xd0", length=16)
METER_BODY = compose(ANSWER, METER, 0xC0DB, payload=b"\xc0\xdb\xc0\xdb", length=20)


@pytest.mark.parametrize("body", [ANSWER_BODY, ASK_BODY, METER_BODY])
@pytest.mark.parametrize("tail", [b"", b"\xfc"])
def test_corrupted_frames_are_never_read_as_others(body: bytes, tail: bytes) -> None:
    dice = Random(1)
    for _ in range(3000):
        spoiled = corrupt(wrap(body, tail), dice)
        heard = Decoder().feed(spoiled)
        assert heard in ([], [Frame(body[:-1])])


def test_forged_answers_have_a_valid_checksum() -> None:
    dice = Random(1)
    for _ in range(500):
        [frame] = Decoder().feed(forge(wrap(ANSWER_BODY), dice))
        assert frame.body != ANSWER_BODY[:-1]
        assert frame.body[:4] == ANSWER_BODY[:4]
    assert forge(wrap(ASK_BODY), dice) == wrap(ASK_BODY)


def test_tail_garbage_follows_the_checksum_of_answers_only() -> None:
    dice = Random(1)
    for _ in range(500):
        data = add_tail_garbage(wrap(ANSWER_BODY, b"\xf8"), dice)
        assert len(data) == len(wrap(ANSWER_BODY)) + 2
        [frame] = Decoder().feed(data)
        assert frame == Frame(ANSWER_BODY[:-1], repaired=True)
    assert add_tail_garbage(wrap(ASK_BODY), dice) == wrap(ASK_BODY)


def test_noise_is_no_frame() -> None:
    dice = Random(1)
    noise = (dice.randbytes(dice.randint(0, 30)) for _ in range(20_000))
    # An 8-bit checksum accepts one in 256 of the right length and kind.
    assert sum(parse(body) is not None for body in noise) < 20


def test_the_same_seed_makes_the_same_day() -> None:
    def day(seed: int) -> list[tuple[float, Frame]]:
        async def scenario(rig: Rig) -> None:
            rig.bus.faults.lose = rig.bus.faults.noise = rig.bus.faults.corrupt = 0.1
            rig.twc.plug_in(Car())
            await rig.master.linkready()
            await rig.charge()
            await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, 12)
            await rig.master.heartbeats(60, *rig.twcs)

        twcs = [WallConnector(0x032E), WallConnector(0x1839)]
        master: Master = with_rig(scenario, *twcs, seed=seed).master
        return master.frames

    assert day(3) == day(3)
    assert day(3) != day(4)
