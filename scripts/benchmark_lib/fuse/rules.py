"""Connects the rules of this integration; the rest of the benchmark knows nothing of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

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
"""Home Assistant looks so often whatever happens."""
_DRAWS_A: Final = 1.0
_TOLD: Final = ("sensor", "frozen", "inverted")
"""What a reason has in its name that says the meter cannot be believed."""


@dataclass(slots=True)
class Connector:
    """What a bus knows of a connector: A offered and drawn on each phase, and whether a car is on it."""

    offer: int = 0
    drawn: float = 0.0
    plugged: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What is set up for a bus: A of the wiring, for one connector and the minimum; its phases; and the fuse."""

    max_amps: int
    max_connector_amps: int
    min_amps: int
    phases: int
    size: float
    kind: Kind


class Bus:
    """The rules of one bus."""

    def __init__(self, site: Site, connectors: int) -> None:
        """Begin with everything set to charge as fast as it can."""
        wiring = Wiring(
            max_current=site.max_amps,
            max_connector_current=site.max_connector_amps,
            min_current=site.min_amps,
            voltage=round(VOLTS),
            phases=site.phases,
        )
        fuse = FuseConfig(size=site.size, voltage=VOLTS, phases=site.phases)
        self._rules = Rules(wiring, RulesConfig(fuse=fuse))
        self._kind = site.kind
        self._settings = UserSettings()
        self._seen: tuple[Report, list[Connector]] | None = None
        self._next = 0.0
        self._tells = False
        self.connectors = [Connector() for _ in range(connectors)]

    def decide(self, now: float, report: Report) -> bool:
        """Offer what the rules say; return whether they say that the meter cannot be believed."""
        if now < self._next and not self._is_news(report):
            return self._tells
        self._seen = report, [replace(item) for item in self.connectors]
        result = self._rules.decide(
            now,
            _EVENING + timedelta(seconds=now),
            Snapshot(
                BusStatus.RUNNING,
                tuple(
                    _state(number, item)
                    for number, item in enumerate(self.connectors, 1)
                ),
            ),
            self._settings,
            Inputs(fuse=self._reading(report)),
        )
        for number, item in enumerate(self.connectors, 1):
            item.offer = result.decision.offers.get(number, 0)
        self._tells = _tells(result)
        wake_at = result.decision.wake_at
        self._next = now + _LOOK_S if wake_at is None else min(now + _LOOK_S, wake_at)
        return self._tells

    def _is_news(self, report: Report) -> bool:
        """Return whether Home Assistant would look at it at once: a report, or a draw that does not only jitter."""
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


def _state(number: int, connector: Connector) -> ConnectorState:
    """Return what a connector of protocol 1 reports, whose car 0 A stops."""
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


def _tells(result: RulesResult) -> bool:
    reasons: Sequence[str] = [
        item.reason.value for item in result.decision.connectors.values()
    ]
    return any(word in reason for reason in reasons for word in _TOLD)
