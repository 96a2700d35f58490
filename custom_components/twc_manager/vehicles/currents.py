"""Asks the vehicles of one bus for less current through their own numbers, and restores the owners' values.

A number is identified by its id in the registry, so that a renamed one is found again. The value to restore in it is
stored until it is restored, also after the vehicle was removed from the bus.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfElectricCurrent,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import entity_registry as er

from ..charging.control.current_request import CurrentRequester
from ..charging.control.current_states import (
    CurrentWish,
    NumberReading,
    Restoring,
    StoredCurrent,
    given_of,
)
from ..charging.control.vehicle_facts import VehicleLocation
from ..charging.decision import ConnectorDecision, Decision
from ..charging.outcome import LimitReason
from ..charging.vehicle_current import VehicleCurrent
from ..const import DOMAIN, LOGGER
from ..tesla import PRICES, CallKind
from ..types import TwcConfigEntry
from ..untrusted import finite_number, number_of, redacted_line
from .actions import async_act
from .config import ConfiguredVehicle
from .matches import VehicleMatches
from .readings import CurrentReading, CurrentRequest
from .records import VehicleRecords

_SET_VALUE: Final = "set_value"
"""The action of a `number` and of an `input_number`."""

_CALL_SECONDS: Final = 60.0
"""How many s the result of a call is awaited: a vehicle may have to wake up for it."""

_RELEASE_SECONDS: Final = 5.0
"""How many s the end of Home Assistant, or of the bus, waits until the owners' values are restored.

