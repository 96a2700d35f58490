"""Processes that are killed, in short and, among the slow tests, for longer (scripts/benchmark kill)."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[1]


def check(kills: int, seed: int, speed: float) -> dict[str, float]:
    """Run a campaign in a process of its own, whose children it kills."""
    arguments = ["--times", str(kills), "--seed", str(seed), "--speed", str(speed)]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmark_lib", "kill", "--json", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout or "{}")
    assert done.returncode == 0, done.stderr
    assert figures["kills"] == kills
    assert figures["highest_drawn"] > 1
    assert figures["limit_broken_s"] == 0
    assert figures["unknown_fed"] == 0
    assert figures["believed_orderly"] == 0
    return figures


@pytest.mark.long
def test_a_few_crashes_break_no_limit() -> None:
    check(2, seed=0, speed=25)


@pytest.mark.slow
def test_many_crashes_break_no_limit() -> None:
    figures = check(30, seed=1, speed=10)
    assert figures["kills_while_charging"] > 10
