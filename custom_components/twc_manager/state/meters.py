"""What a connector's entities show of it: rounded, held still while it only jitters, and counted up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ..charging.allocation.demand import has_car, says_nothing_of_cars
from ..charging.metering.energy import EnergyCounter
from ..charging.metering.sessions import Sample, Session, SessionTracker
from ..charging.metering.status import Status, status
from ..charging.metering.stored_energy import StoredEnergy
from ..charging.wiring import Wiring, power
from ..twc import DRAWING_AMPS, ConnectorState, PlugState, State
from .deadband import Deadband, DeadbandConfig

_CURRENT: Final = DeadbandConfig(step=0.1, noise=0.2, band=1.0, seconds=60)
_POWER: Final = DeadbandConfig(step=10, noise=60, band=250, seconds=60)
_VOLTAGE: Final = DeadbandConfig(step=1, noise=3, band=5, seconds=300)
_PEAK: Final = DeadbandConfig(step=0.1, noise=0.5, band=1.0, seconds=300)
_ENERGY: Final = DeadbandConfig(step=0.01, noise=1.0, band=1.0, seconds=60)


@dataclass(frozen=True, slots=True)
class ConnectorReading:
    """A connector as an owner sees it: A, W, V and kWh; None where it does not tell."""

    status: Status
    current: float
    offered_current: float
    power: int
    lifetime_energy: float | None
    session_energy: float
    session_started: datetime | None
    session_green_share: int | None
    session_grid_share: int | None
    session_charging_minutes: int | None
    session_peak: float | None
    rating: float
    vehicle_connected: bool | None
    charging: bool
    problem: bool
    vehicle: str | None
    voltages: tuple[int | None, ...]
    currents: tuple[float | None, ...]


class ConnectorMeters:
    """Follows one connector's measurements over time."""

    def __init__(
        self,
        wiring: Wiring,
        connector_id: int,
        rating: float,
        energy: StoredEnergy | None = None,
        *,
        away_s: float | None = None,
        at: float | None = None,
        session: Mapping[str, Any] | None = None,
        last_session_energy: float = 0.0,
    ) -> None:
        """Go on from what was kept of the lifetime energy `away_s` s before `at`, and of the sessions."""
        self._wiring = wiring
        self._energy = EnergyCounter(
            energy, max_power_w=wiring.watts(rating), away_s=away_s, at=at
        )
        self._sessions = SessionTracker(connector_id, session)
        self._held: dict[str, Deadband] = {}
        self._car = False
        self.last_session_energy = last_session_energy

    @property
    def stored_energy(self) -> StoredEnergy:
        """Return what is to be kept of the lifetime energy."""
        return self._energy.stored

    @property
    def stored_session(self) -> dict[str, Any] | None:
        """Return what is to be kept of the session that runs."""
        return self._sessions.stored

    @property
    def has_session(self) -> bool:
        """Return whether a session runs."""
        return self._sessions.session is not None

    @property
    def session_energy(self) -> float:
        """Return the energy of the session that runs, or else of the last one, in kWh."""
        session = self._sessions.session
        return self.last_session_energy if session is None else session.energy_kwh

    def count(
        self,
        connector: ConnectorState,
        green_share: float | None,
        now: float,
        at: datetime,
    ) -> Session | None:
        """Take a report into account; return the session that it ends, if it ends one."""
        # What an idle connector reports is an error of its meter; over a year it would be some 500 kWh.
        drawing = connector.drawn >= DRAWING_AMPS
        watts = power(connector, self._wiring) if drawing else 0.0
        taken = self._energy.update(now, watts, connector.meter)
        ended = self._sessions.update(
            now,
            at,
            Sample(
                car=self._has_car(connector),
                drawn=connector.drawn,
                offer=connector.offered,
                energy_kwh=taken,
                green_share=green_share,
                vin=connector.vin,
            ),
        )
        if ended is not None:
            self.last_session_energy = ended.energy_kwh
        return ended

    def close(self) -> Session | None:
        """End the session that runs, as the connector is gone for good; return it."""
        return self._sessions.close()

    def read(
        self, connector: ConnectorState, now: float, *, paused: bool = False
    ) -> ConnectorReading:
        """Return what to show of a report; `paused` is a connector that the rules let nobody charge at."""
        session = self._sessions.session
        watts = power(connector, self._wiring)
        share = session.green_share if session is not None else None
        green = None if share is None else round(100 * share)
        car = self._has_car(connector)
        return ConnectorReading(
            status=_status(connector, car=car, paused=paused),
            current=self._hold("current", connector.drawn, _CURRENT, now),
            offered_current=connector.offered,
            power=round(self._hold("power", watts, _POWER, now)),
            lifetime_energy=self._lifetime_energy(now),
            session_energy=self._hold("session", self.session_energy, _ENERGY, now),
            session_started=session.started if session is not None else None,
            session_green_share=green,
            session_grid_share=None if green is None else 100 - green,
            session_charging_minutes=None
            if session is None
            else int(session.charging_s // 60),
            session_peak=self._peak(session, now),
            rating=connector.rating,
            vehicle_connected=_vehicle_connected(connector, car=car),
            charging=connector.drawn >= DRAWING_AMPS,
            problem=connector.state == State.ERROR,
            vehicle=connector.vin,
            voltages=self._voltages(connector, now),
            currents=self._currents(connector, now),
        )

    def _peak(self, session: Session | None, now: float) -> float | None:
        """Return the most A drawn in a session; it creeps up with every jitter of the draw."""
        if session is None:
            self._held.pop("peak", None)
            return None
        return self._hold("peak", session.peak_amps, _PEAK, now)

    def _has_car(self, connector: ConnectorState) -> bool:
        """Return whether a car is known to be plugged in, by the last report that tells."""
        if not says_nothing_of_cars(connector):
            self._car = has_car(connector)
        return self._car

    def _lifetime_energy(self, now: float) -> float | None:
        kwh = self._energy.lifetime_kwh
        return None if kwh is None else self._hold("lifetime", kwh, _ENERGY, now)

    def _hold(
        self, name: str, value: float, jitter: DeadbandConfig, now: float
    ) -> float:
        held = self._held.setdefault(name, Deadband(jitter))
        return held.update(value, now)

    def _voltages(
        self, connector: ConnectorState, now: float
    ) -> tuple[int | None, ...]:
        if connector.volts is None:
            return (None, None, None)
        return tuple(
            round(self._hold(f"voltage_{phase}", volts, _VOLTAGE, now))
            for phase, volts in enumerate(connector.volts)
        )

    def _currents(
        self, connector: ConnectorState, now: float
    ) -> tuple[float | None, ...]:
        if connector.phase_amps is None:
            return (None, None, None)
        return tuple(
            self._hold(f"current_{phase}", amps, _CURRENT, now)
            for phase, amps in enumerate(connector.phase_amps)
        )


def _status(connector: ConnectorState, *, car: bool, paused: bool) -> Status:
    """Return what a connector is doing; one that cannot offer 0 A does not know that it is paused."""
    found = status(connector, car=car)
    waits = found in {Status.CONNECTED, Status.STARTING, Status.COMPLETE}
    return Status.PAUSED if paused and waits else found


def _vehicle_connected(connector: ConnectorState, *, car: bool) -> bool | None:
    """Return whether a car is plugged in; None where the connector gives no proof either way."""
    if car:
        return True
    return False if connector.plug is PlugState.UNPLUGGED else None
