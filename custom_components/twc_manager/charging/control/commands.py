"""The commands to a vehicle, their outcomes, and the context in which a command is chosen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .matching import Match
from .stop_methods import VehicleRequest
from .vehicle_facts import ConnectorFacts, Vehicle


class VehicleCommand(StrEnum):
    """A command to a vehicle, by its account or its entities."""

    START = "start"
    STOP = "stop"
    WAKE = "wake"
    READ_STATE = "read_state"
    """Read the vehicle's state and location."""
    NOTHING = "nothing"


class CommandOutcome(StrEnum):
    """The outcome of a command."""

    DONE = "done"
    ALREADY = "already"
    """The vehicle was already doing it (`is_charging`, `requested`, `not_charging`, `already_set`)."""
    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"
    BUSY = "busy"
    """The vehicle is waking up (`could_not_wake_buses`)."""
    UNREACHABLE = "unreachable"
    """The vehicle is asleep or offline (408)."""
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    """The vehicle refused for another reason."""
    TRANSIENT = "transient"
    """The network or the cloud failed."""
    REAUTH = "reauth"
    """The account has to be signed in to again."""
    NOT_ALLOWED = "not_allowed"
    """A permission or a key is missing."""


ACCEPTED: Final = frozenset({CommandOutcome.DONE, CommandOutcome.ALREADY})
"""Outcomes after which the command has to show in the measured draw."""

DECLINED: Final = frozenset(
    {CommandOutcome.COMPLETE, CommandOutcome.NO_POWER, CommandOutcome.DISCONNECTED}
)
"""Outcomes after which the vehicle will not charge until something changes."""

ENDED: Final = ACCEPTED | DECLINED
"""Outcomes of a start after which the vehicle charges, or does not need to."""

BLOCKED: Final = frozenset({CommandOutcome.REAUTH, CommandOutcome.NOT_ALLOWED})
"""Outcomes after which the owner has to act first."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The outcome of a command, and the s after which the cloud accepts the next one, if it names them."""

    outcome: CommandOutcome
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What the choice of a command depends on.

    Attributes:
        request: what the rules request from the vehicle; None without a request.
        connector: the connector that the vehicle was matched to.
        vehicle: what is known of the vehicle.
        match: how it was matched.
        override: whether the owner allows to override the vehicle's own scheduled charging or departure.
        charge_now: whether the owner chose charge now at the connector.

    """

    request: VehicleRequest | None
    connector: ConnectorFacts
    vehicle: Vehicle
    match: Match
    override: bool = False
    charge_now: bool = False


@dataclass(frozen=True, slots=True)
class NextCommand:
    """The command to send now, once, and when to decide again, in s; None if no time is set."""

    command: VehicleCommand
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A command, when it was sent, and its outcome; None while the result is awaited."""

    command: VehicleCommand
    at: float
    outcome: CommandOutcome | None = None
