"""On which run of which machine the data of a bus were stored: the times in them mean something only there.

A machine without a clock that goes on without power, such as a Raspberry Pi, starts with the time of its last end: an
absence of days looks like one of seconds. A backup may be restored on another machine, while this one is in charge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

BOOT_ID_PATH: Final = Path("/proc/sys/kernel/random/boot_id")
"""What Linux draws anew at each boot; containers see that of their host."""


@dataclass(frozen=True, slots=True)
class RunMark:
    """The run of a machine.

    Attributes:
        boot_id: differs between any two boots of any machines; None if unknown.

    """

    boot_id: str | None = None

    @classmethod
    def read(cls) -> Self:
        """Return the mark of the present run; this reads a file."""
        try:
            boot_id = BOOT_ID_PATH.read_text(encoding="ascii").strip()
        except OSError, ValueError:
            boot_id = ""
        return cls(boot_id or None)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Return the mark in stored data; one that cannot be read is unknown."""
        boot_id = data.get("boot_id") if isinstance(data, Mapping) else None
        return cls(boot_id if isinstance(boot_id, str) else None)

    def as_dict(self) -> dict[str, Any]:
        """Return the mark as it is stored."""
        return {"boot_id": self.boot_id}

    def is_proven_same(self, other: RunMark) -> bool:
        """Return whether both marks are known, and equal."""
        return self.boot_id is not None and self == other
