"""Describes a vehicle for the division of current among several buses, behind a main fuse or on a circuit.

Times are in s of a monotonic clock, currents in A.
"""

from ..twc import DRAWING_AMPS
from .allocation.demand import Demand
from .bus_draw import BusVehicle
from .candidate import HOLD_AMPS, ConnectorContext
from .decision import AllocationInputs


def bus_vehicle(context: ConnectorContext, inputs: AllocationInputs) -> BusVehicle:
    """Return the vehicle at a connector as it counts in the division among buses."""
    connector = context.connector
    offered = max(connector.offered, context.runtime.offer or 0)
    taken = max(connector.drawn, offered)
    return BusVehicle(
        connector_id=context.connector_id,
        taken=taken,
        bound=_bound(context, taken, inputs.now),
        wanted=_wanted(context, inputs),
        minimum=context.limits.minimum,
        priority=context.settings.priority,
        is_charging=taken >= DRAWING_AMPS,
        is_locked=taken >= DRAWING_AMPS and context.locked(inputs.now),
    )


def _bound(context: ConnectorContext, taken: float, now: float) -> float:
    """Return the A that no offer can take from a vehicle now."""
    if context.disobeys:
        return max(taken, context.connector.possible)
    drawn = context.connector.drawn
    if drawn < DRAWING_AMPS:
        return 0.0
    excess = context.connector.excess
    stop_controller = context.runtime.stop_controller
    if stop_controller.cannot_stop(now, context.capabilities):
        return min(drawn, HOLD_AMPS + excess)
    return excess


def _wanted(context: ConnectorContext, inputs: AllocationInputs) -> float:
    """Return the A that a vehicle could use now."""
    limits = context.limits
    if context.demand is not Demand.WANTED or not context.settings.enabled:
        return context.connector.drawn
    usable = context.runtime.usable_current.usable
    amps = limits.ceiling if usable is None else min(limits.ceiling, usable)
    if context.active_rule.green:
        green = 0 if inputs.green is None else inputs.green.amps
        amps = min(amps, green)
    return float(amps) if amps >= limits.minimum else 0.0
