"""Privacy: replaces what identifies a car or a connector, so that a recording can be published."""

import re
from typing import Final

from custom_components.twc_manager.twc import carries_identity
from custom_components.twc_manager.twc.frame import (
    FROM_CONNECTOR,
    MARKER,
    MAX_ESCAPED_LENGTH,
    Decoder,
    checksum,
    encode,
)

_MARKER: Final = bytes([MARKER])
_BLANK: Final = b"X"
_HELD_SECONDS: Final = 0.5
"""A frame of which no byte came in for so long has been broken off."""
# In bytes that are no good frame the place of a serial number or a VIN is unknown.
_TEXT: Final = re.compile(rb"[0-9A-Za-z]{4,}")


def hide_identity(body: bytes) -> bytes:
    """Return a checked body with X in place of a serial number or a part of a VIN, its checksum valid."""
    if not carries_identity(body):
        return body
    text = bytes(byte and _BLANK[0] for byte in body[4:-1])
    blanked = body[:4] + text
    return blanked + bytes([checksum(blanked)])


class IdentityFilter:
    """Passes on the bytes of the bus without identities.

    It holds back the beginning of a frame until its end has come in.
    """

    __slots__ = ("_held", "_held_since")

    def __init__(self) -> None:
        """Start with nothing held back."""
        self._held = b""
        self._held_since = 0.0

    def feed(self, data: bytes, now: float) -> bytes:
        """Take bytes as they come in and return those that may pass now."""
        passed = b""
        if self._held and now - self._held_since > _HELD_SECONDS:
            passed = self.flush()
        if not self._held:
            self._held_since = now
        *complete, rest = (self._held + data).split(_MARKER)
        passed += b"".join(_clean(piece) + _MARKER for piece in complete)
        if len(rest) > MAX_ESCAPED_LENGTH:
            rest, passed = b"", passed + _clean(rest)
        if len(rest) == 1 and rest[0] != FROM_CONNECTOR:
            # Most likely the tail byte of the frame before.
            rest, passed = b"", passed + rest
        if complete:
            self._held_since = now
        self._held = rest
        return passed

    def flush(self) -> bytes:
        """Return what is held back, since no more will come in."""
        held, self._held = self._held, b""
        return _clean(held)


def _clean(piece: bytes) -> bytes:
    """Return the bytes between two markers without an identity."""
    bodies = Decoder().feed(_MARKER + piece + _MARKER)
    if not bodies:
        return _TEXT.sub(lambda found: _BLANK * len(found[0]), piece)
    if not carries_identity(bodies[0]):
        return piece
    return encode(hide_identity(bodies[0])[:-1])[1:-1]
