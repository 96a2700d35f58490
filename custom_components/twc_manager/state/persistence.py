"""The books of one bus: who is on it, what the owner chose, the energy and the sessions, and when they are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..charging.control.stopping import StoredStop
from ..charging.metering.sessions import Session, SessionLog
from ..charging.modes.user_settings import UserSettings
from ..charging.starts import StoredStarts
from ..charging.wiring import Wiring
from ..const import DOMAIN
from ..twc import BusStatus, ConnectorState, KnownConnector, Snapshot
from ..types import TwcConfigEntry
from ..vehicles.stored import StoredVehicles
from .identifiers import connector_key
from .meters import ConnectorMeters
from .store import BusStore, StoredBus, StoredConnector

COUNTED_SECONDS: Final = 60.0
"""How often what was only counted is written."""

AWAY_SECONDS: Final = 600.0
"""Nobody puts another master on the bus and takes it away again within so short an absence of ours."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the ledger asks what it cannot know itself.

    Attributes:
        wiring: what the bus hangs on.
        in_charge: whether everybody on the bus is known and in our hands.
        stops: what is to be remembered of cars that were stopped, by connector id.
        starts: when green energy started cars.

    """

    wiring: Wiring
    in_charge: Callable[[], bool]
    stops: Callable[[], Mapping[int, StoredStop]]
    starts: Callable[[], StoredStarts]


class BusPersistence:
    """Keeps the books of one bus."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        store: BusStore,
        kept: StoredBus,
        sources: Sources,
    ) -> None:
        """Go on from what was kept."""
        self.sessions = SessionLog(kept.sessions)
        self._hass = hass
        self._entry = entry
        self._store = store
        self._kept = kept
        self._sources = sources
        self._counted_at = hass.loop.time()
        self._seen_at: dict[int, float] = {}
        self._meters = {
            connector_id: _meters_of(sources.wiring, stored, self._counted_at)
            for connector_id, stored in kept.connectors.items()
        }

    @property
    def user_settings(self) -> UserSettings:
        """Return what the owner chose."""
        return self._kept.user_settings

    @property
    def connectors(self) -> Mapping[int, StoredConnector]:
        """Return what is kept of all connectors, there or not."""
        return self._kept.connectors

    @property
    def known_connectors(self) -> list[KnownConnector]:
        """Return who was there when the bus was last in our hands, those heard last first.

        Who had been silent for long by then had stopped its car. If it is back since, it announces itself, and
        nobody but a master of its own could have fed it meanwhile, whose connectors are searched for.
        """
        in_charge_at = self._kept.in_charge_at
        there = [
            item
            for item in self._kept.connectors.values()
            if item.seen_at is None
            or in_charge_at is None
            or in_charge_at - item.seen_at <= AWAY_SECONDS
        ]
        there.sort(key=lambda item: item.seen_at or 0.0, reverse=True)
        return [item.known for item in there]

    @property
    def may_miss_connectors(self) -> bool:
        """Return whether another master may have fed connectors that we do not know, before us or meanwhile."""
        away = _seconds_since(self._kept.in_charge_at)
        return away is None or away > AWAY_SECONDS

    def meters(self, connector: ConnectorState) -> ConnectorMeters:
        """Return the meters of a connector."""
        meters = self._meters.get(connector.connector_id)
        if meters is None:
            meters = ConnectorMeters(
                self._sources.wiring, connector.connector_id, connector.rating
            )
            self._meters[connector.connector_id] = meters
        return meters

    # What is entered

    @callback
    def update_user_settings(self, user_settings: UserSettings) -> None:
        """Enter what the owner chose."""
        if user_settings != self._kept.user_settings:
            self._kept = replace(self._kept, user_settings=user_settings)
            self._save_soon()

    @callback
    def update_vehicles(self, vehicles: StoredVehicles) -> None:
        """Enter what is to be kept of the cars and the accounts, of which a call may have been counted."""
        self._kept = replace(self._kept, vehicles=vehicles)
        self._save_soon()

    @callback
    def update_connectors(self, snapshot: Snapshot) -> None:
        """Enter what the connectors told of themselves."""
        before = self._kept
        if snapshot.status is BusStatus.RUNNING and before.in_charge_at is None:
            self._note_in_charge()
        for connector in snapshot.connectors:
            self._update_connector(connector)
        self._note_seen(snapshot)
        if self._kept is not before:
            self._save_soon()

    @callback
    def count(
        self, snapshot: Snapshot, green_share: float | None, now: float, at: datetime
    ) -> list[Session]:
        """Count energy and sessions up to `now`, in s of the loop's clock; return the sessions that ended."""
        counted = (
            self.meters(connector).count(connector, green_share, now, at)
            for connector in snapshot.connectors
        )
        ended = [session for session in counted if session is not None]
        self._note_seen(snapshot)
        for session in ended:
            self._end(session)
        if now - self._counted_at >= COUNTED_SECONDS:
            self._counted_at = now
            self.save_counters()
        return ended

    @callback
    def remove_connector(self, connector_id: int) -> Session | None:
        """Forget a connector that is gone for good; return the session that this ends."""
        meters = self._meters.pop(connector_id, None)
        lost = meters.close() if meters is not None else None
        if lost is not None:
            self._end(lost)
        connectors = {**self._kept.connectors}
        connectors.pop(connector_id, None)
        self._kept = replace(
            self._kept,
            connectors=connectors,
            user_settings=self.user_settings.without_connector(connector_id),
        )
        self._save_soon()
        return lost

    @callback
    def save_counters(self) -> None:
        """Keep what was counted, and what is to be remembered of the cars, if it changed."""
        before = self._kept
        self._enter_counted()
        if self._kept is not before:
            self._save_soon()

    async def async_close(self) -> None:
        """Write everything: nothing is entered any more."""
        self._enter_counted()
        self._enter_seen()
        await self._store.async_save(self._kept)

    def _end(self, session: Session) -> None:
        self.sessions.add(session)
        self._kept = replace(self._kept, sessions=tuple(self.sessions.stored))
        self._enter_counted()
        self._save_soon()
        self._store.async_save_sessions_soon(lambda: self._kept)

    def _enter_counted(self) -> None:
        stops = self._sources.stops()
        if (starts := self._sources.starts()) != self._kept.starts:
            self._kept = replace(self._kept, starts=starts)
        for connector_id, meters in self._meters.items():
            if (stored := self._kept.connectors.get(connector_id)) is None:
                continue
            counted = replace(
                stored,
                energy=meters.stored_energy,
                session=meters.stored_session,
                last_session_energy=meters.last_session_energy,
                stop=stops.get(connector_id),
            )
            if counted != stored:
                # Long ago, perhaps: nothing is counted while the port is lost.
                seen_at = self._seen_at.get(connector_id, stored.energy_at)
                self._enter(replace(counted, energy_at=seen_at))

    def _update_connector(self, connector: ConnectorState) -> None:
        connector_id = connector.connector_id
        before = self._kept.connectors.get(connector_id)
        known = KnownConnector(connector_id, connector.protocol, connector.rating)
        stored = before or StoredConnector(known)
        stored = replace(
            stored,
            known=known,
            serial_number=connector.serial_number or stored.serial_number,
            firmware=connector.firmware or stored.firmware,
        )
        if before == stored:
            return
        self._enter(stored)
        if before is not None:
            self._update_device(stored)

    def _update_device(self, stored: StoredConnector) -> None:
        """Show what a connector told of itself only after its device was made."""
        registry = dr.async_get(self._hass)
        entry_id = self._entry.entry_id
        key = connector_key(entry_id, stored.known.connector_id)
        if device := registry.async_get_device_by_identifier((DOMAIN, key), entry_id):
            registry.async_update_device(
                device.id,
                serial_number=stored.serial_number,
                sw_version=stored.firmware,
            )

    def _note_seen(self, snapshot: Snapshot) -> None:
        """Note who is there, to be entered with the next that is written: it changes all the time."""
        if snapshot.status is BusStatus.OFFLINE:
            return
        at = dt_util.utcnow().timestamp()
        self._seen_at |= dict.fromkeys(
            (item.connector_id for item in snapshot.connectors), at
        )

    def _enter_seen(self) -> None:
        for connector_id, at in self._seen_at.items():
            if stored := self._kept.connectors.get(connector_id):
                self._enter(replace(stored, seen_at=at))

    def _enter(self, stored: StoredConnector) -> None:
        connector_id = stored.known.connector_id
        self._kept = replace(
            self._kept, connectors={**self._kept.connectors, connector_id: stored}
        )

    def _note_in_charge(self) -> None:
        at = dt_util.utcnow().timestamp()
        self._kept = replace(self._kept, in_charge_at=at)

    def note_in_charge(self) -> None:
        """Note that everybody on the bus is known and in our hands, if it is so."""
        if self._sources.in_charge():
            self._note_in_charge()

    # When it is written

    def _save_soon(self) -> None:
        self._store.async_save_soon(self._to_write)

    def _to_write(self) -> StoredBus:
        self.note_in_charge()
        self._enter_seen()
        return self._kept


def _meters_of(wiring: Wiring, stored: StoredConnector, now: float) -> ConnectorMeters:
    return ConnectorMeters(
        wiring,
        stored.known.connector_id,
        stored.known.rating,
        stored.energy,
        away_s=_seconds_since(stored.energy_at),
        at=now,
        session=stored.session,
        last_session_energy=stored.last_session_energy,
    )


def _seconds_since(timestamp: float | None) -> float | None:
    """Return how long ago a time since the epoch is, in s; None if it is not known or still to come."""
    if timestamp is None:
        return None
    seconds = dt_util.utcnow().timestamp() - timestamp
    return seconds if seconds >= 0 else None
