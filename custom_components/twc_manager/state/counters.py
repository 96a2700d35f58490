"""Counts the energy and the sessions of all connectors of a bus."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from ..charging.control.stop_methods import StoredStop
from ..charging.metering.circumstances import Circumstances
from ..charging.metering.session_log import SessionLog
from ..charging.metering.sessions import Session
from ..charging.wiring import Wiring
from ..twc import ConnectorState, Snapshot
from ..twc.lease import KeeperReport
from .completeness import seconds_since
from .meters import ConnectorMeters
from .store import StoredBus, StoredConnector

COUNTED_SECONDS: Final = 60.0
"""How often counted energy is written, in s."""


class BusCounters:
    """The meters of all connectors of a bus.

    Attributes:
        sessions: the finished sessions.

    """

    def __init__(self, wiring: Wiring, stored: StoredBus, now: float) -> None:
        """Continue from the stored data; `now` is in s of the loop's clock."""
        self.sessions = SessionLog(stored.sessions, stored.months)
        self._wiring = wiring
        self._counted_at = now
        self._meters = {
            connector_id: _meters_of(wiring, item, now)
            for connector_id, item in stored.connectors.items()
        }

    @property
    def running(self) -> list[Session]:
        """Return the running sessions."""
        sessions = (meters.session for meters in self._meters.values())
        return [session for session in sessions if session is not None]

    def meters(self, connector: ConnectorState) -> ConnectorMeters:
        """Return the meters of a connector."""
        meters = self._meters.get(connector.connector_id)
        if meters is None:
            meters = ConnectorMeters(
                self._wiring, connector.connector_id, connector.rating
            )
            self._meters[connector.connector_id] = meters
        return meters

    def count(
        self,
        snapshot: Snapshot,
        circumstances: Circumstances,
        now: float,
        at: datetime,
    ) -> list[Session]:
        """Count up to `now`, in s of the loop's clock; return the sessions that end."""
        counted = (
            self.meters(connector).count(connector, circumstances, now, at)
            for connector in snapshot.connectors
        )
        ended = [session for session in counted if session is not None]
        for session in ended:
            self.sessions.add(session)
        return ended

    def plugged_in(self, snapshot: Snapshot) -> dict[int, bool]:
        """Return for each connector whether a vehicle is plugged in, as far as known."""
        return {
            item.connector_id: self.meters(item).has_vehicle(item)
            for item in snapshot.connectors
        }

    def fill(self, kept: KeeperReport, at: datetime) -> None:
        """Count the energy until `at`, a local date, of the time in which only the keeper measured the current."""
        for item in kept.connectors:
            meters = self._meters.get(item.known.connector_id)
            if meters is not None:
                meters.fill(item.ampere_hours, kept.absent_seconds, at)

    def is_due(self, now: float) -> bool:
        """Return whether what was counted has to be written again."""
        if now - self._counted_at < COUNTED_SECONDS:
            return False
        self._counted_at = now
        return True

    def remove(self, connector_id: int) -> Session | None:
        """Forget a connector; return the session that this ends."""
        meters = self._meters.pop(connector_id, None)
        lost = None if meters is None else meters.close()
        if lost is not None:
            self.sessions.add(lost)
        return lost

    def collect(
        self, stored: StoredConnector, stop: StoredStop | None
    ) -> StoredConnector:
        """Return the stored data of a connector with what was counted; `stop` is the state of a stopped vehicle."""
        meters = self._meters.get(stored.known.connector_id)
        if meters is None:
            return stored
        return replace(
            stored,
            energy=meters.stored_energy,
            session=meters.stored_session,
            last_session_energy=meters.last_session_energy,
            stop=stop,
        )


def _meters_of(wiring: Wiring, stored: StoredConnector, now: float) -> ConnectorMeters:
    return ConnectorMeters(
        wiring,
        stored.known.connector_id,
        stored.known.rating,
        stored.energy,
        away_s=seconds_since(stored.energy_at),
        at=now,
        session=stored.session,
        last_session_energy=stored.last_session_energy,
    )
