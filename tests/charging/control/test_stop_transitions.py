"""Every transition of stopping and starting a vehicle, each proven necessary."""

import pytest

from custom_components.twc_manager.charging.control import starting, stopping
from custom_components.twc_manager.charging.control.starting import START_TRANSITIONS
from custom_components.twc_manager.charging.control.stop_methods import (
    CloseContactor,
    OpenContactor,
    StopCapabilities,
    StopMethod,
    StopStep,
    VehicleRequest,
)
from custom_components.twc_manager.charging.control.stop_states import STOP_TRANSITIONS
from custom_components.twc_manager.charging.control.stopping import StopController
from custom_components.twc_manager.charging.outcome import LimitReason
from tests.charging.tables import Scenarios, check_row, check_table, name_of

ID = 0x032E
NOTHING = StopCapabilities(protocol=2)
VEHICLE = StopCapabilities(protocol=2, vehicle=True)
CONTACTOR = StopCapabilities(protocol=2, contactor=True)
BOTH = StopCapabilities(protocol=2, vehicle=True, contactor=True)


class Connector:
    """A connector whose vehicle has been drawing for a long time, and its controller."""

    def __init__(self, capabilities: StopCapabilities) -> None:
        self.now = 10_000.0
        self.capabilities = capabilities
        self.controller = StopController(ID)
        self.controller.record_offer(16, self.now)
        self.report(drawing=True)
        self.now += 1000.0

    def report(self, *, drawing: bool, after: float = 1.0) -> None:
        self.now += after
        self.controller.update(self.now, drawing=drawing, offered=True)

    def stop(self, after: float = 1.0) -> StopStep:
        self.now += after
        return self.controller.stop(self.now, self.capabilities)

    def allow(self, after: float = 1.0) -> tuple[object, ...]:
        self.now += after
        return self.controller.allow_charging(self.now, self.capabilities)

    def is_quiet(self) -> None:
        """Let the vehicle stop drawing, proven."""
        self.report(drawing=False)
        self.report(drawing=False, after=3.0)

    def draws_again(self) -> None:
        """Let the vehicle draw again, long ago."""
        self.report(drawing=True)
        self.now += 1000.0

    @property
    def method(self) -> StopMethod | None:
        return self.controller.stop_method


def stopping_by_vehicle(capabilities: StopCapabilities = VEHICLE) -> Connector:
    site = Connector(capabilities)
    site.stop()
    assert site.method is StopMethod.VEHICLE
    return site


def stopped_by_vehicle() -> Connector:
    site = stopping_by_vehicle()
    site.is_quiet()
    assert site.stop() == StopStep(False)
    assert site.method is StopMethod.VEHICLE
    return site


def holding() -> Connector:
    site = Connector(NOTHING)
    assert site.stop().reason is LimitReason.CANNOT_STOP
    assert site.method is StopMethod.HOLD
    return site


def a_vehicle_that_may_not_charge_is_stopped_by_the_first_method() -> None:
    site = Connector(BOTH)
    assert site.stop() == StopStep(True, LimitReason.STOPPING, site.now + 90)
    assert site.method is StopMethod.VEHICLE
    assert site.controller.request is VehicleRequest.STOP
    assert site.controller.stored.stop_command_sent


def a_vehicle_that_no_method_stops_is_held() -> None:
    site = Connector(NOTHING)
    assert site.stop() == StopStep(True, LimitReason.CANNOT_STOP, site.now + 900)
    assert site.method is StopMethod.HOLD


def a_stopped_vehicle_that_draws_again_is_stopped_again() -> None:
    site = stopped_by_vehicle()
    site.draws_again()
    assert site.stop() == StopStep(True, LimitReason.STOPPING, site.now + 90)
    assert site.controller.request is VehicleRequest.STOP


def a_stopped_vehicle_that_draws_again_is_held_if_nothing_is_left() -> None:
    site = stopped_by_vehicle()
    site.capabilities = NOTHING
    site.draws_again()
    assert site.stop().reason is LimitReason.CANNOT_STOP
    assert site.method is StopMethod.HOLD


def a_method_that_worked_stays_visible_and_is_not_timed_any_more() -> None:
    site = stopping_by_vehicle(BOTH)
    site.is_quiet()
    assert site.stop() == StopStep(False)
    # It draws again: another try of the same method, not the next one after the first had its time.
    site.draws_again()
    site.stop()
    assert site.method is StopMethod.VEHICLE


