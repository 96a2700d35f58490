"""Frames of the load-sharing protocol, as the simulator reads and writes them.

Escaping, checksums, lengths and field positions. It is written from docs/protocol.md alone and shares no code with
the integration's decoder, so that it does not repeat the decoder's mistakes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

MARK: Final = 0xC0
_MARK: Final = b"\xc0"
_ESCAPE: Final = 0xDB

ASK: Final = 0xFB
ANNOUNCE: Final = 0xFC
ANSWER: Final = 0xFD

LINKREADY_1: Final = 0xE1
LINKREADY_2: Final = 0xE2
HEARTBEAT: Final = 0xE0
METER: Final = 0xEB
FIRMWARE: Final = 0xEC
OLD_FIRMWARE: Final = 0x1B
SERIAL: Final = 0xED
VIN_PARTS: Final = (0xEE, 0xEF, 0xF1)
PLUG: Final = 0xB4
CONTACTOR_CLOSE: Final = 0xB1
CONTACTOR_OPEN: Final = 0xB2
IDLE_NOTICE: Final = 0x1D

# The "allow-list" of the protocol document: the only frames that a master may transmit.
ALLOWED: Final = frozenset(
    {
        (ANNOUNCE, LINKREADY_1),
        (ASK, LINKREADY_2),
        (ASK, HEARTBEAT),
        (ASK, METER),
        (ASK, FIRMWARE),
        (ASK, SERIAL),
        *((ASK, part) for part in VIN_PARTS),
        (ASK, PLUG),
        (ASK, OLD_FIRMWARE),
        (ANNOUNCE, CONTACTOR_CLOSE),
        (ANNOUNCE, CONTACTOR_OPEN),
    }
)
# Write id, write model, crash: they can disable a connector permanently.
DEADLY: Final = frozenset({(ANNOUNCE, 0x19), (ANNOUNCE, 0x1A), (ASK, 0xE8)})

LENGTHS: Final = (14, 16, 20)
_MASTER_LENGTHS: Final = range(13, 17)
_MASTER_KINDS: Final = (ASK, ANNOUNCE)
# Anything longer between two markers is noise, and is dropped to save memory.
_LONGEST: Final = 64


class Command(IntEnum):
    """The command byte of a master's heartbeat."""

    NOTHING = 0x00
    ERROR = 0x02
    LIMIT = 0x05
    RAISE = 0x06
    LOWER = 0x07
    STOPPED = 0x08
    LIMIT_CHARGING = 0x09


