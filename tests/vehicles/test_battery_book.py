"""What is known of the batteries of the vehicles at the connectors."""

from unittest.mock import Mock

import pytest

from custom_components.twc_manager.charging.plans.battery import BatteryState
from custom_components.twc_manager.charging.plans.inputs import PluggedIn
from custom_components.twc_manager.charging.plans.learned import (
    LearnedBattery,
    TypedLevel,
)
from custom_components.twc_manager.vehicles.battery_book import (
    BatteryBook,
    StoredBattery,
)
from custom_components.twc_manager.vehicles.stored import StoredVehicles

AT = {1: "red"}
TYPED = {"level": 40.0, "connector_id": 1, "at_kwh": 2.0}


def book(store: Mock | None = None, **stored: StoredBattery) -> BatteryBook:
    return BatteryBook(stored, store or Mock())


def seen(book: BatteryBook, kwh: float | None, **report: float) -> BatteryState:
    """Return what is known of the red one at its connector after a report."""
    plugged_in = {} if kwh is None else {1: PluggedIn(kwh)}
    return book.update({"red": BatteryState(**report)}, AT, {1}, plugged_in)[1]


def test_what_is_reported_counts_before_what_was_learned() -> None:
    learned = LearnedBattery(60.0, 0.9)
    batteries = book(red=StoredBattery(learned))
    state = seen(batteries, 1.0, level=50.0, age=3.0, capacity_kwh=75.0, target=80.0)
    assert state == BatteryState(50.0, 3.0, 75.0, 0.9, 80.0, 50.0)
    assert seen(batteries, 1.0, level=50.0) == BatteryState(
        50.0, None, 60.0, 0.9, estimate=50.0
    )


def test_an_unknown_level_stays_unknown() -> None:
    assert seen(book(), 3.0) == BatteryState()
    assert book().state("red") == BatteryState()


def test_a_vehicle_at_no_connector_is_none_of_the_batteries_there() -> None:
    batteries = book()
    assert (
        batteries.update({"red": BatteryState(50.0)}, {}, {1}, {1: PluggedIn(2.0)})
        == {}
    )
    assert batteries.state("red").level == 50.0


def test_what_a_session_shows_is_stored_once() -> None:
    store = Mock()
    batteries = book(store)
    for percent in range(20, 51):
        seen(batteries, 0.6 * (percent - 20), level=float(percent))
    assert batteries.stored["red"].learned.capacity_kwh == pytest.approx(52.8)
    # New, and learned; the same steps show the same.
    assert store.call_count == 2


def test_a_typed_level_rises_is_stored_and_ends_when_unplugged() -> None:
    store = Mock()
    batteries = book(store, red=StoredBattery(LearnedBattery(50.0, 0.9)))
    batteries.type_level("red", 40.0)
    assert batteries.typed_level("red") == 40.0
    assert seen(batteries, 2.0).level == pytest.approx(40.0)
    assert seen(batteries, 12.0).level == pytest.approx(58.0)
    assert batteries.typed_level("red") == pytest.approx(58.0)

    # It goes on after a restart.
    kept = StoredVehicles.from_dict(
        StoredVehicles(batteries=batteries.stored).as_dict()
    )
    assert kept.batteries["red"].typed == TypedLevel(40.0, 1, 2.0)
    batteries = BatteryBook(kept.batteries, store)
    assert seen(batteries, 12.0).level == pytest.approx(58.0)

    # While nothing is heard of the connector, or it is not known yet which vehicle is there, nothing has ended.
    silent = {"red": BatteryState()}
    assert batteries.update(silent, {}, set(), {}) == {}
    assert batteries.update(silent, {}, {1}, {1: PluggedIn(12.0)}) == {}
    assert batteries.typed_level("red") == pytest.approx(58.0)

    assert seen(batteries, None).level is None
    assert batteries.typed_level("red") is None


def test_a_vehicle_that_reports_its_level_needs_no_typed_one() -> None:
    batteries = book(red=StoredBattery(typed=TypedLevel(20.0)))
    assert seen(batteries, 0.0, level=70.0).level == 70.0


def test_the_battery_of_a_removed_vehicle_is_forgotten() -> None:
    batteries = book(red=StoredBattery(LearnedBattery(50.0)))
    # Before the vehicles are known, such as while Home Assistant starts, nothing is.
    assert batteries.update({}, {}, {1}, {}) == {}
    assert batteries.stored.keys() == {"red"}
    batteries.keep({"blue"})
    assert batteries.stored == {}


@pytest.mark.parametrize(
    "data",
    [
        {
            "learned": {"capacity_kwh": None, "efficiency": None},
            "typed": TYPED | {"level": 101},
        },
        {"learned": {"capacity_kwh": -5, "efficiency": None}, "typed": None},
        {"typed": None},
        {
            "learned": {"capacity_kwh": None, "efficiency": None},
            "typed": None,
            "limits": {"at_once": 101, "stop_at": 0},
        },
    ],
)
def test_what_makes_no_sense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        StoredBattery.from_dict(data)
