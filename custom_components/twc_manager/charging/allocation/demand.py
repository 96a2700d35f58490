"""Which connectors have a vehicle that wants power, and how much of its offer the vehicle can use."""

from enum import IntEnum
from math import floor
from typing import Final

from ...twc import DRAWING_AMPS, PROTOCOL_1, ConnectorState, PlugState, State
from .overdraw import Overdraw

QUIET_SECONDS: Final = 20.0
"""A vehicle that takes nothing, or much less than its offer, for this long leaves the rest to the others."""

RETRY_OFFER_SECONDS: Final = 900.0
"""After how many s a quiet vehicle that lost its offer and cannot ask for another one gets one again."""

GONE_SECONDS: Final = 5.0
"""How long a vehicle must be missing from the reports before it counts as unplugged."""

FIRST_LOOK_SECONDS: Final = 10.0
"""A vehicle that is reported within this time after the first report was there before."""

SHORTFALL: Final = 1.8
"""A vehicle that draws this little less than its offer, in A, uses all of it (owners saw 0.5 to 1.5)."""

UNUSED: Final = 2.5
"""A vehicle that draws this much less than its offer, in A, cannot use it."""

HEADROOM: Final = 3
"""What a vehicle that cannot use its offer keeps above the whole A it draws."""

REGROW_SECONDS: Final = 300.0
"""Minimum time between two chances for a vehicle to show that it can use more than was learned."""

_ASKING: Final = frozenset({State.WANTS_POWER, State.STARTING})
_PASSING: Final = frozenset(
    {State.BUSY, State.RAISING, State.LOWERING, State.LIMITING, State.ADJUSTED}
)
"""States that answer a command and show nothing about the vehicle."""


class Demand(IntEnum):
    """How much a connector's vehicle wants power; a higher value is more."""

    NONE = 0
    """No vehicle, or one that cannot charge."""
    STANDBY = 1
    """A vehicle that does not charge now but may want to: the lowest offer is enough."""
    WANTED = 2
    """A vehicle that charges, or asks to."""


def has_vehicle(connector: ConnectorState) -> bool:
    """Return whether a vehicle is known to be plugged in, by the plug, the VIN or the state."""
    if connector.drawn >= DRAWING_AMPS or connector.vin is not None:
        return True
    if connector.plug is not None:
        return connector.plug is not PlugState.UNPLUGGED
    return connector.state not in {State.READY, State.ERROR, State.UNKNOWN}


def is_presence_unknown(connector: ConnectorState) -> bool:
    """Return whether a report shows nothing about a vehicle: a connector may be busy with or without one."""
    is_reported = connector.plug is not None or connector.vin is not None
    return (
        connector.state in _PASSING
        and not is_reported
        and connector.drawn < DRAWING_AMPS
    )


