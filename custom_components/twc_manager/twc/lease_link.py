"""The control connection between Home Assistant and the keeper: one JSON object a line, and a shared key.

The keeper greets with a nonce, and Home Assistant answers with one of its own. From there on each line is signed with a
key of this connection and this direction, which comes from the shared key and from both nonces, and is numbered. So the
first line of each side proves that it has the shared key, which never passes on the line, and no one between the two
can alter, repeat, reorder or leave out a line without ending the connection. The greeting is also how a keeper is
recognised.

| sent | answered |
|---|---|
| | `{"twc_keeper": 1, "nonce": "…", "total": 32}`, with its own limit in A |
| `{"mac": "…", "n": 1, "type": "hello", "nonce": "…"}` | `{"mac": "…", "n": 1, "type": "report", …}`, or the connection ends |
| `{…, "type": "lease", …}` | `{…, "type": "report", …}`, or `{…, "type": "refused"}` |
| `{…, "type": "end"}`: the lease is over | `{…, "type": "report", …}` |
| `{…, "type": "ask"}` | `{…, "type": "report", …}` |
"""

from collections.abc import Mapping
from enum import StrEnum
import hmac
import json
import secrets
from typing import Any, Final, NamedTuple

from .guard import MAX_TOTAL_AMPS
from .lease import number_in

VERSION: Final = 1
GREETING: Final = "twc_keeper"
HELLO: Final = "hello"
LEASE: Final = "lease"
END: Final = "end"
ASK: Final = "ask"
REPORT: Final = "report"
REFUSED: Final = "refused"

MAX_LINE: Final = 4096
"""Bytes of a line; a lease of three connectors has about 500."""
MIN_KEY_LENGTH: Final = 8
MAX_KEY_LENGTH: Final = 128

_NONCE_BYTES: Final = 16
_MAC_BYTES: Final = 32
_MAC_BEGINS: Final = b'{"mac":"'
_MAC_ENDS: Final = b'",'
_MAC_END: Final = len(_MAC_BEGINS) + 2 * _MAC_BYTES
_REST: Final = _MAC_END + len(_MAC_ENDS)


class UnprovenError(ValueError):
    """A line is not signed with the shared key, or not the next one of its connection."""


class Greeting(NamedTuple):
    """The first line of a keeper, which it sends to every client.

    Attributes:
        nonce: what it drew for this connection.
        total: its own limit for all connectors together, in A.

    """

    nonce: str
    total: float


class Side(StrEnum):
    """One of the two ends of a connection."""

    HOME = "home"
    KEEPER = "keeper"


class Nonces(NamedTuple):
    """What both sides drew for one connection."""

    keeper: str
    home: str


class SignedLines:
    """The signed lines of one end of one connection, in both directions."""

    def __init__(self, key: str, side: Side, nonces: Nonces) -> None:
        """Begin with the first line of each direction.

        Args:
            key: what both sides share.
            side: whose end this is.
            nonces: what both sides drew.

        """
        other = Side.KEEPER if side is Side.HOME else Side.HOME
        self._own_key = _connection_key(key, side, nonces)
        self._other_key = _connection_key(key, other, nonces)
        self._sent = 0
        self._received = 0

    def encode(self, data: Mapping[str, Any]) -> bytes:
        """Return an object as the next line to send."""
        self._sent += 1
        line = encode_line({"n": self._sent, **data})
        mac = _mac(self._own_key, line.removesuffix(b"\n")).encode()
        return _MAC_BEGINS + mac + _MAC_ENDS + line[1:]

    def decode(self, line: bytes) -> dict[str, Any]:
        """Return the object in the next line of the other side.

        Raises:
            UnprovenError: if it is not the other side's next line as it was sent.
            ValueError: if it is no object, or too long or too deep.

        """
        line = line.removesuffix(b"\n")
        signed = b"{" + line[_REST:]
        mac = line[len(_MAC_BEGINS) : _MAC_END]
        is_framed = line[:_REST] == _MAC_BEGINS + mac + _MAC_ENDS
        own = _mac(self._other_key, signed).encode()
        if not hmac.compare_digest(mac, own) or not is_framed:
            raise UnprovenError("the line is not signed with the key")
        data = decode_line(signed)
        self._received += 1
        if data.pop("n", None) != self._received:
            raise UnprovenError("the line is not the next one")
        return data


def _connection_key(key: str, side: Side, nonces: Nonces) -> bytes:
    """Return the key for what one side sends on one connection."""
    context = f"{GREETING} {VERSION} {side} {nonces.keeper} {nonces.home}"
    return hmac.digest(key.encode(), context.encode(), "sha256")


def _mac(key: bytes, data: bytes) -> str:
    return hmac.new(key, data, "sha256").hexdigest()


def encode_line(data: Mapping[str, Any]) -> bytes:
    """Return an object as one line."""
    return json.dumps(data, separators=(",", ":")).encode() + b"\n"


def decode_line(line: bytes) -> dict[str, Any]:
    """Return the object in a line.

    Raises:
        ValueError: if it is not an object, or too long or too deep.

    """
    if len(line) > MAX_LINE or line.count(b"[") + line.count(b"{") > MAX_LINE // 64:
        raise ValueError("the line is too long or too deep")
    data = json.loads(line)
    if isinstance(data, dict):
        return data
    raise ValueError("the line is no object")


def draw_nonce() -> str:
    """Return a nonce for one connection."""
    return secrets.token_hex(_NONCE_BYTES)


def nonce_in(data: Mapping[str, Any]) -> str:
    """Return the nonce in the first line of a side.

    Raises:
        ValueError: if it is missing.

    """
    nonce = data.get("nonce")
    if not isinstance(nonce, str) or len(nonce) != 2 * _NONCE_BYTES:
        raise ValueError("there is no nonce")
    # The boundary between the two nonces has to be unambiguous.
    if bytes.fromhex(nonce).hex() != nonce:
        raise ValueError("the nonce is not written as one")
    return nonce


def greeting_line(greeting: Greeting) -> bytes:
    """Return the greeting of a keeper as a line."""
    return encode_line({GREETING: VERSION, **greeting._asdict()})


def read_greeting(line: bytes) -> Greeting:
    """Return the greeting of a keeper.

    Raises:
        ValueError: if it is no keeper's, or of another version.

    """
    data = decode_line(line)
    if data.get(GREETING) != VERSION:
        raise ValueError("this is no keeper of this version")
    return Greeting(nonce_in(data), number_in(data, "total", MAX_TOTAL_AMPS))
