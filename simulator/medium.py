"""What the bus is to those on it, and what they are to each other: types without the classes behind them.

With these a connector, a second master and the safety record need not import the bus, which holds them.
"""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from .codec import Frame
from .faults import Faults
from .line import Line, Talker


class Load(Protocol):
    """A connector, as far as the currents on the bus are concerned; all in A."""

    @property
    def id(self) -> int:
        """The id it has now."""

    @property
    def rating(self) -> float:
        """What it is built for."""

    @property
    def offered(self) -> float:
        """What it was last allowed."""

    @property
    def drawn(self) -> float:
        """What its car draws."""


class Detachable(Protocol):
    """A master that the bus detaches when it stops."""

    def detach(self) -> None:
        """Leave the bus."""


class Medium(Protocol):
    """The bus, as those on it see it."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop it runs on."""

    @property
    def now(self) -> float:
        """The time of the loop, in s."""

    @property
    def line(self) -> Line:
        """The wire."""

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""

    @property
    def dice(self) -> Random:
        """All chance on the bus."""

    @property
    def faults(self) -> Faults:
        """What goes wrong on it."""

    @property
    def connectors(self) -> Sequence[Load]:
        """The connectors on it."""

    @property
    def second_masters(self) -> list[Detachable]:
        """The other masters on it."""

    @property
    def frame_listeners(self) -> list[Callable[[Frame], None]]:
        """Called with each frame that has passed on the wire."""

    def transmit(self, talker: Talker, data: bytes) -> None:
        """Put bytes on the wire now."""

    def changed(self) -> None:
        """Report that offers, draws or states changed."""
