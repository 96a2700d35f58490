"""The response of a meter to our own steps: it follows, is frozen, or has a reversed sign."""

from collections.abc import Iterable
from random import Random

import pytest

from custom_components.twc_manager.charging.supply.response import MeterResponse
from custom_components.twc_manager.charging.supply.response_readings import (
    DrawHistory,
    Measurement,
    ReadingHistory,
)
from custom_components.twc_manager.charging.supply.response_votes import MeterState

from .meters import SimulatedMeter, Trial


def _step(trial: Trial, draw: float, seconds: float = 90.0) -> None:
    trial.draw = draw
    trial.run(seconds)


@pytest.mark.parametrize("lag", [0.0, 3.0, 8.0])
@pytest.mark.parametrize("interval", [1.0, 5.0, 10.0, 30.0, 60.0])
def test_an_honest_meter_is_trusted(interval: float, lag: float) -> None:
    trial = Trial(SimulatedMeter(interval, lag=lag), lambda now: 5 + now % 7 / 50)
    _step(trial, 6, 200)
    for draw in (9, 12, 15, 10, 16):
        _step(trial, draw, 2 * interval + 80)
    assert trial.response.state is MeterState.FOLLOWS
    assert trial.states == {"unknown", "follows"}
    assert trial.response.confirmed == (pytest.approx(16, abs=0.3),)
    assert trial.response.interval == pytest.approx(interval, abs=1.1)
    assert trial.response.size == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("interval", [1.0, 5.0, 10.0, 30.0])
@pytest.mark.parametrize("stamped", [1.0, 5.0, 10.0, 30.0])
def test_a_frozen_meter_is_recognized_within_120_s_of_a_step_and_a_test(
    interval: float, stamped: float
) -> None:
    trial = Trial(SimulatedMeter(interval, stamped), lambda _: 5.0)
    _step(trial, 12, 300)
    trial.meter.frozen = True
    trial.run(300)
    assert trial.response.state is not MeterState.FROZEN
    began = trial.now
    _step(trial, 15, 1)
    trial.run(5)
    assert trial.response.wake_at is not None
    trial.run(trial.response.wake_at - trial.now + 1)
    _step(trial, 12, 1)
    trial.run(began + 120 - trial.now)
    assert trial.response.state is MeterState.FROZEN
    assert trial.response.confirmed == (pytest.approx(12, abs=0.3),)

    # It changes again, and the alarm ends.
    trial.meter.frozen = False
    trial.run(2 * max(interval, stamped))
    trial.load = lambda _: 7.0
    trial.run(2 * max(interval, stamped))
    assert trial.response.state is not MeterState.FROZEN


def test_a_load_that_ended_just_before_a_start_does_not_hide_it() -> None:
    """Between the two nothing changes, so that no decision looks at the meter."""
    response = MeterResponse()
    response.update(0, [0], [Measurement(0, 16)])
    response.update(1, [0], [Measurement(1, 4)])
    response.update(5, [6], [Measurement(4, 4)])
    assert response.confirmed == (0,)
    response.update(10, [6], [Measurement(9, 10)])
    assert response.confirmed == (6,)


@pytest.mark.parametrize("ends", [9, 12])
def test_a_load_that_ends_during_a_raise_does_not_hide_it(ends: int) -> None:
    """It ends before the meter shows the raise: the vehicle was lowered for a test instead."""
    response = MeterResponse()
    draws = {**dict.fromkeys(range(10), 12.0), **dict.fromkeys(range(10, 40), 15.0)}
    for now, draw in draws.items():
        load = 8.0 if now < ends else 1.0
        shown = load + draws[max(now - 5, 0)]
        response.update(now, [draw], [Measurement(now, shown)])
    assert response.confirmed == (15,)


def test_a_load_that_ends_is_no_raise() -> None:
    response = MeterResponse()
    for now in range(40):
        shown = 20.0 if now < 12 else 13.0
        response.update(now, [12.0 if now < 10 else 15.0], [Measurement(now, shown)])
    assert response.confirmed == (12,)


def test_a_raise_is_confirmed_by_what_the_meter_shows() -> None:
    trial = Trial(SimulatedMeter(1.0), lambda _: 5.0)
    _step(trial, 6, 60)
    _step(trial, 9, 10)
    assert trial.response.confirmed == (pytest.approx(9, abs=0.3),)
    trial.meter.frozen = True
    _step(trial, 12, 600)
    assert trial.response.confirmed == (pytest.approx(9, abs=0.3),)
    assert trial.response.unconfirmed_since is not None
    # The confirmed current falls with our draw.
    _step(trial, 6, 60)
    assert trial.response.confirmed == (pytest.approx(6, abs=0.3),)


def test_a_load_that_ends_during_a_raise_does_not_prevent_its_confirmation() -> None:
    trial = Trial(SimulatedMeter(1.0), lambda now: 15.0 if now < 62 else 5.0)
    _step(trial, 6, 60)
    _step(trial, 9, 30)
    assert trial.response.confirmed == (pytest.approx(9, abs=0.3),)


