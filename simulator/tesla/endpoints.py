"""The endpoints of the account server: their paths and the scopes they need.

The table of paths and methods of the request handler.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from .account import Account, Scope
from .call_log import Kind
from .request_handler import RequestHandler, Service, Visit

_ALL: Final = frozenset(Service)
_NO_SCOPE: Final[frozenset[Scope]] = frozenset()
_DATA: Final = frozenset({Scope.VEHICLE_DEVICE_DATA})
_COMMANDS: Final = frozenset({Scope.VEHICLE_CMDS, Scope.VEHICLE_CHARGING_CMDS})
_CAR: Final = "/api/1/vehicles/{vin}"

type Answer = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A path and its handler."""

    kind: Kind
    method: str
    path: str
    answer: Callable[[RequestHandler, Visit], Answer]
    services: frozenset[Service] = _ALL

    @property
    def name(self) -> str:
        """The last constant part of the path."""
        last = self.path.rpartition("/")[2]
        return "vehicle" if last == "{vin}" else last

    def refusal(self, error: str) -> Answer:
        """Return the body of a refusal of this endpoint."""
        if self.kind is Kind.TOKEN:
            return {"error": error, "error_description": "", "referenceId": "0"}
        return {"response": None, "error": error, "error_description": "", "txid": "0"}


def _with(
    scopes: frozenset[Scope], answer: Callable[[RequestHandler, Visit, Account], Answer]
) -> Callable[[RequestHandler, Visit], Answer]:
    """Return a handler that first checks that the call has one of the scopes."""
    return lambda request_handler, visit: answer(
        request_handler, visit, request_handler.let_in(visit, scopes)
    )


ENDPOINTS: Final = (
    Endpoint(
        kind=Kind.TOKEN,
        method="POST",
        path="/oauth2/v3/token",
        answer=RequestHandler.refresh,
        services=frozenset({Service.FLEET}),
    ),
    Endpoint(
        kind=Kind.LIST,
        method="GET",
        path="/api/1/users/region",
        answer=lambda request_handler, visit: request_handler.region(
            visit, request_handler.account(visit)
        ),
    ),
    Endpoint(
        kind=Kind.LIST,
        method="GET",
        path="/api/metadata",
        answer=_with(_NO_SCOPE, RequestHandler.metadata),
        services=frozenset({Service.TESLEMETRY}),
    ),
    Endpoint(
        kind=Kind.LIST,
        method="GET",
        path="/auth/tesla_scopes",
        answer=_with(_NO_SCOPE, RequestHandler.scopes),
        services=frozenset({Service.TESSIE}),
    ),
    Endpoint(
        kind=Kind.LIST,
        method="GET",
        path="/api/1/products",
        answer=_with(_DATA, RequestHandler.products),
    ),
    Endpoint(
        kind=Kind.LIST,
        method="GET",
        path="/api/1/vehicles",
        answer=_with(_DATA, RequestHandler.products),
    ),
    Endpoint(
        kind=Kind.LIST,
        method="POST",
        path="/api/1/vehicles/fleet_status",
        answer=_with(_DATA, RequestHandler.fleet_status),
    ),
    Endpoint(
        kind=Kind.DATA,
        method="GET",
        path=_CAR,
        answer=_with(_DATA, RequestHandler.vehicle),
    ),
    Endpoint(
        kind=Kind.DATA,
        method="GET",
        path=f"{_CAR}/vehicle_data",
        answer=_with(_DATA, RequestHandler.vehicle_data),
    ),
    Endpoint(
        kind=Kind.WAKE,
        method="POST",
        path=f"{_CAR}/wake_up",
        answer=_with(_DATA | _COMMANDS, RequestHandler.wake_up),
    ),
    Endpoint(
        kind=Kind.COMMAND,
        method="POST",
        path=f"{_CAR}/command/{{command}}",
        answer=_with(_COMMANDS, RequestHandler.command),
    ),
    Endpoint(
        kind=Kind.COMMAND,
        method="POST",
        path=f"{_CAR}/signed_command",
        answer=_with(_COMMANDS, RequestHandler.signed_command),
    ),
)
