"""The safety record of the simulator, which any test can check.

It records the highest sums of currents, the seconds above a limit, and every forbidden frame of a master. Offers in
force and draws are taken from the connectors (so they are right after lost frames), and sent offers from the bytes
that a master wrote (even if they were lost).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .codec import (
    ALLOWED,
    ANNOUNCE,
    ASK,
    HEARTBEAT,
    MARK,
    Command,
    Frame,
    checksum,
    parse,
    unescape,
)

if TYPE_CHECKING:
    from .line import Talker
    from .medium import Load, Medium

_LIMITS: Final = (Command.LIMIT, Command.LIMIT_CHARGING)
_HARMLESS: Final = frozenset(Command) - {Command.ERROR}
# An offer is no longer in force this long after the last heartbeat to its connector, in s.
_FORGOTTEN_S: Final = 26.0
_TAIL_BYTES: Final = 1
# For rounding errors of sums; the step of the protocol is 0.01 A.
_TOLERANCE_A: Final = 0.005


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest value of a quantity, and its time (of the loop, in s)."""

    amps: float = 0.0
    at: float = 0.0

    def raised(self, amps: float, now: float) -> Peak:
        """Return the higher one of this and a new value."""
        return Peak(amps, now) if amps > self.amps else self


@dataclass(frozen=True, slots=True)
class ForbiddenFrame:
    """A forbidden frame that a master wrote."""

    at: float
    body: bytes
    reason: str

    def __str__(self) -> str:
        """Return the time, the bytes and the reason."""
        return f"{self.at:.2f} s: {self.body.hex(' ').upper()} ({self.reason})"


@dataclass(slots=True)
class HeartbeatLog:
    """The heartbeats to one connector that passed on the wire."""

    count: int = 0
    answers: int = 0
    first: float | None = None
    last: float | None = None
    longest_gap: float = 0.0

    def note(self, now: float) -> None:
        """Count one heartbeat."""
        if self.last is None:
            self.first = now
        else:
            self.longest_gap = max(self.longest_gap, now - self.last)
        self.last = now
        self.count += 1


@dataclass(slots=True)
class _SentOffer:
    amps: float = 0.0
    at: float = 0.0


@dataclass(slots=True)
class _Sums:
    """The values since the last sample."""

    offered: float = 0.0
    drawn: float = 0.0
    followed: float = 0.0
    """The part of the draws that offers made cars draw."""
    possible: float = 0.0
    excess_drawn: float = 0.0
    """The highest excess of a connector over its own limit, in A."""
    excess_possible: float = 0.0


class MasterRecord:
    """Checks the bytes that one master writes, before faults of the line change them."""

    def __init__(self, judge: Callable[[bytes], None]) -> None:
        """Pass every frame to `judge`, and whatever else is written, apart from a tail byte after a frame."""
        self._judge = judge
        self._buffer = b""
        self._inside = False

    def feed(self, data: bytes) -> None:
        """Take bytes that a master writes."""
        self._buffer += data
        *pieces, self._buffer = self._buffer.split(bytes((MARK,)))
        for piece in pieces:
            self._end(piece)

    def _end(self, piece: bytes) -> None:
        """Take the bytes before a marker; after an empty piece the marker opens a frame again."""
        inside, self._inside = self._inside, not (self._inside and piece)
        if len(piece) > (0 if inside else _TAIL_BYTES):
            self._judge(piece)


