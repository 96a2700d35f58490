"""What charging cost, as entities show it: by session, month and year, of each connector and each vehicle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ..charging.metering.amounts import Amounts, total
from ..charging.metering.session_log import SessionLog
from ..charging.metering.sessions import Session, month_of
from .counters import BusCounters
from .deadband import Deadband, DeadbandConfig

_DEADBANDS: Final = {
    "session": DeadbandConfig(step=0.01, noise=1.0, band=1.0, seconds=60),
    "month": DeadbandConfig(step=0.01, noise=5.0, band=5.0, seconds=300),
    "year": DeadbandConfig(step=0.01, noise=5.0, band=5.0, seconds=300),
    "energy": DeadbandConfig(step=0.01, noise=1.0, band=1.0, seconds=300),
}
"""The deadbands of the sums, in money or kWh: each change is a row in the recorder's database."""


@dataclass(frozen=True, slots=True)
class PeriodCost:
    """What charging cost in a period.

    Attributes:
        started: when the period began; None if there was no session yet.
        amount: the money; None if the cost is unknown.
        currency: its currency; empty if no price was known.

    """

    started: datetime | None = None
    amount: float | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class CostReading:
    """What charging cost at a connector or for a vehicle; `session` is the running session, otherwise the last one."""

    session: PeriodCost
    month: PeriodCost
    year: PeriodCost


@dataclass(frozen=True, slots=True)
class EnergyBySource:
    """The energy of all sessions by its source, in kWh."""

    green: float = 0.0
    battery: float = 0.0
    grid: float = 0.0


@dataclass(frozen=True, slots=True)
class Costs:
    """What charging cost and where the energy came from.

    Attributes:
        connectors: the costs by connector.
        vehicles: the costs by the ids of vehicles.
        energy: the energy by connector.

    """

    connectors: Mapping[int, CostReading] = field(default_factory=dict)
    vehicles: Mapping[str, CostReading] = field(default_factory=dict)
    energy: Mapping[int, EnergyBySource] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Owner:
    """The connector or the vehicle whose sessions count."""

    connector_id: int | None = None
    vehicle_id: str | None = None

    def has(self, session: Session) -> bool:
        return self.connector_id in {
            None,
            session.connector_id,
        } and self.vehicle_id in {None, session.vehicle_id}


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The sessions that are summed up, and the time of the update."""

    log: SessionLog
    running: tuple[Session, ...]
    now: float
    local: datetime


class CostView:
    """Sums up the costs of a bus for its entities; small changes are held back by deadbands."""

    def __init__(self) -> None:
        """Start without anything shown."""
        self._shown: dict[tuple[_Owner, str], tuple[datetime | None, Deadband]] = {}
        self._finished: dict[tuple[_Owner, str, str], Amounts] = {}
        self._currencies: dict[_Owner, str] = {}
        self._months: object = None

    def read(
        self,
        counters: BusCounters,
        connectors: Iterable[int],
        vehicles: Iterable[str],
        *,
        now: float,
        local: datetime,
    ) -> Costs:
        """Return what to show.

        Args:
            counters: the sessions, those that run and those that are finished.
            connectors: the ids of the connectors.
            vehicles: the ids of the vehicles.
            now: the time, in s of a monotonic clock.
            local: the local time.

        """
        log = counters.sessions
        if log.months is not self._months:
            self._months, self._finished, self._currencies = log.months, {}, {}
        sessions = _Sessions(log, tuple(counters.running), now, local)
        ids = tuple(connectors)
        return Costs(
            {item: self._cost(_Owner(connector_id=item), sessions) for item in ids},
            {item: self._cost(_Owner(vehicle_id=item), sessions) for item in vehicles},
            {item: self._energy(_Owner(connector_id=item), sessions) for item in ids},
        )

    def _cost(self, owner: _Owner, sessions: _Sessions) -> CostReading:
        local = sessions.local
        month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        in_month = self._sum(owner, sessions, month_of(local))
        in_year = self._sum(owner, sessions, f"{local.year:04}")
        return CostReading(
            self._session(owner, sessions),
            self._paid(owner, "month", month, in_month, sessions.now),
            self._paid(owner, "year", month.replace(month=1), in_year, sessions.now),
        )

    def _session(self, owner: _Owner, sessions: _Sessions) -> PeriodCost:
        running = next((item for item in sessions.running if owner.has(item)), None)
        session = running or sessions.log.last(
            connector_id=owner.connector_id, vehicle_id=owner.vehicle_id
        )
        if session is None:
            return PeriodCost()
        return self._paid(
            owner, "session", session.started, session.amounts, sessions.now
        )

    def _energy(self, owner: _Owner, sessions: _Sessions) -> EnergyBySource:
        amounts, now = self._sum(owner, sessions, ""), sessions.now
        return EnergyBySource(
            self._deadband(owner, "green", "energy").update(amounts.green_kwh, now),
            self._deadband(owner, "battery", "energy").update(amounts.battery_kwh, now),
            self._deadband(owner, "grid", "energy").update(amounts.grid_kwh, now),
        )

    def _sum(self, owner: _Owner, sessions: _Sessions, period: str) -> Amounts:
        """Return the amounts of a month, of a year, or of all time if `period` is empty, with the running sessions."""
        currency = self._currency(owner, sessions)
        key = owner, period, currency
        if key not in self._finished:
            self._finished[key] = sessions.log.months.of(
                period,
                currency=currency,
                connector_id=owner.connector_id,
                vehicle_id=owner.vehicle_id,
            )
        running = (
            item.amounts.in_currency(currency)
            for session in sessions.running
            if owner.has(session)
            for item in session.months
            if item.month.startswith(period)
        )
        return self._finished[key] + total(running)

    def _currency(self, owner: _Owner, sessions: _Sessions) -> str:
        """Return the currency in which an owner's costs are shown: that of the last price; empty if there was none."""
        running = filter(owner.has, sessions.running)
        last = next(filter(None, (item.amounts.currency for item in running)), "")
        if last:
            return last
        if owner not in self._currencies:
            self._currencies[owner] = sessions.log.last_currency(
                connector_id=owner.connector_id, vehicle_id=owner.vehicle_id
            )
        return self._currencies[owner]

    def _paid(
        self, owner: _Owner, kind: str, start: datetime, amounts: Amounts, now: float
    ) -> PeriodCost:
        """Return the cost of a period: 0 without energy, None for energy without a price."""
        currency = "" if amounts.cost is None else amounts.cost.currency
        amount = amounts.paid if amounts.energy_kwh > 0 else 0.0
        if amount is not None:
            amount = self._deadband(owner, kind, kind, start).update(amount, now)
        return PeriodCost(start, amount, currency)

    def _deadband(
        self, owner: _Owner, name: str, kind: str, start: datetime | None = None
    ) -> Deadband:
        """Return the deadband of a sum; a new one, which shows its first value at once, when the period starts anew."""
        key = owner, name
        before, deadband = self._shown.get(key, (start, None))
        if deadband is None or before != start:
            deadband = Deadband(_DEADBANDS[kind])
            self._shown[key] = start, deadband
        return deadband
