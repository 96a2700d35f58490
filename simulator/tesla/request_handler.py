"""The answers of the account server, and their permissions.

The checks of token, region, scope and sleep, and the access of a call to the simulated car. There are no sockets
here; the paths are in `endpoints`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from simulator.bus import Bus
from simulator.connector import WallConnector

from .account import Account, Region, Scope
from .call_log import Call
from .signed import CommandComputer, Request
from .troubles import RefusalError, Trouble
from .vehicle import ALL_BUT_LOCATION, Place, Signing, TeslaCar

COMMANDS: Final = frozenset({"charge_start", "charge_stop"})
"""The commands that the cars execute; any other is only logged."""
_FIRMWARE: Final = "2026.32.3"


class Service(StrEnum):
    """The service whose server is called."""

    FLEET = "fleet"
    TESLEMETRY = "teslemetry"
    TESSIE = "tessie"


_WRONG_TOKEN: Final = {
    Service.FLEET: (401, "token expired (401)"),
    Service.TESLEMETRY: (401, "invalid_token"),
    Service.TESSIE: (401, "Invalid access token"),
}


@dataclass(kw_only=True, slots=True)
class Visit:
    """A call that is being handled."""

    service: Service
    region: Region | None
    """The region whose server is called; None for a server of all regions."""
    token: str
    vin: str | None
    query: Mapping[str, str]
    body: Mapping[str, Any]
    signed: Request | None
    """The signed message in it; None if there is none that can be read."""
    call: Call
    reason: Trouble | None = None
    """The ordered reason of the car not to execute it."""


class RequestHandler:
    """Checks and answers calls; every answer is the content of the JSON body."""

    def __init__(
        self,
        accounts: Sequence[Account],
        *,
        bus: Bus | None,
        home: Place,
        now: Callable[[], float],
        car_clock: Callable[[], float],
        url: Callable[[Region], str],
    ) -> None:
        """Serve accounts; `url` returns the URL of a region's server, the rest is as in `TeslaCloud`."""
        self._accounts = accounts
        self._bus = bus
        self._home = home
        self._now = now
        self._car_clock = car_clock
        self._url = url
        self._computers: dict[TeslaCar, CommandComputer] = {}

    @property
    def time(self) -> float:
        """The time of the clock of the cars, in s."""
        if self._bus is None:
            return asyncio.get_running_loop().time()
        return self._bus.now

    def connector(self, car: TeslaCar) -> WallConnector | None:
        """Return the connector at which a car is plugged in."""
        connectors = () if self._bus is None else self._bus.connectors
        return next((twc for twc in connectors if twc.car is car.car), None)

    def at_home(self, car: TeslaCar) -> bool:
        """Return whether a car is at home."""
        return car.place is None or self.connector(car) is not None

    def computer(self, car: TeslaCar) -> CommandComputer:
        """Return the computer of a car that handles signed commands."""
        if car not in self._computers:
            self._computers[car] = CommandComputer(car.vin, self._car_clock)
        return self._computers[car]

    def find(self, vin: str | None) -> TeslaCar | None:
        """Return a car of any account."""
        cars = (car for account in self._accounts for car in account.cars)
        return next((car for car in cars if car.vin == vin), None)

    def account(self, visit: Visit) -> Account:
        """Return the account of a call's token; RefusalError if there is none."""
        for account in self._accounts:
            if visit.service is Service.FLEET:
                good = account.accepts(visit.token, self._now())
            else:
                good = visit.token == account.third_party_token
            if good:
                return account
        raise RefusalError(*_WRONG_TOKEN[visit.service])

    def let_in(self, visit: Visit, scopes: frozenset[Scope]) -> Account:
        """Return the account of a call with one of the scopes; RefusalError if it has none of them."""
        account = self.account(visit)
        if visit.region not in (None, account.region):
            raise self.misdirected(visit)
        if scopes and not scopes & account.scopes:
            raise RefusalError.of(Trouble.MISSING_SCOPES)
        return account

    def misdirected(self, visit: Visit) -> RefusalError:
        """Return the refusal with the server of the account's region."""
        return RefusalError(
            421,
            f"user out of region, use base URL: {self._url(self.account(visit).region)}, "
            "see https://developer.tesla.com/docs/fleet-api#regional-requirements",
        )

    def refresh(self, visit: Visit) -> dict[str, Any]:
        """Return new tokens."""
        form = {name: str(value) for name, value in visit.body.items()}
        token = form.get("refresh_token", "")
        account = next((one for one in self._accounts if one.knows(token)), None)
        if account is None:
            raise RefusalError.of(Trouble.LOGIN_REQUIRED)
        return account.refresh(form, self._now())

    def products(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Return the list of cars."""
        for car in account.cars:
            self._pass_time(car)
        found = [car.summary() for car in account.cars]
        return {"response": found, "count": len(found)}

    def metadata(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Return Teslemetry's data of an account."""
        return {
            "uid": account.subject,
            "region": account.region.upper(),
            "scopes": sorted(account.scopes),
            "vehicles": {car.vin: {"access": True} for car in account.cars},
            "energy_sites": {},
        }

    def scopes(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Return the scopes granted to Tessie."""
        return {"scopes": sorted(account.scopes)}

    def region(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Return the region of the account."""
        url = self._url(account.region)
        return _response({"region": account.region.value, "fleet_api_base_url": url})

    def fleet_status(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Return which cars need signatures, and which have a key for them."""
        wanted = visit.body.get("vins", [])
        cars = [car for car in account.cars if car.vin in wanted]
        return _response(
            {
                "key_paired_vins": [car.vin for car in cars if car.keys],
                "unpaired_vins": [car.vin for car in cars if not car.keys],
                "vehicle_info": {
                    car.vin: {
                        "firmware_version": _FIRMWARE,
                        "vehicle_command_protocol_required": (
                            car.signing is Signing.REQUIRED
                        ),
                        "discounted_device_data": False,
                        "fleet_telemetry_version": "1.1.0",
                        "total_number_of_keys": 2 + len(car.keys),
                    }
                    for car in cars
                },
            }
        )

    def vehicle(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Return whether a car is reachable."""
        return _response(self._car(visit, account).summary())

    def vehicle_data(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Return the data of a car, if it is awake."""
        car = self._awake(visit, account)
        wanted = frozenset(filter(None, visit.query.get("endpoints", "").split(";")))
        wanted = wanted or ALL_BUT_LOCATION
        if Scope.VEHICLE_LOCATION not in account.scopes:
            wanted -= {"location_data"}
        twc = self.connector(car)
        return _response(car.data(wanted, self._home, twc, self.time, self._now()))

    def wake_up(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Begin to wake a car; the answer does not wait until it is awake."""
        car = self._car(visit, account)
        if not car.offline:
            car.car.call(self.time)
            self._pass_time(car)
        return _response(car.summary())

    def command(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Pass a plain command to a car."""
        name = visit.call.endpoint
        if name not in COMMANDS:
            raise RefusalError(400, "invalid_command")
        if visit.service is Service.FLEET:
            car = self._car(visit, account)
            if car.signing is Signing.REQUIRED:
                raise RefusalError.of(Trouble.SIGNING_REQUIRED)
        car = self._awake(visit, account)
        reason = self._obey(visit, car, name)
        return _response({"result": reason is None, "reason": reason or ""})

    def signed_command(self, visit: Visit, account: Account) -> dict[str, Any]:
        """Pass a signed command to a car."""
        car = self._awake(visit, account)
        if car.signing is Signing.OFF:
            raise RefusalError(422, "vehicle does not support signed commands")
        if visit.signed is None:
            raise RefusalError(400, "invalid_command")
        computer = self.computer(car)
        obey = partial(self._obey, visit, car)
        return _response(computer.answer(visit.signed, car.keys, obey))

    def _obey(self, visit: Visit, car: TeslaCar, name: str) -> Trouble | None:
        """Execute a command in a car, unless a reason not to was ordered."""
        twc = self.connector(car)
        do = car.start_charging if name == "charge_start" else car.stop_charging
        reason = visit.reason or do(twc)
        visit.call.result = reason is None
        visit.call.reason = reason or ""
        return reason

    def _car(self, visit: Visit, account: Account) -> TeslaCar:
        """Return the car of a call, updated to now; RefusalError if there is none."""
        car = account.car(visit.vin or "")
        self._pass_time(car)
        return car

    def _awake(self, visit: Visit, account: Account) -> TeslaCar:
        """Return the car of a call; RefusalError if it cannot be reached now."""
        car = self._car(visit, account)
        if car.state() != "online":
            raise RefusalError.of(Trouble.VEHICLE_OFFLINE)
        car.car.call(self.time)
        return car

    def _pass_time(self, car: TeslaCar) -> None:
        """Wake a car or let it fall asleep if it is time, together with its connector."""
        twc = self.connector(car)
        if twc is None:
            car.car.pass_time(self.time)
        else:
            twc.refresh()


def _response(answer: Any) -> dict[str, Any]:
    return {"response": answer}
