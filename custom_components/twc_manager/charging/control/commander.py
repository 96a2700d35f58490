"""Which command is sent to a vehicle, and when: as few as the requests of the `StopController` need.

The `VehicleCommander` of a vehicle limits the rate of its commands, repeats them, wakes the vehicle, and decides when
a command is pointless. Whether a command worked is shown by the connector's measurement, never by the cloud.

Times are in s of a monotonic clock; days are dates of the local calendar.
"""

from datetime import date
from typing import Final

from ...twc.transitions import find_transition
from .command_goal import goal_of, next_step
from .command_log import CommandLog
from .command_states import (
    COMMAND_TRANSITIONS,
    Blocked,
    CommandEvent,
    CommandFacts,
    Commanding,
    Declined,
    Idle,
    Pending,
)
from .commands import (
    ACCEPTED,
    DECLINED,
    Attempt,
    CommandContext,
    CommandOutcome,
    CommandResult,
    NextCommand,
    VehicleCommand,
)
from .rate_limit import DailyUsage, StoredWaits

ANSWER_SECONDS: Final = 120.0
"""How long the result of a command is awaited."""


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
    ) -> None:
        """Start for a vehicle; `daily_usage` and `waits` are what these properties returned before a restart."""
        self._vehicle_id = vehicle_id
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
        """Return whether the vehicle has reported that it will not charge: nothing waits for it to start."""
        return isinstance(self._commanding, Declined)

    @property
    def problem(self) -> CommandOutcome | None:
        """Return what prevents commands until the owner acts or time passes; None if nothing does."""
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

    def can_command(self, today: date) -> bool:
        """Return whether the vehicle can be commanded to stop, now or soon."""
        match self._commanding:
            case Blocked() | Declined(outcome=CommandOutcome.DISCONNECTED):
                return False
        return not self._log.is_spent(today)

    def decide(self, now: float, today: date, context: CommandContext) -> NextCommand:
        """Return the command to send now. It counts as sent: its result is awaited."""
        self._log.usage = self._log.usage.on(today)
        self._observe(now, context)
        goal = self._goal(now, today, context)
        if goal is None:
            return NextCommand(VehicleCommand.NOTHING)
        if isinstance(self._commanding, Pending):
            until = self._commanding.since + ANSWER_SECONDS
            return NextCommand(VehicleCommand.NOTHING, until)
        command, ready_at = next_step(now, goal, context, self._log)
        ready_at = self._log.soft_limited(ready_at)
        if now < ready_at:
            return NextCommand(VehicleCommand.NOTHING, ready_at)
        if command is VehicleCommand.NOTHING:
            return NextCommand(command)
        self._apply(
            CommandEvent.SEND,
            CommandFacts(now, self._commanding, context, command=command),
        )
        self._log.record_sent(now, command, context.vehicle)
        return NextCommand(command, now + ANSWER_SECONDS)

    def record_result(self, now: float, result: CommandResult) -> None:
        """Record the result of the last command; one that is not awaited any more is dropped."""
        pending = self._commanding
        if not isinstance(pending, Pending):
            return
        self._log.record_outcome(result.outcome)
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
        """Process what the connector and the vehicle report."""
        pending = self._commanding
        if isinstance(pending, Pending) and now >= pending.since + ANSWER_SECONDS:
            self.record_result(now, CommandResult(CommandOutcome.TRANSIENT))
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

    def _apply(self, event: CommandEvent, facts: CommandFacts) -> None:
        row = find_transition(COMMAND_TRANSITIONS, self._commanding.state, event, facts)
        if row is not None:
            self._commanding = row.action(facts, self._log)

    def _goal(
        self, now: float, today: date, context: CommandContext
    ) -> VehicleCommand | None:
        """Return the command that is to be reached; None if the vehicle is to be left alone."""
        matched = context.match.vehicle_id == self._vehicle_id
        if not matched or not context.connector.plugged or not self.can_command(today):
            return None
        if self.declined_charging:
            return None
        asleep = self._log.wakes.is_asleep(now, context.vehicle)
        return goal_of(context, self._log.offers, asleep=asleep)
