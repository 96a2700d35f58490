"""The wiring as it was set up, and the power of currents in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from ..twc import DRAWING_AMPS, PROTOCOL_1, ConnectorState, WiringLimits

_LIVE_VOLTS = 50
"""A phase that measures less than this is not connected."""

_SIGNIFICANT_AMPS = 2
"""The meter counts in steps of 0.5 A: a lower current does not show which phases a vehicle uses."""

USEFUL_AMPS: Final = 6
"""The lowest offer that a vehicle can use."""

USEFUL_AMPS_AT_PROTOCOL_1: Final = 5
"""Some vehicles charge at 5 A at protocol 1: only used if the minimum current is set below 6 A."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """The wiring: limits in A for all connectors and for one, the minimum offer in A, nominal V per phase."""

    max_current: int
    max_connector_current: int
    min_current: int
    voltage: int
    phases: int

    @property
    def limits(self) -> WiringLimits:
        """Return the limits that the wiring guard enforces."""
        return WiringLimits(self.max_current, self.max_connector_current)

    def connector_maximum(self, rating: float) -> int:
        """Return the maximum offer in whole A for a connector with this rating in A."""
        return int(min(self.max_current, self.max_connector_current, rating))

    def watts(self, amps: float) -> float:
        """Return the power in W of a current at nominal voltage on all phases."""
        return amps * self.voltage * self.phases


def useful_amps(connector: ConnectorState, wiring: Wiring) -> int:
    """Return the lowest offer that a vehicle at a connector can use, in A."""
    if connector.protocol == PROTOCOL_1 and wiring.min_current < USEFUL_AMPS:
        return USEFUL_AMPS_AT_PROTOCOL_1
    return USEFUL_AMPS


def charging(connectors: Iterable[ConnectorState]) -> list[ConnectorState]:
    """Return the connectors whose vehicle draws current."""
    return [item for item in connectors if item.drawn >= DRAWING_AMPS]


def measured_volts(connectors: Iterable[ConnectorState]) -> float | None:
    """Return the average V of a phase as the connectors measure it; None without a measurement."""
    volts = [volt for item in connectors for volt in item.volts or ()]
    live = [volt for volt in volts if volt >= _LIVE_VOLTS]
    return fmean(live) if live else None


def live_volts(connector: ConnectorState, wiring: Wiring) -> list[float]:
    """Return the V of each phase of a connector: measured ones, or else nominal ones."""
    volts = [float(volt) for volt in connector.volts or () if volt >= _LIVE_VOLTS]
    return volts or [float(wiring.voltage)] * wiring.phases


def power(
    connector: ConnectorState, wiring: Wiring, vehicle_phases: int | None = None
) -> float:
    """Return the power in W that a connector delivers.

    Measured volts count if the meter reports them, and its amps per phase show which phases the vehicle uses: the draw
    on one phase of three must not count three times. Without such amps, `vehicle_phases` is the number of phases that
    the vehicle uses, all of them if it is None.
    """
    volts = live_volts(connector, wiring)
    amps = connector.phase_amps or ()
    highest = max(amps, default=0.0)
    if connector.volts is not None and highest >= _SIGNIFICANT_AMPS:
        # The meter is read less often: it shows which phases the vehicle uses, the draw shows how much.
        return connector.drawn * sum(
            volt * amp / highest
            for volt, amp in zip(connector.volts, amps, strict=True)
        )
    used = len(volts) if vehicle_phases is None else min(vehicle_phases, len(volts))
    return connector.drawn * sum(volts) * used / len(volts)


def phases_in_use(connector: ConnectorState) -> frozenset[int] | None:
    """Return the phases on which a connector measures amps, by its own numbering; None without a measurement."""
    amps = connector.phase_amps or ()
    highest = max(amps, default=0.0)
    if highest < _SIGNIFICANT_AMPS:
        return None
    return frozenset(phase for phase, amp in enumerate(amps) if amp >= highest / 2)
