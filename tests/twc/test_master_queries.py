"""Queries between the heartbeats: never in their way, at their pace, and not to connectors that cannot answer."""

import asyncio
import itertools
import logging

import pytest

from custom_components.twc_manager.twc import PlugState, body_as_text
from custom_components.twc_manager.twc.frame import encode
from custom_components.twc_manager.twc.heartbeat_cycle import CYCLE_SECONDS
from custom_components.twc_manager.twc.messages import VIN_PARTS, Query
from simulator import Car, WallConnector, make_vin

from .scene import Scene, play


def modern(number: int = 1) -> WallConnector:
    return WallConnector(number, protocol=2, rating=80.0, serial=f"A16K000{number:04d}")


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_queries_never_delay_a_heartbeat() -> None:
    connectors = [modern(number) for number in (1, 2, 3)]
    for connector in connectors:
        connector.answer_delay = (0.18, 0.2)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        # From now on the questions that were once answered are asked again and again.
        for connector in connectors:
            connector.plug_in(Car(not_before=1e9))
            connector.mute = {Query.METER, Query.PLUG_STATE}
        # Only one with a car that may begin at any time is in every cycle.
        scene.offer({connector.id: 10.0 for connector in connectors})
        await asyncio.sleep(20)
        begin = scene.now
        await asyncio.sleep(180)
        asked = [scene.queries(twc, Query.METER, begin) for twc in connectors]
        assert sum(len(times) for times in asked) > 60
        for connector in connectors:
            # The rest is what the answers of the others vary.
            times = scene.heartbeats(connector, begin)
            assert all(0.98 < gap < 1.08 for gap in gaps(times))
        assert scene.master.statistics.late_heartbeats == 0
        assert scene.bus.safety.talked_over == []

    play(scenario, *connectors)


def test_firmware_is_asked_for_once_and_the_serial_number_again_and_both_are_shown() -> (
    None
):
    connector = modern()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(600)
        state = scene.state(connector)
        assert (state.firmware, state.serial_number) == ("4.5.3", connector.serial)
        assert len(scene.queries(connector, Query.FIRMWARE)) == 1
        # A second unit with this id would answer with another one. It soon reports steadily.
        asked = gaps(scene.queries(connector, Query.SERIAL_NUMBER))
        assert all(14.9 < gap < 16.5 for gap in asked[:2])
        assert all(59.9 < gap < 61.5 for gap in asked[4:])
        assert scene.queries(connector, Query.FIRMWARE_OLD) == []

    play(scenario, connector)


def test_old_form_of_the_firmware_question_is_tried_too() -> None:
    connector = modern()
    connector.mute = {Query.FIRMWARE}

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        assert scene.state(connector).firmware == "4.5.3"

    play(scenario, connector)


def test_meter_is_read_every_minute_and_while_charging_every_ten_or_twenty_seconds() -> (
    None
):
    connector = modern()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(300)
        idle = gaps(scene.queries(connector, Query.METER))
        assert all(59 < gap < 62 for gap in idle[1:])
        assert scene.state(connector).meter == 924
        assert scene.state(connector).volts == (240, 0, 0)
        connector.plug_in(Car())
        scene.offer({connector.id: 16.0})
        await asyncio.sleep(20)
        begin = scene.now
        await asyncio.sleep(40)
        charging = gaps(scene.queries(connector, Query.METER, begin))
        assert all(9.9 < gap < 11.5 for gap in charging)
        assert scene.state(connector).phase_amps == (15.0, 0.0, 0.0)
        await asyncio.sleep(60)
        begin = scene.now
        await asyncio.sleep(120)
        steady = gaps(scene.queries(connector, Query.METER, begin))
        assert all(19.9 < gap < 21.5 for gap in steady)
        assert connector.car is not None
        connector.car.onboard_limit = 10.0
        connector.refresh()
        changed = scene.now
        await scene.until(
            lambda: scene.state(connector).phase_amps == (10.0, 0.0, 0.0), 20
        )
        assert scene.now - changed < 10 + 3 * CYCLE_SECONDS + 0.5

    play(scenario, connector)


def test_plug_state_is_followed_while_idle() -> None:
    connector = modern()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(10)
        assert scene.state(connector).plug is PlugState.UNPLUGGED
        connector.plug_in(Car(target=40))
        took = await scene.until(
            lambda: scene.state(connector).plug is PlugState.PLUGGED_IN
        )
        assert took < 8
        connector.unplug()
        took = await scene.until(
            lambda: scene.state(connector).plug is PlugState.UNPLUGGED
        )
        assert took < 8

    play(scenario, connector)


