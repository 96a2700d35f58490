"""Marks stored data of a bus with the boot of the machine that stored them, and with the port.

The times in the data are only meaningful during that boot, and the connectors only on that port. A machine without a
battery-backed clock, such as a Raspberry Pi, starts with the time of its last shutdown: an absence of days looks like
one of seconds. A backup may be restored on another machine while this one controls the bus.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

BOOT_ID_PATH: Final = Path("/proc/sys/kernel/random/boot_id")
"""The random id that Linux draws at each boot; containers see that of their host."""


@dataclass(frozen=True, slots=True)
class RunMark:
    """A boot of a machine, and the port of a bus.

    Attributes:
        boot_id: differs between any two boots of any machines; None if unknown.
        port: differs between any two ports; None if unknown. It is a digest, as a URL may contain a password.

    """

    boot_id: str | None = None
    port: str | None = None

    @classmethod
    def read(cls, device: str) -> Self:
        """Return the mark of the current boot and a port, given by its path or URL; blocks, as it reads a file."""
        try:
            boot_id = BOOT_ID_PATH.read_text(encoding="ascii").strip()
        except OSError, ValueError:
            boot_id = ""
        return cls(boot_id or None, sha256(device.encode()).hexdigest())

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Return the mark in stored data; one that cannot be read is unknown."""
        if not isinstance(data, Mapping):
            return cls()
        found = (data.get("boot_id"), data.get("port"))
        boot_id, port = (item if isinstance(item, str) else None for item in found)
        return cls(boot_id, port)

    def as_dict(self) -> dict[str, Any]:
        """Return the mark in the form that is stored."""
        return {"boot_id": self.boot_id, "port": self.port}

    def is_proven_same(self, other: RunMark) -> bool:
        """Return whether both marks are known, and equal."""
        return None not in {self.boot_id, self.port} and self == other
