"""The scan of a bus before anything is set up: what is on it, found without transmitting."""

import asyncio
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.twc import (
    PROTOCOL_1,
    PROTOCOL_2,
    BusError,
    BusErrorReason,
    KnownConnector,
)
from custom_components.twc_manager.twc.frame import encode
from custom_components.twc_manager.twc.scan import (
    LISTEN_SECONDS,
    MAX_LISTEN_SECONDS,
    ScanResult,
    scan,
)
from simulator import Bus, MemoryPort, SecondMaster, WallConnector, run_virtual


def frame(start: str, length: int = 15) -> bytes:
    """Return the bytes on the line of a body that begins like this."""
    return encode(bytes.fromhex(start).ljust(length, b"\0"))


LINK_READY = frame("FD E2 03 2E 39 1F 40")
MASTER_HEARTBEAT = frame("FB E0 77 77 03 2E")
IDLE_NOTICE = frame("FC 1D", 13)


class Port:
    """A port in memory that opens like `serialx.create_serial_connection` and takes down what is sent."""

    def __init__(self, bus: Bus) -> None:
        self.memory = MemoryPort(bus)
        self.sent: list[bytes] = []

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        transport, protocol = await self.memory.connect(protocol_factory)
        transport.write = self.sent.append  # type: ignore[assignment]
        return transport, protocol


class Talker:
    name = "talker"


class Scene:
    """A bus that is powered up at the moment the scan of it begins."""

    def __init__(self, *connectors: WallConnector, seed: int = 1) -> None:
        self.bus = Bus(seed=seed)
        for connector in connectors:
            self.bus.add(connector)
        self.port = Port(self.bus)
        self.seconds = 0.0
        self.found: list[KnownConnector] = []

    def say(self, data: bytes, after: float) -> None:
        """Put bytes on the wire some seconds after now."""
        self.bus.loop.call_later(after, self.bus.transmit, Talker(), data)

    async def scan(self) -> ScanResult:
        start = self.bus.now
        try:
            return await scan(
                "/dev/simulated", connect=self.port, on_found=self.found.append
            )
        finally:
            self.seconds = self.bus.now - start
            assert not self.port.memory.is_open
            assert not self.port.sent

    def run(
        self, before: Callable[[], object] = lambda: None, *, settle: float = 0
    ) -> ScanResult:
        """Let the bus be on its own for a while, and scan it."""

        async def main() -> ScanResult:
            self.bus.start()
            await asyncio.sleep(settle)
            before()
            try:
                return await self.scan()
            finally:
                self.bus.stop()

        return run_virtual(main())


@pytest.mark.parametrize("seed", range(10))
def test_finds_all_that_wait_for_a_master(seed: int) -> None:
    scene = Scene(
        WallConnector(0x6052, protocol=2, rating=32.0),
        WallConnector(0x032E, protocol=1, rating=80.0),
        WallConnector(0xC0DB, protocol=2, rating=32.0),
        seed=seed,
    )
    result = scene.run(settle=10)

    assert result.connectors == (
        KnownConnector(0x032E, PROTOCOL_1, 80.0),
        KnownConnector(0x6052, PROTOCOL_2, 32.0),
        KnownConnector(0xC0DB, PROTOCOL_2, 32.0),
    )
    assert result.ids == {0x032E, 0x6052, 0xC0DB}
    assert not result.second_master
    assert not result.only_noise
    assert not result.linked
    assert scene.seconds == pytest.approx(LISTEN_SECONDS)


def test_reports_each_connector_once() -> None:
    scene = Scene()

    def talk() -> None:
        for second in range(5):
            scene.say(LINK_READY, second)

    result = scene.run(talk)
    assert result.frames == 5
    assert scene.found == [KnownConnector(0x032E, PROTOCOL_2, 80.0)]


def test_listens_longer_when_nobody_is_there() -> None:
    scene = Scene()
    result = scene.run()

    assert result == ScanResult()
    assert scene.seconds == pytest.approx(MAX_LISTEN_SECONDS)


def test_finds_one_whose_master_has_just_gone() -> None:
    master = SecondMaster()
    scene = Scene(WallConnector(0x032E))

    async def main() -> ScanResult:
        scene.bus.start()
        master.attach(scene.bus)
        await asyncio.sleep(30)
        assert scene.bus.safety.heartbeats or scene.bus.connectors[0].heartbeats_heard
        master.detach()
        try:
            return await scene.scan()
        finally:
            scene.bus.stop()

    result = run_virtual(main())
    assert [item.connector_id for item in result.connectors] == [0x032E]
    assert not result.second_master
    assert scene.seconds == pytest.approx(MAX_LISTEN_SECONDS)


