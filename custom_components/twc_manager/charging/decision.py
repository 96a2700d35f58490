"""What goes into the engine and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..twc import Snapshot
from .control.matching import ConnectorFacts
from .control.stopping import ContactorCommand, StopMethod, VehicleRequest
from .outcome import FIXED, ActiveRule, GreenBudget, LimitReason, Rule
from .settings import ChargingParameters


@dataclass(frozen=True, slots=True)
class AllocationInputs:
    """All the engine looks at.

    Attributes:
        now: the time, in s of a monotonic clock.
        snapshot: the bus.
        settings: what the owner set.
        orders: what the rule in force allows each connector; where it is missing, all there is. Connectors
            with equal orders share the A of it, those of a schedule whenever it ends for each.
        green: what green energy allows; None while nobody knows.
        commandable: connectors whose vehicle can be commanded: see `stopping.Means`.
        declined_charging: connectors whose car has said that it will not charge.

    """

    now: float
    snapshot: Snapshot
    settings: ChargingParameters = field(default_factory=ChargingParameters)
    orders: Mapping[int, ActiveRule] = field(default_factory=dict)
    green: GreenBudget | None = None
    commandable: frozenset[int] = frozenset()
    declined_charging: frozenset[int] = frozenset()

    def order(self, connector_id: int) -> ActiveRule:
        """Return what the rule in force allows a connector."""
        return self.orders.get(connector_id, FIXED)


@dataclass(frozen=True, slots=True)
class ConnectorDecision:
    """What was decided for one connector.

    Attributes:
        offer: whole A.
        order: what the rule in force allows it.
        reason: why it gets no more.
        rung: how its car is being stopped, or was; None while it may charge.
        next_change: when time alone will change something, in s of the monotonic clock, where that is known.
        wish: what its car is to be told, until the measured amps prove it; None if nothing.
        facts: what the connector knows of its car.

    """

    offer: int
    order: ActiveRule
    reason: LimitReason
    stop_method: StopMethod | None = None
    next_change: float | None = None
    request: VehicleRequest | None = None
    facts: ConnectorFacts | None = None

    @property
    def rule(self) -> Rule:
        """Return the rule in force."""
        return self.order.rule


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided.

    Attributes:
        offers: whole A for each connector of the snapshot.
        connectors: the same with its reasons.
        commands: what to tell contactors now, once.
        wake_at: when to decide again if nothing happens before, in s; None: not by time.

    """

    offers: dict[int, int]
    connectors: dict[int, ConnectorDecision]
    commands: tuple[ContactorCommand, ...] = ()
    wake_at: float | None = None
