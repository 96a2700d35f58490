"""Schedules the decisions of the rules: at once, after the other connectors' reports, or after a wait."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

MEASURED_SECONDS: Final = 0.5
"""How many s a decision on a measured value waits for those of the other connectors: half a heartbeat cycle, in which
all of them answer."""

MIN_WAIT_SECONDS: Final = 0.05

FAILED_SECONDS: Final = 5.0
"""The wait after a decision that raised an error, in s: a fault of one moment must not end the control of the bus."""


class _State(Enum):
    WAITING = auto()
    DECIDING = auto()
    STOPPED = auto()


class DecisionTimer:
    """Runs decisions one after the other until it is stopped."""

    def __init__(self, hass: HomeAssistant, decide: Callable[[], float]) -> None:
        """Store `decide`, which returns the s until the next decision."""
        self._hass = hass
        self._decide = decide
        self._state = _State.WAITING
        self._soon: asyncio.Handle | None = None
        self._measured: asyncio.TimerHandle | None = None
        self._later: CALLBACK_TYPE | None = None

    @property
    def stopped(self) -> bool:
        """Return whether the decisions were stopped."""
        return self._state is _State.STOPPED

    @callback
    def decide_now(self) -> None:
        """Decide now, or right after the decision in progress if an automation reacted to its result."""
        if self._state is _State.DECIDING:
            self.decide_soon()
            return
        self._cancel()
        if self.stopped:
            return
        self._state = _State.DECIDING
        wait = FAILED_SECONDS
        try:
            wait = self._decide()
        finally:
            self._end(wait)

    @callback
    def decide_soon(self) -> None:
        """Decide once, in the next iteration of the event loop, on everything that is reported in this one.

        An error of a decision within the master could end the reading of the port, and a decision within the change of
        a state could be caused by a state of this integration.
        """
        if self._soon is None and not self.stopped:
            self._soon = self._hass.loop.call_soon(self.decide_now)

    @callback
    def decide_on_measured_values(self) -> None:
        """Decide when all connectors have reported what they measure in this heartbeat cycle."""
        if self._measured is None and not self.stopped:
            self._measured = self._hass.loop.call_later(
                MEASURED_SECONDS, self.decide_now
            )

    @callback
    def stop(self) -> None:
        """Stop the decisions."""
        self._state = _State.STOPPED
        self._cancel()

    def _end(self, wait: float) -> None:
        """Wait so many s for the next decision, unless this one led to the stop."""
        if self._state is _State.DECIDING:
            self._state = _State.WAITING
            self._later = async_call_later(
                self._hass, max(wait, MIN_WAIT_SECONDS), self._wait_is_over
            )

    @callback
    def _wait_is_over(self, _: datetime) -> None:
        self._later = None
        self.decide_now()

    def _cancel(self) -> None:
        for handle in (self._soon, self._measured):
            if handle is not None:
                handle.cancel()
        if self._later is not None:
            self._later()
        self._soon = self._measured = self._later = None
