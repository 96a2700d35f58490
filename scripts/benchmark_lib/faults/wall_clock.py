"""The wall clock of a simulated world, as Home Assistant reads it.

While it is in use, only the log reads the time of the machine.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
import time
from unittest.mock import patch

from homeassistant.helpers import event
from homeassistant.util import dt as dt_util

from simulator import World


class WallClock:
    """A clock that runs with the world and can be set."""

    def __init__(self, world: World, begin: datetime) -> None:
        """Start at `begin`."""
        self._world = world
        self._zero = begin.timestamp() - world.time()

    def move(self, by: timedelta) -> None:
        """Set it forward or back, in s."""
        self._zero += by.total_seconds()

    def timestamp(self) -> float:
        """Return its time, in s since the epoch."""
        return self._world.time() + self._zero

    def utcnow(self) -> datetime:
        """Return its time, in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def now(self, time_zone: tzinfo | None = None) -> datetime:
        """Return its time, in the time zone of the house or another one."""
        zone = time_zone or dt_util.get_default_time_zone()
        return datetime.fromtimestamp(self.timestamp(), zone)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Make Home Assistant read this clock."""
        with ExitStack() as stack:
            for owner, name, read in (
                (time, "time", self.timestamp),
                (dt_util, "utcnow", self.utcnow),
                (dt_util, "now", self.now),
                (event, "time_tracker_utcnow", self.utcnow),
                (event, "time_tracker_timestamp", self.timestamp),
            ):
                stack.enter_context(patch.object(owner, name, read))
            yield
