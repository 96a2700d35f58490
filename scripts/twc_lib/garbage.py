"""What bytes that make no frame tell about the wiring and the speed of the port.

The bus says the same things again and again, with many zeros in them, and a receiver that is wired or set
wrong garbles them always in the same way. A byte on the wire is a start bit (0), eight bits with the lowest first,
and a stop bit (1). So

- with A and B swapped every bit is upside down, and runs of zeros are read as runs of FF;
- a port set to at least twice the speed sees each bit twice or more, so that the lowest bit of every byte
  is a piece of the start bit: all bytes are even;
- whatever else is wrong with the speed, the same pieces come again and again, which noise does not do.
"""

from collections import Counter
from enum import Enum, auto
import re
from typing import Final

MIN_BYTES: Final = 14
"""Less than a frame is no evidence: an adapter may deliver stray bytes when it is opened."""
_ONES: Final = re.compile(rb"\xff{3,}")
_ONES_SHARE: Final = 0.15
_EVEN_SHARE: Final = 0.98
_MIN_EVEN_BYTES: Final = 28
_PIECE: Final = 3
_REPEATED_SHARE: Final = 0.5


class Garbage(Enum):
    """What garbage looks like."""

    LITTLE = auto()
    """Too little to tell."""
    SWAPPED = auto()
    """The two wires are swapped."""
    TOO_FAST = auto()
    """The port reads faster than the bus talks."""
    OTHER_SPEED = auto()
    """The same again and again, but not what the bus says."""
    NOISE = auto()
    """Nothing regular."""


def classify(data: bytes) -> Garbage:
    """Return what bytes look like in which no frame was found."""
    if len(data) < MIN_BYTES:
        return Garbage.LITTLE
    if _ones_share(data) >= _ONES_SHARE:
        return Garbage.SWAPPED
    even = sum(not byte & 1 for byte in data)
    if len(data) >= _MIN_EVEN_BYTES and even >= _EVEN_SHARE * len(data):
        return Garbage.TOO_FAST
    if _repeated_share(data) >= _REPEATED_SHARE:
        return Garbage.OTHER_SPEED
    return Garbage.NOISE


def _ones_share(data: bytes) -> float:
    """Return which share of the bytes stand in runs of FF."""
    return sum(len(run[0]) for run in _ONES.finditer(data)) / len(data)


def _repeated_share(data: bytes) -> float:
    """Return which share of the short pieces occur more than once."""
    pieces = Counter(
        data[at : at + _PIECE] for at in range(max(len(data) - _PIECE + 1, 0))
    )
    repeated = sum(count for count in pieces.values() if count > 1)
    return repeated / max(pieces.total(), 1)
