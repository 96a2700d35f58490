"""The ports: in memory, on a real pty, and over real TCP."""

import asyncio
from collections.abc import Callable, Coroutine
import os
from pathlib import Path
import tty

import pytest
import serialx

from simulator import Bus, MemoryPort, PtyPort, TcpPort, WallConnector, run_virtual
from simulator.codec import ASK, HEARTBEAT, compose, wrap

from .master import MASTER, Master

QUESTION = wrap(compose(ASK, HEARTBEAT, MASTER, 0x032E, length=16))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the kernel of a busy machine more time to deliver written bytes."""
    monkeypatch.setattr("simulator.clock._GRACE_S", 0.005)


def is_open(port: MemoryPort | PtyPort | TcpPort) -> bool:
    return port.is_open


async def has_ended(reader: asyncio.StreamReader) -> bool:
    """Wait for the end of a connection, with or without an error."""
    try:
        return await reader.read(10) == b""
    except ConnectionError:
        return True


def on_bus(scenario: Callable[[Bus], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        bus = Bus(seed=4)
        bus.add(WallConnector(0x032E))
        bus.start()
        try:
            await scenario(bus)
        finally:
            bus.stop()

    run_virtual(main())


class Device:
    """A program that has a device open."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.heard = b""
        self.error: OSError | None = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.fd, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self.fd, 1000)
        except OSError as error:
            self.error = error
            self._loop.remove_reader(self.fd)
            return
        self.heard += data
        if not data:
            self.error = OSError("end of file")
            self._loop.remove_reader(self.fd)

    def close(self) -> None:
        self._loop.remove_reader(self.fd)
        os.close(self.fd)


def test_memory_port_opens_transfers_and_closes() -> None:
    async def scenario(bus: Bus) -> None:
        port = MemoryPort(bus)
        assert not is_open(port)
        transport, master = await port.connect(Master)
        assert is_open(port)
        assert transport.get_extra_info("port") is port
        assert transport.get_protocol() is master
        assert await master.heartbeat(bus.connectors[0]) is not None
        transport.close()
        transport.close()
        assert transport.is_closing()
        await asyncio.sleep(0)
        assert master.lost == [None]
        transport.write(QUESTION)
        frames = len(master.frames)
        await asyncio.sleep(1)
        assert len(master.frames) == frames
        again, _ = await port.connect(Master)
        assert port.opened == 2
        again.abort()

    on_bus(scenario)


def test_memory_port_opens_once_at_a_time() -> None:
    async def scenario(bus: Bus) -> None:
        port = MemoryPort(bus)
        transport, _ = await port.connect(Master)
        with pytest.raises(OSError, match="busy"):
            await port.connect(Master)
        transport.close()

    on_bus(scenario)


def test_memory_port_fails_in_three_ways() -> None:
    async def scenario(bus: Bus) -> None:
        port = MemoryPort(bus)
        port.failure = "missing"
        with pytest.raises(FileNotFoundError):
            await port.connect(Master)
        port.failure = "permission"
        with pytest.raises(PermissionError):
            await port.connect(Master)
        port.failure = "busy"
        with pytest.raises(OSError, match="busy"):
            await port.connect(Master)
        assert port.opened == 0

    on_bus(scenario)


def test_memory_port_is_pulled_out_and_put_back() -> None:
    async def scenario(bus: Bus) -> None:
        port = MemoryPort(bus)
        _, master = await port.connect(Master)
        port.unplug()
        await asyncio.sleep(0)
        assert isinstance(master.lost[0], OSError)
        with pytest.raises(FileNotFoundError):
            await port.connect(Master)
        port.replug()
        transport, master = await port.connect(Master)
        assert await master.heartbeat(bus.connectors[0]) is not None
        transport.close()

    on_bus(scenario)


def test_memory_port_keeps_unread_bytes() -> None:
    async def scenario(bus: Bus) -> None:
        transport, master = await MemoryPort(bus).connect(Master)
        transport.pause_reading()
        assert not transport.is_reading()
        transport.write(QUESTION)
        await asyncio.sleep(1)
        assert master.chunks == []
        transport.resume_reading()
        assert len(master.frames) == 1
        transport.close()

    on_bus(scenario)


