"""The judge's worlds in short form; scripts/benchmark judge plays them for as long as you like."""

from itertools import product

import pytest

from .campaign import Kind, faults_of, play
from .mutants import MUTANTS
from .product import Offers

_HOURS = 0.5
_SEEDS = (*range(6), 10)
_WITHOUT_RULES = tuple(product(_SEEDS, (Kind(Offers.GREEDY), Kind(Offers.LYING))))


@pytest.mark.parametrize("seed", [2, 3, 5, 24])
@pytest.mark.long
def test_the_judge_finds_no_fault(seed: int) -> None:
    """The rules alone, with contactors, with a keeper, and with both."""
    assert not faults_of(play(seed, _HOURS))


@pytest.mark.long
def test_worlds_count_since_a_blind_guard_breaks_the_limit_in_them() -> None:
    worlds = [play(seed, _HOURS, blind=True) for seed in range(20, 24)]
    assert sum(world.broken_s > 0 for world in worlds) >= 2


@pytest.mark.parametrize("name", MUTANTS)
@pytest.mark.long
def test_each_missing_safeguard_is_caught(name: str) -> None:
    """In the first worlds already, without rules: the guard alone keeps the limit there."""
    assert any(
        faults_of(play(seed, _HOURS, MUTANTS[name], kind=kind))
        for seed, kind in _WITHOUT_RULES
    )


@pytest.mark.parametrize(("seed", "kind"), _WITHOUT_RULES)
@pytest.mark.long
def test_the_guard_alone_is_without_fault(seed: int, kind: Kind) -> None:
    """In the worlds in which each missing safeguard is caught."""
    assert not faults_of(play(seed, _HOURS, kind=kind))
