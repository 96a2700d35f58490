"""Whether an account can do what we need of it, and if not, what its owner can do about that."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from .answers import AccountError, Answer, Result
from .cars import TeslaVehicle
from .claims import UnreadableTokenError
from .regions import Region

if TYPE_CHECKING:
    from .account import Account

SCOPE_DATA: Final = "vehicle_device_data"
SCOPE_LOCATION: Final = "vehicle_location"
SCOPES_COMMANDS: Final = frozenset({"vehicle_cmds", "vehicle_charging_cmds"})


class Problem(StrEnum):
    """Why an account cannot be used; each has its own remedy."""

    CANNOT_CONNECT = "cannot_connect"
    CLIENT_REFUSED = "client_refused"
    """Tesla does not know the client id, or it may not do this."""
    KEY_MISSING = "key_missing"
    """There is no file where the private key should be."""
    KEY_NEEDED = "key_needed"
    """Cars want their commands signed and no key file was named."""
    KEY_NOT_PAIRED = "key_not_paired"
    KEY_UNREADABLE = "key_unreadable"
    NO_CARS = "no_cars"
    NO_COMMAND_SCOPE = "no_command_scope"
    NO_DATA_SCOPE = "no_data_scope"
    PAYMENT_REQUIRED = "payment_required"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    TOKEN_REFUSED = "token_refused"
    """The token was used already, is too old, or was withdrawn."""
    TOKEN_UNREADABLE = "token_unreadable"
    WRONG_REGION = "wrong_region"


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check.

    Attributes:
        problem: why the account cannot be used; None if it can.
        reason: what the other side called it, if that says more.
        warning: why some cars cannot be commanded, though others can.
        concerned: the names of the cars that `problem` or `warning` is about.
        account_id: the account's unique id; None where accounts have none.
        region: where the account lives; None if nobody said.
        can_locate: whether cars may be asked where they are. If not, only a car whose VIN a connector
            reports, or that the owner assigned to one, is ever commanded.
        cars: the account's cars.

    """

    problem: Problem | None = None
    reason: str = ""
    warning: Problem | None = None
    concerned: tuple[str, ...] = ()
    account_id: str | None = field(default=None, repr=False)
    region: Region | None = None
    can_locate: bool = False
    cars: tuple[TeslaVehicle, ...] = ()


async def check(account: Account) -> Checked:
    """Try all that is needed of an account but commands; refreshes its tokens if they are not fresh.

    New tokens went to the keeper's store even if this returns a problem.
    """
    try:
        return await _check(account)
    except UnreadableTokenError as err:
        return Checked(Problem.TOKEN_UNREADABLE, reason=str(err))
    except AccountError as err:
        return Checked(_problem(err.answer), reason=err.answer.reason)


async def _check(account: Account) -> Checked:
    # First what costs nothing: a refresh uses up the token that was typed in.
    if account.key_file is not None:
        await account.load_key()
    grant = await account.grant()
    if SCOPE_DATA not in grant.scopes:
        return Checked(Problem.NO_DATA_SCOPE)
    if not SCOPES_COMMANDS & grant.scopes:
        return Checked(Problem.NO_COMMAND_SCOPE)
    cars = await account.cars()
    if not cars:
        return Checked(Problem.NO_CARS)
    trouble, deaf = await _deaf(account, cars)
    hopeless = len(deaf) == len(cars)
    return Checked(
        problem=trouble if hopeless else None,
        warning=None if hopeless else trouble,
        concerned=_names(deaf),
        account_id=grant.account_id,
        region=grant.region,
        can_locate=SCOPE_LOCATION in grant.scopes,
        cars=cars,
    )


async def _deaf(
    account: Account, cars: Iterable[TeslaVehicle]
) -> tuple[Problem | None, tuple[TeslaVehicle, ...]]:
    """Return the cars that would not hear our commands, and why."""
    signed = tuple(car for car in cars if car.must_sign)
    if not signed or account.server_signs:
        return None, ()
    if account.key_file is None:
        return Problem.KEY_NEEDED, signed
    unpaired = await account.unpaired(car.vin for car in signed)
    deaf = tuple(car for car in signed if car.vin in unpaired)
    return (Problem.KEY_NOT_PAIRED, deaf) if deaf else (None, ())


def _names(cars: Iterable[TeslaVehicle]) -> tuple[str, ...]:
    """Return what owners call their cars; the end of the VIN of those without a name."""
    return tuple(car.name or f"…{car.vin[-4:]}" for car in cars)


def _problem(answer: Answer) -> Problem:
    if answer.result is Result.REAUTH and answer.reason in _CLIENT_ERRORS:
        return Problem.CLIENT_REFUSED
    return _PROBLEMS.get(answer.result, Problem.CANNOT_CONNECT)


_CLIENT_ERRORS: Final = frozenset({"invalid_client", "unauthorized_client"})

_PROBLEMS: Final = {
    Result.FORBIDDEN_SCOPES: Problem.NO_DATA_SCOPE,
    Result.KEY_MISSING: Problem.KEY_MISSING,
    Result.KEY_UNREADABLE: Problem.KEY_UNREADABLE,
    Result.PAYMENT_REQUIRED: Problem.PAYMENT_REQUIRED,
    Result.RATE_LIMITED: Problem.RATE_LIMITED,
    Result.REAUTH: Problem.TOKEN_REFUSED,
    Result.REFUSED: Problem.REFUSED,
    Result.WRONG_REGION: Problem.WRONG_REGION,
}
