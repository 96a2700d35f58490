"""The states of commanding a vehicle, and the table of their transitions.

Times are in s of a monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from ...twc.transitions import Transition, always
from .command_log import PROOF_SECONDS, CommandLog
from .commands import (
    ACCEPTED,
    BLOCKED,
    DECLINED,
    ENDED,
    CommandContext,
    CommandOutcome,
    CommandResult,
    VehicleCommand,
)


class CommandState(StrEnum):
    """How far the commanding of a vehicle is."""

    IDLE = "idle"
    """No command is under way."""
    PENDING = "pending"
    """The result of a command is awaited."""
    PROVING = "proving"
    """A command was accepted, and has to show in the measured draw."""
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

    """

    state: ClassVar = CommandState.PENDING
    command: VehicleCommand
    since: float
    context: CommandContext


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


type Commanding = Idle | Pending | Proving | Declined | Blocked


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


# Conditions


def rate_limited(facts: CommandFacts) -> bool:
    """Return whether the cloud rejects further calls."""
    return facts.outcome is CommandOutcome.RATE_LIMITED


def state_read(facts: CommandFacts) -> bool:
    """Return whether the command was to read the state."""
    return _sent(facts) is VehicleCommand.READ_STATE


def woken(facts: CommandFacts) -> bool:
    """Return whether the vehicle woke up on command."""
    return _sent(facts) is VehicleCommand.WAKE and facts.outcome in ACCEPTED


def waking_up(facts: CommandFacts) -> bool:
    """Return whether the command may be repeated soon, because the vehicle is waking up."""
    return facts.outcome is CommandOutcome.BUSY and facts.may_repeat


def blocked(facts: CommandFacts) -> bool:
    """Return whether the owner has to act first."""
    return facts.outcome in BLOCKED


def undone(facts: CommandFacts) -> bool:
    """Return whether a vehicle that is at no connector was started again: no connector can prove it."""
    pending = facts.commanding
    matched = isinstance(pending, Pending) and pending.context.match.vehicle_id
    return not matched and facts.outcome in ENDED


def accepted(facts: CommandFacts) -> bool:
    """Return whether the command was accepted."""
    return facts.outcome in ACCEPTED


def declined(facts: CommandFacts) -> bool:
    """Return whether the vehicle will not charge."""
    return facts.outcome in DECLINED


def proven(facts: CommandFacts) -> bool:
    """Return whether the vehicle does what it accepted."""
    proving = facts.commanding
    return isinstance(proving, Proving) and (
        facts.context.connector.drawing == (proving.command is VehicleCommand.START)
    )


def proof_overdue(facts: CommandFacts) -> bool:
    """Return whether the vehicle has had enough time to do what it accepted."""
    proving = facts.commanding
    return isinstance(proving, Proving) and facts.now >= proving.since + PROOF_SECONDS


def something_changed(facts: CommandFacts) -> bool:
    """Return whether the vehicle may charge again."""
    settled = facts.commanding
    return isinstance(settled, Declined) and not settled.holds(facts.context)


def key_may_be_paired(facts: CommandFacts) -> bool:
    """Return whether the owner may have acted unnoticed; a new token begins with a new commander anyway."""
    return facts.commanding == Blocked(CommandOutcome.NOT_ALLOWED)


def _sent(facts: CommandFacts) -> VehicleCommand | None:
    pending = facts.commanding
    return pending.command if isinstance(pending, Pending) else None


# Actions


def _idle(_: CommandFacts, __: CommandLog) -> Commanding:
    return Idle()


def _wait_for_result(facts: CommandFacts, _: CommandLog) -> Commanding:
    return Pending(facts.command, facts.now, facts.context)


def _give_up_proof(facts: CommandFacts, log: CommandLog) -> Commanding:
    log.record_no_proof()
    return Pending(facts.command, facts.now, facts.context)


def _keep_rate_limit(facts: CommandFacts, log: CommandLog) -> Commanding:
    assert facts.result is not None
    log.record_rate_limit(facts.now, facts.result)
    return Idle()


