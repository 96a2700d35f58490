"""The time of everything outside the computer: the wire, the connectors, the cars.

A clock with timers, without a running event loop. A `Bus` on it continues while the computer stalls; `HostLoop`
advances it.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
import heapq
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Any, Final, override

# Neither 0 nor a likely constant.
_BEGIN_S: Final = 5_000.0

if TYPE_CHECKING:
    # Other methods of a loop are never called.
    from asyncio import SelectorEventLoop as _Base
else:
    from asyncio import AbstractEventLoop as _Base


class World(_Base):
    """A clock with timers, with the methods of an event loop that a bus needs."""

    def __init__(self) -> None:
        """Start without timers."""
        self._now = _BEGIN_S
        self._order = count()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []

    @override
    def time(self) -> float:
        """Return the time, in s."""
        return self._now

    @override
    def call_at[*Ts](
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call at a time in s."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        return timer

    @override
    def call_later[*Ts](
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call after a delay in s."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    @override
    def get_debug(self) -> bool:
        """Return False: there is no debug mode."""
        return False

    @override
    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Raise the exception, so that no bug of the simulation is overlooked."""
        raise context["exception"]

    @property
    def next_at(self) -> float:
        """The time of the next timer; infinite if there is none."""
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else inf

    def advance(self, until: float, stop: Callable[[], bool] = lambda: False) -> None:
        """Advance the time to `until`, or until a timer after which `stop` returns True."""
        while (when := self.next_at) <= until:
            self._now = max(self._now, when)
            heapq.heappop(self._timers)[2]._run()  # noqa: SLF001
            if stop():
                return
        self._now = max(self._now, until)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Do nothing: cancelled timers are skipped when they are due."""
