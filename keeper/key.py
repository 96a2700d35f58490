"""The key that Home Assistant and the keeper share: drawn at the first start, and kept in a file."""

import os
from pathlib import Path
import secrets
from typing import Final

from custom_components.twc_manager.twc.lease_link import MAX_KEY_LENGTH, MIN_KEY_LENGTH

_FILE: Final = "key"
_DRAWN_BYTES: Final = 10


def read_key(folder: Path) -> str | None:
    """Return the key in a folder; None before the first start.

    Raises:
        OSError, ValueError: if it cannot be read, or is too short or too long.

    """
    path = folder / _FILE
    if not path.exists():
        return None
    key = path.read_text("ascii").strip()
    if not MIN_KEY_LENGTH <= len(key) <= MAX_KEY_LENGTH:
        raise ValueError(f"{path} holds no key of {MIN_KEY_LENGTH} characters or more")
    return key


def make_key(folder: Path) -> str:
    """Return the key in a folder; draw one, which only the owner of the file can read, if there is none yet.

    Raises:
        OSError, ValueError: if it can neither be read nor be written.

    """
    if (key := read_key(folder)) is not None:
        return key
    folder.mkdir(parents=True, exist_ok=True)
    key = secrets.token_hex(_DRAWN_BYTES)
    new = folder / f"{_FILE}.new"
    with open(new, "w", encoding="ascii", opener=_private) as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / _FILE)
    return key


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
