"""Chooses the command that a vehicle needs next, and the time from which it may be sent.

Times are in s of a monotonic clock.
"""

from typing import Final

from .command_log import CommandLog, OfferMemory
from .commands import CommandContext, VehicleCommand
from .stop_methods import VehicleRequest
from .vehicle_facts import LocationUpdates, VehicleCharging

SELF_START_SECONDS: Final = 60.0
"""The time in s that a vehicle which was not stopped here has to start by itself before its state is read."""


def goal_of(
    context: CommandContext, offers: OfferMemory, *, asleep: bool
) -> VehicleCommand | None:
    """Return the command that fulfils the request; None if none is needed, or the vehicle must not be commanded.

    Args:
        context: what is known now.
        offers: the offers in which the vehicle was commanded, waited for a schedule, or was read.
        asleep: whether a command would have to wake the vehicle.

    """
    stop = context.request is VehicleRequest.STOP
    if context.connector.drawing:
        return VehicleCommand.STOP if stop else None
    if stop or context.connector.offered_since is None:
        return None
    if not asleep and _has_to_read_state(context, offers):
        return VehicleCommand.READ_STATE
    return VehicleCommand.START if _may_start(context, offers) else None


def next_step(
    now: float, goal: VehicleCommand, context: CommandContext, log: CommandLog
) -> tuple[VehicleCommand, float]:
    """Return the next command towards a goal, and when it may be sent; NOTHING if none is possible today."""
    if context.match.needs_location or goal is VehicleCommand.READ_STATE:
        return VehicleCommand.READ_STATE, _read_at(now, context, log)
    log.drop_repeat(goal)
    ready_at = _or_now(log.commands.ready_at, now)
    vehicle = context.vehicle
    if goal is VehicleCommand.STOP or not log.wakes.is_asleep(now, vehicle):
        return goal, ready_at
    wake_at = log.wake_at(context)
    if wake_at is not None and (vehicle.asleep or now >= wake_at):
        wake = VehicleCommand.WAKE if vehicle.can_wake else VehicleCommand.START
        return wake, max(ready_at, wake_at)
    return VehicleCommand.NOTHING if vehicle.asleep else VehicleCommand.START, ready_at


def _has_to_read_state(context: CommandContext, offers: OfferMemory) -> bool:
    """Return whether the state has to be read to know if the vehicle waits for a schedule, or its owner stopped it."""
    vehicle, offered_since = context.vehicle, context.connector.offered_since
    if vehicle.location_updates is not LocationUpdates.POLLED:
        return False
    if vehicle.scheduled is not None or offered_since == offers.read_in:
        return False
    if context.request is VehicleRequest.CHARGE:
        return not (context.override or context.charge_now)
    return context.charge_now and offers.commanded_in != offered_since


def _may_start(context: CommandContext, offers: OfferMemory) -> bool:
    """Return whether the vehicle is to be started: on request, or once per offer because its owner chose charge now."""
    offered_since = context.connector.offered_since
    scheduled = offers.scheduled_in == offered_since
    if scheduled and not (context.override or context.charge_now):
        return False
    if context.request is VehicleRequest.CHARGE:
        return True
    stopped = context.vehicle.charging is VehicleCharging.STOPPED and context.charge_now
    return offers.commanded_in != offered_since and (scheduled or stopped)


def _read_at(now: float, context: CommandContext, log: CommandLog) -> float:
    ready_at = _or_now(log.reads.ready_at, now)
    offered_since = context.connector.offered_since
    if context.request is not None or offered_since is None:
        return ready_at
    return max(ready_at, offered_since + SELF_START_SECONDS)


def _or_now(at: float | None, now: float) -> float:
    return now if at is None else at
