"""The stored records of vehicles and accounts: their calls, waits, batteries, chosen vehicles and requested currents."""

from collections.abc import Collection, Mapping
from typing import Protocol

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.control.commander import VehicleCommander
from ..charging.control.rate_limit import StoredWaits
from ..charging.control.stop_effect import stop_to_undo
from ..tesla import Calls
from .battery_book import BatteryBook
from .chosen import ChosenVehicles
from .stored import StoredVehicles


class VehicleStore(Protocol):
    """What stores the vehicles and accounts of one bus."""

    @property
    def vehicles_on_disk(self) -> StoredVehicles:
        """Return the data that are known to be on the disk."""

    def update_vehicles(self, vehicles: StoredVehicles) -> None:
        """Store these data."""


class VehicleRecords:
    """The records of the vehicles and accounts of one bus, by the ids of their subentries."""

    def __init__(
        self,
        hass: HomeAssistant,
        store: VehicleStore,
    ) -> None:
        """Continue from what is on the disk."""
        self._hass = hass
        self._store = store
        stored = store.vehicles_on_disk
        self._daily_usages = {**stored.daily_usages}
        self._calls = {**stored.calls}
        self._waits = {**stored.waits}
        self._stopped_at = {**stored.stopped_at}
        self.currents = stored.currents
        """The currents that vehicles were asked for, by the registry ids of their numbers."""
        self.batteries = BatteryBook(stored.batteries, self.store)
        """What is known of the batteries of the vehicles."""
        self.chosen = ChosenVehicles(stored.chosen, self.store)
        """The vehicles that the owner has chosen as plugged in."""

    def calls_of(self, account_id: str) -> Calls:
        """Return the calls of an account, to continue counting."""
        return self._calls.setdefault(account_id, Calls())

    def new_commander(self, vehicle_id: str) -> VehicleCommander:
        """Return a commander with the call limits of the vehicle's last one, also across a restart."""
        epoch = self._epoch
        waits = self._waits.get(vehicle_id, StoredWaits()).as_of(
            self._hass.loop.time() + epoch
        )
        return VehicleCommander(
            vehicle_id,
            self._daily_usages.get(vehicle_id),
            waits.moved(-epoch),
            self._stopped_at.get(vehicle_id),
        )

    def note_usage(self, vehicle_id: str, commander: VehicleCommander) -> None:
        """Record the calls of a vehicle today."""
        self._daily_usages[vehicle_id] = commander.daily_usage

    def note_waits(self, commanders: Mapping[str, VehicleCommander]) -> None:
        """Record until when vehicles receive no call, and which stops may have to be undone.

        Both end once a vehicle has followed a command.
        """
        for vehicle_id, commander in commanders.items():
            self._waits[vehicle_id] = commander.waits.moved(self._epoch)
            stopped_at = stop_to_undo(commander.effect)
            if stopped_at is None:
                self._stopped_at.pop(vehicle_id, None)
            else:
                self._stopped_at[vehicle_id] = stopped_at.connector_id

    def keep_vehicles(self, vehicle_ids: Collection[str]) -> None:
        """Drop the records of all other vehicles."""
        for records in (self._daily_usages, self._waits, self._stopped_at):
            for vehicle_id in records.keys() - vehicle_ids:
                del records[vehicle_id]
        self.batteries.keep(vehicle_ids)
        self.chosen.keep(vehicle_ids)

    def keep_accounts(self, account_ids: Collection[str]) -> None:
        """Drop the records of all other accounts."""
        for account_id in self._calls.keys() - account_ids:
            del self._calls[account_id]

    def store(self) -> None:
        """Pass all records on to be stored."""
        self._store.update_vehicles(
            StoredVehicles(
                {**self._daily_usages},
                {**self._calls},
                {**self._waits},
                {**self._stopped_at},
                self.batteries.stored,
                self.chosen.by_connector,
                self.currents,
            )
        )

    def owners_current_on_disk(self, number: str) -> float | None:
        """Return the value in A to restore in a number, by its registry id, that is known to be on the disk."""
        stored = self._store.vehicles_on_disk.currents.get(number)
        return None if stored is None or stored.given is None else stored.given.owner

    @property
    def _epoch(self) -> float:
        """Return the difference between the time since the epoch and the loop's time, in s."""
        return dt_util.utcnow().timestamp() - self._hass.loop.time()
