"""The record of a vehicle's commands: their rate, their cost and their effects.

Times are in s of a monotonic clock; days are dates of the local calendar.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

from .commands import (
    ACCEPTED,
    Attempt,
    CommandContext,
    CommandOutcome,
    CommandResult,
    VehicleCommand,
)
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
from .vehicle_facts import ConnectorFacts, Vehicle, VehicleCharging

COMMAND_SECONDS: Final = 60.0
"""Minimum time between two commands to start or stop, and between two reads of the state."""

PROOF_SECONDS: Final = 90.0
"""How many s an accepted command may take to show in the measured draw."""

BUSY_SECONDS: Final = 5.0
"""After how many s a command is repeated to a vehicle that is waking up."""

BUSY_TRIES: Final = 3
"""How often it is repeated after `BUSY_SECONDS`."""

OFFER_WAKES_SECONDS: Final = 180.0
"""The number of s within which an offer alone wakes a vehicle."""

AWAKE_SECONDS: Final = 120.0
"""How many s a vehicle that was woken counts as awake, regardless of other reports."""


@dataclass(frozen=True, slots=True)
class WakeHistory:
    """What is known of the vehicle's sleep from its commands.

    Attributes:
        commanded_at: when it was last commanded to wake up.
        confirmed_at: when it last confirmed to be awake.
        unreachable: whether the last command did not reach it.

    """

    commanded_at: float | None = None
    confirmed_at: float | None = None
    unreachable: bool = False

    def is_asleep(self, now: float, vehicle: Vehicle) -> bool:
        """Return whether a command would have to wake the vehicle, as far as is known."""
        confirmed_at = self.confirmed_at
        woken = confirmed_at is not None and now < confirmed_at + AWAKE_SECONDS
        return not woken and (self.unreachable or vehicle.asleep is True)


@dataclass(frozen=True, slots=True)
class OfferMemory:
    """The offers in which something happened last; an offer is identified by its beginning in s.

    Attributes:
        commanded_in: the vehicle accepted a command, or declined to charge.
        scheduled_in: the vehicle waited for its own schedule.
        read_in: its state was read.

    """

    commanded_in: float | None = None
    scheduled_in: float | None = None
    read_in: float | None = None

    def updated(self, vehicle: Vehicle, connector: ConnectorFacts) -> Self:
        """Return the memory after the state of the vehicle was read."""
        if vehicle.scheduled is None:
            # A schedule that was read is not reported for long, but it stays in force.
            return self
        waits = vehicle.scheduled and not connector.drawing
        return replace(self, scheduled_in=connector.offered_since if waits else None)


class CommandLog:
    """The record of one vehicle's commands.

    Attributes:
        last: the last command; None if none was sent since the start.
        commands: when a command to start or stop may be sent.
        reads: when the state may be read.
        wakes: what is known of the vehicle's sleep.
        offers: the offers in which something happened.
        usage: the calls of the day.

    """

    def __init__(self, usage: DailyUsage | None, waits: StoredWaits | None) -> None:
        """Continue from what was stored."""
        waits = waits or StoredWaits()
        self.last: Attempt | None = None
        self.commands = RateLimiter(COMMAND_SECONDS, waits.command_ready_at)
        self.reads = RateLimiter(COMMAND_SECONDS, waits.read_ready_at)
        self.wakes = WakeHistory(commanded_at=waits.last_wake_at)
        self.offers = OfferMemory()
        self.usage = usage or DailyUsage(date.min)
        self._last_call_at = waits.last_call_at
        self._busy_tries = 0
        self._refundable = 0
        """The calls of the current attempt, which do not count if it works."""

    @property
    def waits(self) -> StoredWaits:
        """Return the times to store."""
        return StoredWaits(
            self._last_call_at,
            self.commands.ready_at,
            self.wakes.commanded_at,
            self.reads.ready_at,
        )

    @property
    def may_repeat(self) -> bool:
        """Return whether a command to a vehicle that is waking up may be repeated soon."""
        return self._busy_tries < BUSY_TRIES

    def is_spent(self, today: date) -> bool:
        """Return whether the calls of the day are used up."""
        return self.usage.on(today).calls >= MAX_CALLS_PER_DAY

    def soft_limited(self, ready_at: float) -> float:
        """Return when the next call may be made, given when the rate of its kind allows it."""
        if self._last_call_at is None or self.usage.calls < SOFT_LIMIT:
            return ready_at
        return max(ready_at, self._last_call_at + SOFT_LIMIT_INTERVAL)

    def wake_at(self, context: CommandContext) -> float | None:
        """Return when the vehicle may be woken; None if not today."""
        offered_since = context.connector.offered_since
        if offered_since is None or self.usage.wakes >= MAX_WAKES_PER_DAY:
            return None
        if context.vehicle.charging is VehicleCharging.CHARGING:
            return None
        by_itself = offered_since + OFFER_WAKES_SECONDS
        commanded_at = self.wakes.commanded_at
        if commanded_at is None:
            return by_itself
        return max(by_itself, commanded_at + WAKE_SECONDS)

    def drop_repeat(self, goal: VehicleCommand) -> None:
        """End the quick repeats of a command that is not the goal any more."""
        if self._busy_tries and self.last is not None and self.last.command is not goal:
            self._busy_tries = 0
            self.commands.again_at(self.last.at + COMMAND_SECONDS)

    # Recording

    def record_sent(
        self, now: float, command: VehicleCommand, vehicle: Vehicle
    ) -> None:
        """Record a command that is sent now."""
        if command is VehicleCommand.WAKE or (
            command is VehicleCommand.START
            and vehicle.asleep
            and self.wakes.is_asleep(now, vehicle)
        ):
            # A vehicle without a command to wake it is woken by any other.
            self.wakes = replace(self.wakes, commanded_at=now)
            self.usage = replace(self.usage, wakes=self.usage.wakes + 1)
        if command is VehicleCommand.READ_STATE:
            self.reads.tried(now)
        elif command is not VehicleCommand.WAKE:
            self.commands.tried(now)
            self.reads.worked()
        last = self.last
        if last is not None and last.outcome not in {*ACCEPTED, CommandOutcome.BUSY}:
            self._refundable = 0
        self._refundable += 1
        self.usage = replace(self.usage, calls=self.usage.calls + 1)
        self.last = Attempt(command, now)
        self._last_call_at = now

    def record_outcome(self, outcome: CommandOutcome) -> None:
        """Record the outcome of the last command."""
        if self.last is not None:
            self.last = replace(self.last, outcome=outcome)
        unreachable = outcome is CommandOutcome.UNREACHABLE
        self.wakes = replace(self.wakes, unreachable=unreachable)

    def record_rate_limit(self, now: float, result: CommandResult) -> None:
        """Record that the cloud rejects further calls for some time."""
        self.reads.failed(now, result.retry_after or 0.0)
        self.commands.failed(now, result.retry_after or 0.0)

    def record_read(self, now: float, offered_since: float | None) -> None:
        """Record that the state was read, or that this failed."""
        # A read has worked only once a command follows it.
        self.reads.failed(now)
        if not self.wakes.unreachable:
            self.offers = replace(self.offers, read_in=offered_since)

    def record_awake(self, now: float) -> None:
        """Record that the vehicle woke up."""
        self.wakes = replace(self.wakes, confirmed_at=now)

    def record_busy(self, now: float) -> None:
        """Record that the vehicle is waking up: the command is repeated soon."""
        self._busy_tries += 1
        self.record_awake(now)
        self.commands.again_at(now + BUSY_SECONDS)

    def record_failure(self, now: float, minimum: float = 0.0) -> None:
        """Record a command that failed, or counts as failed until its effect shows; `minimum` is the wait in s."""
        self._busy_tries = 0
        self.commands.failed(now, minimum)

    def record_commanded(self, offered_since: float | None) -> None:
        """Record that the vehicle accepted a command in an offer, or declined to charge."""
        self.offers = replace(self.offers, commanded_in=offered_since)

    def record_proof(self, outcome: CommandOutcome | None) -> None:
        """Record that the measured draw proves the last command; a vehicle that acted on it costs nothing."""
        self.commands.worked()
        if self.last is not None:
            self.commands.again_at(self.last.at + COMMAND_SECONDS)
        if outcome is CommandOutcome.DONE:
            calls = max(self.usage.calls - self._refundable, 0)
            self.usage = replace(self.usage, calls=calls)
        self._refundable = 0

    def record_no_proof(self) -> None:
        """Record that another command is sent before the effect of the last one has shown, so that its calls count."""
        self._refundable = 0

    def end_session(self) -> None:
        """Forget the data of the plug-in session."""
        self.commands.worked()
        self.offers = replace(self.offers, commanded_in=None)
