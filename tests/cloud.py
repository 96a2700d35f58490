"""A Tesla account server for tests in Home Assistant."""

from collections.abc import AsyncGenerator

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.tesla import load_library
from simulator import Bus, Car, make_vin
from simulator.tesla import Account, Place, TeslaCar, TeslaCloud

from .helpers import quick_car
from .vehicles.scene import MadeUp


@pytest.fixture(scope="session")
def library() -> None:
    """Import the library once, so that no test waits for it."""
    load_library()


@pytest.fixture
def owner() -> Account:
    """An account with one car."""
    return Account(cars=[TeslaCar(car=Car(vin=make_vin(7)), name="Red one")])


@pytest.fixture
async def cloud(
    hass: HomeAssistant, owner: Account, library: None, socket_enabled: None
) -> AsyncGenerator[TeslaCloud]:
    """The server that the account is on."""
    cloud = TeslaCloud(owner)
    await cloud.start()
    yield cloud
    await cloud.stop()


@pytest.fixture
async def made_up(
    hass: HomeAssistant, bus: Bus, library: None, socket_enabled: None
) -> AsyncGenerator[MadeUp]:
    """An account with a car that is plugged in nowhere yet."""
    owner = Account(cars=[TeslaCar(car=quick_car(vin=make_vin(1)), name="Red one")])
    home = Place(hass.config.latitude, hass.config.longitude)
    server = TeslaCloud(owner, bus=bus, home=home)
    await server.start()
    yield MadeUp(server, owner, owner.cars)
    assert server.call_log.commands_to_cars_away == []
    await server.stop()
