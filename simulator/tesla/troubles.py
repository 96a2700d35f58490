"""The troubles that a test can order from the account server, and how each looks on the wire.

Owns the list of troubles, their HTTP faces and the queue of orders. Which refusal a healthy server
gives by itself (a wrong token, a sleeping car) is decided elsewhere, with the same faces.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ANYTHING: Final = "*"
"""Stands for every endpoint in an order."""

_SIGNING_REQUIRED: Final = (
    "Tesla Vehicle Command Protocol required, please refer to the documentation here: "
    "https://developer.tesla.com/docs/fleet-api#2023-10-09-rest-api-vehicle-commands-endpoint-"
    "deprecation-warning"
)


class Trouble(StrEnum):
    """What goes wrong; the value of a reason is what the car gives as its reason."""

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
    LOCKED = "locked"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway_timeout"
    # Answers that no client expects.
    HTML = "html"
    """A web page with status 200, as a captive portal gives it."""
    HTML_ERROR = "html_error"
    """A web page with status 503."""
    NONSENSE = "nonsense"
    """Called JSON, but cut short."""
    WRONG_SHAPE = "wrong_shape"
    """JSON with nothing in it that belongs there."""
    # Failures of the connection.
    TIMEOUT = "timeout"
    """No answer ever comes, and nothing is done."""
    DROP = "drop"
    """The connection breaks and nothing was done."""
    LOST_ANSWER = "lost_answer"
    """The connection breaks when all was done."""
    # Reasons of a car not to obey.
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
"""The troubles that are a car's answer and not a failure of the way to it."""

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
    Trouble.LOCKED: (423, "account locked"),
    Trouble.RATE_LIMITED: (429, "Retry your request later"),
    Trouble.SERVER_ERROR: (500, "internal server error"),
    Trouble.BAD_GATEWAY: (502, "bad gateway"),
    Trouble.UNAVAILABLE: (503, "service unavailable"),
    Trouble.GATEWAY_TIMEOUT: (504, "upstream internal error"),
}
"""Status and error of each refusal, but for the wrong region, whose error names the right one."""


class RefusalError(Exception):
    """The server says no: a status, an error and, for a limited rate, how long to wait."""

    def __init__(self, status: int, error: str, after: float | None = None) -> None:
        """Refuse with an HTTP status; `after` is in s."""
        super().__init__(error)
        self.status = status
        self.error = error
        self.after = after

    @classmethod
    def of(cls, trouble: Trouble, after: float | None = None) -> RefusalError:
        """Return the refusal that a trouble is."""
        return cls(*REFUSALS[trouble], after)


@dataclass(slots=True)
class Order:
    """A trouble that was ordered."""

    endpoint: str
    trouble: Trouble
    left: int | None
    """How many more times; None: until it is called off."""
    after: float | None = None
    vin: str | None = None

    def fits(self, names: frozenset[str], vin: str | None) -> bool:
        """Whether a call by these names, for this car, gets it."""
        return (self.endpoint == ANYTHING or self.endpoint in names) and (
            self.vin is None or self.vin == vin
        )


@dataclass(slots=True)
class Orders:
    """The orders that wait, the oldest first."""

    _waiting: list[Order] = field(default_factory=list)

    def add(self, order: Order) -> None:
        """Take one more."""
        self._waiting.append(order)

    def clear(self) -> None:
        """Call all of them off."""
        self._waiting.clear()

    def take(self, names: frozenset[str], vin: str | None) -> Order | None:
        """Use up the oldest order that fits a call."""
        order = next((order for order in self._waiting if order.fits(names, vin)), None)
        if order is None or order.left is None:
            return order
        order.left -= 1
        if not order.left:
            self._waiting.remove(order)
        return order
