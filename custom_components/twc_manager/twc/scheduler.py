"""What to transmit next: heartbeats first, then the linkready sequence, then queries in the rest of a cycle.

Times are in s of a monotonic clock.
"""

from collections import deque
from dataclasses import dataclass
import random
from typing import Final

from . import messages
from .connector import LinkedConnector
from .frame import FROM_CONNECTOR
from .gate import is_heartbeat, offer_in, receiver_of
from .guard import WiringGuard
from .heartbeat_cycle import HeartbeatCycle
from .line import QUERY_SECONDS
from .messages import CONTACTOR_CLOSE, CONTACTOR_OPEN, HEARTBEAT, Query
from .rhythm import Rhythm
from .roster import Roster
from .steering import OfferSteering

LINK_READY_REPEATS: Final = 5
LINK_READY_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """A frame to send, by its body without the checksum, and the connector and command of the expected answer."""

    body: bytes
    connector: LinkedConnector | None = None
    command: int = 0
    query: Query | None = None

    def is_answered_by(self, body: bytes) -> bool:
        """Return whether a frame is the answer, even with garbled contents."""
        if self.connector is None:
            return False
        sender = int.from_bytes(body[2:4])
        is_of_kind = body[0] == FROM_CONNECTOR and body[1] == self.command
        return is_of_kind and sender == self.connector.connector_id


class LinkReadySequence:
    """The rest of the linkready sequence, and when its next frame is due."""

    __slots__ = ("_left", "due")

    def __init__(self) -> None:
        """Start with no frames to send."""
        self.due = float("inf")
        self._left: deque[bool] = deque()

    def start(self, now: float) -> None:
        """Begin the sequence, unless it is under way."""
        if self._left:
            return
        self._left.extend([False] * LINK_READY_REPEATS + [True] * LINK_READY_REPEATS)
        self.due = now

    def stop(self) -> None:
        """Drop the rest of the sequence."""
        self._left.clear()
        self.due = float("inf")

    def next(self, now: float) -> bool:
        """Take the next frame and return whether it is of the second form."""
        second = self._left.popleft()
        self.due = now + LINK_READY_SECONDS if self._left else float("inf")
        return second


class TransmitScheduler:
    """Chooses the next frame whenever the line is free."""

    def __init__(self, master_id: int, roster: Roster, guard: WiringGuard) -> None:
        """Start with nothing to transmit."""
        self.steering: Final = OfferSteering(guard)
        rhythm = Rhythm(guard, self.steering)
        self.cycle: Final = HeartbeatCycle(roster, self.steering, rhythm)
        self.link_ready: Final = LinkReadySequence()
        self._master_id = master_id
        self._sign = random.randrange(1, 0xFF)
        self._roster = roster
        self._guard = guard

    @property
    def due(self) -> float:
        """Return when there will certainly be a frame to transmit."""
        return min(self.cycle.due, self.link_ready.due)

    def is_empty(self, now: float) -> bool:
        """Return whether there is no frame to transmit at `now`, as far as known, apart from what is `due` by then."""
        if self.cycle.has_next(now):
            return False
        if self._may_ask(now):
            for connector in self._roster:
                if connector.has_request(now):
                    return False
        return True

    def restart(self, now: float, *, announced: bool = True) -> None:
        """Begin on a line that is ours: send the linkready sequence, if we are announced, and address every connector."""
        if announced:
            self.link_ready.start(now)
        self.cycle.restart(now)

    def next(self, now: float) -> Request | None:
        """Return the frame to send now; None without one."""
        if (connector := self.cycle.next(now)) is not None:
            return self._heartbeat(connector, now)
        if self.link_ready.due <= now:
            second = self.link_ready.next(now)
            sign = self._sign
            return Request(
                messages.encode_link_ready(self._master_id, sign, second=second)
            )
        if not self._may_ask(now):
            return None
        return self._contactor() or self._query(now)

    def sent(self, request: Request, body: bytes) -> Request:
        """Note what was really sent for a request; return the request that this body is."""
        if body != request.body:
            # The write gate puts nothing but heartbeats in the place of another frame.
            request = Request(body, self._roster.get(receiver_of(body)), HEARTBEAT)
        if request.connector is not None and is_heartbeat(body):
            request.connector.heartbeat_sent(offer_in(body))
        return request

    def _may_ask(self, now: float) -> bool:
        """Return whether an answer is certain to come in before the next heartbeat is due."""
        return now + QUERY_SECONDS <= self.cycle.due

    def _heartbeat(self, connector: LinkedConnector, now: float) -> Request:
        permitted = self.steering.permit(connector.connector_id, now)
        standing = self._guard.standing(connector.connector_id)
        instruction = connector.instruct(permitted, standing)
        body = messages.encode_heartbeat(
            self._master_id,
            connector.connector_id,
            instruction.command,
            instruction.offer or 0.0,
            connector.known.protocol,
        )
        return Request(body, connector, HEARTBEAT)

    def _contactor(self) -> Request | None:
        """Return a command to a contactor, if there is any."""
        for connector in self._roster:
            if (close := connector.next_contactor_command()) is None:
                continue
            body = messages.encode_contactor(
                self._master_id,
                connector.connector_id,
                close=close,
                protocol=connector.known.protocol,
            )
            return Request(
                body, connector, CONTACTOR_CLOSE if close else CONTACTOR_OPEN
            )
        return None

    def _query(self, now: float) -> Request | None:
        """Return the query that has been due for the longest, if any is."""
        due = {
            connector: asked
            for connector in self._roster
            if (asked := connector.next_query(now)) is not None
        }
        if not due:
            return None
        connector = min(due, key=due.__getitem__)
        query = due[connector].query
        body = messages.encode_query(
            self._master_id, connector.connector_id, query, connector.known.protocol
        )
        return Request(body, connector, query, query)
