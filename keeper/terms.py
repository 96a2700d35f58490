"""What a connector may have while Home Assistant is away: by its lease, or by the owner's fallback. Amps are in A."""

from dataclasses import dataclass
from typing import Self

from custom_components.twc_manager.twc import KnownConnector, WiringLimits
from custom_components.twc_manager.twc.guard import MAX_CONNECTOR_AMPS
from custom_components.twc_manager.twc.lease import Lease


@dataclass(frozen=True, slots=True)
class Fallback:
    """What the owner set on the command line, in A.

    Attributes:
        total: the limit of the wiring for all connectors together.
        amps: what each connector may have without a lease; 0 stops its car.

    """

    total: float
    amps: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds now.

    Attributes:
        limits: what the wiring can carry.
        lease: the lease that holds, if one does.
        fallback_amps: what a connector may have that is not part of it.

    """

    limits: WiringLimits
    lease: Lease | None
    fallback_amps: float

    @classmethod
    def of(cls, lease: Lease | None, fallback: Fallback) -> Self:
        """Return the terms of a lease, or of none; the owner's limit is never exceeded."""
        total, per_connector = fallback.total, min(MAX_CONNECTOR_AMPS, fallback.total)
        if lease is not None:
            total = min(total, lease.limits.total)
            per_connector = min(per_connector, lease.limits.per_connector)
        return cls(WiringLimits(total, per_connector), lease, fallback.amps)

    @property
    def known(self) -> tuple[KnownConnector, ...]:
        """Return the connectors of the lease."""
        leased = () if self.lease is None else self.lease.connectors
        return tuple(item.known for item in leased)

    def amps_for(self, connector_id: int) -> float:
        """Return what a connector may have."""
        leased = None if self.lease is None else self.lease.amps_for(connector_id)
        return self.fallback_amps if leased is None else leased
