"""The answers that the library's errors stand for.

Imports the library, which takes a second: only `load_library` may import this.
"""

from collections.abc import Mapping
import logging
from typing import Any, Final

from aiohttp import ClientError, ClientResponseError
from tesla_fleet_api import exceptions as fleet

from ..untrusted import redacted_line
from .answers import AccountError, Answer, Result, seconds_after
from .tokens import ReauthNeededError, TransientTokenError

_LOGGER: Final = logging.getLogger(__name__)

_MEANINGS: Final[tuple[tuple[tuple[type[BaseException], ...], Result], ...]] = (
    ((fleet.MobileAccessDisabled, fleet.UnsupportedVehicle), Result.REFUSED),
    (
        (
            fleet.LoginRequired,
            fleet.OAuthExpired,
            fleet.OAuthInvalid,
            fleet.MissingToken,
            fleet.InvalidToken,
            fleet.UnauthorizedClient,
        ),
        Result.REAUTH,
    ),
    ((fleet.InvalidScope,), Result.FORBIDDEN_SCOPES),
    ((fleet.VehicleOffline,), Result.OFFLINE),
    ((fleet.InvalidRegion,), Result.WRONG_REGION),
    (fleet.KEY_REJECTED_FAULTS, Result.NOT_PAIRED),
    (
        (
            fleet.TeslaFleetMessageFaultInsufficientPrivileges,
            fleet.TeslaFleetMessageFaultRemoteAccessDisabled,
            fleet.TeslaFleetMessageFaultRemoteServiceAccessDisabled,
        ),
        Result.REFUSED,
    ),
)
"""The results that follow from the type of an error; the first match counts."""

# 4xx codes of the gateway that say nothing about the call itself.
_PASSING: Final = frozenset({424, 499})


def answer_to_error(error: BaseException) -> Answer:
    """Return the answer that an error of a call stands for; the error's own text is dropped."""
    match error:
        case AccountError():
            return error.answer
        case ReauthNeededError():
            return Answer(Result.REAUTH, reason=str(error))
        case TransientTokenError():
            limited = error.after is not None
            result = Result.RATE_LIMITED if limited else Result.TRANSIENT
            return Answer(result, error.after, str(error))
        case fleet.RateLimited():
            return Answer(Result.RATE_LIMITED, _after(error.data), "HTTP 429")
        case fleet.Forbidden():
            return _forbidden(error.data)
        case fleet.TeslaFleetError():
            return _by_kind(error)
        case ClientResponseError():
            return Answer(_by_status(error.status), reason=f"HTTP {error.status}")
        case ClientError() | TimeoutError() | OSError():
            return Answer(Result.TRANSIENT, reason=type(error).__name__)
        case _:
            # Parsing a cut-off or invalid response may raise any error.
            _LOGGER.debug("The library raised %s", type(error).__name__)
            return Answer(Result.TRANSIENT, reason=type(error).__name__)


def _by_kind(error: fleet.TeslaFleetError) -> Answer:
    name = type(error).__name__
    for kinds, result in _MEANINGS:
        if isinstance(error, kinds):
            return Answer(result, reason=name)
    # A web page instead of a response, or a passing fault of the car.
    if error.status is None or isinstance(error, fleet.ResponseError):
        return Answer(Result.TRANSIENT, reason=name)
    return Answer(_by_status(error.status), reason=name)


def _by_status(status: int) -> Result:
    if status == 402:
        return Result.PAYMENT_REQUIRED
    if status == 412:
        return Result.NOT_REGISTERED
    if 400 <= status < 500 and status not in _PASSING:
        return Result.REFUSED
    return Result.TRANSIENT


def _forbidden(data: object) -> Answer:
    """Return what a 403 stands for; one without a reason is a web page of a server in between."""
    text = redacted_line(data.get("error")) if isinstance(data, dict) else ""
    words = text.lower()
    if "command protocol required" in words:
        return Answer(Result.SIGNING_REQUIRED, reason="command protocol required")
    if "scope" in words:
        return Answer(Result.FORBIDDEN_SCOPES, reason=text)
    return Answer(
        Result.REFUSED if text else Result.TRANSIENT, reason=text or "HTTP 403"
    )


def _after(data: Mapping[str, Any] | str | None) -> float | None:
    if not isinstance(data, Mapping):
        return None
    after = seconds_after(data.get("after"))
    return seconds_after(data.get("reset")) if after is None else after
