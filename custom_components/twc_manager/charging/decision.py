"""The inputs and the result of the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..twc import Snapshot
from .circuits.circuit import CircuitPlace
from .control.check_result import CheckResult
from .control.stop_methods import ContactorCommand, StopMethod, VehicleRequest
from .control.vehicle_facts import ConnectorFacts
from .limits.battery_hold import BatteryStatus
from .limits.outside import OutsideStatus
from .limits.shared_peak import PeakStatus
from .outcome import FIXED, ActiveRule, GreenBudget, LimitReason, Rule
from .phase_knowledge import PhaseKnowledge
from .settings import ChargingParameters
from .vehicle_current import VehicleCurrent


@dataclass(frozen=True, slots=True)
class AllocationInputs:
    """The inputs of a decision, apart from the main fuse and the limits of the house.

    Attributes:
        now: the time, in s of a monotonic clock.
        snapshot: the bus.
        settings: the settings of the bus and its connectors.
        active_rules: what the rule in force allows each connector; all available current for a missing one. Connectors
            with equal rules share its A, those of a schedule even if it ends at different times for them.
        green: what green energy allows; None while it is unknown.
        commandable: connectors whose vehicle can be commanded: see `stopping.StopCapabilities`.
        declined_charging: connectors whose vehicle reported that it will not charge.
        phases: what is known of the phases that the vehicles use, by connector.
        circuits: the circuits above the bus.
        currents: the current that vehicles can be asked for, by connector; no budget relies on it.

    """

    now: float
    snapshot: Snapshot
    settings: ChargingParameters = field(default_factory=ChargingParameters)
    active_rules: Mapping[int, ActiveRule] = field(default_factory=dict)
    green: GreenBudget | None = None
    commandable: frozenset[int] = frozenset()
    declined_charging: frozenset[int] = frozenset()
    phases: Mapping[int, PhaseKnowledge] = field(default_factory=dict)
    circuits: CircuitPlace = CircuitPlace()
    currents: Mapping[int, VehicleCurrent] = field(default_factory=dict)

    def active_rule(self, connector_id: int) -> ActiveRule:
        """Return what the rule in force allows a connector."""
        return self.active_rules.get(connector_id, FIXED)

    def is_asked_for_less(self, connector_id: int) -> bool:
        """Return whether the vehicle at a connector is, or may still be, asked to take less than it is offered."""
        current = self.currents.get(connector_id)
        return current is not None and current.asked is not None


@dataclass(frozen=True, slots=True)
class LimitsStatus:
    """The current state of the limits of the house.

    Attributes:
        outside: the limit from outside; None if it is not set up.
        outside_amps: the whole A that it leaves all connectors together; None if it limits nothing.
        peak: the state of the peak budget; None without one.
        peak_amps: the whole A that it leaves; None if it limits nothing now.
        battery: the decision for the house battery; None without a battery sensor.

    """

    outside: OutsideStatus | None = None
    outside_amps: int | None = None
    peak: PeakStatus | None = None
    peak_amps: int | None = None
    battery: BatteryStatus | None = None

    @property
    def wake_at(self) -> float | None:
        """Return when a limit changes by time alone, in s; None if no limit does."""
        return None if self.outside is None else self.outside.until


@dataclass(frozen=True, slots=True)
class ConnectorDecision:
    """The decision for one connector.

    Attributes:
        offer: whole A.
        active_rule: what the rule in force allows it.
        reason: what limits its offer.
        stop_method: how its vehicle is being stopped, or was stopped; None while it may charge.
        next_change: when something will change by time alone, in s of the monotonic clock; None if unknown.
        request: the command that its vehicle needs, until the measured amps prove it; None without one.
        facts: the facts that the connector reports about its vehicle.
        vehicle_amps: the whole A that its vehicle should be asked to take, fewer than the offer; None for all of it.

    """

    offer: int
    active_rule: ActiveRule
    reason: LimitReason
    stop_method: StopMethod | None = None
    next_change: float | None = None
    request: VehicleRequest | None = None
    facts: ConnectorFacts | None = None
    vehicle_amps: int | None = None

    @property
    def rule(self) -> Rule:
        """Return the rule in force."""
        return self.active_rule.rule


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision for all connectors.

    Attributes:
        offers: whole A for each connector of the snapshot.
        connectors: the decision for each of them, with the reason.
        commands: commands to contactors, to be sent once.
        withheld: whether the guard of the wiring limits a connector.
        wake_at: when to decide again if nothing happens before, in s; None if only the regular decisions are needed that
            see whether vehicles react, see `runtime/waits.py`.
        fuse_amps: the whole A that the main fuse leaves all connectors together; None if it has no meter, or if they
            share no phase.
        fuse_rooms: for each connector, the whole A that it leaves all connectors on the same phases together.
        circuit_amps: the whole A that the circuits above leave all connectors together; None without a circuit.
        checks: the results of connector checks that have ended.
        limits: the state of the limits of the house.

    """

    offers: dict[int, int]
    connectors: dict[int, ConnectorDecision]
    commands: tuple[ContactorCommand, ...] = ()
    withheld: bool = False
    wake_at: float | None = None
    fuse_amps: int | None = None
    fuse_rooms: Mapping[int, int | None] = field(default_factory=dict)
    circuit_amps: int | None = None
    checks: Mapping[int, CheckResult] = field(default_factory=dict)
    limits: LimitsStatus = LimitsStatus()

    def lowered(self, offers: Mapping[int, int], reason: LimitReason) -> Decision:
        """Return the decision with these offers where they are lower, and with the reason for that."""
        lower = {key: amps for key, amps in offers.items() if amps < self.offers[key]}
        if not lower:
            return self
        connectors = {
            key: replace(self.connectors[key], offer=amps, reason=reason)
            for key, amps in lower.items()
        }
        return replace(
            self,
            offers={**self.offers, **lower},
            connectors={**self.connectors, **connectors},
        )
