"""The connectors on the bus: linked, known from before, and those that wait for a link.

The roster reports to the wiring guard which connectors come and go. Times are in s of a monotonic clock.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
import logging
from typing import Final

from .announcements import Announcements
from .connector import MIN_OFFERS, LinkedConnector
from .exposure import AGREEING_REPORTS
from .guard import MAX_CONNECTOR_AMPS, MIN_OFFER, WiringGuard
from .messages import BODY_LENGTH, FromConnector, Heartbeat, LinkReady, format_id
from .recent_ids import RecentIds
from .state import BusProblem, ConnectorState, KnownConnector, Observed
from .waiting import WaitingList

_LOGGER = logging.getLogger(__name__)

MAX_CONNECTORS: Final = 3
ESTABLISHED_SECONDS: Final = 5.0
"""For how long a new connector has to answer before it is a device: a damaged unit may choose a new id every second."""
USUAL_RATINGS: Final = (32.0, 80.0)
"""What the connectors of Europe and of North America announce, in A."""
_UNUSUAL_KEPT: Final = 16


class Roster:
    """The connectors on the bus."""

    def __init__(
        self,
        guard: WiringGuard,
        known: Iterable[KnownConnector],
        observed: Iterable[Observed] = (),
    ) -> None:
        """Start without linked connectors; of too many known ones the first are kept.

        Those that were observed count as having answered this master until it begins.
        """
        self._guard = guard
        self._known = {
            item.connector_id: item for item in islice(known, MAX_CONNECTORS)
        }
        self._linked: dict[int, LinkedConnector] = {}
        self._waiting = WaitingList()
        # The ids that have answered as one unit: they are linked again at once.
        self._trusted = RecentIds(self._known)
        # Those that have answered for long enough to be devices.
        self._established = RecentIds(self._known)
        self._announcements = Announcements()
        self._unusual: deque[KnownConnector] = deque(maxlen=_UNUSUAL_KEPT)
        self._observed = tuple(observed)

    def __iter__(self) -> Iterator[LinkedConnector]:
        """Return the linked connectors."""
        return iter(tuple(self._linked.values()))

    def __len__(self) -> int:
        """Return how many connectors are linked."""
        return len(self._linked)

    def __contains__(self, connector: LinkedConnector) -> bool:
        """Return whether a connector is still linked as it was."""
        return self._linked.get(connector.connector_id) is connector

    @property
    def known(self) -> tuple[KnownConnector, ...]:
        """Return the connectors to be addressed at once after a restart."""
        return tuple(self._known.values())

    def get(self, connector_id: int) -> LinkedConnector | None:
        """Return a linked connector; None if it is not linked."""
        return self._linked.get(connector_id)

    def restore(self, now: float) -> bool:
        """Link all that are known from before, as if they had announced themselves.

        Return whether they continue with what was observed of them, which is only so the first time.
        """
        self.none_addressed()
        for known in self._known.values():
            self._link(known, now, restored=True)
        observed, self._observed = self._observed, ()
        self._resume(observed, now)
        return bool(observed)

    def expect(self, connectors: Iterable[KnownConnector], now: float) -> None:
        """Link connectors that another program with our id has kept linked: they do not announce themselves."""
        for known in connectors:
            may_link = not self._announcements.is_duplicate(known.connector_id, now)
            is_new = known.connector_id not in self._linked
            if is_new and may_link and len(self._linked) < MAX_CONNECTORS:
                self._link(known, now, restored=True)

    def _resume(self, observed: Iterable[Observed], now: float) -> None:
        """Take what was observed, as if this master had sent it and had it answered."""
        for item in observed:
            connector_id = item.known.connector_id
            if (connector := self._linked.get(connector_id)) is None:
                continue
            for _ in range(AGREEING_REPORTS):
                self._guard.heartbeat_sent(connector_id, item.offer, now)
                connector.heartbeat_sent(item.offer)
                self.reported(item.report, now)

    def heartbeat_sent(self, connector_id: int, now: float) -> None:
        """Note a heartbeat that was written to the port."""
        self._announcements.addressed(connector_id, now)

    def none_addressed(self) -> None:
        """Note that no connector can be expected to answer what was sent before."""
        self._announcements.none_addressed()

    def link_ready_received(
        self, message: LinkReady, now: float
    ) -> LinkedConnector | None:
        """Take a linkready and return the connector to address at once; None without one."""
        if not MIN_OFFER <= message.rating <= MAX_CONNECTOR_AMPS:
            # No connector has such a rating: noise that passed the checksum.
            return None
        known = KnownConnector(message.sender, message.protocol, message.rating)
        linked = self._linked.get(message.sender)
        self._announcements.received(message.sender, message.sign, now)
        if self._announcements.is_duplicate(message.sender, now):
            self._refuse(known, now)
            return None
        if linked is None:
            return self._link_new(known, now)
        if linked.known == known:
            # One of a burst, or late, or the connector was away too briefly to be noticed.
            self._check_answers(message.sender, now)
            return linked
        return (
            self._link(known, now, restored=False)
            if linked.contradicts(known)
            else None
        )

    def _link_new(self, known: KnownConnector, now: float) -> LinkedConnector | None:
        """Link a connector that is not linked, if it is credible, may be linked, and there is room."""
        if not self._is_credible(known):
            return None
        if not self._may_link(known.connector_id, now) or not self._make_room(now):
            self._wait(known, now)
            return None
        return self._link(known, now, restored=False)

    def _may_link(self, connector_id: int, now: float) -> bool:
        """Return whether an id is known to be that of one unit, as far as that can be known.

        Two units with one id would both be linked by the first heartbeat, and announce nothing any more.
        """
        if self._announcements.is_duplicate(connector_id, now):
            return False
        is_settled = self._announcements.is_settled(connector_id, now)
        return connector_id in self._trusted or is_settled

    def _wait(self, known: KnownConnector, now: float, *, units: int = 1) -> None:
        """Leave a connector without a link. It may still be drawing what an earlier master gave it."""
        connector_id = known.connector_id
        self._waiting.add(known, now)
        self._announcements.not_addressed(connector_id)
        self._guard.announced(connector_id, known.rating, now, units=units)
        if self._announcements.has_stopped_vehicle(connector_id, now):
            self._guard.unanswered(connector_id)

    def reported(self, message: Heartbeat, now: float) -> None:
        """Take a connector's report."""
        connector = self._linked.get(message.sender)
        if connector is None:
            return
        self._announcements.answered(message.sender)
        self._guard.reported(message.sender, message.offered, message.drawn, now)
        connector.take_heartbeat(message, now)
        if connector.unplugged():
            self._guard.unplugged(message.sender)
        self._known[message.sender] = connector.known
        self._trusted.add(message.sender)
        if connector.answering_for(now) >= ESTABLISHED_SECONDS:
            self._established.add(message.sender)
        self._check_duplicate(connector, now)

    def repeats(self, message: FromConnector, shown: ConnectorState) -> bool:
        """Return whether a report or answer that was taken shows nothing but jitter beside the state that is shown."""
        watched = self._guard.watched.get(message.sender)
        return (
            watched is not None
            and watched.exposure.sent == shown.sent
            and watched.conduct.obedience is shown.obedience
            and shown.is_repeated_by(message)
        )

    def answered(self, message: FromConnector, now: float) -> None:
        """Take any other message of a connector."""
        if (connector := self._linked.get(message.sender)) is not None:
            self._announcements.answered(message.sender)
            connector.take_answer(message, now)
            self._check_duplicate(connector, now)

    def _check_duplicate(self, connector: LinkedConnector, now: float) -> None:
        if connector.is_duplicate:
            self._announcements.answers_alternate(connector.connector_id, now)
            self._refuse(connector.known, now)

    def drop_silent(self, now: float) -> list[LinkedConnector]:
        """Drop connectors that have been silent for too long; return those that have waited and are linked now."""
        for connector in self:
            if connector.is_silent(now):
                self._drop(connector, now)
        return [
            self._link(known, now, restored=False)
            for known in self._waiting.waiting(now)
            if len(self) < MAX_CONNECTORS and self._may_link(known.connector_id, now)
        ]

    def states(self, now: float) -> tuple[ConnectorState, ...]:
        """Return the states of the connectors that answer, and have done so for long enough to be devices."""
        watched = self._guard.watched
        return tuple(
            connector.snapshot(watched[connector.connector_id], now)
            for connector in self._devices()
        )

    @property
    def has_pending(self) -> bool:
        """Return whether a connector answers that is no device yet."""
        return any(
            connector.answered and connector_id not in self._established
            for connector_id, connector in self._linked.items()
        )

    def _devices(self) -> list[LinkedConnector]:
        return [
            connector
            for connector_id, connector in self._linked.items()
            if connector.answered and connector_id in self._established
        ]

    def not_hearing(self, now: float) -> list[int]:
        """Return the ids of connectors that are received, but do not receive us."""
        return self._announcements.not_hearing(now)

    def problems(self, now: float) -> Iterator[BusProblem]:
        """Return what is wrong with the connectors and needs a person."""
        if self._announcements.duplicates(now):
            yield BusProblem.DUPLICATE_ID
        if self.not_hearing(now):
            yield BusProblem.NOT_HEARING
        if self._guard.is_over(now):
            yield BusProblem.OVER_LIMIT
        if self._waiting and len(self) >= MAX_CONNECTORS:
            yield BusProblem.TOO_MANY_CONNECTORS
        if len({item.known.rating for item in self._devices()}) > 1:
            yield BusProblem.RATINGS_DIFFER

    def _is_credible(self, known: KnownConnector) -> bool:
        """Return whether to trust a linkready: one with an unusual rating may be noise, unless it comes again.

        A wrong rating would stay, since a linked connector does not announce itself again.
        """
        if known.rating in USUAL_RATINGS or known in self._unusual:
            return True
        self._unusual.append(known)
        return False

    def _make_room(self, now: float) -> bool:
        """Return whether one more connector may be linked; one that never answered is dropped for it."""
        if len(self._linked) < MAX_CONNECTORS:
            return True
        for connector in self:
            if not connector.answered:
                self._drop(connector, now)
                return True
        return False

    def _link(
        self, known: KnownConnector, now: float, *, restored: bool
    ) -> LinkedConnector:
        self._waiting.remove(known.connector_id)
        connector = LinkedConnector(known, now, restored=restored)
        self._linked[known.connector_id] = connector
        self._guard.watch(
            known.connector_id,
            known.rating,
            now,
            minimum=MIN_OFFERS[known.protocol],
            length=BODY_LENGTH[known.protocol],
        )
        self._check_answers(known.connector_id, now)
        return connector

    def _check_answers(self, connector_id: int, now: float) -> None:
        if self._announcements.has_stopped_vehicle(connector_id, now):
            self._guard.unanswered(connector_id)

    def _refuse(self, known: KnownConnector, now: float) -> None:
        """Stop addressing two units with one id: they stop their cars and continue to announce themselves.

        Linked units do not announce themselves, so it would not be noticed that one of them was removed.
        """
        if (connector := self._linked.get(known.connector_id)) is not None:
            self._drop(connector, now)
        self._trusted.discard(known.connector_id)
        self._wait(known, now, units=2)

    def _drop(self, connector: LinkedConnector, now: float) -> None:
        _LOGGER.debug("Connector %s is gone", format_id(connector.connector_id))
        del self._linked[connector.connector_id]
        self._guard.gone(connector.connector_id, now)
        self._known.pop(connector.connector_id, None)
        if not connector.answered:
            self._trusted.discard(connector.connector_id)
