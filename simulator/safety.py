"""The simulator's own idea of safety, which any test can ask.

Owns the record of what could have gone wrong on the cable: the highest sums of amps, the seconds
above a limit, and every frame a master should not have sent. Offers and draws are taken from the
connectors themselves (what is in force after lost frames), and what a master told them from the
bytes it wrote (whether they arrived or not).
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
# An offer told to a connector that has not been told anything for this long is not in force.
_FORGOTTEN_S: Final = 26.0
# Sums of floats; the protocol's own step is 0.01 A.
_TOLERANCE_A: Final = 0.005


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest value of something, and when that was (loop time, seconds)."""

    amps: float = 0.0
    at: float = 0.0

    def raised(self, amps: float, now: float) -> Peak:
        """Return the higher of this and a new value."""
        return Peak(amps, now) if amps > self.amps else self


@dataclass(frozen=True, slots=True)
class ForbiddenFrame:
    """A frame that a master should not have written."""

    at: float
    body: bytes
    reason: str

    def __str__(self) -> str:
        """Show time, bytes and reason."""
        return f"{self.at:.2f} s: {self.body.hex(' ').upper()} ({self.reason})"


@dataclass(slots=True)
class HeartbeatLog:
    """The heartbeats that one connector was sent, as they passed on the wire."""

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
class _Told:
    amps: float = 0.0
    at: float = 0.0


@dataclass(slots=True)
class _Sums:
    """What was the case since the last look."""

    offered: float = 0.0
    drawn: float = 0.0
    possible: float = 0.0
    excess_drawn: float = 0.0
    """By how much the worst connector drew more than it may by itself."""
    excess_possible: float = 0.0


class MasterRecord:
    """Judges the bytes that one master writes, before the line can spoil them."""

    def __init__(self, judge: Callable[[bytes], None]) -> None:
        """Hand every piece between two markers to `judge`."""
        self._judge = judge
        self._buffer = b""

    def feed(self, data: bytes) -> None:
        """Take what a master writes."""
        self._buffer += data
        *pieces, self._buffer = self._buffer.split(bytes((MARK,)))
        for piece in pieces:
            if piece:
                self._judge(piece)


