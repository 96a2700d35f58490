"""Where bus, rules, cars and Home Assistant meet.

The master pushes a snapshot at every change of the bus; from it, the house and the owner's choices follow the
offers, which go back to the master, what the cars are told, and the data the entities show.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, override

from homeassistant.const import CONF_DEVICE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .charging.allocation.demand import has_car
from .charging.control.stopping import CloseContactor, ContactorCommand
from .charging.metering.session_tracker import green_share
from .charging.metering.sessions import Session
from .charging.modes.active_rule import RuleSettings
from .charging.modes.user_settings import UserSettings
from .charging.rules import Rules, RulesResult
from .charging.wiring import power
from .const import CONF_MASTER_ID, DOMAIN, LOGGER
from .inputs.schedules import SUBENTRY_SCHEDULE
from .inputs.watcher import SensorInputs, rules_config
from .inputs.wiring import wiring_of
from .issues import IssueReporter
from .state.data import TwcData, is_paused
from .state.explanations import BusExplanation, Explainer
from .state.identifiers import session_signal
from .state.persistence import BusPersistence, Sources
from .state.store import BusStore, StoredBus
from .subentries import async_watch_subentries
from .twc import BusError, BusStatus, Master, Snapshot, Statistics, public_name
from .types import TwcConfigEntry
from .vehicles.account_data import ROTATING_KEYS, SUBENTRY_ACCOUNT
from .vehicles.manager import VehicleManager
from .vehicles.vehicle_data import SUBENTRY_VEHICLE

AMPS_SECONDS: Final = 0.5
"""How long what connectors measure waits for the others: half a beat, in which all of them answer."""

BUSY_SECONDS: Final = 5.0
"""How often the rules look again while there is a car although nothing happened but jitter: what it takes is counted
then."""

IDLE_SECONDS: Final = 60.0
"""The same while there is none."""

STATISTICS_SECONDS: Final = 60.0


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
        self.house = SensorInputs(hass, entry)
        self.persistence = BusPersistence(
            hass,
            entry,
            store,
            kept,
            Sources(
                wiring=self.wiring,
                in_charge=lambda: self.snapshot.status is BusStatus.RUNNING,
                stops=lambda: self._rules.stored,
                starts=lambda: self._rules.starts,
            ),
        )
        self.vehicles = VehicleManager(
            hass, entry, kept.vehicles, self.persistence.update_vehicles
        )
        self._rules = Rules(
            self.wiring,
            rules_config(self.house.options),
            {
                connector_id: stored.stop
                for connector_id, stored in kept.connectors.items()
                if stored.stop is not None
            },
            kept.starts,
        )
        self._explainer = Explainer(self.wiring)
        self._master = Master(
            entry.data[CONF_DEVICE],
            entry.data[CONF_MASTER_ID],
            self.wiring.limits,
            known=self.persistence.known_connectors,
            search=self.persistence.may_miss_connectors,
            on_change=self._bus_changed,
        )
        self._wake: CALLBACK_TYPE | None = None
        self._soon: asyncio.Handle | None = None
        self._amps: asyncio.TimerHandle | None = None
        self._facts: tuple[object, ...] = ()
        self._looked_at = Snapshot()
        self._stopped = False
        self._looking = False
        self._failing = False
        self._cars_failing = False
        self._problems = IssueReporter(hass, entry)
        self._statistics_at = 0.0
        self.data = TwcData(
            BusStatus.OFFLINE,
            {},
            {},
            BusExplanation(),
            kept.user_settings,
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
    def user_settings(self) -> UserSettings:
        """Return what the owner chose."""
        return self.persistence.user_settings

    def rule_settings(self) -> RuleSettings:
        """Return what decides now which rule is in force."""
        house = self.house.look(
            self.hass.loop.time(), self.user_settings.disabled_schedules
        )
        return self.user_settings.rule_settings(house.schedules)

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
                    "device": public_name(self.config_entry.data[CONF_DEVICE])
                },
            ) from err
        entry = self.config_entry
        entry.async_on_unload(self.house.async_start(self._look_soon))
        self.vehicles.async_start(self._look_soon)
        entry.async_on_unload(
            async_watch_subentries(
                self.hass,
                lambda: (entry,),
                self._subentries_changed,
                ignored=ROTATING_KEYS,
            )
        )
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
        self.vehicles.async_stop()
        self.persistence.note_in_charge()
        await self._master.stop()
        await self.persistence.async_close()

    async def _home_assistant_stops(self, _: Event) -> None:
        if self.house.options.leave_at_minimum:
            # The rules have no say any more: they would give more again.
            self._stopped = True
            self._cancel_wake()
            await self._master.lower(self.wiring.min_current)
        await self.async_stop()

    # What the owner does

    @callback
    def async_choose(self, user_settings: UserSettings) -> None:
        """Take what the owner chose; it acts at once and is kept."""
        self.persistence.update_user_settings(user_settings)
        self._apply_rules()

    @callback
    def async_forget(self, connector_id: int) -> None:
        """Forget a connector that is gone for good."""
        # Whoever is on the bus after all is remembered anew.
        self._facts = ()
        if lost := self.persistence.remove_connector(connector_id):
            self._session_ended(lost)
        self._apply_rules()

    @callback
    def _subentries_changed(self, kinds: frozenset[str]) -> None:
        """Have what the owner changed read again: the schedules, or the vehicles and accounts."""
        if self._stopped:
            return
        if SUBENTRY_SCHEDULE in kinds:
            self.house.async_update_schedules()
        if kinds & {SUBENTRY_ACCOUNT, SUBENTRY_VEHICLE}:
            self.vehicles.async_update()

    # What happens

    @callback
    def _bus_changed(self, snapshot: Snapshot) -> None:
        facts = snapshot.facts
        if facts != self._facts:
            self._facts = facts
            self.persistence.update_connectors(snapshot)
            self._look_soon()
        elif not snapshot.measures_like(self._looked_at):
            self._look_at_amps()

    def _look_at_amps(self) -> None:
        """Look once all connectors have told in this beat what they measure, not after each of them."""
        if self._amps is None and not self._stopped:
            self._amps = self.hass.loop.call_later(AMPS_SECONDS, self._apply_rules)

    @callback
    def _look_soon(self) -> None:
        """Look once the event loop is back, and once only, at all that is told now.

        Not from within the master, where an error would end what reads the port, nor from within a change of a
        state, which may be one of ours.
        """
        if self._soon is None and not self._stopped:
            self._soon = self.hass.loop.call_soon(self._apply_rules)

    @callback
    def _apply_rules(self) -> None:
        """Look at everything, or right afterwards if an automation chose something because of what is shown just now."""
        if self._looking:
            self._look_soon()
            return
        self._cancel_wake()
        if self._stopped:
            return
        self._looking = True
        try:
            self._look()
        finally:
            self._looking = False

    def _look(self) -> None:
        """Work out the offers, hand them to the master, and show the outcome."""
        now, local = self.hass.loop.time(), dt_util.now()
        self._settle_choices(local)
        snapshot = self._looked_at = self._master.snapshot
        if (ruling := self._ruling(snapshot, now, local)) is None:
            self._wake = async_call_later(self.hass, BUSY_SECONDS, self._woken)
            return
        self._master.set_offers(ruling.decision.offers)
        self._obey(ruling.decision.commands)
        self._tell_cars(ruling, now, local)
        if snapshot.status is not BusStatus.OFFLINE:
            self._count(snapshot, ruling, now, local)
        self._show(snapshot, ruling, now, local)
        self._wake_again(ruling, now, local)

    def _ruling(
        self, snapshot: Snapshot, now: float, local: datetime
    ) -> RulesResult | None:
        """Return what the rules say; None if they fail, and then nobody is offered anything."""
        try:
            house = replace(
                self.house.look(now, self.user_settings.disabled_schedules),
                commandable=self.vehicles.commandable,
                declined_charging=self.vehicles.declined_charging,
            )
            ruling = self._rules.decide(now, local, snapshot, self.user_settings, house)
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
        self.persistence.update_user_settings(
            self.user_settings.settled(local).with_schedules(self._schedules().keys())
        )

    def _obey(self, commands: Sequence[ContactorCommand]) -> None:
        for command in commands:
            closed = isinstance(command, CloseContactor)
            self._master.switch_contactor(command.connector_id, closed=closed)
        if commands:
            # Nobody else would remember that a contactor has to be closed again.
            self.persistence.save_counters()

    def _tell_cars(self, ruling: RulesResult, now: float, local: datetime) -> None:
        """Let the cars be told what is due; whatever goes wrong there is no reason to leave the bus alone."""
        try:
            told = self.vehicles.async_decide(now, local.date(), ruling.decision)
        except Exception:  # noqa: BLE001
            if not self._cars_failing:
                LOGGER.exception("The cars cannot be told anything")
            self._cars_failing = True
            return
        self._cars_failing = False
        if told:
            # Nobody else would remember that a car has to be started again.
            self.persistence.save_counters()

    def _wake_again(self, ruling: RulesResult, now: float, local: datetime) -> None:
        """Look again when the rules say, when another of them comes into force, or else after a while."""
        # A car that is gone still has its session, until that is certain.
        busy = any(
            has_car(item) or self.persistence.meters(item).has_session
            for item in self.snapshot.connectors
        )
        waits = [BUSY_SECONDS if busy else IDLE_SECONDS]
        waits += [
            (active_rule.until - local).total_seconds()
            for active_rule in (ruling.bus_rule, *ruling.active_rules.values())
            if active_rule.until is not None
        ]
        if (fall := self.user_settings.next_fall) is not None:
            waits.append((fall - local).total_seconds())
        times = (ruling.decision.wake_at, self.vehicles.wake_at)
        waits += [at - now for at in times if at is not None]
        self._wake = async_call_later(self.hass, max(min(waits), 0.05), self._woken)

    @callback
    def _woken(self, _: datetime) -> None:
        self._wake = None
        self._apply_rules()

    def _cancel_wake(self) -> None:
        """Wait no longer for a look that is taken now, or never."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._amps is not None:
            self._amps.cancel()
            self._amps = None
        if self._wake is not None:
            self._wake()
            self._wake = None

    # What is shown

    def _count(
        self, snapshot: Snapshot, ruling: RulesResult, now: float, local: datetime
    ) -> None:
        """Count energy and sessions, whoever looks."""
        charging_w = sum(power(item, self.wiring) for item in snapshot.connectors)
        share = green_share(self._green_w(ruling), charging_w)
        for ended in self.persistence.count(snapshot, share, now, local):
            self._session_ended(ended)

    def _green_w(self, ruling: RulesResult) -> float | None:
        """Return the W of green energy that the cars could take; None if nobody knows."""
        surplus = ruling.surplus
        if surplus is None or surplus.watts is None:
            return None
        # What is kept back for the house changes what the cars get, not where their energy comes from.
        return surplus.watts + self.user_settings.green.reserved_w

    def _session_ended(self, session: Session) -> None:
        entry_id = self.config_entry.entry_id
        async_dispatcher_send(
            self.hass, session_signal(entry_id, session.connector_id), session
        )

    def _show(
        self, snapshot: Snapshot, ruling: RulesResult, now: float, local: datetime
    ) -> None:
        there = snapshot.connectors if snapshot.status is not BusStatus.OFFLINE else ()
        explanations = self._explainer.connectors(ruling, now, local)
        data = TwcData(
            status=snapshot.status,
            connectors={
                item.connector_id: self.persistence.meters(item).read(
                    item, now, paused=is_paused(ruling, item.connector_id)
                )
                for item in there
            },
            explanations=explanations,
            explanation=self._explainer.bus(
                ruling, self.user_settings, now, snapshot.status
            ),
            user_settings=self.user_settings,
            statistics=self._statistics(now),
            schedules=self._schedules(),
            vehicles=self.vehicles.reading(local.date()),
        )
        silent = self.house.silent_sensors(ruling.surplus, now)
        late_heartbeats = data.statistics.late_heartbeats
        self._problems.update(snapshot, ruling, silent, late_heartbeats, now)
        if data != self.data:
            self.async_set_updated_data(data)

    def _schedules(self) -> Mapping[str, str]:
        return {item.schedule.id: item.schedule.name for item in self.house.schedules}

    def _statistics(self, now: float) -> Statistics:
        """Return the counts, not more often than anybody wants to see them change."""
        if now - self._statistics_at < STATISTICS_SECONDS:
            return self.data.statistics
        self._statistics_at = now
        return self._master.statistics
