"""The connection to the rules of this integration, which the rest of the benchmark does not import."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from custom_components.twc_manager.charging.fuse_supply import FusePlace
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.rules import (
    Inputs,
    Rules,
    RulesConfig,
    RulesResult,
)
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.shared_fuse import SharedFuse
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import (
    PROTOCOL_1,
    BusStatus,
    ConnectorState,
    PlugState,
    Snapshot,
    State,
)
from custom_components.twc_manager.twc.state import JITTER_AMPS

from .meters import VOLTS, Kind, Report

_EVENING: Final = datetime(2026, 11, 28, 18, tzinfo=UTC)
_LOOK_S: Final = 5.0
"""The longest time in s between two decisions of the rules in Home Assistant."""
_DRAWS_A: Final = 1.0
_FAULT_WORDS: Final = ("sensor", "frozen", "inverted")
"""The parts of the names of reasons that report a meter that is not credible."""


@dataclass(slots=True)
class Connector:
    """A connector as its bus sees it.

    Attributes:
        offer: A that it is offered on each phase.
        drawn: A that it draws on each phase.
        plugged: whether a car is plugged in.
        reason: why it is offered no more.

    """

    offer: int = 0
    drawn: float = 0.0
    plugged: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """The configuration of a bus: the limits of the wiring, of a connector and the minimum in A; its phases; the fuse."""

    max_amps: int
    max_connector_amps: int
    min_amps: int
    phases: int
    size: float
    kind: Kind


class Bus:
    """The rules of one bus."""

    def __init__(self, site: Site, connectors: int, place: FusePlace) -> None:
        """Create rules with the settings for the fastest charging."""
        wiring = Wiring(
            max_current=site.max_amps,
            max_connector_current=site.max_connector_amps,
            min_current=site.min_amps,
            voltage=round(VOLTS),
            phases=site.phases,
        )
        fuse = FuseConfig(size=site.size, voltage=VOLTS, phases=site.phases)
        self._rules = Rules(wiring, RulesConfig(fuse=fuse), place=place)
        self._kind = site.kind
        self._settings = UserSettings()
        self._seen: tuple[Report, list[Connector]] | None = None
        self._next = 0.0
        self._reports_fault = False
        self._is_lost = False
        self.connectors = [Connector() for _ in range(connectors)]

    def lose_port(self, *, is_lost: bool) -> None:
        """Lose the port, or have it back; the rules decide at once."""
        if is_lost != self._is_lost:
            self._is_lost, self._next = is_lost, 0.0

    def decide(self, now: float, report: Report) -> bool:
        """Offer what the rules decide; return whether they report that the meter is not credible."""
        if now < self._next and not self._is_news(report):
            return self._reports_fault
        self._seen = report, [replace(item) for item in self.connectors]
        result = self._rules.decide(
            now,
            _EVENING + timedelta(seconds=now),
            self._snapshot(),
            self._settings,
            Inputs(fuse=self._reading(report)),
        )
        for number, decided in result.decision.connectors.items():
            item = self.connectors[number - 1]
            item.offer = result.decision.offers[number]
            item.reason = decided.reason.value
        self._reports_fault = _reports_fault(result)
        wake_at = result.decision.wake_at
        self._next = now + _LOOK_S if wake_at is None else min(now + _LOOK_S, wake_at)
        return self._reports_fault

    def _snapshot(self) -> Snapshot:
        """Return what is known of the bus: nothing without its port."""
        if self._is_lost:
            return Snapshot()
        states = (
            _state(number, item) for number, item in enumerate(self.connectors, 1)
        )
        return Snapshot(BusStatus.RUNNING, tuple(states))

    def _is_news(self, report: Report) -> bool:
        """Return whether Home Assistant would run the rules at once: for a report, or a draw that changed beyond its jitter."""
        if self._seen is None or self._seen[0] is not report:
            return True
        return any(
            (new.offer, new.plugged) != (old.offer, old.plugged)
            or abs(new.drawn - old.drawn) > JITTER_AMPS
            for new, old in zip(self.connectors, self._seen[1], strict=True)
        )

    def _reading(self, report: Report) -> FuseReading:
        if self._kind is Kind.POWER:
            return FuseReading(report.at, power_w=report.values[0])
        times = (report.at,) * len(report.values)
        return FuseReading(report.at, currents=report.values, times=times)


def make_buses(site: Site, connectors: Sequence[int]) -> list[Bus]:
    """Return the buses of one Home Assistant, with so many connectors each, behind one fuse."""
    fuse = SharedFuse()
    return [
        Bus(site, count, FusePlace(fuse, str(number)))
        for number, count in enumerate(connectors)
    ]


def _state(number: int, connector: Connector) -> ConnectorState:
    """Return the state of a connector of protocol 1, whose car stops at 0 A."""
    charges = connector.drawn >= _DRAWS_A
    waiting = State.WANTS_POWER if connector.plugged else State.READY
    plug = PlugState.PLUGGED_IN if connector.plugged else PlugState.UNPLUGGED
    return ConnectorState(
        connector_id=number,
        protocol=PROTOCOL_1,
        rating=80.0,
        state=State.CHARGING if charges else waiting,
        offered=float(connector.offer),
        drawn=round(connector.drawn, 2),
        plug=plug,
    )


def _reports_fault(result: RulesResult) -> bool:
    reasons: Sequence[str] = [
        item.reason.value for item in result.decision.connectors.values()
    ]
    return any(word in reason for reason in reasons for word in _FAULT_WORDS)
