"""Keeps our calls to the library out of the log.

In debug mode the library logs addresses with VINs and whole responses with the car's location. Home Assistant's own
Tesla integrations share its logger, so only records of our own calls are dropped.
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
    """Drop the library's log records in this block and in the tasks that it starts."""
    LIBRARY.addFilter(_is_not_ours)
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)