def _block(facts: CommandFacts, log: CommandLog) -> Commanding:
    assert facts.outcome is not None
    _ = _record_read(facts, log) if state_read(facts) else _back_off(facts, log)
    return Blocked(facts.outcome)


def _record_read(facts: CommandFacts, log: CommandLog) -> Commanding:
    log.record_read(facts.now, _offer_of(facts))
    return Idle()


def _record_awake(facts: CommandFacts, log: CommandLog) -> Commanding:
    log.record_awake(facts.now)
    return Idle()


def _repeat_soon(facts: CommandFacts, log: CommandLog) -> Commanding:
    log.record_busy(facts.now)
    return Idle()


def _wait_for_proof(facts: CommandFacts, log: CommandLog) -> Commanding:
    pending, outcome = facts.commanding, facts.outcome
    assert isinstance(pending, Pending)
    assert outcome is not None
    log.record_failure(facts.now, PROOF_SECONDS)
    log.record_commanded(_offer_of(facts))
    return Proving(pending.command, facts.now, outcome)


def _leave_alone(facts: CommandFacts, log: CommandLog) -> Commanding:
    pending, outcome = facts.commanding, facts.outcome
    assert isinstance(pending, Pending)
    assert outcome is not None
    log.record_failure(facts.now)
    log.record_commanded(_offer_of(facts))
    connector = pending.context.connector
    return Declined(
        outcome,
        connector.plugged_since,
        connector.offered_since,
        pending.context.vehicle.charge_limit,
    )


def _back_off(facts: CommandFacts, log: CommandLog) -> Commanding:
    log.record_failure(facts.now)
    return Idle()


def _record_proof(facts: CommandFacts, log: CommandLog) -> Commanding:
    assert isinstance(facts.commanding, Proving)
    log.record_proof(facts.commanding.outcome)
    return Idle()


def _offer_of(facts: CommandFacts) -> float | None:
    """Return the offer in which the command was sent."""
    pending = facts.commanding
    assert isinstance(pending, Pending)
    return pending.context.connector.offered_since


type _Action = Callable[[CommandFacts, CommandLog], Commanding]
type _Row = Transition[CommandState, CommandEvent, CommandFacts, _Action]

_S, _E = CommandState, CommandEvent
COMMAND_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.IDLE, _E.SEND, always, _S.PENDING, _wait_for_result),
    Transition(_S.PROVING, _E.SEND, always, _S.PENDING, _give_up_proof),
    Transition(_S.PENDING, _E.RESULT, rate_limited, _S.IDLE, _keep_rate_limit),
    Transition(_S.PENDING, _E.RESULT, blocked, _S.BLOCKED, _block),
    Transition(_S.PENDING, _E.RESULT, state_read, _S.IDLE, _record_read),
    Transition(_S.PENDING, _E.RESULT, woken, _S.IDLE, _record_awake),
    Transition(_S.PENDING, _E.RESULT, waking_up, _S.IDLE, _repeat_soon),
    Transition(_S.PENDING, _E.RESULT, undone, _S.IDLE, _idle),
    Transition(_S.PENDING, _E.RESULT, accepted, _S.PROVING, _wait_for_proof),
    Transition(_S.PENDING, _E.RESULT, declined, _S.DECLINED, _leave_alone),
    Transition(_S.PENDING, _E.RESULT, always, _S.IDLE, _back_off),
    Transition(_S.PROVING, _E.UPDATE, proven, _S.IDLE, _record_proof),
    Transition(_S.PROVING, _E.UPDATE, proof_overdue, _S.IDLE, _idle),
    Transition(_S.PROVING, _E.END_SESSION, always, _S.IDLE, _idle),
    Transition(_S.DECLINED, _E.UPDATE, something_changed, _S.IDLE, _idle),
    Transition(_S.BLOCKED, _E.END_SESSION, key_may_be_paired, _S.IDLE, _idle),
)
"""The first row that applies counts."""