Home Assistant allows 10 s for the whole end of a bus.
"""

_CHECK_SECONDS: Final = 30.0
"""How many s pass between checks of numbers with a value to restore, without another reason to decide."""

_PRICES: Final[Mapping[str, float]] = {"tesla_fleet": PRICES[CallKind.COMMAND]}
"""What a call costs in US dollars, by the integration of the number."""

_NOT_BY_GREEN: Final = frozenset(
    {
        LimitReason.STOPPING,
        LimitReason.CANNOT_STOP,
        LimitReason.MINIMUM_CHARGING_TIME,
        LimitReason.PLUG_IN_CHARGE,
    }
)
"""Reasons for an offer that green energy does not cover, so that the vehicle should not take all of it."""


@dataclass(frozen=True, slots=True)
class _HeldCall:
    """A call that waits until the owner's value is on the disk, and since when, in s of the loop's clock."""

    amps: float
    since: float


@dataclass(slots=True)
class _ManagedNumber:
    """A number, the vehicle it belongs to, and the call that waits or is in progress."""

    name: str
    requester: CurrentRequester
    vehicle_id: str | None = None
    held: _HeldCall | None = None
    task: asyncio.Task[None] | None = None


class VehicleCurrents:
    """The numbers through which the vehicles of one bus are asked for less current."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        matches: VehicleMatches,
        records: VehicleRecords,
    ) -> None:
        """Continue from what the records have stored."""
        self._hass = hass
        self._entry = entry
        self._matches = matches
        self._records = records
        self._numbers: dict[str, _ManagedNumber] = {}
        self._is_set_up = False
        self.wake_at: float | None = None
        """When to decide again if nothing changes before, in s of the loop's clock."""

    @property
    def entity_ids(self) -> Iterator[str]:
        """Yield the numbers."""
        return filter(None, map(self._entity_id, self._numbers))

    @callback
    def async_update(self, configured: Mapping[str, ConfiguredVehicle]) -> None:
        """Use the numbers of the configured vehicles; in all other numbers, only restore the owners' values."""
        self._is_set_up = True
        for number in self._numbers.values():
            number.vehicle_id = None
        for vehicle_id, config in configured.items():
            if (entity_id := config.data.charge_current) is not None:
                number = self._number(self._key(entity_id), config.name)
                number.name, number.vehicle_id = config.name, vehicle_id
        for key, stored in self._records.currents.items():
            # In a number that was removed nothing can be restored; the owner has been informed.
            if stored.given is not None and (entity_id := self._entity_id(key)):
                self._number(key, entity_id)
        self._drop_finished()

    def known(self, now: float, today: date) -> Mapping[int, VehicleCurrent]:
        """Return the current that vehicles can be asked for, by connector; `now` is in s of the loop's clock."""
        at = {
            vehicle_id: connector_id
            for connector_id, vehicle_id in self._matches.at_connectors.items()
            if self._is_certain(connector_id, vehicle_id)
        }
        return {
            at[number.vehicle_id]: number.requester.current(now, today, self._read(key))
            for key, number in self._numbers.items()
            if number.vehicle_id in at
        }

    @callback
    def async_decide(self, now: float, today: date, decision: Decision) -> bool:
        """Set the numbers by the rules' decision; return whether a call was started."""
        for key, number in self._numbers.items():
            wish = self._wish(number.vehicle_id, decision)
            amps = number.requester.update(now, today, wish, self._read(key))
            if amps is not None:
                number.held = _HeldCall(amps, now)
        self._drop_finished()
        self._store()
        called = [self._call_held(key, it, now) for key, it in self._numbers.items()]
        pending = any(map(_is_pending, self._numbers.values()))
        self.wake_at = now + _CHECK_SECONDS if pending else None
        return any(called)

    async def async_release(self) -> None:
        """Restore the owners' values, since the bus ends; the next start restores what cannot be restored now."""
        for number in self._numbers.values():
            if number.task is not None:
                number.task.cancel()
            if number.task is not None or number.held is not None:
                number.held = None
                number.requester.record(self._hass.loop.time(), done=False)
        calls = [
            self._async_call(key, number, amps)
            for key, number in self._numbers.items()
            if (amps := number.requester.release(self._hass.loop.time())) is not None
        ]
        self._store()
        try:
            async with asyncio.timeout(_RELEASE_SECONDS):
                await asyncio.gather(*calls)
        except TimeoutError:
            LOGGER.warning("A vehicle could not be given its own current back in time")
        self._store()

    # Readings

    def reading(self, vehicle_id: str, today: date) -> CurrentReading | None:
        """Return the reading of a vehicle; None if it is not asked through a number."""
        items = self._numbers.items()
        found = (item for item in items if item[1].vehicle_id == vehicle_id)
        return next((self._reading_of(*item, today) for item in found), None)

    def unrestored(self, today: date) -> Mapping[str, CurrentReading]:
        """Return the readings of the numbers that could not be restored for a long time, by the names of the vehicles."""
        readings = {
            number.name: self._reading_of(key, number, today)
            for key, number in self._numbers.items()
        }
        return {name: item for name, item in readings.items() if item.is_stuck}

    def _reading_of(
        self, key: str, number: _ManagedNumber, today: date
    ) -> CurrentReading:
        requester = number.requester
        given, stored = given_of(requester.asking), requester.stored
        calls = stored.calls.on(today).calls
        price = self._price(key)
        request = CurrentRequest(requester.asking.state)
        if request is CurrentRequest.OWN and requester.has_refused(today):
            request = CurrentRequest.REFUSED
        return CurrentReading(
            request=request,
            amps=None if given is None else given.amps,
            owner=None if given is None else given.owner,
            calls=calls,
            cost=None if price is None else round(calls * price, 4),
            is_stuck=requester.is_stuck,
        )

    def _price(self, key: str) -> float | None:
        """Return what a call costs in US dollars; None if unknown."""
        entity_id = self._entity_id(key)
        entry = er.async_get(self._hass).async_get(entity_id or "")
        return None if entry is None else _PRICES.get(entry.platform)

    # The requests

    def _wish(self, vehicle_id: str | None, decision: Decision) -> CurrentWish:
        """Return what is wanted of a vehicle; None stands for a vehicle that is no longer asked."""
        if vehicle_id is None:
            return CurrentWish()
        connector_id = self._matches.connector_of(vehicle_id)
        if connector_id is None or not self._is_certain(connector_id, vehicle_id):
            return CurrentWish()
        return wish_at(decision.connectors[connector_id])

    def _is_certain(self, connector_id: int, vehicle_id: str) -> bool:
        """Return whether nothing contradicts that a vehicle is at the connector that it is matched to."""
        found = self._matches.found[connector_id]
        vehicle = self._matches.vehicles.get(vehicle_id)
        known = vehicle is not None and vehicle.location is not VehicleLocation.AWAY
        return known and not found.needs_location

    # The numbers

    def _number(self, key: str, name: str) -> _ManagedNumber:
        number = self._numbers.get(key)
        if number is None:
            stored = self._records.currents.get(key, StoredCurrent())
            requester = CurrentRequester(stored, self._hass.loop.time())
            number = self._numbers[key] = _ManagedNumber(name, requester)
        return number

    def _key(self, entity_id: str) -> str:
        """Return an id that survives a renamed entity, if the entity is registered."""
        entry = er.async_get(self._hass).async_get(entity_id)
        return entity_id if entry is None else entry.id

    def _entity_id(self, key: str) -> str | None:
        """Return the entity with such an id; None if it was removed."""
        return er.async_resolve_entity_id(er.async_get(self._hass), key)

    def _read(self, key: str) -> NumberReading:
        """Return what a number reports; without a value if it is unavailable, or not a current in A."""
        entity_id = self._entity_id(key)
        state = None if entity_id is None else self._hass.states.get(entity_id)
        if state is None:
            return NumberReading(None)
        attributes = state.attributes
        limits = [
            finite_number(attributes.get(name)) for name in ("min", "max", "step")
        ]
        unit = attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if None in limits or unit != UnitOfElectricCurrent.AMPERE:
            return NumberReading(None)
        minimum, maximum, step = (limit or 0.0 for limit in limits)
        return NumberReading(number_of(state.state), minimum, maximum, step)

    def _drop_finished(self) -> None:
        """Drop the numbers that no longer belong to a vehicle and have nothing to be restored."""
        for key, number in list(self._numbers.items()):
            if number.vehicle_id is None and not _is_pending(number):
                del self._numbers[key]

    def _store(self) -> None:
        if not self._is_set_up:
            # The rules decide before the vehicles are set up.
            return
        stored = {key: item.requester.stored for key, item in self._numbers.items()}
        if stored != self._records.currents:
            self._records.currents = stored
            self._records.store()

    # The calls

    def _call_held(self, key: str, number: _ManagedNumber, now: float) -> bool:
        """Start the call that waits, if it may go out; return whether it was started.

        After a crash before the owner's value is on the disk, the value of ours would be taken for the owner's.
        """
        if (held := number.held) is None:
            return False
        if not self._is_recorded(key, number):
            if now - held.since >= _CALL_SECONDS:
                number.held = None
                number.requester.record(now, done=False)
            return False
        number.held = None
        self._start_call(key, number, held.amps)
        return True

    def _is_recorded(self, key: str, number: _ManagedNumber) -> bool:
        """Return whether the value to restore in a number is on the disk, or is what is set now."""
        asking = number.requester.asking
        given = given_of(asking)
        if given is None or isinstance(asking, Restoring):
            return True
        return self._records.owners_current_on_disk(key) == given.owner

    @callback
    def _start_call(self, key: str, number: _ManagedNumber, amps: float) -> None:
        number.task = self._entry.async_create_background_task(
            self._hass,
            self._async_call_and_store(key, number, amps),
            f"{DOMAIN} set the current of a vehicle",
            eager_start=False,
        )

    async def _async_call_and_store(
        self, key: str, number: _ManagedNumber, amps: float
    ) -> None:
        await self._async_call(key, number, amps)
        number.task = None
        self._store()

    async def _async_call(self, key: str, number: _ManagedNumber, amps: float) -> None:
        """Set a value in a number, and record whether that succeeded."""
        entity_id = self._entity_id(key) or ""
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                err = await async_act(
                    self._hass,
                    split_entity_id(entity_id)[0],
                    _SET_VALUE,
                    {ATTR_ENTITY_ID: entity_id, "value": amps},
                )
        except TimeoutError as timeout:
            err = timeout
        except Exception as other:  # noqa: BLE001
            LOGGER.exception("The current of a vehicle could not be set")
            err = other
        if err is not None:
            reason = redacted_line(str(err)) or type(err).__name__
            LOGGER.debug("%s was not set to %s A: %s", entity_id, amps, reason)
        number.requester.record(self._hass.loop.time(), done=err is None)


def _is_pending(number: _ManagedNumber) -> bool:
    """Return whether a number has, or may have, a value of ours."""
    return given_of(number.requester.asking) is not None


def wish_at(decision: ConnectorDecision) -> CurrentWish:
    """Return what is wanted of the vehicle at a connector."""
    facts = decision.facts
    if facts is None:
        return CurrentWish()
    is_here = facts.plugged and decision.active_rule.green
    by_green = decision.offer > 0 and decision.reason not in _NOT_BY_GREEN
    return CurrentWish(
        amps=decision.vehicle_amps,
        is_here=is_here and decision.reason is not LimitReason.OFF,
        is_enough=by_green and decision.vehicle_amps is None,
        offered=facts.offered,
        drawn=facts.drawn,
    )
