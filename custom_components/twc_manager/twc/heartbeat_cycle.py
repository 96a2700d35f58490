"""The heartbeat cycle: about once a second connectors get a heartbeat; a changed offer does not wait for it.

Times are in s of a monotonic clock.
"""

from collections import deque
from contextlib import suppress
from typing import Final

from .connector import LinkedConnector
from .rhythm import Rhythm
from .roster import Roster
from .steering import OfferSteering

CYCLE_SECONDS: Final = 1.03
"""About a second, but not a divisor of the ten after which a connector without a link announces itself again: a
linkready that collides with an answer would collide again the next time, and be lost for minutes."""

LATE_SECONDS: Final = 0.5
"""A cycle that is so late is not made up for: the next one begins a whole cycle after it."""


class HeartbeatCycle:
    """The order in which the connectors get their heartbeats.

    Attributes:
        due: when the next cycle begins.
        late_count: how many cycles began late while there were connectors.

    """

    __slots__ = (
        "_jumped_queue",
        "_rhythm",
        "_roster",
        "_steering",
        "_waiting",
        "due",
        "late_count",
    )

    def __init__(self, roster: Roster, steering: OfferSteering, rhythm: Rhythm) -> None:
        """Start without connectors to address."""
        self.due = 0.0
        self.late_count = 0
        self._roster = roster
        self._steering = steering
        self._rhythm = rhythm
        self._waiting: deque[LinkedConnector] = deque()
        self._jumped_queue = False

    def restart(self, now: float) -> None:
        """Begin a cycle at once."""
        self.due = now
        self._waiting.clear()

    def begin(self, now: float) -> bool:
        """Queue the connectors whose turn it is, first those that the last cycle did not reach; after a late cycle all.

        Return whether the cycle is late: connectors that were not addressed for that long could not answer.
        """
        late = now - self.due > LATE_SECONDS
        if late:
            self.late_count += 1 if len(self._roster) else 0
            self.due = now
        self.due += CYCLE_SECONDS
        turns = self._rhythm.begin(self._roster, now)
        addressed = self._roster if late else turns
        self._waiting = deque(dict.fromkeys([*self._waiting, *addressed]))
        return late

    def address(self, connector: LinkedConnector) -> None:
        """Address a connector before the next cycle."""
        self._waiting.append(connector)

    def has_next(self, now: float) -> bool:
        """Return whether there may be a connector to send a heartbeat to."""
        return bool(self._waiting or self._steering.changes(now))

    def next(self, now: float) -> LinkedConnector | None:
        """Return the connector to send a heartbeat now; None without one.

        A changed offer goes first, but never twice in a row while others wait: offers that change all the
        time must not cost a connector its link.
        """
        changed = self._most_changed(now)
        if changed is not None and not (self._jumped_queue and self._waiting):
            self._jumped_queue = True
            with suppress(ValueError):
                self._waiting.remove(changed)
            return changed
        self._jumped_queue = False
        while self._waiting:
            connector = self._waiting.popleft()
            if connector in self._roster:
                return connector
        return None

    def _most_changed(self, now: float) -> LinkedConnector | None:
        """Return the connector whose offer falls furthest, or if none falls, rises by the smallest step."""
        changes = self._steering.changes(now)
        if not changes:
            return None
        return self._roster.get(min(changes, key=changes.__getitem__))