@dataclass(slots=True)
class SafetyRecord:
    """What a bus remembers about safety; `limit` and `per_connector_limit` are for the test."""

    bus: Medium = field(repr=False)
    limit: float | None = None
    """Amps that all connectors together may draw; above it the seconds are counted."""
    per_connector_limit: float | None = None
    """Amps that one connector may draw; never more than its own rating, whatever is said here."""
    offered: Peak = Peak()
    """Highest sum of the offers in force in the connectors."""
    told: Peak = Peak()
    """Highest sum of what a master last wrote to each connector."""
    drawn: Peak = Peak()
    """Highest sum of what the cars really drew."""
    possible: Peak = Peak()
    """Highest sum of the larger of offer and draw of each connector."""
    forbidden_frames: list[ForbiddenFrame] = field(default_factory=list)
    talked_over: list[tuple[float, str]] = field(default_factory=list)
    """Times a master began to transmit into a frame that it was receiving, and whose frame."""
    heartbeats: dict[int, HeartbeatLog] = field(default_factory=dict)
    _told: dict[int, _Told] = field(default_factory=dict)
    _sums: _Sums = field(default_factory=_Sums)
    _broken_s: float = 0.0
    _possible_broken_s: float = 0.0
    _since: float | None = None

    @property
    def highest_offered(self) -> float:
        """Highest sum of the offers in force, in A."""
        self.update()
        return self.offered.amps

    @property
    def highest_told(self) -> float:
        """Highest sum of what a master last told each connector, in A."""
        return self.told.amps

    @property
    def highest_drawn(self) -> float:
        """Highest sum of the real draws, in A."""
        self.update()
        return self.drawn.amps

    @property
    def highest_possible(self) -> float:
        """Highest sum of the larger of offer and draw, in A."""
        self.update()
        return self.possible.amps

    @property
    def broken_s(self) -> float:
        """Seconds for which the cars drew more than a limit."""
        self.update()
        return self._broken_s

    @property
    def possible_broken_s(self) -> float:
        """Seconds for which the cars drew, or could have drawn, more than a limit."""
        self.update()
        return self._possible_broken_s

    def reset(self) -> None:
        """Forget all peaks, seconds and frames, keep the limits."""
        self.offered = self.told = self.drawn = self.possible = Peak()
        self._broken_s = self._possible_broken_s = 0.0
        self._since = None
        self.forbidden_frames.clear()
        self.talked_over.clear()
        self.heartbeats.clear()
        self.update()

    def listen_to_master(self) -> MasterRecord:
        """Return the record for the bytes of one more master."""
        return MasterRecord(self._judge)

    def update(self) -> None:
        """Count the time since the last look and look again."""
        now = self.bus.now
        if self._since is not None:
            self._count(now - self._since)
        self._since = now
        sums = self._sums = self._look()
        self.offered = self.offered.raised(sums.offered, now)
        self.drawn = self.drawn.raised(sums.drawn, now)
        self.possible = self.possible.raised(sums.possible, now)

    def on_frame(self, frame: Frame) -> None:
        """Note the heartbeats and answers that passed on the wire."""
        if frame.command != HEARTBEAT:
            return
        if frame.kind == ASK:
            self.heartbeats.setdefault(frame.receiver, HeartbeatLog()).note(
                self.bus.now
            )
        elif frame.sender in self.heartbeats:
            self.heartbeats[frame.sender].answers += 1

    def on_talk_over(self, talker: Talker, other: Talker) -> None:
        """Note a transmission begun while another was being received."""
        if talker in self.bus.line.ports:
            self.talked_over.append((self.bus.now, other.name))

    def problems(self, limit: float | None = None) -> list[str]:
        """Say everything that was wrong; `limit` overrides the one set."""
        self.update()
        found = [f"forbidden frame at {frame}" for frame in self.forbidden_frames]
        limit = self.limit if limit is None else limit
        if limit is None:
            return found
        peaks = {"told": self.told, "offered": self.offered, "drawn": self.drawn}
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
            sums.possible += max(offered, drawn)
            own = self._own_limit(twc)
            sums.excess_drawn = max(sums.excess_drawn, drawn - own)
            sums.excess_possible = max(sums.excess_possible, max(offered, drawn) - own)
        return sums

    def _own_limit(self, twc: Load) -> float:
        """Return the amps that a connector may draw whatever the others do."""
        each = self.per_connector_limit
        return twc.rating if each is None else min(each, twc.rating)

    def _count(self, seconds: float) -> None:
        """Add the seconds to what was broken while the last look held."""
        sums = self._sums
        if self._over(sums.drawn, sums.excess_drawn):
            self._broken_s += seconds
        if self._over(sums.possible, sums.excess_possible):
            self._possible_broken_s += seconds

    def _over(self, total: float, excess: float) -> bool:
        limit = self.limit
        return excess > _TOLERANCE_A or (
            limit is not None and total > limit + _TOLERANCE_A
        )

    def _judge(self, piece: bytes) -> None:
        """Judge one piece that a master wrote between two markers."""
        body = unescape(piece) or piece
        if reason := self._why_forbidden(body):
            self.forbidden_frames.append(ForbiddenFrame(self.bus.now, body, reason))
        elif (frame := parse(body)) is not None and frame.key == (ASK, HEARTBEAT):
            self._note_told(frame)

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

    def _note_told(self, frame: Frame) -> None:
        """Remember what a connector was last told, and look at the sum of it."""
        now = self.bus.now
        told = self._told.setdefault(frame.receiver, _Told())
        if now - told.at >= _FORGOTTEN_S:
            told.amps = 0.0
        told.at = now
        if frame.body[6] not in _LIMITS:
            return
        told.amps = frame.amps(7)
        in_force = (t.amps for t in self._told.values() if now - t.at < _FORGOTTEN_S)
        self.told = self.told.raised(sum(in_force), now)
