"""Keeps what we ask the library out of the log.

At its most talkative the library logs addresses with VINs and whole answers with the car's place. Its
logger belongs to Home Assistant's own Tesla integrations too, so only what is logged on our behalf is dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
import logging
from typing import Final

LIBRARY: Final = logging.getLogger("tesla_fleet_api")

_quiet: ContextVar[bool] = ContextVar("twc_manager_tesla_quiet", default=False)


def _is_not_ours(_: logging.LogRecord) -> bool:
    return not _quiet.get()


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what the library logs in this block and in the tasks that are started in it."""
    LIBRARY.addFilter(_is_not_ours)
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)
