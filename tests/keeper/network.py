"""A network between Home Assistant and the keeper, in memory, whose cables a test may cut."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, override

LATENCY_S = 0.001
USER_TIMEOUT_S = 20.0
"""What the keeper sets for its connections."""


@dataclass(slots=True)
class Network:
    """What is between the two.

    Attributes:
        to_keeper, to_client: whether bytes get there.
        accept: returns the protocol of a connection at the keeper, or None while it is not running.

    """

    accept: Callable[[], asyncio.Protocol] | None = None
    to_keeper: bool = True
    to_client: bool = True
    ends: list[End] = field(default_factory=list)

    def connector(self, address: str) -> Callable[..., Any]:
        """Return what opens a port of the keeper from an address, as serialx does."""

        async def connect(
            loop: asyncio.AbstractEventLoop,
            protocol_factory: Callable[[], asyncio.Protocol],
            url: str,
            *,
            baudrate: int,
        ) -> tuple[asyncio.Transport, Any]:
            await asyncio.sleep(LATENCY_S)
            if self.accept is None or not (self.to_keeper and self.to_client):
                raise ConnectionRefusedError(111, "Connection refused")
            client, keeper = protocol_factory(), self.accept()
            near = End(self, client, lambda: self.to_client, address)
            far = End(self, keeper, lambda: self.to_keeper, address)
            near.other, far.other = far, near
            far.gives_up_s = USER_TIMEOUT_S
            self.ends += [near, far]
            far.protocol.connection_made(far)
            near.protocol.connection_made(near)
            return near, client

        return connect

    def cut(self, *, to_keeper: bool = True, to_client: bool = True) -> None:
        """Cut either direction; what is written meanwhile is sent again later, as TCP does."""
        self.to_keeper = self.to_keeper and not to_keeper
        self.to_client = self.to_client and not to_client

    def mend(self) -> None:
        self.to_keeper = self.to_client = True
        for end in tuple(self.ends):
            end.flush()

    def reset_all(self) -> None:
        """End all connections, as far as either end notices."""
        for end in tuple(self.ends):
            end.lose(ConnectionResetError(104, "Connection reset by peer"))


class End(asyncio.Transport):
    """One end of a connection; what is written comes out at the other one."""

    def __init__(
        self,
        network: Network,
        protocol: asyncio.Protocol,
        reaches: Callable[[], bool],
        address: str,
    ) -> None:
        super().__init__({"peername": (address, 40000)})
        self.network = network
        self.protocol = protocol
        self.reaches = reaches
        self.other: End | None = None
        self.lost = False
        self.unsent = b""
        self.gives_up_s: float | None = None
        self.loop = asyncio.get_running_loop()

    @override
    def write(self, data: Any) -> None:
        other = self.other
        if self.lost or other is None:
            return
        if other.reaches():
            self.loop.call_later(LATENCY_S, other.take, bytes(data))
        else:
            self.unsent += bytes(data)
        if not (self.reaches() and other.reaches()) and self.gives_up_s is not None:
            # Nobody acknowledges it.
            self.loop.call_later(self.gives_up_s, self.give_up)

    def give_up(self) -> None:
        other = self.other
        if other is not None and not (self.reaches() and other.reaches()):
            self.lose(TimeoutError(110, "Connection timed out"))
            if other.reaches():
                other.lose(ConnectionResetError(104, "Connection reset by peer"))

    def flush(self) -> None:
        unsent, self.unsent = self.unsent, b""
        if unsent and self.other is not None:
            self.loop.call_later(LATENCY_S, self.other.take, unsent)

    def take(self, data: bytes) -> None:
        if not self.lost:
            self.protocol.data_received(data)

    @override
    def get_write_buffer_size(self) -> int:
        return len(self.unsent)

    @override
    def is_closing(self) -> bool:
        return self.lost

    @override
    def close(self) -> None:
        self.abort()

    @override
    def abort(self) -> None:
        other = self.other
        self.lose(None)
        if other is not None and other.reaches():
            self.loop.call_later(LATENCY_S, other.lose, None)

    def lose(self, error: Exception | None) -> None:
        if not self.lost:
            self.lost = True
            self.network.ends.remove(self)
            self.loop.call_soon(self.protocol.connection_lost, error)
