"""A made-up account on a running bus, and the library's client to call it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession
from tesla_fleet_api import TeslaFleetApi

from simulator import Car, WallConnector, make_vin
from simulator.tesla import Account, ChargingState, Place, TeslaCar, TeslaCloud

from .master import Rig, with_rig

PARIS = Place(48.86, 2.35)
NOON = 1_790_000_000.0


@dataclass
class Scene:
    """An account with a car on the first connector and one far away."""

    rig: Rig
    session: ClientSession
    cloud: TeslaCloud
    account: Account
    token: str = ""
    api: TeslaFleetApi = field(init=False)

    def __post_init__(self) -> None:
        self.token = self.account.new_access_token(self.now)
        self.api = self.fleet(self.cloud.url())

    @property
    def now(self) -> float:
        return NOON + self.rig.bus.now

    @property
    def car(self) -> TeslaCar:
        return self.account.cars[0]

    @property
    def away(self) -> TeslaCar:
        return self.account.cars[1]

    def fleet(self, url: str) -> TeslaFleetApi:
        return TeslaFleetApi(self.session, self.token, server=url)

    def vehicle(self, car: TeslaCar | None = None) -> Any:
        return self.api.vehicles.createFleet((car or self.car).vin)

    async def refresh(self, token: str = "", **form: str) -> tuple[int, dict[str, Any]]:
        """Request new tokens; return the status and the body."""
        sent = {
            "grant_type": "refresh_token",
            "client_id": self.account.client_id,
            "refresh_token": token or self.account.refresh_token,
        }
        async with self.session.post(self.cloud.token_url, data=sent | form) as answer:
            return answer.status, await answer.json()

    async def charge_state(self, car: TeslaCar | None = None) -> dict[str, Any]:
        data = await self.vehicle(car).vehicle_data(["charge_state"])
        state: dict[str, Any] = data["response"]["charge_state"]
        return state

    async def charging_state(self, car: TeslaCar | None = None) -> ChargingState:
        return ChargingState((await self.charge_state(car))["charging_state"])


def with_cloud(
    scenario: Callable[[Scene], Coroutine[None, None, None]], **options: Any
) -> None:
    """Run a scenario on virtual time; the options are those of the first car."""
    twc = WallConnector(0x032E)

    async def main(rig: Rig) -> None:
        car = TeslaCar(car=Car(soc=40.4, **options))
        away = TeslaCar(car=Car(vin=make_vin(2)), place=PARIS, charging_elsewhere=True)
        account = Account(cars=[car, away])
        cloud = TeslaCloud(account, bus=rig.bus, now=lambda: NOON + rig.bus.now)
        rig.twc.plug_in(car.car)
        await cloud.start()
        try:
            async with ClientSession() as session:
                await scenario(Scene(rig, session, cloud, account))
        finally:
            await cloud.stop()

    with_rig(main, twc)
