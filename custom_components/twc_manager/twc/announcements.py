"""What connectors without a link announce: which ids are two units, which may be linked, and which do not receive us.

A connector without a link announces itself every 10 s, with a sign that it chooses at power-up. Times are in s of a
monotonic clock.
"""

from collections import deque
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
is received between so many announcements."""

LINKED_SECONDS: Final = 30.0
"""Units that were linked announce themselves only after 26 s without a master."""

UNANSWERED_SECONDS: Final = 60.0
"""After announcing itself for this time, a connector has no master and has stopped its car."""

NOT_HEARING_HEARTBEATS: Final = 6
NOT_HEARING_SECONDS: Final = 40.0
"""A connector that announces itself does not receive us if so many heartbeats within this time stay unanswered."""

LATE_SECONDS: Final = 5.0
"""How long after its heartbeat an answer may come: networks delay by up to some seconds."""

GAP_SECONDS: Final = 30.0
"""Announcements further apart than this do not belong together: up to two may be lost."""


@dataclass(slots=True)
class _Announced:
    """The announcements of one id.

    Attributes:
        last: when it announced itself last.
        since: since when it has done so without a pause and without an answer; None before that.
        heartbeats: when it was sent heartbeats since then.
        is_not_hearing: whether it has announced itself after many of them.
        sign_since: since when its last sign is the only one.
        sign_count: how often that sign came.
        duplicate_until: until when two units are taken to have this id.

    """

    last: float
    since: float | None = None
    heartbeats: deque[float] = field(default_factory=lambda: deque(maxlen=60))
    is_not_hearing: bool = False
    sign_since: float = 0.0
    sign_count: int = 0
    duplicate_until: float | None = None
    signs: Alternation = field(
        default_factory=lambda: Alternation(ALTERNATING_SIGNS, ALTERNATION_SECONDS)
    )

    def received(self, sign: int, now: float) -> None:
        if now - self.last > GAP_SECONDS:
            self.answered()
        if self.since is None or sign != self.signs.latest:
            self.sign_since, self.sign_count = now, 0
        self.sign_count += 1
        if self.signs.received(sign, now):
            self.duplicate_until = now + ALTERNATION_SECONDS
        self.since = now if self.since is None else self.since
        self.last = now
        missed = sum(
            LATE_SECONDS <= now - sent <= NOT_HEARING_SECONDS
            for sent in self.heartbeats
        )
        if missed >= NOT_HEARING_HEARTBEATS:
            self.is_not_hearing = True

    def is_outdated(self, now: float) -> bool:
        """Return whether nothing that it announced can still prove anything."""
        duplicate = self.duplicate_until is not None and now < self.duplicate_until
        return not duplicate and now - self.last > ALTERNATION_SECONDS

    def answered(self) -> None:
        if self.since is not None:
            self.since = None
            self.not_addressed()

    def addressed(self, now: float) -> None:
        # A connector that is linked, or switched on, has not announced itself yet: it owes no answer.
        if self.since is not None:
            self.heartbeats.append(now)

    def not_addressed(self) -> None:
        self.heartbeats.clear()
        self.is_not_hearing = False

    def goes_on(self, now: float) -> bool:
        """Return whether it still announces itself."""
        return self.since is not None and now - self.last <= GAP_SECONDS

    def has_lasted(self, now: float) -> bool:
        """Return whether it announces itself, and has done so for long."""
        if self.since is None or not self.goes_on(now):
            return False
        return self.last - self.since >= UNANSWERED_SECONDS


class Announcements:
    """Records the announcements."""

    def __init__(self) -> None:
        """Start without announcements."""
        self._ids: dict[int, _Announced] = {}

    def received(self, connector_id: int, sign: int, now: float) -> None:
        """Take a linkready; on a new id, those whose announcements prove nothing any more are forgotten."""
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
            announced.answered()

    def addressed(self, connector_id: int, now: float) -> None:
        """Record a heartbeat that was sent to a connector."""
        if (announced := self._ids.get(connector_id)) is not None:
            announced.addressed(now)

    def not_addressed(self, connector_id: int) -> None:
        """Record that a connector is not addressed, and so cannot answer."""
        if (announced := self._ids.get(connector_id)) is not None:
            announced.not_addressed()

    def none_addressed(self) -> None:
        """Record that nothing is or was sent, or that another master may have disturbed it."""
        for announced in self._ids.values():
            announced.not_addressed()

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

    def is_not_hearing(self, connector_id: int, now: float) -> bool:
        """Return whether a connector is received, but does not receive us."""
        announced = self._ids.get(connector_id)
        return (
            announced is not None
            and announced.is_not_hearing
            and announced.goes_on(now)
        )

    def has_stopped_vehicle(self, connector_id: int, now: float) -> bool:
        """Return whether a connector has announced itself long enough to have stopped its car."""
        announced = self._ids.get(connector_id)
        return announced is not None and announced.has_lasted(now)

    def duplicates(self, now: float) -> list[int]:
        """Return the ids that two units have."""
        return [item for item in self._ids if self.is_duplicate(item, now)]

    def not_hearing(self, now: float) -> list[int]:
        """Return the ids of connectors that are received, but do not receive us."""
        return [item for item in self._ids if self.is_not_hearing(item, now)]
