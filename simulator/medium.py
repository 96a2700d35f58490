"""Protocols of the bus and of what is attached to it.

With these a connector, a second master and the safety record need not import the bus, which contains them.
"""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from .codec import Frame
from .faults import Faults
from .line import Line, Talker


class Load(Protocol):
    """The currents of a connector, in A."""

    @property
    def id(self) -> int:
        """Its present id."""

    @property
    def rating(self) -> float:
        """Its rating."""

    @property
    def offered(self) -> float:
        """The last limit that it received."""

    @property
    def drawn(self) -> float:
        """The draw of its car."""

    @property
    def taken(self) -> float:
        """How much of the draw no offer made its car draw."""

    @property
    def possible(self) -> float:
        """What its offer lets a car draw, or made it draw."""


class Detachable(Protocol):
    """A second master, which the bus detaches when it stops."""

    def detach(self) -> None:
        """Detach from the bus."""


class Medium(Protocol):
    """The interface of the bus for what is attached to it."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the bus."""

    @property
    def now(self) -> float:
        """The time of the loop, in s."""

    @property
    def line(self) -> Line:
        """The wire."""

    @property
    def running(self) -> bool:
        """Whether it is started."""

    @property
    def dice(self) -> Random:
        """The random numbers of the bus."""

    @property
    def faults(self) -> Faults:
        """The faults of the bus."""

    @property
    def connectors(self) -> Sequence[Load]:
        """The connectors on it."""

    @property
    def second_masters(self) -> list[Detachable]:
        """The other masters on it."""

    @property
    def frame_listeners(self) -> list[Callable[[Frame], None]]:
        """Callbacks for each frame that has passed on the wire."""

    def transmit(self, talker: Talker, data: bytes) -> None:
        """Put bytes on the wire now."""

    def changed(self) -> None:
        """Report that offers, draws or states changed."""
