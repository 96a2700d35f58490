"""A port with swapped wires, or with another baud rate than the bus.

It simulates, bit by bit, what a serial receiver decodes from such a line. It is between a `MemoryPort` and the
protocol of a master, which receives garbage and whose frames reach no connector.

A byte on the wire is a start bit (0), eight data bits with the lowest first, and a stop bit (1). A receiver takes
a falling edge for a start bit, samples the middle of the next nine bits and returns them as a byte, even without a
valid stop bit: the default of Linux.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from .memory import MemoryPort

BUS_BAUD: Final = 9600
_DATA_BITS: Final = 8
_STEPS_PER_BIT: Final = 16
# More than the longest piece that the wire delivers at once.
_PAUSE_S: Final = 0.030


@dataclass(frozen=True, slots=True)
class BadWiring:
    """The wiring and the settings of a port."""

    baud: int = BUS_BAUD
    """The baud rate of the receiver."""
    swapped: bool = False
    """Whether A and B are swapped, so that every bit is inverted while the line is driven."""
    failsafe: bool = True
    """Whether the receiver reads an undriven line as idle. If not, swapped wires look like a break."""
    lead_bits: float = 0
    """The number of bits for which a sender drives the idle line before its first byte."""

    def read(self, data: bytes) -> bytes:
        """Return the bytes that the receiver decodes from one transmission."""
        levels = self._levels(data)
        quiet = 0 if self.swapped and not self.failsafe else 1
        step = BUS_BAUD / self.baud / _STEPS_PER_BIT
        read = bytearray()
        before, place = quiet, 0.0
        while place < len(levels):
            level = levels[int(place)]
            if before and not level:
                bits = [
                    _at(levels, place + (bit + 0.5) * step * _STEPS_PER_BIT, quiet)
                    for bit in range(1, _DATA_BITS + 2)
                ]
                read.append(
                    sum(value << bit for bit, value in enumerate(bits[:_DATA_BITS]))
                )
                level = bits[-1]
                place += (_DATA_BITS + 1.5) * step * _STEPS_PER_BIT
            else:
                place += step
            before = level
        return bytes(read)

    def _levels(self, data: bytes) -> list[int]:
        """Return the level of the line for each bit of a transmission."""
        levels = [1] * round(self.lead_bits)
        for byte in data:
            levels += [0, *(byte >> bit & 1 for bit in range(_DATA_BITS)), 1]
        return [1 - level for level in levels] if self.swapped else levels


def _at(levels: list[int], place: float, quiet: int) -> int:
    index = int(place)
    return levels[index] if index < len(levels) else quiet


class _Misreading(asyncio.Protocol):
    """Delivers each transmission to the protocol of a master as a badly wired receiver decodes it."""

    def __init__(
        self,
        protocol: asyncio.Protocol,
        wiring: BadWiring,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.protocol = protocol
        self._wiring = wiring
        self._loop = loop
        self._heard = b""
        self._timer: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        # What a master writes to such a port reaches no connector.
        transport.write = lambda _: None  # type: ignore[assignment]
        self.protocol.connection_made(transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._heard += data
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(_PAUSE_S, self._pass_on)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.protocol.connection_lost(exc)

    def _pass_on(self) -> None:
        heard, self._heard = self._heard, b""
        if read := self._wiring.read(heard):
            self.protocol.data_received(read)


class BadlyWiredPort:
    """A memory port with wrong wiring or settings."""

    def __init__(self, port: MemoryPort, wiring: BadWiring) -> None:
        """Put bad wiring between a port and the master that opens it."""
        self.port = port
        self.wiring = wiring

    async def connect[P: asyncio.Protocol](
        self, protocol_factory: Callable[[], P]
    ) -> tuple[asyncio.Transport, Any]:
        """Open the port, as `MemoryPort.connect` does."""
        loop = self.port.bus.loop
        transport, misreading = await self.port.connect(
            lambda: _Misreading(protocol_factory(), self.wiring, loop)
        )
        return transport, misreading.protocol
