"""A bus without wires: connectors and cars second by second, to run rules for hours in milliseconds.

Only what the rules can see: the draw of a car at an offer, by protocol. The real bytes are in `rig`.
"""

from dataclasses import dataclass, field, replace

from custom_components.twc_manager.charging.control.stop_methods import (
    CloseContactor,
    OpenContactor,
    VehicleRequest,
)
from custom_components.twc_manager.charging.decision import AllocationInputs, Decision
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.house_limits import LimitInputs
from custom_components.twc_manager.charging.outside_supply import (
    OutsideLimits,
    OutsidePlace,
    SharedOutside,
)
from custom_components.twc_manager.charging.settings import ConnectorSettings
from custom_components.twc_manager.charging.supply.fuse_reading import FuseReading
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.runtime.waits import BUSY_SECONDS
from custom_components.twc_manager.twc import (
    BusStatus,
    ConnectorState,
    Obedience,
    PlugState,
    Snapshot,
    State,
)
from custom_components.twc_manager.twc.conduct import DISOBEYS_SECONDS

ONE, TWO, THREE = 0x032E, 0x1839, 0x2431


@dataclass(slots=True)
class Twc:
    """A connector with or without a car. `onboard` is the maximum draw of the car; 0 is a full one."""

    connector_id: int
    protocol: int = 2
    rating: float = 80.0
    plugged: bool = False
    onboard: float = 48.0
    stopped: bool = False
    """By a command to the car."""
    obeys: bool = True
    """Whether the car obeys commands."""
    contactor_open: bool = False
    trapped: bool = False
    offered: float = 0.0
    drawn: float = 0.0
    rises: float = 4.0
    """By how many A in a second its car takes more."""
    falls: float = 10.0
    shortfall: float = 0.8
    """By how many A its car takes less than its offer; negative is more."""
    """By how many A in a second its car takes less."""
    begins_in: float = 3.0
    is_lost: bool = False
    """Whether it no longer answers; its car goes on with what it was offered."""
    began: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)

    def plug(self, onboard: float = 48.0) -> None:
        self.plugged, self.onboard, self.stopped = True, onboard, False

    def unplug(self) -> None:
        self.plugged, self.drawn = False, 0.0

    @property
    def willing(self) -> bool:
        return (
            self.plugged
            and self.onboard > 0
            and not (self.stopped or self.contactor_open)
        )

    def _pilot(self) -> float:
        if self.offered >= 6:
            return self.offered
        # "Protocol 2: 0 A does not stop the car."
        return 6.0 if self.protocol != 1 and self.drawn > 0 else 0.0

    def step(self, now: float) -> None:
        """Advance by a second."""
        pilot = self._pilot() if self.willing else 0.0
        aim = max(min(pilot - self.shortfall, self.onboard), 0.0)
        if self.trapped:
            aim = min(aim, 5.2)
        if aim and not self.drawn and self.begins_in > 0:
            self.begins_in -= 1
            return
        before = self.drawn
        self.drawn = (
            min(aim, before + self.rises)
            if aim > before
            else max(aim, before - self.falls)
        )
        if before < 1 <= self.drawn:
            self.began.append(now)
        if before >= 1 > self.drawn:
            self.ended.append(now)
        if not self.drawn:
            self.begins_in = 3.0

    @property
    def state(self) -> ConnectorState:
        if not self.plugged:
            state = State.READY
        elif self.drawn:
            state = State.CHARGING
        elif self.willing and (self.protocol == 2 or self.offered):
            state = State.WANTS_POWER
        else:
            state = State.NOT_CHARGING
        plug = PlugState.PLUGGED_IN if self.plugged else PlugState.UNPLUGGED
        return ConnectorState(
            self.connector_id,
            self.protocol,
            self.rating,
            state=state,
            offered=self.offered,
            drawn=round(self.drawn, 2),
            plug=plug if self.protocol == 2 else None,
        )


class StubbornTwc(Twc):
    """A connector whose car draws what it likes from some moment on, and does not follow any offer.

    Attributes:
        takes: the A that it draws then; None while it obeys.

    """

    takes: float | None = None
    _above = 0

    def step(self, now: float) -> None:
        super().step(now)
        if self.takes is not None:
            self.drawn = self.takes
        self._above = self._above + 1 if self.drawn > max(self.offered, 6.0) else 0

    @property
    def state(self) -> ConnectorState:
        disobeys = self._above >= DISOBEYS_SECONDS
        return replace(
            super().state,
            possible=max(self.offered, self.drawn),
            obedience=Obedience.DISOBEYS if disobeys else Obedience.OBEYS,
        )


