"""Reception: decodes the bytes of the bus and passes each message to the object that it concerns.

Times are in s of a monotonic clock.

The way of a byte to a state: `BusTransport.data_received` calls `Master._data_received`, which feeds it to the
`Receiver`. `frame.Decoder` finds the frames, `messages.parse` reads them, and `_dispatch` passes reports and answers to
the `Roster`, which updates the `LinkedConnector` and the `WiringGuard`. `Master._read` makes a `Snapshot` of all, and
`Publisher` sends it on. In Home Assistant the coordinator decides on it, and `state/view` turns snapshot and decision
into the data of the entities.
"""

from collections.abc import Iterator
from functools import lru_cache
import logging
from math import inf
from typing import Final

from . import messages
from .frame import Decoder, DecoderCounts
from .line import Echoes, ForeignMasters
from .messages import (
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Unknown,
)
from .roster import Roster
from .scheduler import TransmitScheduler

_LOGGER = logging.getLogger(__name__)

_KEPT_MESSAGES: Final = 16
"""So many different bodies are not parsed again: a connector to which nothing happens always answers the same."""


class Receiver:
    """Decodes and dispatches what is received; distinguishes connectors, our own echoes and other masters.

    Attributes:
        other_masters: the evidence that another master is present.
        echoes: how many of our own frames came back.
        was_linked: whether any connector has answered a heartbeat of ours since the start.
        silence: s without a connector before one was received in the latest bytes; 0 if they contain none.

    """

    def __init__(
        self, master_id: int, roster: Roster, scheduler: TransmitScheduler
    ) -> None:
        """Start with nothing received."""
        self.other_masters: Final = ForeignMasters()
        self.echoes = 0
        self.was_linked = False
        self.silence = 0.0
        self._heard_at = -inf
        self._master_id = master_id
        self._roster = roster
        self._scheduler = scheduler
        self._decoder = Decoder()
        self._parse = lru_cache(_KEPT_MESSAGES)(messages.parse)
        self._expected_echoes = Echoes()

    @property
    def counts(self) -> DecoderCounts:
        """Return what the decoder has counted since the start."""
        return self._decoder.counts

    @property
    def inside_frame(self) -> bool:
        """Return whether a frame is being received, as far as the bytes so far show."""
        return self._decoder.inside_frame

    def reset(self) -> None:
        """Start over with a port that has just been opened or lost. The counts stay."""
        self._decoder.reset()
        self._expected_echoes.reset()

    def sent(self, body: bytes) -> None:
        """Note a frame of ours, given without its checksum, that may come back as an echo."""
        self._expected_echoes.sent(body)

    def feed(self, data: bytes, now: float) -> Iterator[tuple[Message, bytes]]:
        """Dispatch the messages that these bytes complete; return each with its body."""
        self.silence = 0.0
        for body in self._decoder.feed(data):
            message = self._parse(body)
            self._dispatch(message, body, now)
            yield message, body

    def _dispatch(self, message: Message, body: bytes, now: float) -> None:
        match message:
            case Heartbeat():
                # First, as it is by far the most frequent one.
                self._take_heartbeat(message, now)
            case MasterLinkReady() | MasterHeartbeat() | MasterQuery():
                self._take_master(message.sender, body, now)
            case IdleNotice():
                self.other_masters.received(now)
            case Unknown():
                text = messages.body_as_text(body)
                _LOGGER.debug("Frame of unknown meaning: %s", text)
            case LinkReady():
                self._take_link_ready(message, now)
            case _:
                self._roster.answered(message, now)

    def _heard(self, now: float) -> None:
        """Note that a connector was received."""
        self.silence = max(self.silence, now - self._heard_at)
        self._heard_at = now

    def _take_master(self, sender: int, body: bytes, now: float) -> None:
        if sender == self._master_id and self._expected_echoes.is_echo(body[:-1]):
            self.echoes += 1
        elif self._roster.get(sender) is None:
            # A linked connector is no master: that is its answer with a wrong first byte, which the
            # checksum leaves out.
            self.other_masters.received(now)

    def _take_link_ready(self, message: LinkReady, now: float) -> None:
        if message.sender == self._master_id:
            _LOGGER.debug("A connector has our id; announcing ours again")
            self._scheduler.link_ready.start(now)
        elif not self.other_masters.present(now):
            self._heard(now)
            connector = self._roster.link_ready_received(message, now)
            if connector is not None:
                self._scheduler.cycle.address(connector)

    def _take_heartbeat(self, message: Heartbeat, now: float) -> None:
        if message.receiver == self._master_id:
            self.was_linked = True
            self._heard(now)
            self._expected_echoes.answered()
            self._roster.reported(message, now)
        elif message.receiver and self._roster.get(message.sender) is None:
            # It answers a master that we may not receive, and draws what that master offers.
            self.other_masters.received(now)
