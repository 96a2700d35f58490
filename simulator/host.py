"""A computer that may stall or lose its power.

Its event loop runs on the time of a `World`, which continues while code on the loop waits or blocks.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any, Final, override

from .clock import JumpingSelector, VirtualTimeLoop
from .world import World

_FOREVER_S: Final = 10 * 365 * 86_400.0


class PowerCutError(BaseException):
    """The computer lost its power; no code that runs on it may handle this."""


class _Selector(JumpingSelector):
    """A selector that advances the world while its loop waits."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.woken = False
        self.power = True

    @override
    def select(self, timeout: float | None = None) -> list[Any]:
        return super().select(_FOREVER_S if timeout is None else timeout)

    @override
    def jump(self, seconds: float) -> None:
        self.woken = False
        self.world.advance(self.world.time() + seconds, self._interrupted)
        if not self.power:
            raise PowerCutError

    def _interrupted(self) -> bool:
        return self.woken or not self.power


class HostLoop(VirtualTimeLoop):
    """The event loop of a computer in a world.

    While its code runs, no time passes, unless it stalls.
    """

    def __init__(self, world: World) -> None:
        """Start at the time of the world."""
        self._world_selector = _Selector(world)
        super().__init__(self._world_selector)

    @override
    def time(self) -> float:
        """Return the time of the world, in s."""
        return self._world_selector.world.time()

    @override
    def call_soon[*Ts](
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Call in the next round of the loop; the world waits for it."""
        self._world_selector.woken = True
        return super().call_soon(callback, *args, context=context)

    @override
    def call_at[*Ts](
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call at a time, even before the one that the loop waits for."""
        self._world_selector.woken = True
        return super().call_at(when, callback, *args, context=context)

    def stall(self, seconds: float) -> None:
        """Block for a time in s, as a busy or swapping machine does; the world continues."""
        world = self._world_selector.world
        world.advance(world.time() + seconds)

    def cut_power(self) -> None:
        """End all running code at once with `PowerCutError`; to be called by the world."""
        self._world_selector.power = False
