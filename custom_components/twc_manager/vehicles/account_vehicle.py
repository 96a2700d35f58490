"""A vehicle that is commanded through a Tesla account, and the state that it reported last."""

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.control.commands import CommandResult, VehicleCommand
from ..charging.control.vehicle_facts import (
    FRESH_SECONDS,
    LocationUpdates,
    Vehicle,
    VehicleCharging,
)
from ..charging.plans.battery import BatteryState
from ..tesla import (
    AccountError,
    Answer,
    ChargingState,
    Result,
    TeslaVehicleData,
    TeslaVehicleState,
)
from .home_zone import at_home
from .outcomes import OUTCOMES
from .running_account import RunningAccount
from .vehicle_data import VehicleData

if TYPE_CHECKING:
    from ..tesla.account import Account

_CHARGING: Final = {
    ChargingState.DISCONNECTED: VehicleCharging.DISCONNECTED,
    ChargingState.NO_POWER: VehicleCharging.NO_POWER,
    ChargingState.STARTING: VehicleCharging.CHARGING,
    ChargingState.CHARGING: VehicleCharging.CHARGING,
    ChargingState.STOPPED: VehicleCharging.STOPPED,
    ChargingState.COMPLETE: VehicleCharging.COMPLETE,
}


@dataclass(frozen=True, slots=True)
class _Reported:
    """The state that a car reported when it was last read; None if unknown, or outdated by a command.

    Attributes:
        at: when it was read, in s of the loop's clock.
        location_age: how old the car's location was then, in s.

    """

    at: float = -inf
    asleep: bool | None = None
    charging: VehicleCharging | None = None
    scheduled: bool | None = None
    battery: float | None = None
    charge_limit: float | None = None
    at_home: bool | None = None
    location_age: float | None = None


class AccountVehicle:
    """A vehicle that is commanded through a Tesla account."""

    entity_ids: Final[tuple[str, ...]] = ()

    def __init__(
        self,
        hass: HomeAssistant,
        vehicle_id: str,
        name: str,
        data: VehicleData,
        account: RunningAccount | None,
    ) -> None:
        """Prepare; nothing is sent yet. `account` is None if the owner has removed it."""
        self._hass = hass
        self._vehicle_id = vehicle_id
        self._name = name
        self._vin = data.vin or ""
        self._account = account
        self._capacity_kwh = data.pack.capacity_kwh
        self._reported = self._battery_reported = _Reported()

    @property
    def reachable(self) -> bool:
        """Return whether its account is open."""
        return self._account is not None and self._account.account is not None

    def facts(self, now: float) -> Vehicle:
        """Return what is known of the vehicle; `now` is in s of the loop's clock."""
        reported = self._reported
        if now - reported.at > FRESH_SECONDS:
            reported = _Reported(now)
        can_locate = self._account is None or self._account.can_locate
        return Vehicle(
            vehicle_id=self._vehicle_id,
            name=self._name,
            vin=self._vin,
            location_updates=LocationUpdates.POLLED
            if can_locate
            else LocationUpdates.NEVER,
            at_home=reported.at_home,
            location_age=None
            if reported.location_age is None
            else reported.location_age + now - reported.at,
            location_request_age=now - reported.at,
            charging=reported.charging,
            asleep=reported.asleep,
            scheduled=reported.scheduled,
            battery=reported.battery,
            charge_limit=reported.charge_limit,
            can_wake=True,
        )

    def battery(self, now: float) -> BatteryState:
        """Return the last report about its battery; `now` is in s of the loop's clock."""
        reported = self._battery_reported
        return BatteryState(
            level=reported.battery,
            age=None if reported.battery is None else now - reported.at,
            capacity_kwh=self._capacity_kwh,
            target=reported.charge_limit,
        )

    async def async_send(
        self, command: VehicleCommand, *, locate: bool
    ) -> CommandResult:
        """Send a command once; `locate` is whether reading the state includes the location."""
        assert self._account is not None
        account = self._account.account
        assert account is not None
        match command:
            case VehicleCommand.READ_STATE:
                answer = await self._async_read_state(account, locate=locate)
            case VehicleCommand.WAKE:
                answer = await account.wake(self._vin)
            case VehicleCommand.START:
                answer = await account.start_charging(self._vin)
            case _:
                answer = await account.stop_charging(self._vin)
        if command is not VehicleCommand.READ_STATE:
            # The command changes these.
            self._reported = replace(
                self._reported, asleep=None, charging=None, scheduled=None
            )
        if answer.result is Result.REAUTH:
            self._account.async_need_reauth()
        return CommandResult(OUTCOMES[answer.result], answer.after)

    async def _async_read_state(self, account: Account, *, locate: bool) -> Answer:
        """Read the car's state, but the billed data only if it is awake: a sleeping car would return none."""
        try:
            state = await account.state(self._vin)
            if state in {TeslaVehicleState.ASLEEP, TeslaVehicleState.OFFLINE}:
                now = self._hass.loop.time()
                self._reported = _Reported(
                    now, asleep=state is TeslaVehicleState.ASLEEP
                )
                return Answer(Result.OFFLINE)
            self._note(await account.data(self._vin, location=locate))
        except AccountError as err:
            return err.answer
        return Answer(Result.DONE)

    def _note(self, data: TeslaVehicleData) -> None:
        here = at_home(self._hass, data.location)
        age = None
        if data.location is not None and here is not None:
            age = max(dt_util.utcnow().timestamp() - data.location.at, 0.0)
        self._reported = _Reported(
            at=self._hass.loop.time(),
            asleep=False,
            charging=None if data.charging is None else _CHARGING.get(data.charging),
            scheduled=data.scheduled,
            battery=data.battery_level,
            charge_limit=data.charge_limit,
            at_home=here,
            location_age=age,
        )
        if data.battery_level is not None:
            # Unlike the other values, the level stays valid after a command and during sleep.
            self._battery_reported = self._reported
