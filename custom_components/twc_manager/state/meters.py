"""The measurements of a connector: counted into energy and sessions, and filtered for its entities."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from ..charging.allocation.demand import has_vehicle, is_presence_unknown
from ..charging.metering.amounts import Amounts
from ..charging.metering.circumstances import Circumstances
from ..charging.metering.energy import EnergyCounter
from ..charging.metering.sample import Sample
from ..charging.metering.session_tracker import SessionTracker
from ..charging.metering.sessions import Session
from ..charging.metering.status import Status, status
from ..charging.metering.stored_energy import StoredEnergy
from ..charging.phase_knowledge import (
    PhaseEvidence,
    PhaseKnowledge,
    PhaseSource,
    phase_knowledge,
)
from ..charging.plans.inputs import PluggedIn
from ..charging.wiring import Wiring, power
from ..twc import DRAWING_AMPS, ConnectorState, PlugState, State
from .deadband import Deadband, DeadbandConfig

_CURRENT: Final = DeadbandConfig(step=0.1, noise=0.2, band=1.0, seconds=60)
_POWER: Final = DeadbandConfig(step=10, noise=60, band=250, seconds=60)
_VOLTAGE: Final = DeadbandConfig(step=1, noise=3, band=5, seconds=300)
_PEAK: Final = DeadbandConfig(step=0.1, noise=0.5, band=1.0, seconds=300)
_ENERGY: Final = DeadbandConfig(step=0.01, noise=1.0, band=1.0, seconds=60)


@dataclass(frozen=True, slots=True)
class SessionReading:
    """The running session as its entities show it; without one, the energy is that of the last session.

    Attributes:
        energy: energy in kWh.
        started: when it started.
        green_share: the part of the energy that was green, in %; None if unknown.
        battery_share: the part of the energy that came from the house battery, in %; None if unknown.
        grid_share: the part of the energy that came from the grid, in %; None if unknown.
        charging_minutes: how long the vehicle charged.
        peak_current: the highest current in A.

    """

    energy: float
    started: datetime | None = None
    green_share: int | None = None
    battery_share: int | None = None
    grid_share: int | None = None
    charging_minutes: int | None = None
    peak_current: float | None = None


@dataclass(frozen=True, slots=True)
class ConnectorPhase:
    """One phase of a connector as its entities show it, in V and A; None if the connector does not report it."""

    voltage: int | None = None
    current: float | None = None


@dataclass(frozen=True, slots=True)
class PluggedVehicle:
    """What is known of the vehicle at a connector: its VIN, and the phases that it uses; None if unknown."""

    vin: str | None = None
    phases: PhaseKnowledge | None = None


@dataclass(frozen=True, slots=True)
class ConnectorReading:
    """A connector as its entities show it.

    Attributes:
        status: what the connector does.
        current: measured current per phase in A.
        offered_current: offered current per phase in A.
        power: power in W.
        lifetime_energy: energy in kWh since the connector was new; None if unknown.
        session: the running session.
        rating: the highest current the connector can deliver in A.
        plugged_in: whether a vehicle is plugged in; None if unknown.
        charging: whether the vehicle draws current.
        problem: whether the connector reports an error.
        vehicle: what is known of the vehicle.
        phases: the phases in their order.

    """

    status: Status
    current: float
    offered_current: float
    power: int
    lifetime_energy: float | None
    session: SessionReading
    rating: float
    plugged_in: bool | None
    charging: bool
    problem: bool
    vehicle: PluggedVehicle
    phases: tuple[ConnectorPhase, ...]


class ConnectorMeters:
    """Counts the energy and the sessions of one connector, and filters what its entities show.

    Attributes:
        last_session_energy: energy of the session before the running one, in kWh.

    """

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
        """Continue from what was stored.

        Args:
            wiring: the wiring of the bus.
            connector_id: the id of the connector.
            rating: maximum current of the connector in A.
            energy: as for `EnergyCounter`, like `away_s` and `at`.
            away_s: how long nothing was counted.
            at: the time.
            session: the session that was running.
            last_session_energy: energy of the session before that one, in kWh.

        """
        self._wiring = wiring
        self._energy = EnergyCounter(
            energy, max_power_w=wiring.watts(rating), away_s=away_s, at=at
        )
        self._sessions = SessionTracker(connector_id, session)
        self._deadbands: dict[str, Deadband] = {}
        self._vehicle_present = False
        self._known_phases = phase_knowledge(wiring.phases, PhaseEvidence())
        self._agreements = 0
        self.last_session_energy = last_session_energy

    @property
    def phases(self) -> PhaseKnowledge:
        """Return what is known of the phases that the vehicle uses."""
        return self._known_phases

    @property
    def counted_phases(self) -> int | None:
        """Return the number of phases that the connector's own counter agrees with; None if that is not known."""
        return self._energy.counted_phases.learned

    def update_phases(self, phases: PhaseKnowledge) -> None:
        """Take what is known of the phases, and correct energy that was counted with another number of phases.

        The energy of the session is corrected at once, up or down: its sensor is a total with the time of its last
        reset, so that Home Assistant's statistics accept a step back. The lifetime energy only ever grows: see
        `EnergyCounter.rescale`. An assumed number of phases corrects nothing.
        """
        self._known_phases = phases
        session = self._sessions.session
        if session is None or phases.count == session.phases:
            return
        if session.phases is None or phases.source is PhaseSource.ASSUMED:
            session = replace(session, phases=phases.count, unproven_kwh=0.0)
        else:
            factor = phases.count / session.phases
            self._energy.rescale(session.unproven_kwh, factor)
            session = session.with_phases(phases.count, factor)
        self._sessions.revise(session)

    @property
    def stored_energy(self) -> StoredEnergy:
        """Return the lifetime energy in the form that is stored."""
        return self._energy.stored

    @property
    def stored_session(self) -> dict[str, Any] | None:
        """Return the running session in the form that is stored; None between sessions."""
        return self._sessions.stored

    @property
    def session(self) -> Session | None:
        """Return the running session; None between sessions."""
        return self._sessions.session

    @property
    def has_session(self) -> bool:
        """Return whether a session runs."""
        return self._sessions.session is not None

    @property
    def plugged_in(self) -> PluggedIn | None:
        """Return what the vehicle has charged since it was plugged in; None between sessions."""
        session = self._sessions.session
        if session is None:
            return None
        return PluggedIn(session.energy_kwh, session.charging_s, session.vin)

    @property
    def session_energy(self) -> float:
        """Return the energy of the running session, otherwise of the last one, in kWh."""
        session = self._sessions.session
        return self.last_session_energy if session is None else session.energy_kwh

    def count(
        self,
        connector: ConnectorState,
        circumstances: Circumstances,
        now: float,
        at: datetime,
    ) -> Session | None:
        """Count a report up to `now`, in s of a monotonic clock, and `at`, the same as a local date.

        Returns the session that the report ends, or None. For a silent connector no time passes until its next report.
        """
        if connector.heard_at is not None:
            now = connector.heard_at
        # The current that an idle connector reports is an error of its meter: over a year it would add up to some 500
        # kWh.
        drawing = connector.drawn >= DRAWING_AMPS
        watts = self._power(connector) if drawing else 0.0
        taken = self._energy.update(now, watts, connector.meter, self._known_phases)
        ended = self._sessions.update(
            now,
            at,
            Sample(
                plugged_in=self.has_vehicle(connector),
                drawn=connector.drawn,
                offer=connector.offered,
                energy_kwh=taken,
                shares=circumstances.shares,
                vin=connector.vin,
                vehicle_id=circumstances.vehicles.get(connector.connector_id),
                chance=circumstances.chance(
                    connector.connector_id,
                    connector.drawn if drawing else 0.0,
                    self._power(replace(connector, drawn=1.0)),
                ),
            ),
            circumstances.tariff,
        )
        if ended is not None:
            self.last_session_energy = ended.energy_kwh
            self._energy.counted_phases.forget()
        self._note_unproven(taken)
        return ended

    def fill(self, ampere_hours: float, seconds: float, at: datetime) -> None:
        """Count the Ah, per phase that the vehicle uses, of the last `seconds` until `at`, a local date."""
        session = self._sessions.session
        phases = session.phases if session is not None else None
        phases = phases or self._known_phases.count
        kwh = ampere_hours * self._wiring.voltage * phases / 1000
        self._energy.fill(kwh)
        self._sessions.fill(kwh, seconds, at)

    def _note_unproven(self, taken: float) -> None:
        """Note how much of the session's energy may have to be corrected."""
        session = self._sessions.session
        if session is None:
            return
        counted = self._energy.counted_phases
        agrees = (
            counted.agreements != self._agreements
            and counted.learned == self._known_phases.count
        )
        self._agreements = counted.agreements
        by_counter = self._known_phases.source is PhaseSource.COUNTER
        if agrees or (self._known_phases.is_certain and not by_counter):
            unproven = 0.0
        else:
            unproven = session.unproven_kwh + taken
        phases = session.phases or self._known_phases.count
        self._sessions.revise(replace(session, unproven_kwh=unproven, phases=phases))

    def close(self) -> Session | None:
        """End and return the running session, as the connector is removed; None between sessions."""
        return self._sessions.close()

    def read(
        self, connector: ConnectorState, now: float, *, paused: bool = False
    ) -> ConnectorReading:
        """Return what to show of a report; `paused` is whether the rules keep the vehicle from charging."""
        watts = power(connector, self._wiring, self._known_phases.count)
        present = self.has_vehicle(connector)
        charging = connector.drawn >= DRAWING_AMPS
        return ConnectorReading(
            status=_status(connector, has_vehicle=present, paused=paused),
            current=self._filter("current", connector.drawn, _CURRENT, now),
            offered_current=connector.offered,
            power=round(self._filter("power", watts, _POWER, now)),
            lifetime_energy=self._lifetime_energy(now),
            session=self._session(now),
            rating=connector.rating,
            plugged_in=_plugged_in(connector, has_vehicle=present),
            charging=charging,
            problem=connector.state == State.ERROR,
            vehicle=PluggedVehicle(
                connector.vin, self._known_phases if present or charging else None
            ),
            phases=self._phases(connector, now),
        )

    def _power(self, connector: ConnectorState) -> float:
        return power(connector, self._wiring, self._known_phases.count)

    def _session(self, now: float) -> SessionReading:
        """Return the running session as entities show it."""
        energy = self._filter("session", self.session_energy, _ENERGY, now)
        if (session := self._sessions.session) is None:
            self._deadbands.pop("peak", None)
            return SessionReading(energy)
        green, battery, grid = _percentages(session.amounts)
        return SessionReading(
            energy=energy,
            started=session.started,
            green_share=green,
            battery_share=battery,
            grid_share=grid,
            charging_minutes=int(session.charging_s // 60),
            # Without a deadband, the highest current would rise a little with each jitter of the current.
            peak_current=self._filter("peak", session.peak_amps, _PEAK, now),
        )

    def has_vehicle(self, connector: ConnectorState) -> bool:
        """Return whether a vehicle is plugged in, by the last report that shows it."""
        if not is_presence_unknown(connector):
            self._vehicle_present = has_vehicle(connector)
        return self._vehicle_present

    def _lifetime_energy(self, now: float) -> float | None:
        kwh = self._energy.lifetime_kwh
        return None if kwh is None else self._filter("lifetime", kwh, _ENERGY, now)

    def _filter(
        self, name: str, value: float, config: DeadbandConfig, now: float
    ) -> float:
        """Return the value to show, by the deadband of its name."""
        deadband = self._deadbands.setdefault(name, Deadband(config))
        return deadband.update(value, now)

    def _phases(
        self, connector: ConnectorState, now: float
    ) -> tuple[ConnectorPhase, ...]:
        voltages = connector.volts or (None, None, None)
        currents = connector.phase_amps or (None, None, None)
        return tuple(
            ConnectorPhase(
                None
                if volts is None
                else round(self._filter(f"voltage_{phase}", volts, _VOLTAGE, now)),
                None
                if amps is None
                else self._filter(f"current_{phase}", amps, _CURRENT, now),
            )
            for phase, (volts, amps) in enumerate(zip(voltages, currents, strict=True))
        )


def _percentages(amounts: Amounts) -> tuple[int | None, int | None, int | None]:
    """Return the shares of green energy, of the house battery and of the grid in %, 100 together; None if unknown."""
    if amounts.known_kwh <= 0:
        return None, None, None
    green = round(100 * amounts.green_kwh / amounts.known_kwh)
    battery = round(100 * amounts.battery_kwh / amounts.known_kwh)
    return green, battery, max(0, 100 - green - battery)


def _status(connector: ConnectorState, *, has_vehicle: bool, paused: bool) -> Status:
    """Return the status of a connector; one that cannot offer 0 A does not report that it is paused."""
    reported = status(connector, has_vehicle=has_vehicle)
    is_waiting = reported in {Status.CONNECTED, Status.STARTING, Status.COMPLETE}
    return Status.PAUSED if paused and is_waiting else reported


def _plugged_in(connector: ConnectorState, *, has_vehicle: bool) -> bool | None:
    """Return whether a vehicle is plugged in; None if the connector does not report it."""
    if has_vehicle:
        return True
    return False if connector.plug is PlugState.UNPLUGGED else None
