"""How late a frame gets through a keeper, and beside it through a relay that does nothing else, over real sockets.

Both are processes of their own, and are used in turn, so that what else runs on the machine delays both alike. This
process is Home Assistant, over a socket, and the bus, behind a pseudo terminal.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import os
from statistics import median, quantiles
import subprocess
import sys
from time import monotonic
import tty
from typing import Final, override

from custom_components.twc_manager.twc.frame import encode
from scripts.demo_lib.net import HOST, free_port

_QUESTION: Final = encode(bytes.fromhex("FB E0 77 77 C0 DB 09 06 40 00 00 00 00 00 00"))
_ANSWER: Final = encode(bytes.fromhex("FD E0 C0 DB 77 77 01 06 40 06 0D 00 00 00 00"))
_STEP_S: Final = 0.3
_ANSWER_AFTER_S: Final = 0.03
_PASSES_WITHIN_S: Final = 1.0
_READ_BYTES: Final = 256


class _Pieces(asyncio.Protocol):
    """What comes in, until a frame is whole."""

    def __init__(self) -> None:
        self._data = b""
        self._awaited = b""
        self._is_in = asyncio.Event()

    @override
    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._awaited and self._awaited in self._data:
            self._is_in.set()

    async def wait_for(self, frame: bytes) -> float:
        """Return when a frame was in, in s of the monotonic clock."""
        self._data, self._awaited = b"", frame
        self._is_in.clear()
        async with asyncio.timeout(_PASSES_WITHIN_S):
            await self._is_in.wait()
        return monotonic()


class Way:
    """The way between a bus and a client, through one program.

    Attributes:
        path: the serial port of the program.
        to_bus, to_home: how late each frame was, in s.

    """

    def __init__(self) -> None:
        """Make a bus that the program can open."""
        self._bus, self._port = os.openpty()
        tty.setraw(self._port)
        self.path = os.ttyname(self._port)
        self.to_bus: list[float] = []
        self.to_home: list[float] = []
        self._wires, self._home = _Pieces(), _Pieces()
        self._client: asyncio.Transport | None = None

    async def open(self, tcp_port: int) -> None:
        """Connect to the program, which serves already."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._bus, self._readable)
        self._client, _ = await loop.create_connection(
            lambda: self._home, HOST, tcp_port
        )

    def _readable(self) -> None:
        self._wires.data_received(os.read(self._bus, _READ_BYTES))

    async def exchange(self) -> None:
        """Pass a question to the bus, and its answer back.

        Raises:
            TimeoutError: if one did not pass.

        """
        assert self._client is not None
        loop = asyncio.get_running_loop()
        came = loop.create_task(self._wires.wait_for(_QUESTION))
        await asyncio.sleep(_STEP_S - _ANSWER_AFTER_S)
        sent_at = monotonic()
        self._client.write(_QUESTION)
        self.to_bus.append(await came - sent_at)
        came = loop.create_task(self._home.wait_for(_ANSWER))
        await asyncio.sleep(_ANSWER_AFTER_S)
        sent_at = monotonic()
        os.write(self._bus, _ANSWER)
        self.to_home.append(await came - sent_at)

    def close(self) -> None:
        """Leave the program."""
        if self._client is not None:
            asyncio.get_running_loop().remove_reader(self._bus)
            self._client.close()
        os.close(self._bus)
        os.close(self._port)


@contextmanager
def _relay(path: str, tcp_port: int) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.keeper_relay", path, str(tcp_port)],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


async def delays(keeper: Way, seconds: float) -> dict[str, float]:
    """Pass frames through a keeper, which is open, and through a relay for some time; return how late they were.

    Raises:
        TimeoutError: if one did not pass.

    """
    relay, tcp_port = Way(), free_port()
    try:
        with _relay(relay.path, tcp_port):
            await relay.open(tcp_port)
            for _ in range(max(int(seconds / _STEP_S / 2), 2)):
                await keeper.exchange()
                await relay.exchange()
    finally:
        relay.close()
    return {
        **_late(keeper.to_bus, "to_bus"),
        **_late(keeper.to_home, "to_home"),
        **_late(relay.to_bus, "relay_to_bus"),
        **_late(relay.to_home, "relay_to_home"),
        "frames": len(keeper.to_bus),
    }


def _late(seconds: Sequence[float], name: str) -> dict[str, float]:
    worst = quantiles(seconds, n=100, method="inclusive")[-1]
    return {
        f"{name}_ms_p50": round(1000 * median(seconds), 3),
        f"{name}_ms_p99": round(1000 * worst, 3),
    }
