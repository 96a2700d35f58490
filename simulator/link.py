"""How a wall connector finds and loses its master.

The linkready timers, the timeout of 26 s and the other connectors that a connector has received. The connector
provides the means to send, and is notified when the link is made or lost.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

LINKREADY_EVERY_S: Final = 10.0
LOST_AFTER_S: Final = 26.0
BURST: Final = 5
_BURST_GAP_S: Final = (0.1, 0.3)
# The maximum time between two linkready 2 of one sequence, in s.
_SEQUENCE_S: Final = 5.0
# After this time in s without a frame (three linkreadys) others no longer count towards "more than three connectors".
_FORGET_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class LinkEvents:
    """The methods that a link calls of its connector."""

    announce: Callable[[], None]
    """Send a linkready."""
    lost: Callable[[], None]
    """Handle that there was no heartbeat for 26 s."""


class Link:
    """The link of a connector to its master."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, dice: Random, events: LinkEvents
    ) -> None:
        """Start unlinked; the first linkready is sent at a random time in the first ten seconds."""
        self._loop = loop
        self._dice = dice
        self._events = events
        self._heard_at = 0.0
        self._second_ready: float | None = None
        self._burst: list[asyncio.TimerHandle] = []
        self._ready_timer: asyncio.TimerHandle | None = None
        self._lost_timer: asyncio.TimerHandle | None = None
        self.master: int | None = None
        self._announce_in(dice.uniform(0, LINKREADY_EVERY_S))

    @property
    def up(self) -> bool:
        """Whether it has a master."""
        return self.master is not None

    def stop(self) -> None:
        """Cancel all timers."""
        for timer in (self._ready_timer, self._lost_timer, *self._burst):
            if timer is not None:
                timer.cancel()
        self._burst.clear()

    def heartbeat(self, master: int) -> None:
        """Receive a heartbeat for this connector: it is linked from now on."""
        self._heard_at = self._loop.time()
        if self.master is None:
            self.stop()
            self._lost_timer = self._loop.call_later(LOST_AFTER_S, self._check)
        self.master = master

    def linkready_2(self) -> None:
        """Receive a linkready 2; the second one of a sequence is answered by a burst."""
        now = self._loop.time()
        before, self._second_ready = self._second_ready, now
        if self.up or self._burst or before is None or now - before > _SEQUENCE_S:
            return
        wait = 0.0
        for _ in range(BURST):
            wait += self._dice.uniform(*_BURST_GAP_S)
            self._burst.append(self._loop.call_later(wait, self._events.announce))
        self._announce_in(wait + LINKREADY_EVERY_S)

    def drop(self) -> None:
        """Unlink and announce soon, as after picking a new id."""
        self.stop()
        self.master = None
        self._announce_in(self._dice.uniform(0.1, 1.0))

    def _announce_in(self, seconds: float) -> None:
        if self._ready_timer is not None:
            self._ready_timer.cancel()
        self._ready_timer = self._loop.call_later(seconds, self._announce)

    def _announce(self) -> None:
        self._burst.clear()
        self._events.announce()
        self._announce_in(LINKREADY_EVERY_S)

    def _check(self) -> None:
        """Check whether the master was silent for too long."""
        left = self._heard_at + LOST_AFTER_S - self._loop.time()
        if left > 0.001:
            self._lost_timer = self._loop.call_later(left, self._check)
            return
        self.master = None
        self._events.lost()
        self._announce()


class Neighbours:
    """The other connectors that a connector has received frames of."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start with no other connectors."""
        self._loop = loop
        self._heard_at: dict[int, float] = {}
        self.ratings: dict[int, float] = {}

    def hear(self, sender: int, rating: float | None = None) -> None:
        """Record a frame of another connector, and the rating it announced."""
        self._heard_at[sender] = self._loop.time()
        if rating is not None:
            self.ratings[sender] = rating

    def recent(self) -> list[int]:
        """Return the ids of connectors with recent frames."""
        now = self._loop.time()
        return [sender for sender, at in self._heard_at.items() if now - at < _FORGET_S]

    def ratings_differ(self, own: float) -> bool:
        """Return whether one of them announced another rating than this connector."""
        return any(rating != own for rating in self.ratings.values())
