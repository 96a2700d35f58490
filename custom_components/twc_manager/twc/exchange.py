"""The exchange under way on the half-duplex line: the request that was sent, and the answer it waits for.

Times are in s of a monotonic clock.
"""

from collections import defaultdict, deque

from .announcements import LATE_SECONDS
from .gate import receiver_of
from .line import Line
from .messages import HEARTBEAT, Heartbeat, Message, Unknown
from .scheduler import Request


class Exchange:
    """Keeps the line, the pending request, and the heartbeats whose answers are overdue.

    Attributes:
        late_answers: how many answers to heartbeats came late.
        missed_answers: how many did not come at all, or were not valid.

    """

    __slots__ = ("_line", "_overdue", "_pending", "late_answers", "missed_answers")

    def __init__(self) -> None:
        """Start without a request on a quiet line."""
        self._line = Line()
        self._pending: Request | None = None
        # Since when answers of each connector are overdue, the oldest first.
        self._overdue: defaultdict[int, deque[float]] = defaultdict(deque)
        self.late_answers = 0
        self.missed_answers = 0

    @property
    def is_pending(self) -> bool:
        """Return whether an answer is waited for."""
        return self._pending is not None

    def reset(self, now: float) -> None:
        """Start over with a port that has just been opened or lost. The counts stay."""
        self._line.reset(now)
        self._pending = None
        self._overdue.clear()

    def sent(self, request: Request, length: int, now: float) -> None:
        """Note that a request of `length` bytes on the line was sent; 0 if the port refused it."""
        self._pending = request if request.connector is not None else None
        self._line.transmitted(length, now, expects_answer=self.is_pending)

    def bytes_received(self, now: float) -> None:
        """Note that bytes came in."""
        self._line.received(now)

    def received(self, message: Message, body: bytes, now: float) -> None:
        """Stop waiting if a frame is the answer, even with contents that are not valid."""
        if self._pending is None or not self._pending.is_answered_by(body):
            self._take_late(message)
            return
        if isinstance(message, Unknown):
            self._report_missing(self._pending, now)
            self.missed_answers += self._counts(self._pending)
        self._pending = None
        self._line.answered(now)

    def expire(self, now: float) -> None:
        """Stop waiting for an answer that did not come while the line was reserved for it; it may still come."""
        self._give_up_overdue(now)
        if self._pending is None:
            return
        self._report_missing(self._pending, now)
        if self._counts(self._pending):
            self._overdue[receiver_of(self._pending.body)].append(now)
        self._pending = None
        self._line.gave_up()

    def free_at(self, now: float, *, inside_frame: bool) -> float:
        """Return when the next frame may be sent; not later than `now` if it may be sent at once."""
        return self._line.free_at(now, inside_frame=inside_frame)

    def silent_for(self, now: float) -> float:
        """Return for how many s not a single byte came in."""
        return self._line.silent_for(now)

    def _take_late(self, message: Message) -> None:
        """Count the answer to a heartbeat that comes when its time is over."""
        if not isinstance(message, Heartbeat):
            return
        # Any id may come in on a bad line: nothing is kept for one that owes no answer.
        if times := self._overdue.get(message.sender):
            times.popleft()
            self.late_answers += 1

    def _give_up_overdue(self, now: float) -> None:
        """Count the answers as missed that have been overdue for too long."""
        for connector_id, times in tuple(self._overdue.items()):
            while times and now - times[0] >= LATE_SECONDS:
                times.popleft()
                self.missed_answers += 1
            if not times:
                del self._overdue[connector_id]

    def _counts(self, request: Request) -> bool:
        """Return whether a missing answer is counted: one to a heartbeat, of a connector that has answered before."""
        connector = request.connector
        is_linked = connector is not None and connector.answered
        return is_linked and request.command == HEARTBEAT

    def _report_missing(self, request: Request, now: float) -> None:
        """Report that a request has no valid answer so far."""
        if request.connector is None:
            return
        if request.query is not None:
            request.connector.queries.unanswered(request.query, now)
        elif request.command == HEARTBEAT:
            request.connector.heartbeat_unanswered()
