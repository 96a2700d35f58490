"""A vehicle that is commanded through its switch for charging; its other entities report its state."""

from typing import Final

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
from homeassistant.util import dt as dt_util

from ..charging.control.commands import CommandOutcome, CommandResult, VehicleCommand
from ..charging.control.vehicle_facts import LocationUpdates, Vehicle, VehicleCharging
from ..charging.plans.battery import BatteryState
from ..const import LOGGER
from ..tesla import Location, Result, meaning
from ..untrusted import finite_number, number_of, redacted_line
from .actions import async_act
from .home_zone import at_home
from .outcomes import OUTCOMES
from .vehicle_data import VehicleData

_PROOF_LEVEL: Final = 20
"""From this % on, the kWh in the battery prove its capacity: below, a step of 1 % is too large an error."""

_ANSWERS: Final = frozenset(
    {
        Result.ALREADY,
        Result.COMPLETE,
        Result.DISCONNECTED,
        Result.NO_POWER,
        Result.BUSES_ASLEEP,
    }
)
"""The meanings of errors that are not failures, because the car answered."""

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


def _age(now: float, since: float | None) -> float | None:
    return None if since is None else now - since


class EntityVehicle:
    """A vehicle by its entities; only the switch is required."""

    def __init__(
        self, hass: HomeAssistant, vehicle_id: str, name: str, data: VehicleData
    ) -> None:
        """Prepare; no state is read yet."""
        self._hass = hass
        self._vehicle_id = vehicle_id
        self._name = name
        self._data = data
        self._warned = False
        self._charging_word = ""
        self._charging_since: float | None = None

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities whose states belong to its facts."""
        data = self._data
        known = (
            data.switch,
            data.cable,
            data.charging_state,
            data.location,
            data.battery,
            data.pack.charge_limit,
            data.pack.energy_left,
        )
        return tuple(entity_id for entity_id in known if entity_id is not None)

    @property
    def reachable(self) -> bool:
        """Return whether its switch is available."""
        return self._state(self._data.switch) is not None

    def facts(self, now: float) -> Vehicle:
        """Return what is known of the vehicle; `now` is in s of the loop's clock."""
        data = self._data
        here = self._at_home()
        charging = self._charging_at(now)
        return Vehicle(
            vehicle_id=self._vehicle_id,
            name=self._name,
            vin=data.vin,
            location_updates=LocationUpdates.PUSHED
            if data.location
            else LocationUpdates.NEVER,
            at_home=here,
            # A tracker reports each move, so its last report holds until the next one.
            location_age=None if here is None else 0.0,
            plugged=_PLUGGED.get(self._word(data.cable)),
            charging=charging,
            charging_changed_age=_age(now, self._charging_since),
            charging_report_age=self._report_age(data.charging_state),
            battery=self._number(data.battery),
        )

    def battery(self, now: float) -> BatteryState:
        """Return the report about its battery; `now` is in s of the loop's clock."""
        data = self._data
        level = self._number(data.battery)
        return BatteryState(
            level=level,
            age=self._report_age(data.battery),
            capacity_kwh=self._capacity(level),
            target=self._number(data.pack.charge_limit),
        )

    def _capacity(self, level: float | None) -> float | None:
        """Return the capacity in kWh: by the energy in the battery, or as it was entered; None if unknown."""
        pack = self._data.pack
        left = self._number(pack.energy_left)
        if left is None or level is None or not _PROOF_LEVEL <= level <= 100:
            return pack.capacity_kwh
        capacity = round(100 * left / level)
        return capacity if capacity > 0 else pack.capacity_kwh

    async def async_send(
        self, command: VehicleCommand, *, locate: bool
    ) -> CommandResult:
        """Start or stop charging with the switch; `command` is one of these two."""
        entity_id = self._data.switch
        # Home Assistant's actions skip unavailable entities without an error.
        if not self.reachable:
            return CommandResult(CommandOutcome.UNREACHABLE)
        action = (
            SERVICE_TURN_ON if command is VehicleCommand.START else SERVICE_TURN_OFF
        )
        err = await async_act(
            self._hass, HOMEASSISTANT_DOMAIN, action, {ATTR_ENTITY_ID: entity_id}
        )
        if err is not None:
            return CommandResult(self._outcome_of(err))
        self._warned = False
        return CommandResult(CommandOutcome.DONE)

    def _outcome_of(self, err: BaseException) -> CommandOutcome:
        """Return what an error means; log the first of several failures in a row."""
        if (result := meaning(str(err))) in _ANSWERS:
            return OUTCOMES[result]
        if not self._warned:
            self._warned = True
            LOGGER.warning(
                "%s did not obey: %s",
                self._data.switch,
                redacted_line(str(err)) or type(err).__name__,
            )
        return CommandOutcome.TRANSIENT

    def _charging_at(self, now: float) -> VehicleCharging | None:
        """Return the reported charging state, and note since when it has been reported.

        An entity that was unavailable may repeat an old state: its beginning was not seen.
        """
        word = self._word(self._data.charging_state)
        if word != self._charging_word:
            self._charging_since = now if word and self._charging_word else None
            self._charging_word = word
        return _CHARGING.get(word)

    def _report_age(self, entity_id: str | None) -> float | None:
        """Return how long ago the state of an entity was written, in s; None without a state."""
        if (state := self._state(entity_id)) is None:
            return None
        return dt_util.utcnow().timestamp() - state.last_reported.timestamp()

    def _at_home(self) -> bool | None:
        if (state := self._state(self._data.location)) is None:
            return None
        latitude = finite_number(state.attributes.get(ATTR_LATITUDE))
        longitude = finite_number(state.attributes.get(ATTR_LONGITUDE))
        if latitude is None or longitude is None:
            return state.state == STATE_HOME
        # The state names the smallest zone, which may lie within the home zone.
        return at_home(
            self._hass, Location(latitude, longitude, dt_util.utcnow().timestamp())
        )

    def _word(self, entity_id: str | None) -> str:
        state = self._state(entity_id)
        return "" if state is None else state.state.lower().replace(" ", "_")

    def _number(self, entity_id: str | None) -> float | None:
        return number_of(self._word(entity_id))

    def _state(self, entity_id: str | None) -> State | None:
        """Return the state of an entity; None if it is missing, unavailable or unknown."""
        state = None if entity_id is None else self._hass.states.get(entity_id)
        if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return None
        return state
