"""A car that Home Assistant knows: what its entities tell, and the switch that starts and stops its charging."""

import asyncio
from math import isfinite
from typing import Final

import aiohttp
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_LATITUDE,
    ATTR_LONGITUDE,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_HOME,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.control.commander import CommandOutcome, CommandResult, VehicleCommand
from ..charging.control.matching import LocationUpdates, Vehicle, VehicleCharging
from ..const import LOGGER
from ..tesla import Location, Result, meaning
from ..untrusted import finite_number, redacted_line
from .home_zone import at_home
from .vehicle_data import VehicleData

_DISOBEDIENCE: Final = (
    HomeAssistantError,
    vol.Invalid,
    ValueError,
    TimeoutError,
    aiohttp.ClientError,
)
"""What the services of the cars' integrations raise when they fail."""

_NO_ANSWERS: Final = (
    Exception,
    asyncio.CancelledError,
    GeneratorExit,
    KeyboardInterrupt,
    SystemExit,
)
"""A mistake, or an end: what else is no `Exception` comes from tesla-fleet-api, of which all errors are none."""

_ANSWERS: Final = {
    Result.ALREADY: CommandOutcome.ALREADY,
    Result.COMPLETE: CommandOutcome.COMPLETE,
    Result.DISCONNECTED: CommandOutcome.DISCONNECTED,
    Result.NO_POWER: CommandOutcome.NO_POWER,
    Result.BUSES_ASLEEP: CommandOutcome.BUSY,
}
"""What an error says that is no failure: the car answered."""

_PLUGGED: Final = {
    STATE_ON: True,
    "connected": True,
    STATE_OFF: False,
    "disconnected": False,
}
_CHARGING: Final = {
    STATE_ON: VehicleCharging.CHARGING,
    "charging": VehicleCharging.CHARGING,
    "starting": VehicleCharging.CHARGING,
    "stopped": VehicleCharging.STOPPED,
    "complete": VehicleCharging.COMPLETE,
    "disconnected": VehicleCharging.DISCONNECTED,
    "no_power": VehicleCharging.NO_POWER,
    "nopower": VehicleCharging.NO_POWER,
}


class EntityVehicle:
    """A car by its entities, of which only the switch has to be there."""

    def __init__(
        self, hass: HomeAssistant, vehicle_id: str, name: str, data: VehicleData
    ) -> None:
        """Look at nothing yet."""
        self._hass = hass
        self._vehicle_id = vehicle_id
        self._name = name
        self._data = data
        self._disobedient = False

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to watch."""
        data = self._data
        known = (
            data.switch,
            data.cable,
            data.charging_state,
            data.location,
            data.battery,
        )
        return tuple(entity_id for entity_id in known if entity_id is not None)

    @property
    def reachable(self) -> bool:
        """Return whether the car can be told something: its switch is there."""
        return self._state(self._data.switch) is not None

    def facts(self, now: float) -> Vehicle:
        """Return what is known of the car; `now` in s of the loop's clock."""
        data = self._data
        here = self._at_home()
        return Vehicle(
            vehicle_id=self._vehicle_id,
            name=self._name,
            vin=data.vin,
            location_updates=LocationUpdates.PUSHED
            if data.location
            else LocationUpdates.NEVER,
            at_home=here,
            # Who tells each move is right until he tells another.
            location_age=None if here is None else 0.0,
            plugged=_PLUGGED.get(self._word(data.cable)),
            charging=_CHARGING.get(self._word(data.charging_state)),
            battery=self._number(data.battery),
        )

    async def async_ask(self, ask: VehicleCommand, *, locate: bool) -> CommandResult:
        """Tell the car to charge or to stop; there is nothing else to ask of a switch."""
        entity_id = self._data.switch
        # An action of Home Assistant's passes over what is not available, without a word.
        if not self.reachable:
            return CommandResult(CommandOutcome.UNREACHABLE)
        try:
            await self._hass.services.async_call(
                HOMEASSISTANT_DOMAIN,
                SERVICE_TURN_ON if ask is VehicleCommand.START else SERVICE_TURN_OFF,
                {ATTR_ENTITY_ID: entity_id},
                blocking=True,
            )
        except _DISOBEDIENCE as err:
            return CommandResult(self._disobeyed(err))
        except _NO_ANSWERS:
            raise
        except BaseException as err:  # noqa: BLE001
            return CommandResult(self._disobeyed(err))
        self._disobedient = False
        return CommandResult(CommandOutcome.DONE)

    def _disobeyed(self, err: BaseException) -> CommandOutcome:
        """Return what an error means; warn of one that lasts once."""
        outcome = _ANSWERS.get(meaning(str(err)))
        if outcome is not None:
            return outcome
        if not self._disobedient:
            self._disobedient = True
            LOGGER.warning(
                "%s did not obey: %s",
                self._data.switch,
                redacted_line(str(err)) or type(err).__name__,
            )
        return CommandOutcome.TRANSIENT

    def _at_home(self) -> bool | None:
        if (state := self._state(self._data.location)) is None:
            return None
        latitude = finite_number(state.attributes.get(ATTR_LATITUDE))
        longitude = finite_number(state.attributes.get(ATTR_LONGITUDE))
        if latitude is None or longitude is None:
            return state.state == STATE_HOME
        # The state names the smallest zone, which may lie within that of home.
        return at_home(
            self._hass, Location(latitude, longitude, dt_util.utcnow().timestamp())
        )

    def _word(self, entity_id: str | None) -> str:
        state = self._state(entity_id)
        return "" if state is None else state.state.lower().replace(" ", "_")

    def _number(self, entity_id: str | None) -> float | None:
        try:
            number = float(self._word(entity_id))
        except ValueError:
            return None
        return number if isfinite(number) else None

    def _state(self, entity_id: str | None) -> State | None:
        """Return a state that says something."""
        state = None if entity_id is None else self._hass.states.get(entity_id)
        if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return None
        return state
