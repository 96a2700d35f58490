"""Collects the data of one bus that has to survive a restart, and writes it when it changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..charging.control.check_result import CheckResult
from ..charging.control.stop_methods import StoredStop
from ..charging.metering.circumstances import Circumstances
from ..charging.metering.session_log import SessionLog
from ..charging.metering.sessions import Session
from ..charging.modes.user_settings import UserSettings
from ..charging.phase_knowledge import PhaseHints, PhaseKnowledge
from ..charging.starts import StoredStarts
from ..charging.wiring import Wiring
from ..const import DOMAIN
from ..twc import BusStatus, ConnectorState, KnownConnector, Snapshot
from ..twc.bus_state import ABSENCE_SECONDS
from ..twc.lease import KeeperReport
from ..twc.roster import MAX_CONNECTORS
from ..types import TwcConfigEntry
from ..vehicles.stored import StoredVehicles
from .completeness import Completeness
from .counters import BusCounters
from .identifiers import connector_key
from .meters import ConnectorMeters
from .phase_memory import hints_of, remember
from .run_mark import RunMark
from .store import BusStore, StoredBus, StoredConnector
from .writer import BusWriter, DiskHealth


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of data that other parts of the integration hold.

    Attributes:
        run_mark: the current boot of the machine, and the port.
        wiring: the wiring of the bus.
        in_charge: returns whether this master controls all connectors on the bus.
        stops: returns the states of vehicles that were stopped, by connector id.
        starts: returns when green energy started vehicles.
        kept: the report of the keeper about the time in which Home Assistant was away; None without one.

    """

    run_mark: RunMark
    wiring: Wiring
    in_charge: Callable[[], bool]
    stops: Callable[[], Mapping[int, StoredStop]]
    starts: Callable[[], StoredStarts]
    kept: KeeperReport | None = None


