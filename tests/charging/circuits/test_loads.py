"""Other loads on a circuit count with the worst of a window, and with their maximum while their sensors are silent."""

from math import inf, nan

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.circuits.loads import (
    WINDOW_SECONDS,
    LoadConfig,
    LoadReading,
    Loads,
    LoadWatch,
)

PUMP = LoadConfig("pump", 16.0, max_age=60.0)


def test_a_load_counts_with_the_worst_of_the_window() -> None:
    watch = LoadWatch(PUMP)
    for now, amps in [(0.0, 2.0), (10.0, 9.0), (20.0, 4.0), (30.0, 0.0)]:
        watch.update(now, LoadReading(amps, now))
    assert watch.amps(30) == 9
    assert watch.wake_at == 10 + WINDOW_SECONDS
    watch.update(10 + WINDOW_SECONDS, LoadReading(0.0, 10 + WINDOW_SECONDS))
    assert watch.amps(10 + WINDOW_SECONDS) == 4


@pytest.mark.parametrize("amps", [None, nan, inf, -inf, -0.6, -1e9])
def test_nonsense_counts_as_its_maximum(amps: float | None) -> None:
    watch = LoadWatch(PUMP)
    watch.update(0, LoadReading(1.0, 0))
    watch.update(1, LoadReading(amps, 1))
    assert watch.is_silent
    assert watch.amps(1) == 16


@pytest.mark.parametrize("alive_at", [-61.0, 61.0, nan, inf, -inf])
def test_a_reading_from_another_time_counts_as_its_maximum(alive_at: float) -> None:
    watch = LoadWatch(PUMP)
    watch.update(0, LoadReading(1.0, alive_at))
    assert watch.amps(0) == 16


def test_a_load_that_was_never_measured_counts_as_its_maximum() -> None:
    watch = LoadWatch(PUMP)
    assert (watch.is_silent, watch.amps(0)) == (True, 16)


def test_one_that_draws_more_than_its_maximum_counts_with_that() -> None:
    watch = LoadWatch(PUMP)
    watch.update(0, LoadReading(20.0, 0))
    assert watch.amps(0) == 20
    watch.update(1, None)
    assert watch.amps(1) == 20


def test_the_noise_of_one_that_is_off_is_no_draw() -> None:
    watch = LoadWatch(PUMP)
    watch.update(0, LoadReading(-0.3, 0))
    assert (watch.is_silent, watch.amps(0)) == (False, 0)


def test_loads_add_up_and_keep_what_was_measured_when_others_come_and_go() -> None:
    loads = Loads()
    loads.configure([PUMP, LoadConfig("other", 10)])
    loads.update(0, [("pump", LoadReading(3.0, 0)), ("other", LoadReading(2.0, 0))])
    assert (loads.amps(0), loads.silent, loads.wake_at) == (5, frozenset(), None)
    loads.configure([LoadConfig("pump", 20), LoadConfig("new", 7)])
    assert loads.amps(0) == 3 + 7
    loads.update(1, [])
    assert loads.amps(1) == 20 + 7
    assert loads.silent == {"pump", "new"}


READINGS = st.lists(
    st.tuples(
        st.floats(0.5, 200),
        st.one_of(
            st.none(),
            st.builds(
                LoadReading,
                st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)),
                st.floats(-500, 500),
            ),
        ),
    ),
    max_size=30,
)


@given(READINGS)
def test_a_load_never_counts_with_less_than_it_was_seen_to_draw(
    readings: list[tuple[float, LoadReading | None]],
) -> None:
    watch = LoadWatch(PUMP)
    now = 0.0
    seen: list[tuple[float, float]] = []
    for passed, given_reading in readings:
        now += passed
        reading = given_reading
        if reading is not None:
            reading = LoadReading(reading.amps, now + reading.alive_at)
        watch.update(now, reading)
        usable = reading is not None and reading.is_usable(now, PUMP.max_age)
        if reading is not None and reading.amps is not None and usable:
            seen.append((now, reading.amps))
        worst = max((amps for at, amps in seen if now - at < WINDOW_SECONDS), default=0)
        assert watch.amps(now) >= worst
        if not usable:
            assert watch.amps(now) >= PUMP.maximum
        else:
            assert watch.amps(now) == max(worst, 0)
