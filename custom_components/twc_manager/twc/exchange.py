"""The exchange under way on the half-duplex line: the request that was sent, and the answer it waits for.

Times are in s of a monotonic clock.
"""

from .line import Line
from .messages import HEARTBEAT, Message, Unknown
from .scheduler import Request


class Exchange:
    """Keeps the line, the pending request, and the count of heartbeats without an answer."""

    __slots__ = ("_line", "_pending", "missed_answers")

    def __init__(self) -> None:
        """Start without a request on a quiet line."""
        self._line = Line()
        self._pending: Request | None = None
        self.missed_answers = 0

    @property
    def is_pending(self) -> bool:
        """Return whether an answer is waited for."""
        return self._pending is not None

    def reset(self, now: float) -> None:
        """Start over with a port that has just been opened or lost. The count stays."""
        self._line.reset(now)
        self._pending = None

    def sent(self, request: Request, length: int, now: float) -> None:
        """Note that a request of `length` bytes on the line was sent; 0 if the port refused it."""
        self._pending = request if request.connector is not None else None
        self._line.transmitted(length, now, expects_answer=self.is_pending)

    def bytes_received(self, now: float) -> None:
        """Note that bytes came in."""
        self._line.received(now)

    def received(self, message: Message, body: bytes, now: float) -> None:
        """Stop waiting if a frame is the answer, even with contents that make no sense."""
        if self._pending is None or not self._pending.is_answered_by(body):
            return
        if isinstance(message, Unknown):
            self._report_missing(self._pending, now)
        self._pending = None
        self._line.answered(now)

    def expire(self, now: float) -> None:
        """Stop waiting for an answer that did not come while the line was reserved for it."""
        if self._pending is None:
            return
        self._report_missing(self._pending, now)
        self._pending = None
        self._line.gave_up()

    def free_at(self, now: float, *, inside_frame: bool) -> float:
        """Return when the next frame may be sent; not later than `now` if it may be sent at once."""
        return self._line.free_at(now, inside_frame=inside_frame)

    def silent_for(self, now: float) -> float:
        """Return for how many s not a single byte came in."""
        return self._line.silent_for(now)

    def _report_missing(self, request: Request, now: float) -> None:
        """Report that a request has no answer that makes sense."""
        connector = request.connector
        if connector is None:
            return
        if request.query is not None:
            connector.queries.unanswered(request.query, now)
        elif request.command == HEARTBEAT and connector.answered:
            self.missed_answers += 1
