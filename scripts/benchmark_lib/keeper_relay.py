"""A relay between a TCP port and a serial port that does nothing else: what a frame is late behind any program.

python -m scripts.benchmark_lib.keeper_relay PORT TCP_PORT
"""

import asyncio
import os
import sys
from typing import Final, override

_READ_BYTES: Final = 256


class _Relay(asyncio.Protocol):
    """The one connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        os.write(self._port, data)

    def readable(self) -> None:
        """Pass on what came in on the serial port."""
        data = os.read(self._port, _READ_BYTES)
        if self._transport is not None:
            self._transport.write(data)


async def _main(path: str, tcp_port: int) -> None:
    loop = asyncio.get_running_loop()
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    relay = _Relay(port)
    loop.add_reader(port, relay.readable)
    await loop.create_server(lambda: relay, "127.0.0.1", tcp_port)
    print(flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
