"""Runs one bus: what the connectors report becomes offers, commands to vehicles and the data of the entities.

The master calls at every change of the bus. The rules decide on its snapshot, the house's sensors and the user's
settings; their offers go back to the master.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import override

from homeassistant.const import CONF_DEVICE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .charging.allocation.demand import has_vehicle
from .charging.control.checks import ConnectorChecks
from .charging.control.stop_methods import CloseContactor, ContactorCommand
from .charging.metering.sessions import Session
from .charging.modes.active_rule import RuleSettings
from .charging.modes.user_settings import UserSettings
from .charging.rules import Rules, RulesResult
from .charging.wiring import Wiring
from .checks import async_store_checks
from .connection import ConnectionReporter, async_note_failed_set_up
from .const import CONF_MASTER_ID, DOMAIN, LOGGER
from .inputs.places import async_take_places
from .inputs.plans import SUBENTRY_PLAN, plans_of
from .inputs.schedules import SUBENTRY_SCHEDULE
from .inputs.watcher import rules_config
from .inputs.wiring import wiring_of
from .issues import IssueReporter
from .keeper_link.link import KeeperLink, goes_on, limits_with
from .runtime.callers import is_by_person
from .runtime.changes import BusChanges
from .runtime.counting import circumstances_of
from .runtime.decision_timer import DecisionTimer
from .runtime.house import HouseInputs
from .runtime.plans import PlanManager, sources_of
from .runtime.rules_runner import RulesRunner
from .runtime.waits import BUSY_SECONDS, wait_after
from .state.data import TwcData
from .state.identifiers import session_signal
from .state.persistence import BusPersistence, Sources
from .state.run_mark import RunMark
from .state.store import BusStore, StoredBus
from .state.view import BusView
from .subentries import async_watch_subentries
from .twc import BusError, BusStatus, Master, Snapshot, public_name
from .types import TwcConfigEntry
from .vehicles.account_data import ROTATING_KEYS, SUBENTRY_ACCOUNT
from .vehicles.manager import VehicleManager
from .vehicles.vehicle_data import SUBENTRY_VEHICLE


class TwcCoordinator(DataUpdateCoordinator[TwcData]):
    """Runs one bus."""

    config_entry: TwcConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        store: BusStore,
        kept: StoredBus,
        run_mark: RunMark,
        *,
        keeper: KeeperLink | None = None,
    ) -> None:
        """Prepare; nothing happens on the bus before `async_start`."""
        super().__init__(hass, LOGGER, config_entry=entry, name=DOMAIN)
        self.keeper = keeper
        self.inputs = HouseInputs(hass, entry)
        self._timer = DecisionTimer(hass, self._decide)
        self.persistence = BusPersistence(
            hass,
            entry,
            store,
            kept,
            Sources(
                run_mark=run_mark,
                wiring=self.wiring,
                in_charge=lambda: self.snapshot.status is BusStatus.RUNNING,
                stops=lambda: self._rules.rules.stored,
                starts=lambda: self._rules.rules.starts,
                kept=None if keeper is None else keeper.found,
            ),
            on_written=self._timer.decide_soon,
        )
        self.inputs.outside.note_number(self.user_settings.house.outside_w)
        self.vehicles = VehicleManager(hass, entry, self.persistence)
        options, wake = self.inputs.options, self._timer.decide_soon
        places = async_take_places(hass, entry, options, wake)
        rules = Rules(
            self.wiring,
            rules_config(options),
            kept.stops,
            kept.starts,
            places.fuse,
            green=places.green,
        )
        rules.checks.on_change = self._timer.decide_now
        sources = sources_of(self.persistence, self.vehicles, lambda: self.snapshot)
        plans = PlanManager(
            hass, entry.entry_id, rules.plans, sources, self._timer.decide_soon
        )
        self._rules = RulesRunner(rules, self.inputs, self.vehicles, plans)
        self._master = Master(
            entry.data[CONF_DEVICE],
            entry.data[CONF_MASTER_ID],
            limits_with(entry, self.wiring.limits),
            known=self.persistence.known_connectors,
            search=self.persistence.may_miss_connectors,
            on_change=self._bus_changed,
        )
        self._changes = BusChanges()
        self._issues = IssueReporter(hass, entry)
        self._connections = ConnectionReporter(hass, entry)
        self._view = BusView(
            self.wiring, self.persistence, lambda: self._master.statistics
        )
        self.data = self._view.before_start(self._schedules())

    @property
    def wiring(self) -> Wiring:
        """Return the wiring of the bus."""
        return wiring_of(self.config_entry)

    @property
    def snapshot(self) -> Snapshot:
        """Return the bus as it is now."""
        return self._master.snapshot

    @property
    def master(self) -> Master:
        """Return the master, for diagnostics."""
        return self._master

    @property
    def checks(self) -> ConnectorChecks:
        """Return the connector checks."""
        return self._rules.rules.checks

    @property
    def plans(self) -> PlanManager:
        """Return the plans."""
        return self._rules.plans

    @property
    def user_settings(self) -> UserSettings:
        """Return what the owner set by entities and actions."""
        return self.persistence.user_settings

    def rule_settings(self) -> RuleSettings:
        """Return the settings and schedules that select the rule in force now."""
        house = self.inputs.read(
            self.hass.loop.time(), self.user_settings.disabled_schedules
        )
        return self.user_settings.rule_settings(
            house.schedules, self.inputs.prices.price
        )

    @override
    async def _async_update_data(self) -> TwcData:
        """Return the data as they are: the bus pushes them."""
        return self.data

    async def async_start(self) -> None:
        """Open the port and start to decide.

        Raises:
            ConfigEntryNotReady: if the port cannot be opened; nothing is left running then.

        """
        await self.plans.async_load(plans_of(self.config_entry))
        await self.inputs.peak.async_load()
        try:
            await self._master.start()
        except BusError as err:
            async_note_failed_set_up(self.hass, self.config_entry)
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key=err.reason.value,
                translation_placeholders={
                    "device": public_name(self.config_entry.data[CONF_DEVICE])
                },
            ) from err
        self.persistence.begin()
        entry = self.config_entry
        entry.async_on_unload(self.inputs.async_start(self._timer.decide_soon))
        entry.async_on_unload(self.inputs.async_start_outlook(self.plans))
        self.vehicles.async_start(self._timer.decide_soon)
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
        """Stop the rules, leave the bus, release the port and write the stored data, in this order."""
        self._timer.stop()
        self._issues.clear()
        self._connections.clear()
        await self.vehicles.async_stop()
        self.persistence.note_in_charge()
        await self._master.stop()
        await self.persistence.async_close()
        await self.plans.async_close()

    async def _home_assistant_stops(self, _: Event) -> None:
        if self.inputs.options.leave_at_minimum and not goes_on(self.keeper):
            # The rules would raise the offers again.
            self._timer.stop()
            await self._master.lower(self.wiring.min_current)
        await self.async_stop()

    @callback
    def async_update_user_settings(
        self, user_settings: UserSettings, context: Context | None = None
    ) -> None:
        """Store what the owner set and decide by it at once; `context` is that of the call."""
        if is_by_person(context):
            self._rules.rules.note_owner_call(
                self.user_settings, user_settings, self.persistence.connectors
            )
        self.persistence.update_user_settings(user_settings)
        self._timer.decide_now()

    @callback
    def async_forget(self, connector_id: int) -> None:
        """Forget a connector that was removed from the bus."""
        self._changes.forget()
        if lost := self.persistence.remove_connector(connector_id):
            self._session_ended(lost)
        # The platforms have to note it even if nothing that they show has changed.
        self.async_update_listeners()
        self._timer.decide_now()

    @callback
    def _subentries_changed(self, kinds: frozenset[str]) -> None:
        """Read again what the owner changed: the schedules, the plans, or the vehicles and accounts."""
        if self._timer.stopped:
            return
        if SUBENTRY_SCHEDULE in kinds:
            self.inputs.async_update_schedules()
        if SUBENTRY_PLAN in kinds:
            self.plans.async_update_requests(plans_of(self.config_entry))
            # A plan has entities before it has a status, and its name is not among the data.
            self.async_update_listeners()
        if kinds & {SUBENTRY_ACCOUNT, SUBENTRY_VEHICLE}:
            self.vehicles.async_update()

    @callback
    def _bus_changed(self, snapshot: Snapshot) -> None:
        if self._changes.take_facts(snapshot):
            self.persistence.update_connectors(snapshot)
            self._timer.decide_soon()
        elif self._changes.has_measured(snapshot):
            self._timer.decide_on_measured_values()

    def _decide(self) -> float:
        """Decide on the offers, pass them on, show the outcome, and return the s until the next decision."""
        now, local = self.hass.loop.time(), dt_util.now()
        self._drop_outdated_settings(local)
        snapshot = self._master.snapshot
        self._changes.note_decision(snapshot, now)
        self._report_storage(snapshot)
        plugged_in = self.persistence.counters.plugged_in(snapshot)
        known = self.persistence.connectors
        self._connections.update(snapshot, plugged_in, known, now)
        hints = self.persistence.phase_hints(snapshot)
        result = self._rules.decide(snapshot, self.user_settings, hints, now, local)
        if result is None:
            ids = (item.connector_id for item in snapshot.connectors)
            self._offer(dict.fromkeys(ids, 0))
            return BUSY_SECONDS
        self._offer(result.decision.offers)
        self._switch_contactors(result.decision.commands)
        async_store_checks(self.hass, self.config_entry, result.decision.checks)
        if self._rules.command_vehicles(result, now, local):
            # Only a stored stop is undone after a restart.
            self.persistence.save_counters()
        if snapshot.status is not BusStatus.OFFLINE:
            self._count(snapshot, result, now, local)
        self._show(snapshot, result, now, local)
        return wait_after(
            result,
            self.user_settings,
            (self.vehicles.wake_at, self._connections.wake_at),
            busy=self._is_busy,
            still_for=self._changes.still_for(now),
            now=now,
            local=local,
        )

    def _offer(self, offers: Mapping[int, float]) -> None:
        self._master.set_offers(self.persistence.allowed_offers(offers))

    def _report_storage(self, snapshot: Snapshot) -> None:
        """Report that nothing can be written, and the connectors that wait for it; the bus may be offline, too."""
        waiting = self.persistence.waiting(
            item.connector_id for item in snapshot.connectors
        )
        self._issues.update_storage(waiting if self.persistence.writes_fail else None)

    def _drop_outdated_settings(self, local: datetime) -> None:
        """Drop temporary settings that are over, and those of schedules that were removed."""
        user_settings = self.inputs.battery.settled(self.user_settings)
        self.persistence.update_user_settings(
            user_settings.settled(local).with_schedules(self._schedules().keys())
        )

    def _switch_contactors(self, commands: Sequence[ContactorCommand]) -> None:
        for command in commands:
            closed = isinstance(command, CloseContactor)
            self._master.switch_contactor(command.connector_id, closed=closed)
        if commands:
            # Only a stored opening of the contactor is undone after a restart.
            self.persistence.save_counters()

    @property
    def _is_busy(self) -> bool:
        """Return whether energy has to be counted; also after a car was unplugged, until its session has ended."""
        return any(
            has_vehicle(item) or self.persistence.meters(item).has_session
            for item in self.snapshot.connectors
        )

    def _count(
        self, snapshot: Snapshot, result: RulesResult, now: float, local: datetime
    ) -> None:
        """Count energy and sessions."""
        self.persistence.update_phases(snapshot, result.phases)
        circumstances = circumstances_of(
            snapshot,
            result,
            self.wiring,
            self.user_settings,
            vehicles=self.data.vehicles,
            tariff=self.plans.tariff,
        )
        for ended in self.persistence.count(snapshot, circumstances, now, local):
            self._session_ended(ended)
            self._unplugged(ended.connector_id)

    def _session_ended(self, session: Session) -> None:
        signal = session_signal(self.config_entry.entry_id, session.connector_id)
        async_dispatcher_send(self.hass, signal, session)

    def _unplugged(self, connector_id: int) -> None:
        """Drop what the owner set until the vehicle at a connector is unplugged, and decide again."""
        self.persistence.update_user_settings(
            self.user_settings.unplugged(connector_id)
        )
        self._timer.decide_soon()

    def _show(
        self, snapshot: Snapshot, result: RulesResult, now: float, local: datetime
    ) -> None:
        data = self._view.read(
            snapshot,
            result,
            self.vehicles.reading(local.date()),
            self._schedules(),
            self.plans.settings,
            now=now,
            local=local,
        )
        data = replace(data, price=self.inputs.prices.price)
        silent = self.inputs.silent_sensors(result.surplus, now)
        late_heartbeats = data.statistics.late_heartbeats
        self._issues.update(
            snapshot,
            result,
            silent,
            late_heartbeats,
            now,
            vehicles=data.vehicles,
            plans=data.plans,
            plan_names={item.plan_id: item.name for item in self.plans.requests},
        )
        if data != self.data:
            self.async_set_updated_data(data)

    def _schedules(self) -> Mapping[str, str]:
        return {item.schedule.id: item.schedule.name for item in self.inputs.schedules}
