"""The judge's houses in short form; scripts/benchmark judge plays them for as long as you like."""

from typing import Final

import pytest

from .homes import house_faults, play_house
from .house_mutants import HOUSE_MUTANTS

_HOURS: Final = 0.15
_CAUGHT_IN: Final = {
    "a line that is away is forgotten": (13, _HOURS),
    "a circuit gives room before it is free": (13, _HOURS),
    "a meter is believed without proof": (40, 0.36),
    "a silent meter counts for ever": (32, _HOURS),
    "each line has the whole fuse": (283, _HOURS),
    "the fuse is taken for a larger one": (37, _HOURS),
}
"""The seed of a house and how long it is played, for each safeguard."""


def test_each_safeguard_has_a_house() -> None:
    assert _CAUGHT_IN.keys() == HOUSE_MUTANTS.keys()


@pytest.mark.parametrize(("seed", "hours"), sorted(set(_CAUGHT_IN.values())))
@pytest.mark.long
def test_the_judge_finds_no_fault_in_a_house(seed: int, hours: float) -> None:
    assert not house_faults(*play_house(seed, hours))


@pytest.mark.parametrize("name", _CAUGHT_IN)
@pytest.mark.long
def test_each_missing_safeguard_of_a_house_is_caught(name: str) -> None:
    """Where the product itself is without fault, as shown above."""
    verdicts = play_house(*_CAUGHT_IN[name], HOUSE_MUTANTS[name])
    assert house_faults(*verdicts)


@pytest.mark.long
def test_houses_count_since_rules_that_do_not_know_them_break_something() -> None:
    house, _ = play_house(13, _HOURS, blind=True)
    assert house.faults
