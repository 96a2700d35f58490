"""How the check waits for what it wants to see, and what it says when that does not come."""

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
    """Something was not as it has to be."""


def require(there: object, what: str) -> None:
    """Raise CheckError with what was wanted unless it is there."""
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
    """Return how long something took to become true; raises CheckError if it took too long."""
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
    """Return whether a car charges with all it can have of the offer."""
    car = twc.car
    return car is not None and twc.drawn > _CHARGING_A and car.settled(world.bus.now)


class Protocol:
    """What was seen and when."""

    def __init__(self) -> None:
        """Begin now."""
        self._began = time.monotonic()
        self.count = 0

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return time.monotonic() - self._began

    def saw(self, what: str) -> None:
        """Note something that is as it should be."""
        self.count += 1
        say(f"{self.seconds:6.1f} s  {what}")
