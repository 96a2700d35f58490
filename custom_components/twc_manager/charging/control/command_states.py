"""The states of commanding a vehicle.

Times are in s of a monotonic clock.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from .commands import CommandContext, CommandOutcome, CommandResult, VehicleCommand


class CommandState(StrEnum):
    """The states of commanding a vehicle."""

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
        doubted: the answer that the command checks again; None for the first command.

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
    """The vehicle answered that it will not charge, which a cloud sometimes answers without reason.

    Attributes:
        outcome: the reason it gave.
        answers: the number of such answers in a row.
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
        outcome: the reason it gave.
        plugged_since: since when it had been plugged in at that time, in s.
        offered_since: since when it had had an offer at that time, in s.
        charge_limit: its charge limit at that time, in %.

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
            # Only the next offer may bring power.
            same = connector.offered_since in {None, self.offered_since}
            return same and not connector.drawing
        raised = limit is not None and limit != self.charge_limit
        return not raised and not connector.drawing


@dataclass(frozen=True, slots=True)
class Blocked:
    """The vehicle cannot be commanded, for the reason of an outcome."""

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
        command: the command that is sent; NOTHING without one.
        result: the result that arrived; None without one.

    """

    now: float
    commanding: Commanding
    context: CommandContext
    may_repeat: bool = False
    command: VehicleCommand = VehicleCommand.NOTHING
    result: CommandResult | None = None

    @property
    def outcome(self) -> CommandOutcome | None:
        """Return the outcome that arrived; None without a result."""
        return None if self.result is None else self.result.outcome
