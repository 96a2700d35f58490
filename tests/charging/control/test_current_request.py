"""Asking a vehicle for less current: what it may be asked for, how often, and that its own is always restored."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging.control.current_request import (
    ASK_SECONDS,
    MAXIMUM_ASKS,
    MAXIMUM_IGNORED,
    CurrentRequester,
)
from custom_components.twc_manager.charging.control.current_states import (
    CurrentState,
    NumberReading,
    StoredCurrent,
    given_of,
)

from .ampere import OWNERS, Driver, asked, followed, restoring


@pytest.mark.parametrize(
    ("number", "lowest"),
    [
        (NumberReading(32, 0, 32, 1), 2),
        (NumberReading(32, 5, 32, 1), 5),
        (NumberReading(32, 0, 32, 5), 5),
        (NumberReading(32, 1, 32, 0.5), 2),
        (NumberReading(32, 0, 1, 1), None),
        (NumberReading(32, 0, 32, 0), None),
        (NumberReading(32, 0, 32, float("nan")), None),
    ],
)
def test_the_lowest_current_is_one_that_the_number_takes(
    number: NumberReading, lowest: float | None
) -> None:
    assert number.lowest == lowest


def test_the_steps_of_the_number_are_kept_to() -> None:
    driver = Driver(number=NumberReading(None, 0, 32, 2))
    driver.ask(5)
    driver.run(60)
    assert driver.values == [4]


def test_an_owner_who_has_set_less_is_asked_for_nothing() -> None:
    driver = Driver(value=3.0, set_to=3.0)
    driver.ask(4)
    driver.run(600)
    assert driver.values == []


def test_a_vehicle_that_ignores_it_twice_is_asked_again_the_next_day() -> None:
    driver = Driver(obeys=False)
    driver.ask(3)
    driver.run(4 * 3600)
    assert driver.values == [3, OWNERS] * MAXIMUM_IGNORED
    assert driver.requester.has_refused(driver.day)
    driver.next_day()
    driver.run(120)
    assert driver.values[-2:] == [3, OWNERS]


def test_a_vehicle_that_stays_where_it_was_is_not_asked_to_go_lower_that_day() -> None:
    driver = followed(5.0, floor=5.0)
    driver.ask(3)
    driver.run(60)
    # The call takes its time: the vehicle has drawn more than it is asked for since before it returned.
    driver.requester.record(driver.now, done=True)
    driver.run(3600)
    assert driver.values == [5, 3]
    assert driver.state is CurrentState.FOLLOWED
    assert driver.requester.current(driver.now, driver.day, driver.reading).lowest == 5


def test_a_vehicle_that_stops_instead_gets_its_own_back() -> None:
    driver = asked(stops=True)
    driver.run(120)
    assert driver.values == [3, OWNERS]


def test_a_passing_cloud_costs_no_calls() -> None:
    driver = followed()
    driver.wanted, driver.is_enough, driver.offered = None, False, 0
    driver.run(500)
    driver.offered = 6
    driver.ask(3)
    driver.run(120)
    assert driver.values == [3]


def test_a_single_ampere_more_costs_no_call_before_it_has_lasted() -> None:
    driver = followed(5.0)
    driver.release()
    driver.run(150)
    assert driver.values == [5]
    driver.run(60)
    assert driver.values == [5, OWNERS]


def test_a_long_pause_restores_the_vehicle() -> None:
    driver = followed()
    driver.wanted, driver.is_enough, driver.offered = None, False, 0
    driver.run(900)
    assert driver.values == [3, OWNERS]


def test_what_was_asked_before_a_restart_is_restored_after_it() -> None:
    driver = followed()
    stored = StoredCurrent.from_dict(driver.requester.stored.as_dict())
    assert stored == driver.requester.stored
    after = Driver(stored, is_here=False, value=3.0, set_to=3.0)
    after.run(300)
    assert after.values == [OWNERS]
    assert after.state is CurrentState.OWN


def test_what_somebody_restored_while_home_assistant_was_away_is_no_call() -> None:
    stored = followed().requester.stored
    after = Driver(stored, is_here=False)
    after.run(300)
    assert (after.values, after.state) == ([], CurrentState.OWN)


def test_a_number_that_takes_the_call_without_the_vehicle_is_tried_again() -> None:
    driver = followed()
    driver.release()
    driver.offered = 16
    driver.run(5)
    driver.set_to = 3
    driver.run(150)
    assert driver.values == [3, OWNERS, OWNERS]


def test_what_failed_is_tried_again_ever_later_and_reported() -> None:
    driver = restoring()
    driver.run(3600)
    assert driver.requester.is_stuck
    assert 4 <= len(driver.calls) <= 8
    assert driver.requester.stored.calls.failed == len(driver.calls) - 1


def test_the_end_of_the_bus_restores_at_once_what_has_failed_before() -> None:
    driver = restoring()
    assert driver.requester.release(driver.now) == OWNERS


EVENTS = st.one_of(
    st.tuples(st.just("wanted"), st.none() | st.integers(1, 7)),
    st.tuples(st.just("is_here"), st.booleans()),
    st.tuples(st.just("is_enough"), st.booleans()),
    st.tuples(st.just("offered"), st.sampled_from([0, 5, 6, 10, 32])),
    st.tuples(st.just("fails"), st.booleans()),
    st.tuples(st.just("obeys"), st.booleans()),
    st.tuples(st.just("stops"), st.booleans()),
    st.tuples(st.just("shows"), st.booleans()),
    st.tuples(st.just("floor"), st.sampled_from([0, 5])),
    st.tuples(st.just("value"), st.none() | st.sampled_from([1, 3, 5, 16, 32])),
    st.tuples(st.just("run"), st.sampled_from([5, 20, 60, 300, 1200])),
    st.tuples(st.just("restart"), st.none()),
)
NUMBERS = st.builds(
    NumberReading,
    st.none(),
    st.sampled_from([0, 1, 2, 5]),
    st.sampled_from([16, 32]),
    st.sampled_from([0.5, 1, 2]),
)


class Watched(Driver):
    """A driver whose every call is checked."""

    def call(self, amps: float) -> None:
        asking = given_of(self.requester.asking)
        assert asking is not None
        if self.requester.asking.state is CurrentState.ASKED:
            assert amps <= self.offered
            assert self.wanted is not None
            assert amps <= self.wanted
            assert amps >= max(self.number.minimum, 2)
            assert amps < asking.owner
            assert (amps - self.number.minimum) % self.number.step == 0
            before = [at for at, value in self.calls if value != asking.owner]
            assert not before or self.now - before[-1] >= ASK_SECONDS
        else:
            assert amps == asking.owner
        super().call(amps)


@settings(max_examples=150, deadline=None)
@given(NUMBERS, st.lists(EVENTS, max_size=40))
def test_never_too_much_or_too_little_is_asked_and_the_owners_is_always_restored(
    number: NumberReading, events: list[tuple[str, object]]
) -> None:
    driver = Watched(number=number)
    for kind, value in events:
        if kind == "run":
            assert isinstance(value, int)
            driver.run(value)
        elif kind == "restart":
            driver.requester = CurrentRequester(driver.requester.stored, driver.now)
            driver.calls = []
        else:
            setattr(driver, kind, value)
    driver.is_here, driver.fails, driver.shows = False, False, True
    if driver.value is None:
        driver.value = driver.set_to
    before = given_of(driver.requester.asking)
    is_ours = before is not None and before.is_ours(driver.value)
    driver.run(3 * 3600)
    assert given_of(driver.requester.asking) is None
    if before is not None and is_ours:
        assert driver.value == before.owner
    assert driver.requester.stored.day.asks <= MAXIMUM_ASKS
