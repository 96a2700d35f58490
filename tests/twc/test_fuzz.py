"""The fuzzer: its short form, and that it notices what it looks for.

The full run is `scripts/benchmark fuzz`; docs/benchmarks.md has what came of it.
"""

from importlib.util import find_spec
import json
from pathlib import Path
import subprocess

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.twc_manager.twc import frame, messages
from scripts.benchmark_lib.fuzz import run, run_mutated
from scripts.benchmark_lib.fuzz_inputs import frames, inputs
from scripts.benchmark_lib.fuzz_target import MAX_INPUT, Target
from simulator import codec

from .vectors import captures

BENCHMARK = Path(__file__).parents[2] / "scripts" / "benchmark"
AT_ONCE = b"\x00"
"""The first byte of an input whose bytes all arrive at once."""


def test_no_input_is_taken_wrongly_or_raises() -> None:
    findings = run_mutated(40_000, seed=0)

    assert findings.all_is_well, findings
    assert findings.inputs == 40_000
    assert findings.accepted_frames > 30_000


@settings(max_examples=500)
@given(st.binary(max_size=MAX_INPUT))
@example(AT_ONCE + b"".join(codec.wrap(capture.body) for capture in captures()))
def test_no_example_is_taken_wrongly_or_raises(data: bytes) -> None:
    target = Target()
    for _ in range(2):
        target.feed(data)
    assert target.findings.all_is_well, target.findings


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_million_inputs_are_taken_rightly() -> None:
    findings, guided = run(1_000_000, seed=1)

    assert findings.all_is_well, findings
    assert findings.inputs == 1_000_000
    assert guided == (500_000 if find_spec("atheris") else 0)


@pytest.mark.slow
def test_the_command_prints_its_findings_as_json() -> None:
    done = subprocess.run(
        [BENCHMARK, "fuzz", "--inputs", "5000", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    findings = json.loads(done.stdout)
    assert findings["inputs"] == 5000
    assert findings["wrong_accepts"] == findings["exceptions"] == 0
    assert 0 < findings["peak_buffer"] <= 64


def test_the_same_seed_makes_the_same_inputs() -> None:
    assert list(inputs(100, 3)) == list(inputs(100, 3)) != list(inputs(100, 4))
    assert all(len(data) <= MAX_INPUT for data in inputs(1000, 3))


def test_all_kinds_of_frames_are_among_those_to_begin_with() -> None:
    decoder = frame.Decoder()
    types = {
        type(messages.parse(body)) for line in frames() for body in decoder.feed(line)
    }

    known = messages.FromMaster.__value__ | messages.FromConnector.__value__
    assert types - {messages.Unknown} == set(known.__args__)


def _of_a_frame(change: int) -> bytes:
    """Return an input with a frame whose checksum is off by so much."""
    body = codec.compose(codec.ANSWER, codec.HEARTBEAT, 0x1839, 0x7777, length=16)
    return AT_ONCE + codec.wrap(body[:-1] + bytes([body[-1] + change]))


def test_a_frame_with_a_wrong_checksum_that_is_taken_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "_valid_body", lambda escaped: escaped or None)
    target = Target()
    target.feed(_of_a_frame(1))

    assert (target.findings.wrong_accepts, target.findings.missed_frames) == (1, 0)
    assert not target.findings.all_is_well


def test_a_right_frame_that_is_dropped_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "_valid_body", lambda escaped: None)
    target = Target()
    target.feed(_of_a_frame(0))

    assert (target.findings.wrong_accepts, target.findings.missed_frames) == (0, 1)
    assert not target.findings.all_is_well


def test_an_exception_is_found_and_the_next_input_is_fed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = Target()
    with monkeypatch.context() as patch:
        patch.delattr(messages, "parse")
        target.feed(_of_a_frame(0))
    target.feed(_of_a_frame(0))

    assert (target.findings.exceptions, target.findings.accepted_frames) == (1, 2)
    assert not target.findings.all_is_well
    assert "parse" in target.findings.examples[0]


def test_a_buffer_that_grows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame.Decoder, "_cut", lambda decoder, piece: piece)
    target = Target()
    target.feed(AT_ONCE + b"\xff" * 100)

    assert target.findings.peak_buffer == 100
    assert not target.findings.all_is_well
