"""What is learned of a battery: its capacity, its efficiency, and the level that was typed in."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.plans.battery import BatteryState
from custom_components.twc_manager.charging.plans.learned import (
    BatteryLearner,
    LearnedBattery,
    LevelEstimate,
    TypedLevel,
)


def charge(
    learner: BatteryLearner,
    levels: range,
    kwh_per_percent: float = 0.6,
    capacity: float | None = None,
) -> None:
    """Charge through some levels, in steps of a tenth of a %, as seen in whole %."""
    for tenths in range(10 * levels.start, 10 * levels.stop + 1):
        charged = (tenths / 10 - levels.start) * kwh_per_percent
        learner.update(float(tenths // 10), charged, capacity)


def test_a_session_of_15_percent_shows_the_capacity() -> None:
    learner = BatteryLearner()
    charge(learner, range(40, 54))
    assert learner.learned == LearnedBattery()
    learner.update(None, None, None)
    # The level that it had when it was plugged in is no step: it may be nearly the next one.
    charge(learner, range(40, 56))
    # 60 kWh at the connector are what 88 % of it is in the battery.
    assert learner.learned.capacity_kwh == pytest.approx(52.8)
    assert learner.learned.efficiency is None


def test_a_known_capacity_shows_the_efficiency() -> None:
    learner = BatteryLearner()
    charge(learner, range(20, 50), capacity=54.0)
    assert learner.learned == LearnedBattery(None, pytest.approx(0.9))


def test_what_another_session_shows_counts_half() -> None:
    learner = BatteryLearner(LearnedBattery(capacity_kwh=50.0))
    charge(learner, range(20, 50))
    assert learner.learned.capacity_kwh == pytest.approx(51.4)
    learner.update(None, None, None)
    charge(learner, range(20, 50))
    assert learner.learned.capacity_kwh == pytest.approx(52.1)


def test_it_begins_anew_where_the_level_or_the_energy_falls() -> None:
    learner = BatteryLearner()
    charge(learner, range(60, 70))
    # Another vehicle without the plug having been seen out.
    charge(learner, range(30, 44))
    assert learner.learned == LearnedBattery()


@pytest.mark.parametrize("kwh_per_percent", [0.0, 0.001, 40.0])
def test_what_cannot_be_is_not_learned(kwh_per_percent: float) -> None:
    learner = BatteryLearner()
    charge(learner, range(20, 60), kwh_per_percent)
    assert learner.learned == LearnedBattery()


@pytest.mark.parametrize("level", [101.0, -1.0, float("nan"), float("inf")])
def test_a_level_that_cannot_be_is_no_level(level: float) -> None:
    learner = BatteryLearner()
    learner.update(20.0, 0.0, None)
    learner.update(21.0, 0.6, None)
    learner.update(level, 0.7, None)
    learner.update(36.0, 9.6, None)
    assert learner.learned.capacity_kwh == pytest.approx(52.8)


def test_what_was_learned_is_the_same_after_a_restart() -> None:
    learned = LearnedBattery(52.8, 0.9)
    assert LearnedBattery.from_dict(learned.as_dict()) == learned
    assert LearnedBattery.from_dict(LearnedBattery().as_dict()) == LearnedBattery()


@pytest.mark.parametrize(
    "data", [{"capacity_kwh": 0, "efficiency": None}, {"capacity_kwh": "much"}, 7]
)
def test_what_makes_no_sense_is_refused(data: object) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        LearnedBattery.from_dict(data)  # type: ignore[arg-type]


# Between two reports


def test_an_old_level_is_continued_by_what_is_charged() -> None:
    estimate = LevelEstimate()
    fresh = BatteryState(50.0, 10.0, 60.0, 0.9)
    assert estimate.update(fresh, 4.0) == pytest.approx(50.0)
    # Fresh reports are believed, in whole %.
    assert estimate.update(fresh, 4.4) == pytest.approx(50.0)
    old = replace(fresh, age=1000.0)
    assert estimate.update(old, 11.067) == pytest.approx(60.0, abs=0.1)
    assert estimate.update(replace(fresh, level=61.0), 11.1) == pytest.approx(61.0)


def test_without_a_capacity_or_a_level_nothing_is_continued() -> None:
    estimate = LevelEstimate()
    old = BatteryState(50.0, 1000.0)
    assert [estimate.update(old, kwh) for kwh in (1.0, 9.0)] == [50.0, 50.0]
    assert estimate.update(BatteryState(), 9.0) is None
    assert estimate.update(old, None) == 50.0


# A level that was typed in


def test_a_typed_level_rises_with_what_is_charged() -> None:
    typed = TypedLevel(40.0).at(1, 5.0)
    assert typed is not None
    assert typed.now(5.0, 50.0, 0.9) == pytest.approx(40.0)
    assert typed.now(15.0, 50.0, 0.9) == pytest.approx(58.0)
    assert typed.now(500.0, 50.0, 0.9) == 100.0


def test_without_a_capacity_a_typed_level_stays() -> None:
    typed = TypedLevel(40.0).at(1, 0.0)
    assert typed is not None
    assert typed.now(10.0, None, None) == 40.0


def test_a_level_typed_before_plugging_in_counts_from_then() -> None:
    typed = TypedLevel(40.0)
    assert typed.now(3.0, 50.0, 0.9) == 40.0
    plugged = typed.at(1, 0.5)
    assert plugged == TypedLevel(40.0, 1, 0.5)
    assert plugged is not None
    assert plugged.at(1, 3.0) == plugged


def test_a_typed_level_is_none_of_another_session() -> None:
    plugged = TypedLevel(40.0, 1, 0.5)
    assert plugged.at(1, 0.1) is None
    assert plugged.at(2, 3.0) is None
