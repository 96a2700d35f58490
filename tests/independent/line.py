"""The half-duplex line at 9600 baud 8N1, with its weather."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from tests.independent.specs import LineSpec
from tests.independent.wire import enclose

BYTE_S = 10 / 9600
STORM = 10.0  # how much more frequent faults are in a storm


class Unit(Protocol):
    """What receives every frame that arrives undamaged."""

    def hear(self, body: bytes, now: float) -> None:
        """Receive the body of a frame."""


@dataclass(slots=True, eq=False)
class Sent:
    """A frame on its way; `seen` is called with the time at which a master has received it undamaged."""

    source: object
    body: bytes
    data: bytes
    start: float
    end: float
    seen: Callable[[float], None] | None
    garbled: bool = False


class Tap(Protocol):
    """What receives the bytes, damaged or not."""

    def receive(self, data: bytes, sent: Sent, now: float) -> None:
        """Receive the bytes of one frame."""


class Line:
    """Carries each frame with one event; frames that overlap in time are both garbled."""

    def __init__(self, spec: LineSpec, rng: Random, units: Sequence[Unit]) -> None:
        self.spec = spec
        self.rng = rng
        self.taps: list[Tap] = []
        self.storm_until = 0.0
        self._units = units
        self._under_way: list[Sent] = []

    def send(
        self,
        source: object,
        body: bytes,
        delay_s: float = 0.0,
        data: bytes | None = None,
        seen: Callable[[float], None] | None = None,
    ) -> float:
        """Send a frame `delay_s` from now; return when its last byte is on the line."""
        loop = asyncio.get_running_loop()
        data = (
            enclose(body, self.rng.choice((b"\xfc", b"\xf8", b"\xfe", b"")))
            if data is None
            else data
        )
        start = loop.time() + delay_s
        sent = Sent(source, body, data, start, start + len(data) * BYTE_S, seen)
        for other in self._under_way:
            if (
                other.source is not source
                and other.start < sent.end
                and sent.start < other.end
            ):
                other.garbled = sent.garbled = True
        self._under_way.append(sent)
        loop.call_at(sent.end, self._arrive, sent)
        return sent.end

    def _arrive(self, sent: Sent) -> None:
        now = asyncio.get_running_loop().time()
        self._under_way.remove(sent)
        worse = STORM if now < self.storm_until else 1.0
        if not sent.garbled and self.rng.random() >= self.spec.lose * worse:
            for unit in self._units:
                if unit is not sent.source:
                    unit.hear(sent.body, now)
        if self.rng.random() < self.spec.lose * worse:
            return
        for tap in tuple(self.taps):
            if tap is not sent.source or self.spec.echo:
                tap.receive(self._weathered(sent, worse), sent, now)

    def _weathered(self, sent: Sent, worse: float) -> bytes:
        rng, spec, data = self.rng, self.spec, sent.data
        if sent.garbled:
            data = rng.randbytes(rng.randint(1, len(data)))
        if rng.random() < spec.flip * worse:
            at = rng.randrange(len(data))
            data = (
                data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
            )
        if rng.random() < spec.stuff * worse:
            at = data.rfind(b"\xc0")
            data = data[:at] + bytes([rng.randrange(0xC0)]) + data[at:]
        if rng.random() < spec.noise * worse:
            data = (
                rng.randbytes(rng.randint(1, 6))
                + data
                + rng.randbytes(rng.randint(0, 6))
            )
        return data
