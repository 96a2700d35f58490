"""The rules that are compared: those of this integration, and TWCManager's as the baseline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Final, Protocol

from custom_components.twc_manager.charging.decision import Decision
from custom_components.twc_manager.charging.green_supply import GreenPlace
from custom_components.twc_manager.charging.modes.active_rule import Mode
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.rules import Inputs, Rules, RulesConfig
from custom_components.twc_manager.charging.shared_surplus import SharedSurplus
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
)
from custom_components.twc_manager.charging.vehicle_current import VehicleCurrent
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import (
    PROTOCOL_1,
    BusStatus,
    ConnectorState,
    PlugState,
    Snapshot,
    State,
)

_MIDNIGHT: Final = datetime(2026, 6, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """The installation: the limits of all connectors and of one, the minimum, the voltage and the connectors."""

    connectors: int
    max_amps: int = 48
    max_connector_amps: int = 40
    min_amps: int = 12
    volts: float = 240.0

    @property
    def max_offered_amps(self) -> int:
        """Return the maximum offer of all connectors together, in A."""
        return min(self.max_amps, self.connectors * self.max_connector_amps)


def best_w(site: Site, surplus_w: float) -> float:
    """Return the maximum power that whole amps can use of a surplus, in W."""
    amps = min(floor(surplus_w / site.volts), site.max_offered_amps)
    return amps * site.volts if amps >= site.min_amps else 0.0


@dataclass(slots=True)
class View:
    """The input of a rule: the last values of the sensors, and the connectors.

    Attributes:
        grid_w: the reading of the grid meter in W; negative is export.
        grid_at: when it was received.
        production_w: the reading of the inverter, in W.
        drawn: the draw that each connector reports, in A.
        is_dark: whether the sun is down.
        asked: what each car is asked for besides its offer, in A, which a rule that does so sets; empty without.

    """

    grid_w: float
    grid_at: float
    production_w: float
    drawn: list[float]
    is_dark: bool = False
    asked: list[float] = field(default_factory=list)


class Contestant(Protocol):
    """A rule."""

    def offers(self, now: float, view: View) -> Sequence[int]:
        """Return the offer to each connector from now on, in whole A."""


class Ours:
    """The rules of this integration, all of them: green energy, fair shares, turns, starts and stops.

    The connectors have protocol 1, where 0 A stops a car, so that no commands to cars are needed.
    """

    # As often as the meter reports; in Home Assistant the rules also run on every change of a draw.
    EVERY_S: Final = 5

    def __init__(self, site: Site, place: GreenPlace | None = None) -> None:
        """Start at night; `place` is that among other lines that follow the same meter."""
        self._site = site
        wiring = Wiring(
            max_current=site.max_amps,
            max_connector_current=site.max_connector_amps,
            min_current=site.min_amps,
            voltage=round(site.volts),
            phases=1,
        )
        config = RulesConfig(source=SourceConfig(grid=True))
        self._rules = Rules(wiring, config, green=place)
        self._user_settings = UserSettings(mode=Mode.GREEN)
        self._offers = [0] * site.connectors
        self.currents: Mapping[int, VehicleCurrent] = {}
        """What is known of cars that can be asked for less than the minimum, by connector."""
        self.decision: Decision | None = None
        """The last decision."""

    def offers(self, now: float, view: View) -> Sequence[int]:
        """Follow the grid's meter."""
        return self._offers if now % self.EVERY_S else self.decide(now, view)

    def decide(self, now: float, view: View) -> Sequence[int]:
        """Decide now."""
        ruling = self._rules.decide(
            now,
            _MIDNIGHT + timedelta(seconds=now),
            Snapshot(BusStatus.RUNNING, tuple(self._reports(view))),
            self._user_settings,
            Inputs(
                readings=Readings(grid=Reading(view.grid_w, view.grid_at)),
                is_dark=view.is_dark,
                currents=self.currents,
            ),
        )
        self.decision = ruling.decision
        offers = ruling.decision.offers
        self._offers = [offers[index + 1] for index in range(self._site.connectors)]
        return self._offers

    def _reports(self, view: View) -> Iterator[ConnectorState]:
        """Return the states of connectors whose cars always want power."""
        for index, (amps, offer) in enumerate(
            zip(view.drawn, self._offers, strict=True)
        ):
            yield ConnectorState(
                connector_id=index + 1,
                protocol=PROTOCOL_1,
                rating=80.0,
                state=State.CHARGING if amps else State.WANTS_POWER,
                offered=float(offer),
                drawn=amps,
                plug=PlugState.PLUGGED_IN,
            )


class _Line:
    """A line with one connector."""

    def __init__(self, site: Site, surplus: SharedSurplus, number: int) -> None:
        """Start at night."""
        self._number = number
        self._is_woken = False
        place = GreenPlace(surplus, str(number), self._wake)
        self._rules = Ours(replace(site, connectors=1), place)
        self._offer = 0

    def _wake(self) -> None:
        self._is_woken = True

    def offer(self, now: float, view: View) -> int:
        """Decide every few seconds, each line at another one, or since another line has left it something."""
        own = replace(view, drawn=[view.drawn[self._number]])
        if self._is_woken or (now - self._number) % Ours.EVERY_S == 0:
            self._is_woken = False
            (self._offer,) = self._rules.decide(now, own)
        return self._offer


class Lines:
    """The same rules with one line for each connector, all of them at the same meter."""

    def __init__(self, site: Site) -> None:
        """Start at night."""
        surplus = SharedSurplus()
        self._lines = [
            _Line(site, surplus, number) for number in range(site.connectors)
        ]

    def offers(self, now: float, view: View) -> Sequence[int]:
        """Follow the grid's meter."""
        return [line.offer(now, view) for line in self._lines]


class TwcManager:
    """TWCManager's rule: every 60 s, the production in amps and an offset, split among the cars.

    Its formula is public. The offset is the house's average load, as its documentation advises.
    """

    _EVERY_S: Final = 60.0
    _PATIENCE_S: Final = 60.0

    def __init__(self, site: Site, average_load_w: float) -> None:
        """Start at night."""
        self._site = site
        self._offset = -average_load_w / site.volts
        self._amps = 0.0
        self._next = 0.0
        self._enough_at = float("-inf")

    def offers(self, now: float, view: View) -> Sequence[int]:
        """Follow the production."""
        site = self._site
        if now >= self._next:
            self._next = now + self._EVERY_S
            self._amps = view.production_w / site.volts + self._offset
        if self._amps >= site.min_amps:
            self._enough_at = now
        elif now - self._enough_at < self._PATIENCE_S:
            return self._split(site.min_amps)
        else:
            return self._split(0)
        return self._split(floor(min(self._amps, site.max_offered_amps)))

    def _split(self, amps: int) -> list[int]:
        site = self._site
        served = min(amps // site.min_amps, site.connectors)
        each = min(amps // served, site.max_connector_amps) if served else 0
        return [each if index < served else 0 for index in range(site.connectors)]
