"""What a connector check offers and finds, and what its stored result has to look like."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.control.check_result import (
    Answers,
    CheckResult,
    StepResult,
)
from custom_components.twc_manager.charging.control.check_states import (
    STEADY_SECONDS,
    CheckOutcome,
)
from custom_components.twc_manager.charging.control.zero_stop import ZeroStop
from custom_components.twc_manager.twc import PROTOCOL_1, PROTOCOL_2, PlugState

from .bench import Bench


def test_it_finds_what_the_connector_and_the_car_do() -> None:
    bench = Bench(
        reaction=3.0,
        ramp=2.0,
        firmware="4.5.3",
        volts=(240, 0, 0),
        phase_amps=(0.0, 0.0, 0.0),
        plug=PlugState.CHARGING,
        vin="5YJ3E1EA0KF000001",
    )
    bench.until_ended()

    found = bench.result
    assert found.outcome is CheckOutcome.COMPLETE
    assert [step.offered for step in found.steps] == [12, 16, 6, 12]
    assert [step.drawn for step in found.steps] == [11.2, 15.2, 5.2, 11.2]
    assert found.minimum_accepted == 6
    assert found.zero_stops
    assert found.stop_seconds == pytest.approx(6, abs=1.5)
    assert found.resume_seconds == pytest.approx(3, abs=1.5)
    for step in found.steps[:3]:
        assert step.reaction == pytest.approx(3, abs=1)
        assert step.ramp == pytest.approx(2, rel=0.4)
    assert found.answers == Answers(volts=True, plug_state=True, vin=True)
    # It takes about five minutes.
    assert 200 < bench.now < 330


def test_a_car_that_goes_on_at_0_a_is_not_interrupted() -> None:
    bench = Bench(zero_stops=False)
    bench.until_ended()

    assert bench.result.zero_stops is False
    assert bench.result.stop_seconds is None
    assert bench.result.resume_seconds is None


@pytest.mark.parametrize(
    ("ceiling", "minimum", "currents"),
    [
        (32, 6, [12, 16, 6, 0, 12]),
        (16, 6, [12, 16, 6, 0, 12]),
        (14, 6, [12, 14, 6, 0, 12]),
        # What would be the same current again is left out.
        (12, 6, [12, 6, 0, 12]),
        (8, 6, [8, 6, 0, 8]),
        (6, 6, [6, 0, 6]),
        (32, 12, [12, 16, 12, 0, 12]),
        (32, 16, [16, 0, 16]),
        (32, 5, [12, 16, 5, 0, 12]),
    ],
)
def test_it_offers_no_more_than_the_limits(
    ceiling: int, minimum: int, currents: list[int]
) -> None:
    bench = Bench(ceiling=ceiling, minimum=minimum)
    bench.until_ended()

    assert bench.currents(0) == currents
    assert bench.result.outcome is CheckOutcome.COMPLETE


@given(
    ceilings=st.lists(st.tuples(st.integers(1, 120), st.integers(0, 32)), max_size=6),
    zero_stops=st.booleans(),
    minimum=st.sampled_from([5, 6, 12, 16]),
)
def test_whatever_the_limits_do_cars_are_offered_what_they_take(
    ceilings: list[tuple[int, int]], zero_stops: bool, minimum: int
) -> None:
    """Never 1 to 4 A, one interruption, a minute between a stop and a start; and it ends."""
    bench = Bench(zero_stops=zero_stops, minimum=minimum)
    for seconds, ceiling in ceilings:
        bench.ceiling = ceiling
        bench.wait(seconds)
    bench.ceiling = 32
    bench.until_ended()

    assert bench.now < 600 + 120 * len(ceilings)
    asked = bench.asked
    assert not {1, 2, 3, 4} & {min(amps, 32) for _, amps in asked}
    stops = [at for (_, before), (at, amps) in pairwise(asked) if before and not amps]
    assert len(stops) <= 1
    starts = [at for (_, before), (at, amps) in pairwise(asked) if not before and amps]
    if bench.result.zero_stops and starts:
        assert starts[0] - stops[0] >= STEADY_SECONDS


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"present": False}, CheckOutcome.UNPLUGGED),
        ({"enabled": False}, CheckOutcome.SWITCHED_OFF),
        ({"ceiling": 5}, CheckOutcome.LIMITED),
        ({"ceiling": 0}, CheckOutcome.LIMITED),
    ],
)
@pytest.mark.parametrize("seconds", [5, 60, 120, 150, 180])
def test_it_ends_at_once(
    change: dict[str, Any], outcome: CheckOutcome, seconds: int
) -> None:
    bench = Bench()
    bench.wait(seconds)
    assert bench.check.result is None
    for name, value in change.items():
        setattr(bench, name, value)
    bench.wait(1)

    assert bench.result.outcome is outcome
    assert bench.check.amps is None


@pytest.mark.parametrize("minimum", [6, 12, 16])
def test_its_end_is_foreseen(minimum: int) -> None:
    bench = Bench(minimum=minimum)
    ends: list[float] = []
    while bench.check.result is None:
        ends.append(bench.check.end_at(bench.now))
        bench.wait(1)
    assert all(abs(end - bench.now) < 20 for end in ends)


RESULT = CheckResult(
    CheckOutcome.COMPLETE,
    2,
    32.0,
    "4.5.3",
    (StepResult(12, 11.2, 2.0, 4.0), StepResult(6, 5.2)),
    zero_stops=True,
    stop_seconds=4.0,
    resume_seconds=7.5,
    answers=Answers(meter=True, vin=True),
)


def test_a_result_is_read_as_it_was_stored() -> None:
    for result in (RESULT, CheckResult(CheckOutcome.LOST, 1, 80.0)):
        assert CheckResult.from_dict(result.as_dict()) == result


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"outcome": "perhaps"},
        {"protocol": 3},
        {"rating": -1},
        {"rating": float("nan")},
        {"rating": True},
        {"firmware": 4},
        {"steps": {}},
        {"steps": [{}]},
        {"steps": [None]},
        {"steps": [RESULT.as_dict()["steps"][0]] * 9},
        {"zero_stops": 1},
        {"stop_seconds": "4"},
        {"stop_seconds": 1e9},
        {"answers": []},
        {"answers": {"place": True}},
        {"answers": {"vin": "5YJ3E1EA0KF000001"}},
    ],
)
def test_what_is_no_result_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        CheckResult.from_dict(RESULT.as_dict() | change)
    for key in RESULT.as_dict():
        incomplete = {**RESULT.as_dict()}
        del incomplete[key]
        with pytest.raises(KeyError):
            CheckResult.from_dict(incomplete)


def test_nothing_in_a_result_identifies_its_owner() -> None:
    bench = Bench(vin="5YJ3E1EA0KF000001", serial_number="A16K0006201")
    bench.until_ended()
    text = str(bench.result.as_dict())
    assert "5YJ3" not in text
    assert "A16K" not in text


def test_0_a_are_believed_after_two_agreeing_stops_and_dropped_after_a_failure() -> (
    None
):
    new, old = PROTOCOL_2, PROTOCOL_1
    zero = ZeroStop()
    # What documents say counts until something was seen.
    assert not zero.is_believed(new)
    assert zero.is_believed(old)
    zero = zero.seen(stopped=True)
    assert not zero.is_believed(new)
    zero = zero.seen(stopped=True)
    assert zero.is_believed(new)
    zero = zero.seen(stopped=False)
    assert not zero.is_believed(new)
    assert not zero.is_believed(old)
    zero = zero.seen(stopped=True)
    assert not zero.is_believed(old)
    assert zero.seen(stopped=True).is_believed(old)
    assert ZeroStop.from_dict(zero.as_dict()) == zero


@pytest.mark.parametrize(
    "data", [None, [], {"agreed": 7}, {"agreed": True}, {"agreed": -1}]
)
def test_0_a_are_learned_anew_if_what_was_stored_cannot_be_read(data: object) -> None:
    assert ZeroStop.from_dict(data) == ZeroStop()


def test_answers_are_kept_when_the_car_rests() -> None:
    bench = Bench(phase_amps=(19.0, 0.0, 0.0))
    bench.connector = replace(bench.connector, phase_amps=(0.0, 0.0, 0.0))
    bench.until_ended()
    assert bench.result.answers.phase_amps


@pytest.mark.parametrize("drawn", [0.0, 5.2])
def test_a_silence_teaches_nothing(drawn: float) -> None:
    """A last report at 0 A is no proof of a stop, and one with a draw none that there was no stop."""
    bench = Bench(zero_stops=False)
    bench.until_amps(0)
    bench.wait(2)
    bench.connector = replace(bench.connector, drawn=drawn, heard_at=bench.now)
    bench.reaction = 1000.0
    bench.wait(10)

    assert bench.result.outcome is CheckOutcome.LOST
    assert bench.result.zero_stops is None


def test_a_car_that_keeps_pausing_by_itself_ends_it() -> None:
    """It never draws for long enough to be stopped, nor pauses for long enough to be given up."""
    bench = Bench()
    for _ in range(20):
        bench.car_draws(False)
        bench.wait(20)
        bench.car_draws(True)
        bench.wait(40)

    assert bench.result.outcome is CheckOutcome.NOT_CHARGING


@pytest.mark.parametrize("outcome", [None, CheckOutcome.CANCELLED])
@pytest.mark.parametrize("zero_stops", [True, False])
def test_a_car_that_does_not_draw_again_may_have_stopped_by_itself(
    outcome: CheckOutcome | None, *, zero_stops: bool
) -> None:
    """It was full just then."""
    bench = Bench(zero_stops=zero_stops)
    bench.until_amps(0)
    bench.wait(2)
    bench.car_draws(False)
    bench.wait(30)
    assert bench.check.amps == 0
    if outcome is not None:
        bench.check.end(outcome, bench.now)
    bench.until_ended()

    assert bench.result.outcome is (outcome or CheckOutcome.NOT_CHARGING)
    assert bench.result.zero_stops is None
    assert bench.result.stop_seconds is None
