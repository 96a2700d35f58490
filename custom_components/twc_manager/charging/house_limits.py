"""The limits of the house on all charging of a bus, as budgets of whole A that all connectors share.

They are in W; a bus shares A. One ampere is taken to be as many W as it is for the vehicle that is plugged in and uses the
most phases, so that the power stays below the limit however the A are shared.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from .allocation.budgets import OUTSIDE, CurrentBudget
from .decision import AllocationInputs, LimitsStatus
from .limits.outside import OutsideInputs, OutsideLimit
from .outcome import LimitReason
from .phase_knowledge import PhaseKnowledge
from .wiring import Wiring


@dataclass(frozen=True, slots=True)
class LimitInputs:
    """What is known of the limits of the house.

    Attributes:
        outside: the limits from outside; None if there is no such thing.

    """

    outside: OutsideInputs | None = None

    def with_number(self, watts: float | None) -> Self:
        """Return the same with the limit that the number entity is set to, if there is such an entity."""
        if self.outside is None:
            return self
        return replace(self, outside=replace(self.outside, number_w=watts))


@dataclass(frozen=True, slots=True)
class LimitBudgets:
    """The limits as budgets.

    Attributes:
        budgets: by their keys; only those that limit something.
        status: what is told of them.

    """

    budgets: Mapping[Hashable, CurrentBudget] = field(default_factory=dict)
    status: LimitsStatus = LimitsStatus()


class HouseLimits:
    """The limits of the house on one bus."""

    def __init__(self, wiring: Wiring) -> None:
        """Start without limits."""
        self._wiring = wiring
        self._outside = OutsideLimit()

    def update(
        self, inputs: AllocationInputs, limits: LimitInputs, present: Iterable[int]
    ) -> LimitBudgets:
        """Return the budgets now; `present` are the connectors that a vehicle is plugged into."""
        if limits.outside is None:
            return LimitBudgets()
        status = self._outside.update(inputs.now, limits.outside)
        amps = status.limit.whole_amps(self._watts_per_amp(inputs, present))
        told = LimitsStatus(outside=status, outside_amps=amps)
        if amps is None:
            return LimitBudgets(status=told)
        reason = LimitReason.OUTSIDE_LIMIT
        budget = CurrentBudget(amps, reason, reason, urgent=True)
        return LimitBudgets({OUTSIDE: budget}, told)

    def _watts_per_amp(self, inputs: AllocationInputs, present: Iterable[int]) -> float:
        """Return how many W an ampere is at most, at the nominal voltage that was set up."""
        counts = [
            min(_phases(inputs.phases.get(item), self._wiring), self._wiring.phases)
            for item in present
        ]
        return self._wiring.voltage * max(counts, default=self._wiring.phases)


def _phases(known: PhaseKnowledge | None, wiring: Wiring) -> int:
    """Return on how many phases a vehicle may charge: on all, as long as nothing proves less."""
    return known.count if known is not None and known.is_certain else wiring.phases