@dataclass(slots=True)
class SafetyRecord:
    """The safety record of a bus; tests set `limit` and `per_connector_limit`."""

    bus: Medium = field(repr=False)
    limit: float | None = None
    """The limit of all connectors together, in A; the seconds above it are counted."""
    per_connector_limit: float | None = None
    """The limit of one connector, in A; its rating applies as well."""
    offered: Peak = Peak()
    """The highest sum of the offers in force in the connectors."""
    sent: Peak = Peak()
    """The highest sum of the last offers that a master sent to each connector."""
    drawn: Peak = Peak()
    """The highest sum of the true draws of the cars."""
    possible: Peak = Peak()
    """The highest sum of the larger one of offer and draw of each connector."""
    forbidden_frames: list[ForbiddenFrame] = field(default_factory=list)
    talked_over: list[tuple[float, str]] = field(default_factory=list)
    """The times at which a master began to transmit while it received a frame, and the sender of that frame."""
    heartbeats: dict[int, HeartbeatLog] = field(default_factory=dict)
    _sent: dict[int, _SentOffer] = field(default_factory=dict)
    _sums: _Sums = field(default_factory=_Sums)
    _broken_s: float = 0.0
    _possible_broken_s: float = 0.0
    _since: float | None = None

    @property
    def highest_offered(self) -> float:
        """The highest sum of the offers in force, in A."""
        self.update()
        return self.offered.amps

    @property
    def highest_sent(self) -> float:
        """The highest sum of the last offers that a master sent to each connector, in A."""
        return self.sent.amps

    @property
    def highest_drawn(self) -> float:
        """The highest sum of the true draws, in A."""
        self.update()
        return self.drawn.amps

    @property
    def highest_possible(self) -> float:
        """The highest sum of the larger one of offer and draw, in A."""
        self.update()
        return self.possible.amps

    @property
    def broken_s(self) -> float:
        """The time for which the cars drew more than a limit because of their offers, in s."""
        self.update()
        return self._broken_s

    @property
    def possible_broken_s(self) -> float:
        """The time for which the cars drew, or could have drawn, more than a limit because of their offers, in s."""
        self.update()
        return self._possible_broken_s

    def reset(self) -> None:
        """Reset all peaks, times and frames; the limits stay."""
        self.offered = self.sent = self.drawn = self.possible = Peak()
        self._broken_s = self._possible_broken_s = 0.0
        self._since = None
        self.forbidden_frames.clear()
        self.talked_over.clear()
        self.heartbeats.clear()
        self.update()

    def listen_to_master(self) -> MasterRecord:
        """Return the record for the bytes of another master."""
        return MasterRecord(self._judge)

    def update(self) -> None:
        """Add the time since the last sample, and take a new sample."""
        now = self.bus.now
        if self._since is not None:
            self._count(now - self._since)
        self._since = now
        sums = self._sums = self._look()
        self.offered = self.offered.raised(sums.offered, now)
        self.drawn = self.drawn.raised(sums.drawn, now)
        self.possible = self.possible.raised(sums.possible, now)

    def on_frame(self, frame: Frame) -> None:
        """Record the heartbeats and answers that passed on the wire."""
        if frame.command != HEARTBEAT:
            return
        if frame.kind == ASK:
            self.heartbeats.setdefault(frame.receiver, HeartbeatLog()).note(
                self.bus.now
            )
        elif frame.sender in self.heartbeats:
            self.heartbeats[frame.sender].answers += 1

    def on_talk_over(self, talker: Talker, other: Talker) -> None:
        """Record a transmission that began while another was being received."""
        if talker in self.bus.line.ports:
            self.talked_over.append((self.bus.now, other.name))

    def problems(self, limit: float | None = None) -> list[str]:
        """Return everything that was wrong; `limit` replaces the one that is set."""
        self.update()
        found = [f"forbidden frame at {frame}" for frame in self.forbidden_frames]
        limit = self.limit if limit is None else limit
        if limit is None:
            return found
        peaks = {"sent": self.sent, "offered": self.offered, "drawn": self.drawn}
        found += [
            f"{peak.amps:.2f} A {name} at {peak.at:.2f} s, above {limit:.2f} A"
            for name, peak in {**peaks, "possible": self.possible}.items()
            if peak.amps > limit + _TOLERANCE_A
        ]
        if self.broken_s:
            found.append(f"limit broken for {self.broken_s:.2f} s")
        return found

    def assert_clean(self, limit: float | None = None) -> None:
        """Raise AssertionError with everything that was wrong."""
        if found := self.problems(limit):
            raise AssertionError("; ".join(found))

    def _look(self) -> _Sums:
        sums = _Sums()
        for twc in self.bus.connectors:
            offered, drawn = twc.offered, twc.drawn
            sums.offered += offered
            sums.drawn += drawn
            followed, possible = drawn - twc.taken, twc.possible
            sums.followed += followed
            sums.possible += possible
            own = self._own_limit(twc)
            sums.excess_drawn = max(sums.excess_drawn, followed - own)
            sums.excess_possible = max(sums.excess_possible, possible - own)
        return sums

    def _own_limit(self, twc: Load) -> float:
        """Return the limit of a single connector, in A."""
        each = self.per_connector_limit
        return twc.rating if each is None else min(each, twc.rating)

    def _count(self, seconds: float) -> None:
        """Add a time in s to the limits that the last sample exceeded."""
        sums = self._sums
        if self._over(sums.followed, sums.excess_drawn):
            self._broken_s += seconds
        if self._over(sums.possible, sums.excess_possible):
            self._possible_broken_s += seconds

    def _over(self, total: float, excess: float) -> bool:
        limit = self.limit
        return excess > _TOLERANCE_A or (
            limit is not None and total > limit + _TOLERANCE_A
        )

    def _judge(self, piece: bytes) -> None:
        """Check one piece that a master wrote between two markers."""
        body = unescape(piece) or piece
        if reason := self._why_forbidden(body):
            self.forbidden_frames.append(ForbiddenFrame(self.bus.now, body, reason))
        elif (frame := parse(body)) is not None and frame.key == (ASK, HEARTBEAT):
            self._note_sent(frame)

    def _why_forbidden(self, body: bytes) -> str | None:
        if len(body) < 2 or tuple(body[:2]) not in ALLOWED:
            return "not on the allow-list"
        if checksum(body[:-1]) != body[-1]:
            return "wrong checksum"
        if parse(body) is None:
            return f"{len(body)} bytes"
        if body[1] != HEARTBEAT or body[0] == ANNOUNCE:
            return None
        return self._why_bad_heartbeat(Frame(body[:-1]))

    def _why_bad_heartbeat(self, frame: Frame) -> str | None:
        command = frame.body[6]
        if command not in _HARMLESS:
            return f"heartbeat command {command:02X}"
        rating = next(
            (t.rating for t in self.bus.connectors if t.id == frame.receiver), None
        )
        if command in _LIMITS and rating is not None and frame.amps(7) > rating:
            return f"offers {frame.amps(7):.2f} A to a connector rated {rating:.0f} A"
        return None

    def _note_sent(self, frame: Frame) -> None:
        """Record the last offer to a connector, and the sum of all."""
        now = self.bus.now
        sent = self._sent.setdefault(frame.receiver, _SentOffer())
        if now - sent.at >= _FORGOTTEN_S:
            sent.amps = 0.0
        sent.at = now
        if frame.body[6] not in _LIMITS:
            return
        sent.amps = frame.amps(7)
        in_force = (t.amps for t in self._sent.values() if now - t.at < _FORGOTTEN_S)
        self.sent = self.sent.raised(sum(in_force), now)
