"""Ports on the loopback interface."""

from contextlib import suppress
import errno
import socket
from typing import Final

from .errors import DemoError

HOST: Final = "127.0.0.1"
_NEAR: Final = 100
_HIGHEST: Final = 65_535


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def free_pair() -> int:
    """Return a port that is free now, and whose next one is."""
    while True:
        port = free_port()
        with suppress(OSError, OverflowError):
            _try(port + 1)
            return port


def assert_free(port: int) -> None:
    """Raise DemoError if the port cannot be listened on."""
    try:
        _try(port)
    except OSError as error:
        raise DemoError(_why_not(port, error)) from error


def _try(port: int) -> None:
    with socket.socket() as probe:
        # A port whose last user has only just gone is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))


def _another(port: int) -> int:
    """Return a free port that is as easy to remember as can be."""
    for near in range(max(port, 1_024) + 1, min(port + _NEAR, _HIGHEST)):
        with suppress(OSError):
            _try(near)
            return near
    return free_port()


def _why_not(port: int, error: OSError) -> str:
    reasons = {
        errno.EADDRINUSE: "taken by another program",
        errno.EACCES: "reserved for the system",
    }
    reason = reasons.get(error.errno or 0, f"not to be had ({error.strerror})")
    return f"port {port} is {reason}. Choose another one: --port {_another(port)}"