def test_plug_state_is_not_asked_for_while_charging() -> None:
    connector = modern()

    async def scenario(scene: Scene) -> None:
        connector.plug_in(Car())
        await scene.linked()
        scene.offer({connector.id: 16.0})
        await asyncio.sleep(20)
        begin = scene.now
        await asyncio.sleep(60)
        assert scene.queries(connector, Query.PLUG_STATE, begin) == []
        connector.unplug()
        took = await scene.until(
            lambda: scene.state(connector).plug is PlugState.UNPLUGGED
        )
        assert took < 8

    play(scenario, connector)


def test_vin_is_read_once_when_a_car_is_plugged_in() -> None:
    connector = modern()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        assert all(scene.queries(connector, part) == [] for part in VIN_PARTS)
        for number in (1, 2):
            vin = make_vin(number)
            connector.plug_in(Car(vin=vin))
            await asyncio.sleep(20)
            assert scene.state(connector).vin == vin
            await asyncio.sleep(120)
            assert all(
                len(scene.queries(connector, part)) == number for part in VIN_PARTS
            )
            connector.unplug()
            await scene.until(lambda: scene.state(connector).vin is None)

    play(scenario, connector)


@pytest.mark.parametrize("where", ["car", "connector"])
def test_vin_that_is_not_reported_is_accepted_as_unknown(where: str) -> None:
    connector = modern()
    connector.can_enabled = where != "connector"

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        connector.plug_in(Car(can_enabled=where != "car"))
        await asyncio.sleep(300)
        assert scene.state(connector).vin is None
        assert all(len(scene.queries(connector, part)) == 1 for part in VIN_PARTS)

    play(scenario, connector)


def test_vin_with_a_wrong_check_digit_is_tried_three_times() -> None:
    connector = modern()
    wrong = make_vin(1)[:16] + "9"

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        connector.plug_in(Car(vin=wrong))
        await asyncio.sleep(300)
        assert scene.state(connector).vin is None
        assert all(len(scene.queries(connector, part)) == 3 for part in VIN_PARTS)

    play(scenario, connector)


def test_garbled_answers_are_not_asked_for_without_end() -> None:
    connector = modern()
    connector.serial = "A16K\x01\x02\x03"

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        connector.plug_in(Car(vin="5YJ-E1EA0KF000001"))
        await asyncio.sleep(300)
        assert scene.state(connector).vin is None
        assert scene.state(connector).serial_number is None
        assert len(scene.queries(connector, Query.VIN_START)) == 3
        assert len(scene.queries(connector, Query.SERIAL_NUMBER)) == 3

    play(scenario, connector)


@pytest.mark.parametrize("protocol", [1, 2])
def test_connector_that_answers_nothing_is_left_in_peace(protocol: int) -> None:
    connector = WallConnector(1, protocol=protocol, rating=80.0, answers_queries=False)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        connector.plug_in(Car())
        scene.offer({connector.id: 16.0})
        await asyncio.sleep(120)
        since = scene.now
        for _ in range(3):
            connector.unplug()
            await asyncio.sleep(120)
            connector.plug_in(Car())
            await asyncio.sleep(120)
        asked = scene.sent(*(bytes([0xFB, query]).hex() for query in Query))
        assert [time for time, _ in asked if time > since] == []
        assert len(asked) == 3 * 6
        assert scene.state(connector).plug is None
        assert scene.state(connector).meter is None

    play(scenario, connector)


def test_answers_that_nobody_asked_for_do_no_harm() -> None:
    connector = modern()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(60)
        for query in (*Query, 0xB1, 0xB2, 0x77):
            # From a connector that is linked, and from one that is not.
            for sender in (b"\x00\x01", b"\x12\x34"):
                body = bytes([0xFD, query]) + sender + b"A" * 15
                scene.master._data_received(encode(body))
        await asyncio.sleep(60)
        assert scene.ids == {connector.id}

    play(scenario, connector)


def test_garbled_answers_do_not_identify_the_owner(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bad line changes them where the checksum does not show it, or they make no sense by themselves."""
    twc = WallConnector(1)
    garbled = [
        bytes.fromhex(start) + text.ljust(11, b"\0")
        for start, text in (
            ("FC ED 00 01", b"A16K0007823"),
            ("FB EE 00 01", b"5YJ3E1E"),
            ("FD EF 00 01", b"A7LF3\x07"),
        )
    ]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(10)
        caplog.set_level(logging.DEBUG)
        for body in garbled:
            await scene.until(lambda: scene.wire[-1][1].body.startswith(b"\xfd\xe0"))
            await asyncio.sleep(0.1)
            scene.bus.transmit(twc, encode(body))
            await asyncio.sleep(1)
        logged = [body_as_text(frame.body) for frame in scene.master.frames]
        for body in garbled:
            assert f"{body[:4].hex(' ')} (redacted)" in logged
        assert caplog.text.count("(redacted)") == 2
        output = caplog.text + str(logged)
        assert "41 31 36 4b" not in output
        assert "35 59 4a" not in output

    play(scenario, twc)
