"""Every row of the table of a connector check: the scenario of each fails without its row."""

from collections.abc import Callable

import pytest

from custom_components.twc_manager.charging.control import connector_check
from custom_components.twc_manager.charging.control.check_states import (
    CHECK_TRANSITIONS,
    START_SECONDS,
    STEADY_SECONDS,
    STEP_SECONDS,
    STOP_SECONDS,
    CheckOutcome,
)
from tests.charging.tables import check_row, check_table, name_of

from .bench import Bench


def begin() -> None:
    bench = Bench()
    assert bench.check.amps == 12


def begin_to_draw() -> None:
    bench = Bench(drawn=0.0)
    bench.wait(100)
    bench.car_draws(True)
    # A step counts from the first draw.
    bench.wait(STEP_SECONDS - 2)
    assert bench.check.amps == 12
    bench.wait(4)
    assert bench.check.amps == 16


def next_current() -> None:
    bench = Bench()
    assert bench.currents(3 * STEP_SECONDS) == [12, 16, 6]


def stop() -> None:
    bench = Bench()
    bench.until_amps(0)
    assert bench.now >= 3 * STEP_SECONDS


def rest() -> None:
    bench = Bench(zero_stops=True)
    bench.until_amps(0)
    stopped = bench.now
    bench.until_amps(12)
    assert bench.now - stopped > STEADY_SECONDS


def stop_fails() -> None:
    bench = Bench(zero_stops=False)
    bench.until_amps(0)
    asked = bench.now
    bench.until_amps(12)
    assert STOP_SECONDS <= bench.now - asked < STEADY_SECONDS
    bench.until_ended()
    assert bench.result.zero_stops is False


def resume() -> None:
    bench = Bench(zero_stops=True)
    bench.until_amps(0)
    bench.until_amps(12)
    assert bench.check.result is None


def complete() -> None:
    bench = Bench(zero_stops=True)
    bench.until_ended()
    assert bench.result.outcome is CheckOutcome.COMPLETE


def car_does_not_draw() -> None:
    bench = Bench(drawn=0.0)
    bench.wait(START_SECONDS - 2)
    assert bench.check.result is None
    bench.wait(4)
    assert bench.result.outcome is CheckOutcome.NOT_CHARGING


def car_does_not_resume() -> None:
    bench = Bench(zero_stops=True)
    bench.until_amps(0)
    bench.wait(10)
    bench.car_draws(False)
    bench.until_ended()
    assert bench.now < 500
    assert bench.result.outcome is CheckOutcome.NOT_CHARGING
    # It may have stopped by itself just then.
    assert bench.result.zero_stops is None
    assert bench.result.resume_seconds is None


def ended(bench: Bench, amps: int) -> None:
    bench.check.end(CheckOutcome.CANCELLED, bench.now)
    assert bench.check.amps is None
    assert bench.result.outcome is CheckOutcome.CANCELLED
    bench.wait(1)
    assert bench.check.amps is None
    assert amps in bench.offered


def end_while_offering() -> None:
    ended(Bench(), 12)


def end_while_stopping() -> None:
    bench = Bench(zero_stops=False)
    bench.until_amps(0)
    bench.wait(1)
    ended(bench, 0)
    # It was cut short, so it proves nothing.
    assert bench.result.zero_stops is None


def end_while_resting() -> None:
    bench = Bench(zero_stops=True)
    bench.until_amps(0)
    bench.wait(STOP_SECONDS)
    ended(bench, 0)
    # It has not charged again, so the stop is not shown.
    assert bench.result.zero_stops is None


def end_while_resuming() -> None:
    bench = Bench(zero_stops=False)
    bench.until_amps(0)
    bench.until_amps(12)
    bench.wait(1)
    ended(bench, 12)


SCENARIOS: dict[str, Callable[[], None]] = {
    "idle, begin, always: offering": begin,
    "offering, report, does_not_draw: idle": car_does_not_draw,
    "offering, report, begins_to_draw: offering": begin_to_draw,
    "offering, report, step_is_over: offering": next_current,
    "offering, report, may_be_stopped: stopping": stop,
    "stopping, report, has_stopped: resting": rest,
    "stopping, report, stop_timed_out: resuming": stop_fails,
    "resting, report, rest_is_over: resuming": resume,
    "resuming, report, does_not_draw: idle": car_does_not_resume,
    "resuming, report, draws_again: idle": complete,
    "offering, end, always: idle": end_while_offering,
    "stopping, end, always: idle": end_while_stopping,
    "resting, end, always: idle": end_while_resting,
    "resuming, end, always: idle": end_while_resuming,
}


def test_each_row_has_a_scenario() -> None:
    check_table(CHECK_TRANSITIONS, SCENARIOS)


@pytest.mark.parametrize("name", map(name_of, CHECK_TRANSITIONS))
def test_row(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    check_row(monkeypatch, connector_check, "CHECK_TRANSITIONS", name, SCENARIOS)
