"""What the rules see of the house, and what they tell the cars."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any, Final

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.twc_manager.charging.fuse import FuseGuard
from custom_components.twc_manager.const import CONF_PHASES, CONF_VOLTAGE, DOMAIN
from custom_components.twc_manager.house import HouseWatch

from .conftest import ENTRY_DATA
from .flows import add_entity

GRID: Final = "sensor.grid"
PHASES: Final = tuple(f"sensor.l{phase}" for phase in (1, 2, 3))
CAR: Final = "switch.car"
ONE: Final = 0x1839
NOBODY: Final[frozenset[str]] = frozenset()


class Clock:
    """The loop's clock, to be moved by hand."""

    def __init__(self) -> None:
        self.now = 5000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Generator[Clock]:
    clock = Clock()
    with monkeypatch.context() as patched:
        patched.setattr(hass.loop, "time", clock.time)
        yield clock


@pytest.fixture
def changes() -> list[None]:
    return []


@pytest.fixture
def watch(
    hass: HomeAssistant,
    clock: Clock,
    changes: list[None],
    freezer: FrozenDateTimeFactory,
) -> Generator[HouseWatch]:
    """A watch over a grid meter, the main fuse and a car's switch; both clocks stand still."""
    add_entity(hass, GRID, -1200, "W")
    for entity_id in PHASES:
        add_entity(hass, entity_id, 5, "A")
    options: dict[str, Any] = {
        "green_source": "grid",
        "green_grid": GRID,
        "fuse_size": 63,
        "fuse_current_l1": PHASES[0],
        "fuse_current_l2": PHASES[1],
        "fuse_current_l3": PHASES[2],
        "car_switch_1839": CAR,
    }
    data = {**ENTRY_DATA, CONF_PHASES: 3, CONF_VOLTAGE: 230}
    entry = MockConfigEntry(domain=DOMAIN, data=data, options=options)
    entry.add_to_hass(hass)
    watch = HouseWatch(hass, entry)
    stop = watch.async_start(lambda: changes.append(None))
    yield watch
    stop()


def _grid_at(watch: HouseWatch, now: float) -> float:
    readings = watch.look(now, NOBODY).readings
    assert readings is not None
    assert readings.grid is not None
    return readings.grid.at


async def test_a_clock_set_back_makes_no_dead_sensor_fresh(
    watch: HouseWatch, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    assert _grid_at(watch, clock.now) == 5000
    freezer.tick(timedelta(hours=-1))
    clock.now += 400
    assert _grid_at(watch, clock.now) == 5000
    house = watch.look(clock.now, NOBODY)
    assert house.fuse is not None
    assert house.fuse.at == 5000
    assert house.fuse.times == (5000, 5000, 5000)


async def test_a_clock_set_forward_silences_nobody(
    watch: HouseWatch, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    assert _grid_at(watch, clock.now) == 5000
    freezer.tick(timedelta(hours=1))
    clock.now += 5
    assert _grid_at(watch, clock.now) == 5000


@pytest.mark.parametrize("watts", [-1200, -1300])
async def test_who_speaks_is_heard_whatever_the_clock_shows(
    hass: HomeAssistant,
    watch: HouseWatch,
    clock: Clock,
    changes: list[None],
    freezer: FrozenDateTimeFactory,
    watts: int,
) -> None:
    watch.look(clock.now, NOBODY)
    freezer.tick(timedelta(hours=-1))
    clock.now += 400
    add_entity(hass, GRID, watts, "W")
    assert changes == [None]
    freezer.tick(timedelta(hours=-1))
    clock.now += 20
    assert _grid_at(watch, clock.now) == 5400


async def test_the_first_look_goes_by_the_clock_on_the_wall(
    watch: HouseWatch, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(100)
    assert _grid_at(watch, clock.now) == 4900


async def test_a_time_to_come_is_now(
    watch: HouseWatch, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(-100)
    assert _grid_at(watch, clock.now) == 5000
    # Nothing is newer than the look at it.
    assert _grid_at(watch, clock.now - 1) == 4999


async def test_one_phase_is_heard_while_the_others_have_nothing_new(
    hass: HomeAssistant, watch: HouseWatch, clock: Clock
) -> None:
    fuse = watch.options.fuse
    assert fuse is not None
    guard = FuseGuard(fuse.config)

    def allowed() -> int:
        reading = watch.look(clock.now, NOBODY).fuse
        return guard.update(clock.now, reading, drawn=0, changed_at=0, least=6)

    assert allowed() == 0
    clock.now += 5
    for entity_id in PHASES:
        add_entity(hass, entity_id, 5, "A")
    assert allowed() == 57
    clock.now += 2
    add_entity(hass, PHASES[0], 100, "A")
    assert allowed() == 0
    assert not guard.silent


async def test_a_sensor_that_is_removed_says_nothing(
    hass: HomeAssistant, watch: HouseWatch, clock: Clock
) -> None:
    hass.states.async_remove(PHASES[1])
    house = watch.look(clock.now, NOBODY)
    assert house.fuse is not None
    assert watch.options.fuse is not None
    assert house.fuse.amps(watch.options.fuse.config) is None


@pytest.mark.parametrize(
    "error",
    [
        HomeAssistantError("asleep"),
        vol.Invalid("asleep"),
        ValueError("asleep"),
        TimeoutError(),
        aiohttp.ClientError("asleep"),
    ],
)
async def test_a_car_that_does_not_obey_is_told_of_once(
    hass: HomeAssistant,
    watch: HouseWatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    failing = True
    calls: list[str] = []

    async def handle(call: ServiceCall) -> None:
        calls.append(call.service)
        if failing:
            raise error

    hass.services.async_register("homeassistant", "turn_on", handle)
    hass.services.async_register("homeassistant", "turn_off", handle)

    await watch.async_tell_car(ONE, charge=True)
    await watch.async_tell_car(ONE, charge=False)
    assert calls == ["turn_on", "turn_off"]
    assert caplog.text.count("did not obey") == 1
    failing = False
    await watch.async_tell_car(ONE, charge=True)
    failing = True
    await watch.async_tell_car(ONE, charge=True)
    assert caplog.text.count("did not obey") == 2
    assert f"{CAR} did not obey: {str(error) or 'TimeoutError'}" in caplog.text


async def test_a_mistake_of_ours_is_not_hidden(
    hass: HomeAssistant, watch: HouseWatch
) -> None:
    async def handle(_: ServiceCall) -> None:
        raise RuntimeError

    hass.services.async_register("homeassistant", "turn_on", handle)
    with pytest.raises(RuntimeError):
        await watch.async_tell_car(ONE, charge=True)
