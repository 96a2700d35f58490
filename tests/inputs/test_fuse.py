"""Sensors at the main fuse as owners have them: with and without a sign, of current, power and voltage."""

from dataclasses import replace
from typing import Any, Final

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.const import CONF_PHASES, CONF_VOLTAGE, DOMAIN
from custom_components.twc_manager.inputs.fuse import FuseOptions, fuse_reading
from custom_components.twc_manager.inputs.liveness import Liveness
from custom_components.twc_manager.inputs.options import options_of
from custom_components.twc_manager.inputs.wiring import wiring_of
from tests.charging.world import ONE, Twc, World
from tests.conftest import ENTRY_DATA
from tests.flows.steps import add_entity

AMPS: Final = tuple(f"sensor.amps_l{phase}" for phase in (1, 2, 3))
WATTS: Final = tuple(f"sensor.watts_l{phase}" for phase in (1, 2, 3))
TOTAL: Final = "sensor.watts"
VOLTS: Final = "sensor.volts"
CURRENTS: Final = {
    f"fuse_current_l{phase}": entity_id for phase, entity_id in enumerate(AMPS, 1)
}
POWERS: Final = {
    f"fuse_power_l{phase}": entity_id for phase, entity_id in enumerate(WATTS, 1)
}
UNSIGNED: Final = {**CURRENTS, "fuse_current_positive": "both"}


class House:
    """A house with a main fuse of 25 A, and the sensors that its owner chose."""

    def __init__(
        self, hass: HomeAssistant, phases: int = 3, volts: int = 230, **options: Any
    ) -> None:
        self.hass = hass
        data = {**ENTRY_DATA, CONF_PHASES: phases, CONF_VOLTAGE: volts}
        self.entry = MockConfigEntry(
            domain=DOMAIN, data=data, options={"fuse_size": 25, **options}
        )

    @property
    def fuse(self) -> FuseOptions:
        fuse = options_of(self.entry).fuse
        assert fuse is not None
        return fuse

    def shows(self, unit: str, *values: object) -> None:
        """Let the sensors of a unit show values."""
        names = {"A": AMPS, "W": WATTS, "V": (VOLTS,)}[unit]
        for name, value in zip(names, values, strict=False):
            add_entity(self.hass, name, value, unit)

    def read(self) -> Any:
        fuse = self.fuse
        return fuse_reading(fuse, Liveness(self.hass, fuse.entity_ids), 1000.0)

    @property
    def amps(self) -> list[float | None]:
        """Return the A of each phase as the rules believe them."""
        return [
            None if item.amps is None else round(item.amps, 1)
            for item in self.read().phases(self.fuse.config)
        ]


async def test_a_car_starts_while_20_a_are_fed_in_that_have_no_sign(
    hass: HomeAssistant,
) -> None:
    house = House(hass, **UNSIGNED, **POWERS)
    engine = Engine(wiring_of(house.entry), house.fuse.config)
    car = Twc(ONE, 1)
    world = World(car, wiring=wiring_of(house.entry), engine=engine)
    car.plug()
    worst = 0.0
    for _ in range(300):
        amps = car.drawn - 20
        house.shows("A", *[abs(amps)] * 3)
        house.shows("W", *[230 * amps] * 3)
        world.fuse = replace(house.read(), at=world.now, times=(), alive=())
        world.tick()
        worst = max(worst, amps)
    assert car.began
    assert car.drawn > 10
    assert worst <= 25


async def test_currents_without_a_sign_have_that_of_the_power_of_their_phase(
    hass: HomeAssistant,
) -> None:
    house = House(hass, **UNSIGNED, **POWERS)
    house.shows("A", 20, 20, 3)
    house.shows("W", -4550, 4100, -690)
    assert house.amps == [-20, 20, -3]


async def test_currents_without_a_sign_have_that_of_the_power_of_the_house(
    hass: HomeAssistant,
) -> None:
    house = House(hass, **UNSIGNED, fuse_power=TOTAL)
    house.shows("A", 20, 19, 5)
    add_entity(hass, TOTAL, -230 * 34, "W")
    assert house.amps == [-20, -19, 5]


@pytest.mark.parametrize(
    "watts",
    [
        pytest.param([], id="no power sensor"),
        pytest.param(["unavailable"] * 3, id="silent"),
        pytest.param([-200, -1000, 0], id="not yet measured anew"),
        pytest.param([4600, 4600, 4600], id="drawn"),
    ],
)
async def test_currents_whose_direction_is_not_proven_are_load(
    hass: HomeAssistant, watts: list[object]
) -> None:
    house = House(hass, **UNSIGNED, **(POWERS if watts else {}))
    house.shows("A", 20, 20, 20)
    house.shows("W", *watts)
    assert house.amps == [20, 20, 20]


async def test_a_power_that_only_shows_the_direction_is_named_when_it_is_silent(
    hass: HomeAssistant,
) -> None:
    house = House(hass, **UNSIGNED, **POWERS)
    house.shows("A", 20, 20, 20)
    house.shows("W", -4600, "unavailable", -4600)
    silent = house.read().silent(house.fuse.config, 1000.0)
    assert [house.fuse.entity_ids[place] for place in silent] == [WATTS[1]]
    assert house.amps == [-20, 20, -20]


async def test_currents_that_are_positive_when_fed_in(hass: HomeAssistant) -> None:
    house = House(hass, **CURRENTS, fuse_current_positive="export")
    house.shows("A", 20, -7, 0)
    assert house.amps == [-20, 7, 0]


async def test_power_of_each_phase(hass: HomeAssistant) -> None:
    house = House(hass, **POWERS, fuse_power_positive="export")
    house.shows("W", -2300, 4600, "unknown")
    assert house.amps == [10, -20, None]
    assert house.read().silent(house.fuse.config, 1000.0) == (2,)


async def test_power_of_two_legs_is_at_half_the_voltage_between_them(
    hass: HomeAssistant,
) -> None:
    legs = dict(list(POWERS.items())[:2])
    house = House(hass, phases=1, volts=240, **legs)
    house.shows("W", 1200, -600)
    assert house.amps == [10, -5]


async def test_power_counts_by_the_measured_voltage(hass: HomeAssistant) -> None:
    house = House(hass, **POWERS, fuse_voltage=VOLTS)
    house.shows("W", 2300, 2300, 2300)
    assert house.amps == [10, 10, 10]
    house.shows("V", 209.1)
    assert house.amps == [11, 11, 11]


@pytest.mark.parametrize("volts", [400, 12, 0, "unavailable", "nan"])
async def test_a_voltage_that_is_not_that_of_a_phase_does_not_count(
    hass: HomeAssistant, volts: object
) -> None:
    house = House(hass, **POWERS, fuse_voltage=VOLTS)
    house.shows("W", 2300, 2300, 2300)
    house.shows("V", volts)
    assert house.amps == [10, 10, 10]


async def test_the_connectors_measure_the_voltage_where_no_sensor_does(
    hass: HomeAssistant,
) -> None:
    house = House(hass, **POWERS, fuse_voltage=VOLTS)
    house.shows("W", 2300, 2300, 2300)
    reading = house.read().with_volts(209.1)
    assert reading.amps(house.fuse.config) == pytest.approx(11, abs=0.01)
    house.shows("V", 230)
    reading = house.read().with_volts(209.1)
    assert reading.amps(house.fuse.config) == pytest.approx(10)


async def test_phases_that_were_added_to_the_wiring_are_not_known(
    hass: HomeAssistant,
) -> None:
    house = House(hass, fuse_power_l1=WATTS[0])
    house.shows("W", 2300)
    assert house.amps == [10, None, None]
