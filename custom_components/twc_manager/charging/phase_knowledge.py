"""On how many phases a vehicle charges, and how that is known.

How many phases it uses belongs to the vehicle; which ones of the house they are belongs to the connector and its wires.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

CERTAIN_VOTES: Final = 4
"""A meter of the house is believed for good in a session after so many agreeing steps of the vehicle's draw."""


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
    """It was found out in an earlier session of this vehicle."""
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
        unmetered: the number by all that is known without a meter of the house, which a meter may raise; None if that
            is nothing. A meter that has lost a phase shows a number that is too low.

    """

    count: int
    source: PhaseSource
    possible: int
    is_certain: bool = False
    unmetered: int | None = None

    @property
    def range(self) -> tuple[int, int]:
        """Return the lowest and the highest number of phases that the connector's counter may contradict.

        Only what the connector measures at every moment contradicts it: a vehicle may use more or fewer phases from
        one moment to the next, which its counter shows before anything else does.
        """
        if self.source in {PhaseSource.WIRING, PhaseSource.MEASURED}:
            return self.count, self.count
        return 1, self.possible


@dataclass(frozen=True, slots=True)
class PhaseHints:
    """What else is known of the vehicles' phases, beside the connectors and the meters of the house.

    Attributes:
        counted: the numbers of phases that the connectors' energy counters agree with, by connector.
        remembered: those that were found out in earlier sessions of the vehicles, by connector.
        owner: those that the owner has set, by connector.

    """

    counted: Mapping[int, int] = field(default_factory=dict)
    remembered: Mapping[int, int] = field(default_factory=dict)
    owner: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhaseEvidence:
    """The evidence of one vehicle, each None if there is none.

    Attributes:
        measured: phases that its connector measured.
        metered: phases that a meter of the house showed.
        metered_votes: how many steps of its draw agree on that.
        counted: phases that the connector's energy counter agrees with.
        remembered: phases that were found out in an earlier session.
        owner: phases that the owner has set.

    """

    measured: int | None = None
    metered: int | None = None
    metered_votes: int = 0
    counted: int | None = None
    remembered: int | None = None
    owner: int | None = None


def phase_knowledge(possible: int, evidence: PhaseEvidence) -> PhaseKnowledge:
    """Return what follows from the evidence at a connector with so many phases.

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
    """Return the number of phases that is known without a meter of the house, or more where one has proven more."""
    known = (evidence.measured, evidence.counted)
    count = next((item for item in known if item is not None), None)
    if count is None:
        return None
    proven = evidence.metered_votes >= CERTAIN_VOTES
    metered = (evidence.metered or 0) if proven else 0
    return min(max(count, metered), possible)
