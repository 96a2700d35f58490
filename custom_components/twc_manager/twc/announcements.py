"""What connectors without a link announce: which ids are two units, which may be linked, and which never answer.

A connector without a link announces itself every 10 s, with a sign that it chooses at power-up. Times are in s of a
monotonic clock.
"""

from dataclasses import dataclass, field
from typing import Final

from .duplicates import Alternation

ALTERNATION_SECONDS: Final = 60.0
"""Signs that come as A, B, A within this time are of two units. One change alone is a power-up."""

ALTERNATING_SIGNS: Final = 3

SETTLED_SECONDS: Final = 12.0
"""Within this time a second unit with the same id announces itself as well."""

BURST_SECONDS: Final = 2.0
BURST_COUNT: Final = 3
"""After our linkready sequence every connector without a link announces itself five times within 1.5 s: a second unit
is heard between so many announcements."""

LINKED_SECONDS: Final = 30.0
"""Units that were linked announce themselves only after 26 s without a master."""

UNANSWERED_SECONDS: Final = 60.0
"""After announcing itself for this time, a connector has no master and has stopped its car."""

GAP_SECONDS: Final = 30.0
"""Announcements further apart than this do not belong together: up to two may be lost."""


@dataclass(slots=True)
class _Announced:
    """The announcements of one id.

    Attributes:
        last: when it announced itself last.
        since: since when it has done so without a pause and without an answer; None before that.
        unheard_since: since when it has been addressed continuously; None if it is not.
        sign_since: since when its last sign is the only one.
        sign_count: how often that sign came.
        duplicate_until: until when two units are taken to have this id.

    """

    last: float
    since: float | None = None
    unheard_since: float | None = None
    sign_since: float = 0.0
    sign_count: int = 0
    duplicate_until: float | None = None
    signs: Alternation = field(
        default_factory=lambda: Alternation(ALTERNATING_SIGNS, ALTERNATION_SECONDS)
    )

    def received(self, sign: int, now: float) -> None:
        if now - self.last > GAP_SECONDS:
            self.since = self.unheard_since = None
        if self.since is None or sign != self.signs.latest:
            self.sign_since, self.sign_count = now, 0
        self.sign_count += 1
        if self.signs.received(sign, now):
            self.duplicate_until = now + ALTERNATION_SECONDS
        self.since = now if self.since is None else self.since
        self.unheard_since = now if self.unheard_since is None else self.unheard_since
        self.last = now

    def is_outdated(self, now: float) -> bool:
        """Return whether nothing that it announced can still prove anything."""
        duplicate = self.duplicate_until is not None and now < self.duplicate_until
        return not duplicate and now - self.last > ALTERNATION_SECONDS

    def has_lasted(self, since: float | None, now: float) -> bool:
        """Return whether it announces itself, and has done so for long."""
        if since is None or now - self.last > GAP_SECONDS:
            return False
        return self.last - since >= UNANSWERED_SECONDS


class Announcements:
    """Records the announcements."""

    def __init__(self) -> None:
        """Start without announcements."""
        self._ids: dict[int, _Announced] = {}

    def received(self, connector_id: int, sign: int, now: float) -> None:
        """Take a linkready; a new id is the time to forget those whose announcements mean nothing any more."""
        if connector_id not in self._ids:
            self._ids = {
                other: item
                for other, item in self._ids.items()
                if not item.is_outdated(now)
            }
        self._ids.setdefault(connector_id, _Announced(now)).received(sign, now)

    def answered(self, connector_id: int) -> None:
        """Record that a connector answers: its next announcement starts a new sequence."""
        if (announced := self._ids.get(connector_id)) is not None:
            announced.since = announced.unheard_since = None

    def not_addressed(self, connector_id: int) -> None:
        """Record that a connector is not addressed, and so cannot answer."""
        if (announced := self._ids.get(connector_id)) is not None:
            announced.unheard_since = None

    def answers_alternate(self, connector_id: int, now: float) -> None:
        """Record that the answers of a linked id are of two units."""
        announced = self._ids.setdefault(connector_id, _Announced(now))
        announced.duplicate_until = now + LINKED_SECONDS + ALTERNATION_SECONDS

    def is_duplicate(self, connector_id: int, now: float) -> bool:
        """Return whether two units have this id: until one sign alone, or none, was announced for a minute."""
        announced = self._ids.get(connector_id)
        if announced is None or announced.duplicate_until is None:
            return False
        return now < announced.duplicate_until

    def is_settled(self, connector_id: int, now: float) -> bool:
        """Return whether a second unit with this id would have announced itself by now, had there been one."""
        announced = self._ids.get(connector_id)
        if announced is None or announced.since is None:
            return False
        alone = now - announced.sign_since
        is_burst = announced.sign_count >= BURST_COUNT and alone >= BURST_SECONDS
        return is_burst or alone >= SETTLED_SECONDS

    def is_unanswered(self, connector_id: int, now: float) -> bool:
        """Return whether a connector has announced itself for long without an answer to our heartbeats."""
        announced = self._ids.get(connector_id)
        return announced is not None and announced.has_lasted(
            announced.unheard_since, now
        )

    def feeds_nobody(self, connector_id: int, now: float) -> bool:
        """Return whether a connector has announced itself long enough to have stopped its car."""
        announced = self._ids.get(connector_id)
        return announced is not None and announced.has_lasted(announced.since, now)

    def duplicates(self, now: float) -> list[int]:
        """Return the ids that two units have."""
        return [item for item in self._ids if self.is_duplicate(item, now)]

    def unanswered(self, now: float) -> list[int]:
        """Return the ids of connectors that do not answer."""
        return [item for item in self._ids if self.is_unanswered(item, now)]
