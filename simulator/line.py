"""The pair of wires: half duplex, 9600 baud, 8N1.

It simulates how long bytes take, their delivery, and collisions. Of frames it only detects the end.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

from .codec import MARK
from .faults import Faults

# Start bit, eight data bits, stop bit at 9600 baud.
BYTE_S: Final = 10 / 9600
# An adapter delivers from a few bytes of its queue to a whole frame at once.
_CHUNK: Final = (4, 24)
_NO_OVERLAP_S: Final = 1e-6


class Talker(Protocol):
    """A sender on the bus."""

    @property
    def name(self) -> str:
        """The name of the sender."""


@dataclass(slots=True, eq=False)
class Transmission:
    """Bytes that are being transmitted."""

    talker: Talker
    data: bytearray
    start: float
    end: float
    hold: float
    skip: int = 0
    """The number of leading bytes that were lost to an earlier transmission."""
    heard: bool = False
    """Whether a part of it has reached the ports."""

    def byte_at(self, time: float) -> int:
        """Return the index of the byte that is on the wire at a time."""
        return int((time - self.start + _NO_OVERLAP_S) / BYTE_S)

    @property
    def frame_end(self) -> float:
        """The time at which its last marker has passed; the rest is the tail or noise."""
        return self.start + (self.data.rfind(MARK) + 1) * BYTE_S


class Listener(Talker, Protocol):
    """A port on the bus."""

    def hear(self, data: bytes, talker: Talker, hold: float) -> None:
        """Receive bytes from the wire."""


class Line:
    """Carries bytes from a sender to everything else on the bus."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, faults: Faults, dice: Random
    ) -> None:
        """Start with a quiet line."""
        self._loop = loop
        self._faults = faults
        self._dice = dice
        self._active: list[Transmission] = []
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._last_timer = 0
        self.ports: list[Listener] = []
        self.on_bytes: Callable[[bytes], None] = lambda _: None
        self.on_talk_over: Callable[[Talker, Talker], None] = lambda _, __: None
        self.collisions = 0

    @property
    def busy(self) -> bool:
        """Whether there are bytes on the wire now."""
        now = self._loop.time()
        return any(tx.end > now + _NO_OVERLAP_S for tx in self._active)

    def send(self, talker: Talker, data: bytes) -> float:
        """Put bytes on the wire from now on; return the time at which the last one has passed."""
        start = self._loop.time()
        for spoiled in self._faults.spoil(data, self._dice):
            start = self._put(talker, spoiled, start)
        return max(start, self._loop.time() + len(data) * BYTE_S)

    def stop(self) -> None:
        """Drop everything on the wire."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._active.clear()

    def _put(self, talker: Talker, data: bytes, start: float) -> float:
        """Schedule a transmission; a second one of the same sender follows the first."""
        if start > self._loop.time():
            self.at(start, lambda: self._begin(talker, data))
        else:
            self._begin(talker, data)
        return start + len(data) * BYTE_S

    def _begin(self, talker: Talker, data: bytes) -> None:
        now = self._loop.time()
        end = now + len(data) * BYTE_S
        tx = Transmission(
            talker, bytearray(data), now, end, self._faults.hold(self._dice)
        )
        for other in self._active:
            if other.end > now + _NO_OVERLAP_S and other.talker is not talker:
                self._collide(other, tx)
        self._active.append(tx)
        self._schedule(tx)

    def _collide(self, earlier: Transmission, later: Transmission) -> None:
        """Garble the earlier transmission where both overlap; the later one is lost there."""
        self.collisions += 1
        if earlier.heard and later.start < earlier.frame_end - _NO_OVERLAP_S:
            self.on_talk_over(later.talker, earlier.talker)
        until = min(earlier.end, later.end)
        last = min(earlier.byte_at(until), len(earlier.data) - 1)
        for index in range(earlier.byte_at(later.start), last + 1):
            earlier.data[index] = self._dice.randrange(256)
        later.skip = max(later.skip, later.byte_at(until))

    def _schedule(self, tx: Transmission) -> None:
        """Schedule the delivery to the ports, in pieces as they have passed."""
        begin = 0
        size = len(tx.data)
        while (end := begin + self._dice.randint(*_CHUNK)) < size:
            self._deliver_at(tx, begin, end)
            begin = end
        self.at(tx.end, lambda: self._finish(tx, begin))

    def _deliver_at(self, tx: Transmission, begin: int, end: int) -> None:
        self.at(tx.start + end * BYTE_S, lambda: self._deliver(tx, begin, end))

    def _finish(self, tx: Transmission, begin: int) -> None:
        self._active.remove(tx)
        self._deliver(tx, begin, len(tx.data))
        self.on_bytes(bytes(tx.data[tx.skip :]))

    def _deliver(self, tx: Transmission, begin: int, end: int) -> None:
        data = bytes(tx.data[max(begin, tx.skip) : end])
        if not data:
            return
        tx.heard = True
        hold = tx.hold if begin else 0.0
        for port in tuple(self.ports):
            port.hear(data, tx.talker, hold)

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Call at a time, with a timer that `stop` cancels."""
        self._last_timer += 1
        number = self._last_timer

        def run() -> None:
            del self._timers[number]
            call()

        self._timers[number] = self._loop.call_at(when, run)
