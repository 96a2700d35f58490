"""Lowering: reduces the wanted offers until together they fit into the limit.

Pure: nothing is remembered. Amps are in A.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor

from .conduct import SUM_AMPS


@dataclass(slots=True)
class Target:
    """The offer that one connector is to have.

    Attributes:
        offer: whole A.
        minimum: the lowest offer that its car can use; less is 0 A.
        excess: by how much its car draws more than it is offered.
        taken: the draw that no lower offer has reduced so far; 0 if it follows.
        disobeys: whether it does not follow any offer.

    """

    offer: float
    minimum: float
    excess: float = 0.0
    taken: float = 0.0
    disobeys: bool = False

    @property
    def draw(self) -> float:
        """Return what its car will draw if it follows."""
        return self.offer + self.excess if self.offer else 0.0

    @property
    def can_give(self) -> bool:
        """Return whether it can be lowered by 1 A without stopping its car."""
        return self.offer - 1 >= self.minimum

    @property
    def helps(self) -> bool:
        """Return whether to lower it frees current."""
        return self.offer > self.taken

    def lower(self) -> None:
        """Lower it by 1 A, or to nothing."""
        self.offer = float(floor(self.offer - 1)) if self.can_give else 0.0


def fit(targets: Mapping[int, Target], amps: float) -> None:
    """Lower offers until they, and the draws that they lead to, fit into so many A.

    The largest offers are lowered first. A connector that draws more than its offer is lowered by its own excess; for the
    draw of a connector that does not follow its offers, the others are lowered.
    """
    every, left = targets.values(), max(amps, 0.0)
    while sum(item.offer for item in every) > left:
        _lower_largest(every)
    own = {key: ceil(item.excess) for key, item in targets.items()}
    # What cars draw beyond their offers is measured, and no meter is exact.
    while sum(item.draw for item in every) >= left + SUM_AMPS:
        _lower_exceeding(targets, own)
    while _is_taken(every, left) and (helpful := [t for t in every if t.helps]):
        _lower_largest(helpful)


def lower_alike(targets: Mapping[int, Target], ceiling: float) -> None:
    """Lower offers until their sum is at most a ceiling, for a measured sum that is too high for an unknown reason.

    All are lowered alike, and one is stopped only if all are at their minimum. Connectors that do not obey keep their
    minimum and are left out: lowering them is not known to free any current.
    """
    every = [item for item in targets.values() if not _leave_minimum(item)]
    while (excess := sum(item.offer for item in every) - max(ceiling, 0.0)) > 0:
        able = [item for item in every if item.can_give]
        able.sort(key=lambda item: item.offer, reverse=True)
        for item in able[: ceil(excess)]:
            item.lower()
        if not able:
            _lower_largest(every)


def _leave_minimum(target: Target) -> bool:
    """Lower one that does not obey to its minimum; return whether it is one."""
    if target.disobeys:
        target.offer = min(target.offer, target.minimum)
    return target.disobeys


def _is_taken(targets: Iterable[Target], left: float) -> bool:
    """Return whether cars that do not follow take so much that the others have too much."""
    offers = sum(max(item.offer, item.taken) for item in targets)
    draws = sum(max(item.draw, item.taken) for item in targets)
    return offers > left or draws >= left + SUM_AMPS


def _lower_exceeding(targets: Mapping[int, Target], own: dict[int, int]) -> None:
    """Lower one that draws more than it is offered, by no more than its `own` excess in all; else the largest.

    No car is stopped for its excess as long as another one can give way.
    """
    exceeding = [key for key, amps in own.items() if amps and targets[key].can_give]
    if not exceeding:
        _lower_largest(targets.values())
        return
    largest = max(exceeding, key=own.__getitem__)
    targets[largest].lower()
    own[largest] -= 1


def _lower_largest(targets: Iterable[Target]) -> None:
    max(targets, key=lambda item: item.offer).lower()
