"""The check of an account that was entered: whether it grants everything needed, or what its owner has to change."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from .answers import AccountError, Answer, Result
from .claims import UnreadableTokenError
from .regions import Region
from .vehicles import TeslaVehicle

if TYPE_CHECKING:
    from .account import Account

SCOPE_DATA: Final = "vehicle_device_data"
SCOPE_LOCATION: Final = "vehicle_location"
SCOPES_COMMANDS: Final = frozenset({"vehicle_cmds", "vehicle_charging_cmds"})


class Problem(StrEnum):
    """Why an account cannot be used; each problem has its own remedy.

    Apart from `Result`, which is about one call: a problem may be in an answer that succeeded, such as a missing scope.
    The values name the texts of the form.
    """

    CANNOT_CONNECT = "cannot_connect"
    CLIENT_REFUSED = "client_refused"
    """Tesla does not know the client id, or does not grant it the request."""
    HOST_NOT_FOUND = "host_not_found"
    """The server's name has no address, or Home Assistant is offline."""
    KEY_MISSING = "key_missing"
    """There is no file where the private key should be."""
    KEY_NEEDED = "key_needed"
    """Cars require signed commands and no key file was entered."""
    KEY_NOT_PAIRED = "key_not_paired"
    KEY_UNREADABLE = "key_unreadable"
    NOT_REGISTERED = "not_registered"
    """The application has to be registered in the region of the account."""
    NO_VEHICLES = "no_vehicles"
    NO_COMMAND_SCOPE = "no_command_scope"
    NO_DATA_SCOPE = "no_data_scope"
    PAYMENT_REQUIRED = "payment_required"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    TOKEN_REFUSED = "token_refused"
    """The token was used before, is too old, or was revoked."""
    TOKEN_UNREADABLE = "token_unreadable"
    WRONG_REGION = "wrong_region"


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check.

    Attributes:
        problem: why the account cannot be used; None if it can.
        reason: the reason that the server gave, if there is one.
        after: the s to wait before the next try, if the server names them.
        warning: why some of the cars cannot be commanded.
        concerned: the names of the cars that have `problem` or `warning`.
        account_id: the account's unique id; None where accounts have none.
        region: the region of the account; None if unknown.
        can_locate: whether cars may be located. If not, only a car whose VIN a connector
            reports, or that the owner assigned to one, is ever commanded.
        vehicles: the vehicles of the account.

    """

    problem: Problem | None = None
    reason: str = ""
    after: float | None = None
    warning: Problem | None = None
    concerned: tuple[str, ...] = ()
    account_id: str | None = field(default=None, repr=False)
    region: Region | None = None
    can_locate: bool = False
    vehicles: tuple[TeslaVehicle, ...] = ()


async def check(account: Account) -> Checked:
    """Try all calls that are needed except commands; refresh the tokens if they have expired.

    New tokens are in the token manager's store even if this returns a problem.
    """
    try:
        return await _check(account)
    except UnreadableTokenError as err:
        return Checked(Problem.TOKEN_UNREADABLE, reason=str(err))
    except AccountError as err:
        answer = err.answer
        return Checked(_problem(answer), reason=answer.reason, after=answer.after)


async def _check(account: Account) -> Checked:
    # The key first, since a refresh uses up the token that was entered.
    if account.key_file is not None:
        await account.load_key()
    grant = await account.grant()
    if SCOPE_DATA not in grant.scopes:
        return Checked(Problem.NO_DATA_SCOPE)
    if not SCOPES_COMMANDS & grant.scopes:
        return Checked(Problem.NO_COMMAND_SCOPE)
    vehicles = await account.vehicles()
    if not vehicles:
        return Checked(Problem.NO_VEHICLES)
    trouble, excluded = await _not_commandable(account, vehicles)
    none_left = len(excluded) == len(vehicles)
    return Checked(
        problem=trouble if none_left else None,
        warning=None if none_left else trouble,
        concerned=_names(excluded),
        account_id=grant.account_id,
        region=grant.region,
        can_locate=SCOPE_LOCATION in grant.scopes,
        vehicles=vehicles,
    )


async def _not_commandable(
    account: Account, vehicles: Iterable[TeslaVehicle]
) -> tuple[Problem | None, tuple[TeslaVehicle, ...]]:
    """Return the cars that would reject our commands, and why."""
    signed = tuple(vehicle for vehicle in vehicles if vehicle.must_sign)
    if not signed or account.server_signs:
        return None, ()
    if account.key_file is None:
        return Problem.KEY_NEEDED, signed
    unpaired = await account.unpaired(vehicle.vin for vehicle in signed)
    unknown = tuple(vehicle for vehicle in signed if vehicle.vin in unpaired)
    return (Problem.KEY_NOT_PAIRED, unknown) if unknown else (None, ())


def _names(vehicles: Iterable[TeslaVehicle]) -> tuple[str, ...]:
    """Return the names of cars, or the end of the VIN of those without a name."""
    return tuple(vehicle.name or f"…{vehicle.vin[-4:]}" for vehicle in vehicles)


def _problem(answer: Answer) -> Problem:
    if answer.result is Result.REAUTH and answer.reason in _CLIENT_ERRORS:
        return Problem.CLIENT_REFUSED
    if answer.host_not_found:
        return Problem.HOST_NOT_FOUND
    return _PROBLEMS.get(answer.result, Problem.CANNOT_CONNECT)


_CLIENT_ERRORS: Final = frozenset({"invalid_client", "unauthorized_client"})

_PROBLEMS: Final = {
    Result.FORBIDDEN_SCOPES: Problem.NO_DATA_SCOPE,
    Result.KEY_MISSING: Problem.KEY_MISSING,
    Result.KEY_UNREADABLE: Problem.KEY_UNREADABLE,
    Result.NOT_REGISTERED: Problem.NOT_REGISTERED,
    Result.PAYMENT_REQUIRED: Problem.PAYMENT_REQUIRED,
    Result.RATE_LIMITED: Problem.RATE_LIMITED,
    Result.REAUTH: Problem.TOKEN_REFUSED,
    Result.REFUSED: Problem.REFUSED,
    Result.WRONG_REGION: Problem.WRONG_REGION,
}
