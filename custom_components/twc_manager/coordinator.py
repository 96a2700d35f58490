"""Where bus, rules and Home Assistant meet.

The master pushes a snapshot at every change of the bus; from it, the house and the owner's choices follow the
offers, which go back to the master, and the data the entities show.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .charging.choices import Choices
from .charging.outcome import Reason
from .charging.rules import Rules, Ruling
from .charging.sessions import Session, SessionLog, green_share
from .charging.stopping import CloseContactor, Command, OpenContactor, StartCar, StopCar
from .charging.wiring import Wiring, power
from .const import (
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DOMAIN,
    LOGGER,
)
from .house import HouseWatch, rules_config
from .meters import ConnectorMeters, ConnectorReading
from .problems import ProblemReporter
from .store import BusStore, StoredBus, StoredConnector
from .twc import (
    BusError,
    BusStatus,
    ConnectorState,
    KnownConnector,
    Master,
    Snapshot,
    Statistics,
    format_id,
)
from .verdict import BusVerdict, ConnectorVerdict, Judge

RULES_INTERVAL: Final = timedelta(seconds=5)
"""How often the rules look again although nothing happened: time alone can change their mind."""

ENERGY_SAVE_SECONDS: Final = 300.0
STATISTICS_SECONDS: Final = 60.0
AWAY_SECONDS: Final = 600.0
"""Nobody puts another master on the bus and takes it away again within so short an absence of ours."""

type TwcConfigEntry = ConfigEntry[TwcCoordinator]


@dataclass(frozen=True, slots=True)
class TwcData:
    """What the entities of one bus show. Connectors that are not there are missing."""

    status: BusStatus
    connectors: Mapping[int, ConnectorReading]
    verdicts: Mapping[int, ConnectorVerdict]
    verdict: BusVerdict
    choices: Choices
    statistics: Statistics
    schedules: Mapping[str, str]
    """The names of the schedules by their ids."""

    @property
    def total_current(self) -> float:
        """Return the A that all cars draw together."""
        return round(sum((item.current for item in self.connectors.values()), 0.0), 1)

    @property
    def total_power(self) -> int:
        """Return the W that all connectors deliver together."""
        return sum(item.power for item in self.connectors.values())


def connector_key(entry_id: str, connector_id: int) -> str:
    """Return what identifies a connector's device and, with more, its entities."""
    return f"{entry_id}_{format_id(connector_id)}"


def session_signal(entry_id: str, connector_id: int) -> str:
    """Return the signal that tells of a finished session at a connector."""
    return f"{DOMAIN}_session_{connector_key(entry_id, connector_id)}"


def wiring_of(entry: ConfigEntry) -> Wiring:
    """Return the wiring as it was set up."""
    data = entry.data
    return Wiring(
        max_current=data[CONF_MAX_CURRENT],
        max_connector_current=data[CONF_MAX_CONNECTOR_CURRENT],
        min_current=data[CONF_MIN_CURRENT],
        voltage=data[CONF_VOLTAGE],
        phases=data[CONF_PHASES],
    )


