"""All rules together: which rule each connector follows, and what a pause of the bus changes."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging import rules as rules_module
from custom_components.twc_manager.charging.control.stop_methods import (
    OpenContactor,
    VehicleRequest,
)
from custom_components.twc_manager.charging.modes import active_rule as in_force
from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.charging.modes.user_settings import (
    GreenUserSettings,
    UserSettings,
)
from custom_components.twc_manager.charging.outcome import LimitReason, Rule
from custom_components.twc_manager.charging.presence import ABSENT_SECONDS
from custom_components.twc_manager.charging.rules import (
    Inputs,
    Rules,
    RulesConfig,
    RulesResult,
)
from custom_components.twc_manager.charging.settings import ConnectorSettings
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import (
    BusStatus,
    ConnectorState,
    PlugState,
    Snapshot,
    State,
)

from .states import asking, bus, charging, idle

WIRING = Wiring(48, 40, 6, 240, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
GREEN = UserSettings(mode=Mode.GREEN)
OFFLINE = Snapshot(BusStatus.OFFLINE, (charging(1),))


class Site:
    """A bus whose cars take at once what they are offered, less what cars leave of it, under a sun."""

    def __init__(self, *connectors: ConnectorState, **config: Any) -> None:
        self.rules = Rules(WIRING, RulesConfig(source=SourceConfig(), **config))
        self.connectors = {item.connector_id: item for item in connectors}
        self.user_settings = GREEN
        self.sun_w: float | None = 0.0
        self.now = 1000.0
        self.local = NOON
        self.house = Inputs()
        self.snapshot: Snapshot | None = None
        """What is heard instead of the connectors."""
        self.commands: list[object] = []
        self.ruling: RulesResult | None = None

    @property
    def charging_w(self) -> float:
        return sum(item.drawn for item in self.connectors.values()) * 240

    def look(self) -> RulesResult:
        watts = None if self.sun_w is None else self.charging_w - self.sun_w
        readings = Readings(grid=Reading(watts, self.now))
        ruling = self.rules.decide(
            self.now,
            self.local,
            bus(*self.connectors.values()) if self.snapshot is None else self.snapshot,
            self.user_settings,
            replace(self.house, readings=readings),
        )
        self.commands += ruling.decision.commands
        for connector_id, offer in ruling.decision.offers.items():
            before = self.connectors[connector_id]
            drawn = max(offer - 0.8, 0) if before.plug else 0.0
            state = State.CHARGING if drawn else State.WANTS_POWER
            self.connectors[connector_id] = replace(
                before,
                offered=float(offer),
                drawn=drawn,
                state=state if before.plug else before.state,
            )
        self.ruling = ruling
        return ruling

    def run(self, seconds: float) -> RulesResult:
        for _ in range(round(seconds)):
            self.now += 1
            self.local += timedelta(seconds=1)
            ruling = self.look()
        return ruling


def test_a_car_that_charges_when_it_is_first_seen_is_not_stopped_first() -> None:
    """As after a restart: it is not known yet whether it wants power, but it does take some."""
    for sun_w in (5000.0, None):
        site = Site(charging(1), contactors=frozenset({1}))
        site.house = Inputs(commandable=frozenset({1}))
        site.sun_w = sun_w
        assert site.look().decision.offers == {1: 6}
        site.run(60)
        assert site.commands == []
    assert site.connectors[1].drawn > 5


def test_after_a_restart_two_cars_that_charge_both_go_on() -> None:
    site = Site(charging(1), charging(2))
    site.sun_w = 5000.0
    for _ in range(300):
        offers = site.run(1).decision.offers
        assert min(offers.values()) >= 6
    assert sum(offers.values()) >= 5000 // 240


@pytest.mark.parametrize("first", [charging(1), asking(1)], ids=["charges", "waits"])
def test_a_car_heard_a_moment_after_the_first_goes_on_after_a_restart_too(
    first: ConnectorState,
) -> None:
    """Connectors answer one after the other, and what the first reports is decided on at once."""
    site = Site(first, replace(charging(2), protocol=1))
    site.sun_w = 5000.0
    for _ in range(2):
        site.snapshot = bus(site.connectors[1])
        site.run(1)
    site.snapshot = None
    for _ in range(300):
        assert site.run(1).decision.offers[2] >= 6
    assert sum(site.run(1).decision.offers.values()) >= 5000 // 240


def test_nobody_is_taken_to_have_charged_before_once_all_were_heard() -> None:
    site = Site(charging(1), idle(2))
    site.sun_w = 1500.0
    site.run(10)
    # As one does that another program has started.
    site.connectors[2] = charging(2)
    budget = site.run(1).budget
    assert budget is not None
    assert budget.amps == 6


def test_the_starts_of_the_day_are_kept_over_a_restart() -> None:
    car = replace(idle(1), plug=PlugState.PLUGGED_IN, state=State.WANTS_POWER)
    site = Site(car, starts_per_hour=1)
    site.sun_w = 5000.0
    site.run(200)
    assert site.connectors[1].drawn > 10
    kept = site.rules.starts
    assert len(kept.green) == len(kept.vehicles) == 1
    begun = site.local.timestamp() - 200
    assert begun < kept.vehicles[0] < begun + 120

    # Another computer's clock, an hour without power, and the cable was pulled meanwhile.
    after = Site(car)
    after.rules = Rules(
        WIRING, RulesConfig(source=SourceConfig(), starts_per_hour=2), starts=kept
    )
    assert after.rules.starts == kept
    after.now, after.local, after.sun_w = 7.0, site.local, 5000.0
    after.look()
    assert after.rules.starts.vehicles == kept.vehicles
    after.run(200)
    assert len(after.rules.starts.vehicles) == len(after.rules.starts.green) == 2
    assert after.rules.starts == after.rules.starts


def test_green_energy_is_followed_up_and_down() -> None:
    site = Site(charging(1))
    site.sun_w = 20.5 * 240
    assert site.run(200).decision.offers == {1: 21}
    site.sun_w = 10.5 * 240
    assert site.run(10).decision.offers == {1: 11}
    assert site.ruling is not None
    assert site.ruling.budget is not None
    assert site.ruling.budget.amps == 11
    site.user_settings = replace(GREEN, green=GreenUserSettings(reserved_w=480))
    assert site.run(10).decision.offers == {1: 9}


def test_what_charges_by_another_rule_has_its_part_of_the_sun_first() -> None:
    site = Site(charging(1), charging(2))
    site.user_settings = replace(
        GREEN, overrides={2: Mode.FIXED}, connectors={2: ConnectorSettings(limit=10)}
    )
    site.sun_w = 20.8 * 240
    ruling = site.run(200)
    assert ruling.decision.offers == {1: 12, 2: 10}
    # But it is as green as all else, for an owner who wants to know how green.
    assert ruling.surplus is not None
    assert ruling.surplus.watts == pytest.approx(20.8 * 240)


def test_the_surplus_is_known_whatever_is_in_force() -> None:
    site = Site(charging(1))
    site.user_settings = UserSettings()
    site.sun_w = 3000.0
    ruling = site.run(30)
    assert ruling.bus_rule.rule is Rule.FIXED
    assert ruling.surplus is not None
    assert ruling.surplus.watts == pytest.approx(3000)


@pytest.mark.parametrize("snapshot", [OFFLINE, bus()])
def test_a_bus_that_is_away_for_a_moment_stops_no_car(snapshot: Snapshot) -> None:
    site = Site(charging(1))
    site.house = Inputs(commandable=frozenset({1}))
    site.sun_w = 20.5 * 240
    site.run(200)

    site.snapshot = snapshot
    ruling = site.run(ABSENT_SECONDS - 5)
    assert ruling.decision.offers == {}
    assert ruling.decision.connectors == {}
    assert ruling.budget is None
    site.snapshot = None
    offers = [site.run(1).decision.offers[1] for _ in range(100)]
    assert min(offers) >= 6
    assert max(offers) <= 21
    assert offers[-1] == 21
    assert site.commands == []


def test_a_bus_that_was_away_for_long_starts_afresh() -> None:
    site = Site(charging(1, protocol=1))
    site.sun_w = 20.5 * 240
    site.run(200)
    site.snapshot = bus()
    site.run(ABSENT_SECONDS + 5)
    site.snapshot = None
    site.sun_w = 0.0
    site.connectors[1] = replace(
        site.connectors[1], drawn=0.0, offered=0.0, state=State.WANTS_POWER
    )
    ruling = site.run(30)
    assert ruling.decision.offers == {1: 0}
    assert ruling.decision.connectors[1].reason is LimitReason.GREEN_ENERGY


def test_nothing_heard_on_a_lost_port_makes_anybody_do_anything() -> None:
    site = Site(charging(1), contactors=frozenset({1}))
    site.house = Inputs(commandable=frozenset({1}))
    site.user_settings = UserSettings(mode=Mode.OFF)
    site.snapshot = OFFLINE
    site.run(600)
    assert site.commands == []
    site.snapshot = None
    ruling = site.look()
    assert ruling.decision.connectors[1].request is VehicleRequest.STOP


def test_without_a_source_there_is_no_green_energy() -> None:
    rules = Rules(WIRING, RulesConfig())
    ruling = rules.decide(0, NOON, bus(charging(1, protocol=1)), GREEN, Inputs())
    assert ruling.decision.offers == {1: 0}
    assert (ruling.budget, ruling.surplus) == (None, None)


def test_the_contactor_is_opened_only_where_it_is_allowed() -> None:
    for allowed in (True, False):
        site = Site(
            charging(1), charging(2), contactors=frozenset({1} if allowed else ())
        )
        site.user_settings = UserSettings(mode=Mode.OFF)
        site.run(1)
        assert site.commands == ([OpenContactor(1)] if allowed else [])


def test_options_reach_the_engine() -> None:
    plugged = idle(1, state=State.WANTS_POWER, plug=PlugState.PLUGGED_IN, protocol=1)
    for offered in (True, False):
        site = Site(
            idle(1, plug=PlugState.UNPLUGGED, protocol=1), plug_in_charge=offered
        )
        site.run(20)
        site.connectors[1] = plugged
        assert site.run(1).decision.offers == {1: 6 if offered else 0}


def test_a_schedule_that_may_be_in_force_takes_nothing_out_of_what_others_share() -> (
    None
):
    shared = Schedule("s", "Night", amps=24, follows=True)
    tariff = Schedule(
        "t", "Tariff", amps=10, connectors=frozenset({2}), follows=False, doubtful=True
    )
    site = Site(charging(1), charging(2))
    site.user_settings = UserSettings()
    site.house = Inputs(schedules=[tariff, shared])
    decision = site.run(120).decision
    assert decision.offers == {1: 14, 2: 10}

    site.house = Inputs(schedules=[tariff])
    decision = site.run(120).decision
    assert decision.offers == {1: 38, 2: 10}
    assert decision.connectors[2].reason is LimitReason.SCHEDULE


def test_green_only_that_may_be_in_force_gives_nobody_more_than_the_slider() -> None:
    tariff = Schedule(
        "t", "Tariff", kind=ScheduleKind.GREEN_ONLY, follows=False, doubtful=True
    )
    site = Site(charging(1), charging(2))
    site.user_settings = UserSettings(current=24)
    site.house = Inputs(schedules=[tariff])
    site.sun_w = 48 * 240.0
    assert site.run(600).decision.offers == {1: 12, 2: 12}
    site.sun_w = 14 * 240.0
    assert 12 <= sum(site.run(600).decision.offers.values()) < 18

    # Of a schedule that is in force for sure it is green energy alone that counts.
    site.house = Inputs(schedules=[replace(tariff, follows=True, doubtful=False)])
    site.sun_w = 48 * 240.0
    assert sum(site.run(600).decision.offers.values()) > 40


def test_a_schedule_begins_and_ends_on_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Though the schedules are not looked through at every report."""
    looks = 0

    def count(*args: Any) -> Any:
        nonlocal looks
        looks += 1
        return in_force.rules_for(*args)

    monkeypatch.setattr(rules_module, "rules_for", count)
    rules = Rules(WIRING, RulesConfig())
    lunch = Schedule(
        "a", "Lunch", frozenset(range(7)), time(12, 0, 10), time(12, 0, 20), amps=10
    )
    house = Inputs(schedules=(lunch,))
    seen: dict[float, Rule] = {}
    for tenth in range(300):
        local = NOON + timedelta(seconds=tenth / 10)
        ruling = rules.decide(
            tenth / 10, local, bus(charging(1)), UserSettings(), house
        )
        seen[tenth / 10] = ruling.active_rules[1].rule
        assert ruling.bus_rule.rule is ruling.active_rules[1].rule
    scheduled = [at for at, rule in seen.items() if rule is Rule.SCHEDULE]
    assert (scheduled[0], scheduled[-1]) == (10.0, 19.9)
    assert len(scheduled) == 100
    assert looks < 40

    # What the owner does, what time it is and which vehicle comes counts at once.
    at = NOON + timedelta(seconds=29.9)
    now = UserSettings(charge_now=(ChargeNow.begin(at),))
    for snapshot, user_settings, local, rule in (
        (bus(charging(1)), now, at, Rule.CHARGE_NOW),
        (bus(charging(1)), UserSettings(), at, Rule.FIXED),
        (bus(charging(1)), UserSettings(), at - timedelta(seconds=15), Rule.SCHEDULE),
        (bus(charging(2)), UserSettings(), at - timedelta(seconds=15), Rule.SCHEDULE),
    ):
        ruling = rules.decide(40.0, local, snapshot, user_settings, house)
        assert {active_rule.rule for active_rule in ruling.active_rules.values()} == {
            rule
        }
        assert set(ruling.active_rules) == {
            item.connector_id for item in snapshot.connectors
        }
