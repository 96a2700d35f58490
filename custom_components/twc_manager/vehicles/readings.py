"""What is shown of the cars and accounts of one bus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..charging.control.commander import CommandOutcome, VehicleCommand
from ..charging.control.matching import Match, MatchReason

NOT_HERE: Final = "not_here"
"""Of a car that is at no connector, though nothing speaks for or against one of them."""

_UNDECIDED: Final = frozenset(
    {MatchReason.SEVERAL_HOME, MatchReason.AMBIGUOUS, MatchReason.NONE_HOME}
)
"""Why a connector has none of the cars, which concerns all that are at no other."""


@dataclass(frozen=True, slots=True)
class VehicleReading:
    """What is shown of a car.

    Attributes:
        name: what its owner calls it.
        battery: in %; None if nobody tells.
        control: why it is taken for the one at a connector, or why at none; of `MatchReason`, or `NOT_HERE`.
        connector_id: the connector it is taken to be at.
        last_command: what was asked of it last.
        last_result: what came of that; None while it is under way.
        problem: what keeps it from being told anything.

    """

    name: str
    battery: int | None = None
    control: str = NOT_HERE
    connector_id: int | None = None
    last_command: VehicleCommand | None = None
    last_result: CommandOutcome | None = None
    problem: CommandOutcome | None = None


@dataclass(frozen=True, slots=True)
class AccountReading:
    """What is shown of an account: the calls of the month and what they cost, in US dollars."""

    name: str
    calls: int
    cost: float


@dataclass(frozen=True, slots=True)
class VehicleReadings:
    """What is shown of all cars and accounts, by the ids of their subentries."""

    cars: Mapping[str, VehicleReading] = field(default_factory=dict)
    accounts: Mapping[str, AccountReading] = field(default_factory=dict)

    def car_at(self, connector_id: int) -> str | None:
        """Return the name of the car that is taken to be at a connector."""
        cars = self.cars.values()
        return next(
            (car.name for car in cars if car.connector_id == connector_id), None
        )


def control_of(
    matches: Mapping[int, Match], connector_id: int | None, assigned: int | None
) -> str:
    """Return why a car is taken for the one at a connector, or why it is taken for none.

    Args:
        matches: of all connectors.
        connector_id: the connector that the car was matched to.
        assigned: the connector that its owner assigned it to.

    """
    if connector_id is not None:
        found = matches[connector_id]
        return MatchReason.PLACE_UNKNOWN if found.needs_location else found.reason
    own = None if assigned is None else matches.get(assigned)
    if own is not None and own.vehicle_id is None:
        return own.reason
    undecided = (
        found.reason for found in matches.values() if found.reason in _UNDECIDED
    )
    return next(undecided, NOT_HERE)
