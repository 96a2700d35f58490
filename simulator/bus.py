"""The bus: the line with everything that is attached to it.

It has the connectors, the faults, the random numbers and the safety record, and attaches ports to the wire.
Everything runs on timers of the event loop, so it behaves the same in real time and on `VirtualTimeLoop`.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from .codec import Decoder, Frame, split_frames
from .faults import Faults
from .line import Line, Talker
from .safety import SafetyRecord

if TYPE_CHECKING:
    from .connector import WallConnector
    from .medium import Detachable


class PortHandle:
    """The attachment of a master to the wire."""

    def __init__(self, bus: Bus, receive: Callable[[bytes], None], name: str) -> None:
        """Listen on the wire of the bus and pass received bytes to `receive`."""
        self.name = name
        self._bus = bus
        self._receive = receive
        self._attached = True
        self._written: deque[bytes] = deque()
        self._sending = False
        self._held = b""
        self._record = bus.safety.listen_to_master()

    def write(self, data: bytes) -> None:
        """Transmit after the bytes written before."""
        if not (self._attached and self._bus.running):
            return
        self._record.feed(data)
        self._written.extend(split_frames(data))
        if not self._sending:
            self._send_next()

    def detach(self) -> None:
        """Detach from the wire."""
        self._attached = False
        self._written.clear()
        if self in self._bus.line.ports:
            self._bus.line.ports.remove(self)

    def hear(self, data: bytes, talker: Talker, hold: float) -> None:
        """Receive bytes from the wire, in order even if earlier ones are delayed."""
        if talker is self and not self._bus.faults.echo:
            return
        if hold and not self._held:
            self._bus.line.at(self._bus.now + hold, self._release)
        if hold or self._held:
            self._held += data
        else:
            self._receive(data)

    def _release(self) -> None:
        data, self._held = self._held, b""
        if self._attached:
            self._receive(data)

    def _send_next(self) -> None:
        self._sending = self._attached and bool(self._written)
        if self._sending:
            end = self._bus.line.send(self, self._written.popleft())
            self._bus.line.at(end, self._send_next)


class _Noise:
    """The sender of noise on a quiet line."""

    name = "noise"


_NOISE = _Noise()


class Bus:
    """An RS-485 bus with wall connectors and ports."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop | None = None, seed: int = 0
    ) -> None:
        """Create a bus; nothing happens before `start`."""
        self._loop = loop
        self._line: Line | None = None
        self._noise_timer: asyncio.TimerHandle | None = None
        self._decoder = Decoder()
        self.dice = Random(seed)
        self.faults = Faults()
        self.safety = SafetyRecord(self)
        self.connectors: list[WallConnector] = []
        self.second_masters: list[Detachable] = []
        self.frame_listeners: list[Callable[[Frame], None]] = [self.safety.on_frame]
        self.change_listeners: list[Callable[[], None]] = [self.safety.update]

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the bus: the running one unless another was given."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop

    @property
    def line(self) -> Line:
        """The wire."""
        if self._line is None:
            self._line = Line(self.loop, self.faults, self.dice)
            self._line.on_bytes = self._hear
            self._line.on_talk_over = self.safety.on_talk_over
        return self._line

    @property
    def running(self) -> bool:
        """Whether the bus is started."""
        return self._noise_timer is not None

    @property
    def now(self) -> float:
        """The time of the loop, in seconds."""
        return self.loop.time()

    @property
    def decode_errors(self) -> int:
        """The number of pieces on the wire that were no valid frame."""
        return self._decoder.rejected

    def add(self, connector: WallConnector) -> WallConnector:
        """Attach a wall connector; it powers up when the bus is started."""
        self.connectors.append(connector)
        connector.join(self)
        if self.running:
            connector.power_up()
        return connector

    def remove(self, connector: WallConnector) -> None:
        """Detach a wall connector, as if its breaker was switched off."""
        connector.power_down()
        self.connectors.remove(connector)
        self.changed()

    def attach(
        self, receive: Callable[[bytes], None], name: str = "port"
    ) -> PortHandle:
        """Attach a master to the wire."""
        handle = PortHandle(self, receive, name)
        self.line.ports.append(handle)
        return handle

    def start(self) -> None:
        """Power everything up."""
        if self.running:
            return
        self._noise_timer = self.loop.call_later(1, self._idle_noise)
        for connector in self.connectors:
            connector.power_up()

    def stop(self) -> None:
        """Power everything down and cancel all timers."""
        for connector in self.connectors:
            connector.power_down()
        for master in tuple(self.second_masters):
            master.detach()
        if self._noise_timer is not None:
            self._noise_timer.cancel()
            self._noise_timer = None
        self.line.stop()
        self.safety.update()

    def transmit(self, talker: Talker, data: bytes) -> None:
        """Put bytes on the wire now, even during another transmission."""
        if self.running:
            self.line.send(talker, data)

    def changed(self) -> None:
        """Notify the listeners that offers, draws or states changed."""
        for listener in tuple(self.change_listeners):
            listener()

    def _hear(self, data: bytes) -> None:
        """Deliver a transmission to everything on the bus."""
        for frame in self._decoder.feed(data):
            for listener in tuple(self.frame_listeners):
                listener(frame)
            for connector in tuple(self.connectors):
                connector.hear(frame)

    def _idle_noise(self) -> None:
        rate = self.faults.idle_noise
        if rate and not self.line.busy:
            self.line.send(_NOISE, self.dice.randbytes(self.dice.randint(1, 6)))
        wait = self.dice.expovariate(rate) if rate else 1.0
        self._noise_timer = self.loop.call_later(wait, self._idle_noise)
