"""When rules in closed loop decide: as in Home Assistant."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final

from custom_components.twc_manager.runtime.changes import BusChanges
from custom_components.twc_manager.twc import Snapshot

_MEASURED_SECONDS: Final = 0.5
_MINIMUM_WAIT_SECONDS: Final = 0.05


class Pace:
    """Decides after changes of a bus, and at the time that the previous decision named."""

    def __init__(self, decide: Callable[[], float]) -> None:
        """Start; `decide` decides, and returns in how many s to decide again at the latest."""
        self._decide = decide
        self._changes = BusChanges()
        self._timer: asyncio.Handle | None = None
        self._at = inf
        self._is_stopped = False

    def note(self, snapshot: Snapshot) -> None:
        """Take a change of the bus."""
        self._snapshot = snapshot
        if self._changes.take_facts(snapshot):
            self._after(0.0)
        elif self._changes.has_measured(snapshot):
            self._after(_MEASURED_SECONDS)

    def decide_now(self) -> None:
        """Decide as soon as a change of the bus has been taken, whatever was due."""
        self._after(0.0)

    def still_for(self) -> float:
        """Return for how many s the bus has been still."""
        return self._changes.still_for(asyncio.get_running_loop().time())

    def stop(self) -> None:
        """Decide no more."""
        self._is_stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _after(self, seconds: float) -> None:
        """Decide after a while, unless that is due earlier."""
        loop = asyncio.get_running_loop()
        if self._is_stopped or loop.time() + seconds >= self._at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._at = loop.time() + seconds
        self._timer = loop.call_later(seconds, self._due)

    def _due(self) -> None:
        self._at = inf
        now = asyncio.get_running_loop().time()
        self._changes.note_decision(self._snapshot, now)
        self._after(max(_MINIMUM_WAIT_SECONDS, self._decide()))
