"""Names of ports: checks that one is valid, compares two, and shortens one to show it."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from serialx import SerialException, get_serial_classes


def is_port(device: str) -> bool:
    """Return whether this can be a port: an absolute path, or a URL that serialx can open."""
    if not device.isprintable() or " " in device:
        return False
    if device.startswith("/"):
        return True
    try:
        url = urlsplit(device)
        # The call only checks the kind of URL: the known kinds depend on what Home Assistant has loaded.
        get_serial_classes(device)
        return bool(url.scheme and url.hostname) and url.port != 0
    except ValueError, SerialException:
        return False


def _port_key(device: str) -> tuple[object, ...]:
    """Return a key that is the same for all names of a port.

    A path may be a link, as in /dev/serial/by-id. The scheme of a URL and the keys and options in its query do not
    matter; only an ESPHome device has several ports at one address, which a name in the query selects.
    """
    if device.startswith("/"):
        return (Path(device).resolve(),)
    url = urlsplit(device)
    port_name = parse_qs(url.query).get("port_name")
    return (url.hostname, url.port, url.path.strip("/"), *(port_name or ()))


def is_any_of(device: str, others: Iterable[str]) -> bool:
    """Return whether a port is one of these, also under another name; blocks, as it reads the disk."""
    return _port_key(device) in map(_port_key, others)


def short_name(device: str) -> str:
    """Return a name that distinguishes ports, without the secrets that a URL may hold."""
    if device.startswith("/"):
        return Path(device).name
    url = urlsplit(device)
    port_name = parse_qs(url.query).get("port_name")
    return port_name[0] if port_name else str(url.hostname)
