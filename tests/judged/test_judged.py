"""The judge's worlds in short form; scripts/benchmark judge plays them for as long as you like."""

import pytest

from .campaign import Judged, faults_of, judge, play
from .mutants import MUTANTS

_HOURS = 0.5
_SEEDS = (0, 1, 2, 3, 5, 21)
"""Each missing safeguard shows in one of these worlds, that of a connector just linked in about one world of ten."""


@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.long
def test_the_judge_finds_no_fault(seed: int) -> None:
    judged = judge(seed, _HOURS)
    assert judged.faults == []


@pytest.mark.long
def test_worlds_count_since_a_blind_guard_breaks_the_limit_in_them() -> None:
    worlds: list[Judged] = [judge(seed, _HOURS) for seed in range(20, 24)]
    assert sum(world.counts for world in worlds) >= 2


@pytest.mark.parametrize("name", MUTANTS)
@pytest.mark.long
def test_each_missing_safeguard_is_caught(name: str) -> None:
    """The product itself has to be without fault in the same worlds, as shown above."""
    assert any(faults_of(play(seed, _HOURS, MUTANTS[name])) for seed in _SEEDS)
