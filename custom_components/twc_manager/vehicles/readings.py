"""The data of the vehicles and accounts of one bus that entities show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ..charging.control.commands import CommandOutcome, VehicleCommand
from ..charging.control.matching import Match, MatchReason

NOT_HERE: Final = "not_here"
"""The state of a vehicle that is not at a connector, without evidence for or against any connector."""

_UNDECIDED: Final = frozenset(
    {MatchReason.SEVERAL_HOME, MatchReason.AMBIGUOUS, MatchReason.NONE_HOME}
)
"""Reasons why a connector has no vehicle that apply to every unmatched vehicle."""


class CurrentRequest(StrEnum):
    """The state of asking a vehicle for less current through its number."""

    OWN = "own"
    """The number is as its owner has set it."""
    ASKED = "asked"
    FOLLOWED = "followed"
    RESTORING = "restoring"
    """Its owner's value is being restored."""
    LEFT = "left"
    """Its owner has changed the number meanwhile."""
    REFUSED = "refused"
    """The vehicle did not reduce its current, and is not asked again today."""


@dataclass(frozen=True, slots=True)
class CurrentReading:
    """The current that a vehicle is asked for through its number.

    Attributes:
        request: the state of the request.
        amps: the A that it is asked for; None if it is not asked.
        owner: the owner's value in A that has to be restored; None if there is nothing to restore.
        calls: the calls of the month, including failed ones.
        cost: their cost in US dollars; None if unknown.
        is_stuck: whether the owner's value could not be restored for a long time.

    """

    request: CurrentRequest
    amps: float | None = None
    owner: float | None = None
    calls: int = 0
    cost: float | None = None
    is_stuck: bool = False


@dataclass(frozen=True, slots=True)
class VehicleReading:
    """The data of a vehicle that entities show.

    Attributes:
        name: its owner's name for it.
        battery: its level in %; None if unknown.
        control: why it is matched to its connector, or to none: a `MatchReason`, or `NOT_HERE`.
        connector_id: the connector that it is matched to.
        last_command: the last command sent to it.
        last_result: the result of that command; None while it is in progress.
        problem: why it cannot be commanded; None if it can be.
        current: the current that it is asked for through its number; None if it is not set up for that.

    """

    name: str
    battery: int | None = None
    control: str = NOT_HERE
    connector_id: int | None = None
    last_command: VehicleCommand | None = None
    last_result: CommandOutcome | None = None
    problem: CommandOutcome | None = None
    current: CurrentReading | None = None


@dataclass(frozen=True, slots=True)
class AccountReading:
    """The data of an account that entities show: the calls of the month and their cost in US dollars."""

    name: str
    calls: int
    cost: float


@dataclass(frozen=True, slots=True)
class VehicleReadings:
    """The data of all vehicles and accounts.

    Attributes:
        vehicles: the vehicles, by the ids of their subentries.
        accounts: the accounts, by the ids of their subentries.
        elsewhere: the names of the vehicles that charge elsewhere, by the connector that they were matched to.
        unrestored: the currents that could not be restored for a long time, by the names of the vehicles.

    """

    vehicles: Mapping[str, VehicleReading] = field(default_factory=dict)
    accounts: Mapping[str, AccountReading] = field(default_factory=dict)
    elsewhere: Mapping[int, frozenset[str]] = field(default_factory=dict)
    unrestored: Mapping[str, CurrentReading] = field(default_factory=dict)

    @property
    def by_connector(self) -> Mapping[int, str]:
        """Return the ids of the vehicles, by the connectors that they are matched to."""
        return {
            vehicle.connector_id: vehicle_id
            for vehicle_id, vehicle in self.vehicles.items()
            if vehicle.connector_id is not None
        }

    def vehicle_at(self, connector_id: int) -> str | None:
        """Return the name of the vehicle that is matched to a connector."""
        names = (
            vehicle.name
            for vehicle in self.vehicles.values()
            if vehicle.connector_id == connector_id
        )
        return next(names, None)


def control_of(
    matches: Mapping[int, Match], connector_id: int | None, assigned: int | None
) -> str:
    """Return why a vehicle is matched to its connector, or why it is matched to none.

    Args:
        matches: the matches of all connectors.
        connector_id: the connector that the vehicle is matched to.
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
