"""The second connection between Home Assistant and the keeper: one JSON object a line, and a shared key.

The keeper greets with a nonce; the other side proves with it that it has the key, which never passes on the line.
The first line of a keeper, before anybody has proven anything, is also how one is recognised.

| sent | answered |
|---|---|
| | `{"twc_keeper": 1, "nonce": "…"}` |
| `{"type": "hello", "proof": "…"}` | `{"type": "report", …}`, or the connection ends |
| `{"type": "lease", …}` | `{"type": "report", …}`, or `{"type": "refused"}` |
| `{"type": "end"}`: the lease is over | `{"type": "report", …}` |
| `{"type": "ask"}` | `{"type": "report", …}` |
"""

from collections.abc import Mapping
import hmac
import json
from typing import Any, Final

VERSION: Final = 1
GREETING: Final = "twc_keeper"
HELLO: Final = "hello"
LEASE: Final = "lease"
END: Final = "end"
ASK: Final = "ask"
REPORT: Final = "report"
REFUSED: Final = "refused"

MAX_LINE: Final = 4096
"""Bytes of a line; a lease of three connectors has about 400."""
MIN_KEY_LENGTH: Final = 8
MAX_KEY_LENGTH: Final = 128


def proof_of(key: str, nonce: str) -> str:
    """Return the proof of having a key, for a nonce of the other side."""
    return hmac.new(key.encode(), nonce.encode(), "sha256").hexdigest()


def is_proof(proof: object, key: str, nonce: str) -> bool:
    """Return whether a proof is right."""
    if not isinstance(proof, str) or not proof.isascii():
        return False
    return hmac.compare_digest(proof, proof_of(key, nonce))


def encode_line(data: Mapping[str, Any]) -> bytes:
    """Return an object as one line."""
    return json.dumps(data, separators=(",", ":")).encode() + b"\n"


def decode_line(line: bytes) -> dict[str, Any]:
    """Return the object in a line.

    Raises:
        ValueError: if it is none, or too long or too deep.

    """
    if len(line) > MAX_LINE or line.count(b"[") + line.count(b"{") > MAX_LINE // 64:
        raise ValueError("the line is too long or too deep")
    data = json.loads(line)
    if isinstance(data, dict):
        return data
    raise ValueError("the line is no object")


def nonce_in(greeting: Mapping[str, Any]) -> str:
    """Return the nonce in the first line of a keeper.

    Raises:
        ValueError: if it is no keeper's, or of another version.

    """
    nonce = greeting.get("nonce")
    if greeting.get(GREETING) != VERSION or not isinstance(nonce, str) or not nonce:
        raise ValueError("this is no keeper of this version")
    return nonce
