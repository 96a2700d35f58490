"""The transitions between the states of commanding a vehicle.

Times are in s of a monotonic clock.
"""

from collections.abc import Callable
from typing import Final

from ...twc.transitions import Transition, always
from .command_log import PROOF_SECONDS, CommandLog
from .command_states import (
    Blocked,
    CommandEvent,
    CommandFacts,
    Commanding,
    CommandState,
    Declined,
    Doubted,
    Idle,
    Pending,
    Proving,
)
from .commands import ACCEPTED, BLOCKED, DECLINED, ENDED, CommandOutcome, VehicleCommand
from .vehicle_facts import VehicleCharging

DECLINING_ANSWERS: Final = 3
"""How many equal answers in a row prove that a vehicle will not charge."""

ASK_AGAIN_SECONDS: Final = 180.0
"""After how many s the vehicle is commanded again to check such an answer."""

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
    """Return whether an unmatched vehicle was started again, which no connector can prove."""
    pending = facts.commanding
    matched = isinstance(pending, Pending) and pending.context.match.vehicle_id
    return not matched and facts.outcome in ENDED


def accepted(facts: CommandFacts) -> bool:
    """Return whether the command was accepted."""
    return facts.outcome in ACCEPTED


def declined(facts: CommandFacts) -> bool:
    """Return whether the vehicle answered that it will not charge."""
    return facts.outcome in DECLINED


def declined_for_certain(facts: CommandFacts) -> bool:
    """Return whether the vehicle will not charge: it has answered so repeatedly, or its report agrees."""
    if not declined(facts):
        return False
    return _answers(facts) >= DECLINING_ANSWERS or _is_reported(facts)


def draw_changed(facts: CommandFacts) -> bool:
    """Return whether the vehicle began or ceased to draw since its answer."""
    doubted = facts.commanding
    drawing = facts.context.connector.drawing
    return isinstance(doubted, Doubted) and drawing != doubted.drawing


def proven(facts: CommandFacts) -> bool:
    """Return whether the measured draw shows that the vehicle did what it accepted."""
    proving = facts.commanding
    return isinstance(proving, Proving) and (
        facts.context.connector.drawing == (proving.command is VehicleCommand.START)
    )


def proof_overdue(facts: CommandFacts) -> bool:
    """Return whether the vehicle has had `PROOF_SECONDS` to do what it accepted."""
    proving = facts.commanding
    return isinstance(proving, Proving) and facts.now >= proving.since + PROOF_SECONDS


def something_changed(facts: CommandFacts) -> bool:
    """Return whether the vehicle may charge again."""
    settled = facts.commanding
    return isinstance(settled, Declined) and not settled.holds(facts.context)


def key_may_be_paired(facts: CommandFacts) -> bool:
    """Return whether the owner may have acted unnoticed; a new token begins with a new commander anyway."""
    return facts.commanding == Blocked(CommandOutcome.NOT_ALLOWED)


def _answers(facts: CommandFacts) -> int:
    """Return how many times in a row the vehicle has given this answer."""
    pending = facts.commanding
    doubted = pending.doubted if isinstance(pending, Pending) else None
    same = doubted is not None and doubted.outcome is facts.outcome
    return 1 + (doubted.answers if doubted is not None and same else 0)


def _is_reported(facts: CommandFacts) -> bool:
    """Return whether the vehicle's own report agrees with its answer."""
    vehicle = facts.context.vehicle
    match facts.outcome:
        case CommandOutcome.DISCONNECTED:
            return vehicle.unplugged
        case CommandOutcome.NO_POWER:
            return vehicle.charging is VehicleCharging.NO_POWER
    return vehicle.charging is VehicleCharging.COMPLETE or vehicle.full


def _sent(facts: CommandFacts) -> VehicleCommand | None:
    pending = facts.commanding
    return pending.command if isinstance(pending, Pending) else None


# Actions


def _idle(_: CommandFacts, __: CommandLog) -> Commanding:
    return Idle()


def _wait_for_result(facts: CommandFacts, _: CommandLog) -> Commanding:
    return Pending(facts.command, facts.now, facts.context)


def _ask_again(facts: CommandFacts, _: CommandLog) -> Commanding:
    assert isinstance(facts.commanding, Doubted)
    return Pending(facts.command, facts.now, facts.context, facts.commanding)


def _doubt(facts: CommandFacts, log: CommandLog) -> Commanding:
    assert facts.outcome is not None
    log.record_failure(facts.now, ASK_AGAIN_SECONDS)
    drawing = facts.context.connector.drawing
    return Doubted(facts.outcome, _answers(facts), drawing)


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
    Transition(_S.PENDING, _E.RESULT, declined_for_certain, _S.DECLINED, _leave_alone),
    Transition(_S.PENDING, _E.RESULT, declined, _S.DOUBTED, _doubt),
    Transition(_S.PENDING, _E.RESULT, always, _S.IDLE, _back_off),
    Transition(_S.DOUBTED, _E.SEND, always, _S.PENDING, _ask_again),
    Transition(_S.DOUBTED, _E.UPDATE, draw_changed, _S.IDLE, _idle),
    Transition(_S.DOUBTED, _E.END_SESSION, always, _S.IDLE, _idle),
    Transition(_S.PROVING, _E.UPDATE, proven, _S.IDLE, _record_proof),
    Transition(_S.PROVING, _E.UPDATE, proof_overdue, _S.IDLE, _idle),
    Transition(_S.PROVING, _E.END_SESSION, always, _S.IDLE, _idle),
    Transition(_S.DECLINED, _E.UPDATE, something_changed, _S.IDLE, _idle),
    Transition(_S.BLOCKED, _E.END_SESSION, key_may_be_paired, _S.IDLE, _idle),
)
"""The first row that applies counts."""