def a_method_without_effect_is_followed_by_the_next() -> None:
    site = stopping_by_vehicle(BOTH)
    assert site.stop(after=89).commands == ()
    assert site.stop().commands == (OpenContactor(ID),)
    assert site.method is StopMethod.CONTACTOR


def the_last_method_without_effect_is_followed_by_holding() -> None:
    site = stopping_by_vehicle()
    assert site.stop(after=89).reason is LimitReason.STOPPING
    assert site.stop() == StopStep(True, LimitReason.CANNOT_STOP, site.now + 900)


def a_held_vehicle_that_stops_by_itself_was_stopped_by_no_method() -> None:
    site = holding()
    site.is_quiet()
    assert site.stop() == StopStep(False)
    assert site.method is None


def a_held_vehicle_is_stopped_by_a_method_that_becomes_available() -> None:
    site = holding()
    site.capabilities = VEHICLE
    assert site.stop() == StopStep(True, LimitReason.STOPPING, site.now + 90)


def a_held_vehicle_stays_held_for_as_long_again() -> None:
    site = holding()
    since = site.now
    assert site.stop(after=899).until == since + 900
    assert site.stop().until == site.now + 900


def a_vehicle_that_may_charge_is_not_stopped_any_more() -> None:
    site = stopping_by_vehicle()
    site.allow()
    assert site.method is None


def a_held_vehicle_that_may_charge_is_not_held_any_more() -> None:
    site = holding()
    site.allow()
    assert site.method is None


def a_stopped_vehicle_that_may_charge_is_started() -> None:
    site = stopped_by_vehicle()
    site.allow(after=100)
    assert site.controller.request is VehicleRequest.CHARGE
    assert site.method is None


def nothing_stops_a_vehicle_that_was_unplugged() -> None:
    site = stopping_by_vehicle()
    site.controller.end_session()
    assert site.method is None
    assert not site.controller.needs_start


def nothing_holds_a_vehicle_that_was_unplugged() -> None:
    site = holding()
    site.controller.end_session()
    assert site.method is None


def a_vehicle_that_was_unplugged_is_not_shown_as_stopped() -> None:
    site = stopped_by_vehicle()
    site.controller.end_session()
    assert site.method is None
    assert not site.controller.needs_start


STOPS: Scenarios = {
    "idle, stop, may_begin: stopping": a_vehicle_that_may_not_charge_is_stopped_by_the_first_method,
    "idle, stop, may_only_hold: holding": a_vehicle_that_no_method_stops_is_held,
    "stopped, stop, may_begin: stopping": a_stopped_vehicle_that_draws_again_is_stopped_again,
    "stopped, stop, may_only_hold: holding": a_stopped_vehicle_that_draws_again_is_held_if_nothing_is_left,
    "stopping, stop, is_quiet: stopped": a_method_that_worked_stays_visible_and_is_not_timed_any_more,
    "stopping, stop, failed_with_another_left: stopping": a_method_without_effect_is_followed_by_the_next,
    "stopping, stop, failed_with_none_left: holding": the_last_method_without_effect_is_followed_by_holding,
    "holding, stop, is_quiet: idle": a_held_vehicle_that_stops_by_itself_was_stopped_by_no_method,
    "holding, stop, method_available: stopping": a_held_vehicle_is_stopped_by_a_method_that_becomes_available,
    "holding, stop, retry_is_due: holding": a_held_vehicle_stays_held_for_as_long_again,
    "stopping, allow, always: idle": a_vehicle_that_may_charge_is_not_stopped_any_more,
    "holding, allow, always: idle": a_held_vehicle_that_may_charge_is_not_held_any_more,
    "stopped, allow, always: idle": a_stopped_vehicle_that_may_charge_is_started,
    "stopping, end_session, always: idle": nothing_stops_a_vehicle_that_was_unplugged,
    "holding, end_session, always: idle": nothing_holds_a_vehicle_that_was_unplugged,
    "stopped, end_session, always: idle": a_vehicle_that_was_unplugged_is_not_shown_as_stopped,
}


def test_every_row_of_the_stop_table_has_its_scenario() -> None:
    check_table(STOP_TRANSITIONS, STOPS)


@pytest.mark.parametrize("name", [name_of(row) for row in STOP_TRANSITIONS])
def test_no_row_of_the_stop_table_can_be_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_row(monkeypatch, stopping, "STOP_TRANSITIONS", name, STOPS)


