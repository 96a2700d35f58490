"""What the sun would give a connector while its plan gives it less: no sun is exported because of a plan."""

from collections import deque
from collections.abc import Mapping
from typing import Final

RISE_SECONDS: Final = 20.0
"""How long so much must have been there before it is given."""


class SunFloor:
    """The whole A that the sun has given each connector for a while."""

    def __init__(self) -> None:
        """Start without sun."""
        self._amps: dict[int, deque[tuple[float, int]]] = {}

    def update(self, now: float, amps: Mapping[int, float]) -> None:
        """Take what the sun gives each connector now, in A; connectors that are missing get none."""
        for connector_id in self._amps.keys() - amps.keys():
            del self._amps[connector_id]
        for connector_id, value in amps.items():
            found = self._amps.setdefault(connector_id, deque([(now, 0)]))
            found.append((now, max(0, int(value))))
            while len(found) > 1 and found[1][0] <= now - RISE_SECONDS:
                found.popleft()

    @property
    def amps(self) -> dict[int, int]:
        """Return the minimum of the last while, by connector."""
        return {
            connector_id: min(amps for _, amps in found)
            for connector_id, found in self._amps.items()
        }
