"""Divides the available amps among the connectors that want them."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CurrentClaim:
    """What one connector may get from budgets that it shares with others.

    Attributes:
        connector_id: the connector.
        minimum: the whole A below which it gets nothing.
        usable: the whole A that its vehicle can use.
        maximum: the whole A that it may get if no other connector can use them.
        budgets: the keys of all budgets from which each of its A is taken; the first used-up one is the reason.
        late: whether it is served only after all others have what they can use.

    """

    connector_id: int
    minimum: int
    usable: int
    maximum: int
    budgets: tuple[Hashable, ...]
    late: bool = False


@dataclass(frozen=True, slots=True)
class Portion:
    """What a claim gets, in whole A, and the budget that limits it; None if its own maximum does."""

    amps: int
    budget: Hashable | None = None


def fits(claim: CurrentClaim, left: Mapping[Hashable, int]) -> bool:
    """Return whether the budgets have the minimum of a claim left."""
    return 0 < claim.minimum <= claim.maximum and all(
        left[budget] >= claim.minimum for budget in claim.budgets
    )


def divide(
    claims: Sequence[CurrentClaim], budgets: Mapping[Hashable, int]
) -> dict[int, Portion]:
    """Divide the whole A of all budgets fairly; an earlier claim is served before a later one.

    As many claims as possible get their minimum. What is left is spread evenly, first up to what each can use,
    then up to the maximum of each. No budget is exceeded.
    """
    left = dict(budgets)
    given: dict[int, int] = {}
    early = [claim for claim in claims if not claim.late]
    _admit(early, left, given)
    usable = {item.connector_id: min(item.usable, item.maximum) for item in early}
    _fill(early, usable, left, given)
    _admit([claim for claim in claims if claim.late], left, given)
    _fill(claims, {item.connector_id: item.maximum for item in claims}, left, given)
    return {
        claim.connector_id: Portion(
            given.get(claim.connector_id, 0), _exhausted(claim, left, given)
        )
        for claim in claims
    }


def _admit(
    claims: Sequence[CurrentClaim], left: dict[Hashable, int], given: dict[int, int]
) -> None:
    for claim in claims:
        if fits(claim, left):
            given[claim.connector_id] = 0
            _give(claim, claim.minimum, left, given)


def _give(
    claim: CurrentClaim, amps: int, left: dict[Hashable, int], given: dict[int, int]
) -> None:
    given[claim.connector_id] += amps
    for budget in claim.budgets:
        left[budget] -= amps


def _fill(
    claims: Sequence[CurrentClaim],
    targets: Mapping[int, int],
    left: dict[Hashable, int],
    given: dict[int, int],
) -> None:
    """Raise the lowest, by 1 A in turn, until each is at its target or its budgets are used up.

    Whole rounds in which each of the lowest is raised are taken at once.
    """

    def missing(claim: CurrentClaim) -> int:
        """Return the A up to the target that the budgets still have."""
        amps = targets[claim.connector_id] - given[claim.connector_id]
        return min((amps, *(left[budget] for budget in claim.budgets)))

    short = [claim for claim in claims if claim.connector_id in given]
    while short := [claim for claim in short if missing(claim) > 0]:
        lowest, gap = _lowest(short, given)
        rounds = min([*map(missing, lowest), *_rounds(lowest, left), *gap])
        if rounds < 1:
            # By id among equals, so that an odd ampere does not move when the order of claims changes.
            lowest = [min(lowest, key=lambda claim: claim.connector_id)]
        for claim in lowest:
            _give(claim, max(rounds, 1), left, given)


def _lowest(
    claims: Sequence[CurrentClaim], given: Mapping[int, int]
) -> tuple[list[CurrentClaim], list[int]]:
    """Return the claims with the lowest grant, and by how many A each of the others is above them."""
    level = min(given[claim.connector_id] for claim in claims)
    above = [(claim, given[claim.connector_id] - level) for claim in claims]
    lowest = [claim for claim, amps in above if not amps]
    return lowest, [amps for _, amps in above if amps]


def _rounds(
    claims: Sequence[CurrentClaim], left: Mapping[Hashable, int]
) -> Iterator[int]:
    """Yield for each budget how many A it has for each of the claims together."""
    users = Counter(budget for claim in claims for budget in claim.budgets)
    return (left[budget] // count for budget, count in users.items())


def _exhausted(
    claim: CurrentClaim, left: Mapping[Hashable, int], given: Mapping[int, int]
) -> Hashable | None:
    """Return the budget that limits a claim; None if its own maximum does."""
    amps = given.get(claim.connector_id, 0)
    if amps >= claim.maximum:
        return None
    needed = 1 if amps else claim.minimum
    return next((budget for budget in claim.budgets if left[budget] < needed), None)