# The start of a vehicle that was stopped


def starting_by_vehicle() -> Connector:
    """Return a connector whose vehicle was stopped by a command and does not start."""
    site = stopped_by_vehicle()
    site.allow(after=100)
    assert site.controller.about_to_charge(site.now)
    return site


def refused_by_vehicle() -> Connector:
    site = starting_by_vehicle()
    site.allow(after=360)
    assert not site.controller.about_to_charge(site.now)
    return site


def a_start_that_takes_too_long_counts_from_its_beginning() -> None:
    site = starting_by_vehicle()
    site.allow(after=359)
    assert site.controller.about_to_charge(site.now)
    site.allow()
    assert not site.controller.about_to_charge(site.now)


def a_contactor_whose_vehicle_does_not_start_is_closed_for_six_minutes_only() -> None:
    site = Connector(CONTACTOR)
    assert site.stop().commands == (OpenContactor(ID),)
    site.is_quiet()
    site.stop()
    assert site.allow(after=100) == (CloseContactor(ID),)
    assert site.allow(after=120) == (CloseContactor(ID),)
    assert site.allow(after=240) == ()
    assert not site.controller.needs_start


def a_refused_start_counts_as_one_again_later() -> None:
    site = refused_by_vehicle()
    site.allow(after=900)
    assert site.controller.about_to_charge(site.now)
    site.allow(after=360)
    assert not site.controller.about_to_charge(site.now)


def the_time_of_a_start_begins_anew_after_a_stop() -> None:
    site = starting_by_vehicle()
    site.stop(after=100)
    site.allow(after=100)
    site.allow(after=300)
    assert site.controller.about_to_charge(site.now)


def the_time_of_a_start_begins_anew_in_the_next_session() -> None:
    site = Connector(CONTACTOR)
    site.stop()
    site.is_quiet()
    site.stop()
    assert site.allow(after=100) == (CloseContactor(ID),)
    site.controller.end_session()
    site.allow(after=300)
    site.allow(after=100)
    assert site.controller.about_to_charge(site.now)


def a_new_stop_command_makes_a_start_likely_again() -> None:
    site = refused_by_vehicle()
    site.report(drawing=True)
    site.stop(after=100)
    assert site.controller.about_to_charge(site.now)


STARTS: Scenarios = {
    "idle, start, always: starting": a_start_that_takes_too_long_counts_from_its_beginning,
    "starting, start, start_timed_out: refused": a_contactor_whose_vehicle_does_not_start_is_closed_for_six_minutes_only,
    "refused, start, refusal_is_over: starting": a_refused_start_counts_as_one_again_later,
    "starting, stop, always: idle": the_time_of_a_start_begins_anew_after_a_stop,
    "starting, reset, always: idle": the_time_of_a_start_begins_anew_in_the_next_session,
    "refused, reset, always: idle": a_new_stop_command_makes_a_start_likely_again,
}


def test_every_row_of_the_start_table_has_its_scenario() -> None:
    check_table(START_TRANSITIONS, STARTS)


@pytest.mark.parametrize("name", [name_of(row) for row in START_TRANSITIONS])
def test_no_row_of_the_start_table_can_be_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_row(monkeypatch, starting, "START_TRANSITIONS", name, STARTS)


def test_a_row_enters_the_state_it_names() -> None:
    facts = stopping.StopFacts(
        0.0, stopping.Stopping(StopMethod.VEHICLE, 0.0, ()), VEHICLE, 0, True, None
    )
    for row in STOP_TRANSITIONS:
        assert row.action(facts).state is row.target
    for begin in START_TRANSITIONS:
        facts_of_start = starting.StartFacts(0.0, starting.NotStarting())
        assert begin.action(facts_of_start).state is begin.target


def test_a_retry_tries_the_methods_that_failed_before() -> None:
    site = stopping_by_vehicle()
    site.stop(after=90)
    assert site.method is StopMethod.HOLD
    # Another method becomes available: the one that failed is not tried first.
    site.capabilities = BOTH
    assert site.stop(after=899).commands == (OpenContactor(ID),)
    site.stop(after=90)
    site.capabilities = VEHICLE
    assert site.method is StopMethod.HOLD
    site.stop(after=900)
    assert site.method is StopMethod.VEHICLE
