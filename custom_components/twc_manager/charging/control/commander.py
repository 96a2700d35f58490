"""Decides which command is sent to a vehicle, and when: as few as the requests of the `StopController` need.

The `VehicleCommander` of a vehicle limits the rate of its commands, repeats them, wakes the vehicle, and decides when a
command is pointless. Only the connector's measurement proves that a command worked, never the cloud.

Times are in s of a monotonic clock; days are dates of the local calendar.
"""

from datetime import date
from typing import Final

from ...twc.transitions import find_transition
from .command_goal import goal_of, next_step
from .command_log import CommandLog
from .command_states import (
    Blocked,
    CommandEvent,
    CommandFacts,
    Commanding,
    Declined,
    Idle,
    Pending,
)
from .command_transitions import COMMAND_TRANSITIONS
from .commands import (
    ACCEPTED,
    DECLINED,
    ENDED,
    Attempt,
    CommandContext,
    CommandOutcome,
    CommandResult,
    NextCommand,
    VehicleCommand,
)
from .rate_limit import DailyUsage, StoredWaits
from .stop_effect import (
    EffectEvent,
    EffectFacts,
    NoStop,
    StopEffect,
    StopRefuted,
    StopSent,
    is_elsewhere,
    is_undo_due,
    next_effect,
    stop_to_undo,
)
from .stop_methods import VehicleRequest
from .vehicle_facts import PlugIn

ANSWER_SECONDS: Final = 120.0
"""How many s the result of a command is awaited."""

UNDO_SECONDS: Final = 60.0
"""How many s a vehicle has to be unmatched before a stop without an effect is undone."""