@pytest.mark.parametrize("interval", [1.0, 10.0, 30.0])
def test_a_meter_of_reversed_sign_is_recognized(interval: float) -> None:
    trial = Trial(SimulatedMeter(interval, sign=-1), lambda _: 5.0)
    _step(trial, 6, 200)
    for draw in (9, 12, 9, 12, 9):
        _step(trial, draw, 2 * interval + 80)
    assert trial.response.state is MeterState.INVERTED
    level = trial.response.confirmed[0]
    assert level is not None
    assert level <= 6.1
    trial.meter.sign = 1
    for draw in (12, 9, 12, 9, 12):
        _step(trial, draw, 2 * interval + 80)
    assert trial.response.state is MeterState.FOLLOWS


def test_a_repeated_value_is_no_measurement_for_twice_the_interval_after_our_draw_changed() -> (
    None
):
    response = MeterResponse()
    for now in range(100):
        draw = 6.0 if now < 51 else 12.0
        response.update(now, [draw], [Measurement(now // 5 * 5, 20.0)])
        assert now not in range(50, 60) or response.measured_at == 50
    assert response.measured_at == 95
    response.update(100, [12.0], [Measurement(100, 26.0)])
    assert response.measured_at == 100


def test_a_meter_whose_interval_is_not_known_yet_is_given_time() -> None:
    # After a start its value has not changed yet: it measures once a minute and is polled every second.
    for unlearned in (0.0, 60.0):
        trial = Trial(
            SimulatedMeter(60.0, stamped=1.0),
            lambda now: 5 + now / 1000,
            response=MeterResponse(unlearned=unlearned),
        )
        for draw in (6, 12, 6):
            _step(trial, draw, 19)
        assert ("frozen" in trial.states) is (unlearned == 0.0)


def _hob(now: float) -> float:
    """A hob that pulses, 9 s on and 13 s off, for half of each hour, and a fridge."""
    return (
        3.0
        + (8.0 if now % 3600 < 1800 and now % 22 < 9 else 0.0)
        + (0.7 if now % 1500 < 600 else 0.0)
    )


def _day(now: float) -> float:
    """A load that changes little, and a sun by day, in A."""
    hour = now / 3600 % 24
    sun = max(0.0, 1 - abs(hour - 13) / 6) * 30
    return 2.0 + (10.0 if now % 7200 < 900 else 0.0) - sun


QUIET = {
    "zero export": (SimulatedMeter(5), _day, lambda amps: max(amps, 0.0)),
    "battery regulating": (
        SimulatedMeter(5, resolution=0.1),
        _day,
        lambda amps: (
            0.0 if abs(amps) < 20 else amps - 20 * (amps > 0) + 20 * (amps < 0)
        ),
    ),
    "0.1 kW": (SimulatedMeter(5, resolution=100 / 230), _hob, lambda amps: amps),
    "60 s": (SimulatedMeter(60), _hob, lambda amps: amps),
    "60 s, stamped every 15 s": (SimulatedMeter(60, 15), _hob, lambda amps: amps),
    "whole A": (SimulatedMeter(2, resolution=1.0), _hob, lambda amps: amps),
    "constant, whole A": (
        SimulatedMeter(2, resolution=1.0),
        lambda _: 4.0,
        lambda amps: amps,
    ),
    "hob": (SimulatedMeter(1), _hob, lambda amps: amps),
    "sun": (SimulatedMeter(5), _day, lambda amps: amps),
}


@pytest.mark.parametrize("days", [20, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", QUIET)
def test_there_is_no_false_alarm(name: str, days: int) -> None:
    meter, load, regulate = QUIET[name]
    dice = Random(name)
    trial = Trial(
        SimulatedMeter(meter.interval, meter.stamped, 0, meter.resolution),
        load,
        regulate,
        dice,
    )
    for _ in range(days):
        # The seconds around a step one by one, the hours between in steps of five minutes, and for the last half
        # hour of a minute: from that the interval of the meter is learned again.
        trial.draw = dice.choice((0, 6, 9, 12, 16, 20, 32))
        trial.run(80)
        trial.draw = max(trial.draw + dice.choice((3, -3, 5)), 0)
        trial.run(100)
        trial.run(24 * 3600 - 180 - 1800, every=300)
        trial.run(1800, every=60)
    assert not trial.states & {"frozen", "inverted"}


@pytest.mark.parametrize(
    ("changes", "is_lively"),
    [
        pytest.param(range(0, 301, 30), True, id="all the time"),
        pytest.param(range(0, 241, 30), True, id="until a minute ago"),
        pytest.param(range(0, 211, 30), False, id="no more"),
        pytest.param([0, *range(280, 301)], False, id="for a moment"),
        pytest.param(range(181, 301, 5), False, id="not for long"),
        pytest.param(range(0, 301, 100), False, id="seldom"),
    ],
)
def test_a_reading_is_lively_that_has_changed_at_least_once_a_minute_for_two(
    changes: Iterable[int], is_lively: bool
) -> None:
    history, draws = ReadingHistory(60.0), DrawHistory()
    for at in changes:
        history.add(Measurement(at, at), draws, 1.0)
    assert history.is_lively(300.0) is is_lively
