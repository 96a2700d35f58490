"""Learns whether an offer of 0 A stops a vehicle at one connector.

By documents it does at protocol 1, but not at protocol 2; no capture has been published. So it is learned for each
connector, from its checks and from everyday stops. The measured draw has to prove every single stop anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from ...twc import PROTOCOL_1

AGREEING_STOPS: Final = 2
"""How many stops in a row have to agree to be believed: a vehicle may stop by itself at the same moment."""


@dataclass(frozen=True, slots=True)
class ZeroStop:
    """What offers of 0 A have shown.

    Attributes:
        agreed: how many of them stopped the vehicle since the last one that did not, at most `AGREEING_STOPS`.
        failed: whether one did not stop it.

    """

    agreed: int = 0
    failed: bool = False

    def seen(self, *, stopped: bool) -> Self:
        """Return what is known after one more offer of 0 A."""
        if not stopped:
            return replace(self, agreed=0, failed=True)
        return replace(self, agreed=min(self.agreed + 1, AGREEING_STOPS))

    def is_believed(self, protocol: int) -> bool:
        """Return whether an offer of 0 A counts as a method to stop a vehicle at this connector."""
        if self.agreed >= AGREEING_STOPS:
            return True
        return protocol == PROTOCOL_1 and not self.failed

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {"agreed": self.agreed, "failed": self.failed}

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Return the knowledge from `as_dict`; empty if the data are not valid."""
        if not isinstance(data, Mapping):
            return cls()
        agreed, failed = data.get("agreed"), data.get("failed")
        if type(agreed) is not int or not 0 <= agreed <= AGREEING_STOPS:
            return cls()
        return cls(agreed, failed is True)
