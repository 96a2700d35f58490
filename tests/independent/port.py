"""The serial port of a master, as an asyncio transport."""

import asyncio
from collections.abc import Callable
from typing import override

from tests.independent.line import BYTE_S, Line, Sent
from tests.independent.wire import take

type Seen = Callable[[float], None]


class Port(asyncio.Transport):
    """An adapter on the line: ports that are open at the same time are separate adapters and hear each other."""

    def __init__(
        self,
        line: Line,
        protocol: asyncio.Protocol,
        wrote: Callable[[bytes, float], None],
    ) -> None:
        """Connect it to the line; `wrote` is called with the body of each frame that is written."""
        super().__init__()
        self.stalled_until = 0.0
        self._line = line
        self._protocol = protocol
        self._wrote = wrote
        self._partial = bytearray()
        self._free_at = 0.0
        self._newest_at = 0.0
        self._inbox: list[tuple[bytes, Seen | None]] = []
        self._paused = False
        self._closed = False
        self._stall_ends: asyncio.TimerHandle | None = None
        asyncio.get_running_loop().call_soon(protocol.connection_made, self)

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send each complete frame as soon as the bytes before it are out."""
        if self._closed:
            return
        now = asyncio.get_running_loop().time()
        self._partial += data
        for body, raw in take(self._partial):
            self._wrote(body, now)
            start = max(now, self._free_at, self.stalled_until)
            self._free_at = self._line.send(self, body, start - now, data=raw)

    @override
    def get_write_buffer_size(self) -> int:
        """Return the bytes that are not on the line yet."""
        return max(
            0, round((self._free_at - asyncio.get_running_loop().time()) / BYTE_S)
        )

    @override
    def is_closing(self) -> bool:
        """Return whether it is closed."""
        return self._closed

    @override
    def close(self) -> None:
        """Close it; `connection_lost` is called soon."""
        self.drop(None)

    @override
    def abort(self) -> None:
        """Close it."""
        self.drop(None)

    def drop(self, error: Exception | None) -> None:
        """End the connection."""
        if not self._closed:
            self._closed = True
            self._line.taps.remove(self)
            if self._stall_ends:
                self._stall_ends.cancel()
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, error)

    @override
    def is_reading(self) -> bool:
        """Return whether bytes are delivered."""
        return not (self._paused or self._closed)

    @override
    def pause_reading(self) -> None:
        """Keep what arrives."""
        self._paused = True

    @override
    def resume_reading(self) -> None:
        """Deliver what was kept."""
        self._paused = False
        asyncio.get_running_loop().call_soon(self.flush)

    def receive(self, data: bytes, sent: Sent, now: float) -> None:
        """Deliver the bytes of a frame, as late, doubled, split or disordered as the adapter makes them."""
        rng, spec = self._line.rng, self._line.spec
        at = now + rng.random() * spec.delay_s
        if rng.random() >= spec.reorder:
            at = self._newest_at = max(at, self._newest_at + 1e-4)
        seen = sent.seen if data == sent.data else None
        if rng.random() < spec.split:
            cut = rng.randrange(len(data))
            self._deliver(data[:cut], None, at, now)
            data, at = data[cut:], at + rng.random() * 0.05
            self._newest_at = max(at, self._newest_at + 1e-4)
        self._deliver(data, seen, at, now)
        if rng.random() < spec.double:
            self._deliver(data, None, at, now)

    def _deliver(self, data: bytes, seen: Seen | None, at: float, now: float) -> None:
        if at > now:
            asyncio.get_running_loop().call_at(at, self._take, data, seen)
        else:
            self._take(data, seen)

    def _take(self, data: bytes, seen: Seen | None) -> None:
        self._inbox.append((data, seen))
        self.flush()

    def flush(self) -> None:
        """Hand over what has arrived, unless reading is paused or the port stalled."""
        now = asyncio.get_running_loop().time()
        if not self._inbox or not self.is_reading() or now < self.stalled_until:
            return
        inbox, self._inbox = self._inbox, []
        for _, seen in inbox:
            if seen:
                seen(now)
        self._protocol.data_received(b"".join(data for data, _ in inbox))

    def stall(self, seconds: float) -> None:
        """Carry nothing in either direction for a while; deliver what has come together at its end."""
        loop = asyncio.get_running_loop()
        self.stalled_until = max(self.stalled_until, loop.time() + seconds)
        self._stall_ends = loop.call_at(self.stalled_until, self.flush)
