"""A car of a Tesla account: what it told when it was last asked, and how it is asked."""

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.control.commander import CommandOutcome, CommandResult, VehicleCommand
from ..charging.control.matching import (
    FRESH_SECONDS,
    LocationUpdates,
    Vehicle,
    VehicleCharging,
)
from ..tesla import (
    AccountError,
    Answer as AccountAnswer,
    ChargingState,
    Result,
    TeslaVehicleData,
    TeslaVehicleState,
)
from .account import TeslaAccount
from .home_zone import at_home
from .vehicle_data import VehicleData

if TYPE_CHECKING:
    from ..tesla.account import Account

_OUTCOMES: Final = {
    Result.DONE: CommandOutcome.DONE,
    Result.ALREADY: CommandOutcome.ALREADY,
    Result.COMPLETE: CommandOutcome.COMPLETE,
    Result.DISCONNECTED: CommandOutcome.DISCONNECTED,
    Result.NO_POWER: CommandOutcome.NO_POWER,
    Result.BUSES_ASLEEP: CommandOutcome.BUSY,
    Result.OFFLINE: CommandOutcome.UNREACHABLE,
    Result.FORBIDDEN_SCOPES: CommandOutcome.NOT_ALLOWED,
    Result.SIGNING_REQUIRED: CommandOutcome.NOT_ALLOWED,
    Result.KEY_MISSING: CommandOutcome.NOT_ALLOWED,
    Result.KEY_UNREADABLE: CommandOutcome.NOT_ALLOWED,
    Result.NOT_PAIRED: CommandOutcome.NOT_ALLOWED,
    Result.RATE_LIMITED: CommandOutcome.RATE_LIMITED,
    Result.WRONG_REGION: CommandOutcome.TRANSIENT,
    # A bill can be paid without telling us.
    Result.PAYMENT_REQUIRED: CommandOutcome.REFUSED,
    Result.REAUTH: CommandOutcome.REAUTH,
    Result.TRANSIENT: CommandOutcome.TRANSIENT,
    Result.REFUSED: CommandOutcome.REFUSED,
}
_CHARGING: Final = {
    ChargingState.DISCONNECTED: VehicleCharging.DISCONNECTED,
    ChargingState.NO_POWER: VehicleCharging.NO_POWER,
    ChargingState.STARTING: VehicleCharging.CHARGING,
    ChargingState.CHARGING: VehicleCharging.CHARGING,
    ChargingState.STOPPED: VehicleCharging.STOPPED,
    ChargingState.COMPLETE: VehicleCharging.COMPLETE,
}


@dataclass(frozen=True, slots=True)
class _Look:
    """What a car told when it was looked at; None is what it did not tell, or what has been changed since.

    Attributes:
        at: when that was, in s of the loop's clock.
        location_age: how old its place was then, in s.

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
    """A car by the account that it is in."""

    entity_ids: Final[tuple[str, ...]] = ()

    def __init__(
        self,
        hass: HomeAssistant,
        vehicle_id: str,
        name: str,
        data: VehicleData,
        account: TeslaAccount | None,
    ) -> None:
        """Ask nothing yet; without an account, which its owner removed, nothing ever."""
        self._hass = hass
        self._vehicle_id = vehicle_id
        self._name = name
        self._vin = data.vin or ""
        self._account = account
        self._look = _Look()

    @property
    def reachable(self) -> bool:
        """Return whether there is somebody to ask."""
        return self._account is not None and self._account.account is not None

    def facts(self, now: float) -> Vehicle:
        """Return what is known of the car; `now` in s of the loop's clock."""
        look = self._look
        if now - look.at > FRESH_SECONDS:
            look = _Look(now)
        can_locate = self._account is None or self._account.can_locate
        return Vehicle(
            vehicle_id=self._vehicle_id,
            name=self._name,
            vin=self._vin,
            location_updates=LocationUpdates.POLLED
            if can_locate
            else LocationUpdates.NEVER,
            at_home=look.at_home,
            location_age=None
            if look.location_age is None
            else look.location_age + now - look.at,
            location_request_age=now - look.at,
            charging=look.charging,
            asleep=look.asleep,
            scheduled=look.scheduled,
            battery=look.battery,
            charge_limit=look.charge_limit,
            can_wake=True,
        )

    async def async_ask(self, ask: VehicleCommand, *, locate: bool) -> CommandResult:
        """Ask something of the car once; `locate` says whether a look has to tell where it is."""
        assert self._account is not None
        account = self._account.account
        assert account is not None
        match ask:
            case VehicleCommand.READ_STATE:
                told = await self._async_look(account, locate=locate)
            case VehicleCommand.WAKE:
                told = await account.wake(self._vin)
            case VehicleCommand.START:
                told = await account.start_charging(self._vin)
            case _:
                told = await account.stop_charging(self._vin)
        if ask is not VehicleCommand.READ_STATE:
            # It does something else from now on.
            self._look = replace(self._look, asleep=None, charging=None, scheduled=None)
        if told.result is Result.REAUTH:
            self._account.async_need_reauth()
        return CommandResult(_OUTCOMES[told.result], told.after)

    async def _async_look(self, account: Account, *, locate: bool) -> AccountAnswer:
        """See what the car tells; one that sleeps is not asked, which would cost something for nothing."""
        try:
            state = await account.state(self._vin)
            if state in {TeslaVehicleState.ASLEEP, TeslaVehicleState.OFFLINE}:
                now = self._hass.loop.time()
                self._look = _Look(now, asleep=state is TeslaVehicleState.ASLEEP)
                return AccountAnswer(Result.OFFLINE)
            self._note(await account.data(self._vin, location=locate))
        except AccountError as err:
            return err.answer
        return AccountAnswer(Result.DONE)

    def _note(self, data: TeslaVehicleData) -> None:
        here = at_home(self._hass, data.location)
        age = None
        if data.location is not None and here is not None:
            age = max(dt_util.utcnow().timestamp() - data.location.at, 0.0)
        self._look = _Look(
            at=self._hass.loop.time(),
            asleep=False,
            charging=None if data.charging is None else _CHARGING.get(data.charging),
            scheduled=data.scheduled,
            battery=data.battery_level,
            charge_limit=data.charge_limit,
            at_home=here,
            location_age=age,
        )
