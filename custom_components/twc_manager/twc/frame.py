"""Frames of the load-sharing bus: bytes on the line in, checked bodies out, and back.

A frame is ``C0 <escaped body> C0``, followed by at most one meaningless tail byte. A *body* here is
the content between the markers, unescaped and including its checksum, so its length is the one in the
protocol document (14, 16 or 20).

Frames are complete by their content, never by timing: network adapters destroy timing.
Source: the owners' reverse engineering collected in docs/protocol.md.
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Final

MARKER: Final = 0xC0
ESCAPE: Final = 0xDB
_ESCAPED_MARKER: Final = b"\xdb\xdc"
_ESCAPED_ESCAPE: Final = b"\xdb\xdd"
_MARKER_BYTE: Final = b"\xc0"
_ESCAPE_BYTE: Final = b"\xdb"

FROM_CONNECTOR: Final = 0xFD
CONNECTOR_LENGTHS: Final = (14, 16, 20)
# Masters have been seen to send 13 and 15 bytes with a valid checksum.
_MASTER_LENGTHS: Final = (13, 14, 15, 16)
LENGTHS: Final = {
    0xFB: _MASTER_LENGTHS,
    0xFC: _MASTER_LENGTHS,
    FROM_CONNECTOR: CONNECTOR_LENGTHS,
}
"""Lengths a body may have, by its first byte."""
MAX_GARBAGE: Final = 2
"""Maximum number of bytes that a bad line puts between the checksum and the closing marker of a good frame."""
MAX_ESCAPED_LENGTH: Final = 2 * (CONNECTOR_LENGTHS[-1] + MAX_GARBAGE)
# One byte more than the longest frame shows later that the piece was too long.
_KEPT: Final = MAX_ESCAPED_LENGTH + 1
_MIN_LENGTH: Final = _MASTER_LENGTHS[0]


def checksum(body: bytes) -> int:
    """Return the checksum of a body without one: the sum of all bytes after the first, mod 256."""
    return sum(body[1:]) & 0xFF


def encode(body_without_checksum: bytes) -> bytes:
    """Return the bytes to put on the line for a body, with checksum, escapes and both markers."""
    body = body_without_checksum + bytes([checksum(body_without_checksum)])
    escaped = body.replace(_ESCAPE_BYTE, _ESCAPED_ESCAPE).replace(
        _MARKER_BYTE, _ESCAPED_MARKER
    )
    return _MARKER_BYTE + escaped + _MARKER_BYTE


class DropReason(StrEnum):
    """Why the bytes between two markers were not accepted as a frame."""

    CHECKSUM = "checksum"
    LENGTH = "length"
    ESCAPE = "escape"
    TYPE = "type"


@dataclass(slots=True)
class DecoderCounts:
    """The frames and the bytes of noise that a decoder has received."""

    frames: int = 0
    repaired: int = 0
    noise_bytes: int = 0
    dropped: dict[DropReason, int] = field(
        default_factory=lambda: dict.fromkeys(DropReason, 0)
    )

    @property
    def bad_frames(self) -> int:
        """Return how many frames were dropped for any reason."""
        return sum(self.dropped.values())


class _Place(Enum):
    """Where the decoder is, as far as the last marker shows."""

    BETWEEN = auto()
    """The last marker closed a good frame: a tail byte or noise may follow."""
    INSIDE = auto()
    """The last marker opened a frame."""
    UNSURE = auto()
    """The last marker ended a bad frame: it may also have opened the next one."""


class Decoder:
    """Turns the byte stream of the bus into checked bodies. Never raises, never grows without bound.

    The bytes between two markers are checked independently, so that a lost marker or garbage loses only the
    frame that it hit.
    """

    __slots__ = ("_partial", "_place", "counts")

    def __init__(self) -> None:
        """Start between frames."""
        self.counts = DecoderCounts()
        self._partial = b""
        self._place = _Place.BETWEEN

    @property
    def inside_frame(self) -> bool:
        """Return whether the bytes after the last marker can be the beginning of a frame."""
        if len(self._partial) > MAX_ESCAPED_LENGTH:
            return False
        return self._place is not _Place.BETWEEN or len(self._partial) > 1

    def reset(self) -> None:
        """Drop a partly received frame, as after the port was reopened. The counts stay."""
        self._partial = b""
        self._place = _Place.BETWEEN

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes in any portions and return the bodies that they complete."""
        pieces = data.split(_MARKER_BYTE)
        pieces[0] = self._partial + pieces[0]
        rest = pieces.pop()
        bodies = []
        for piece in pieces:
            if len(piece) < _MIN_LENGTH:
                # Mostly the tail byte of a frame.
                self._drop(piece)
            elif (body := _valid_body(piece)) or (body := self._repair(piece)):
                bodies.append(body)
                self._place = _Place.BETWEEN
            else:
                self._drop(self._cut(piece))
        self.counts.frames += len(bodies)
        self._partial = self._cut(rest)
        return bodies

    def _cut(self, piece: bytes) -> bytes:
        """Return the part of a piece that is needed to check it."""
        excess = len(piece) - _KEPT
        if excess <= 0:
            return piece
        if self._place is not _Place.INSIDE:
            self.counts.noise_bytes += excess
        return piece[:_KEPT]

    def _repair(self, piece: bytes) -> bytes | None:
        """Return the body of a connector that is followed by garbage; None without one."""
        if len(piece) > MAX_ESCAPED_LENGTH or not (body := _unescape(piece)):
            return None
        if body[0] != FROM_CONNECTOR:
            return None
        for length in CONNECTOR_LENGTHS:
            if length < len(body) <= length + MAX_GARBAGE and (
                checksum(body[: length - 1]) == body[length - 1]
            ):
                self.counts.repaired += 1
                return body[:length]
        return None

    def _drop(self, piece: bytes) -> None:
        """Count the bytes before a marker that were no frame."""
        if self._is_noise(len(piece)):
            # The first byte is the tail that every frame may have.
            self.counts.noise_bytes += max(len(piece) - 1, 0)
            self._place = _Place.INSIDE
        else:
            self.counts.dropped[_reason_to_drop(piece)] += 1
            self._place = _Place.UNSURE

    def _is_noise(self, length: int) -> bool:
        """Return whether the bytes before a marker were between two frames, as far as known."""
        if self._place is _Place.UNSURE:
            return length <= MAX_GARBAGE or length > MAX_ESCAPED_LENGTH
        return self._place is _Place.BETWEEN or length == 0


