"""The demo's imaginary household: its wall connectors, its cars and its wiring.

Only the numbers, so that the config flow's answers, the check and the dashboard use the same ones.
"""

from collections.abc import Mapping
from typing import Final

from simulator import Car, WallConnector, make_vin
from simulator.tesla import Place

DOMAIN: Final = "twc_manager"

BY_ACCOUNT: Final = 0x032E
"""A connector whose car only a Tesla account stops; it does not read the car's VIN."""
PROTOCOL_1: Final = 0x1839
"""A connector of the first protocol, which 0 A stops."""
EXTENDED: Final = 0x2431
"""A connector with the newest firmware, which answers every query."""

MAX_CURRENT: Final = 80
"""The limit of all connectors together in A: 80 % of a 100 A breaker."""
SECOND_MAX_CURRENT: Final = 40
"""The same for the second line: 80 % of a 50 A breaker."""
MAIN_FUSE: Final = 100
"""The main fuse in A, where there are two lines: they could charge with more than it carries."""
MAX_CONNECTOR_CURRENT: Final = 48
"""The limit of each connector in A: 80 % of its own 60 A breaker."""
MIN_CURRENT: Final = 12

WIRING: Final[Mapping[str, float | str]] = {
    "max_current": MAX_CURRENT,
    "max_connector_current": MAX_CONNECTOR_CURRENT,
    "min_current": MIN_CURRENT,
    "voltage": 240,
    "phases": "1",
}
"""The wiring, as entered in the config flow."""
SECOND_WIRING: Final[Mapping[str, float | str]] = {
    **WIRING,
    "max_current": SECOND_MAX_CURRENT,
    "max_connector_current": SECOND_MAX_CURRENT,
}
"""The wiring of the second line."""

HOME: Final = Place(52.1, 5.1)
"""The location of the household."""
GRID_METER: Final = f"{DOMAIN}_demo_grid"
"""The unique id of the house's meter at the grid."""
PRICE: Final = "demo_electricity_price"
"""The unique id of the sensor with the made prices."""
IN_ACCOUNT: Final[Mapping[int, str]] = {BY_ACCOUNT: "Blue car", EXTENDED: "White car"}
"""The cars that 0 A does not stop, by their connectors: they are in the made-up Tesla account."""
PLAN: Final = "Every day"
"""The name of the plan for the car that only its account stops."""


def connectors() -> list[WallConnector]:
    """Return three connectors of three generations. Differing ratings would make them blink."""
    return [
        WallConnector(BY_ACCOUNT, firmware=(4, 3, 0, 0), initial_kwh=3_412.4),
        WallConnector(PROTOCOL_1, protocol=1, initial_kwh=924.1),
        WallConnector(EXTENDED, firmware=(4, 5, 3, 0), initial_kwh=11_554.7),
    ]


def cars() -> list[Car]:
    """Return the cars to plug in, in the order of the connectors; hungry enough for a long day."""
    return [
        Car(vin=make_vin(1), onboard_limit=48, battery_kwh=100, soc=18, target=90),
        Car(vin=make_vin(2), onboard_limit=32, battery_kwh=60, soc=12, target=90),
        Car(vin=make_vin(3), onboard_limit=40, battery_kwh=82, soc=25, target=90),
    ]


def second_connectors() -> list[WallConnector]:
    """Return the connectors of the second line; 0 A stops their cars."""
    return [
        WallConnector(0x4A10, protocol=1, initial_kwh=2_207.3),
        WallConnector(0x5C27, protocol=1, initial_kwh=318.9),
    ]


def second_cars() -> list[Car]:
    """Return their cars."""
    return [
        Car(vin=make_vin(4), onboard_limit=32, battery_kwh=75, soc=22, target=90),
        Car(vin=make_vin(5), onboard_limit=32, battery_kwh=60, soc=31, target=90),
    ]
