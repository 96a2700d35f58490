"""The watch for a dead peer: the far end of a network port may disappear without an error."""

from typing import Final

DEAD_SECONDS: Final = 60.0
"""A port behind a network that is silent for so long is reopened; doubled while that does not help."""
MAX_DEAD_SECONDS: Final = 960.0


class PeerWatch:
    """Decides when silence means that the peer of the port is dead.

    Attributes:
        watches: whether that is to be decided at all.

    """

    __slots__ = ("_dead_seconds", "watches")

    def __init__(self, *, is_network: bool) -> None:
        """Start; only a port behind a network is watched."""
        self.watches = is_network
        self._dead_seconds = DEAD_SECONDS

    def received(self) -> None:
        """Note that the peer is alive."""
        self._dead_seconds = DEAD_SECONDS

    def is_dead(self, silent_seconds: float, *, was_linked: bool) -> bool:
        """Return whether to reopen the port.

        Without connectors a bus is silent, so silence proves nothing before the first link.
        """
        return self.watches and was_linked and silent_seconds >= self._dead_seconds

    def reopened(self) -> None:
        """Wait longer the next time, unless something is received first."""
        self._dead_seconds = min(self._dead_seconds * 2, MAX_DEAD_SECONDS)
