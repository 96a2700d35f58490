"""Whose turn it is: a beat about once a second addresses every connector, and a changed offer does not wait for it.

Times are in s of a monotonic clock.
"""

from collections import deque
from contextlib import suppress
from typing import Final

from .connector import LinkedConnector
from .guard import WiringGuard
from .roster import Roster

CYCLE_SECONDS: Final = 1.03
"""About a second, but no part of the ten after which a connector without a link announces itself again: an
announcement that collides with somebody's answer would meet it the next time, too, and be heard by nobody for minutes."""

LATE_SECONDS: Final = 0.5
"""A beat that is so late is not made up for: the next one comes a whole beat after it."""


class HeartbeatCycle:
    """The order in which the connectors get their heartbeats."""

    __slots__ = (
        "_guard",
        "_jumped_queue",
        "_roster",
        "_waiting",
        "due",
        "late_count",
    )

    def __init__(self, roster: Roster, guard: WiringGuard) -> None:
        """Start with nobody to address."""
        self.due = 0.0
        self.late_count = 0
        self._roster = roster
        self._guard = guard
        self._waiting: deque[LinkedConnector] = deque()
        self._jumped_queue = False

    def restart(self, now: float) -> None:
        """Begin with a beat at once."""
        self.due = now
        self._waiting.clear()

    def begin(self, now: float) -> bool:
        """Give everyone a turn, first who had none in the last beat.

        Return whether the beat is late: who was not addressed for that long is not to blame for its silence.
        """
        late = now - self.due > LATE_SECONDS
        if late:
            self.late_count += 1 if len(self._roster) else 0
            self.due = now
        self.due += CYCLE_SECONDS
        self._waiting = deque(dict.fromkeys([*self._waiting, *self._roster]))
        return late

    def address(self, connector: LinkedConnector) -> None:
        """Give a connector a turn before the next beat."""
        self._waiting.append(connector)

    def has_next(self, now: float) -> bool:
        """Return whether there may be somebody to send a heartbeat to."""
        return bool(self._waiting or self._guard.changes(now))

    def next(self, now: float) -> LinkedConnector | None:
        """Return whom to send a heartbeat now, None for nobody.

        A changed offer goes first, but never twice in a row while others wait: offers that change all the
        time must not cost anybody the link.
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
        """Return the connector whose offer falls the most, or else rises the least."""
        changes = self._guard.changes(now)
        if not changes:
            return None
        return self._roster.get(min(changes, key=changes.__getitem__))