def test_second_master_and_its_connectors() -> None:
    master = SecondMaster(0x035D)
    scene = Scene(WallConnector(0x032E), WallConnector(0x6052))

    async def main() -> ScanResult:
        scene.bus.start()
        master.attach(scene.bus)
        await asyncio.sleep(60)
        try:
            return await scene.scan()
        finally:
            master.detach()
            scene.bus.stop()

    result = run_virtual(main())
    assert result.second_master
    assert result.masters == (0x035D,)
    assert result.connectors == ()
    assert result.linked == (0x032E, 0x6052)
    assert result.ids == {0x035D, 0x032E, 0x6052}
    assert scene.seconds == pytest.approx(LISTEN_SECONDS)


def test_second_master_that_only_gives_notice() -> None:
    scene = Scene()

    def notices() -> None:
        scene.say(IDLE_NOTICE, 1)
        scene.say(IDLE_NOTICE, 11)

    result = scene.run(notices)
    assert result.second_master
    assert result.masters == ()


def test_one_frame_of_a_master_is_no_evidence() -> None:
    scene = Scene()
    result = scene.run(lambda: scene.say(MASTER_HEARTBEAT, 1))

    assert not result.second_master
    assert result.masters == (0x7777,)
    assert scene.seconds == pytest.approx(MAX_LISTEN_SECONDS)


def test_connector_that_announced_itself_is_not_merely_linked() -> None:
    scene = Scene()

    def talk() -> None:
        scene.say(LINK_READY, 1)
        scene.say(frame("FD E0 03 2E 77 77"), 2)

    result = scene.run(talk)
    assert result.connectors == (KnownConnector(0x032E, PROTOCOL_2, 80.0),)
    assert result.linked == ()


def test_last_announcement_counts() -> None:
    scene = Scene()

    def talk() -> None:
        scene.say(frame("FD E2 03 2E 39 1F 40", 13), 1)
        scene.say(LINK_READY, 2)

    result = scene.run(talk)
    assert result.connectors == (KnownConnector(0x032E, PROTOCOL_2, 80.0),)
    assert len(scene.found) == 1


def test_unknown_frame_is_not_noise() -> None:
    scene = Scene()
    result = scene.run(lambda: scene.say(frame("FD AA 03 2E"), 1))

    assert result.frames == 1
    assert not result.only_noise
    assert not result.ids


@pytest.mark.parametrize(("times", "is_noise"), [(1, False), (10, True)])
def test_only_noise(times: int, is_noise: bool) -> None:
    scene = Scene()
    result = scene.run(lambda: scene.say(b"\x3f\xc0\x81\x07" * times, 1))

    assert result.bytes_received == 4 * times
    assert result.only_noise is is_noise
    assert scene.seconds == pytest.approx(MAX_LISTEN_SECONDS)


def test_finds_connectors_on_a_bad_line() -> None:
    scene = Scene(WallConnector(0x032E), WallConnector(0x6052))
    faults = scene.bus.faults
    faults.noise = faults.split = faults.tail_garbage = 0.5
    faults.idle_noise = 5
    result = scene.run(settle=10)

    assert [item.connector_id for item in result.connectors] == [0x032E, 0x6052]
    assert not result.only_noise


@given(chunks=st.lists(st.binary(max_size=60), max_size=20))
@settings(max_examples=50, deadline=None)
def test_survives_anything(chunks: list[bytes]) -> None:
    scene = Scene()

    def talk() -> None:
        for second, chunk in enumerate(chunks):
            scene.say(chunk, second + 0.5)

    result = scene.run(talk)
    assert all(0 <= unit_id <= 0xFFFF for unit_id in result.ids)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("missing", BusErrorReason.MISSING),
        ("busy", BusErrorReason.BUSY),
        ("permission", BusErrorReason.NO_PERMISSION),
    ],
)
def test_port_that_cannot_be_opened(failure: Any, reason: BusErrorReason) -> None:
    scene = Scene()
    scene.port.memory.failure = failure

    with pytest.raises(BusError) as caught:
        scene.run()
    assert caught.value.reason is reason
    assert scene.seconds < 1


@pytest.mark.parametrize("after", [5.0, 20.0])
def test_port_that_is_lost_meanwhile(after: float) -> None:
    scene = Scene()

    with pytest.raises(BusError, match="lost") as caught:
        scene.run(lambda: scene.bus.loop.call_later(after, scene.port.memory.unplug))
    assert caught.value.reason is BusErrorReason.FAILED
    assert scene.seconds == pytest.approx(after)
    assert scene.port.memory.opened == 1


@pytest.mark.parametrize("after", [0.0, 5.0, 20.0])
def test_cancelled_scan_leaves_nothing_behind(after: float) -> None:
    scene = Scene()

    async def main() -> None:
        scene.bus.start()
        task = asyncio.create_task(scene.scan())
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        scene.bus.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert not scene.port.memory.is_open

    run_virtual(main())
