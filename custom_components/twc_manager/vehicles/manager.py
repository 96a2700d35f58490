"""The vehicles of one bus: matches them to connectors, and sends commands to them.

Each vehicle's commander decides which command to send. The manager sends it through the vehicle's entities or its Tesla
account, and returns the result to the commander. Vehicles and accounts are added and removed with their subentries
while the bus runs.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event

from ..charging.control.commander import ANSWER_SECONDS
from ..charging.control.commands import (
    CommandContext,
    CommandOutcome,
    CommandResult,
    NextCommand,
    VehicleCommand,
)
from ..charging.control.matching import Match, MatchReason
from ..charging.control.vehicle_facts import Vehicle
from ..charging.decision import ConnectorDecision, Decision
from ..charging.outcome import Rule
from ..charging.plans.battery import BatteryState
from ..charging.plans.inputs import PluggedIn
from ..const import DOMAIN, LOGGER
from ..types import TwcConfigEntry
from .account_vehicle import AccountVehicle
from .accounts import VehicleAccounts
from .battery_book import BatteryBook
from .config import ConfiguredVehicle, vehicle_config
from .currents import VehicleCurrents
from .entity_vehicle import EntityVehicle
from .managed_vehicle import ControllableVehicle, ManagedVehicle
from .matches import VehicleMatches
from .readings import NOT_HERE, VehicleReading, VehicleReadings, control_of
from .records import VehicleRecords, VehicleStore
from .vehicle_data import VehicleKind

COMMAND_TIMEOUT: Final = ANSWER_SECONDS - 10.0
"""In s: the commander ignores a result that takes longer."""


def _nothing() -> None:
    """Do nothing."""


class VehicleManager:
    """The vehicles of one bus and their accounts."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        store: VehicleStore,
    ) -> None:
        """Continue from what is on the disk."""
        self._hass = hass
        self._entry = entry
        self._records = VehicleRecords(hass, store)
        self._accounts = VehicleAccounts(hass, entry, self._records)
        self._managed_vehicles: dict[str, ManagedVehicle] = {}
        self.matches = VehicleMatches(self._records.chosen)
        self.currents = VehicleCurrents(hass, entry, self.matches, self._records)
        self._changed: Callable[[], None] = _nothing
        self._unwatch: CALLBACK_TYPE = _nothing
        self.commandable: frozenset[int] = frozenset()
        """The connectors whose vehicle can be commanded."""
        self.declined_charging: frozenset[int] = frozenset()
        """The connectors whose vehicle has reported that it will not charge."""
        self.wake_at: float | None = None
        """When to decide again if nothing changes before, in s of the loop's clock."""

    @property
    def battery_book(self) -> BatteryBook:
        """Return what is known of the batteries of the vehicles."""
        return self._records.batteries

    @callback
    def async_start(self, changed: Callable[[], None]) -> None:
        """Start; `changed` is called whenever the rules have to decide again."""
        self._changed = changed
        self._update()

    async def async_stop(self) -> None:
        """Restore the vehicles' own currents, and send no more commands."""
        await self.currents.async_release()
        self._unwatch()
        self._unwatch = _nothing
        self._note_waits()
        self._records.store()
        for managed in self._managed_vehicles.values():
            managed.cancel()
        self._accounts.async_stop()

    @callback
    def async_update(self) -> None:
        """Read the vehicles and accounts again, since their subentries have changed."""
        self._update()
        self._changed()

    @callback
    def async_choose(self, connector_id: int, chosen: str | None) -> None:
        """Use the vehicle that the owner chose as the one at a connector; None returns to the automatic matching."""
        self._records.chosen.choose(connector_id, chosen)
        self._records.store()
        self._changed()

    # The rules' decisions

    @callback
    def async_decide(self, now: float, today: date, decision: Decision) -> bool:
        """Send the commands that follow from the rules' decision; return whether there were any.

        `now` is in s of the loop's clock.
        """
        facts = [item.vehicle.facts(now) for item in self._managed_vehicles.values()]
        self.matches.update(now, decision, self._assignments(), facts)
        self.wake_at = None
        commanded = False
        for connector_id, found in self.matches.found.items():
            if found.vehicle_id is not None:
                commanded |= self._decide_one(
                    now,
                    today,
                    decision.connectors[connector_id],
                    self.matches.vehicles[found.vehicle_id],
                    found,
                )
        commanded |= self._undo_stops(now, today, decision)
        commanded |= self.currents.async_decide(now, today, decision)
        times = (self.wake_at, self.currents.wake_at)
        self.wake_at = min((at for at in times if at is not None), default=None)
        self._conclude(today)
        return commanded

    def batteries(
        self, plugged_in: Mapping[int, PluggedIn]
    ) -> Mapping[int, BatteryState]:
        """Return what is known of the batteries at the connectors; `plugged_in` is what was charged since plugging in."""
        now, managed = self._hass.loop.time(), self._managed_vehicles.items()
        reported = {key: item.vehicle.battery(now) for key, item in managed}
        at, answering = self.matches.at_connectors, self.matches.found.keys()
        return self.battery_book.update(reported, at, answering, plugged_in)

    def reading(self, today: date) -> VehicleReadings:
        """Return the readings of all vehicles and accounts."""
        return VehicleReadings(
            {
                vehicle_id: self._read_vehicle(vehicle_id, managed, today)
                for vehicle_id, managed in self._managed_vehicles.items()
            },
            self._accounts.reading(today),
            {
                connector_id: frozenset(
                    self._managed_vehicles[vehicle_id].config.name
                    for vehicle_id in vehicle_ids & self._managed_vehicles.keys()
                )
                for connector_id, vehicle_ids in self.matches.elsewhere().items()
            },
            self.currents.unrestored(today),
        )

    def _decide_one(
        self,
        now: float,
        today: date,
        decision: ConnectorDecision,
        facts: Vehicle,
        found: Match,
    ) -> bool:
        """Let a vehicle's commander decide; return whether it sends a command."""
        assert decision.facts is not None
        managed = self._managed_vehicles[facts.vehicle_id]
        if not managed.vehicle.reachable:
            return False
        context = CommandContext(
            request=decision.request,
            connector=decision.facts,
            vehicle=facts,
            match=found,
            override=managed.config.data.override_schedule,
            charge_now=decision.rule is Rule.CHARGE_NOW,
        )
        following = managed.commander.decide(now, today, context)
        effect = managed.commander.effect
        if self.matches.note_effect(facts.vehicle_id, found, effect):
            self._changed()
        return self._follow(following, managed, context)

    def _undo_stops(self, now: float, today: date, decision: Decision) -> bool:
        """Start the vehicles that were stopped but are at no connector; return whether a command is sent."""
        commanded = False
        for vehicle_id in self.matches.unmatched(self._managed_vehicles.keys()):
            managed = self._managed_vehicles[vehicle_id]
            effect = managed.commander.effect
            context = self.matches.undo_context(vehicle_id, effect, decision)
            if context is not None and managed.vehicle.reachable:
                following = managed.commander.undo(now, today, context)
                commanded |= self._follow(following, managed, context)
        return commanded

    def _follow(
        self, following: NextCommand, managed: ManagedVehicle, context: CommandContext
    ) -> bool:
        """Send the command that a commander chose; return whether it chose one."""
        vehicle_id = context.vehicle.vehicle_id
        if following.until is not None:
            self.wake_at = min(following.until, self.wake_at or following.until)
        if following.command is VehicleCommand.NOTHING:
            return False
        self._store_usage(vehicle_id, managed)
        managed.task = self._entry.async_create_background_task(
            self._hass,
            self._async_send(
                vehicle_id,
                managed,
                following.command,
                # Reading the state for another reason must not lose a known location.
                locate=not context.match.proven_here,
            ),
            f"{DOMAIN} {following.command} a vehicle",
            eager_start=False,
        )
        return True

    async def _async_send(
        self,
        vehicle_id: str,
        managed: ManagedVehicle,
        command: VehicleCommand,
        *,
        locate: bool,
    ) -> None:
        """Send a command to a vehicle, and return the result to its commander."""
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT):
                result = await managed.vehicle.async_send(command, locate=locate)
        except TimeoutError:
            result = CommandResult(CommandOutcome.TRANSIENT)
        except Exception:  # noqa: BLE001
            LOGGER.exception("The command %s could not be sent to a vehicle", command)
            result = CommandResult(CommandOutcome.TRANSIENT)
        managed.commander.record_result(self._hass.loop.time(), result)
        self._store_usage(vehicle_id, managed)
        self._changed()

    def _conclude(self, today: date) -> None:
        """Set what the rules need to know of the vehicles; have them decide again at once if it has changed."""
        before = self.commandable, self.declined_charging
        matched = {
            connector_id: self._managed_vehicles[found.vehicle_id]
            for connector_id, found in self.matches.found.items()
            if found.vehicle_id is not None
        }
        self.commandable = frozenset(
            connector_id
            for connector_id, managed in matched.items()
            if managed.vehicle.reachable and managed.commander.can_command(today)
        )
        self.declined_charging = frozenset(
            connector_id
            for connector_id, managed in matched.items()
            if managed.commander.declined_charging
        )
        if before != (self.commandable, self.declined_charging):
            self._changed()

    def _assignments(self) -> dict[int, str]:
        return {
            managed.config.data.connector: vehicle_id
            for vehicle_id, managed in self._managed_vehicles.items()
            if managed.config.data.connector is not None
        }

    def _read_vehicle(
        self, vehicle_id: str, managed: ManagedVehicle, today: date
    ) -> VehicleReading:
        connector_id = self.matches.connector_of(vehicle_id)
        control = control_of(
            self.matches.found, connector_id, managed.config.data.connector
        )
        if control == NOT_HERE and self.matches.is_elsewhere(vehicle_id):
            control = MatchReason.CHARGES_ELSEWHERE
        facts = self.matches.vehicles.get(vehicle_id)
        battery = None if facts is None else facts.battery
        if battery is None:
            battery = self.battery_book.typed_level(vehicle_id)
        last = managed.commander.last
        return VehicleReading(
            name=managed.config.name,
            battery=None if battery is None else round(battery),
            control=control,
            connector_id=connector_id,
            last_command=None if last is None else last.command,
            last_result=None if last is None else last.outcome,
            problem=managed.problem(is_running=self._hass.is_running),
            current=self.currents.reading(vehicle_id, today),
        )

    def _store_usage(self, vehicle_id: str, managed: ManagedVehicle) -> None:
        self._records.note_usage(vehicle_id, managed.commander)
        self._note_waits()
        self._records.store()

    def _note_waits(self) -> None:
        managed_vehicles = self._managed_vehicles.items()
        self._records.note_waits(
            {key: item.commander for key, item in managed_vehicles}
        )

    # The owner's vehicles and accounts

    def _update(self) -> None:
        """Set up new and changed vehicles and accounts, drop removed ones, and keep all others."""
        config = vehicle_config(self._entry)
        self._accounts.async_update(config.accounts, self._changed)
        self._update_vehicles(config.vehicles)
        self.currents.async_update(config.vehicles)
        self._records.store()
        self._watch()

    def _update_vehicles(self, configured: Mapping[str, ConfiguredVehicle]) -> None:
        self._note_waits()
        before, self._managed_vehicles = self._managed_vehicles, {}
        self.matches.clear()
        self._records.keep_vehicles(configured.keys())
        for vehicle_id, config in configured.items():
            managed = before.get(vehicle_id)
            if managed is None or managed.config != config:
                managed = self._new_vehicle(vehicle_id, config)
            else:
                del before[vehicle_id]
            self._managed_vehicles[vehicle_id] = managed
        for managed in before.values():
            managed.cancel()

    def _new_vehicle(
        self, vehicle_id: str, config: ConfiguredVehicle
    ) -> ManagedVehicle:
        data = config.data
        vehicle: ControllableVehicle
        if data.kind is VehicleKind.ENTITIES:
            vehicle = EntityVehicle(self._hass, vehicle_id, config.name, data)
        else:
            account = self._accounts.get(data.account)
            vehicle = AccountVehicle(self._hass, vehicle_id, config.name, data, account)
        return ManagedVehicle(config, vehicle, self._records.new_commander(vehicle_id))

    def _watch(self) -> None:
        """Have the rules decide again when an entity of a vehicle changes."""
        self._unwatch()
        self._unwatch = _nothing
        entity_ids = [
            entity_id
            for managed in self._managed_vehicles.values()
            for entity_id in managed.vehicle.entity_ids
        ]
        entity_ids += self.currents.entity_ids
        if entity_ids:
            self._unwatch = async_track_state_change_event(
                self._hass, entity_ids, self._state_changed
            )

    @callback
    def _state_changed(self, _: Event[EventStateChangedData]) -> None:
        self._changed()
