"""What the rules see of the house."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.supply.main_fuse import FuseGuard
from custom_components.twc_manager.charging.supply.surplus import Fault, Source, Surplus
from custom_components.twc_manager.const import CONF_PHASES, CONF_VOLTAGE, DOMAIN
from custom_components.twc_manager.inputs.daylight import Light
from custom_components.twc_manager.inputs.schedules import SUBENTRY_SCHEDULE
from custom_components.twc_manager.inputs.watcher import SensorInputs, SilentSensors
from tests.charging.supply.guard import allow
from tests.conftest import ENTRY_DATA, Sky
from tests.flows.steps import add_entity

GRID: Final = "sensor.grid"
PHASES: Final = tuple(f"sensor.l{phase}" for phase in (1, 2, 3))
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
) -> Generator[SensorInputs]:
    """A watch over a grid meter and the main fuse; both clocks stand still."""
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
    }
    data = {**ENTRY_DATA, CONF_PHASES: 3, CONF_VOLTAGE: 230}
    entry = MockConfigEntry(domain=DOMAIN, data=data, options=options)
    entry.add_to_hass(hass)
    watch = SensorInputs(hass, entry)
    stop = watch.async_start(lambda: changes.append(None))
    yield watch
    stop()


def _grid_at(watch: SensorInputs, now: float) -> float:
    readings = watch.read(now, NOBODY).readings
    assert readings is not None
    assert readings.grid is not None
    return readings.grid.at


async def test_a_clock_set_back_makes_no_dead_sensor_fresh(
    watch: SensorInputs, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    assert _grid_at(watch, clock.now) == 5000
    freezer.tick(timedelta(hours=-1))
    clock.now += 400
    assert _grid_at(watch, clock.now) == 5000
    house = watch.read(clock.now, NOBODY)
    assert house.fuse is not None
    assert house.fuse.at == 5000
    assert house.fuse.times == (5000, 5000, 5000)


async def test_a_clock_set_forward_silences_nobody(
    watch: SensorInputs, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    assert _grid_at(watch, clock.now) == 5000
    freezer.tick(timedelta(hours=1))
    clock.now += 5
    assert _grid_at(watch, clock.now) == 5000


@pytest.mark.parametrize("watts", [-1200, -1300])
async def test_who_speaks_is_heard_whatever_the_clock_shows(
    hass: HomeAssistant,
    watch: SensorInputs,
    clock: Clock,
    changes: list[None],
    freezer: FrozenDateTimeFactory,
    watts: int,
) -> None:
    watch.read(clock.now, NOBODY)
    freezer.tick(timedelta(hours=-1))
    clock.now += 400
    add_entity(hass, GRID, watts, "W")
    assert changes == [None]
    freezer.tick(timedelta(hours=-1))
    clock.now += 20
    assert _grid_at(watch, clock.now) == 5400


async def test_the_first_look_goes_by_the_clock_on_the_wall(
    watch: SensorInputs, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(100)
    assert _grid_at(watch, clock.now) == 4900


async def test_a_time_to_come_is_now(
    watch: SensorInputs, clock: Clock, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(-100)
    assert _grid_at(watch, clock.now) == 5000
    # Nothing is newer than the look at it.
    assert _grid_at(watch, clock.now - 1) == 4999


async def test_one_phase_is_heard_while_the_others_have_nothing_new(
    hass: HomeAssistant, watch: SensorInputs, clock: Clock
) -> None:
    fuse = watch.options.fuse
    assert fuse is not None
    guard = FuseGuard(fuse.config)

    def allowed() -> int:
        reading = watch.read(clock.now, NOBODY).fuse
        return allow(guard, clock.now, reading, drawn=0, changed_at=0, minimum=6)

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
    hass: HomeAssistant, watch: SensorInputs, clock: Clock
) -> None:
    hass.states.async_remove(PHASES[1])
    house = watch.read(clock.now, NOBODY)
    assert house.fuse is not None
    assert watch.options.fuse is not None
    assert house.fuse.amps(watch.options.fuse.config) is None


@pytest.mark.parametrize(
    ("unit", "value", "watts"),
    [("W", 800, 800), ("kW", 0.8, 800), ("MW", 0.0008, 800), ("BTU/h", 1000, 293.07)],
)
async def test_powers_in_any_unit_are_read(
    hass: HomeAssistant, watch: SensorInputs, unit: str, value: float, watts: float
) -> None:
    add_entity(hass, GRID, value, unit)
    readings = watch.read(5000.0, NOBODY).readings
    assert readings is not None
    assert readings.grid is not None
    assert readings.grid.value == pytest.approx(watts, abs=0.1)


async def test_the_sensors_to_blame_are_known(
    hass: HomeAssistant, watch: SensorInputs
) -> None:
    watch.read(5000.0, NOBODY)
    assert watch.silent_sensors(None, 5000.0) == SilentSensors(at_fuse=PHASES)
    add_entity(hass, PHASES[1], "unknown", "A")
    add_entity(hass, PHASES[2], 1e6, "A")
    no_surplus = Surplus(None, 0.0, faults=((Source.GRID, Fault.STALE),))
    silent = watch.silent_sensors(no_surplus, 5000.0)
    assert silent == SilentSensors((GRID,), PHASES[1:], at_fuse=PHASES)
    # All of them have been silent for too long; the grid is known after all.
    silent = watch.silent_sensors(Surplus(100.0, 0.0), 5061.0)
    assert silent == SilentSensors((), PHASES, at_fuse=PHASES)


async def test_a_sensor_that_counts_the_other_way_round_is_not_called_silent(
    watch: SensorInputs,
) -> None:
    inverted = Surplus(None, 0.0, faults=((Source.GRID, Fault.INVERTED),))
    silent = watch.silent_sensors(inverted, 5000.0)
    assert silent == SilentSensors(inverted=(GRID,), at_fuse=PHASES)


@pytest.mark.parametrize(
    ("light", "fault", "is_reported"),
    [
        (Light.NIGHT, Fault.UNAVAILABLE, False),
        (Light.NIGHT, Fault.STALE, False),
        # Nothing repeats its value because it sleeps.
        (Light.NIGHT, Fault.FROZEN, True),
        (Light.NIGHT, Fault.UNIT, True),
        # On a dark morning an inverter wakes late.
        (Light.LOW, Fault.STALE, False),
        (Light.DAY, Fault.UNAVAILABLE, True),
        (Light.DAY, Fault.STALE, True),
    ],
)
async def test_an_inverter_that_sleeps_at_night_is_no_problem(
    watch: SensorInputs, sky: Sky, light: Light, fault: Fault, is_reported: bool
) -> None:
    sky.light = light
    surplus = Surplus(None, 0.0, faults=((Source.GRID, fault),))
    silent = watch.silent_sensors(surplus, 5000.0)
    assert silent.green == ((GRID,) if is_reported else ())


async def test_what_a_followed_entity_said_last_holds_for_a_while(
    hass: HomeAssistant, clock: Clock
) -> None:
    waits = ConfigSubentryData(
        data={"entity_id": "binary_sensor.dear", "action": "do_not_charge"},
        subentry_type=SUBENTRY_SCHEDULE,
        title="Dear",
        unique_id=None,
    )
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, subentries_data=[waits])
    entry.add_to_hass(hass)
    watch = SensorInputs(hass, entry)

    def seen() -> tuple[bool | None, bool]:
        (schedule,) = watch.read(clock.now, NOBODY).schedules
        return schedule.follows, schedule.doubtful

    assert seen() == (False, True)
    add_entity(hass, "binary_sensor.dear", "on")
    assert seen() == (True, False)
    add_entity(hass, "binary_sensor.dear", "unavailable")
    clock.now += 299
    assert seen() == (True, False)
    clock.now += 1
    assert seen() == (False, True)
    add_entity(hass, "binary_sensor.dear", "off")
    assert seen() == (False, False)


async def test_a_chosen_entity_that_is_removed_is_named_and_one_that_is_away_is_not(
    hass: HomeAssistant, watch: SensorInputs
) -> None:
    registry = er.async_get(hass)
    watch.read(5000.0, NOBODY)
    hass.states.async_remove(GRID)
    registry.async_get_or_create("sensor", "a_meter", "1", suggested_object_id="grid")
    assert watch.silent_sensors(None, 5000.0).removed == ()
    registry.async_update_entity(GRID, disabled_by=er.RegistryEntryDisabler.USER)
    assert watch.silent_sensors(None, 5000.0).removed == (GRID,)
    registry.async_remove(GRID)
    assert watch.silent_sensors(None, 5000.0).removed == (GRID,)
    hass.set_state(CoreState.starting)
    assert watch.silent_sensors(None, 5000.0).removed == ()
    hass.set_state(CoreState.running)
    add_entity(hass, GRID, -1200, "W")
    assert watch.silent_sensors(None, 5000.0).removed == ()


async def test_a_unit_that_cannot_be_read_is_named(
    hass: HomeAssistant, watch: SensorInputs
) -> None:
    watch.read(5000.0, NOBODY)
    add_entity(hass, GRID, -1200, "kWh")
    add_entity(hass, PHASES[0], 5, "mA")
    assert watch.silent_sensors(None, 5000.0).unit == (GRID, PHASES[0])
    add_entity(hass, GRID, -1.2, "kW")
    add_entity(hass, PHASES[0], "unavailable", None)
    assert watch.silent_sensors(None, 5000.0).unit == ()