def _valid_body(escaped: bytes) -> bytes | None:
    """Return the body in these bytes if it is valid."""
    if len(escaped) < _MIN_LENGTH or len(escaped) > MAX_ESCAPED_LENGTH:
        return None
    body = _unescape(escaped) if ESCAPE in escaped else escaped
    if not body:
        return None
    first, last = body[0], body[-1]
    # The sum from the second byte to the last but one, without making a slice: this is the hot path.
    if (
        len(body) in LENGTHS.get(first, ())
        and (sum(body) - first - last) & 0xFF == last
    ):
        return body
    return None


def _reason_to_drop(escaped: bytes) -> DropReason:
    if len(escaped) > MAX_ESCAPED_LENGTH:
        return DropReason.LENGTH
    if (body := _unescape(escaped)) is None:
        return DropReason.ESCAPE
    if body[0] not in LENGTHS:
        return DropReason.TYPE
    if len(body) not in LENGTHS[body[0]]:
        return DropReason.LENGTH
    return DropReason.CHECKSUM


def _unescape(escaped: bytes) -> bytes | None:
    """Return the body without escapes; None if a byte after an escape is invalid."""
    first, *parts = escaped.split(_ESCAPE_BYTE)
    unescaped = bytearray(first)
    for part in parts:
        if part[:1] == b"\xdc":
            unescaped.append(MARKER)
        elif part[:1] == b"\xdd":
            unescaped.append(ESCAPE)
        else:
            return None
        unescaped += part[1:]
    return bytes(unescaped)
