"""Every transition of asking a vehicle for less current, each shown to be necessary by its effect."""

import pytest

from custom_components.twc_manager.charging.control import current_request
from custom_components.twc_manager.charging.control.current_states import (
    CurrentNews,
    CurrentState,
)
from custom_components.twc_manager.charging.control.current_transitions import (
    CURRENT_TRANSITIONS,
)
from tests.charging.tables import Scenarios, check_row, check_table, name_of

from .ampere import OWNERS, Driver, asked, followed, restoring


def less_is_asked_for_when_it_is_wanted() -> None:
    driver = Driver()
    driver.ask(3)
    driver.run(60)
    assert driver.values == [3]


def a_slow_call_leaves_the_vehicle_its_time() -> None:
    driver = asked(obeys=False)
    driver.requester.record(driver.now + 60, done=True)
    driver.run(100)
    assert driver.state is CurrentState.ASKED


def a_call_that_failed_may_have_reached_the_vehicle() -> None:
    driver = Driver(fails=True)
    driver.ask(3)
    driver.run(25)
    assert driver.state is CurrentState.RESTORING
    driver.fails = False
    driver.run(300)
    assert driver.values == [3, OWNERS]


def an_owner_who_raises_it_at_once_is_left_alone() -> None:
    driver = asked()
    driver.value = 16
    driver.run(10)
    assert driver.state is CurrentState.LEFT


def what_is_not_wanted_any_more_is_restored_although_nothing_has_shown() -> None:
    driver = asked()
    driver.release()
    driver.run(10)
    assert driver.values == [3, OWNERS]


def a_vehicle_that_follows_is_known_to() -> None:
    driver = asked()
    driver.run(30)
    assert driver.state is CurrentState.FOLLOWED


def a_vehicle_that_goes_part_of_the_way_is_not_given_up() -> None:
    driver = asked(2, floor=4)
    driver.run(120)
    assert driver.state is CurrentState.FOLLOWED
    assert driver.requester.stored.day.lowest == 4


def a_vehicle_that_takes_all_the_same_gets_its_own_back() -> None:
    driver = asked(obeys=False)
    driver.run(120)
    assert driver.values == [3, OWNERS]


def another_current_is_asked_for_before_the_first_has_shown() -> None:
    driver = asked(3, shows=False, obeys=False)
    driver.ask(2)
    driver.run(85)
    assert driver.values == [3, 2]


def an_owner_who_sets_it_meanwhile_is_left_alone() -> None:
    driver = followed()
    driver.value = driver.set_to = 5
    driver.run(10)
    assert driver.state is CurrentState.LEFT


def what_is_not_wanted_any_more_is_restored() -> None:
    driver = followed()
    driver.release()
    driver.run(10)
    assert driver.values == [3, OWNERS]


def a_vehicle_that_takes_more_again_gets_its_own_back() -> None:
    driver = followed()
    driver.obeys = False
    driver.run(120)
    assert driver.values == [3, OWNERS]


def another_current_is_asked_for() -> None:
    driver = followed()
    driver.ask(2)
    driver.run(60)
    assert driver.values == [3, 2]


def what_was_restored_is_believed_only_some_time_later() -> None:
    driver = followed()
    driver.release()
    driver.run(40)
    assert driver.state is CurrentState.RESTORING
    driver.run(60)
    assert driver.state is CurrentState.OWN


def a_call_that_fails_is_reported() -> None:
    driver = restoring()
    assert driver.requester.news is CurrentNews.FAILED


def an_owner_who_sets_it_before_it_is_restored_has_the_last_word() -> None:
    driver = restoring()
    driver.value = 10
    driver.run(10)
    assert driver.state is CurrentState.OWN


def what_its_owner_had_set_ends_it() -> None:
    driver = restoring()
    driver.value = OWNERS
    driver.run(10)
    assert driver.state is CurrentState.OWN


def less_is_asked_for_again_before_all_is_restored() -> None:
    driver = followed()
    driver.shows = False
    driver.release()
    driver.run(60)
    driver.ask(3)
    driver.run(30)
    assert driver.values == [3, OWNERS, 3]


def what_failed_is_tried_again() -> None:
    driver = restoring()
    driver.fails = False
    driver.run(300)
    assert driver.values[-1] == driver.set_to == OWNERS


def a_vehicle_that_was_left_alone_is_asked_after_it_was_away() -> None:
    driver = followed()
    driver.value = driver.set_to = 5
    driver.run(10)
    driver.is_here = False
    driver.run(10)
    driver.is_here = True
    driver.ask(3)
    driver.run(60)
    assert driver.values == [3, 3]


_SCENARIOS: Scenarios = dict(
    zip(
        (name_of(row) for row in CURRENT_TRANSITIONS),
        (
            less_is_asked_for_when_it_is_wanted,
            a_slow_call_leaves_the_vehicle_its_time,
            a_call_that_failed_may_have_reached_the_vehicle,
            an_owner_who_raises_it_at_once_is_left_alone,
            what_is_not_wanted_any_more_is_restored_although_nothing_has_shown,
            a_vehicle_that_follows_is_known_to,
            a_vehicle_that_goes_part_of_the_way_is_not_given_up,
            a_vehicle_that_takes_all_the_same_gets_its_own_back,
            another_current_is_asked_for_before_the_first_has_shown,
            an_owner_who_sets_it_meanwhile_is_left_alone,
            what_is_not_wanted_any_more_is_restored,
            a_vehicle_that_takes_more_again_gets_its_own_back,
            another_current_is_asked_for,
            what_was_restored_is_believed_only_some_time_later,
            a_call_that_fails_is_reported,
            an_owner_who_sets_it_before_it_is_restored_has_the_last_word,
            what_its_owner_had_set_ends_it,
            less_is_asked_for_again_before_all_is_restored,
            what_failed_is_tried_again,
            a_vehicle_that_was_left_alone_is_asked_after_it_was_away,
        ),
        strict=True,
    )
)


def test_each_transition_has_a_scenario() -> None:
    check_table(CURRENT_TRANSITIONS, _SCENARIOS)


@pytest.mark.parametrize("name", _SCENARIOS)
def test_each_transition_is_needed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    check_row(monkeypatch, current_request, "CURRENT_TRANSITIONS", name, _SCENARIOS)