def test_pty_transfers_over_a_real_file_descriptor(tmp_path: Path) -> None:
    link = tmp_path / "dev" / "twc"

    async def scenario(bus: Bus) -> None:
        port = PtyPort(bus, link)
        assert port.path == link
        assert link.is_symlink()
        assert not is_open(port)
        device = Device(link)
        await asyncio.sleep(0.1)
        assert is_open(port)
        os.write(device.fd, QUESTION)
        answer = b"\xc0\xfd\xe0\x03\x2e\x77\x77"
        # A real file descriptor may be slow on a busy machine.
        for _ in range(3000):
            if device.heard.startswith(answer):
                break
            await asyncio.sleep(0.01)
        assert device.heard.startswith(answer)
        assert bus.connectors[0].linked
        device.close()
        port.close()
        assert not link.is_symlink()

    on_bus(scenario)


def test_pty_drops_unread_bytes(tmp_path: Path) -> None:
    async def scenario(bus: Bus) -> None:
        port = PtyPort(bus)
        for _ in range(2):
            await asyncio.sleep(15)
            device = Device(port.path)
            await asyncio.sleep(0.5)
            assert device.heard == b""
            os.write(device.fd, QUESTION)
            await asyncio.sleep(0.5)
            assert len(device.heard) in (18, 19)
            device.close()
        # A program that never reads only fills the buffer.
        fd = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
        other = bus.attach(lambda _: None)
        for _ in range(400):
            other.write(QUESTION)
        await asyncio.sleep(10)
        os.close(fd)
        port.close()

    on_bus(scenario)


def test_pty_is_pulled_out_and_put_back(tmp_path: Path) -> None:
    link = tmp_path / "twc"

    async def scenario(bus: Bus) -> None:
        port = PtyPort(bus, link)
        device = Device(link)
        await asyncio.sleep(0.2)
        port.unplug()
        port.unplug()
        assert not port.plugged
        assert not link.exists()
        await asyncio.sleep(0.2)
        assert device.error is not None
        os.close(device.fd)
        port.replug()
        port.replug()
        device = Device(link)
        await asyncio.sleep(0.2)
        os.write(device.fd, QUESTION)
        await asyncio.sleep(0.3)
        assert device.heard
        device.close()
        port.close()

    on_bus(scenario)


def test_pty_does_not_replace_a_file_with_its_link(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")

    async def scenario(bus: Bus) -> None:
        with pytest.raises(FileExistsError):
            PtyPort(bus, precious)

    on_bus(scenario)
    assert precious.read_text() == "mine"


def test_pty_works_with_the_serial_library_in_real_time(tmp_path: Path) -> None:
    async def main() -> None:
        bus = Bus(seed=4)
        twc = bus.add(WallConnector(0x032E))
        bus.start()
        port = PtyPort(bus, tmp_path / "twc")
        loop = asyncio.get_running_loop()
        # Longer than any machine is busy.
        master = Master(patience=30)
        transport, _ = await serialx.create_serial_connection(
            loop, lambda: master, str(port.path), baudrate=9600
        )
        await asyncio.sleep(0.1)
        answers = [await master.heartbeat(twc) for _ in range(3)]
        assert all(answers)
        port.unplug()
        async with asyncio.timeout(30):
            while not master.lost:
                await asyncio.sleep(0.01)
        assert master.lost[0] is not None
        transport.close()
        bus.stop()

    asyncio.run(main())


@pytest.mark.parametrize("chopped", [False, True])
@pytest.mark.usefixtures("socket_enabled")
def test_tcp_serves_one_client(chopped: bool) -> None:
    async def scenario(bus: Bus) -> None:
        port = TcpPort(bus, chopped=chopped)
        await port.start()
        assert port.url == f"socket://127.0.0.1:{port.port}"
        reader, writer = await asyncio.open_connection(port.host, port.port)
        await asyncio.sleep(0.1)
        assert is_open(port)
        other_reader, other_writer = await asyncio.open_connection(port.host, port.port)
        assert await has_ended(other_reader)
        other_writer.close()
        writer.write(QUESTION)
        answer = b""
        while len(answer) < 18:
            answer += await reader.read(100)
        assert answer.startswith(b"\xc0\xfd\xe0\x03\x2e\x77\x77")
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.1)
        assert not is_open(port)
        await port.stop()

    on_bus(scenario)


@pytest.mark.usefixtures("socket_enabled")
def test_tcp_stops_and_returns_at_the_same_address() -> None:
    async def scenario(bus: Bus) -> None:
        port = TcpPort(bus)
        await port.start()
        number = port.port
        reader, writer = await asyncio.open_connection(port.host, port.port)
        await asyncio.sleep(0.1)
        await port.unplug()
        assert await has_ended(reader)
        writer.close()
        with pytest.raises(OSError, match="onnect"):
            await asyncio.open_connection(port.host, number)
        await port.replug()
        assert port.port == number
        _, writer = await asyncio.open_connection(port.host, number)
        writer.close()
        await port.stop()

    on_bus(scenario)
