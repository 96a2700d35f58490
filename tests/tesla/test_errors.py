"""Errors that the simulated account server does not raise by itself."""

from aiohttp import ClientResponseError, RequestInfo, ServerTimeoutError
from multidict import CIMultiDict, CIMultiDictProxy
import pytest
from tesla_fleet_api import exceptions as fleet
from yarl import URL

from custom_components.twc_manager.tesla import (
    ReauthNeededError,
    Result,
    TransientTokenError,
)
from custom_components.twc_manager.tesla.errors import answer_to_error
from simulator import make_vin

ADDRESS = URL(f"https://cars.example/api/1/vehicles/{make_vin(7)}/vehicle_data")
REQUEST = RequestInfo(ADDRESS, "GET", CIMultiDictProxy(CIMultiDict()), ADDRESS)


def response_error(status: int) -> ClientResponseError:
    return ClientResponseError(REQUEST, (), status=status)


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (fleet.Forbidden(None), Result.TRANSIENT),
        (fleet.Forbidden({"error": None}), Result.TRANSIENT),
        (fleet.Forbidden({"error": "not your car"}), Result.REFUSED),
        (fleet.Forbidden("<html>"), Result.TRANSIENT),
        (fleet.InvalidScope(), Result.FORBIDDEN_SCOPES),
        (fleet.UnsupportedVehicle(), Result.REFUSED),
        (fleet.MissingToken(), Result.REAUTH),
        (fleet.InvalidTessieToken(), Result.REAUTH),
        (fleet.OAuthInvalid(), Result.REAUTH),
        (fleet.UnauthorizedClient(), Result.REAUTH),
        (fleet.InsufficientCredits(), Result.PAYMENT_REQUIRED),
        (fleet.InvalidCommand(), Result.REFUSED),
        (fleet.PreconditionFailed(), Result.NOT_REGISTERED),
        (fleet.InvalidResponse(), Result.TRANSIENT),
        (fleet.ClientClosedRequest(), Result.TRANSIENT),
        (fleet.DeviceUnexpectedResponse(), Result.TRANSIENT),
        (fleet.ResponseError("<html>", 404), Result.TRANSIENT),
        (fleet.TeslaFleetMessageFaultBusy(), Result.TRANSIENT),
        (fleet.TeslaFleetMessageFaultInvalidSignature(), Result.TRANSIENT),
        (fleet.TeslaFleetMessageFaultUnknownKeyId(), Result.NOT_PAIRED),
        (fleet.NotOnWhitelistFault(), Result.NOT_PAIRED),
        (fleet.TeslaFleetMessageFaultInsufficientPrivileges(), Result.REFUSED),
        (fleet.TeslaFleetMessageFaultRemoteAccessDisabled(), Result.REFUSED),
        (fleet.SessionInfoAuthenticationFault(), Result.TRANSIENT),
        (response_error(402), Result.PAYMENT_REQUIRED),
        (response_error(418), Result.REFUSED),
        (response_error(507), Result.TRANSIENT),
        (ServerTimeoutError(), Result.TRANSIENT),
        (TimeoutError(), Result.TRANSIENT),
        (ConnectionResetError(), Result.TRANSIENT),
        (KeyError("response"), Result.TRANSIENT),
        (ReauthNeededError("login_required"), Result.REAUTH),
        (TransientTokenError("HTTP 503"), Result.TRANSIENT),
        (TransientTokenError("HTTP 429", 5), Result.RATE_LIMITED),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_meaning(error: BaseException, result: Result) -> None:
    answer = answer_to_error(error)
    assert answer.result is result
    assert make_vin(7) not in repr(answer)


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"after": "30", "reset": "90"}, 30),
        ({"after": None, "reset": "90"}, 90),
        ({"after": "0", "reset": "90"}, 0),
        ({"after": None, "reset": None}, None),
        (None, None),
        ("text", None),
    ],
)
def test_when_to_come_back(
    headers: dict[str, str | None] | str | None, after: float | None
) -> None:
    answer = answer_to_error(fleet.RateLimited(headers))
    assert (answer.result, answer.after) == (Result.RATE_LIMITED, after)
