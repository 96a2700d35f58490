"""Makes the lease for the keeper: the current offers, as far as they are safe without Home Assistant."""

from typing import Final

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..inputs.circuits import CONF_CIRCUIT_BUSES, SUBENTRY_CIRCUIT
from ..inputs.limits import LimitOptions
from ..inputs.options import Options
from ..inputs.outside_house import limits_set_up
from ..twc import BusStatus, KnownConnector, Snapshot, WiringLimits
from ..twc.lease import Lease, LeasedConnector
from ..types import TwcConfigEntry

LEASE_SECONDS: Final = 12 * 3600.0
"""How many s cars continue to charge without Home Assistant: a night."""


def is_watched(hass: HomeAssistant, entry: TwcConfigEntry, options: Options) -> bool:
    """Return whether a limit depends on sensors or other buses, which nothing reads while Home Assistant is away."""
    by_sensors = options.fuse is not None or options.limits != LimitOptions()
    by_sensors = by_sensors or bool(limits_set_up(hass))
    return by_sensors or any(
        other.entry_id == entry.entry_id
        or entry.entry_id in circuit.data.get(CONF_CIRCUIT_BUSES, ())
        for other in hass.config_entries.async_entries(DOMAIN)
        for circuit in other.get_subentries_of_type(SUBENTRY_CIRCUIT)
    )


def lease_of(
    snapshot: Snapshot, master_id: int, limits: WiringLimits, maximum: float
) -> Lease | None:
    """Return the lease for the current state of a bus; None while that is unknown, so that the last lease holds.

    To the keeper, a lease means that every connector that may be drawing is known: there is none while connectors are
    searched for. A stopped connector stays stopped, and no connector gets more than `maximum`, in A.
    """
    is_master = snapshot.status is BusStatus.RUNNING
    if not is_master or snapshot.pending or not snapshot.connectors:
        return None
    return Lease(
        master_id,
        LEASE_SECONDS,
        limits,
        tuple(
            LeasedConnector(
                KnownConnector(item.connector_id, item.protocol, item.rating),
                min(item.offered if item.sent is None else item.sent, maximum),
            )
            for item in snapshot.connectors
        ),
    )
