"""Stored files that cannot be read: whether one is such a file, and how it is kept for its owner."""

from pathlib import Path

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..const import LOGGER


def is_spoilt(path: str) -> bool:
    """Return whether a file can be read, but is not JSON."""
    try:
        json_loads(Path(path).read_bytes())
    except JSON_DECODE_EXCEPTIONS:
        return True
    except OSError:
        return False
    return False


def set_aside(path: str) -> str | None:
    """Move a file aside; return its new path relative to Home Assistant's configuration, None if that failed."""
    old = Path(path)
    stamp = dt_util.utcnow().strftime("%Y%m%dT%H%M%S")
    new = old.with_name(f"{old.name}.unreadable.{stamp}")
    try:
        old.rename(new)
    except OSError as err:
        LOGGER.warning("%s could not be moved aside: %s", old.name, err)
        return None
    return f"{old.parent.name}/{new.name}"
