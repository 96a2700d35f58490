"""The judge's worlds in short form; scripts/benchmark judge plays them for as long as you like."""

import pytest

from .campaign import Judged, faults_of, judge, play
from .mutants import MUTANTS

_HOURS = 0.5
_TRIES = 6


@pytest.mark.parametrize("seed", range(6))
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
    """In the first worlds already: the product itself has to be without fault in them, as shown above."""
    assert any(faults_of(play(seed, _HOURS, MUTANTS[name])) for seed in range(_TRIES))
