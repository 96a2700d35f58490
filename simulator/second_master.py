"""A second master on the bus, such as a wall connector whose rotary switch is not at F.

It sends the linkready sequence, idle notices, and a heartbeat per second to each connector it has received.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from .codec import (
    ANNOUNCE,
    ANSWER,
    ASK,
    HEARTBEAT,
    IDLE_NOTICE,
    LINKREADY_1,
    LINKREADY_2,
    Frame,
    compose,
    wrap,
)
from .medium import Medium

_SEQUENCE_GAP_S: Final = 0.1
_HEARTBEAT_S: Final = 1.0
_IDLE_S: Final = 10.0
_RETRY_S: Final = 0.015
_IDLE_BODY: Final = bytes((ANNOUNCE, IDLE_NOTICE)) + bytes(11) + bytes((IDLE_NOTICE,))


class SecondMaster:
    """A second master, which can be attached and detached at any time."""

    def __init__(
        self, master_id: int = 0x035D, sign: int = 0x39, *, heartbeats: bool = True
    ) -> None:
        """Create a master; without `heartbeats` it only announces itself."""
        self.id = master_id
        self.sign = sign
        self.name = f"second master {master_id:04X}"
        self._heartbeats = heartbeats
        self._bus: Medium | None = None
        self._known: dict[int, int] = {}
        self._timers: set[asyncio.TimerHandle] = set()

    @property
    def attached(self) -> bool:
        """Whether it is attached to a bus."""
        return self._bus is not None

    def attach(self, bus: Medium) -> None:
        """Attach to a bus and announce itself."""
        if self._bus is not None:
            return
        self._bus = bus
        bus.second_masters.append(self)
        bus.frame_listeners.append(self._hear)
        ready = ((ANNOUNCE, LINKREADY_1), (ASK, LINKREADY_2))
        wait = 0.0
        for kind, command in (ready[0],) * 5 + (ready[1],) * 5:
            wait += _SEQUENCE_GAP_S
            self._later(wait, self._linkready, kind, command)
        self._later(wait + _HEARTBEAT_S, self._work)
        self._later(_IDLE_S, self._idle)

    def detach(self) -> None:
        """Detach from the bus and drop its connectors."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._known.clear()
        if self._bus is not None:
            self._bus.frame_listeners.remove(self._hear)
            self._bus.second_masters.remove(self)
            self._bus = None

    def _hear(self, frame: Frame) -> None:
        if frame.kind == ANSWER and frame.command == LINKREADY_2:
            self._known[frame.sender] = frame.length
        elif frame.kind == ANSWER and frame.command == HEARTBEAT:
            self._known.setdefault(frame.sender, frame.length)

    def _linkready(self, kind: int, command: int) -> None:
        self._send(compose(kind, command, self.id, payload=bytes((self.sign,))))

    def _idle(self) -> None:
        """Announce itself from time to time, as a real one does when it is idle."""
        self._send(_IDLE_BODY)
        if not self._known:
            self._linkready(ASK, LINKREADY_2)
        self._later(_IDLE_S, self._idle)

    def _work(self) -> None:
        """Send a heartbeat to each connector, spread over the second."""
        if self._heartbeats:
            for index, (connector, length) in enumerate(self._known.items()):
                self._later(
                    index * _HEARTBEAT_S / 4, self._heartbeat, connector, length
                )
        self._later(_HEARTBEAT_S, self._work)

    def _heartbeat(self, connector: int, length: int) -> None:
        self._send(compose(ASK, HEARTBEAT, self.id, connector, length=length))

    def _send(self, body: bytes) -> None:
        if self._bus is None:
            return
        if self._bus.line.busy:
            self._later(_RETRY_S, self._send, body)
        else:
            self._bus.transmit(self, wrap(body))

    def _later[*Ts](
        self, seconds: float, call: Callable[[*Ts], None], *args: *Ts
    ) -> None:
        """Call later, unless it is detached by then."""
        if self._bus is None:
            return
        now = self._bus.now
        self._timers = {timer for timer in self._timers if timer.when() > now}
        self._timers.add(self._bus.loop.call_later(seconds, call, *args))
