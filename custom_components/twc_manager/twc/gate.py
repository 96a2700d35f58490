"""The write gate: the last check of every frame, on the very bytes that are about to be written to the port.

It trusts nothing above it: it reads the amps out of the bytes of a heartbeat, compares them with the records of the
wiring guard, and records there what is really sent. A frame passes if it is on the allow-list and carries no amps, or
no more than the connector already has, or no more than its caps and what all other connectors leave to it.

In place of a frame that does not pass goes the last heartbeat that passed to the connector that has waited longest for
one, with no more amps than that connector already has: whatever is wrong above, no link is lost. One that has lost its
link by then gets none: its amps may be with others.

Times are in s of a monotonic clock.
"""

import logging
from typing import Final, Protocol

from .contact import SILENCE_SECONDS
from .messages import BODY_LENGTH, HEARTBEAT, Command, Query, format_id

_LOGGER = logging.getLogger(__name__)

ALLOWED_FRAMES: Final = frozenset(
    {(0xFC, 0xE1), (0xFB, 0xE2), (0xFB, 0xE0), (0xFC, 0xB1), (0xFC, 0xB2)}
    | {(0xFB, int(query)) for query in Query}
)
"""First two bytes of the frames that may be transmitted. FC 19, FC 1A and FB E8 can disable a connector
permanently. Source: docs/protocol.md."""

_ALLOWED_COMMANDS: Final = frozenset(Command) - {Command.ERROR}
_LIMITS: Final = frozenset({Command.LIMIT, Command.LIMIT_WHILE_CHARGING})
_RELATIVE: Final = frozenset({Command.RAISE, Command.LOWER})
"""Never sent: they change an offer by amps that are not in the frame, which cannot be checked."""

_BODY_LENGTHS: Final = frozenset(BODY_LENGTH.values())
_HEARTBEAT: Final = bytes([0xFB, HEARTBEAT])

_MAXIMUM_RECEIVERS: Final = 16
"""Of so many connectors the last heartbeat is kept: several times as many as can be linked."""

REMEMBERED_SECONDS: Final = 600.0
"""The time for which the problem stays reported after the last dropped frame."""


class ForbiddenFrameError(Exception):
    """A frame was requested that must not be transmitted."""


class OfferRecords(Protocol):
    """What the gate needs of the wiring guard."""

    def has(self, connector_id: int, now: float) -> float | None:
        """Return the A that a connector already has; None if nothing may be sent to it."""

    def allowed(self, connector_id: int, now: float) -> float | None:
        """Return the maximum in A that a connector may be sent; None if nothing may be sent to it."""

    def length(self, connector_id: int) -> int | None:
        """Return the length of the bodies that a connector understands; None for any."""

    def heartbeat_sent(
        self, connector_id: int, offer: float | None, now: float
    ) -> None:
        """Record a heartbeat that is sent, with its offer if it has one."""


def check_allowed(body: bytes) -> None:
    """Check that a frame is on the allow-list.

    Raises:
        ForbiddenFrameError: if it is not, whichever caller asked for it.

    """
    if tuple(body[:2]) not in ALLOWED_FRAMES:
        raise ForbiddenFrameError(f"Frame {body[:2].hex(' ')} is not to be sent")
    if len(body) not in _BODY_LENGTHS:
        raise ForbiddenFrameError(f"A frame of {len(body)} bytes is not to be sent")
    if is_heartbeat(body) and body[6] not in _ALLOWED_COMMANDS:
        raise ForbiddenFrameError(f"Heartbeat command {body[6]:02X} is not to be sent")


def is_heartbeat(body: bytes) -> bool:
    """Return whether a frame is a master's heartbeat, the only one that carries amps."""
    return body[:2] == _HEARTBEAT


def receiver_of(body: bytes) -> int:
    """Return the id of the connector that a frame addresses."""
    return int.from_bytes(body[4:6])


