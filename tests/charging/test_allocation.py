"""From reports and settings to offers."""

from custom_components.twc_manager.charging.allocation import Allocator
from custom_components.twc_manager.charging.settings import ConnectorSettings, Settings
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import State

from .states import asking, bus, charging, idle

WIRING = Wiring(
    max_current=48, max_connector_current=40, min_current=12, voltage=240, phases=1
)
OFF = ConnectorSettings(limit=32, enabled=False)


def allocate(*connectors, settings: Settings | None = None, now: float = 0.0):
    return Allocator(WIRING).allocate(bus(*connectors), settings or Settings(), now)


def test_only_connectors_with_a_car_count() -> None:
    assert allocate(idle(1), asking(2)) == {1: 0, 2: 40}
    assert allocate(charging(1), asking(2)) == {1: 24, 2: 24}


def test_a_connector_in_error_gets_nothing() -> None:
    assert allocate(asking(1, state=State.ERROR), asking(2)) == {1: 0, 2: 40}


def test_a_limit_is_a_ceiling_and_leaves_the_rest_to_others() -> None:
    settings = Settings(connectors={1: ConnectorSettings(limit=14)})

    assert allocate(charging(1), charging(2), settings=settings) == {1: 14, 2: 34}


def test_the_amps_for_all_are_what_is_divided() -> None:
    assert allocate(charging(1), charging(2), settings=Settings(current=30)) == {
        1: 15,
        2: 15,
    }


def test_a_rating_below_the_limits_is_a_ceiling_too() -> None:
    assert allocate(asking(1, rating=32.0)) == {1: 32}


def test_off_is_0_a_for_a_car_that_stops_at_it() -> None:
    settings = Settings(connectors={1: OFF})

    assert allocate(charging(1, protocol=1), settings=settings) == {1: 0}
    assert allocate(asking(1), settings=settings) == {1: 0}


def test_off_is_6_a_for_a_car_that_0_a_does_not_stop() -> None:
    assert allocate(charging(1), settings=Settings(connectors={1: OFF})) == {1: 6}
    assert allocate(charging(1), settings=Settings(current=0)) == {1: 6}


def test_cars_that_cannot_be_stopped_are_reckoned_with_first() -> None:
    settings = Settings(current=20)

    offers = allocate(asking(1), charging(2), charging(3), settings=settings)

    # 12 A for the one that asks are not left beside two that draw 6 A whatever they are offered.
    assert offers == {1: 0, 2: 10, 3: 10}


def test_a_car_that_takes_nothing_leaves_all_but_the_least_to_others() -> None:
    allocator = Allocator(WIRING)
    sleeper = asking(1, offered=24.0)

    before = allocator.allocate(bus(sleeper, charging(2)), Settings(), 0)
    after = allocator.allocate(bus(sleeper, charging(2)), Settings(), 31)

    assert before == {1: 24, 2: 24}
    assert after == {1: 12, 2: 36}


def test_a_full_car_that_was_stopped_while_charging_still_counts() -> None:
    allocator = Allocator(WIRING)
    allocator.allocate(bus(charging(1, protocol=1)), Settings(), 0)
    stopped = asking(1, protocol=1, state=State.NOT_CHARGING)

    assert allocator.allocate(bus(stopped), Settings(), 1) == {1: 40}


def test_a_car_found_stopped_gets_the_least_to_start_with() -> None:
    assert allocate(asking(1, protocol=1, state=State.NOT_CHARGING)) == {1: 12}
