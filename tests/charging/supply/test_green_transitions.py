"""Every transition of following green energy, each shown to be necessary by its effect."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.settings import GreenSettings
from custom_components.twc_manager.charging.starts import Starts
from custom_components.twc_manager.charging.supply import green
from custom_components.twc_manager.charging.supply.green_knowledge import Knowledge
from custom_components.twc_manager.charging.supply.green_states import (
    Blind,
    Charging,
    Covered,
    GreenFacts,
    GreenState,
    Lately,
    Offer,
    Progress,
    Short,
    Waiting,
)
from custom_components.twc_manager.charging.supply.green_transitions import (
    GREEN_TRANSITIONS,
)
from custom_components.twc_manager.charging.supply.surplus import Surplus, Trust
from tests.charging.tables import Scenarios, check_row, check_table, name_of

from .sky import DEMAND, MINIMUM, Sky, amps, charging

STOPS = GreenSettings(hold_when_stale=0)
DRAWING = replace(DEMAND, offered=20, drawn=20, drawing=1)
ABSENT = replace(DEMAND, wanted=False)


def covered(settings: GreenSettings | None = None) -> Sky:
    """Return a sky that has covered the minimum for some time, before charging starts."""
    sky = Sky(settings or GreenSettings())
    sky.run(30, amps(10) + 70)
    assert sky.last.reason is LimitReason.START_DELAY
    return sky


def short(settings: GreenSettings | None = None) -> Sky:
    """Return a sky with too little surplus, under which a car continues at the minimum."""
    sky = charging(Sky(settings or GreenSettings()))
    sky.run(100, amps(2))
    assert (sky.amps, sky.last.reason) == (MINIMUM, LimitReason.STOP_DELAY)
    return sky


def blind(settings: GreenSettings | None = None) -> Sky:
    """Return a car that charges with 20 A while the surplus is unknown."""
    sky = charging(Sky(settings or GreenSettings()))
    sky.run(100, None)
    assert (sky.amps, sky.last.reason) == (20, LimitReason.SENSOR_STALE)
    return sky


def a_car_that_charges_before_the_sun_shines_goes_on() -> None:
    sky = Sky()
    sky.demand = DRAWING
    assert sky.run(1, amps(2)).amps == MINIMUM


def a_car_that_charges_when_it_comes_goes_on_under_a_sun_that_has_not_lasted() -> None:
    sky = Sky(demand=ABSENT)
    sky.run(30, amps(10) + 70)
    sky.demand = DRAWING
    assert sky.run(1, amps(10) + 70).amps == MINIMUM


def a_car_that_leaves_gets_nothing() -> None:
    sky = charging(Sky())
    sky.demand = ABSENT
    assert sky.run(1, amps(20)).amps == 0


def a_car_that_leaves_while_there_is_too_little_gets_nothing() -> None:
    sky = short()
    sky.demand = ABSENT
    assert sky.run(1, amps(2)).amps == 0


def a_car_that_leaves_while_nothing_is_known_gets_nothing() -> None:
    sky = blind()
    sky.demand = ABSENT
    assert sky.run(1, None).amps == 0


def a_surplus_that_is_lost_has_to_last_anew_before_a_start() -> None:
    sky = covered()
    sky.run(1, None)
    assert sky.run(60, amps(10) + 70).amps == 0


def a_surplus_that_is_lost_ends_in_the_minimum() -> None:
    sky = charging(Sky())
    assert sky.run(301, None).amps == MINIMUM


def a_surplus_that_is_lost_while_it_falls_short_stops_in_the_end() -> None:
    sky = short(GreenSettings(hold_when_stale=0, stop_delay=10_000))
    assert sky.run(301, None).amps == 0


def a_surplus_that_is_known_again_does_not_prolong_the_stop_delay() -> None:
    sky = short()
    sky.run(40, None)
    sky.run(41, amps(2))
    assert sky.amps == 0


def a_surplus_that_is_known_again_is_followed_for_good() -> None:
    sky = blind()
    sky.run(30, amps(20) + 100)
    assert sky.run(181, amps(2)).amps == 0


def a_surplus_that_covers_the_minimum_for_a_minute_starts_charging() -> None:
    assert Sky().run(61, amps(10) + 70).amps == 10


def a_gap_in_the_minute_begins_it_anew() -> None:
    sky = covered()
    sky.run(1, amps(5))
    assert sky.run(60, amps(10)).amps == 0


def a_surplus_that_falls_short_stops_charging_after_three_minutes() -> None:
    sky = charging(Sky())
    assert sky.run(181, amps(2)).amps == 0


def a_surplus_that_recovers_ends_the_stop_delay() -> None:
    sky = short()
    sky.run(5, amps(8))
    assert sky.run(170, amps(2)).amps == MINIMUM


def a_surplus_that_has_lasted_is_offered_to_the_ampere() -> None:
    sky = covered()
    assert sky.run(31, amps(10) + 70).amps == 10


def a_meter_that_stands_has_to_show_a_fall_by_a_step() -> None:
    sky = charging(Sky())
    sky.demand = DRAWING
    assert sky.run(1, amps(20) + 100, trust=Trust.STANDING).amps == 17
    # It has the time to show that.
    assert sky.run(20, amps(20) + 100, trust=Trust.STANDING).amps == 17


def a_meter_that_proves_nothing_leaves_the_minimum() -> None:
    sky = charging(Sky())
    assert sky.run(100, amps(20) + 100, trust=Trust.UNPROVEN).amps == MINIMUM


def a_meter_in_doubt_has_to_show_a_fall_to_the_minimum() -> None:
    sky = charging(Sky())
    assert sky.run(1, amps(20) + 100, trust=Trust.DOUBTED).amps == MINIMUM


def a_meter_in_doubt_has_to_show_a_stop_from_the_minimum() -> None:
    sky = charging(Sky(), MINIMUM)
    assert sky.run(1, amps(20) + 100, trust=Trust.DOUBTED).amps == 0


def a_shortage_that_lasts_stops_the_car() -> None:
    sky = short()
    assert sky.run(81, amps(2)).amps == 0


def a_shortage_that_lasts_stops_the_car_though_nothing_is_known() -> None:
    sky = short()
    assert sky.run(81, None).amps == 0


def a_source_that_is_gone_for_good_stops_the_car() -> None:
    assert blind(STOPS).run(202, None).amps == 0


def a_source_that_is_gone_leaves_the_minimum() -> None:
    sky = blind()
    assert sky.run(202, None).amps == MINIMUM


SCENARIOS: Scenarios = {
    "waiting, demand, resumes: charging": a_car_that_charges_before_the_sun_shines_goes_on,
    "covered, demand, resumes: charging": a_car_that_charges_when_it_comes_goes_on_under_a_sun_that_has_not_lasted,
    "charging, demand, wants_nothing: waiting": a_car_that_leaves_gets_nothing,
    "short, demand, wants_nothing: waiting": a_car_that_leaves_while_there_is_too_little_gets_nothing,
    "blind, demand, wants_nothing: waiting": a_car_that_leaves_while_nothing_is_known_gets_nothing,
    "covered, lost, always: waiting": a_surplus_that_is_lost_has_to_last_anew_before_a_start,
    "charging, lost, always: blind": a_surplus_that_is_lost_ends_in_the_minimum,
    "short, lost, always: blind": a_surplus_that_is_lost_while_it_falls_short_stops_in_the_end,
    "blind, known, was_short: short": a_surplus_that_is_known_again_does_not_prolong_the_stop_delay,
    "blind, known, always: charging": a_surplus_that_is_known_again_is_followed_for_good,
    "waiting, measured, is_enough: covered": a_surplus_that_covers_the_minimum_for_a_minute_starts_charging,
    "covered, measured, is_too_little: waiting": a_gap_in_the_minute_begins_it_anew,
    "charging, measured, is_too_little: short": a_surplus_that_falls_short_stops_charging_after_three_minutes,
    "short, measured, is_enough: charging": a_surplus_that_recovers_ends_the_stop_delay,
    "covered, update, start_is_due: charging": a_surplus_that_has_lasted_is_offered_to_the_ampere,
    "charging, update, standing_lowers: charging": a_meter_that_stands_has_to_show_a_fall_by_a_step,
    "charging, update, unproven_lowers: charging": a_meter_that_proves_nothing_leaves_the_minimum,
    "charging, update, doubt_lowers: charging": a_meter_in_doubt_has_to_show_a_fall_to_the_minimum,
    "charging, update, doubt_stops: waiting": a_meter_in_doubt_has_to_show_a_stop_from_the_minimum,
    "short, update, stop_is_due: waiting": a_shortage_that_lasts_stops_the_car,
    "blind, update, stop_is_due: waiting": a_shortage_that_lasts_stops_the_car_though_nothing_is_known,
    "blind, update, gives_up: waiting": a_source_that_is_gone_for_good_stops_the_car,
    "blind, update, holds_minimum: blind": a_source_that_is_gone_leaves_the_minimum,
}


def test_every_row_of_the_table_has_its_scenario() -> None:
    check_table(GREEN_TRANSITIONS, SCENARIOS)


@pytest.mark.parametrize("name", [name_of(row) for row in GREEN_TRANSITIONS])
def test_no_row_of_the_table_can_be_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_row(monkeypatch, green, "GREEN_TRANSITIONS", name, SCENARIOS)


def test_a_row_enters_the_state_it_names() -> None:
    before: dict[GreenState, Progress] = {
        GreenState.WAITING: Waiting(),
        GreenState.COVERED: Covered(0.0),
        GreenState.CHARGING: Charging(Offer(10)),
        GreenState.SHORT: Short(Offer(10), 0.0),
        GreenState.BLIND: Blind(Offer(10), None),
    }
    for row in GREEN_TRANSITIONS:
        facts = GreenFacts(
            now=1.0,
            progress=before[row.source],
            demand=DEMAND,
            settings=GreenSettings(),
            starts=Starts(),
            surplus=Surplus(0.0, 1.0),
            knowledge=Knowledge.KNOWN,
            unused=0.0,
            resumed=MINIMUM,
            confirmed=40,
            unchanged=60.0,
            lately=Lately(lasted_w=0.0),
        )
        assert row.action(facts).state is row.target
