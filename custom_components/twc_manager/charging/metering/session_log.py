"""The log of the finished sessions, and the monthly sums of those that were dropped."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from .monthly import MonthlyTotals
from .sessions import Session, read_session

LOG_LENGTH: Final = 500


def _is_same(one: Session, other: Session) -> bool:
    return (one.connector_id, one.started) == (other.connector_id, other.started)


class SessionLog:
    """The finished sessions; of the oldest, only the monthly sums remain.

    Attributes:
        months: the energy and the cost of all finished sessions by month.

    """

    def __init__(
        self,
        stored: Iterable[object] = (),
        earlier: Iterable[object] = (),
        length: int = LOG_LENGTH,
    ) -> None:
        """Start with the data from `stored` and `earlier`, without those that cannot be read."""
        read = (read_session(item) for item in stored)
        self._sessions = deque(
            session for session in read if session is not None and session.end
        )
        self._length = length
        self._earlier = MonthlyTotals.read(earlier)
        self._limit()
        self.months = self._earlier.with_sessions(self._sessions)

    @property
    def stored(self) -> list[dict[str, Any]]:
        """Return the sessions as JSON values."""
        return [session.as_dict() for session in self._sessions]

    @property
    def earlier(self) -> list[dict[str, Any]]:
        """Return the monthly sums of the dropped sessions, as JSON values."""
        return self._earlier.stored

    def add(self, session: Session) -> None:
        """Add a finished session.

        A session that ended just before a crash may be stored as running and end a second time; it is replaced then.
        """
        if self._sessions and _is_same(self._sessions[-1], session):
            self._sessions.pop()
        self._sessions.append(session)
        self._limit()
        self.months = self._earlier.with_sessions(self._sessions)

    def find(
        self,
        begin: datetime | None = None,
        end: datetime | None = None,
        connector_id: int | None = None,
    ) -> list[Session]:
        """Return the sessions that overlap a time span, at one connector or at all connectors."""
        return [
            session
            for session in self._sessions
            if (begin is None or session.seen >= begin.astimezone(UTC))
            and (end is None or session.started < end.astimezone(UTC))
            and connector_id in {None, session.connector_id}
        ]

    def last(
        self, *, connector_id: int | None = None, vehicle_id: str | None = None
    ) -> Session | None:
        """Return the last session at a connector, of a vehicle, or of both; None without one."""
        return next(self._latest_first(connector_id, vehicle_id), None)

    def last_currency(
        self, *, connector_id: int | None = None, vehicle_id: str | None = None
    ) -> str:
        """Return the currency of the last session that has a price; empty without one."""
        found = self._latest_first(connector_id, vehicle_id)
        return next(filter(None, (item.amounts.currency for item in found)), "")

    def _latest_first(
        self, connector_id: int | None, vehicle_id: str | None
    ) -> Iterator[Session]:
        for session in reversed(self._sessions):
            if connector_id in {None, session.connector_id} and (
                vehicle_id in {None, session.vehicle_id}
            ):
                yield session

    def _limit(self) -> None:
        """Drop the oldest sessions beyond the length of the log."""
        while len(self._sessions) > self._length:
            self._earlier = self._earlier.with_sessions([self._sessions.popleft()])
