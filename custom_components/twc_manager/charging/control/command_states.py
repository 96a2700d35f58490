"""The states of commanding a vehicle.

Times are in s of a monotonic clock.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from .commands import CommandContext, CommandOutcome, CommandResult, VehicleCommand


class CommandState(StrEnum):
    """How far the commanding of a vehicle is."""

    IDLE = "idle"
    """No command is under way."""
    PENDING = "pending"
    """The result of a command is awaited."""
    PROVING = "proving"
    """A command was accepted, and has to show in the measured draw."""
    DOUBTED = "doubted"
    """The vehicle answered that it will not charge, and is asked again."""
    DECLINED = "declined"
    """The vehicle will not charge until something changes."""
    BLOCKED = "blocked"
    """The vehicle cannot be commanded until its owner acts."""


class CommandEvent(StrEnum):
    """What changes the state of commanding a vehicle."""

    SEND = "send"
    """A command is sent."""
    RESULT = "result"
    """The result of the command arrives, or is overdue."""
    UPDATE = "update"
    """The connector or the vehicle reports."""
    END_SESSION = "end_session"
    """The vehicle was unplugged, or plugged in again."""


@dataclass(frozen=True, slots=True)
class Idle:
    """No command is under way."""

    state: ClassVar = CommandState.IDLE


@dataclass(frozen=True, slots=True)
class Pending:
    """The result of a command is awaited.

    Attributes:
        command: the command.
        since: when it was sent, in s.
        context: the context in which it was chosen.
        doubted: the answer that it asks for again; None if it is the first command.

    """

    state: ClassVar = CommandState.PENDING
    command: VehicleCommand
    since: float
    context: CommandContext
    doubted: Doubted | None = None


@dataclass(frozen=True, slots=True)
class Proving:
    """A command was accepted.

    Attributes:
        command: the command.
        since: when it was accepted, in s.
        outcome: how it was accepted.

    """

    state: ClassVar = CommandState.PROVING
    command: VehicleCommand
    since: float
    outcome: CommandOutcome


@dataclass(frozen=True, slots=True)
class Doubted:
    """The vehicle answered that it will not charge, which a cloud sometimes does for no reason.

    Attributes:
        outcome: why not.
        answers: how many such answers there were in a row.
        drawing: whether the connector reported a draw then.

    """

    state: ClassVar = CommandState.DOUBTED
    outcome: CommandOutcome
    answers: int
    drawing: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """The vehicle will not charge.

    Attributes:
        outcome: why not.
        plugged_since: since when it was plugged in then, in s.
        offered_since: since when it had an offer then, in s.
        charge_limit: its charge limit then, in %.

    """

    state: ClassVar = CommandState.DECLINED
    outcome: CommandOutcome
    plugged_since: float | None
    offered_since: float | None
    charge_limit: float | None

    def holds(self, context: CommandContext) -> bool:
        """Return whether nothing has changed that may let the vehicle charge again."""
        connector, limit = context.connector, context.vehicle.charge_limit
        if not connector.plugged or connector.plugged_since != self.plugged_since:
            return False
        if self.outcome is CommandOutcome.DISCONNECTED:
            return True
        if self.outcome is CommandOutcome.NO_POWER:
            # The end of an offer brings no power; only the next offer may.
            same = connector.offered_since in {None, self.offered_since}
            return same and not connector.drawing
        raised = limit is not None and limit != self.charge_limit
        return not raised and not connector.drawing


@dataclass(frozen=True, slots=True)
class Blocked:
    """The vehicle cannot be commanded, and why not."""

    state: ClassVar = CommandState.BLOCKED
    outcome: CommandOutcome


type Commanding = Idle | Pending | Proving | Doubted | Declined | Blocked


@dataclass(frozen=True, slots=True)
class CommandFacts:
    """What the transitions depend on.

    Attributes:
        now: the time in s.
        commanding: the state before.
        context: what is known now.
        may_repeat: whether a command may be repeated soon to a vehicle that is waking up.
        command: the command that is sent; NOTHING if none is.
        result: the result that arrived; None if none did.

    """

    now: float
    commanding: Commanding
    context: CommandContext
    may_repeat: bool = False
    command: VehicleCommand = VehicleCommand.NOTHING
    result: CommandResult | None = None

    @property
    def outcome(self) -> CommandOutcome | None:
        """Return the outcome that arrived; None if none did."""
        return None if self.result is None else self.result.outcome