class BusPersistence:
    """Collects the data of one bus, and stores it.

    Attributes:
        counters: the meters of its connectors.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        store: BusStore,
        stored: StoredBus,
        sources: Sources,
        *,
        on_written: Callable[[], None],
    ) -> None:
        """Continue from the stored data.

        Args:
            hass: Home Assistant.
            entry: the entry of the bus.
            store: its files.
            stored: what was in them.
            sources: what to collect from.
            on_written: called when a write succeeded, and when writes fail.

        """
        self._hass = hass
        self._entry = entry
        self._writer = BusWriter(hass, store, self._collect, self._written)
        self._on_written = on_written
        self._vehicles_on_disk = stored.vehicles
        # From the first write on, the file records that there was no orderly end yet.
        self._stored = replace(stored, ended_in_order=False, run_mark=sources.run_mark)
        self._sources = sources
        self._seen_at: dict[int, float] = {}
        self.counters = BusCounters(sources.wiring, stored, hass.loop.time())
        self._completeness = Completeness.at_start(stored, sources.run_mark)
        if sources.kept is not None and sources.kept.complete:
            # Only the keeper can have offered a connector current since our own last frame.
            self._completeness.all_known = True
            self.counters.fill(sources.kept, dt_util.now())
        # A start addresses at most this many.
        self._on_disk = set(self.known_connectors[:MAX_CONNECTORS])

    @property
    def user_settings(self) -> UserSettings:
        """Return the user settings."""
        return self._stored.user_settings

    @property
    def connectors(self) -> Mapping[int, StoredConnector]:
        """Return the stored data of all connectors, available or not."""
        return self._stored.connectors

    @property
    def known_connectors(self) -> list[KnownConnector]:
        """Return the connectors that answered when this master last controlled the bus, the last seen first.

        A connector that had been silent for `ABSENCE_SECONDS` by then had stopped its vehicle, and announces itself
        when it is back. Only another master could have offered it current, and the connectors of another master are
        searched for. Those that the keeper has kept linked meanwhile come first.
        """
        in_charge_at = self._stored.in_charge_at
        there = [
            item
            for item in self._stored.connectors.values()
            if item.seen_at is None
            or in_charge_at is None
            or in_charge_at - item.seen_at <= ABSENCE_SECONDS
        ]
        there.sort(key=lambda item: item.seen_at or 0.0, reverse=True)
        known = [item.known for item in there]
        # What they announced to this master counts: a restarted keeper may have missed their announcements.
        announced = {item.connector_id: item for item in known}
        known = [*(announced.get(it.connector_id, it) for it in self._kept), *known]
        return list(dict.fromkeys(known))

    @property
    def _kept(self) -> list[KnownConnector]:
        """Return the connectors that the keeper has kept linked."""
        kept = self._sources.kept
        return [] if kept is None else [item.known for item in kept.connectors]

    @property
    def may_miss_connectors(self) -> bool:
        """Return whether unknown connectors may be drawing.

        That is so when another master may have controlled some, before this one or during its absence; when this one
        did not end in order, so that its last state may not be on the disk; and when the time of that end is unknown,
        or its port was another one.
        """
        return not self._completeness.all_known

    @property
    def vehicles_on_disk(self) -> StoredVehicles:
        """Return the data of the vehicles and accounts that are known to be on the disk."""
        return self._vehicles_on_disk

    @property
    def writes_fail(self) -> bool:
        """Return whether writes have failed for a long time."""
        return self._writer.health is DiskHealth.FAILING

    def waiting(self, connector_ids: Iterable[int]) -> frozenset[int]:
        """Return the connectors that are not on the disk yet, so that a start after a crash would miss them."""
        return frozenset(
            connector_id
            for connector_id in connector_ids
            if (stored := self._stored.connectors.get(connector_id)) is None
            or stored.known not in self._on_disk
        )

    def allowed_offers(self, offers: Mapping[int, float]) -> Mapping[int, float]:
        """Return the offers that may be sent.

        No offers before the file on the disk says that this master runs; 0 A for a connector that is not on the disk.
        If nothing can be written, only the connectors that were on the disk at the start are offered current.
        """
        if self._writer.health is DiskHealth.UNKNOWN:
            return {}
        return dict(offers) | dict.fromkeys(self.waiting(offers), 0.0)

    @property
    def sessions(self) -> SessionLog:
        """Return the finished sessions."""
        return self.counters.sessions

    def meters(self, connector: ConnectorState) -> ConnectorMeters:
        """Return the meters of a connector."""
        return self.counters.meters(connector)

    # Collecting

    @callback
    def update_user_settings(self, user_settings: UserSettings) -> None:
        """Store the user settings if they changed."""
        if user_settings != self._stored.user_settings:
            self._stored = replace(self._stored, user_settings=user_settings)
            self._writer.save_soon()

    @callback
    def update_vehicles(self, vehicles: StoredVehicles) -> None:
        """Store the data of the vehicles and accounts."""
        self._stored = replace(self._stored, vehicles=vehicles)
        self._writer.save_soon()

    @callback
    def update_connectors(self, snapshot: Snapshot) -> None:
        """Store what the connectors report about themselves."""
        before = self._stored
        now = self._hass.loop.time()
        self._completeness.update(snapshot, before.connectors, now)
        if self._completeness.all_known and before.in_charge_at is None:
            self._note_in_charge()
        for connector in snapshot.connectors:
            self._update_connector(connector)
        self._note_seen(snapshot)
        if self.waiting(item.connector_id for item in snapshot.connectors):
            self._writer.save_now()
        elif self._stored is not before:
            self._writer.save_soon()

    @callback
    def update_check(self, connector_id: int, check: CheckResult) -> None:
        """Store the result of a connector check, and what it showed about stopping the vehicle."""
        if (stored := self._stored.connectors.get(connector_id)) is not None:
            self._replace_connector(replace(stored, check=check))
            self._collect_counters()
            self._writer.save_soon()

    def phase_hints(self, snapshot: Snapshot) -> PhaseHints:
        """Return what the connectors' counters and earlier sessions show of the vehicles' phases."""
        counted = {
            item.connector_id: self.meters(item).counted_phases
            for item in snapshot.connectors
        }
        return hints_of(self._stored.vehicle_phases, counted, snapshot)

    @callback
    def update_phases(
        self, snapshot: Snapshot, phases: Mapping[int, PhaseKnowledge]
    ) -> None:
        """Take what is known of the vehicles' phases; proven numbers are stored by vehicle."""
        for item in snapshot.connectors:
            self.meters(item).update_phases(phases[item.connector_id])
        memory = remember(self._stored.vehicle_phases, snapshot, phases)
        if memory is not self._stored.vehicle_phases:
            self._stored = replace(self._stored, vehicle_phases=memory)
            self._writer.save_soon()

    @callback
    def count(
        self,
        snapshot: Snapshot,
        circumstances: Circumstances,
        now: float,
        at: datetime,
    ) -> list[Session]:
        """Count energy and sessions up to `now`, in s of the loop's clock; return the sessions that end."""
        ended = self.counters.count(snapshot, circumstances, now, at)
        self._note_seen(snapshot)
        if ended:
            self._store_sessions()
        if self.counters.is_due(now):
            self.save_counters()
        return ended

    @callback
    def remove_connector(self, connector_id: int) -> Session | None:
        """Remove a connector permanently; return the session that this ends."""
        self._completeness.unstored_at = self._hass.loop.time()
        lost = self.counters.remove(connector_id)
        if lost is not None:
            self._store_sessions()
        connectors = {**self._stored.connectors}
        if (removed := connectors.pop(connector_id, None)) is not None:
            self._on_disk.discard(removed.known)
        self._stored = replace(
            self._stored,
            connectors=connectors,
            user_settings=self.user_settings.without_connector(connector_id),
        )
        self._writer.save_soon()
        return lost

    @callback
    def save_counters(self) -> None:
        """Store the counted energy and sessions, and the states of stopped vehicles, if they changed."""
        before = self._stored
        self._collect_counters()
        if self._stored is not before:
            self._writer.save_soon()

    @callback
    def begin(self) -> None:
        """Write that this master runs."""
        self._writer.save_now()

    async def async_close(self) -> None:
        """Write everything, and that this is an orderly end; then stop collecting."""
        self._collect_counters()
        in_order = self._completeness.at_end(self._hass.loop.time())
        self._stored = replace(self._stored, ended_in_order=in_order)
        await self._writer.async_close()

    def _store_sessions(self) -> None:
        log = self.sessions
        self._stored = replace(
            self._stored, sessions=tuple(log.stored), months=tuple(log.earlier)
        )
        self._collect_counters()
        self._writer.save_now()

    def _collect_counters(self) -> None:
        stops = self._sources.stops()
        if (starts := self._sources.starts()) != self._stored.starts:
            self._stored = replace(self._stored, starts=starts)
        for connector_id, stored in self._stored.connectors.items():
            counted = self.counters.collect(stored, stops.get(connector_id))
            if counted != stored:
                # Nothing is counted while the port is lost, so this may be long ago.
                seen_at = self._seen_at.get(connector_id, stored.energy_at)
                self._replace_connector(replace(counted, energy_at=seen_at))

    def _update_connector(self, connector: ConnectorState) -> None:
        connector_id = connector.connector_id
        before = self._stored.connectors.get(connector_id)
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
        self._replace_connector(stored)
        if before is not None:
            self._update_device(stored)

    def _update_device(self, stored: StoredConnector) -> None:
        """Update the device of a connector that reported its serial number or firmware after the device was created."""
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
        """Record the time of the reports; as it always changes, it is stored with the next change of other data."""
        if snapshot.status is BusStatus.OFFLINE:
            return
        at = dt_util.utcnow().timestamp()
        self._seen_at |= dict.fromkeys(
            (item.connector_id for item in snapshot.connectors), at
        )

    def _collect_seen(self) -> None:
        for connector_id, at in self._seen_at.items():
            if stored := self._stored.connectors.get(connector_id):
                self._replace_connector(replace(stored, seen_at=at))

    def _replace_connector(self, stored: StoredConnector) -> None:
        connector_id = stored.known.connector_id
        self._stored = replace(
            self._stored, connectors={**self._stored.connectors, connector_id: stored}
        )

    def _note_in_charge(self) -> None:
        at = dt_util.utcnow().timestamp()
        self._stored = replace(self._stored, in_charge_at=at)

    def note_in_charge(self) -> None:
        """Record the time if this master controls all connectors on the bus."""
        if self._sources.in_charge():
            self._note_in_charge()

    # Writing

    @callback
    def _written(self, on_disk: StoredBus | None) -> None:
        if on_disk is not None:
            self._vehicles_on_disk = on_disk.vehicles
            self._on_disk |= {item.known for item in on_disk.connectors.values()}
        self._on_written()

    def _collect(self) -> StoredBus:
        self.note_in_charge()
        self._collect_seen()
        return self._stored
