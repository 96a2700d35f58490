"""The wire: timing, pieces and collisions."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from simulator import Bus, Car, Frame, SecondMaster, WallConnector, run_virtual
from simulator.codec import ASK, HEARTBEAT, compose, wrap
from simulator.line import BYTE_S

FRAME = wrap(compose(ASK, HEARTBEAT, 0x7777, 0x032E, length=16))


def on_bus(scenario: Callable[[Bus], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        bus = Bus(seed=5)
        bus.start()
        await scenario(bus)
        bus.stop()

    run_virtual(main())


def test_a_byte_takes_its_time_and_arrives_in_pieces() -> None:
    async def scenario(bus: Bus) -> None:
        heard: list[tuple[float, bytes]] = []
        begin = bus.now
        bus.attach(lambda data: heard.append((bus.now - begin, data)))
        talker = bus.attach(lambda _: None)
        for _ in range(30):
            talker.write(FRAME)
        await asyncio.sleep(2)
        assert b"".join(data for _, data in heard) == FRAME * 30
        assert heard[-1][0] == pytest.approx(len(FRAME) * 30 * BYTE_S)
        sizes = {len(data) for _, data in heard}
        assert len(sizes) > 3
        so_far = 0
        for at, data in heard:
            so_far += len(data)
            assert at == pytest.approx(so_far * BYTE_S)

    on_bus(scenario)


def test_a_port_receives_its_own_bytes_only_with_echo() -> None:
    async def scenario(bus: Bus) -> None:
        heard: list[bytes] = []
        port = bus.attach(heard.append)
        port.write(FRAME)
        await asyncio.sleep(1)
        assert heard == []
        bus.faults.echo = True
        port.write(FRAME)
        await asyncio.sleep(1)
        assert b"".join(heard) == FRAME

    on_bus(scenario)


def test_two_senders_garble_each_other() -> None:
    async def scenario(bus: Bus) -> None:
        frames: list[Frame] = []
        bus.frame_listeners.append(frames.append)
        one, two = bus.attach(lambda _: None), bus.attach(lambda _: None)
        one.write(FRAME)
        await asyncio.sleep(5 * BYTE_S)
        two.write(FRAME)
        await asyncio.sleep(1)
        assert frames == []
        assert bus.line.collisions == 1
        one.write(FRAME)
        await asyncio.sleep(len(FRAME) * BYTE_S + 0.005)
        two.write(FRAME)
        await asyncio.sleep(1)
        assert len(frames) == 2
        assert bus.line.collisions == 1

    on_bus(scenario)


def test_sending_during_a_reception_is_recorded() -> None:
    async def scenario(bus: Bus) -> None:
        one = bus.attach(lambda _: None, "one")
        parts: list[bytes] = []

        def interrupt(data: bytes) -> None:
            parts.append(data)
            if len(data) < len(FRAME) - 1:
                two.write(FRAME)

        two = bus.attach(interrupt, "two")
        while not bus.safety.talked_over:
            parts.clear()
            one.write(FRAME)
            await asyncio.sleep(1)
        assert len(parts[0]) < len(FRAME) - 1
        assert [name for _, name in bus.safety.talked_over] == ["one"]

    on_bus(scenario)


def test_an_unforeseeable_collision_is_not_recorded_as_a_fault() -> None:
    async def scenario(bus: Bus) -> None:
        one, two = bus.attach(lambda _: None), bus.attach(lambda _: None)
        one.write(FRAME)
        await asyncio.sleep(BYTE_S)
        two.write(FRAME)
        await asyncio.sleep(1)
        assert bus.line.collisions == 1
        assert bus.safety.talked_over == []

    on_bus(scenario)


def test_each_frame_of_one_write_is_received_at_its_own_end() -> None:
    async def scenario(bus: Bus) -> None:
        times: list[float] = []
        begin = bus.now
        bus.frame_listeners.append(lambda _: times.append(bus.now - begin))
        bus.attach(lambda _: None).write(FRAME * 2)
        await asyncio.sleep(1)
        one = len(FRAME) * BYTE_S
        assert times == [pytest.approx(one), pytest.approx(2 * one)]

    on_bus(scenario)


def test_a_removed_port_neither_receives_nor_sends() -> None:
    async def scenario(bus: Bus) -> None:
        heard: list[bytes] = []
        frames: list[Frame] = []
        bus.frame_listeners.append(frames.append)
        port, other = bus.attach(heard.append), bus.attach(lambda _: None)
        other.write(FRAME)
        port.write(FRAME)
        port.detach()
        port.write(FRAME)
        await asyncio.sleep(1)
        assert heard == []
        other.write(FRAME)
        await asyncio.sleep(1)
        assert frames[-1] == Frame(FRAME[1:-2])

    on_bus(scenario)


def test_stop_leaves_no_timer() -> None:
    async def scenario(bus: Bus) -> None:
        heard: list[bytes] = []
        bus.attach(heard.append)
        port = bus.attach(lambda _: None)
        bus.faults.idle_noise = bus.faults.split = bus.faults.double = 1
        for number in (0x032E, 0x1839):
            bus.add(WallConnector(number)).plug_in(Car())
        bus.add(WallConnector(0x2431)).power_cycle()
        bus.add(WallConnector(0x035D, switch=1))
        SecondMaster(0x1111).attach(bus)
        bus.connectors[1].supply.enable(bus.now)
        bus.connectors[1].supply.command(9, 20, bus.now)
        for _ in range(200):
            port.write(FRAME)
            await asyncio.sleep(0.17)
        port.write(FRAME * 3)
        bus.stop()
        heard.clear()
        loop = asyncio.get_running_loop()
        timers = loop._scheduled  # type: ignore[attr-defined]
        assert [timer for timer in timers if not timer.cancelled()] == []
        await asyncio.sleep(100)
        assert heard == []
        bus.start()
        await asyncio.sleep(20)
        assert heard

    on_bus(scenario)