class TwcCoordinator(DataUpdateCoordinator[TwcData]):
    """Runs one bus."""

    config_entry: TwcConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        store: BusStore,
        kept: StoredBus,
    ) -> None:
        """Prepare; nothing happens on the bus before `async_start`."""
        super().__init__(hass, LOGGER, config_entry=entry, name=DOMAIN)
        self.wiring = wiring_of(entry)
        self.house = HouseWatch(hass, entry)
        self.sessions = SessionLog(kept.sessions)
        self._store = store
        self._kept = kept
        self._rules = Rules(
            self.wiring,
            rules_config(self.house.options),
            {
                connector_id: stored.stop
                for connector_id, stored in kept.connectors.items()
                if stored.stop is not None
            },
        )
        self._judge = Judge(self.wiring)
        self._meters = {
            connector_id: _meters_of(self.wiring, stored)
            for connector_id, stored in kept.connectors.items()
        }
        self._master = Master(
            entry.data[CONF_DEVICE],
            entry.data[CONF_MASTER_ID],
            self.wiring.limits,
            known=[stored.known for stored in kept.connectors.values()],
            search=_may_have_missed_somebody(kept),
            on_change=self._bus_changed,
        )
        self._wake: CALLBACK_TYPE | None = None
        self._soon: asyncio.Handle | None = None
        self._stopped = False
        self._failing = False
        self._problems = ProblemReporter(hass, entry)
        self._statistics_at = 0.0
        self._energy_saved_at = hass.loop.time()
        self.data = TwcData(
            BusStatus.OFFLINE,
            {},
            {},
            BusVerdict(),
            kept.choices,
            Statistics(),
            self._schedules(),
        )

    @property
    def snapshot(self) -> Snapshot:
        """Return the bus as it is now."""
        return self._master.snapshot

    @property
    def master(self) -> Master:
        """Return the master, for diagnostics."""
        return self._master

    @property
    def choices(self) -> Choices:
        """Return what the owner chose."""
        return self._kept.choices

    @property
    def stored_connectors(self) -> Mapping[int, StoredConnector]:
        """Return what is kept of all connectors, there or not."""
        return self._kept.connectors

    @override
    async def _async_update_data(self) -> TwcData:
        """Return what is known: the bus pushes, there is nothing to ask for."""
        return self.data

    async def async_start(self) -> None:
        """Open the port and begin.

        Raises:
            ConfigEntryNotReady: if the port cannot be opened; nothing is left running then.

        """
        try:
            await self._master.start()
        except BusError as err:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key=err.reason.value,
                translation_placeholders={
                    "device": self.config_entry.data[CONF_DEVICE].partition("?")[0]
                },
            ) from err
        entry = self.config_entry
        entry.async_on_unload(
            async_track_time_interval(self.hass, self._time_passed, RULES_INTERVAL)
        )
        entry.async_on_unload(self.house.async_start(self._look_soon))
        entry.async_on_unload(
            self.hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_STOP, self._home_assistant_stops
            )
        )

    async def async_stop(self) -> None:
        """Leave the bus, release the port and keep what is to be kept."""
        self._stopped = True
        self._cancel_wake()
        self._problems.clear()
        self._to_keep()
        await self._master.stop()
        self._keep_counted()
        await self._store.async_save(self._kept)

    async def _home_assistant_stops(self, _: Event) -> None:
        await self.async_stop()

    # What the owner does

    @callback
    def async_choose(self, choices: Choices) -> None:
        """Take what the owner chose; it acts at once and is kept."""
        self._kept = replace(self._kept, choices=choices)
        self._save_soon()
        self._apply_rules()

    @callback
    def async_forget(self, connector_id: int) -> None:
        """Forget a connector that is gone for good."""
        connectors = {**self._kept.connectors}
        connectors.pop(connector_id, None)
        self._kept = replace(self._kept, connectors=connectors)
        meters = self._meters.pop(connector_id, None)
        if meters is not None and (lost := meters.close()):
            self._session_ended(lost)
        self.async_choose(self.choices.without_connector(connector_id))

    def _save_soon(self) -> None:
        self._store.async_save_soon(self._to_keep)

    def _to_keep(self) -> StoredBus:
        if self._master.snapshot.status is BusStatus.RUNNING:
            self._note_in_charge()
        return self._kept

    def _note_in_charge(self) -> None:
        """Note that everybody on the bus is known and in our hands."""
        at = dt_util.utcnow().timestamp()
        self._kept = replace(self._kept, in_charge_at=at)

    # What happens

    @callback
    def _bus_changed(self, snapshot: Snapshot) -> None:
        if self._remember(snapshot):
            self._save_soon()
        self._look_soon()

    @callback
    def _look_soon(self) -> None:
        """Look once the event loop is back, and once only, at all that is told now.

        Not from within the master, where an error would end what reads the port, nor from within a change of a
        state, which may be one of ours.
        """
        if self._soon is None and not self._stopped:
            self._soon = self.hass.loop.call_soon(self._apply_rules)

    @callback
    def _time_passed(self, _: datetime) -> None:
        now = self.hass.loop.time()
        if now - self._energy_saved_at >= ENERGY_SAVE_SECONDS:
            self._energy_saved_at = now
            if self._keep_counted():
                self._save_soon()
        self._apply_rules()

    @callback
    def _apply_rules(self) -> None:
        """Work out the offers, hand them to the master, and show the outcome."""
        self._cancel_wake()
        if self._stopped:
            return
        now, local = self.hass.loop.time(), dt_util.now()
        self._settle_choices(local)
        snapshot = self._master.snapshot
        if (ruling := self._ruling(snapshot, now, local)) is None:
            return
        self._master.set_offers(ruling.decision.offers)
        self._obey(ruling.decision.commands)
        if snapshot.status is not BusStatus.OFFLINE:
            self._count(snapshot, ruling, now, local)
        self._show(snapshot, ruling, now, local)
        self._wake_again(ruling, now, local)

    def _ruling(self, snapshot: Snapshot, now: float, local: datetime) -> Ruling | None:
        """Return what the rules say; None if they fail, and then nobody is offered anything."""
        try:
            house = self.house.look(now, self.choices.disabled_schedules)
            ruling = self._rules.decide(now, local, snapshot, self.choices, house)
        except Exception:  # noqa: BLE001
            if not self._failing:
                LOGGER.exception("The rules failed; until they work nothing is offered")
            self._failing = True
            ids = (item.connector_id for item in snapshot.connectors)
            self._master.set_offers(dict.fromkeys(ids, 0))
            return None
        self._failing = False
        return ruling

    def _settle_choices(self, local: datetime) -> None:
        """Take back what the owner chose for a while only and is over, and what names schedules that are gone."""
        choices = self.choices.settled(local).with_schedules(self._schedules().keys())
        if choices != self.choices:
            self._kept = replace(self._kept, choices=choices)
            self._save_soon()

    def _obey(self, commands: Sequence[Command]) -> None:
        for command in commands:
            self._obey_one(command)
        if commands and self._keep_counted():
            # Nobody else would remember that a car has to be started again.
            self._save_soon()

    def _obey_one(self, command: Command) -> None:
        connector_id = command.connector_id
        match command:
            case OpenContactor() | CloseContactor():
                closed = isinstance(command, CloseContactor)
                self._master.switch_contactor(connector_id, closed=closed)
            case StartCar() | StopCar():
                charge = isinstance(command, StartCar)
                self.config_entry.async_create_background_task(
                    self.hass,
                    self.house.async_tell_car(connector_id, charge=charge),
                    f"tell the car at {format_id(connector_id)}",
                )

    def _wake_again(self, ruling: Ruling, now: float, local: datetime) -> None:
        """Look again when the rules say, or when another of them comes into force."""
        waits = [
            (order.until - local).total_seconds()
            for order in (ruling.bus_order, *ruling.orders.values())
            if order.until is not None
        ]
        if ruling.decision.wake_at is not None:
            waits.append(ruling.decision.wake_at - now)
        if not waits or (wait := min(waits)) >= RULES_INTERVAL.total_seconds():
            return
        self._wake = async_call_later(self.hass, max(wait, 0.05), self._woken)

    @callback
    def _woken(self, _: datetime) -> None:
        self._wake = None
        self._apply_rules()

    def _cancel_wake(self) -> None:
        """Wait no longer for a look that is taken now, or never."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._wake is not None:
            self._wake()
            self._wake = None

    # What is shown

    def _count(
        self, snapshot: Snapshot, ruling: Ruling, now: float, local: datetime
    ) -> None:
        """Count energy and sessions, whoever looks."""
        charging_w = sum(power(item, self.wiring) for item in snapshot.connectors)
        share = green_share(self._green_w(ruling), charging_w)
        for connector in snapshot.connectors:
            meters = self._meters_for(connector)
            if ended := meters.count(connector, share, now, local):
                self._session_ended(ended)

    def _green_w(self, ruling: Ruling) -> float | None:
        """Return the W of green energy that the cars could take; None if nobody knows."""
        surplus = ruling.surplus
        if surplus is None or surplus.watts is None:
            return None
        # What is kept back for the house changes what the cars get, not where their energy comes from.
        return surplus.watts + self.choices.green.offset_w

    def _session_ended(self, session: Session) -> None:
        self.sessions.add(session)
        self._keep_counted()
        self._save_soon()
        entry_id = self.config_entry.entry_id
        async_dispatcher_send(
            self.hass, session_signal(entry_id, session.connector_id), session
        )

    def _show(
        self, snapshot: Snapshot, ruling: Ruling, now: float, local: datetime
    ) -> None:
        there = snapshot.connectors if snapshot.status is not BusStatus.OFFLINE else ()
        verdicts = self._judge.connectors(ruling, now, local)
        data = TwcData(
            status=snapshot.status,
            connectors={
                item.connector_id: self._meters_for(item).read(
                    item, now, paused=_is_paused(ruling, item.connector_id)
                )
                for item in there
            },
            verdicts=verdicts,
            verdict=self._judge.bus(ruling, self.choices, now),
            choices=self.choices,
            statistics=self._statistics(now),
            schedules=self._schedules(),
        )
        self._problems.update(snapshot, ruling, now)
        if data != self.data:
            self.async_set_updated_data(data)

    def _schedules(self) -> Mapping[str, str]:
        return {item.schedule.id: item.schedule.name for item in self.house.schedules}

    def _meters_for(self, connector: ConnectorState) -> ConnectorMeters:
        meters = self._meters.get(connector.connector_id)
        if meters is None:
            meters = ConnectorMeters(
                self.wiring, connector.connector_id, connector.rating
            )
            self._meters[connector.connector_id] = meters
        return meters

    def _statistics(self, now: float) -> Statistics:
        """Return the counts, not more often than anybody wants to see them change."""
        if now - self._statistics_at < STATISTICS_SECONDS:
            return self.data.statistics
        self._statistics_at = now
        return self._master.statistics

    # What is kept

    def _keep(self, stored: StoredConnector) -> None:
        connector_id = stored.known.connector_id
        self._kept = replace(
            self._kept, connectors={**self._kept.connectors, connector_id: stored}
        )

    def _remember(self, snapshot: Snapshot) -> bool:
        """Keep what the connectors told of themselves; return whether any of it is new."""
        before = self._kept
        if snapshot.status is BusStatus.RUNNING and before.in_charge_at is None:
            self._note_in_charge()
        for connector in snapshot.connectors:
            self._remember_connector(connector)
        return self._kept is not before

    def _remember_connector(self, connector: ConnectorState) -> None:
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
        self._keep(stored)
        if before is not None:
            self._update_device(stored)

    def _update_device(self, stored: StoredConnector) -> None:
        """Show what a connector told of itself only after its device was made."""
        registry = dr.async_get(self.hass)
        entry_id = self.config_entry.entry_id
        key = connector_key(entry_id, stored.known.connector_id)
        if device := registry.async_get_device_by_identifier((DOMAIN, key), entry_id):
            registry.async_update_device(
                device.id,
                serial_number=stored.serial_number,
                sw_version=stored.firmware,
            )

    def _keep_counted(self) -> bool:
        """Keep what was counted and what is to be remembered of the cars; return whether it changed."""
        before = self._kept
        at = dt_util.utcnow().timestamp()
        stops = self._rules.stored
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
                self._keep(replace(counted, energy_at=at))
        self._kept = replace(self._kept, sessions=tuple(self.sessions.stored))
        return self._kept != before


def _is_paused(ruling: Ruling, connector_id: int) -> bool:
    """Return whether the rules let no car charge at a connector, however full it is."""
    decision = ruling.decision.connectors.get(connector_id)
    content = {Reason.CAR_FULL, Reason.CAR_LIMIT, Reason.NO_CAR}
    return (
        decision is not None and not decision.offer and decision.reason not in content
    )


def _may_have_missed_somebody(kept: StoredBus) -> bool:
    """Return whether another master may have fed connectors that we do not know, before us or meanwhile."""
    away = _seconds_since(kept.in_charge_at)
    return away is None or away > AWAY_SECONDS


def _meters_of(wiring: Wiring, stored: StoredConnector) -> ConnectorMeters:
    return ConnectorMeters(
        wiring,
        stored.known.connector_id,
        stored.known.rating,
        stored.energy,
        away_s=_seconds_since(stored.energy_at),
        session=stored.session,
        last_session_energy=stored.last_session_energy,
    )


def _seconds_since(timestamp: float | None) -> float | None:
    """Return how long ago a time since the epoch is, in s; None if it is not known or still to come."""
    if timestamp is None:
        return None
    seconds = dt_util.utcnow().timestamp() - timestamp
    return seconds if seconds >= 0 else None
