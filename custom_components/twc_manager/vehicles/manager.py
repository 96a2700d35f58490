"""The cars of one bus: which hangs on which connector, and what they are told.

Here the charging rules' wishes meet the cars: whoever can be told something, by its own entities or by a Tesla
account, is told what the rules of `charging.commanding` advise, and the answers go back to them. Cars and accounts
come and go with their subentries, which the bus does not notice.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..charging.control.commander import (
    ANSWER_SECONDS,
    CommandContext,
    CommandOutcome,
    CommandResult,
    VehicleCommand,
    VehicleCommander,
)
from ..charging.control.matching import Match, Vehicle, drop_outdated_locations, match
from ..charging.control.rate_limit import StoredWaits
from ..charging.decision import ConnectorDecision, Decision
from ..charging.outcome import Rule
from ..const import DOMAIN, LOGGER
from ..inputs.subentries import async_watch
from ..tesla import Calls
from ..types import TwcConfigEntry
from .account import TeslaAccount
from .account_vehicle import AccountVehicle
from .config import ConfiguredAccount, ConfiguredVehicle, vehicle_config
from .entity_vehicle import EntityVehicle
from .open_account import async_forget_library
from .readings import AccountReading, VehicleReading, VehicleReadings, control_of
from .stored import StoredVehicles
from .vehicle_data import VehicleKind

COMMAND_TIMEOUT: Final = ANSWER_SECONDS - 10.0
"""An answer that takes longer is not waited for: nobody would take it."""


def _nothing() -> None:
    """Do nothing."""


class ControllableVehicle(Protocol):
    """A car that can be told something."""

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to watch."""

    @property
    def reachable(self) -> bool:
        """Return whether there is somebody to tell it."""

    def facts(self, now: float) -> Vehicle:
        """Return what is known of it; `now` in s of the loop's clock."""

    async def async_ask(self, ask: VehicleCommand, *, locate: bool) -> CommandResult:
        """Ask something of it once; `locate` says whether a look has to tell where it is."""


@dataclass(slots=True)
class _ManagedVehicle:
    """A car and whoever commands it."""

    plan: ConfiguredVehicle
    car: ControllableVehicle
    commander: VehicleCommander
    task: asyncio.Task[None] | None = None


