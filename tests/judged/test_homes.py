"""The judge's houses in short form; scripts/benchmark judge plays them for as long as you like."""

from dataclasses import dataclass
from typing import Final

import pytest

from tests.independent import FaultKind, HouseVerdict, MeterFault, MeterSpec, Verdict

from .homes import house_faults, play_house
from .house_mutants import HOUSE_MUTANTS
from .mutants import Mutant

_FREEZES: Final = MeterSpec(interval_s=5, faults=(MeterFault(FaultKind.FROZEN, 90),))
_ENDS: Final = MeterSpec(interval_s=5, faults=(MeterFault(FaultKind.ABSENT, 90),))


@dataclass(frozen=True, slots=True)
class _Home:
    """A house, for how long it is played, and the meter that it has in the place of its own."""

    seed: int
    hours: float = 0.15
    meter: MeterSpec | None = None

    def play(self, *mutant: Mutant) -> tuple[HouseVerdict, tuple[Verdict, ...]]:
        return play_house(self.seed, self.hours, *mutant, meter=self.meter)


_CAUGHT_IN: Final = {
    "a line that is away is forgotten": (_Home(22), _Home(13)),
    "a circuit gives room before it is free": (_Home(13),),
    "a meter is believed without proof": tuple(
        _Home(seed, 0.12, _FREEZES) for seed in (37, 34, 32)
    ),
    "a silent meter counts without end": tuple(
        _Home(seed, meter=_ENDS) for seed in (37, 51)
    ),
    "each line has the whole fuse": (_Home(335, 0.3), _Home(283), _Home(67)),
    "the fuse is taken for a larger one": (_Home(37),),
}
"""Houses of which at least one shows what is missing: what happens in one may change with anything in the rules."""


def test_each_safeguard_has_a_house() -> None:
    assert _CAUGHT_IN.keys() == HOUSE_MUTANTS.keys()


@pytest.mark.parametrize(
    "home",
    dict.fromkeys(home for homes in _CAUGHT_IN.values() for home in homes),
    ids=str,
)
@pytest.mark.long
def test_the_judge_finds_no_fault_in_a_house(home: _Home) -> None:
    assert not house_faults(*home.play())


@pytest.mark.parametrize("name", _CAUGHT_IN)
@pytest.mark.long
def test_each_missing_safeguard_of_a_house_is_caught(name: str) -> None:
    """Where the product itself is without fault, as shown above."""
    mutant = HOUSE_MUTANTS[name]
    assert any(house_faults(*home.play(mutant)) for home in _CAUGHT_IN[name])


@pytest.mark.long
def test_houses_count_since_rules_that_do_not_know_them_break_something() -> None:
    house, _ = play_house(13, 0.15, blind=True)
    assert house.faults
