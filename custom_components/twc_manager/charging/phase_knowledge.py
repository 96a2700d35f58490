"""The number of phases on which a vehicle charges, and how it is known.

The number is a property of the vehicle; which phases of the house these are depends on the connector and its wires.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

CERTAIN_VOTES: Final = 4
"""How many agreeing steps of the vehicle's draw prove the number that a meter of the house shows, for the session."""


class PhaseSource(StrEnum):
    """How the number of phases is known, the strongest evidence first."""

    WIRING = "wiring"
    """The connector has one phase."""
    MEASURED = "measured"
    """The connector measures the current of each phase."""
    METER = "meter"
    """A meter of the house moved with the vehicle's draw."""
    COUNTER = "counter"
    """The connector's own energy counter agrees with this number."""
    REMEMBERED = "remembered"
    """It was proven in an earlier session of this vehicle."""
    OWNER = "owner"
    """The owner has set it."""
    ASSUMED = "assumed"
    """Nothing is known: all phases of the connector."""


@dataclass(frozen=True, slots=True)
class PhaseKnowledge:
    """What is known of the vehicle at a connector.

    Attributes:
        count: the number of phases that it uses.
        source: how that is known.
        possible: the number of phases of the connector.
        is_certain: whether evidence of this session proves it. Only then may the main fuse rely on it.
        unmetered: the number that is known without a meter of the house, or a higher one that a meter has proven; None
            if unknown. A meter that has lost a phase shows a number that is too low.

    """

    count: int
    source: PhaseSource
    possible: int
    is_certain: bool = False
    unmetered: int | None = None

    @property
    def range(self) -> tuple[int, int]:
        """Return the lowest and the highest number of phases that the connector's counter may show.

        Only a continuous measurement of the connector excludes other numbers: a vehicle may change its number of phases
        at any time, which the counter shows before anything else does.
        """
        if self.source in {PhaseSource.WIRING, PhaseSource.MEASURED}:
            return self.count, self.count
        return 1, self.possible


@dataclass(frozen=True, slots=True)
class PhaseHints:
    """Further knowledge of the vehicles' phases, besides connectors and meters of the house.

    Attributes:
        counted: the numbers of phases that the connectors' energy counters show, by connector.
        remembered: those that earlier sessions of the vehicles have proven, by connector.
        owner: those that the owner has set, by connector.

    """

    counted: Mapping[int, int] = field(default_factory=dict)
    remembered: Mapping[int, int] = field(default_factory=dict)
    owner: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhaseEvidence:
    """The evidence about one vehicle; None where missing.

    Attributes:
        measured: phases that its connector measured.
        metered: phases that a meter of the house showed.
        metered_votes: how many steps of its draw agree on that.
        counted: phases that the connector's energy counter shows.
        remembered: phases that an earlier session has proven.
        owner: phases that the owner has set.

    """

    measured: int | None = None
    metered: int | None = None
    metered_votes: int = 0
    counted: int | None = None
    remembered: int | None = None
    owner: int | None = None


def phase_knowledge(possible: int, evidence: PhaseEvidence) -> PhaseKnowledge:
    """Return what the evidence proves at a connector with `possible` phases.

    A meter that shows a number once or twice counts less than the connector's own counter, which has to agree twice
    over a whole kWh.
    """
    if possible == 1:
        return PhaseKnowledge(
            1, PhaseSource.WIRING, possible, is_certain=True, unmetered=1
        )
    proven = evidence.metered_votes >= CERTAIN_VOTES
    metered = PhaseSource.METER, evidence.metered
    ranked = (
        (PhaseSource.MEASURED, evidence.measured),
        *([metered] if proven else []),
        (PhaseSource.COUNTER, evidence.counted),
        *([] if proven else [metered]),
        (PhaseSource.REMEMBERED, evidence.remembered),
        (PhaseSource.OWNER, evidence.owner),
    )
    for source, count in ranked:
        if count is not None:
            certain = source in {PhaseSource.MEASURED, PhaseSource.COUNTER} or (
                source is PhaseSource.METER and proven
            )
            return PhaseKnowledge(
                min(count, possible),
                source,
                possible,
                is_certain=certain,
                unmetered=_unmetered(evidence, possible),
            )
    return PhaseKnowledge(possible, PhaseSource.ASSUMED, possible)


def _unmetered(evidence: PhaseEvidence, possible: int) -> int | None:
    """Return the number of phases known without a meter of the house, or a higher one that a meter has proven."""
    known = (evidence.measured, evidence.counted)
    count = next((item for item in known if item is not None), None)
    if count is None:
        return None
    proven = evidence.metered_votes >= CERTAIN_VOTES
    metered = (evidence.metered or 0) if proven else 0
    return min(max(count, metered), possible)
