"""What can go wrong on the wire, on order.

Owns the spoiling of bytes: a `Faults` belongs to a bus and is changed while it runs. All chances
are between 0 and 1 and count per transmission; every dice comes from the bus's seed.
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
    """The faults of a bus; all off to begin with."""

    lose: float = 0.0
    """Chance that a transmission is heard by nobody."""
    corrupt: float = 0.0
    """Chance that some of its bytes change, so that its checksum shows it."""
    forge: float = 0.0
    """Chance that an answer's payload changes and its checksum is right all the same."""
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
    """Whether the adapter hears what it sends itself."""
    idle_noise: float = 0.0
    """Bursts of random bytes a second on the quiet line."""

    def clear(self) -> None:
        """Switch every fault off."""
        for field in fields(self):
            setattr(self, field.name, field.default)

    def spoil(self, data: bytes, dice: Random) -> list[bytes]:
        """Return what goes on the wire in place of one transmission: nothing, it, or it twice."""
        if not (self.lose or self.double or self._changes):
            return [data]
        if dice.random() < self.lose:
            return []
        times = 2 if dice.random() < self.double else 1
        return [self._change(data, dice) for _ in range(times)]

    def answer_delay(self, usual: float, dice: Random) -> float:
        """Return how long a connector takes to answer, in seconds."""
        if self.late and dice.random() < self.late:
            return dice.uniform(*_LATE_S)
        return usual

    def hold(self, dice: Random) -> float:
        """Return by how many seconds the second half of a transmission is late at the port."""
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
    """Return the unescaped body when the data is one whole frame."""
    end = data.rfind(MARK)
    if not data or data[0] != MARK or end <= 0:
        return None
    body = unescape(data[1:end])
    return body if body is not None and parse(body) is not None else None


def corrupt(data: bytes, dice: Random) -> bytes:
    """Flip bits in one to three bytes of a frame so that it can be seen.

    A frame that changes and keeps its checksum is `forge`. It is kept apart because no master can
    do anything about a connector that was given other amps by the wire itself.
    """
    changed = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    while bytes(changed) == data or _body(bytes(changed)) is not None:
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def forge(data: bytes, dice: Random) -> bytes:
    """Change two payload bytes of an answer by opposite amounts: the checksum stays right."""
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
    """Put a byte before the closing marker of an answer, as owners saw on bad lines."""
    end = data.rfind(MARK)
    if end <= 1 or data[1] != ANSWER:
        return data
    garbage = dice.choice((0xFF, 0xFE, 0xF8, dice.randrange(0xC0)))
    return data[:end] + bytes((garbage,)) + data[end:]
