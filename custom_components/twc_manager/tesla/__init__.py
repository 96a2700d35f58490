"""A Tesla account: its tokens, its cars, commands to them, and what the calls cost.

This room does not need Home Assistant and decides nothing: the rules decide when to command which car. The library
behind it takes a second to import, so only `load_library` imports it:

    Account = await loop.run_in_executor(None, load_library)
    token_manager = TokenManager(session, tokens, store, url=token_url(region))
    account = Account.fleet(session, token_manager, region=region)
    answer = await account.stop_charging(vin)
"""

from importlib import import_module
from typing import TYPE_CHECKING, cast

from .answers import AccountError, Answer, Result, meaning
from .calls import PRICES, CallKind, Calls
from .checking import Checked, Problem, check
from .claims import Claims, UnreadableTokenError
from .regions import Region, token_url
from .tokens import (
    ReauthNeededError,
    Store,
    TokenError,
    TokenManager,
    Tokens,
    TransientTokenError,
    region_of,
)
from .vehicles import (
    ChargingState,
    Location,
    TeslaVehicle,
    TeslaVehicleData,
    TeslaVehicleState,
)

if TYPE_CHECKING:
    from .account import Account

__all__ = [
    "PRICES",
    "AccountError",
    "Answer",
    "CallKind",
    "Calls",
    "ChargingState",
    "Checked",
    "Claims",
    "Location",
    "Problem",
    "ReauthNeededError",
    "Region",
    "Result",
    "Store",
    "TeslaVehicle",
    "TeslaVehicleData",
    "TeslaVehicleState",
    "TokenError",
    "TokenManager",
    "Tokens",
    "TransientTokenError",
    "UnreadableTokenError",
    "check",
    "load_library",
    "meaning",
    "region_of",
    "token_url",
]


def load_library() -> type[Account]:
    """Import the library and return `Account`. Blocks for a second: run it in a thread.

    Raises:
        ImportError: the library is not installed, or in a version that does not fit.

    """
    try:
        module = import_module(f"{__name__}.account")
    except Exception as err:
        # Its dependencies may be installed in versions that do not fit, which protobuf reports by its own errors.
        raise ImportError(f"{type(err).__name__}: {err}") from err
    return cast("type[Account]", module.Account)