class VehicleManager:
    """The cars of one bus and their accounts."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        kept: StoredVehicles,
        keep: Callable[[StoredVehicles], None],
    ) -> None:
        """Go on from what was kept; `keep` takes what is to be kept."""
        self._hass = hass
        self._entry = entry
        self._keep = keep
        self._tallies = {**kept.daily_usages}
        self._calls = {**kept.calls}
        self._waits = {**kept.waits}
        self._accounts: dict[str, TeslaAccount] = {}
        self._managed_vehicles: dict[str, _ManagedVehicle] = {}
        self._facts: Mapping[str, Vehicle] = {}
        self._matches: Mapping[int, Match] = {}
        self._changed: Callable[[], None] = _nothing
        self._stop: CALLBACK_TYPE = _nothing
        self._unwatch: CALLBACK_TYPE = _nothing
        self.commandable: frozenset[int] = frozenset()
        """The connectors whose vehicle can be commanded."""
        self.declined_charging: frozenset[int] = frozenset()
        """The connectors whose car has said that it will not charge."""
        self.wake_at: float | None = None
        """When to decide again if nothing happens before, in s of the loop's clock."""

    @callback
    def async_start(self, changed: Callable[[], None]) -> None:
        """Begin; `changed` is called whenever it is to be decided anew."""
        self._changed = changed
        self._stop = async_watch(
            self._hass, self._entry, vehicle_config, self._plan_changed
        )
        self._build()

    @callback
    def async_stop(self) -> None:
        """Tell the cars nothing more."""
        self._stop()
        self._unwatch()
        self._stop = self._unwatch = _nothing
        self._note_waits()
        self._kept()
        for managed in self._managed_vehicles.values():
            _leave(managed)
        for account in self._accounts.values():
            account.async_stop()

    # What the rules say

    @callback
    def async_decide(self, now: float, today: date, decision: Decision) -> bool:
        """Take what the rules decided and tell the cars what is due; return whether any was told something.

        `now` is in s of the loop's clock.
        """
        facts = [managed.car.facts(now) for managed in self._managed_vehicles.values()]
        connectors = [item.facts for item in decision.connectors.values() if item.facts]
        known = drop_outdated_locations(now, connectors, facts)
        cars = self._facts = {car.vehicle_id: car for car in known}
        self._matches = match(connectors, self._assignments(), known)
        self.wake_at = None
        told = False
        for connector_id, found in self._matches.items():
            if found.vehicle_id is not None:
                told |= self._decide_one(
                    now,
                    today,
                    decision.connectors[connector_id],
                    cars[found.vehicle_id],
                    found,
                )
        self._conclude(today)
        return told

    def reading(self, today: date) -> VehicleReadings:
        """Return what is to be shown."""
        return VehicleReadings(
            {
                vehicle_id: self._read_car(vehicle_id, managed)
                for vehicle_id, managed in self._managed_vehicles.items()
            },
            {
                account_id: AccountReading(
                    account.plan.name,
                    account.calls.total(today),
                    account.calls.cost(today),
                )
                for account_id, account in self._accounts.items()
            },
        )

    def _decide_one(
        self,
        now: float,
        today: date,
        decision: ConnectorDecision,
        car: Vehicle,
        found: Match,
    ) -> bool:
        """Let a car's commander decide; return whether it has something to ask."""
        assert decision.facts is not None
        managed = self._managed_vehicles[car.vehicle_id]
        context = CommandContext(
            request=decision.request,
            connector=decision.facts,
            car=car,
            match=found,
            override=managed.plan.data.override_schedule,
            charge_now=decision.rule is Rule.CHARGE_NOW,
        )
        if not managed.car.reachable:
            return False
        next_command = managed.commander.decide(now, today, context)
        if next_command.until is not None:
            self.wake_at = min(next_command.until, self.wake_at or next_command.until)
        if next_command.command is VehicleCommand.NOTHING:
            return False
        self._note_tally(car.vehicle_id, managed)
        managed.task = self._entry.async_create_background_task(
            self._hass,
            # A look for another reason must not lose the place that was known.
            self._async_ask(
                car.vehicle_id,
                managed,
                next_command.command,
                locate=not found.proven_here,
            ),
            f"{DOMAIN} {next_command.command} a car",
            eager_start=False,
        )
        return True

    async def _async_ask(
        self,
        vehicle_id: str,
        managed: _ManagedVehicle,
        ask: VehicleCommand,
        *,
        locate: bool,
    ) -> None:
        """Ask something of a car, and give its commander the answer."""
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT):
                answer = await managed.car.async_ask(ask, locate=locate)
        except TimeoutError:
            answer = CommandResult(CommandOutcome.TRANSIENT)
        except Exception:  # noqa: BLE001
            LOGGER.exception("A car could not be asked to %s", ask)
            answer = CommandResult(CommandOutcome.TRANSIENT)
        managed.commander.answer(self._hass.loop.time(), answer)
        self._note_tally(vehicle_id, managed)
        self._changed()

    def _conclude(self, today: date) -> None:
        """Work out what the rules have to know; look again at once if that is news to them."""
        before = self.commandable, self.declined_charging
        managed_vehicles = {
            connector_id: self._managed_vehicles[found.vehicle_id]
            for connector_id, found in self._matches.items()
            if found.vehicle_id is not None
        }
        self.commandable = frozenset(
            connector_id
            for connector_id, managed in managed_vehicles.items()
            if managed.car.reachable and managed.commander.can_command(today)
        )
        self.declined_charging = frozenset(
            connector_id
            for connector_id, managed in managed_vehicles.items()
            if managed.commander.declined_charging
        )
        if before != (self.commandable, self.declined_charging):
            self._changed()

    def _assignments(self) -> dict[int, str]:
        return {
            managed.plan.data.connector: vehicle_id
            for vehicle_id, managed in self._managed_vehicles.items()
            if managed.plan.data.connector is not None
        }

    def _read_car(self, vehicle_id: str, managed: _ManagedVehicle) -> VehicleReading:
        at = (
            key
            for key, found in self._matches.items()
            if found.vehicle_id == vehicle_id
        )
        connector_id = next(at, None)
        facts = self._facts.get(vehicle_id)
        battery = None if facts is None else facts.battery
        last = managed.commander.last
        return VehicleReading(
            name=managed.plan.name,
            battery=None if battery is None else round(battery),
            control=control_of(
                self._matches, connector_id, managed.plan.data.connector
            ),
            connector_id=connector_id,
            last_command=None if last is None else last.command,
            last_result=None if last is None else last.outcome,
            problem=self._problem_of(managed),
        )

    def _problem_of(self, managed: _ManagedVehicle) -> CommandOutcome | None:
        """Return what keeps a car from being told anything; whoever is to do it may come while Home Assistant starts."""
        if self._hass.is_running and not managed.car.reachable:
            return CommandOutcome.UNREACHABLE
        return managed.commander.problem

    def _note_tally(self, vehicle_id: str, managed: _ManagedVehicle) -> None:
        self._tallies[vehicle_id] = managed.commander.daily_usage
        self._note_waits()
        self._kept()

    def _note_waits(self) -> None:
        """Note how long the cars are to be left alone, which is shorter once they have shown what they were told."""
        for vehicle_id, managed in self._managed_vehicles.items():
            self._waits[vehicle_id] = managed.commander.waits.moved(self._epoch)

    def _kept(self) -> None:
        self._keep(StoredVehicles({**self._tallies}, {**self._calls}, {**self._waits}))

    @property
    def _epoch(self) -> float:
        """Return what makes s since the epoch of the loop's clock."""
        return dt_util.utcnow().timestamp() - self._hass.loop.time()

    # What was added

    @callback
    def _plan_changed(self) -> None:
        self._build()
        self._changed()

    def _build(self) -> None:
        """Make the cars and accounts that were added; those that are as they were go on as they are."""
        plan = vehicle_config(self._entry)
        self._build_accounts(plan.accounts)
        self._build_cars(plan.cars)
        self._kept()
        self._watch()

    def _build_accounts(self, planned: Mapping[str, ConfiguredAccount]) -> None:
        before, self._accounts = self._accounts, {}
        self._calls = {key: self._calls.get(key) or Calls() for key in planned}
        for account_id, plan in planned.items():
            account = before.get(account_id)
            if account is None or account.plan != plan:
                account = self._new_account(account_id, plan)
            else:
                del before[account_id]
            self._accounts[account_id] = account
        for account in before.values():
            account.async_stop()
        async_forget_library(self._hass)

    def _build_cars(self, planned: Mapping[str, ConfiguredVehicle]) -> None:
        self._note_waits()
        before, self._managed_vehicles = self._managed_vehicles, {}
        self._facts, self._matches = {}, {}
        self._tallies = {
            key: daily_usage
            for key, daily_usage in self._tallies.items()
            if key in planned
        }
        self._waits = {
            key: waits for key, waits in self._waits.items() if key in planned
        }
        for vehicle_id, plan in planned.items():
            managed = before.get(vehicle_id)
            if managed is None or managed.plan != plan:
                managed = self._new_stall(vehicle_id, plan)
            else:
                del before[vehicle_id]
            self._managed_vehicles[vehicle_id] = managed
        for managed in before.values():
            _leave(managed)

    def _new_account(self, account_id: str, plan: ConfiguredAccount) -> TeslaAccount:
        account = TeslaAccount(
            self._hass,
            self._entry,
            account_id,
            plan,
            calls=self._calls[account_id],
            counted=self._counted,
        )
        account.async_start(self._changed)
        return account

    def _new_stall(self, vehicle_id: str, plan: ConfiguredVehicle) -> _ManagedVehicle:
        data = plan.data
        car: ControllableVehicle
        if data.kind is VehicleKind.ENTITIES:
            car = EntityVehicle(self._hass, vehicle_id, plan.name, data)
        else:
            account = self._accounts.get(data.account or "")
            car = AccountVehicle(self._hass, vehicle_id, plan.name, data, account)
        return _ManagedVehicle(plan, car, self._new_commander(vehicle_id))

    def _new_commander(self, vehicle_id: str) -> VehicleCommander:
        """Return one that goes on at the pace of the one before, be it of before a restart."""
        epoch = self._epoch
        kept = self._waits.get(vehicle_id, StoredWaits()).as_of(
            self._hass.loop.time() + epoch
        )
        return VehicleCommander(
            vehicle_id, self._tallies.get(vehicle_id), kept.moved(-epoch)
        )

    @callback
    def _counted(self) -> None:
        self._kept()
        self._changed()

    def _watch(self) -> None:
        """Watch the entities of all cars."""
        self._unwatch()
        self._unwatch = _nothing
        entity_ids = [
            entity_id
            for managed in self._managed_vehicles.values()
            for entity_id in managed.car.entity_ids
        ]
        if entity_ids:
            self._unwatch = async_track_state_change_event(
                self._hass, entity_ids, self._spoke
            )

    @callback
    def _spoke(self, _: Event[EventStateChangedData]) -> None:
        self._changed()


def _leave(managed: _ManagedVehicle) -> None:
    """Wait no longer for an answer of a car."""
    if managed.task is not None:
        managed.task.cancel()
