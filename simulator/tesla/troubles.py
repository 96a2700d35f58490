"""The troubles that a test can order from the account server, and their HTTP responses.

The list of troubles, their responses and the queue of orders. The refusals of a healthy server (a wrong token, a
sleeping car) are decided elsewhere, with the same responses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ANYTHING: Final = "*"
"""All endpoints, in an order."""

_SIGNING_REQUIRED: Final = (
    "Tesla Vehicle Command Protocol required, please refer to the documentation here: "
    "https://developer.tesla.com/docs/fleet-api#2023-10-09-rest-api-vehicle-commands-endpoint-"
    "deprecation-warning"
)

_NOT_REGISTERED: Final = (
    "Account 0123456789ab-cdef-0123-456789abcdef must be registered in the current region "
    "https://fleet-api.prd.eu.vn.cloud.tesla.com, please see "
    "https://developer.tesla.com/docs/fleet-api/endpoints/partner-endpoints#register"
)
"""The words of the Fleet API; the account it names is the application's client id."""


class Trouble(StrEnum):
    """A trouble; the value of a reason is the text that the car returns."""

    # Refusals of the cloud.
    UNAUTHORIZED = "unauthorized"
    LOGIN_REQUIRED = "login_required"
    INVALID_GRANT = "invalid_grant"
    INVALID_CLIENT = "invalid_client"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    MOBILE_ACCESS_DISABLED = "mobile_access_disabled"
    PAYMENT_REQUIRED = "payment_required"
    MISSING_SCOPES = "missing_scopes"
    SIGNING_REQUIRED = "signing_required"
    NOT_FOUND = "not_found"
    VEHICLE_OFFLINE = "vehicle_offline"
    WRONG_REGION = "wrong_region"
    NOT_REGISTERED = "not_registered"
    LOCKED = "locked"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway_timeout"
    # Unexpected answers.
    HTML = "html"
    """A web page with status 200, as from a captive portal."""
    HTML_ERROR = "html_error"
    """A web page with status 503."""
    NONSENSE = "nonsense"
    """JSON that is truncated."""
    WRONG_SHAPE = "wrong_shape"
    """JSON without the expected content."""
    # Failures of the connection.
    TIMEOUT = "timeout"
    """There is no answer, and nothing is done."""
    DROP = "drop"
    """The connection breaks and nothing was done."""
    LOST_ANSWER = "lost_answer"
    """The connection breaks after the call was done."""
    # Reasons of a car not to execute a command.
    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"
    IS_CHARGING = "is_charging"
    REQUESTED = "requested"
    NOT_CHARGING = "not_charging"
    ALREADY_SET = "already_set"
    COULD_NOT_WAKE_BUSES = "could_not_wake_buses"


REASONS: Final = frozenset(
    {
        Trouble.COMPLETE,
        Trouble.DISCONNECTED,
        Trouble.NO_POWER,
        Trouble.IS_CHARGING,
        Trouble.REQUESTED,
        Trouble.NOT_CHARGING,
        Trouble.ALREADY_SET,
        Trouble.COULD_NOT_WAKE_BUSES,
    }
)
"""The troubles that are the answer of a car, not a failure on the way to it."""

REFUSALS: Final[Mapping[Trouble, tuple[int, str]]] = {
    Trouble.UNAUTHORIZED: (401, "token expired (401)"),
    Trouble.LOGIN_REQUIRED: (401, "login_required"),
    Trouble.INVALID_GRANT: (400, "invalid_grant"),
    Trouble.INVALID_CLIENT: (401, "invalid_client"),
    Trouble.UNAUTHORIZED_CLIENT: (400, "unauthorized_client"),
    Trouble.MOBILE_ACCESS_DISABLED: (401, "mobile_access_disabled"),
    Trouble.PAYMENT_REQUIRED: (402, "payment_required"),
    Trouble.MISSING_SCOPES: (403, "Unauthorized missing scopes"),
    Trouble.SIGNING_REQUIRED: (403, _SIGNING_REQUIRED),
    Trouble.NOT_FOUND: (404, "not_found"),
    Trouble.VEHICLE_OFFLINE: (
        408,
        "vehicle unavailable: vehicle is offline or asleep",
    ),
    Trouble.NOT_REGISTERED: (412, _NOT_REGISTERED),
    Trouble.LOCKED: (423, "account locked"),
    Trouble.RATE_LIMITED: (429, "Retry your request later"),
    Trouble.SERVER_ERROR: (500, "internal server error"),
    Trouble.BAD_GATEWAY: (502, "bad gateway"),
    Trouble.UNAVAILABLE: (503, "service unavailable"),
    Trouble.GATEWAY_TIMEOUT: (504, "upstream internal error"),
}
"""The status and error of each refusal, except the wrong region, whose error has the right one."""


class RefusalError(Exception):
    """The server refuses: a status, an error and, for a rate limit, the time to wait."""

    def __init__(self, status: int, error: str, after: float | None = None) -> None:
        """Refuse with an HTTP status; `after` is in s."""
        super().__init__(error)
        self.status = status
        self.error = error
        self.after = after

    @classmethod
    def of(cls, trouble: Trouble, after: float | None = None) -> RefusalError:
        """Return the refusal of a trouble."""
        return cls(*REFUSALS[trouble], after)


@dataclass(slots=True)
class Order:
    """A trouble that was ordered."""

    endpoint: str
    trouble: Trouble
    left: int | None
    """The number of calls that it still applies to; None: until it is cancelled."""
    after: float | None = None
    vin: str | None = None

    def fits(self, names: frozenset[str], vin: str | None) -> bool:
        """Return whether it applies to a call with these names, for this car."""
        return (self.endpoint == ANYTHING or self.endpoint in names) and (
            self.vin is None or self.vin == vin
        )


@dataclass(slots=True)
class Orders:
    """The queue of orders, the oldest first."""

    _waiting: list[Order] = field(default_factory=list)

    def add(self, order: Order) -> None:
        """Add an order."""
        self._waiting.append(order)

    def clear(self) -> None:
        """Cancel all orders."""
        self._waiting.clear()

    def take(self, names: frozenset[str], vin: str | None) -> Order | None:
        """Return the oldest order that matches a call, and use it up."""
        order = next((order for order in self._waiting if order.fits(names, vin)), None)
        if order is None or order.left is None:
            return order
        order.left -= 1
        if not order.left:
            self._waiting.remove(order)
        return order
