"""The one timer of the master, on the clock of the event loop."""

import asyncio
from collections.abc import Callable


class WakeTimer:
    """Calls back once at a given time; a new time replaces the one before."""

    __slots__ = ("_handle", "_loop", "_on_wake")

    def __init__(self, on_wake: Callable[[], None]) -> None:
        """Prepare for the running event loop; nothing is scheduled yet."""
        self._loop = asyncio.get_running_loop()
        self._on_wake = on_wake
        self._handle: asyncio.TimerHandle | None = None

    @property
    def now(self) -> float:
        """Return the time in s of the loop's clock."""
        return self._loop.time()

    @property
    def is_set(self) -> bool:
        """Return whether a call is scheduled."""
        return self._handle is not None

    def set(self, when: float) -> None:
        """Schedule the call; at once if `when` is past."""
        self.cancel()
        self._handle = self._loop.call_at(when, self._wake)

    def cancel(self) -> None:
        """Cancel the scheduled call, if any."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _wake(self) -> None:
        self._handle = None
        self._on_wake()
