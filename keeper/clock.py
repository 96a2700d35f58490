"""How long ago something was written to the disk: by the wall, and by the time since the computer was started.

The clock on the wall of a Raspberry Pi goes on where it was when the power failed, so it proves no age; the time since
the start does, as long as the start is the same one. Times are in s.
"""

from contextlib import suppress
from pathlib import Path
import time
from typing import Final, NamedTuple

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Moment(NamedTuple):
    """A moment.

    Attributes:
        wall: the time on the wall.
        boot: which start of the computer it is after; empty if that is unknown.
        uptime: the time since that start, with the time in which the computer slept.

    """

    wall: float
    boot: str
    uptime: float

    def is_of_same_boot(self, other: "Moment") -> bool:
        """Return whether the computer was not started between two moments."""
        return bool(self.boot) and self.boot == other.boot

    def seconds_since(self, before: "Moment") -> float:
        """Return the time since an earlier moment; if the computer was started between them it may have been longer."""
        if self.is_of_same_boot(before):
            return self.uptime - before.uptime
        return max(self.wall - before.wall, 0.0)


def present_moment() -> Moment:
    """Return the present moment."""
    boot = ""
    with suppress(OSError, UnicodeDecodeError):
        boot = _BOOT_ID.read_text("ascii").strip()
    return Moment(time.time(), boot, time.clock_gettime(time.CLOCK_BOOTTIME))
