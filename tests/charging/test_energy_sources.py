"""Where the power of the vehicles comes from, by what the sensors of the house measure."""

from math import inf, nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.energy_sources import (
    PowerSources,
    SourceShares,
)
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
    available_w,
)

NOW = 1000.0
BY_PRODUCTION = SourceConfig(grid=False, consumption_has_charging=False)
HYBRID = SourceConfig(
    grid=False, consumption_has_charging=False, production_has_battery=True
)


def sources(charging_w: float, config: SourceConfig, **readings: float) -> Any:
    """Return the W of green energy, from the house battery and from the grid."""
    said = {name: Reading(value, NOW) for name, value in readings.items()}
    surplus = available_w(Readings(**said), config, charging_w, NOW)
    assert surplus.sources is not None
    shares = surplus.sources.shares(charging_w)
    assert shares is not None
    parts = (shares.green, shares.battery, shares.grid)
    return tuple(round(part * charging_w) for part in parts)


@pytest.mark.parametrize(
    ("readings", "by_source"),
    [
        ({"grid": -500}, (2000, 0, 0)),
        ({"grid": 0}, (2000, 0, 0)),
        ({"grid": 800}, (1200, 0, 800)),
        ({"grid": 3000}, (0, 0, 2000)),
        # What charges the house battery is no less green for the vehicles.
        ({"grid": 0, "battery_power": 3000}, (2000, 0, 0)),
        ({"grid": -100, "battery_power": 3000}, (2000, 0, 0)),
        # The grid charges battery and vehicles.
        ({"grid": 5500, "battery_power": 3000}, (0, 0, 2000)),
        ({"grid": 0, "battery_power": -700}, (1300, 700, 0)),
        ({"grid": 400, "battery_power": -700}, (900, 700, 400)),
        ({"grid": 0, "battery_power": -2500}, (0, 2000, 0)),
        # The battery gives to the house first: this much of it is exported.
        ({"grid": -1000, "battery_power": -1500}, (1500, 500, 0)),
    ],
)
def test_by_a_meter_at_the_grid(
    readings: dict[str, float], by_source: tuple[int, int, int]
) -> None:
    assert sources(2000, SourceConfig(), **readings) == by_source


@pytest.mark.parametrize(
    ("config", "readings", "by_source"),
    [
        (BY_PRODUCTION, {"production": 3000, "consumption": 1500}, (1500, 0, 500)),
        (
            BY_PRODUCTION,
            {"production": 500, "consumption": 500, "battery_power": -1200},
            (0, 1200, 800),
        ),
        (
            BY_PRODUCTION,
            {"production": 3000, "consumption": 500, "battery_power": 1000},
            (1500, 0, 500),
        ),
        (
            HYBRID,
            {"production": 1700, "consumption": 500, "battery_power": -1200},
            (0, 1200, 800),
        ),
        # Nothing measures the house: it takes the reserved power on average.
        (
            SourceConfig(grid=False, reserved_w=400),
            {"production": 1900},
            (1500, 0, 500),
        ),
    ],
)
def test_by_the_production(
    config: SourceConfig, readings: dict[str, float], by_source: tuple[int, int, int]
) -> None:
    assert sources(2000, config, **readings) == by_source


def test_power_reserved_for_a_measured_house_is_no_other_source() -> None:
    assert sources(2000, SourceConfig(reserved_w=900), grid=-500) == (2000, 0, 0)


def test_the_order_in_which_battery_and_vehicles_are_served_is_no_other_source() -> (
    None
):
    for config in (SourceConfig(), SourceConfig(battery_first_to=0)):
        found = sources(
            2000, config, grid=-200, battery_power=1500.0, battery_level=50.0
        )
        assert found == (2000, 0, 0)


def test_a_silent_sensor_leaves_the_sources_unknown() -> None:
    silent = available_w(
        Readings(grid=Reading(-3000.0, NOW - 900)), SourceConfig(), 2000, NOW
    )
    assert silent.sources is None


@pytest.mark.parametrize(
    ("green_w", "charging_w", "shares"),
    [
        (nan, 2000, None),
        (inf, 2000, None),
        (1000, nan, None),
        (-500, 0, SourceShares(green=1)),
        (-500, 2000, SourceShares()),
        (1000, 2000, SourceShares(green=0.5)),
    ],
)
def test_shares_of_numbers_that_cannot_be_are_unknown(
    green_w: float, charging_w: float, shares: SourceShares | None
) -> None:
    assert PowerSources(green_w).shares(charging_w) == shares


@given(
    green_w=st.floats(-1e5, 1e5),
    battery_w=st.floats(-1e5, 1e5),
    charging_w=st.floats(0, 1e5),
)
def test_all_sources_together_are_the_whole(
    green_w: float, battery_w: float, charging_w: float
) -> None:
    shares = PowerSources(green_w, battery_w).shares(charging_w)
    assert shares is not None
    parts = (shares.green, shares.battery, shares.grid)
    assert all(0 <= part <= 1 for part in parts)
    assert sum(parts) == pytest.approx(1)
