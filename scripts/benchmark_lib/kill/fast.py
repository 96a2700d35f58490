"""An event loop on which time passes several times as fast as on the wall."""

import asyncio
import selectors
import time
from typing import Any, override


class _FastSelector(selectors.DefaultSelector):
    """A selector that waits for a part of the time only."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    @override
    def select(self, timeout: float | None = None) -> list[Any]:
        return super().select(None if timeout is None else timeout / self._speed)


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop with shortened seconds; several processes on one machine agree on the time."""

    def __init__(self, speed: float) -> None:
        """Let `speed` seconds pass in one."""
        self._speed = speed
        super().__init__(_FastSelector(speed))

    @override
    def time(self) -> float:
        """Return the time, in shortened seconds."""
        return time.monotonic() * self._speed
