"""Safeguards of a house, each taken out: the judge has to catch each, or the houses prove nothing."""

from collections.abc import Iterator, Sequence
from functools import partial
from math import inf
from typing import Any, Final

from custom_components.twc_manager.charging import circuit_supply
from custom_components.twc_manager.charging.circuits.circuit import Circuit
from custom_components.twc_manager.charging.circuits.raises import (
    Committed,
    Raise,
    within_room,
)
from custom_components.twc_manager.charging.fuse_supply import FusePlace
from custom_components.twc_manager.charging.supply import shared_fuse
from custom_components.twc_manager.charging.supply.fuse_proof import Proof
from custom_components.twc_manager.charging.supply.fuse_reading import FuseConfig
from custom_components.twc_manager.charging.supply.fuse_shares import limits
from custom_components.twc_manager.charging.supply.main_fuse import FuseRoom
from custom_components.twc_manager.charging.supply.shared_fuse import SharedFuse

from . import homes
from .mutants import Mutant, without


def _forgets(self: Circuit, bus: str, now: float) -> None:
    _LOSE(self, bus, now)
    del self._members[bus]
    self.configure(self.config, -inf)


_LOSE: Final = Circuit.lose


def _raises_at_once(
    raises: Sequence[Raise], _room: float, beside: float = 0.0
) -> Committed:
    return within_room(raises, inf, beside)


def _believes_at_once(
    rooms: Sequence[FuseRoom], _proof: Proof, *, is_overdue: bool
) -> Iterator[Any]:
    del is_overdue
    return iter(limits(rooms, Proof(inf), is_overdue=False))


def _alone(_fuse: SharedFuse, bus: str) -> FusePlace:
    return FusePlace(SharedFuse(), bus)


def _larger(size: float, *others: Any) -> FuseConfig:
    return FuseConfig(size * 1.25, *others)


HOUSE_MUTANTS: Final[dict[str, Mutant]] = {
    "a line that is away is forgotten": without(Circuit, "lose", _forgets),
    "a circuit gives room before it is free": without(
        circuit_supply, "within_room", _raises_at_once
    ),
    "a meter is believed without proof": without(
        shared_fuse, "limits", _believes_at_once
    ),
    "a silent meter counts without end": without(
        homes, "FuseConfig", partial(FuseConfig, max_age=inf)
    ),
    "each line has the whole fuse": without(homes, "FusePlace", _alone),
    "the fuse is taken for a larger one": without(homes, "FuseConfig", _larger),
}
