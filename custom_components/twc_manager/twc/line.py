"""The half-duplex line: when it is free, which frames are echoes of ours, and whether another master is present.

Times are in s of a monotonic clock.
"""

from collections import deque
from typing import Final

BYTE_SECONDS: Final = 10 / 9600
"""Eight data bits, a start bit and a stop bit at 9600 baud."""

ANSWER_SECONDS: Final = 0.22
"""An answer starts within 100 to 200 ms of the request's end; USB adapters delay it by up to 16 ms."""

TURNAROUND_SECONDS: Final = 0.005
"""The gap between the end of a frame, which may have a tail byte, and our next frame."""

QUIET_SECONDS: Final = 0.05
"""A frame without a new byte for this long was interrupted."""

QUERY_SECONDS: Final = (20 + 24) * BYTE_SECONDS + ANSWER_SECONDS + TURNAROUND_SECONDS
"""Maximum time of a query and its answer, a few escapes included."""

_EVIDENCE_NEEDED: Final = 2
_EVIDENCE_SECONDS: Final = 60.0
_GONE_SECONDS: Final = 25.0
"""A master transmits at least every 10 s; a connector that misses one looks for another after about this time."""

_MAX_AWAITED: Final = 200
"""Frames that may be on their way through a slow network."""
_ANSWERS_WITHOUT_ECHO: Final = 10
"""After so many answers in a row without an echo among them, the adapter is assumed to send none."""


class ForeignMasters:
    """The evidence of another master on the bus.

    One frame may be noise that passed the checksum, so two within a minute are required. The line is free again
    when there was none for so long that the connectors of the other master have lost their link to it.
    """

    __slots__ = ("_received",)

    def __init__(self) -> None:
        """Start without evidence."""
        self._received: deque[float] = deque(maxlen=_EVIDENCE_NEEDED)

    def received(self, now: float) -> None:
        """Note a frame of another master."""
        self._received.append(now)

    def present(self, now: float) -> bool:
        """Return whether there is enough evidence of another master."""
        return (
            len(self._received) == _EVIDENCE_NEEDED
            and now - self._received[-1] < _GONE_SECONDS
            and self._received[-1] - self._received[0] < _EVIDENCE_SECONDS
        )


class Echoes:
    """Distinguishes our own frames, which some adapters echo, from those of another master with our id.

    An echo comes once, in the order in which we transmitted, and before the answer. Its time is no evidence:
    a network delays it, but keeps the order. After answers without any echo, a frame counts as an echo only if
    it is the first that is received after ours.
    """

    __slots__ = ("_answers", "_awaited", "_last", "_spoke_last")

    def __init__(self) -> None:
        """Start with an unknown adapter."""
        self._awaited: deque[bytes] = deque(maxlen=_MAX_AWAITED)
        self._answers = 0
        self._last: bytes | None = None
        self._spoke_last = False

    def sent(self, body: bytes) -> None:
        """Note a frame of ours, given without its checksum."""
        self._awaited.append(body)
        self._spoke_last = True

    def answered(self) -> None:
        """Note that a connector answered us."""
        self._answers += 1
        self._last = None
        self._spoke_last = False

    def is_echo(self, body: bytes) -> bool:
        """Return whether a frame with our id, given without its checksum, is the echo of one of ours."""
        if body == self._last:
            # Some adapters echo twice.
            return True
        if not self._may_echo(body):
            return False
        while self._awaited.popleft() != body:
            pass
        self._answers = 0
        self._last = body
        return True

    def _may_echo(self, body: bytes) -> bool:
        if self._answers < _ANSWERS_WITHOUT_ECHO:
            return body in self._awaited
        while len(self._awaited) > 1:
            self._awaited.popleft()
        return self._spoke_last and body in self._awaited

    def reset(self) -> None:
        """Start over with a port that has just been opened."""
        self._awaited.clear()
        self._answers = 0
        self._last = None
        self._spoke_last = False


class Line:
    """When the line was last used, and until when an answer may arrive."""

    __slots__ = ("_answer_until", "_busy_until", "_last_byte")

    def __init__(self) -> None:
        """Start with a quiet line."""
        self._busy_until = 0.0
        self._answer_until: float | None = None
        self._last_byte = 0.0

    def transmitted(self, length: int, now: float, *, expects_answer: bool) -> None:
        """Note that `length` bytes are being transmitted, and whether an answer is expected."""
        end = now + length * BYTE_SECONDS
        self._busy_until = end + TURNAROUND_SECONDS
        self._answer_until = end + ANSWER_SECONDS if expects_answer else None

    def received(self, now: float) -> None:
        """Note that bytes came in."""
        self._last_byte = now

    def answered(self, now: float) -> None:
        """Note that the expected answer came in."""
        self._answer_until = None
        self._busy_until = max(self._busy_until, now + TURNAROUND_SECONDS)

    def gave_up(self) -> None:
        """Stop waiting for the answer."""
        self._answer_until = None

    def silent_for(self, now: float) -> float:
        """Return for how many s no byte came in."""
        return now - self._last_byte

    def free_at(self, now: float, *, inside_frame: bool) -> float:
        """Return when the next frame may go out; not later than `now` if it may go out at once.

        Nothing is transmitted into a frame that is being received, ours or not. Bytes that stop coming
        in the middle of a frame were no frame.
        """
        free = self._busy_until
        if self._answer_until is not None:
            free = max(free, self._answer_until)
        if inside_frame:
            free = max(free, self._last_byte + QUIET_SECONDS)
        return free

    def reset(self, now: float) -> None:
        """Start over with a port that has just been opened."""
        self._answer_until = None
        self._busy_until = 0.0
        self._last_byte = now