def offer_in(body: bytes) -> float | None:
    """Return the offer in A in the bytes of a heartbeat; None if it changes nothing."""
    amps = int.from_bytes(body[7:9]) / 100
    return amps if amps or body[6] in _LIMITS else None


class WriteGate:
    """Passes only frames to the port that the wiring allows.

    Attributes:
        dropped: how many frames it has dropped.

    """

    def __init__(
        self, records: OfferRecords | None = None, master_id: int | None = None
    ) -> None:
        """Start without sent frames.

        Args:
            records: the wiring guard; without one only frames without amps pass.
            master_id: the only id that may be the sender; None for any.

        """
        self.dropped = 0
        self._records = records
        self._master_id = master_id
        self._dropped_at: float | None = None
        self._passed: dict[int, tuple[float, bytes]] = {}

    def has_dropped(self, now: float) -> bool:
        """Return whether a frame was dropped a short time ago."""
        at = self._dropped_at
        return at is not None and now - at < REMEMBERED_SECONDS

    def check(self, body: bytes, now: float) -> bytes:
        """Return the body to write, which is then recorded as sent: this one, or one in its place.

        Raises:
            ForbiddenFrameError: if this one must not be sent and there is none to send in its place.

        """
        try:
            self._check(body, now)
        except ForbiddenFrameError as err:
            self._report_drop(err, now)
            substitute = self._substitute(now)
            if substitute is None:
                raise
            body = substitute
        if self._records is not None and is_heartbeat(body):
            self._remember(receiver_of(body), now, body)
            self._records.heartbeat_sent(receiver_of(body), offer_in(body), now)
        return body

    def _check(self, body: bytes, now: float) -> None:
        check_allowed(body)
        if self._master_id not in {None, int.from_bytes(body[2:4])}:
            raise ForbiddenFrameError("Frames of another master are not to be sent")
        if not is_heartbeat(body):
            return
        if body[6] in _RELATIVE:
            raise ForbiddenFrameError(f"Command {body[6]:02X} has unknown amps")
        receiver, amps = receiver_of(body), offer_in(body) or 0.0
        allowed = self._allowed(receiver, amps, len(body), now)
        if amps > allowed:
            raise ForbiddenFrameError(
                f"{amps:g} A to {format_id(receiver)}, which may have {allowed:g} A"
            )

    def _allowed(self, receiver: int, amps: float, length: int, now: float) -> float:
        """Return what a connector may be sent, in A; what it already has, which needs no room, if `amps` are no more.

        Raises:
            ForbiddenFrameError: if nothing of such a length may be sent to it.

        """
        if self._records is None:
            return 0.0
        has = self._records.has(receiver, now)
        if has is None or self._records.length(receiver) not in {None, length}:
            raise ForbiddenFrameError(f"{format_id(receiver)} takes no such frame")
        return has if amps <= has else self._records.allowed(receiver, now) or 0.0

    def _remember(self, receiver: int, now: float, body: bytes) -> None:
        """Keep the last heartbeats: a damaged unit that chooses new ids again and again leaves only so many behind."""
        self._passed.pop(receiver, None)
        self._passed[receiver] = now, body
        if len(self._passed) > _MAXIMUM_RECEIVERS:
            del self._passed[next(iter(self._passed))]

    def _substitute(self, now: float) -> bytes | None:
        """Return the last heartbeat of the connector that has waited longest for one, with what it already has."""
        if self._records is None:
            return None
        for receiver, (at, body) in sorted(
            self._passed.items(), key=lambda item: item[1]
        ):
            has = self._records.has(receiver, now)
            if has is not None and now - at < SILENCE_SECONDS:
                amps = min(offer_in(body) or 0.0, has)
                return body[:7] + int(amps * 100 + 0.5).to_bytes(2) + body[9:]
            del self._passed[receiver]
        return None

    def _report_drop(self, err: ForbiddenFrameError, now: float) -> None:
        if not self.has_dropped(now):
            _LOGGER.error("A frame was not written to the bus: %s", err)
        self._dropped_at = now
        self.dropped += 1
