"""What to ask of a car's cloud, and when: as little as gets done what the ladder wishes.

The ladder of `stopping` says whether a car is to charge or to stop, and for how long that holds; the `VehicleCommander`
of the car carries it out: it keeps the pace, tries again, wakes, and knows when there is no sense in asking. That
something worked is what the connector measures, never what the cloud said.

Times are in s of a monotonic clock; days are dates of the clock on the wall.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from .matching import ConnectorFacts, LocationUpdates, Match, Vehicle, VehicleCharging
from .rate_limit import (
    MAX_CALLS_PER_DAY,
    MAX_WAKES_PER_DAY,
    SOFT_LIMIT,
    SOFT_LIMIT_INTERVAL,
    WAKE_SECONDS,
    DailyUsage,
    RateLimiter,
    StoredWaits,
)
from .stopping import VehicleRequest

COMMAND_SECONDS: Final = 60.0
"""A car is told to start or stop no more often, and looked at no more often."""

PROOF_SECONDS: Final = 90.0
"""How long what a car did has to show in the measured amps."""

BUSY_SECONDS: Final = 5.0
BUSY_TRIES: Final = 3
"""A car that is about to wake up is told again so soon, and so often."""

OFFER_WAKES_SECONDS: Final = 180.0
"""How long an offer may take to wake a car by itself."""

AWAKE_SECONDS: Final = 120.0
"""So long after it was woken a car counts as awake, whatever else is heard of it."""

ANSWER_SECONDS: Final = 120.0
"""An answer that takes longer does not come any more."""


class VehicleCommand(StrEnum):
    """What to ask of a car's cloud."""

    START = "start"
    STOP = "stop"
    WAKE = "wake"
    READ_STATE = "read_state"
    """Read the car's state and place."""
    NOTHING = "nothing"


class CommandOutcome(StrEnum):
    """What came of it."""

    DONE = "done"
    ALREADY = "already"
    """It did so before (`is_charging`, `requested`, `not_charging`, `already_set`)."""
    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"
    BUSY = "busy"
    """It is waking up (`could_not_wake_buses`)."""
    UNREACHABLE = "unreachable"
    """It sleeps or is offline (408)."""
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    """It will not, for a reason of its own."""
    TRANSIENT = "transient"
    """The network, or the cloud."""
    REAUTH = "reauth"
    """The account has to be signed in to again."""
    NOT_ALLOWED = "not_allowed"
    """A right or a key is missing."""


_CONTENT: Final = frozenset(
    {CommandOutcome.COMPLETE, CommandOutcome.NO_POWER, CommandOutcome.DISCONNECTED}
)
_HOPELESS: Final = frozenset({CommandOutcome.REAUTH, CommandOutcome.NOT_ALLOWED})
_SHOWN: Final = frozenset({CommandOutcome.DONE, CommandOutcome.ALREADY})


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a cloud answered; `after` is after how many s it wants to be asked again, where it says so."""

    outcome: CommandOutcome
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a commander looks at.

    Attributes:
        wish: what the ladder of the connector wishes; None if nothing.
        connector: the connector that the car was matched to.
        car: the car.
        match: how it was matched.
        override: whether the owner lets its own scheduled charging or departure be overridden.
        charge_now: whether the owner asked for charge now at the connector.

    """

    request: VehicleRequest | None
    connector: ConnectorFacts
    car: Vehicle
    match: Match
    override: bool = False
    charge_now: bool = False


