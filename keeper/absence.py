"""The time without Home Assistant: since when, and what the cars have taken meanwhile.

Times are in s of a monotonic clock.
"""

from collections.abc import Mapping


class Absence:
    """What happened since Home Assistant's last frame."""

    def __init__(self) -> None:
        """Start with a keeper that has just been started: what happened before is not known."""
        self._taken_before: Mapping[int, float] = {}
        self._is_complete = False

    @property
    def is_complete(self) -> bool:
        """Return whether the line has been the keeper's without a gap since Home Assistant knew every connector."""
        return self._is_complete

    def frame_received(self, ampere_seconds: Mapping[int, float]) -> None:
        """Note a frame of Home Assistant, with what the cars have taken until then, in As."""
        self._taken_before = ampere_seconds

    def confirmed(self) -> None:
        """Note that Home Assistant, which is the master, knows every connector that may be drawing."""
        self._is_complete = True

    def interrupted(self) -> None:
        """Note that the line was lost, or that another master has sent."""
        self._is_complete = False

    def ampere_hours(self, ampere_seconds: Mapping[int, float]) -> dict[int, float]:
        """Return what each connector's car has taken since, in Ah, for what it has taken in all, in As."""
        return {
            # One that was forgotten meanwhile begins anew.
            key: max(taken - self._taken_before.get(key, 0.0), 0.0) / 3600
            for key, taken in ampere_seconds.items()
        }
