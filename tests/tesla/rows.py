"""The meaning of each failure of a cloud and refusal of a car."""

from typing import Final

from custom_components.twc_manager.tesla import Result
from simulator.tesla import Trouble

ROWS: Final = (
    (Trouble.IS_CHARGING, Result.ALREADY),
    (Trouble.REQUESTED, Result.ALREADY),
    (Trouble.NOT_CHARGING, Result.ALREADY),
    (Trouble.ALREADY_SET, Result.ALREADY),
    (Trouble.COMPLETE, Result.COMPLETE),
    (Trouble.DISCONNECTED, Result.DISCONNECTED),
    (Trouble.NO_POWER, Result.NO_POWER),
    (Trouble.COULD_NOT_WAKE_BUSES, Result.BUSES_ASLEEP),
    (Trouble.VEHICLE_OFFLINE, Result.OFFLINE),
    (Trouble.MISSING_SCOPES, Result.FORBIDDEN_SCOPES),
    (Trouble.SIGNING_REQUIRED, Result.SIGNING_REQUIRED),
    (Trouble.RATE_LIMITED, Result.RATE_LIMITED),
    (Trouble.WRONG_REGION, Result.WRONG_REGION),
    (Trouble.NOT_REGISTERED, Result.NOT_REGISTERED),
    (Trouble.PAYMENT_REQUIRED, Result.PAYMENT_REQUIRED),
    (Trouble.MOBILE_ACCESS_DISABLED, Result.REFUSED),
    (Trouble.NOT_FOUND, Result.REFUSED),
    (Trouble.LOCKED, Result.REFUSED),
    (Trouble.SERVER_ERROR, Result.TRANSIENT),
    (Trouble.BAD_GATEWAY, Result.TRANSIENT),
    (Trouble.UNAVAILABLE, Result.TRANSIENT),
    (Trouble.GATEWAY_TIMEOUT, Result.TRANSIENT),
    (Trouble.HTML, Result.TRANSIENT),
    (Trouble.HTML_ERROR, Result.TRANSIENT),
    (Trouble.NONSENSE, Result.TRANSIENT),
    (Trouble.WRONG_SHAPE, Result.TRANSIENT),
    (Trouble.DROP, Result.TRANSIENT),
    (Trouble.LOST_ANSWER, Result.TRANSIENT),
)
