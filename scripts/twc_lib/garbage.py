"""Garbage: what bytes that make no frame show about the wiring and the speed of the port.

The bus repeats the same frames, with many zeros in them, and a receiver that is wired or set wrong
always garbles them in the same way. A byte on the wire is a start bit (0), eight bits with the lowest first,
and a stop bit (1). So

- with A and B swapped every bit is upside down, and runs of zeros are read as runs of FF;
- a port set to at least twice the speed sees each bit twice or more, so that the lowest bit of every byte
  is a piece of the start bit: all bytes are even;
- with any other wrong speed the same pieces repeat, which noise does not.
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
    """The kinds of garbage."""

    LITTLE = auto()
    """Too little to judge."""
    SWAPPED = auto()
    """The two wires are swapped."""
    TOO_FAST = auto()
    """The port reads faster than the bus transmits."""
    OTHER_SPEED = auto()
    """Repeated pieces, but no frames of the bus."""
    NOISE = auto()
    """No pattern."""


def classify(data: bytes) -> Garbage:
    """Return the kind of bytes without any frame."""
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
    """Return the share of bytes that are in runs of FF."""
    return sum(len(run[0]) for run in _ONES.finditer(data)) / len(data)


def _repeated_share(data: bytes) -> float:
    """Return the share of short pieces that occur more than once."""
    pieces = Counter(
        data[at : at + _PIECE] for at in range(max(len(data) - _PIECE + 1, 0))
    )
    repeated = sum(count for count in pieces.values() if count > 1)
    return repeated / max(pieces.total(), 1)
