"""Frames as docs/protocol.md has them."""

import re

FRAME = re.compile(rb"\xc0([^\xc0]+)\xc0")
ANNOUNCE_1, ANNOUNCE_2, HEARTBEAT, ANSWER, LINKREADY = (
    bytes.fromhex(x) for x in ("fce1", "fbe2", "fbe0", "fde0", "fde2")
)
START, STOP = 0xB1, 0xB2  # FC: close or open the contactor
ASKED = bytes.fromhex("ebecedeeeff1b41b")  # FB: what may be asked for
ALLOWED = frozenset(
    [
        *(ANNOUNCE_1, ANNOUNCE_2, HEARTBEAT),
        *(bytes([0xFB, asked]) for asked in ASKED),
        *(bytes([0xFC, START]), bytes([0xFC, STOP])),
    ]
)


def complete(head: bytes, length: int) -> bytes:
    """Return the body of `length` bytes: head, zeros, checksum."""
    body = head[: length - 1].ljust(length - 1, b"\0")
    return body + bytes([sum(body[1:]) & 0xFF])


def enclose(body: bytes, tail: bytes = b"\xfc") -> bytes:
    """Return the bytes on the line for a body."""
    return (
        b"\xc0"
        + body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
        + b"\xc0"
        + tail
    )


def take(buffer: bytearray) -> list[tuple[bytes, bytes]]:
    """Remove the complete frames from the buffer; return the body of each, and its bytes on the line."""
    found, end = [], 0
    for match in FRAME.finditer(buffer):
        body = (
            bytes(match[1]).replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
        )
        found.append((body, bytes(match[0])))
        end = match.end()
    del buffer[:end]
    return found


def sound(body: bytes) -> bool:
    """Whether the checksum is right."""
    return len(body) > 2 and sum(body[1:-1]) & 0xFF == body[-1]


def amps(value: float) -> bytes:
    """Return a current in 0.01 A, as two bytes."""
    return min(max(round(value * 100), 0), 0xFFFF).to_bytes(2)
