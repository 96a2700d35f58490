"""What an owner sees and sets of the charging rules: real bytes over a real pty."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Bus, Car, WallConnector

from .helpers import async_frames, keep_known, quick_car
from .scene import (
    GRID,
    GRID_OPTIONS,
    NEW,
    OLD,
    OTHER,
    Scene,
    WallClock,
    async_give_car_a_switch,
    async_set_up,
    hurry,
)

type SetUp = Callable[..., Coroutine[Any, Any, Scene]]


@pytest.fixture
async def set_up(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    quick_connectors: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[SetUp]:
    """Sets up a bus with the connectors and cars given, in a hurry."""
    hurry(monkeypatch)
    scenes: list[Scene] = []

    async def set_up(*cars: tuple[int, Car | None], **options: Any) -> Scene:
        scene = await async_set_up(hass, hass_storage, bus, config_entry, cars, **options)
        scenes.append(scene)
        return scene

    yield set_up
    for scene in scenes:
        scene.house.stop()
    bus.safety.assert_clean(limit=48)


def connectors(scene: Scene) -> list[WallConnector]:
    return scene.bus.connectors


async def test_a_new_installation_behaves_like_ordinary_connectors(
    set_up: SetUp,
) -> None:
    scene = await set_up((NEW, quick_car()))
    (new,) = connectors(scene)
    await scene.until(lambda: new.drawn > 38)

    assert new.offered == 40
    assert scene.state("select.mode") == "fixed"
    assert scene.state("select.own_mode", NEW) == "bus"
    assert scene.state("sensor.rule") == "fixed"
    assert scene.state("number.current") == "48"
    assert scene.why() == scene.why(NEW) == "wiring"
    assert scene.state("switch.charge_now") == "off"
    assert scene.state("switch.resume_green") == "off"
    assert scene.state("sensor.charge_now_until") == "unknown"
    assert scene.state("sensor.next_change") == "unknown"
    assert scene.state("sensor.green_power") == "unknown"

    for key, value in (("select.mode", "green"), ("switch.resume_green", True)):
        with pytest.raises(ServiceValidationError, match="no sensor of green energy"):
            await scene.choose(key, value)
    with pytest.raises(ServiceValidationError, match="no sensor of green energy"):
        await scene.choose("select.own_mode", "green", NEW)
    with pytest.raises(ServiceValidationError, match="nan is no number"):
        await scene.choose("number.green_offset", "nan")
    with pytest.raises(ServiceValidationError, match="nan is no number"):
        await scene.choose("number.current", "nan")
    assert scene.state("select.mode") == "fixed"


async def test_a_car_without_a_way_to_stop_it_is_held_and_the_owner_is_told(
    set_up: SetUp,
) -> None:
    scene = await set_up((NEW, quick_car()))
    (new,) = connectors(scene)
    await scene.until(lambda: new.drawn > 38)

    await scene.choose("select.mode", "off")
    assert await scene.until(lambda: new.offered == 6) < 1
    assert scene.state("sensor.rule") == "off"
    assert scene.why() == "off"
    await scene.until(lambda: scene.why(NEW) == "cannot_stop")
    issue = scene.problem("cannot_stop")
    assert issue is not None
    assert issue.translation_placeholders == {
        "bus": "TWC Manager",
        "connectors": "1839",
    }

    await scene.choose("select.mode", "fixed")
    assert await scene.until(lambda: new.offered == 40) < 1
    assert scene.problem("cannot_stop") is None
    assert scene.why(NEW) == "wiring"

    await scene.choose("select.own_mode", "off", NEW)
    await scene.until(lambda: scene.problem("cannot_stop") is not None)
    assert scene.state("sensor.rule") == "fixed"
    new.unplug()
    await scene.until(lambda: scene.why(NEW) == "no_car")
    assert scene.problem("cannot_stop") is None


async def test_green_energy_is_followed(set_up: SetUp) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = connectors(scene)
    house = scene.house
    await scene.until(lambda: old.drawn > 38)
    await scene.choose("number.start_delay", 0)
    house.sun_w = 20.5 * 240

    await scene.choose("select.mode", "green")
    assert await scene.until(lambda: old.offered == 12) < 1
    await scene.until(lambda: old.offered == 21)
    assert scene.state("sensor.rule") == scene.state("select.mode") == "green"
    await scene.until(lambda: scene.why(OLD) == "green_energy")
    assert scene.state("sensor.green_current") == "21"
    await scene.until(lambda: 4.8 < float(scene.state("sensor.green_power")) < 5)

    house.sun_w = 15.5 * 240
    assert await scene.until(lambda: old.offered == 16) < 10

    # What is kept back for the house is lost to the car, and comes back.
    await scene.choose("number.green_offset", 480)
    assert await scene.until(lambda: old.offered == 14) < 5
    await scene.choose("number.green_offset", 0)
    await scene.until(lambda: old.offered == 16)

    # Too little for the least: the least goes on until the delay is over, or the grid may help.
    house.sun_w = 10 * 240
    await scene.until(lambda: old.offered == 12 and scene.why(OLD) == "stop_delay")
    assert scene.state("sensor.next_change", OLD) != "unknown"
    await scene.choose("number.grid_share", 1000)
    await scene.until(lambda: scene.why(OLD) == "green_energy")
    await scene.choose("number.grid_share", 0)
    await scene.choose("number.stop_delay", 0)
    await scene.until(lambda: old.drawn == 0 and old.offered == 0)
    await scene.until(lambda: scene.why(OLD) == "green_energy")
    assert scene.state("sensor.status", OLD) == "paused"

    await scene.choose("number.start_delay", 30)
    house.sun_w = 15.5 * 240
    await scene.until(lambda: scene.why(OLD) == "start_delay")
    until = datetime.fromisoformat(scene.state("sensor.next_change", OLD))
    assert until - dt_util.utcnow() == timedelta(minutes=30) - pytest.approx(
        timedelta(), abs=timedelta(seconds=5)
    )
    await scene.choose("number.start_delay", 0)
    await scene.until(lambda: old.offered == 16)


@pytest.mark.parametrize("when_stale", ["minimum", "stop"])
async def test_a_sensor_that_falls_silent_never_raises_an_offer(
    set_up: SetUp, when_stale: str
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS, green_when_stale=when_stale)
    (old,) = connectors(scene)
    house = scene.house
    await scene.choose("number.start_delay", 0)
    house.sun_w = 20.5 * 240
    await scene.choose("select.mode", "green")
    await scene.until(lambda: old.offered == 21)
    most = 0.0

    @callback
    def note() -> None:
        nonlocal most
        most = max(most, old.offered)

    scene.bus.change_listeners.append(note)
    for nonsense in ("unavailable", "nan", "9e9", "a lot"):
        house.says = nonsense
        house.tell()
        await scene.until(lambda: scene.problem("sensor_stale") is not None)
        assert scene.why(OLD) == scene.why() == "sensor_stale"
        assert old.offered == 21
        house.says = None
        house.tell()
        await scene.until(lambda: scene.problem("sensor_stale") is None)
        assert scene.why(OLD) == "green_energy"

    # It says nothing any more, as if since six minutes.
    house.says, house.silent_for = "-90000", 360.0
    scene.hass.states.async_remove(GRID)
    house.tell()
    house.stop()
    left = 0 if when_stale == "stop" else 12
    await scene.until(lambda: old.offered == left)
    await scene.until(lambda: scene.problem("sensor_stale") is not None)
    assert most == 21

    house.says, house.silent_for = None, 0.0
    house.tell()
    await scene.until(lambda: old.offered == 21)
    assert scene.problem("sensor_stale") is None
