"""The answers of connectors to queries."""

import asyncio

import pytest

from simulator import Car, Frame, WallConnector, make_vin
from simulator.codec import FIRMWARE, METER, OLD_FIRMWARE, PLUG, SERIAL, VIN_PARTS

from .master import Rig, with_rig


async def ask(rig: Rig, command: int) -> Frame:
    frame = await rig.master.ask(rig.twc, command)
    assert frame is not None
    assert frame.sender == rig.twc.id
    return frame


async def vin(rig: Rig) -> bytes:
    parts = [(await ask(rig, part)).payload for part in VIN_PARTS]
    return parts[0][:7] + parts[1][:7] + parts[2][:3]


def test_the_meter_answer_has_20_bytes() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(phases=3))
        await rig.charge(16)
        frame = await ask(rig, METER)
        assert frame.length == 20
        body = frame.body
        assert int.from_bytes(body[4:8]) == 11554
        assert [int.from_bytes(body[n : n + 2]) for n in (8, 10, 12)] == [231, 229, 230]
        assert list(body[14:17]) == [30, 30, 30]
        rig.twc.meter_amps = False
        assert list((await ask(rig, METER)).body[14:17]) == [0, 0, 0]

    twc = WallConnector(0x032E, initial_kwh=11554.2, voltages=(231.0, 229.0, 230.0))
    with_rig(scenario, twc)


def test_units_differ_in_what_their_meters_report() -> None:
    async def scenario(rig: Rig) -> None:
        body = (await ask(rig, METER)).body
        assert int.from_bytes(body[4:8]) == 9240
        assert body[8:14] == bytes(6)

    twc = WallConnector(0x032E, counter_unit=0.1, meter_volts=False)
    with_rig(scenario, twc)


def test_a_short_meter_has_no_amps() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(16)
        frame = await ask(rig, METER)
        assert frame.length == 16
        assert int.from_bytes(frame.body[4:8]) == 924
        assert frame.body[14] == 0

    with_rig(scenario, WallConnector(0x032E, extended=False))


def test_the_counter_rises_in_whole_kwh() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(soc=10))
        await rig.charge(40)
        seen = []
        for _ in range(40):
            await rig.master.heartbeats(60, rig.twc)
            seen.append(int.from_bytes((await ask(rig, METER)).body[4:8]))
        assert sorted(set(seen)) == list(range(924, seen[-1] + 1))
        assert seen[-1] == int(924 + rig.twc.delivered_kwh)

    with_rig(scenario, WallConnector(0x032E))


def test_an_absurd_counter_stands_still() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(40)
        for _ in range(2):
            frame = await ask(rig, METER)
            assert int.from_bytes(frame.body[4:8]) == 10_690_796
            await rig.master.heartbeats(600, rig.twc)

    with_rig(scenario, WallConnector(0x032E, absurd_counter=True))


def test_firmware_and_serial_number() -> None:
    async def scenario(rig: Rig) -> None:
        assert (await ask(rig, FIRMWARE)).payload[:4] == bytes((4, 5, 3, 7))
        assert (await ask(rig, OLD_FIRMWARE)).payload[:4] == bytes((4, 5, 3, 0))
        frame = await ask(rig, SERIAL)
        assert frame.length == 20
        assert frame.payload.rstrip(b"\0") == b"A16K0001234"

    twc = WallConnector(0x032E, serial="A16K0001234", firmware=(4, 5, 3, 7))
    with_rig(scenario, twc)


def test_the_vin_in_three_parts() -> None:
    async def scenario(rig: Rig) -> None:
        assert await vin(rig) == bytes(17)
        rig.twc.plug_in(Car(vin=make_vin(7)))
        assert await vin(rig) == make_vin(7).encode()
        rig.twc.can_enabled = False
        assert await vin(rig) == bytes(17)
        rig.twc.can_enabled = True
        rig.twc.unplug()
        rig.twc.plug_in(Car(can_enabled=False))
        assert await vin(rig) == bytes(17)

    with_rig(scenario, WallConnector(0x032E))


@pytest.mark.parametrize(
    ("twc", "answered"),
    [
        (WallConnector(0x032E, protocol=1), set()),
        (WallConnector(0x032E, answers_queries=False), set()),
        (
            WallConnector(0x032E, firmware=(4, 2, 0, 0)),
            {METER, FIRMWARE, OLD_FIRMWARE},
        ),
        (
            WallConnector(0x032E),
            {METER, FIRMWARE, OLD_FIRMWARE, SERIAL, PLUG, *VIN_PARTS},
        ),
        (
            WallConnector(0x032E, mute={SERIAL, PLUG}),
            {METER, FIRMWARE, OLD_FIRMWARE, *VIN_PARTS},
        ),
    ],
)
def test_what_is_answered_depends_on_the_firmware(
    twc: WallConnector, answered: set[int]
) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.master.heartbeat(rig.twc)
        commands = {METER, FIRMWARE, OLD_FIRMWARE, SERIAL, PLUG, *VIN_PARTS}
        heard = {c for c in commands if await rig.master.ask(rig.twc, c) is not None}
        assert heard == answered

    with_rig(scenario, twc)


def test_queries_alone_do_not_keep_the_link() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.master.heartbeat(rig.twc)
        for _ in range(30):
            await ask(rig, METER)
            await asyncio.sleep(1)
        assert not rig.linked()

    with_rig(scenario, WallConnector(0x032E))


def test_questions_to_others_are_not_answered() -> None:
    async def scenario(rig: Rig) -> None:
        assert await rig.master.ask(WallConnector(0x1839), METER) is None

    with_rig(scenario, WallConnector(0x032E), seed=4)


def test_there_are_only_two_protocols() -> None:
    with pytest.raises(ValueError, match="only 1 and 2"):
        WallConnector(0x032E, protocol=3)
