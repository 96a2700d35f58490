"""The latest frames on the line, for diagnostics and for the capture of frames."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

FRAMES_KEPT: Final = 200


class LoggedFrame(NamedTuple):
    """A frame that was on the line: when (s of the loop's clock), whether we sent it, and its body.

    The body is without its checksum.
    """

    time: float
    sent: bool
    body: bytes


class FrameLog:
    """The latest frames of both directions, oldest first.

    Attributes:
        listeners: called with every frame from now on.

    """

    __slots__ = ("_frames", "listeners")

    def __init__(self) -> None:
        """Start empty."""
        self._frames: deque[LoggedFrame] = deque(maxlen=FRAMES_KEPT)
        self.listeners: list[Callable[[LoggedFrame], None]] = []

    def __iter__(self) -> Iterator[LoggedFrame]:
        """Return the frames, oldest first."""
        return iter(self._frames)

    def __len__(self) -> int:
        """Return how many frames are kept."""
        return len(self._frames)

    def sent(self, body: bytes, now: float) -> None:
        """Keep a frame of ours, given without its checksum."""
        self._add(LoggedFrame(now, sent=True, body=body))

    def received(self, body: bytes, now: float) -> None:
        """Keep a frame that came in, given with its checksum."""
        self._add(LoggedFrame(now, sent=False, body=body[:-1]))

    def _add(self, frame: LoggedFrame) -> None:
        self._frames.append(frame)
        for listener in self.listeners:
            listener(frame)
