"""Cars and Tesla accounts as their owner added them, for tests of the commands they get."""

from dataclasses import dataclass, field
import time
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.util.ulid import ulid_now

from custom_components.twc_manager.inputs.plans import SUBENTRY_PLAN
from custom_components.twc_manager.inputs.schedules import SUBENTRY_SCHEDULE, WEEKDAYS
from custom_components.twc_manager.tesla import Tokens
from custom_components.twc_manager.vehicles.account_data import (
    SUBENTRY_ACCOUNT,
    AccountData,
    AccountKind,
    new_grant_id,
)
from custom_components.twc_manager.vehicles.stored import StoredVehicles
from custom_components.twc_manager.vehicles.vehicle_data import (
    SUBENTRY_VEHICLE,
    VehicleKind,
)
from simulator import Car
from simulator.tesla import Account, Kind, Place, TeslaCar, TeslaCloud
from tests.helpers import async_frames
from tests.scene import NEW, Scene

ELSEWHERE: Final = Place(48.86, 2.35)
WITHIN_S: Final = 90.0


@dataclass
class MadeUp:
    """A made-up account at a simulated cloud, and its cars."""

    server: TeslaCloud
    owner: Account
    cars: list[TeslaCar] = field(default_factory=list)

    def count(self, kind: Kind, car: Car | None = None) -> int:
        return self.server.call_log.count(kind, None if car is None else car.vin)

    def commands(self) -> list[str]:
        return [call.endpoint for call in self.server.call_log.of(Kind.COMMAND)]


def vehicle(
    name: str = "Model 3", subentry_id: str | None = None, **data: Any
) -> ConfigSubentry:
    """Return a car; without an account it has entities."""
    by_account = "account" in data
    defaults: dict[str, Any] = {
        "kind": VehicleKind.ACCOUNT.value if by_account else VehicleKind.ENTITIES.value,
        "vin": None,
        "account": None,
        "switch": None,
        "cable": None,
        "charging_state": None,
        "location": None,
        "battery": None,
        "charge_limit": None,
        "energy_left": None,
        "capacity": None,
        "connector": None,
        "override_schedule": False,
    }
    return ConfigSubentry(
        data=MappingProxyType(defaults | data),
        subentry_id=subentry_id or ulid_now(),
        subentry_type=SUBENTRY_VEHICLE,
        title=name,
        unique_id=None,
    )


def plan(
    name: str = "Work", subentry_id: str | None = None, **data: Any
) -> ConfigSubentry:
    """Return a plan for 8 kWh by seven every day; it needs a `connector` or a `vehicle`."""
    defaults: dict[str, Any] = {
        "goal": "energy",
        "amount": 8,
        "strategy": "cheapest",
        "keep": 0,
    }
    if "ready" not in data:
        defaults |= {"days": list(WEEKDAYS), "at": "07:00:00"}
    return ConfigSubentry(
        data=MappingProxyType(defaults | data),
        subentry_id=subentry_id or ulid_now(),
        subentry_type=SUBENTRY_PLAN,
        title=name,
        unique_id=None,
    )


def schedule(name: str) -> ConfigSubentry:
    """Return a schedule that charges every night."""
    data = {
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "start": "23:00:00",
        "end": "06:00:00",
        "action": "green_only",
    }
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_type=SUBENTRY_SCHEDULE,
        title=name,
        unique_id=None,
    )


def account_data(subentry: ConfigSubentry) -> AccountData:
    """Return the stored data of an account."""
    return AccountData.from_dict(subentry.data)


def account(made_up: MadeUp) -> ConfigSubentry:
    """Return the made-up account as its owner entered it."""
    data = AccountData(
        AccountKind.FLEET,
        new_grant_id(),
        tokens=Tokens(
            made_up.owner.client_id,
            made_up.owner.refresh_token,
            refreshed_at=time.time(),
        ),
        base_url=made_up.server.url(),
    )
    return ConfigSubentry(
        data=MappingProxyType(data.as_dict()),
        subentry_type=SUBENTRY_ACCOUNT,
        title="Made-up account",
        unique_id=made_up.owner.subject,
    )


async def async_until_charging(scene: Scene) -> None:
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10)


async def async_follow_the_sun(scene: Scene) -> None:
    """Charge from green energy until there is none."""
    scene.house.sun_w = 6_000
    await scene.choose("number.start_delay", 0)
    await scene.choose("number.stop_delay", 0)
    await scene.choose("select.mode", "green")
    await async_until_charging(scene)
    scene.house.sun_w = 0


async def async_sun_goes_and_comes(scene: Scene) -> None:
    """Check that the car stops without green energy, and starts when there is some again."""
    (new,) = scene.bus.connectors
    await async_follow_the_sun(scene)
    assert await scene.until(lambda: new.drawn == 0, WITHIN_S) < WITHIN_S
    await scene.until(lambda: scene.state("sensor.status", NEW) == "paused")
    assert scene.problem("cannot_stop") is None
    # A car does not start before its connector offers something again.
    await scene.until(lambda: new.offered == 0)
    await async_frames(scene.bus, 6)
    scene.house.sun_w = 6_000
    await async_until_charging(scene)


@dataclass
class MemoryStore:
    """Stores the vehicles of a bus in memory.

    Attributes:
        stored: what was stored, in order.

    """

    stored: list[StoredVehicles] = field(default_factory=list)

    @property
    def vehicles_on_disk(self) -> StoredVehicles:
        return self.stored[-1] if self.stored else StoredVehicles()

    def update_vehicles(self, vehicles: StoredVehicles) -> None:
        self.stored.append(vehicles)
