"""A Tesla account server on loopback, with the cars at the simulated connectors.

The cloud side of a simulated car: tokens, lists, data, wakes, plain and signed commands, and every failure of such a
cloud on demand. It is written from Tesla's Fleet API documentation and shares no code with the integration's client,
so that tests against it find the client's mistakes:

    car = TeslaCar(car=twc.car)
    account = Account(cars=[car])
    cloud = TeslaCloud(account, bus=bus)
    await cloud.start()
    ... cloud.url(), cloud.token_url, account.refresh_token, account.client_id ...
    cloud.fail_next("charge_stop", Trouble.RATE_LIMITED, after=30)
    ...
    assert cloud.call_log.count(Kind.COMMAND) == 1
    await cloud.stop()
"""

from .account import Account, Region, Scope
from .call_log import Call, CallLog, Kind
from .cloud import TeslaCloud
from .signed import key_point
from .troubles import Trouble
from .vehicle import ChargingState, Place, Schedule, Signing, TeslaCar

__all__ = [
    "Account",
    "Call",
    "CallLog",
    "ChargingState",
    "Kind",
    "Place",
    "Region",
    "Schedule",
    "Scope",
    "Signing",
    "TeslaCar",
    "TeslaCloud",
    "Trouble",
    "key_point",
]