@dataclass(frozen=True, slots=True)
class NextCommand:
    """What to ask now, once, and when to decide again if nothing happens before; None: not by time."""

    command: VehicleCommand
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was asked of a car last, when, and what came of it; None while it is under way."""

    command: VehicleCommand
    at: float
    outcome: CommandOutcome | None = None


@dataclass(frozen=True, slots=True)
class _Settled:
    """That a car has no use for a start, and under which circumstances."""

    outcome: CommandOutcome
    plugged_since: float | None
    offered_since: float | None
    charge_limit: float | None

    def holds(self, context: CommandContext) -> bool:
        """Return whether it does not charge still; a car that may want to again has to be asked."""
        connector, limit = context.connector, context.car.charge_limit
        if not connector.plugged or connector.plugged_since != self.plugged_since:
            return False
        if self.outcome is CommandOutcome.DISCONNECTED:
            return True
        if self.outcome is CommandOutcome.NO_POWER:
            # An offer that ends changes nothing yet.
            same = connector.offered_since in {None, self.offered_since}
            return same and not connector.drawing
        raised = limit is not None and limit != self.charge_limit
        return not raised and not connector.drawing


class VehicleCommander:
    """Commands one car.

    To be asked at every decision of the rules, also when they wish nothing, and to be told each answer.

    Attributes:
        last: what was asked last; None if nothing was since the start.

    """

    def __init__(
        self,
        vehicle_id: str,
        daily_usage: DailyUsage | None = None,
        waits: StoredWaits | None = None,
    ) -> None:
        """Start for a car; `tally` and `waits` are what these gave before a restart."""
        waits = waits or StoredWaits()
        self.last: Attempt | None = None
        self._last_at = waits.asked
        self._vehicle_id = vehicle_id
        self._daily_usage = daily_usage or DailyUsage(date.min)
        self._situation: CommandContext | None = None
        self._asked_in: CommandContext | None = None
        self._commands = RateLimiter(COMMAND_SECONDS, waits.ready)
        self._looks = RateLimiter(COMMAND_SECONDS, waits.look)
        self._asked_at: float | None = None
        self._waked_at = waits.woken
        """When it was last told to wake up, and when it last said that it did."""
        self._woke_at: float | None = None
        self._deaf = False
        self._busy = 0
        self._unproven: Attempt | None = None
        self._unspent = 0
        """Calls of the attempt under way, which cost nothing of the day's if it works."""
        self._settled: _Settled | None = None
        self._hopeless: CommandOutcome | None = None
        self._nudged: float | None = None
        self._scheduled_in: float | None = None
        """Since when the offer has been that it lets pass for a schedule of its own."""
        self._looked_in: float | None = None
        """The same of the offer in which it was looked at last."""

    @property
    def daily_usage(self) -> DailyUsage:
        """Return what is to be kept over a restart."""
        return self._daily_usage

    @property
    def waits(self) -> StoredWaits:
        """Return what is to be kept over a restart too."""
        ready, look = self._commands.ready_at, self._looks.ready_at
        return StoredWaits(self._last_at, ready, self._waked_at, look)

    @property
    def declined_charging(self) -> bool:
        """Return whether the car has said that it will not charge: nobody has to wait for it to start."""
        return self._settled is not None

    @property
    def problem(self) -> CommandOutcome | None:
        """Return what keeps the car from being commanded, and needs a person or patience; None if nothing does."""
        if self._hopeless is not None:
            return self._hopeless
        last = self.last
        if last is None or last.outcome in {None, *_CONTENT, CommandOutcome.BUSY}:
            return None
        return None if last.outcome in _SHOWN else last.outcome

    def can_command(self, today: date) -> bool:
        """Return whether the car can be told to stop now, or soon: it has not failed for good."""
        settled = self._settled
        wrong = settled is not None and settled.outcome is CommandOutcome.DISCONNECTED
        spent = self._daily_usage.on(today).calls >= MAX_CALLS_PER_DAY
        return self._hopeless is None and not wrong and not spent

    def decide(self, now: float, today: date, context: CommandContext) -> NextCommand:
        """Return what to ask now. What is returned counts as asked: its answer is waited for."""
        self._daily_usage = self._daily_usage.on(today)
        self._observe(now, context)
        if (
            context.match.vehicle_id != self._vehicle_id
            or not context.connector.plugged
        ):
            return NextCommand(VehicleCommand.NOTHING)
        goal = self._goal(now, context)
        if goal is None or not self.can_command(today):
            return NextCommand(VehicleCommand.NOTHING)
        if self._asked_at is not None:
            return NextCommand(VehicleCommand.NOTHING, self._asked_at + ANSWER_SECONDS)
        command, ready_at = self._step(now, goal, context)
        if self._last_at is not None and self._daily_usage.calls >= SOFT_LIMIT:
            ready_at = max(ready_at, self._last_at + SOFT_LIMIT_INTERVAL)
        if command is VehicleCommand.NOTHING or now < ready_at:
            return NextCommand(
                VehicleCommand.NOTHING, ready_at if now < ready_at else None
            )
        self._note(now, command, context.car)
        self._asked_in = context
        return NextCommand(command, now + ANSWER_SECONDS)

    def answer(self, now: float, answer: CommandResult) -> None:
        """Take the answer to what was asked last; one that nobody waits for any more is dropped."""
        if self._asked_at is None or self.last is None or self._asked_in is None:
            return
        attempt = self.last = replace(self.last, outcome=answer.outcome)
        self._asked_at = None
        self._deaf = answer.outcome is CommandOutcome.UNREACHABLE
        if answer.outcome in _HOPELESS:
            self._hopeless = answer.outcome
        if answer.outcome is CommandOutcome.RATE_LIMITED:
            self._looks.failed(now, answer.retry_after or 0.0)
            self._commands.failed(now, answer.retry_after or 0.0)
        elif attempt.command is VehicleCommand.READ_STATE:
            # It has worked once a command follows it.
            self._looks.failed(now)
            if not self._deaf:
                self._looked_in = self._asked_in.connector.offered_since
        elif attempt.command is VehicleCommand.WAKE and answer.outcome in _SHOWN:
            self._woke_at = now
        elif answer.outcome is CommandOutcome.BUSY and self._busy < BUSY_TRIES:
            self._busy += 1
            self._woke_at = now
            self._commands.again_at(now + BUSY_SECONDS)
        else:
            self._commanded(now, attempt, self._asked_in)

    def _commanded(self, now: float, attempt: Attempt, context: CommandContext) -> None:
        """Take the answer to a command, which counts as failed until it shows."""
        self._busy = 0
        shown = attempt.outcome in _SHOWN
        self._commands.failed(now, PROOF_SECONDS if shown else 0.0)
        self._unproven = replace(attempt, at=now) if shown else None
        connector = context.connector
        if shown or attempt.outcome in _CONTENT:
            self._nudged = connector.offered_since
        if attempt.outcome in _CONTENT:
            self._settled = _Settled(
                attempt.outcome,
                connector.plugged_since,
                connector.offered_since,
                context.car.charge_limit,
            )

    def _observe(self, now: float, context: CommandContext) -> None:
        """See what became of what was asked, and whether all begins anew."""
        if self._asked_at is not None and now >= self._asked_at + ANSWER_SECONDS:
            self.answer(now, CommandResult(CommandOutcome.TRANSIENT))
        before, self._situation = self._situation, context
        connector = context.connector
        anew = before is not None and (
            before.connector.plugged_since != connector.plugged_since
        )
        if anew or not connector.plugged:
            self._commands.worked()
            self._unproven = self._nudged = None
            if self._hopeless is CommandOutcome.NOT_ALLOWED:
                # Nobody tells that the owner has paired the key meanwhile; a new token begins all anew anyway.
                self._hopeless = None
        if self._settled is not None and not self._settled.holds(context):
            self._settled = None
        if context.car.scheduled is not None:
            # That is not known for long, but lasts.
            waits = context.car.scheduled and not connector.drawing
            self._scheduled_in = connector.offered_since if waits else None
        self._prove(now, connector)

    def _prove(self, now: float, connector: ConnectorFacts) -> None:
        """See whether the car did what it was told."""
        proof = self._unproven
        if proof is None or self.last is None:
            return
        if connector.drawing == (proof.command is VehicleCommand.START):
            self._unproven = None
            self._commands.worked()
            self._commands.again_at(self.last.at + COMMAND_SECONDS)
            if proof.outcome is CommandOutcome.DONE:
                calls = max(self._daily_usage.calls - self._unspent, 0)
                self._daily_usage = replace(self._daily_usage, calls=calls)
            self._unspent = 0
        elif now >= proof.at + PROOF_SECONDS:
            self._unproven = None

    def _goal(self, now: float, context: CommandContext) -> VehicleCommand | None:
        """Return what the car is to be told in the end; None if it does as wished, or is to be left alone."""
        request, connector, car = context.request, context.connector, context.car
        if connector.drawing:
            return VehicleCommand.STOP if request is VehicleRequest.STOP else None
        if connector.offered_since is None or self._settled is not None:
            return None
        if request is VehicleRequest.STOP:
            return None
        if self._has_to_look(now, context):
            return VehicleCommand.READ_STATE
        scheduled = self._scheduled_in == connector.offered_since
        if scheduled and not (context.override or context.charge_now):
            return None
        if request is VehicleRequest.CHARGE:
            return VehicleCommand.START
        # Nobody here stopped it: it is started once, and only if its owner asked for that.
        stopped = car.charging is VehicleCharging.STOPPED and context.charge_now
        nudge = self._nudged != connector.offered_since
        return VehicleCommand.START if nudge and (scheduled or stopped) else None

    def _has_to_look(self, now: float, context: CommandContext) -> bool:
        """Return whether only a look at the car shows if it waits for a schedule, or was stopped by its owner."""
        car, offered_since = context.car, context.connector.offered_since
        if (
            car.location_updates is not LocationUpdates.POLLED
            or car.scheduled is not None
        ):
            return False
        if offered_since == self._looked_in or self._sleeps(now, car):
            return False
        if context.request is VehicleRequest.CHARGE:
            return not (context.override or context.charge_now)
        return context.charge_now and self._nudged != offered_since

    def _step(
        self, now: float, goal: VehicleCommand, context: CommandContext
    ) -> tuple[VehicleCommand, float]:
        """Return what to ask next to reach a goal, and from when on; NOTHING if there is no way today."""
        # A car that nobody stopped is likely to begin by itself.
        began = context.connector.offered_since if context.request is None else None
        may_look_at = now if began is None else began + COMMAND_SECONDS
        if context.match.needs_location or goal is VehicleCommand.READ_STATE:
            return VehicleCommand.READ_STATE, max(
                _or_now(self._looks.ready_at, now), may_look_at
            )
        if self._busy and self.last is not None and self.last.command is not goal:
            # What was to be told again at once is not wished any more.
            self._busy = 0
            self._commands.again_at(self.last.at + COMMAND_SECONDS)
        ready_at = _or_now(self._commands.ready_at, now)
        car = context.car
        if goal is VehicleCommand.STOP or not self._sleeps(now, car):
            return goal, ready_at
        wake_at = self._wake_at(context)
        if wake_at is not None and (car.asleep or now >= wake_at):
            return VehicleCommand.WAKE if car.can_wake else VehicleCommand.START, max(
                ready_at, wake_at
            )
        return VehicleCommand.NOTHING if car.asleep else VehicleCommand.START, ready_at

    def _sleeps(self, now: float, car: Vehicle) -> bool:
        """Return whether a command would have to wake the car, as far as known."""
        woken = self._woke_at is not None and now < self._woke_at + AWAKE_SECONDS
        return not woken and (self._deaf or car.asleep is True)

    def _wake_at(self, context: CommandContext) -> float | None:
        """Return when the car may be woken; None if not today."""
        offered_since = context.connector.offered_since
        charging = context.car.charging is VehicleCharging.CHARGING
        if (
            self._daily_usage.wakes >= MAX_WAKES_PER_DAY
            or offered_since is None
            or charging
        ):
            return None
        by_itself = offered_since + OFFER_WAKES_SECONDS
        if self._waked_at is None:
            return by_itself
        return max(by_itself, self._waked_at + WAKE_SECONDS)

    def _note(self, now: float, command: VehicleCommand, car: Vehicle) -> None:
        """Note that something is asked now."""
        if command is VehicleCommand.WAKE or (
            command is VehicleCommand.START and car.asleep and self._sleeps(now, car)
        ):
            # A car without a call to wake it by is woken by the command.
            self._waked_at = now
            self._daily_usage = replace(
                self._daily_usage, wakes=self._daily_usage.wakes + 1
            )
        if command is VehicleCommand.READ_STATE:
            self._looks.tried(now)
        elif command is not VehicleCommand.WAKE:
            self._commands.tried(now)
            self._looks.worked()
        failed = self.last is not None and self.last.outcome not in {
            *_SHOWN,
            CommandOutcome.BUSY,
        }
        if failed or self._unproven is not None:
            self._unspent = 0
        self._unspent += 1
        self._unproven = None
        self._daily_usage = replace(
            self._daily_usage, calls=self._daily_usage.calls + 1
        )
        self.last = Attempt(command, now)
        self._asked_at = self._last_at = now


def _or_now(at: float | None, now: float) -> float:
    return now if at is None else at