class State(IntEnum):
    """The state byte of a connector's heartbeat."""

    READY = 0x00
    CHARGING = 0x01
    ERROR = 0x02
    NOT_CHARGING = 0x03
    WANTS_POWER = 0x04
    BUSY = 0x05
    RAISED = 0x06
    LOWERED = 0x07
    STARTING = 0x08
    LIMITED = 0x09
    ADJUSTED = 0x0A


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as received: its body without the checksum."""

    body: bytes
    repaired: bool = False

    @property
    def kind(self) -> int:
        """FB, FC or FD."""
        return self.body[0]

    @property
    def command(self) -> int:
        """The second byte, which together with the kind gives the meaning."""
        return self.body[1]

    @property
    def key(self) -> tuple[int, int]:
        """Kind and command together."""
        return self.body[0], self.body[1]

    @property
    def sender(self) -> int:
        """The id of the sender."""
        return self.body[2] << 8 | self.body[3]

    @property
    def receiver(self) -> int:
        """The id of the receiver; only heartbeats, requests and contactor commands have one."""
        return self.body[4] << 8 | self.body[5]

    @property
    def payload(self) -> bytes:
        """Everything after the sender."""
        return self.body[4:]

    @property
    def length(self) -> int:
        """The unescaped length of the body with its checksum, as in the protocol document."""
        return len(self.body) + 1

    def amps(self, at: int) -> float:
        """Read two bytes at index `at` of the body as 0.01 A."""
        return (self.body[at] << 8 | self.body[at + 1]) / 100

    def __str__(self) -> str:
        """Return the body as hex pairs."""
        return self.body.hex(" ").upper()


def checksum(body: bytes) -> int:
    """Return the sum of all bytes after the first, mod 256; `body` is without its checksum."""
    return sum(body[1:]) & 0xFF


def centiamps(amps: float) -> bytes:
    """Return amps as the two bytes of the protocol."""
    return round(amps * 100).to_bytes(2)


def compose(
    kind: int, command: int, *ids: int, payload: bytes = b"", length: int = 14
) -> bytes:
    """Return a body of `length` bytes: ids, payload, zeros, checksum."""
    body = (
        bytes((kind, command))
        + b"".join(number.to_bytes(2) for number in ids)
        + payload
    )
    if len(body) >= length:
        msg = f"a payload of {len(payload)} bytes does not fit a frame of {length}"
        raise ValueError(msg)
    body = body.ljust(length - 1, b"\0")
    return body + bytes((checksum(body),))


def escape(body: bytes) -> bytes:
    """Replace the bytes that mark frames (SLIP, RFC 1055)."""
    return body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")


def wrap(body: bytes, tail: bytes = b"") -> bytes:
    """Return the bytes on the wire for a body with its checksum; some connectors send a `tail` byte after it."""
    return _MARK + escape(body) + _MARK + tail


def unescape(data: bytes) -> bytes | None:
    """Undo `escape`; None if an escape is invalid."""
    if _ESCAPE not in data:
        return data
    parts = data.split(b"\xdb")
    plain = bytearray(parts[0])
    for part in parts[1:]:
        if part[:1] == b"\xdc":
            plain.append(MARK)
        elif part[:1] == b"\xdd":
            plain.append(_ESCAPE)
        else:
            return None
        plain += part[1:]
    return bytes(plain)


def parse(body: bytes) -> Frame | None:
    """Read one unescaped body with its checksum; None if it is no valid frame."""
    if len(body) < _MASTER_LENGTHS.start:
        return None
    if body[0] in _MASTER_KINDS:
        right = len(body) in _MASTER_LENGTHS and checksum(body[:-1]) == body[-1]
        return Frame(body[:-1]) if right else None
    return _parse_answer(body) if body[0] == ANSWER else None


def _parse_answer(body: bytes) -> Frame | None:
    """Read a frame of a connector, allowing one or two garbage bytes after it."""
    if len(body) in LENGTHS and checksum(body[:-1]) == body[-1]:
        return Frame(body[:-1])
    for length in LENGTHS:
        if (
            0 < len(body) - length <= 2
            and checksum(body[: length - 1]) == body[length - 1]
        ):
            return Frame(body[: length - 1], repaired=True)
    return None


class Decoder:
    """Splits a stream of bytes into frames and counts invalid ones."""

    def __init__(self) -> None:
        """Start with an empty buffer."""
        self._buffer = b""
        self.rejected = 0

    def feed(self, data: Iterable[int]) -> list[Frame]:
        """Take bytes in pieces of any size and return the completed frames."""
        first, *rest = bytes(data).split(_MARK)
        self._buffer = (self._buffer + first)[: _LONGEST + 1]
        frames = []
        for piece in rest:
            if (frame := self._close()) is not None:
                frames.append(frame)
            self._buffer = piece[: _LONGEST + 1]
        return frames

    def _close(self) -> Frame | None:
        """Read the bytes between two markers; a tail byte or no byte is not an error."""
        if len(self._buffer) <= 1:
            return None
        body = unescape(self._buffer)
        frame = None if body is None else parse(body)
        self.rejected += frame is None
        return frame


def split_frames(data: bytes) -> list[bytes]:
    """Split one write of a master after each closing marker.

    A wall connector receives each frame at its end, not at the end of the whole write.
    """
    pieces: list[bytes] = []
    start, opened = 0, False
    for index, byte in enumerate(data):
        if byte != MARK:
            continue
        # Two adjacent markers are a closing one and the next opening one.
        if opened and index > 0 and data[index - 1] != MARK:
            pieces.append(data[start : index + 1])
            start, opened = index + 1, False
        else:
            opened = True
    if start < len(data):
        pieces.append(data[start:])
    return pieces
