"""A dictionary by connector id with a maximum size: a damaged unit may choose new ids all the time."""

from collections.abc import Iterable
from typing import Final

KEPT: Final = 16
"""The number of ids that are kept: several times as many as can be linked, each of which is noted again and again."""


class RecentIds:
    """The ids that were noted last."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        """Start with some ids."""
        self._ids = dict.fromkeys(ids)

    def __contains__(self, connector_id: int) -> bool:
        """Return whether an id is one of them."""
        return connector_id in self._ids

    def add(self, connector_id: int) -> None:
        """Note an id; of too many the one is forgotten that was noted first."""
        self._ids.pop(connector_id, None)
        self._ids[connector_id] = None
        if len(self._ids) > KEPT:
            del self._ids[next(iter(self._ids))]

    def discard(self, connector_id: int) -> None:
        """Forget an id, if it is one of them."""
        self._ids.pop(connector_id, None)
