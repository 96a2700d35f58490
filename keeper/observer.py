"""What passes on the bus: which connectors answer, what they have, what their cars take, and when the line is free.

It listens to everything that is written and received, whichever master sends. Times are in s of a monotonic clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from custom_components.twc_manager.twc import KnownConnector, Observed
from custom_components.twc_manager.twc.contact import SILENCE_SECONDS
from custom_components.twc_manager.twc.frame import FROM_CONNECTOR, Decoder
from custom_components.twc_manager.twc.gate import is_heartbeat, offer_in, receiver_of
from custom_components.twc_manager.twc.guard import MAX_CONNECTOR_AMPS, MIN_OFFER
from custom_components.twc_manager.twc.lease import MAX_CONNECTORS
from custom_components.twc_manager.twc.line import Echoes, ForeignMasters, Line
from custom_components.twc_manager.twc.messages import (
    BODY_LENGTH,
    PROTOCOL_1,
    PROTOCOL_2,
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    parse,
)

_MAX_SEEN: Final = 16
"""Several times as many as can be linked."""
_MAX_STEP_SECONDS: Final = 15.0
"""A car is taken to go on with its draw between two reports that are no further apart."""


@dataclass(slots=True)
class _Seen:
    """A connector as it was seen.

    Attributes:
        rating: what it announced, in A; the maximum until it has.
        protocol: by the frames that its master sends it, or by its own announcement.
        offer: the last offer that it was sent, in A.
        report: its last report.
        reported_at: when that came in.
        announces: whether it has announced itself since.
        ampere_seconds: what its car has taken since the keeper started.

    """

    rating: float = MAX_CONNECTOR_AMPS
    protocol: int = PROTOCOL_2
    offer: float | None = None
    report: Heartbeat | None = None
    reported_at: float = 0.0
    announces: bool = False
    ampere_seconds: float = 0.0

    def take(self, report: Heartbeat, now: float) -> None:
        """Take a report; the car has taken the mean of the last two draws since the one before."""
        if self.report is not None and now - self.reported_at <= _MAX_STEP_SECONDS:
            mean = (self.report.drawn + report.drawn) / 2
            self.ampere_seconds += mean * (now - self.reported_at)
        self.report, self.reported_at, self.announces = report, now, False


class BusObserver:
    """Listens to a bus.

    Attributes:
        master_id: the id of Home Assistant's master, and of the keeper in its place.

    """

    def __init__(self, master_id: int) -> None:
        """Start with nothing received.

        Args:
            master_id: the id of the master until a frame of Home Assistant shows its own.

        """
        self.master_id = master_id
        self._decoder = Decoder()
        self._line = Line()
        self._others = ForeignMasters()
        self._echoes = Echoes()
        self._seen: dict[int, _Seen] = {}
        self._asked: bytes | None = None

    def reset(self, now: float) -> None:
        """Start over with a port that was just opened or lost; what is known of the connectors stays."""
        self._decoder.reset()
        self._line.reset(now)
        self._echoes.reset()
        self._asked = None

    def expect(self, connectors: Iterable[KnownConnector]) -> None:
        """Take the protocol and the rating of connectors from elsewhere."""
        for known in connectors:
            seen = self._entry(known.connector_id)
            seen.protocol, seen.rating = known.protocol, known.rating

    def sent(self, body: bytes, length: int, now: float) -> None:
        """Note a frame that was written, by its body without the checksum and its bytes on the line."""
        self._echoes.sent(body)
        asks = body[0] == 0xFB and receiver_of(body) != 0
        self._asked = bytes([body[1]]) + body[4:6] if asks else None
        self._line.transmitted(length, now, expects_answer=asks)
        if not is_heartbeat(body):
            return
        seen = self._entry(receiver_of(body))
        offer = offer_in(body)
        seen.offer = seen.offer if offer is None else offer
        is_short = len(body) == BODY_LENGTH[PROTOCOL_1]
        seen.protocol = PROTOCOL_1 if is_short else PROTOCOL_2

    def received(self, data: bytes, now: float) -> None:
        """Take bytes from the bus."""
        self._line.received(now)
        for body in self._decoder.feed(data):
            if body[0] == FROM_CONNECTOR and body[1:4] == self._asked:
                self._line.answered(now)
            self._take(parse(body), body[:-1], now)

    def free_at(self, now: float) -> float:
        """Return when a frame may be sent; not later than `now` if it may be sent at once."""
        return self._line.free_at(now, inside_frame=self._decoder.inside_frame)

    def other_master(self, now: float) -> bool:
        """Return whether another master sends."""
        return self._others.present(now)

    def linked(self, now: float) -> tuple[Observed, ...]:
        """Return the connectors that have answered the master lately."""
        linked = [
            Observed(
                KnownConnector(connector_id, seen.protocol, seen.rating),
                seen.report,
                seen.offer,
            )
            for connector_id, seen in self._seen.items()
            if seen.report is not None and now - seen.reported_at < SILENCE_SECONDS
        ]
        return tuple(linked[:MAX_CONNECTORS])

    @property
    def received_counts(self) -> tuple[int, int]:
        """Return how many frames and how many bytes of noise were received."""
        counts = self._decoder.counts
        return counts.frames, counts.noise_bytes + counts.bad_frames

    def announcing(self) -> frozenset[int]:
        """Return the connectors that announced themselves and have not answered since: they have no master."""
        return frozenset(key for key, seen in self._seen.items() if seen.announces)

    def ampere_seconds(self) -> dict[int, float]:
        """Return what each connector's car has taken since the start, in As."""
        return {key: seen.ampere_seconds for key, seen in self._seen.items()}

    def _entry(self, connector_id: int) -> _Seen:
        """Return what is kept of a connector, and make it the latest one."""
        seen = self._seen.pop(connector_id, None) or _Seen()
        self._seen[connector_id] = seen
        if len(self._seen) > _MAX_SEEN:
            del self._seen[next(iter(self._seen))]
        return seen

    def _take(self, message: Message, body: bytes, now: float) -> None:
        match message:
            case Heartbeat():
                self._take_report(message, now)
            case LinkReady():
                self._take_link_ready(message)
            case MasterLinkReady() | MasterHeartbeat() | MasterQuery():
                self._take_master(message.sender, body, now)
            case IdleNotice():
                self._others.received(now)

    def _take_master(self, sender: int, body: bytes, now: float) -> None:
        """Take a master's frame: an echo of what was written, or of another master, which may have the same id."""
        is_echo = sender == self.master_id and self._echoes.is_echo(body)
        # A connector's answer with a wrong first byte has the connector's id.
        if not is_echo and sender not in self._seen:
            self._others.received(now)

    def _take_report(self, report: Heartbeat, now: float) -> None:
        if report.receiver == self.master_id:
            self._echoes.answered()
            self._entry(report.sender).take(report, now)
        elif report.receiver and not self._is_linked(report.sender, now):
            self._others.received(now)

    def _is_linked(self, connector_id: int, now: float) -> bool:
        seen = self._seen.get(connector_id)
        return seen is not None and now - seen.reported_at < SILENCE_SECONDS

    def _take_link_ready(self, message: LinkReady) -> None:
        """Take a connector that announces itself: it has no master, so what it had is over."""
        if not MIN_OFFER <= message.rating <= MAX_CONNECTOR_AMPS:
            # No connector has such a rating: noise that passed the checksum.
            return
        seen = self._entry(message.sender)
        seen.rating, seen.protocol = message.rating, message.protocol
        seen.offer = seen.report = None
        seen.announces = True