class VehicleCommander:
    """Commands one vehicle.

    Call `decide` at every decision of the rules, also while they request nothing, and `record_result` with the
    result of each command.
    """

    def __init__(
        self,
        vehicle_id: str,
        daily_usage: DailyUsage | None = None,
        waits: StoredWaits | None = None,
        stopped_at: int | None = None,
    ) -> None:
        """Start for a vehicle, with the data from before a restart.

        Args:
            vehicle_id: the vehicle.
            daily_usage: its calls of the day.
            waits: the times to wait for.
            stopped_at: the connector of the stop that may have to be undone; None without one.

        """
        self._vehicle_id = vehicle_id
        self._effect: StopEffect = NoStop()
        if stopped_at is not None:
            self._effect = StopSent(PlugIn(stopped_at, None), undo=True)
        self._undo_since: float | None = None
        self._commanding: Commanding = Idle()
        self._context: CommandContext | None = None
        self._log = CommandLog(daily_usage, waits)

    @property
    def last(self) -> Attempt | None:
        """Return the last command; None if none was sent since the start."""
        return self._log.last

    @property
    def daily_usage(self) -> DailyUsage:
        """Return the calls of the day, to be stored over a restart."""
        return self._log.usage

    @property
    def waits(self) -> StoredWaits:
        """Return the times to wait for, to be stored over a restart."""
        return self._log.waits

    @property
    def declined_charging(self) -> bool:
        """Return whether the vehicle has reported that it will not charge, so that its start is not awaited."""
        return isinstance(self._commanding, Declined)

    @property
    def problem(self) -> CommandOutcome | None:
        """Return what prevents commands until the owner acts or time passes; None without a problem."""
        if isinstance(self._commanding, Blocked):
            return self._commanding.outcome
        last = self.last
        if last is None or last.outcome in {
            None,
            CommandOutcome.BUSY,
            *ACCEPTED,
            *DECLINED,
        }:
            return None
        return last.outcome

    @property
    def effect(self) -> StopEffect:
        """Return what the stops sent to the vehicle have shown about its match."""
        return self._effect

    def can_command(self, today: date) -> bool:
        """Return whether the vehicle can be commanded to stop, now or soon."""
        match self._commanding:
            case Blocked() | Declined(outcome=CommandOutcome.DISCONNECTED):
                return False
        return not self._log.is_spent(today)

    def decide(self, now: float, today: date, context: CommandContext) -> NextCommand:
        """Return the command to send now, which counts as sent from then on."""
        self._log.usage = self._log.usage.on(today)
        self._observe(now, context)
        goal = self._goal(now, today, context)
        if goal is None:
            return NextCommand(VehicleCommand.NOTHING)
        command, ready_at = next_step(now, goal, context, self._log)
        return self._send(now, command, ready_at, context)

    def undo(self, now: float, today: date, context: CommandContext) -> NextCommand:
        """Return the command to start a vehicle that was stopped, but is not where it was matched; see `stop_to_undo`.

        Call it at every decision while the vehicle is unmatched. `context` is that of the connector where the stop had
        no effect. A returned command counts as sent.
        """
        self._log.usage = self._log.usage.on(today)
        self._drop_overdue_result(now)
        facts = EffectFacts(now, self._effect, context)
        if not is_undo_due(facts) or not self.can_command(today):
            self._undo_since = None
            return NextCommand(VehicleCommand.NOTHING)
        if self._undo_since is None:
            self._undo_since = now
        # The connector may be missing, or report no vehicle, for a moment only.
        due_at = now if is_elsewhere(facts) else self._undo_since + UNDO_SECONDS
        ready_at = max(due_at, self._log.commands.ready_at or now)
        return self._send(now, VehicleCommand.START, ready_at, context)

    def _send(
        self,
        now: float,
        command: VehicleCommand,
        ready_at: float,
        context: CommandContext,
    ) -> NextCommand:
        """Return a command if it may be sent now; the result of the last one is awaited first."""
        if isinstance(self._commanding, Pending):
            until = self._commanding.since + ANSWER_SECONDS
            return NextCommand(VehicleCommand.NOTHING, until)
        ready_at = self._log.soft_limited(ready_at)
        if now < ready_at:
            return NextCommand(VehicleCommand.NOTHING, ready_at)
        if command is VehicleCommand.NOTHING:
            return NextCommand(command)
        self._apply(
            CommandEvent.SEND,
            CommandFacts(now, self._commanding, context, command=command),
        )
        if command is VehicleCommand.STOP and not context.match.proven_here:
            self._note_effect(EffectEvent.SEND, now, context)
        self._log.record_sent(now, command, context.vehicle)
        return NextCommand(command, now + ANSWER_SECONDS)

    def record_result(self, now: float, result: CommandResult) -> None:
        """Record the result of the last command; a result that is no longer awaited is dropped."""
        pending = self._commanding
        if not isinstance(pending, Pending):
            return
        self._log.record_outcome(result.outcome)
        if pending.command is VehicleCommand.STOP:
            self._note_effect(EffectEvent.RESULT, now, pending.context, result.outcome)
        elif pending.command is VehicleCommand.START and result.outcome in ENDED:
            self._note_effect(EffectEvent.START, now, pending.context)
        self._apply(
            CommandEvent.RESULT,
            CommandFacts(
                now,
                pending,
                pending.context,
                may_repeat=self._log.may_repeat,
                result=result,
            ),
        )

    def _observe(self, now: float, context: CommandContext) -> None:
        """Process the reports of the connector and the vehicle."""
        self._drop_overdue_result(now)
        before, self._context = self._context, context
        connector = context.connector
        replugged = (
            before is not None
            and before.connector.plugged_since != connector.plugged_since
        )
        if replugged or not connector.plugged:
            self._log.end_session()
            self._apply(
                CommandEvent.END_SESSION, CommandFacts(now, self._commanding, context)
            )
        self._log.offers = self._log.offers.updated(context.vehicle, connector)
        self._apply(CommandEvent.UPDATE, CommandFacts(now, self._commanding, context))
        self._note_effect(EffectEvent.REPORT, now, context)
        if self._has_moved(context) and connector.drawing:
            self._note_effect(EffectEvent.START, now, context)

    def _drop_overdue_result(self, now: float) -> None:
        pending = self._commanding
        if isinstance(pending, Pending) and now >= pending.since + ANSWER_SECONDS:
            self.record_result(now, CommandResult(CommandOutcome.TRANSIENT))

    def _has_moved(self, context: CommandContext) -> bool:
        """Return whether the vehicle was stopped while it was matched to another connector than now."""
        stopped_at = stop_to_undo(self._effect)
        return stopped_at is not None and stopped_at != context.connector.plug_in

    def _note_effect(
        self,
        event: EffectEvent,
        now: float,
        context: CommandContext,
        outcome: CommandOutcome | None = None,
    ) -> None:
        facts = EffectFacts(now, self._effect, context, outcome)
        self._effect = next_effect(event, facts)

    def _apply(self, event: CommandEvent, facts: CommandFacts) -> None:
        row = find_transition(COMMAND_TRANSITIONS, self._commanding.state, event, facts)
        if row is not None:
            self._commanding = row.action(facts, self._log)

    def _goal(
        self, now: float, today: date, context: CommandContext
    ) -> VehicleCommand | None:
        """Return the command that is needed; None if the vehicle must not be commanded."""
        matched = context.match.vehicle_id == self._vehicle_id
        if not matched or not context.connector.plugged or not self.can_command(today):
            return None
        if self.declined_charging or self._is_refuted(context):
            return None
        asleep = self._log.wakes.is_asleep(now, context.vehicle)
        goal = goal_of(context, self._log.offers, asleep=asleep)
        if goal is None and self._has_moved(context) and _may_charge(context):
            return VehicleCommand.START
        return goal

    def _is_refuted(self, context: CommandContext) -> bool:
        refuted = self._effect
        here = context.connector.plug_in
        return isinstance(refuted, StopRefuted) and refuted.plug_in == here


def _may_charge(context: CommandContext) -> bool:
    """Return whether the vehicle has an offer, is not to be stopped, and does not wait for a schedule of its own."""
    offered = context.connector.offered_since is not None
    stop = context.request is VehicleRequest.STOP
    return offered and not stop and not context.vehicle.scheduled
