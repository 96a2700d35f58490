"""The campaign of faults, in short and, among the slow tests, for longer (scripts/benchmark faults)."""

from itertools import islice
import json
from pathlib import Path
import subprocess
import sys

import pytest

from scripts.benchmark_lib.faults.plan import LIES, What, events, line_events

ROOT = Path(__file__).parents[1]


def run(*arguments: str) -> tuple[int, dict[str, float], str]:
    """Run a campaign in a process of its own, whose clock and Home Assistant it has for itself."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmark_lib", "faults", "--json", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def check(hours: float, seed: int) -> None:
    code, figures, errors = run("--hours", str(hours), "--seed", str(seed))
    assert code == 0, errors
    assert figures["charging_hours"] >= hours
    assert figures["limit_broken_s"] == 0
    assert figures["forbidden_frames"] == 0
    assert figures["relink_max_s"] <= 30
    assert figures["energy_error"] <= (0.01 if figures["energy_kwh"] > 40 else 0.1)
    assert figures["leaked_tasks"] == 0
    assert figures["sessions_lost"] == 0


@pytest.mark.long
def test_nothing_breaks_in_a_few_hours() -> None:
    check(3, seed=0)


def check_lies(hours: float, seed: int) -> None:
    code, figures, errors = run("--lies", "--hours", str(hours), "--seed", str(seed))
    assert code == 0, errors
    assert figures["charging_hours"] >= hours
    assert figures["limit_broken_s"] == 0
    assert figures["overdrawn_late_s"] == 0
    assert figures["forbidden_frames"] == 0
    assert figures["leaked_tasks"] == 0
    # It was a world in which more was drawn than the limit.
    assert figures["overdrawn_s"] > 0


@pytest.mark.long
def test_lies_break_nothing_in_a_few_hours() -> None:
    check_lies(1.5, seed=1)


@pytest.mark.slow
def test_lies_break_nothing_in_a_longer_while() -> None:
    check_lies(24, seed=2)


def check_lines(hours: float, seed: int) -> None:
    code, figures, errors = run("--lines", "--hours", str(hours), "--seed", str(seed))
    assert code == 0, errors
    assert figures["charging_hours"] >= hours
    assert figures["limit_broken_s"] == 0
    assert figures["circuit_broken_s"] == 0
    assert figures["forbidden_frames"] == 0
    assert figures["leaked_tasks"] == 0
    # It was a world in which the circuit was needed.
    assert figures["circuit_used_h"] > 0


@pytest.mark.long
def test_two_lines_keep_to_their_circuit_for_some_hours() -> None:
    check_lines(2.5, seed=1)


@pytest.mark.slow
def test_two_lines_keep_to_their_circuit_for_a_longer_while() -> None:
    check_lines(20, seed=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "without",
    [
        "CircuitSupply.budgets = lambda self, *_: {}",
        "Circuit.lose = lambda self, bus, now: self._members.update({bus: _Member(_Standing.HERE)})",
    ],
)
def test_in_the_same_world_the_circuit_is_broken_without_its_safeguards(
    without: str,
) -> None:
    code = f"""
from custom_components.twc_manager.charging.circuit_supply import CircuitSupply
from custom_components.twc_manager.charging.circuits.circuit import (
    Circuit, _Member, _Standing
)
from scripts.benchmark_lib.faults.two_lines import run_two_lines

{without}
print(run_two_lines(1, 6.0).circuit_broken_s)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert float(done.stdout) > 10


BLINDED = """
from custom_components.twc_manager.twc.conduct import Conduct, SumWatch
from scripts.benchmark_lib.faults.campaign import run_campaign

SumWatch.update = Conduct.reported = lambda *_: None
print(run_campaign(1000, 4.0, lies=True).overdrawn_late_s)
"""


@pytest.mark.slow
def test_in_the_same_world_a_guard_that_measures_nothing_is_late() -> None:
    """A world in which a blinded guard breaks nothing proves nothing."""
    done = subprocess.run(
        [sys.executable, "-c", BLINDED],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert float(done.stdout) > 60


@pytest.mark.slow
def test_nothing_breaks_in_a_longer_while() -> None:
    check(24, seed=1)


def test_the_same_seed_brings_the_same_events_for_two_lines() -> None:
    first, second, other = (list(islice(line_events(seed), 500)) for seed in (1, 1, 2))
    assert first == second != other
    assert {event.place for event in first} == set(range(4))
    assert {What.PORT, What.RELOAD, What.KILL, What.FROZEN} <= {
        event.what for event in first
    }


def test_the_same_seed_brings_the_same_events_and_all_kinds_of_them() -> None:
    first, second, other = (list(islice(events(seed), 500)) for seed in (1, 1, 2))
    assert first == second != other
    assert {event.what for event in first} == set(What) - LIES
    assert [event.at for event in first] == sorted(event.at for event in first)
    lying = list(islice(events(1, lies=True), 500))
    assert {event.what for event in lying} == set(What)
    assert [event for event in lying if event.what not in LIES] == first[
        : sum(event.what not in LIES for event in lying)
    ]