class World:
    """Some connectors, an engine, and the inputs of both."""

    def __init__(
        self, *twcs: Twc, wiring: Wiring | None = None, engine: Engine | None = None
    ) -> None:
        self.wiring = wiring or Wiring(48, 40, 6, 240, 1)
        self.engine = engine or Engine(self.wiring)
        self.twcs = {twc.connector_id: twc for twc in twcs}
        self.inputs = AllocationInputs(0.0, Snapshot())
        self.fuse: FuseReading | None = None
        self.limits = LimitInputs()
        self.now = 1000.0
        self.commands: list[object] = []
        """The contactors' commands, and each wish as it began."""
        self._wishes: dict[int, VehicleRequest | None] = {}
        self.decision = Decision({}, {})
        self._decided_on: tuple[object, ...] | None = None
        self.changes = 0
        """How often any offer changed."""

    def set(self, **changes: object) -> None:
        self.inputs = replace(self.inputs, **changes)  # type: ignore[arg-type]

    def limit_all(
        self, limits: OutsideLimits, place: OutsidePlace | None = None
    ) -> None:
        """Let a limit from outside hold from now on, at a place among others or for this bus alone."""
        if self.limits.below is None:
            below = place or OutsidePlace(SharedOutside(self.now))
            self.limits = LimitInputs(below=below)
            behind = replace(self.inputs.circuits, bus=below.bus)
            self.set(circuits=behind.behind(below.shared.circuit))
        self.limits = replace(self.limits, outside=limits)

    def limit(self, connector_id: int, **changes: object) -> None:
        """Change the owner's settings of a connector."""
        settings = self.inputs.settings
        before = settings.connector(connector_id)
        after: ConnectorSettings = replace(before, **changes)  # type: ignore[arg-type]
        connectors = {**settings.connectors, connector_id: after}
        self.set(settings=replace(settings, connectors=connectors))

    def settings(self, **changes: object) -> None:
        self.set(settings=replace(self.inputs.settings, **changes))  # type: ignore[arg-type]

    def _snapshot(self) -> Snapshot:
        connectors = tuple(twc.state for twc in self.twcs.values() if not twc.is_lost)
        return Snapshot(BusStatus.RUNNING, connectors)

    def _is_due(self, snapshot: Snapshot) -> bool:
        """Return whether there is a reason to decide, as there has to be in Home Assistant: a change, or the time."""
        wake_at = self.decision.wake_at
        return (
            self._decided_on != (self.inputs, self.fuse, self.limits)
            or snapshot != self.inputs.snapshot
            or self.now >= self.inputs.now + BUSY_SECONDS
            or (wake_at is not None and self.now >= wake_at)
        )

    def decide(self, snapshot: Snapshot | None = None) -> Decision:
        self.inputs = replace(
            self.inputs, now=self.now, snapshot=snapshot or self._snapshot()
        )
        self.decision = self.engine.decide(self.inputs, self.fuse, self.limits)
        self._decided_on = self.inputs, self.fuse, self.limits
        for connector_id, offer in self.decision.offers.items():
            self.changes += self.twcs[connector_id].offered != offer
            self.twcs[connector_id].offered = offer
        for command in self.decision.commands:
            self._obey(command)
        for connector_id, decision in self.decision.connectors.items():
            if decision.request not in {None, self._wishes.get(connector_id)}:
                self.commands.append(decision.request)
            self._wishes[connector_id] = decision.request
            if decision.request is not None and self.twcs[connector_id].obeys:
                self.twcs[connector_id].stopped = (
                    decision.request is VehicleRequest.STOP
                )
        return self.decision

    def _obey(self, command: object) -> None:
        self.commands.append(command)
        match command:
            case OpenContactor(connector_id):
                self.twcs[connector_id].contactor_open = True
            case CloseContactor(connector_id):
                self.twcs[connector_id].contactor_open = False

    def tick(self) -> Decision:
        """Advance by a second, then decide if there is a reason to."""
        self.now += 1
        for twc in self.twcs.values():
            twc.step(self.now)
        snapshot = self._snapshot()
        return self.decide(snapshot) if self._is_due(snapshot) else self.decision

    def run(self, seconds: float) -> Decision:
        for _ in range(round(seconds)):
            self.tick()
        return self.decision

    @property
    def offers(self) -> dict[int, int]:
        return self.decision.offers

    def reason(self, connector_id: int) -> str:
        return self.decision.connectors[connector_id].reason.value
