"""How late the sensors at the main fuse are, learned from every change of the draw."""

from collections.abc import Callable, Sequence
from math import sin

import pytest

from custom_components.twc_manager.charging.supply.draw_lag import DrawLag, Lag
from custom_components.twc_manager.charging.supply.response_readings import Measurement


def _quiet(_: int) -> float:
    return 3.0


def _hob(second: int) -> float:
    return 3.0 + 7.5 * (second % 37 < 17) + 0.1 * sin(second)


def _ramps(seconds: int) -> list[float]:
    """Return a draw that never rests: it rises by 0.2 A/s and falls by 1 A/s."""
    draws = [0.0]
    for second in range(1, seconds):
        rises = second % 50 < 40
        draws.append(max(draws[-1] + (0.2 if rises else -1.0), 6.0))
    return draws


def _learned(
    draws: Sequence[float],
    lag: int,
    every: int,
    load: Callable[[int], float] = _quiet,
    sensors: int = 3,
) -> DrawLag:
    """Return what is learned from a sensor on each phase of a vehicle that uses all of them."""
    learned = DrawLag(sensors)
    reading: list[Measurement | None] = [None] * sensors
    for second, draw in enumerate(draws):
        if second % every == 0:
            value = draws[max(second - lag, 0)] + load(second)
            reading = [Measurement(second, round(value, 1))] * sensors
        learned.update(second, draw, reading)
    return learned


@pytest.mark.parametrize("load", [_quiet, _hob])
@pytest.mark.parametrize("sensors", [1, 3])
@pytest.mark.parametrize("lag", [0, 3, 5, 8])
def test_the_lag_is_learned_from_a_draw_that_never_rests(
    lag: int, sensors: int, load: Callable[[int], float]
) -> None:
    known = _learned(_ramps(400), lag, 1, load, sensors).known(None)

    assert known is not None
    assert known.minimum <= lag <= known.maximum
    assert known.maximum - known.minimum <= 2


def test_little_movement_proves_nothing() -> None:
    assert _learned([6.0] * 50 + [9.0] * 50 + [12.0] * 50, 5, 1).known(None) is None


def test_a_sensor_that_reports_seldom_shows_how_late_it_is_at_least() -> None:
    """Each raise comes right after a report; a late sensor shows it in the one after the next."""
    draws = [6.0 + 3.0 * ((second - 2) // 40 % 5) for second in range(600)]

    assert _learned(draws, 6, 10).known(None) is None
    assert _learned(draws, 9, 10).known(None) == Lag(9, 11)


def test_the_time_until_the_next_report_is_no_lag() -> None:
    """The steps say that it is late by an interval; the falls, that it cannot be."""
    draws = [6.0 + 3.0 * ((second + 5) // 40 % 5) for second in range(600)]
    learned = _learned(draws, 2, 10)

    known = learned.known(9.0)

    assert known is not None and known.maximum < 9.0
    assert learned.known(None) is None


def test_a_sensor_that_repeats_itself_proves_nothing() -> None:
    draws = _ramps(400)
    learned = DrawLag(1)
    for second, draw in enumerate(draws):
        learned.update(second, draw, [Measurement(second, 5.0)])

    assert learned.known(None) is None


def test_a_sensor_that_cannot_be_believed_does_not_count() -> None:
    learned = DrawLag(1)
    for second, draw in enumerate(_ramps(400)):
        learned.update(second, draw, [None])

    assert learned.known(None) is None


def test_a_meter_that_becomes_later_is_learned_anew() -> None:
    draws = _ramps(3000)
    learned = DrawLag(1)
    for second, draw in enumerate(draws):
        lag = 2 if second < 1200 else 7
        value = round(draws[max(second - lag, 0)] + 3.0, 1)
        learned.update(second, draw, [Measurement(second, value)])
        if second == 1100:
            assert learned.known(None) == Lag(2, 2)

    known = learned.known(None)
    assert known is not None and known.minimum <= 7 <= known.maximum
