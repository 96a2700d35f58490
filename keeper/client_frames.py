"""What Home Assistant sends: bytes of its connection become frames. Times are in s of a monotonic clock."""

from collections.abc import Iterator

from custom_components.twc_manager.twc.frame import MARKER, Decoder
from custom_components.twc_manager.twc.gate import ForbiddenFrameError, check_allowed


class ClientFrames:
    """The frames of Home Assistant.

    Attributes:
        last_frame_at: when its last frame came in that a master may send; that of the start before the first.
        master_id: its id as a master; None before its first frame.
        dropped: how many of its frames no master may send.

    """

    def __init__(self, now: float) -> None:
        """Start without a frame."""
        self.last_frame_at = now
        self.master_id: int | None = None
        self.dropped = 0
        self._decoder = Decoder()

    def restart(self) -> None:
        """Start over with a new connection."""
        self._decoder.reset()

    @staticmethod
    def begins(data: bytes) -> bool:
        """Return whether bytes can hold the first byte of a frame."""
        return MARKER in data

    def feed(self, data: bytes, now: float) -> Iterator[bytes]:
        """Return the bodies, without their checksums, of the frames that bytes complete."""
        for whole in self._decoder.feed(data):
            body = whole[:-1]
            try:
                check_allowed(body)
            except ForbiddenFrameError:
                self.dropped += 1
                continue
            self.last_frame_at = now
            self.master_id = int.from_bytes(body[2:4])
            yield body
