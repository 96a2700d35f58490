"""A Tesla account: its cars, their data, and commands to them, through three services with the same interface.

All three offer Tesla's Fleet API: Tesla itself with tokens that we refresh, Teslemetry and Tessie with an access token
of their own, which also sign the commands. Imports the library, which takes a second: import it by `load_library`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from aiohttp import ClientSession
from tesla_fleet_api import TeslaFleetApi, Teslemetry, Tessie
from tesla_fleet_api.const import SERVERS
from tesla_fleet_api.exceptions import LibraryError, TeslaFleetError
from tesla_fleet_api.tesla.vehicle.fleet import VehicleFleet

from .answers import UNEXPECTED, AccountError, Answer, Result, read_answer
from .calls import CallKind
from .claims import Claims
from .errors import answer_to_error
from .quiet import quiet
from .regions import Region, region_named
from .tokens import TokenError, TokenManager, region_of
from .vehicles import (
    CHARGE_STATE,
    LOCATION_DATA,
    TeslaVehicle,
    TeslaVehicleData,
    TeslaVehicleState,
    read_data,
    read_state,
    read_unpaired,
    read_vehicles,
)

TIMEOUT: Final = 60.0
"""The timeout of a call in s, including the handshake of a signed command."""

type OnCall = Callable[[CallKind], None]
"""Is called with the kind of each call that Tesla bills."""

type _Vehicle = VehicleFleet[Any]
type _Send = Callable[[], Awaitable[Any]]
type _VehicleCall = Callable[[_Vehicle], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Grant:
    """The permissions that the owner of an account granted.

    Attributes:
        account_id: the account's unique id; None where accounts have none.
        scopes: the granted scopes.
        region: the region of the account; None if unknown.

    """

    account_id: str | None = field(repr=False)
    scopes: frozenset[str]
    region: Region | None


class Account:
    """One account of any service. Create it with `fleet`, `teslemetry` or `tessie`.

    Queries return their result or raise AccountError; commands return an Answer and never raise.
    """

    def __init__(
        self,
        api: TeslaFleetApi,
        *,
        vehicle: Callable[[str], _Vehicle],
        grant: Callable[[Account], Awaitable[Grant]],
        token_manager: TokenManager | None = None,
        key_file: Path | None = None,
        servers: Iterable[str] = (),
        server_signs: bool = True,
        on_call: OnCall | None = None,
    ) -> None:
        """Prepare; nothing is sent yet."""
        self.token_manager: Final = token_manager
        self.key_file: Final = key_file
        self.server_signs: Final = server_signs
        self._api = api
        self._new_vehicle = vehicle
        self._read_grant = grant
        self._servers = tuple(servers)
        self._on_call = on_call
        self._must_sign: set[str] = set()
        self._signing: dict[str, _Vehicle] = {}

    @classmethod
    def fleet(
        cls,
        session: ClientSession,
        token_manager: TokenManager,
        *,
        region: Region | None = None,
        key_file: Path | None = None,
        servers: Mapping[Region, str] | None = None,
        base_url: str | None = None,
        server_signs: bool = False,
        on_call: OnCall | None = None,
    ) -> Self:
        """Return an account of Tesla's own Fleet API.

        Args:
            session: sends the calls.
            token_manager: provides the access token.
            region: the region of the account; None: the region in its token. A wrong region is corrected.
            key_file: the private key for cars that require signed commands.
            servers: the servers of the regions; None: Tesla's.
            base_url: the one server to call instead, for all regions.
            server_signs: whether that server signs the commands, so that no key file is needed.
            on_call: is called with the kind of each call that Tesla bills.

        """
        known = {Region(name): url for name, url in SERVERS.items() if name in Region}
        by_region = known | dict(servers or {})
        home = region or region_of(token_manager.tokens)
        first = base_url or by_region[home or Region.NORTH_AMERICA]
        api = TeslaFleetApi(
            session,
            token_manager.access_token,
            server=first.rstrip("/"),
            charging_scope=False,
            energy_scope=False,
            partner_scope=False,
            user_scope=False,
        )
        return cls(
            api,
            vehicle=api.vehicles.createFleet,
            grant=_claimed,
            token_manager=token_manager,
            key_file=key_file,
            servers=() if base_url else (url.rstrip("/") for url in by_region.values()),
            server_signs=server_signs,
            on_call=on_call,
        )

    @classmethod
    def teslemetry(
        cls,
        session: ClientSession,
        access_token: str,
        *,
        base_url: str | None = None,
        on_call: OnCall | None = None,
    ) -> Self:
        """Return an account of Teslemetry."""
        api = Teslemetry(session, access_token)
        if base_url:
            api.server = base_url.rstrip("/")

        async def grant(account: Account) -> Grant:
            metadata = await account.ask(
                None, lambda: api.metadata(update_region=False)
            )
            return _read_grant(metadata)

        return cls(api, vehicle=api.vehicles.create, grant=grant, on_call=on_call)

    @classmethod
    def tessie(
        cls,
        session: ClientSession,
        access_token: str,
        *,
        base_url: str | None = None,
        on_call: OnCall | None = None,
    ) -> Self:
        """Return an account of Tessie."""
        api = Tessie(session, access_token)
        if base_url:
            api.server = base_url.rstrip("/")

        async def grant(account: Account) -> Grant:
            return _read_grant({"scopes": await account.ask(None, api.scopes)})

        return cls(api, vehicle=api.vehicles.create, grant=grant, on_call=on_call)

    async def grant(self) -> Grant:
        """Return the permissions that the owner granted.

        Raises:
            AccountError: the query failed.
            UnreadableTokenError: Tesla's access token cannot be read.

        """
        return await self._read_grant(self)

    async def load_key(self) -> None:
        """Read the private key, unless it has been read.

        Raises:
            AccountError: there is none; `SIGNING_REQUIRED` if none was named, `KEY_MISSING` or `KEY_UNREADABLE`.

        """
        if self._api.has_private_key:
            return
        if self.key_file is None:
            raise AccountError(Answer(Result.SIGNING_REQUIRED, reason="no key file"))
        # The library would create a missing key, which no car knows.
        if not await asyncio.to_thread(self.key_file.is_file):
            raise AccountError(Answer(Result.KEY_MISSING))
        try:
            with quiet():
                await self._api.get_private_key(str(self.key_file))
        except LibraryError:
            raise AccountError(Answer(Result.KEY_UNREADABLE)) from None

    async def vehicles(self) -> tuple[TeslaVehicle, ...]:
        """Return the account's cars; the call is free and wakes none.

        Raises:
            AccountError: the query failed.

        """
        vehicles = read_vehicles(await self.ask(None, self._api.products))
        for vehicle in vehicles:
            if vehicle.must_sign and self._may_sign(vehicle.vin):
                self._must_sign.add(vehicle.vin)
        return vehicles

    async def state(self, vin: str) -> TeslaVehicleState | None:
        """Return whether a car can be reached, without waking it; None if the account does not have it.

        Raises:
            AccountError: the query failed.

        """
        return next(
            (vehicle.state for vehicle in await self.vehicles() if vehicle.vin == vin),
            None,
        )

    async def data(self, vin: str, *, location: bool) -> TeslaVehicleData:
        """Return the charging data of a car that is online and, if asked for, its location.

        Raises:
            AccountError: there are no data; `OFFLINE` if it is asleep.

        """
        endpoints = [CHARGE_STATE, *([LOCATION_DATA] if location else [])]
        vehicle = self._new_vehicle(vin)
        return read_data(
            await self.ask(CallKind.DATA, lambda: vehicle.vehicle_data(endpoints))
        )

    async def unpaired(self, vins: Iterable[str]) -> frozenset[str]:
        """Return the cars that do not know our application's key.

        Raises:
            AccountError: the query failed.

        """
        wanted = list(vins)
        if not wanted:
            return frozenset()
        vehicle = self._new_vehicle(wanted[0])
        return read_unpaired(await self.ask(None, lambda: vehicle.fleet_status(wanted)))

    async def start_charging(self, vin: str) -> Answer:
        """Start charging."""
        return await self._command(vin, lambda vehicle: vehicle.charge_start())

    async def stop_charging(self, vin: str) -> Answer:
        """Stop charging."""
        return await self._command(vin, lambda vehicle: vehicle.charge_stop())

    async def wake(self, vin: str) -> Answer:
        """Wake a car, which takes up to a minute; `ALREADY` if it is online."""
        vehicle = self._new_vehicle(vin)
        try:
            body = await self.ask(CallKind.WAKE, vehicle.wake_up)
        except AccountError as err:
            return err.answer
        awake = read_state(body) is TeslaVehicleState.ONLINE
        return Answer(Result.ALREADY if awake else Result.DONE)

    async def ask(self, kind: CallKind | None, send: _Send) -> Any:
        """Return the body of the answer to a call of the library.

        A rejected token is refreshed once, and after a wrong region the others are tried.

        Raises:
            AccountError: there was no answer.

        """
        refreshed = False
        tried: set[str | None] = set()
        while True:
            token = await self._token()
            tried.add(self._api.server)
            try:
                return await self._attempt(kind, send)
            except AccountError as err:
                match err.answer.result:
                    case Result.REAUTH if token and not refreshed:
                        refreshed = True
                        await self._refresh_rejected(token)
                    case Result.WRONG_REGION if server := self._other_server(tried):
                        self._api.server = server
                    case _:
                        raise

    async def _command(self, vin: str, call: _VehicleCall) -> Answer:
        try:
            answer = await self._try(vin, call)
            if answer.result is Result.SIGNING_REQUIRED and self._may_sign(vin):
                self._must_sign.add(vin)
                answer = await self._try(vin, call)
        except AccountError as err:
            return err.answer
        return answer

    async def _try(self, vin: str, call: _VehicleCall) -> Answer:
        """Return a car's answer to a command, or why the command did not reach it."""
        vehicle = await self._vehicle(vin)
        try:
            body = await self.ask(CallKind.COMMAND, lambda: call(vehicle))
        except AccountError as err:
            return err.answer
        return read_answer(body)

    async def _vehicle(self, vin: str) -> _Vehicle:
        """Return the object that sends commands to a car; one that signs keeps its session with the car."""
        if vin not in self._must_sign:
            return self._new_vehicle(vin)
        await self.load_key()
        if vin not in self._signing:
            self._signing[vin] = self._api.vehicles.createSigned(vin)
        return self._signing[vin]

    def _may_sign(self, vin: str) -> bool:
        """Return whether commands to a car can be signed and are not yet."""
        return self.key_file is not None and vin not in self._must_sign

    def _other_server(self, tried: Container[str | None]) -> str | None:
        return next((server for server in self._servers if server not in tried), None)

    async def _attempt(self, kind: CallKind | None, send: _Send) -> Any:
        """Return the body of the answer to one call; AccountError if there was none."""
        if kind is not None and self._on_call is not None:
            self._on_call(kind)
        try:
            with quiet():
                async with asyncio.timeout(TIMEOUT):
                    return await send()
        except (Exception, TeslaFleetError) as err:  # noqa: BLE001 - it reads what the world sends
            answer = answer_to_error(err)
        # Raised outside the handler: the cause would be logged with it, and its text may hold a VIN.
        raise AccountError(answer)

    async def _token(self) -> str | None:
        """Return the access token that the next call uses; None if it never changes."""
        return (
            None
            if self.token_manager is None
            else await _token_result(self.token_manager.access_token())
        )

    async def _refresh_rejected(self, rejected: str) -> None:
        if self.token_manager is not None:
            await _token_result(self.token_manager.refresh_rejected(rejected))


async def _token_result[T](tokens: Awaitable[T]) -> T:
    """Return what the token manager returns; AccountError if it fails."""
    try:
        return await tokens
    except TokenError as err:
        answer = answer_to_error(err)
    raise AccountError(answer)


async def _claimed(account: Account) -> Grant:
    """Return the grant in the claims of Tesla's access token."""
    assert account.token_manager is not None
    claims = Claims.read(await _token_result(account.token_manager.access_token()))
    return Grant(claims.subject, claims.scopes, claims.region)


def _read_grant(reported: Mapping[str, Any]) -> Grant:
    """Return the grant that Teslemetry or Tessie reports; AccountError if there is none."""
    scopes = reported.get("scopes") if isinstance(reported, Mapping) else None
    if not isinstance(scopes, list):
        raise AccountError(UNEXPECTED)
    uid = reported.get("uid")
    return Grant(
        account_id=uid if isinstance(uid, str) else None,
        scopes=frozenset(scope for scope in scopes if isinstance(scope, str)),
        region=region_named(reported.get("region")),
    )
