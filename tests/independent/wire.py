"""Frames as docs/protocol.md has them."""

import re

FRAME = re.compile(rb"\xc0([^\xc0]+)\xc0")
ANNOUNCE_1, ANNOUNCE_2, HEARTBEAT, ANSWER, LINKREADY = (
    bytes.fromhex(x) for x in ("fce1", "fbe2", "fbe0", "fde0", "fde2")
)
ALLOWED = frozenset(
    bytes.fromhex(x)
    for x in [
        "fce1",
        "fbe2",
        "fbe0",
        "fbeb",
        "fbec",
        "fbed",
        "fbee",
        "fbef",
        "fbf1",
        "fbb4",
        "fb1b",
        "fcb1",
        "fcb2",
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
