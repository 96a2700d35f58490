"""The parts of the cost are measured each without the others, and every function that is named for one exists."""

import pytest

from custom_components.twc_manager.twc.frame import Decoder, encode
from scripts.benchmark_lib import cost_parts
from scripts.benchmark_lib.cost_parts import PartMeter, measured_parts

INNER, OUTER = "decoder", "rules"


def test_a_part_counts_without_those_that_it_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(cost_parts, "thread_time", lambda: now)
    meter = PartMeter()

    def spend(seconds: float) -> None:
        nonlocal now
        now += seconds

    inner = meter.measured(INNER, spend)

    def call() -> None:
        spend(1.0)
        inner(4.0)
        with pytest.raises(ValueError, match="failed"):
            failing()
        spend(2.0)

    def fail() -> None:
        spend(8.0)
        raise ValueError("failed")

    failing = meter.measured(INNER, fail)
    meter.measured(OUTER, call)()
    spend(16.0)
    spent = {part: seconds for part, seconds in meter.seconds().items() if seconds}
    assert spent == {INNER: 12.0, OUTER: 3.0}


def test_parts_are_measured_while_that_is_asked_for_only() -> None:
    feed = Decoder.feed
    frame = encode(bytes.fromhex("fde0032e77770116400d0600000000"))
    with measured_parts() as meter:
        assert len(Decoder().feed(frame)) == 1
        measured = meter.seconds()[INNER]
        assert measured > 0
    assert Decoder.feed is feed
    Decoder().feed(frame)
    assert meter.seconds()[INNER] == measured
