"""Green energy for cars that use fewer phases than their connector has."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.modes.active_rule import Mode
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.phase_knowledge import PhaseSource
from custom_components.twc_manager.charging.rules import Inputs, Rules, RulesConfig
from custom_components.twc_manager.charging.settings import ConnectorSettings
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
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

BEGIN = datetime(2026, 6, 1, 8, tzinfo=ZoneInfo("Europe/Berlin"))
WIRING = Wiring(32, 32, 6, 230, 3)
HOUSE_W = 300.0


class Home:
    """A three-phase connector whose meter reports no amps, a car on some phases, and a grid meter."""

    def __init__(self, phases: int, *, every: int = 5, grid: bool = True) -> None:
        self.phases, self.every, self.grid = phases, every, grid
        self.rules = Rules(WIRING, RulesConfig(source=SourceConfig(grid=grid)))
        self.now = self.offer = 0
        self.drawn = 0.0
        self.offers: list[int] = []
        self.grid_w: list[float] = []
        self.reading = Reading(0.0, 0.0)
        self.plugged_in = True
        self.phases_seen: int | None = None
        self.user_settings = UserSettings(mode=Mode.GREEN)

    def owner_says(self, phases: int) -> None:
        """Set the number of phases, as the owner does on the screen."""
        self.user_settings = self.user_settings.with_connector(
            1, ConnectorSettings(phases=phases)
        )

    @property
    def starts(self) -> int:
        pairs = zip([0, *self.offers], self.offers, strict=False)
        return sum(before == 0 < after for before, after in pairs)

    @property
    def car_w(self) -> float:
        return 230 * self.phases * self.drawn

    def run(self, seconds: int, sun: float) -> None:
        for _ in range(seconds):
            self._move()
            grid_w = HOUSE_W + self.now % 11 + self.car_w - sun
            self.grid_w.append(grid_w)
            if self.now % self.every == 0:
                value = grid_w if self.grid else sun
                self.reading = Reading(value, float(self.now))
            if self.now % 5 == 0:
                self._decide()
            self.offers.append(self.offer)
            self.now += 1

    def _move(self) -> None:
        aim = self.offer - 0.8 if self.offer >= 6 and self.plugged_in else 0.0
        step = min(max(aim - self.drawn, -5.0), 1.0)
        self.drawn = max(self.drawn + step, 0.0)

    def _decide(self) -> None:
        connector = ConnectorState(
            connector_id=1,
            protocol=PROTOCOL_1,
            rating=32.0,
            state=State.CHARGING if self.drawn else State.WANTS_POWER,
            offered=float(self.offer),
            drawn=round(self.drawn, 2),
            plug=PlugState.PLUGGED_IN if self.plugged_in else PlugState.UNPLUGGED,
        )
        readings = (
            Readings(grid=self.reading)
            if self.grid
            else Readings(production=self.reading)
        )
        result = self.rules.decide(
            float(self.now),
            BEGIN + timedelta(seconds=self.now),
            Snapshot(BusStatus.RUNNING, (connector,)),
            self.user_settings,
            Inputs(readings=readings),
        )
        self.offer = result.decision.offers[1]
        known = result.phases[1]
        is_seen = known.source is PhaseSource.METER
        self.phases_seen = known.count if is_seen else None


@pytest.mark.parametrize("every", [5, 60])
def test_a_one_phase_car_starts_with_enough_for_one_phase(every: int) -> None:
    home = Home(phases=1, every=every)

    home.run(1200, sun=HOUSE_W + 1500)

    assert 1500 - 2 * 230 < home.car_w <= 1500
    assert home.starts == 1


@pytest.mark.parametrize("phases", [1, 2, 3])
def test_the_surplus_is_divided_by_the_phases_a_car_uses(phases: int) -> None:
    home = Home(phases)

    home.run(1200, sun=HOUSE_W + 5000)

    assert home.phases_seen == phases
    used = home.car_w
    assert 5000 - 2 * 230 * phases < used <= 5000
    assert max(home.grid_w[300:]) <= 0
    assert home.starts == 1


def test_a_one_phase_car_is_not_offered_three_times_the_surplus() -> None:
    home = Home(phases=1)

    home.run(1200, sun=HOUSE_W + 3000)

    assert max(home.grid_w) <= HOUSE_W + 11
    assert home.offer == 13


@pytest.mark.parametrize("every", [5, 60])
def test_an_unknown_three_phase_car_is_started_once_below_its_minimum(
    every: int,
) -> None:
    home = Home(phases=3, every=every)

    home.run(3 * 3600, sun=HOUSE_W + 2500)

    assert home.starts == 1
    assert home.offer == 0
    # It drew the minimum for the stop delay, and no longer.
    assert sum(offer > 0 for offer in home.offers) <= 300


def test_what_was_learned_of_a_car_is_forgotten_when_it_is_unplugged() -> None:
    home = Home(phases=3)
    home.run(1800, sun=HOUSE_W + 2500)
    assert home.starts == 1
    home.plugged_in = False
    home.run(60, sun=HOUSE_W + 2500)
    home.phases, home.plugged_in = 1, True

    home.run(600, sun=HOUSE_W + 2500)

    assert home.starts == 2
    assert 230 * home.drawn > 1500


def test_a_load_switched_at_the_same_time_as_the_car_is_outvoted() -> None:
    home = Home(phases=1)
    home.run(62, sun=HOUSE_W + 6000)
    # A cooker of 2.6 kW is switched on as the car starts: together they look like three phases.
    home.run(200, sun=HOUSE_W + 6000 - 2600)
    for _ in range(4):
        home.run(300, sun=HOUSE_W + 6000)
        home.run(300, sun=HOUSE_W + 2000)
    home.run(600, sun=HOUSE_W + 6000)

    assert home.offer == 26


def test_all_phases_are_assumed_without_a_meter_that_contains_the_car() -> None:
    home = Home(phases=3, grid=False)

    home.run(600, sun=4000)
    assert home.starts == 0
    home.run(600, sun=7000)
    assert home.offer == 10


def test_what_the_owner_says_counts_where_no_meter_can_show_it() -> None:
    home = Home(phases=1, grid=False)
    home.run(600, sun=1500)
    assert not any(home.offers)
    home.owner_says(1)
    home.run(600, sun=1500)
    assert home.drawn > 5


def test_a_vehicle_of_three_phases_by_its_owner_is_not_tried_with_too_little() -> None:
    home = Home(phases=3)
    home.owner_says(3)
    home.run(1200, sun=HOUSE_W + 2500)
    assert not any(home.offers)
    home.run(1200, sun=HOUSE_W + 5000)
    assert home.starts == 1
    assert max(home.grid_w) <= 0


def test_the_meter_is_believed_more_than_the_owner() -> None:
    home = Home(phases=1)
    home.owner_says(3)
    home.run(1200, sun=HOUSE_W + 5000)
    assert home.phases_seen == 1
    assert home.car_w > 4500