class DemandTracker:
    """Tracks the vehicle at one connector: whether it is plugged in, draws, requests power, or has enough.

    It remembers that a vehicle was quiet, so that a vehicle that loses its offer to others does not count as one that
    asks for power.

    Attributes:
        present: whether a vehicle is plugged in.
        plugged_at: when it was plugged in, in s; None if it was there before the first report.
        drawing: whether it draws.
        demand: how much it wants power.

    """

    __slots__ = (
        "_asking",
        "_error_since",
        "_first_look",
        "_gone_since",
        "_idle_since",
        "_quiet_since",
        "demand",
        "drawing",
        "plugged_at",
        "present",
    )

    def __init__(self) -> None:
        """Start for a connector without any report."""
        self.present = False
        self.plugged_at: float | None = None
        self.drawing = False
        self.demand = Demand.NONE
        self._asking = False
        self._first_look: float | None = None
        self._gone_since: float | None = None
        self._idle_since: float | None = None
        self._quiet_since = 0.0
        self._error_since: float | None = None

    def update(
        self, connector: ConnectorState, now: float, *, stopped: bool = False
    ) -> Demand:
        """Take a report; `stopped` is a vehicle that the integration stopped and still has to start."""
        asked = self._asking
        self.drawing = connector.drawn >= DRAWING_AMPS
        self._watch_plug(connector, now)
        if connector.state not in _PASSING:
            self._asking = connector.state in _ASKING
        asks_anew = self._asking and not asked
        self.demand = self._demand_of(
            connector, now, asks_anew=asks_anew, stopped=stopped
        )
        return self.demand

    def interrupt(self) -> None:
        """Forget since when reports have been as they are: the connector is, or was, silent."""
        self._gone_since = None
        self._idle_since = None
        self._error_since = None

    def needs_offer(self, connector: ConnectorState) -> bool:
        """Return whether a quiet vehicle can only request power again while it has an offer.

        A protocol 1 connector at 0 A cannot ask. One that asks all the time may charge later (a vehicle that waits
        for its own schedule). A full vehicle at protocol 2 asks when it wants power again.
        """
        return connector.protocol == PROTOCOL_1 or self._asking

    def _watch_plug(self, connector: ConnectorState, now: float) -> None:
        if self._first_look is None:
            self._first_look = now
        if is_presence_unknown(connector):
            return
        if has_vehicle(connector):
            self._gone_since = None
            if not self.present and now - self._first_look >= FIRST_LOOK_SECONDS:
                self.plugged_at = now
            self.present = True
            return
        if self._gone_since is None:
            self._gone_since = now
        unplugged = connector.plug is PlugState.UNPLUGGED
        if unplugged or now - self._gone_since >= GONE_SECONDS:
            self.present = False
            self.plugged_at = None

    def _demand_of(
        self, connector: ConnectorState, now: float, *, asks_anew: bool, stopped: bool
    ) -> Demand:
        if self.drawing:
            self._idle_since = None
            return Demand.WANTED
        if not self.present or self._failed(connector, now):
            self._idle_since = None
            return Demand.NONE
        if stopped or self.demand is Demand.NONE:
            return Demand.WANTED
        if connector.offered > 0:
            return self._demand_of_idle(now)
        self._idle_since = None
        wanted = self.demand is Demand.WANTED or asks_anew
        if wanted or self._is_retry_due(connector, now):
            return Demand.WANTED
        return Demand.STANDBY

    def _is_retry_due(self, connector: ConnectorState, now: float) -> bool:
        """Return whether a quiet vehicle that cannot ask for an offer is to get one."""
        waited = now - self._quiet_since >= RETRY_OFFER_SECONDS
        return waited and self.needs_offer(connector)

    def _failed(self, connector: ConnectorState, now: float) -> bool:
        """Return whether the connector reports an error, more than a frame of noise does."""
        if connector.state != State.ERROR:
            self._error_since = None
            return False
        if self._error_since is None:
            self._error_since = now
        return now - self._error_since >= GONE_SECONDS

    def _demand_of_idle(self, now: float) -> Demand:
        """Return the demand of a vehicle that takes nothing of its offer."""
        if self._idle_since is None:
            self._idle_since = now
        if self.demand is Demand.STANDBY:
            return Demand.STANDBY
        if now - self._idle_since < QUIET_SECONDS:
            return Demand.WANTED
        self._quiet_since = now
        return Demand.STANDBY


class UsableCurrent:
    """Learns how much of its offer a vehicle can use: its onboard limit, or a battery that is nearly full.

    Attributes:
        usable: the whole A it can use; None is as much as it gets.
        overdraw: how much more than its offer it uses.

    """

    __slots__ = (
        "_lowest",
        "_no_growth_before",
        "_offered",
        "_satisfied_since",
        "_unused_since",
        "overdraw",
        "usable",
    )

    def __init__(self) -> None:
        """Start for an unknown vehicle."""
        self.usable: int | None = None
        self.overdraw = Overdraw()
        self._offered = 0.0
        self._lowest = 0.0
        self._unused_since: float | None = None
        self._satisfied_since: float | None = None
        self._no_growth_before = 0.0

    def update(self, connector: ConnectorState, now: float) -> int | None:
        """Take a report and return the whole A that the vehicle can use; None is as much as it gets."""
        self.overdraw.update(connector, now)
        drawn, offered = connector.drawn, connector.offered
        raised, self._offered = offered > self._offered, offered
        if drawn < DRAWING_AMPS or raised or offered - drawn <= UNUSED:
            self._unused_since = None
        elif self._unused_since is None or drawn > self._lowest + 0.5:
            # A vehicle that still ramps up is not at its limit.
            self._unused_since, self._lowest = now, drawn
        elif now - self._unused_since >= QUIET_SECONDS:
            self._lower(floor(drawn) + HEADROOM)
        self._grow(drawn, now)
        return self.usable

    def interrupt(self) -> None:
        """Forget since when the draw has been as it is: the connector is, or was, silent."""
        self.overdraw.interrupt()
        self._unused_since = None
        self._satisfied_since = None

    def _lower(self, usable: int) -> None:
        """Lower the usable current; a draw that varies by an ampere changes nothing."""
        if self.usable is None or usable < self.usable - 1:
            self.usable = usable

    def _grow(self, drawn: float, now: float) -> None:
        """Lift the limit of a vehicle that uses all that was learned to be usable."""
        if self.usable is None or drawn <= self.usable - SHORTFALL:
            self._satisfied_since = None
            return
        if self._satisfied_since is None:
            self._satisfied_since = now
        lasted = now - self._satisfied_since >= QUIET_SECONDS
        if drawn > self.usable or (lasted and now >= self._no_growth_before):
            self.usable = None
            self._satisfied_since = None
            self._no_growth_before = now + REGROW_SECONDS
