"""Where the power of a house goes, by whatever sensors its owner has chosen."""

from typing import Final

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.settings import STALE_SECONDS
from custom_components.twc_manager.charging.supply.surplus import (
    Fault,
    Reading,
    Readings,
    SourceConfig,
)
from custom_components.twc_manager.dashboard.flow import Flow, flow_of, meters_of
from custom_components.twc_manager.inputs.options import options_of

NOW: Final = 10_000.0
CHARGING: Final = 3000.0


def reading(watts: float | None) -> Reading | None:
    return None if watts is None else Reading(watts, NOW)


def readings(
    grid: float | None = None,
    production: float | None = None,
    consumption: float | None = None,
    battery: float | None = None,
    level: float | None = None,
) -> Readings:
    """Return what sensors say; one without a value was not chosen."""
    return Readings(
        *map(reading, (grid, production, consumption, battery)), reading(level)
    )


@pytest.mark.parametrize(
    ("said", "config", "flow"),
    [
        # 500 W from the grid and 4 kW of sun feed 3 kW of charging: 1.5 kW are left for the house.
        (
            readings(grid=500, production=4000),
            SourceConfig(),
            Flow(sun=4000, house=1500, grid=500),
        ),
        # A meter alone cannot separate the house from the sun.
        (readings(grid=-200), SourceConfig(), Flow(grid=-200)),
        # The house is measured with its charging; the rest of the sun is exported.
        (
            readings(production=6000, consumption=3800),
            SourceConfig(grid=False),
            Flow(sun=6000, house=800, grid=-2200),
        ),
        # The house is measured without its charging.
        (
            readings(production=6000, consumption=800),
            SourceConfig(grid=False, consumption_has_charging=False),
            Flow(sun=6000, house=800, grid=-2200),
        ),
        # 1 kW goes into the house battery.
        (
            readings(grid=0, production=5000, battery=1000, level=40),
            SourceConfig(),
            Flow(sun=5000, house=1000, grid=0, battery=-1000, battery_level=40),
        ),
        # A hybrid inverter gives 3 kW, of which 2 kW are from its battery.
        (
            readings(grid=600, production=3000, battery=-2000),
            SourceConfig(production_has_battery=True),
            Flow(sun=1000, house=600, grid=600, battery=2000),
        ),
        # Sensors that are read one after the other do not make a house of less than nothing.
        (
            readings(grid=-1000, production=3500),
            SourceConfig(),
            Flow(sun=3500, house=0, grid=-1000),
        ),
        (readings(), SourceConfig(), Flow()),
    ],
)
def test_what_is_not_measured_follows_from_the_rest(
    said: Readings, config: SourceConfig, flow: Flow
) -> None:
    assert flow_of(said, config, CHARGING, NOW) == flow


def test_nothing_is_concluded_from_what_is_not_known() -> None:
    silent = Reading(None, NOW, Fault.UNAVAILABLE)
    said = Readings(grid=reading(500), production=silent)
    assert flow_of(said, SourceConfig(), CHARGING, NOW) == Flow(grid=500)
    old = readings(grid=500, production=4000)
    assert flow_of(old, SourceConfig(), CHARGING, NOW + STALE_SECONDS + 1) == Flow()
    # While the bus is offline it is not known what the connectors take.
    known = flow_of(readings(grid=500, production=4000), SourceConfig(), None, NOW)
    assert known == Flow(sun=4000, grid=500)
    battery = Readings(grid=reading(0), production=reading(5000), battery_power=silent)
    assert flow_of(battery, SourceConfig(), CHARGING, NOW) == Flow(sun=5000, grid=0)


def test_meters_are_named_by_their_roles(config_entry: MockConfigEntry) -> None:
    chosen = {
        "green_source": "production",
        "green_production": "sensor.sun",
        "green_consumption": "sensor.house",
        "green_battery_power": "sensor.battery",
        "green_battery_level": "sensor.level",
        "fuse_size": 63,
        "fuse_power": "sensor.main",
    }
    assert meters_of(options_of(config_entry, chosen)) == {
        "fuse": "sensor.main",
        "solar": "sensor.sun",
        "house": "sensor.house",
        "battery": "sensor.battery",
        "battery_level": "sensor.level",
    }
