"""The waiting of the check for its conditions, and its error messages."""

import asyncio
from collections.abc import Awaitable, Callable
import inspect
from math import nan
import time
from typing import Final

from simulator import WallConnector

from .console import say
from .errors import DemoError
from .world import World

# How long the check waits for anything says how slow a machine may be, not how quick the integration has to be:
# that is for the tests on virtual time. What is seen is printed with its seconds.
STATE_WITHIN_S: Final = 120.0
_LOOK_S: Final = 0.02
_ASK_S: Final = 0.25
_CHARGING_A: Final = 5.0


class CheckError(DemoError):
    """A check failed."""


def require(there: object, what: str) -> None:
    """Raise CheckError with the expectation unless it is true."""
    if not there:
        raise CheckError(what)


def number(state: str) -> float:
    """Return the number that a state is, NaN if it is none (yet)."""
    try:
        return float(state)
    except ValueError:
        return nan


async def seconds_until(
    what: str,
    probe: Callable[[], bool | Awaitable[bool]],
    within_s: float,
    *,
    since: float | None = None,
) -> float:
    """Return the time until a condition is true, in s; raises CheckError after a timeout."""
    began = time.monotonic() if since is None else since
    while True:
        there = probe()
        slow = inspect.isawaitable(there)
        if await there if inspect.isawaitable(there) else there:
            return time.monotonic() - began
        if time.monotonic() - began > within_s:
            msg = f"{what}: not within {within_s:.0f} s"
            raise CheckError(msg)
        await asyncio.sleep(_ASK_S if slow else _LOOK_S)


def charges(world: World, twc: WallConnector) -> bool:
    """Return whether a car charges with its full offer."""
    car = twc.car
    return car is not None and twc.drawn > _CHARGING_A and car.settled(world.bus.now)


class Protocol:
    """The results of the check, with their times."""

    def __init__(self) -> None:
        """Start the time now."""
        self._began = time.monotonic()
        self.count = 0

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return time.monotonic() - self._began

    def saw(self, what: str) -> None:
        """Record a passed check."""
        self.count += 1
        say(f"{self.seconds:6.1f} s  {what}")
