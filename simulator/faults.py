"""Faults on the wire, on demand.

A `Faults` belongs to a bus and may be changed while it runs. All chances are between 0 and 1 per transmission; all
random numbers come from the seed of the bus.
"""

from dataclasses import dataclass, fields
from random import Random
from typing import Final

from .codec import ANSWER, MARK, parse, unescape, wrap

_LATE_S: Final = (0.2, 1.5)
_SPLIT_S: Final = (0.005, 0.060)
_NOISE_BYTES: Final = 8


@dataclass(slots=True)
class Faults:
    """The faults of a bus; all are off by default."""

    lose: float = 0.0
    """Chance that a transmission is lost."""
    corrupt: float = 0.0
    """Chance that some bytes change and the checksum becomes invalid."""
    forge: float = 0.0
    """Chance that the payload of an answer changes and the checksum stays valid."""
    split: float = 0.0
    """Chance that the second half reaches the port 5 to 60 ms late."""
    double: float = 0.0
    """Chance that it is sent twice."""
    noise: float = 0.0
    """Chance of random bytes before or after it."""
    late: float = 0.0
    """Chance that a connector answers 0.2 to 1.5 s late."""
    tail_garbage: float = 0.0
    """Chance of a garbage byte between an answer's checksum and its closing marker."""
    echo: bool = False
    """Whether the adapter receives what it sends itself."""
    idle_noise: float = 0.0
    """Bursts of random bytes on the quiet line per second."""

    def clear(self) -> None:
        """Switch every fault off."""
        for field in fields(self):
            setattr(self, field.name, field.default)

    def spoil(self, data: bytes, dice: Random) -> list[bytes]:
        """Return the bytes on the wire for one transmission: none, one or two."""
        if not (self.lose or self.double or self._changes):
            return [data]
        if dice.random() < self.lose:
            return []
        times = 2 if dice.random() < self.double else 1
        return [self._change(data, dice) for _ in range(times)]

    def answer_delay(self, usual: float, dice: Random) -> float:
        """Return the time until a connector answers, in s."""
        if self.late and dice.random() < self.late:
            return dice.uniform(*_LATE_S)
        return usual

    def hold(self, dice: Random) -> float:
        """Return the delay of the second half of a transmission at the port, in s."""
        if self.split and dice.random() < self.split:
            return dice.uniform(*_SPLIT_S)
        return 0.0

    @property
    def _changes(self) -> bool:
        return bool(self.corrupt or self.forge or self.noise or self.tail_garbage)

    def _change(self, data: bytes, dice: Random) -> bytes:
        if dice.random() < self.forge:
            data = forge(data, dice)
        if dice.random() < self.tail_garbage:
            data = add_tail_garbage(data, dice)
        if dice.random() < self.corrupt:
            data = corrupt(data, dice)
        if dice.random() < self.noise:
            garbage = dice.randbytes(dice.randint(1, _NOISE_BYTES))
            data = garbage + data if dice.random() < 0.5 else data + garbage
        return data


def _body(data: bytes) -> bytes | None:
    """Return the unescaped body if the data is one whole frame."""
    end = data.rfind(MARK)
    if not data or data[0] != MARK or end <= 0:
        return None
    body = unescape(data[1:end])
    return body if body is not None and parse(body) is not None else None


def corrupt(data: bytes, dice: Random) -> bytes:
    """Flip bits in one to three bytes of a frame so that it becomes invalid.

    A changed frame with a valid checksum is `forge`, a fault of its own, since no master can detect that a connector
    received other amps than it was sent.
    """
    changed = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    while bytes(changed) == data or _body(bytes(changed)) is not None:
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def forge(data: bytes, dice: Random) -> bytes:
    """Change two payload bytes of an answer by opposite amounts: the checksum stays valid."""
    body = _body(data)
    if body is None or body[0] != ANSWER:
        return data
    changed = bytearray(body)
    first, second = dice.sample(range(4, len(body) - 1), 2)
    step = dice.randint(1, 255)
    changed[first] = (changed[first] + step) & 0xFF
    changed[second] = (changed[second] - step) & 0xFF
    return wrap(bytes(changed), data[data.rfind(MARK) + 1 :])


def add_tail_garbage(data: bytes, dice: Random) -> bytes:
    """Insert a byte before the closing marker of an answer, as owners saw on bad lines."""
    end = data.rfind(MARK)
    if end <= 1 or data[1] != ANSWER:
        return data
    garbage = dice.choice((0xFF, 0xFE, 0xF8, dice.randrange(0xC0)))
    return data[:end] + bytes((garbage,)) + data[end:]
