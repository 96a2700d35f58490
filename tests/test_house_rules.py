"""How the house, other masters and unusual vehicles affect charging, over the bytes of a simulated bus."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import UnitOfElectricCurrent
from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.inputs.daylight import Light
from custom_components.twc_manager.twc.queries import PLUG_WHILE_UNPLUGGED
from simulator import Bus, SecondMaster, WallConnector

from .conftest import Sky
from .helpers import async_frames, quick_car
from .scene import GRID, GRID_OPTIONS, NEW, OLD, OTHER, Builder, Scene

PHASE: Final = "sensor.l1"
FUSE: Final = {"fuse_size": 63, "fuse_current_l1": PHASE, "fuse_silent_seconds": 3}


@dataclass(slots=True)
class Phase:
    """A meter that reports the A of the vehicles' phase once a second.

    Attributes:
        load: what the others in the house take, in A.
        says: what the meter says instead of the truth.

    """

    hass: HomeAssistant
    bus: Bus
    load: float = 10.0
    says: str | None = None
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)

    @property
    def amps(self) -> float:
        """Return what goes through the fuse."""
        return self.load + sum(item.drawn for item in self.bus.connectors)

    def report(self) -> None:
        self.stop()
        self.hass.states.async_set(
            PHASE,
            f"{self.amps:.2f}" if self.says is None else self.says,
            {
                "unit_of_measurement": UnitOfElectricCurrent.AMPERE,
                "friendly_name": "Main fuse L1",
            },
        )
        self._timer = self.hass.loop.call_later(1.0, self.report)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


@pytest.fixture
def phase(hass: HomeAssistant, bus: Bus) -> Generator[Phase]:
    phase = Phase(hass, bus)
    phase.report()
    yield phase
    phase.stop()


def connectors(scene: Scene) -> list[WallConnector]:
    return scene.bus.connectors


async def _charge_by(scene: Scene, rule: str) -> None:
    """Let the rule be in force; it gives the cars all there is."""
    match rule:
        case "charge_now":
            await scene.choose("switch.charge_now", True)
        case "schedule":
            data = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
            clock = {"start": "00:00:00", "end": "00:00:00"}
            always = ConfigSubentry(
                data=MappingProxyType({**data, **clock, "action": "amps", "amps": 40}),
                subentry_type="schedule",
                title="Always",
                unique_id=None,
            )
            scene.hass.config_entries.async_add_subentry(scene.entry, always)
        case "green":
            scene.house.sun_w = 80 * 240
            await scene.choose("number.start_delay", 0)
            await scene.choose("select.mode", "green")
    await scene.until(lambda: scene.state("sensor.rule") == rule)


@pytest.mark.parametrize("rule", ["fixed", "charge_now", "schedule", "green"])
async def test_the_main_fuse_holds_whatever_rule_is_in_force(
    set_up: Builder, phase: Phase, rule: str
) -> None:
    scene = await set_up((OLD, quick_car()), **FUSE, **GRID_OPTIONS)
    (old,) = connectors(scene)
    await _charge_by(scene, rule)
    await scene.until(lambda: float(scene.state("sensor.current", OLD)) > 38)

    phase.load = 40.0
    assert phase.amps > 70
    assert await scene.until(lambda: phase.amps < 63) < 5
    await scene.until(lambda: scene.why(OLD) == "main_fuse")
    assert scene.state("sensor.rule") == rule
    assert scene.why() == "main_fuse"
    assert 12 <= old.offered <= 24

    # Too little for the minimum that it may charge at.
    await async_frames(scene.bus, 8)
    phase.load = 55.0
    assert await scene.until(lambda: old.offered == 0) < 5
    await scene.until(lambda: phase.amps < 63)
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    assert scene.problem("fuse_sensor_stale") is None

    phase.load = 10.0
    offers: list[float] = []
    scene.bus.change_listeners.append(lambda: offers.append(old.offered))
    await scene.until(lambda: old.offered == 40)
    # Not all at once.
    assert len({amps for amps in offers if 0 < amps < 40}) >= 2


async def test_a_sensor_at_the_fuse_that_repeats_its_value_is_reported_by_name(
    set_up: Builder, phase: Phase
) -> None:
    scene = await set_up((OLD, quick_car()), **FUSE)
    await scene.choose("number.total_current_limit", 20)
    (old,) = connectors(scene)
    await scene.until(lambda: old.offered == 20)
    await async_frames(scene.bus, 40)
    phase.says = f"{phase.amps:.2f}"
    await scene.choose("number.total_current_limit", 40)
    await scene.until(lambda: scene.problem("fuse_sensor_frozen") is not None)
    assert old.offered < 24
    issue = scene.problem("fuse_sensor_frozen")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["sensors"] == "Main fuse L1"
    await scene.until(lambda: scene.why(OLD) == "sensor_stale")
    assert old.offered == 0

    # It disappears by itself as soon as the sensor moves.
    phase.says = None
    await scene.until(lambda: scene.problem("fuse_sensor_frozen") is None)
    await scene.until(lambda: old.offered > 6)


async def test_a_silent_sensor_at_the_fuse_is_no_room(
    set_up: Builder, phase: Phase
) -> None:
    scene = await set_up((OLD, quick_car()), **FUSE)
    (old,) = connectors(scene)
    await scene.until(lambda: float(scene.state("sensor.current", OLD)) > 38)

    # Silent, and then unavailable: an issue names the sensor.
    for says in (None, "unavailable"):
        phase.says = says
        phase.report()
        if says is None:
            phase.stop()
        assert await scene.until(lambda: old.offered == 0) < 5
        await scene.until(lambda: scene.problem("fuse_sensor_stale") is not None)
        await scene.until(lambda: scene.why(OLD) == "sensor_stale")
        assert scene.why() == "sensor_stale"
        issue = scene.problem("fuse_sensor_stale")
        assert issue is not None
        assert issue.translation_placeholders is not None
        assert issue.translation_placeholders["sensors"] in {"Main fuse L1", PHASE}
        assert scene.problem("sensor_stale") is None

        phase.says = None
        phase.report()
        await scene.until(lambda: old.offered == 40)
        await scene.until(lambda: scene.problem("fuse_sensor_stale") is None)


async def test_one_absurd_number_at_the_fuse_stops_no_car(
    set_up: Builder, phase: Phase
) -> None:
    scene = await set_up((OLD, quick_car()), **FUSE)
    (old,) = connectors(scene)
    await scene.until(lambda: float(scene.state("sensor.current", OLD)) > 38)
    await async_frames(scene.bus, 12)
    await scene.until(lambda: old.offered == 40 and scene.why(OLD) == "wiring")
    lowest = old.offered

    def note() -> None:
        nonlocal lowest
        lowest = min(lowest, old.offered)

    scene.bus.change_listeners.append(note)
    for absurd in ("1e9", "unavailable"):
        phase.says = absurd
        phase.report()
        await async_frames(scene.bus, 4)
        phase.says = None
        phase.report()
        await async_frames(scene.bus, 4)
    assert lowest == 40

    phase.says = "1e9"
    phase.report()
    assert await scene.until(lambda: old.offered == 0) < 5


async def test_a_dead_sensor_is_reported_before_a_vehicle_is_plugged_in(
    set_up: Builder, phase: Phase
) -> None:
    phase.stop()
    scene = await set_up((OLD, None), **FUSE)
    await scene.until(lambda: scene.problem("fuse_sensor_stale") is not None)
    assert scene.why(OLD) == "no_vehicle"


async def test_a_satisfied_vehicle_hides_no_silent_sensor(set_up: Builder) -> None:
    """The vehicle takes less than the minimum that is offered while green energy is unknown."""
    car = quick_car(onboard_limit=8.0)
    scene = await set_up((OLD, car), **GRID_OPTIONS)
    (old,) = connectors(scene)
    await scene.choose("number.start_delay", 0)
    scene.house.sun_w = 30 * 240
    await scene.choose("select.mode", "green")
    await scene.until(lambda: old.drawn > 6)
    scene.house.says = "unknown"
    await scene.until(lambda: scene.problem("sensor_stale") is not None)
    issue = scene.problem("sensor_stale")
    assert issue is not None
    assert issue.translation_placeholders == {
        "bus": "TWC Manager",
        "sensors": "sensor.grid",
    }
    scene.house.says = None
    await scene.until(lambda: scene.problem("sensor_stale") is None)


@pytest.mark.long
async def test_a_sensor_that_sleeps_at_night_is_reported_by_day_though_a_vehicle_waits(
    set_up: Builder, sky: Sky
) -> None:
    sky.light = Light.NIGHT
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    scene.house.says = "unavailable"
    await scene.choose("select.mode", "green")
    await scene.until(lambda: scene.why(OLD) == "sensor_stale")
    await asyncio.sleep(1800)
    assert scene.problem("sensor_stale") is None

    sky.light = Light.DAY
    await scene.until(lambda: scene.problem("sensor_stale") is not None, seconds=300)
    sky.light = Light.NIGHT
    await scene.until(lambda: scene.problem("sensor_stale") is None, seconds=300)


@pytest.mark.long
async def test_a_sensor_that_repeats_its_value_near_zero_is_reported_by_name_once_the_sun_is_down(
    set_up: Builder, sky: Sky
) -> None:
    """An inverter may hold the grid there by day, but not at night: the car would charge from the grid for hours."""
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = connectors(scene)
    house = scene.house
    await scene.choose("number.start_delay", 0)
    house.sun_w = 20.5 * 240
    await scene.choose("select.mode", "green")
    await scene.until(lambda: old.drawn > 19 and scene.why(OLD) == "green_energy")
    house.says = "-100"
    await scene.until(lambda: old.offered < 18, seconds=2000)
    await scene.until(lambda: old.offered == 12)
    await asyncio.sleep(3600)
    assert (old.offered, scene.problem("sensor_stale")) == (12, None)

    sky.light = Light.NIGHT
    await scene.until(lambda: old.offered == 0)
    await scene.until(lambda: scene.problem("sensor_stale") is not None, seconds=300)
    issue = scene.problem("sensor_stale")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["sensors"] == GRID

    house.says = None
    await scene.until(lambda: scene.problem("sensor_stale") is None)


@pytest.mark.parametrize("offered", [True, False])
async def test_a_car_that_is_plugged_in_while_charging_is_off_gets_a_plug_in_charge(
    set_up: Builder, all_entities: None, offered: bool
) -> None:
    scene = await set_up((OLD, None), plug_in_charge=offered)
    (old,) = connectors(scene)
    await scene.choose("select.mode", "off")
    # A cable that was in at the first report may have been in for hours.
    await asyncio.sleep(2 * PLUG_WHILE_UNPLUGGED)
    highest = 0.0

    def note() -> None:
        nonlocal highest
        highest = max(highest, old.offered)

    scene.bus.change_listeners.append(note)
    old.plug_in(quick_car())
    if offered:
        await scene.until(lambda: scene.why(OLD) == "plug_in_charge")
        await scene.until(lambda: old.drawn > 4)
        assert scene.state("sensor.next_change", OLD) != "unknown"
    await scene.until(lambda: scene.why(OLD) == "off" and old.offered == 0)
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    assert highest == (6 if offered else 0)
    assert old.drawn == 0


@pytest.mark.parametrize("recovery", [True, False])
async def test_a_car_that_is_stuck_at_6_a_is_freed(
    set_up: Builder, recovery: bool
) -> None:
    car = quick_car()
    scene = await set_up((OLD, car), six_amp_recovery=recovery, **GRID_OPTIONS)
    (old,) = connectors(scene)
    await scene.choose("number.start_delay", 0)
    scene.house.sun_w = 14.5 * 240
    await scene.choose("select.mode", "green")
    await scene.until(lambda: 13 < old.drawn < 15)
    car.six_amp_trap = True
    scene.house.sun_w = 17.5 * 240
    await scene.until(lambda: car.trapped and old.drawn < 7)
    if recovery:
        await scene.until(lambda: scene.why(OLD) == "six_amp_recovery")
        await scene.until(lambda: not car.trapped)
        await scene.until(lambda: scene.why(OLD) == "green_energy")
        await scene.until(lambda: 15 < old.drawn < 19)
    else:
        await async_frames(scene.bus, 16)
        assert car.trapped
        assert scene.why(OLD) != "six_amp_recovery"


async def test_another_master_holds_green_energy_and_is_reported(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = connectors(scene)
    await scene.choose("number.start_delay", 0)
    scene.house.sun_w = 20.5 * 240
    await scene.choose("select.mode", "green")
    await scene.until(lambda: old.offered == 21 and scene.why(OLD) == "green_energy")

    # It gives no amps, but says that it is there.
    other = SecondMaster(heartbeats=False)
    other.attach(scene.bus)
    await scene.until(lambda: scene.problem("second_master") is not None)
    await scene.until(lambda: scene.why(OLD) == "second_master")
    assert scene.why() == "second_master"
    assert scene.state("binary_sensor.connection") == "off"
    scene.house.sun_w = 40 * 240
    await async_frames(scene.bus, 3)
    assert old.offered == 21

    other.detach()
    await scene.until(lambda: scene.problem("second_master") is None, seconds=45)
    await scene.until(
        lambda: scene.state("binary_sensor.connection") == "on", seconds=45
    )
    assert scene.state("sensor.rule") == "green"
    assert scene.why(OLD) != "second_master"


async def test_cars_take_turns_when_there_is_too_little_for_both(
    set_up: Builder, all_entities: None
) -> None:
    scene = await set_up(
        (OLD, quick_car()), (OTHER, quick_car()), turn_minutes=4 / 60, **GRID_OPTIONS
    )
    ids = (OLD, OTHER)
    await scene.choose("number.start_delay", 0)
    scene.house.sun_w = 14.5 * 240
    await scene.choose("select.mode", "green")

    def waiting() -> list[int]:
        return [item for item in ids if scene.why(item) == "waiting_turn"]

    for _ in range(2):
        await scene.until(lambda: len(waiting()) == 1)
        (waits,) = waiting()
        (charges,) = set(ids) - {waits}
        await scene.until(lambda: scene.state("sensor.status", waits) == "paused")  # noqa: B023
        await scene.until(lambda: scene.state("sensor.status", charges) == "charging")  # noqa: B023
        assert scene.state("sensor.next_change", waits) != "unknown"
        # The other one's turn comes.
        await scene.until(lambda: scene.state("sensor.status", waits) == "charging")  # noqa: B023


async def test_a_vehicle_that_cannot_be_stopped_makes_the_others_wait_for_the_fuse(
    set_up: Builder, phase: Phase
) -> None:
    scene = await set_up((NEW, quick_car()), (OLD, quick_car()), **FUSE)
    new, old = connectors(scene)
    await scene.until(lambda: min(new.drawn, old.drawn) > 20)
    phase.load = 54.0
    assert await scene.until(lambda: phase.amps < 63) < 5
    # What is left is for the one that goes on in any case.
    await scene.until(lambda: (new.offered, old.offered) == (6, 0))
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    phase.load = 10.0
    await scene.until(lambda: min(new.drawn, old.drawn) > 20)


@pytest.mark.parametrize("problem", ["sensor_removed", "sensor_unit"])
async def test_a_chosen_sensor_that_is_lost_is_reported_by_name_until_it_is_back(
    set_up: Builder, phase: Phase, problem: str
) -> None:
    scene = await set_up((OLD, None), **FUSE)
    await async_frames(scene.bus, 20)
    assert scene.problem(problem) is None
    phase.stop()
    if problem == "sensor_removed":
        scene.hass.states.async_remove(PHASE)
    else:
        scene.hass.states.async_set(PHASE, "3", {"unit_of_measurement": "Hz"})
    await scene.until(lambda: scene.problem(problem) is not None, 200)
    issue = scene.problem(problem)
    assert issue is not None and issue.translation_placeholders is not None
    assert issue.translation_placeholders["sensors"] == PHASE
    phase.report()
    await scene.until(lambda: scene.problem(problem) is None, 200)
