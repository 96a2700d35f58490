"""The plug-in charge: a vehicle that is offered no amps when it is plugged in may refuse to charge later.

Time is an argument, in s of a monotonic clock.
"""

from typing import Final

PLUG_IN_CHARGE_SECONDS: Final = 60.0
"""How long the plug-in charge lasts, and how long after plugging in it may still begin."""


class PlugInCharge:
    """Times the plug-in charge of the vehicle at one connector."""

    __slots__ = ("_began_at", "_plugged_at")

    def __init__(self) -> None:
        """Start without a vehicle."""
        self._plugged_at: float | None = None
        self._began_at: float | None = None

    def until(self, plugged_at: float | None, now: float) -> float | None:
        """Return the end of the charge of the vehicle that was plugged in at `plugged_at`; None if it is not due."""
        if plugged_at != self._plugged_at:
            self._plugged_at, self._began_at = plugged_at, None
        if plugged_at is None:
            return None
        begin = self._began_at
        if begin is None:
            begin = now if now < plugged_at + PLUG_IN_CHARGE_SECONDS else plugged_at
        until = begin + PLUG_IN_CHARGE_SECONDS
        return until if now < until else None

    def given(self, now: float) -> None:
        """Note that the vehicle has its offer."""
        if self._began_at is None:
            self._began_at = now

    def over(self, plugged_at: float | None) -> None:
        """Note that a rule offers the vehicle amps, so that it does not need a plug-in charge any more."""
        self._plugged_at = plugged_at
        if plugged_at is not None:
            self._began_at = plugged_at - PLUG_IN_CHARGE_SECONDS
