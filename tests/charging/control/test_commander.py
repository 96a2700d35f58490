"""The vehicle commander: which commands are sent, how often, and when none are sent."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, pairwise, repeat
import json
from math import inf, nan
from typing import Any

import pytest

from custom_components.twc_manager.charging.control.commander import VehicleCommander
from custom_components.twc_manager.charging.control.commands import (
    Attempt,
    CommandContext,
    CommandOutcome,
    CommandResult,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.matching import Match, MatchReason
from custom_components.twc_manager.charging.control.rate_limit import (
    DailyUsage,
    StoredWaits,
)
from custom_components.twc_manager.charging.control.stop_methods import VehicleRequest
from custom_components.twc_manager.charging.control.vehicle_facts import (
    ConnectorFacts,
    LocationUpdates,
)
from tests.charging.driveway import (
    AWAY,
    COMMANDS,
    FIRST_DAY,
    HERE,
    LEFT,
    STOPPED,
    STRANGER,
    Driveway,
    sedan,
    van,
)

DONE = CommandResult(CommandOutcome.DONE)


def answers(
    *outcomes: CommandOutcome, then: CommandOutcome = CommandOutcome.DONE
) -> Iterator[CommandResult]:
    return chain(
        (CommandResult(item) for item in outcomes), repeat(CommandResult(then))
    )


def place(
    *outcomes: CommandOutcome,
    then: CommandOutcome = CommandOutcome.DONE,
    drawing: bool = False,
    **changes: Any,
) -> Driveway:
    """Return a driveway with the sedan at a connector that offers power and reads its VIN."""
    site = Driveway(answers(*outcomes, then=then))
    site.add(sedan(**changes))
    site.plug(LEFT, HERE)
    site.offer(LEFT, on=True)
    site.outlets[LEFT].reads_vin = True
    site.outlets[LEFT].drawing = drawing
    return site


def request(
    site: Driveway, wanted: VehicleRequest | None, seconds: float = 600
) -> list[VehicleCommand]:
    """Make a request for a time; return the commands sent in that time."""
    before = len(site.asked)
    site.outlets[LEFT].request = wanted
    site.wait(seconds)
    site.check()
    return [item.command for item in site.asked[before:]]


def times(site: Driveway) -> list[float]:
    """Return the times between the calls, in s."""
    return [b.at - a.at for a, b in pairwise(site.asked)]


def calls(site: Driveway) -> int:
    return site.commanders[HERE].daily_usage.calls


def test_a_car_is_commanded_once_and_what_worked_costs_nothing_of_the_day() -> None:
    site = place(drawing=True)
    assert site.commanders[HERE].last is None
    assert request(site, None) == []
    assert request(site, VehicleRequest.STOP) == [VehicleCommand.STOP]
    commander = site.commanders[HERE]
    assert commander.last == Attempt(
        VehicleCommand.STOP, site.asked[0].at, CommandOutcome.DONE
    )
    assert request(site, None) == []
    assert request(site, VehicleRequest.CHARGE) == [VehicleCommand.START]
    assert site.outlets[LEFT].drawing
    assert (calls(site), commander.problem, commander.declined_charging) == (
        0,
        None,
        False,
    )


def test_a_minute_lies_between_two_commands() -> None:
    site = place(drawing=True)
    for wanted in [VehicleRequest.STOP, VehicleRequest.CHARGE] * 10:
        request(site, wanted, 15)
    assert len(site.asked) >= 4
    assert min(times(site)) >= 60


def test_a_command_that_the_cloud_confirms_has_to_show_in_the_draw() -> None:
    for outcome in (CommandOutcome.DONE, CommandOutcome.ALREADY):
        site = place(then=outcome, drawing=True)
        site.obeys = False
        request(site, VehicleRequest.STOP, 3600)
        assert times(site)[:5] == [95, 125, 245, 485, 605]
        assert calls(site) == len(site.asked)


def test_an_act_of_the_car_itself_does_not_give_a_call_back() -> None:
    for outcome, spent in ((CommandOutcome.DONE, 0), (CommandOutcome.ALREADY, 1)):
        site = place(then=outcome, drawing=True)
        site.obeys = False
        assert request(site, VehicleRequest.STOP, 20) == [VehicleCommand.STOP]
        site.outlets[LEFT].drawing = False
        assert request(site, VehicleRequest.STOP, 20) == []
        assert calls(site) == spent


@pytest.mark.parametrize(
    "outcome",
    [CommandOutcome.TRANSIENT, CommandOutcome.REFUSED, CommandOutcome.UNREACHABLE],
)
def test_errors_back_off_up_to_ten_minutes(outcome: CommandOutcome) -> None:
    site = place(then=outcome, drawing=True)
    request(site, VehicleRequest.STOP, 3600)
    assert times(site) == [65, 125, 245, 485, 605, 605, 605, 605]
    assert site.commanders[HERE].problem is outcome
    # Once it works, the next error begins at the beginning.
    site.answers = answers(CommandOutcome.DONE)
    request(site, VehicleRequest.STOP, 900)
    assert site.commanders[HERE].problem is None
    site.answers = answers(then=outcome)
    before = len(site.asked)
    request(site, VehicleRequest.CHARGE, 300)
    assert times(site)[before] == 65


def test_too_many_requests_are_ended_for_as_long_as_the_cloud_says() -> None:
    site = place(drawing=True)
    site.answers = iter([CommandResult(CommandOutcome.RATE_LIMITED, 1800.0), DONE])
    request(site, VehicleRequest.STOP, 3600)
    assert times(site) == [1805]


def test_a_busy_car_is_commanded_again_at_once_but_not_for_ever() -> None:
    site = place(then=CommandOutcome.BUSY)
    request(site, VehicleRequest.CHARGE, 400)
    assert times(site)[:4] == [10, 10, 10, 65]
    site = place(CommandOutcome.BUSY, CommandOutcome.BUSY)
    assert request(site, VehicleRequest.CHARGE) == [VehicleCommand.START] * 3
    assert site.outlets[LEFT].drawing


def test_a_request_that_has_ended_is_not_repeated() -> None:
    site = place(CommandOutcome.BUSY)
    request(site, VehicleRequest.CHARGE, 5)
    site.outlets[LEFT].drawing = True
    assert request(site, VehicleRequest.STOP, 50) == []
    assert request(site, VehicleRequest.STOP, 30) == [VehicleCommand.STOP]


@pytest.mark.parametrize(
    "outcome",
    [CommandOutcome.COMPLETE, CommandOutcome.NO_POWER, CommandOutcome.DISCONNECTED],
)
def test_a_car_that_will_not_charge_is_left_alone_until_something_changes(
    outcome: CommandOutcome,
) -> None:
    site = place(then=outcome, charge_limit=80.0)
    commander = site.commanders[HERE]
    asked = [VehicleCommand.START] * 3
    assert request(site, VehicleRequest.CHARGE, 7200) == asked
    assert min(times(site)) >= 180
    assert commander.declined_charging
    assert commander.can_command(FIRST_DAY) is (
        outcome is not CommandOutcome.DISCONNECTED
    )
    assert commander.problem is None

    site.offer(LEFT, on=False)
    request(site, VehicleRequest.CHARGE, 100)
    site.offer(LEFT, on=True)
    again = asked if outcome is CommandOutcome.NO_POWER else []
    assert request(site, VehicleRequest.CHARGE, 2400) == again
    site.change(HERE, charge_limit=90.0)
    again = asked if outcome is CommandOutcome.COMPLETE else []
    assert request(site, VehicleRequest.CHARGE, 2400) == again
    site.plug(LEFT, None)
    assert request(site, VehicleRequest.CHARGE) == []
    site.plug(LEFT, HERE)
    assert request(site, VehicleRequest.CHARGE, 2400) == asked
    # It is stopped if it charges all the same.
    site.outlets[LEFT].drawing = True
    again = [] if outcome is CommandOutcome.DISCONNECTED else [VehicleCommand.STOP]
    assert request(site, VehicleRequest.STOP, 60) == again


def test_one_wrong_answer_leaves_no_car_empty() -> None:
    """It is plugged in, willing, and has an offer."""
    for outcome in (
        CommandOutcome.COMPLETE,
        CommandOutcome.NO_POWER,
        CommandOutcome.DISCONNECTED,
    ):
        site = place(outcome, outcome)
        assert request(site, VehicleRequest.CHARGE) == [VehicleCommand.START] * 3
        assert site.outlets[LEFT].drawing


def test_a_doubted_answer_is_asked_for_only_while_there_is_an_offer() -> None:
    site = place(then=CommandOutcome.DISCONNECTED)
    assert request(site, VehicleRequest.CHARGE, 20) == [VehicleCommand.START]
    site.offer(LEFT, on=False)
    assert request(site, VehicleRequest.CHARGE, 3600) == []


@pytest.mark.parametrize("outcome", [CommandOutcome.REAUTH, CommandOutcome.NOT_ALLOWED])
def test_an_error_that_needs_the_owner_is_not_tried_again(
    outcome: CommandOutcome,
) -> None:
    site = place(outcome, drawing=True)
    assert request(site, VehicleRequest.STOP, 7200) == [VehicleCommand.STOP]
    assert not site.commanders[HERE].can_command(FIRST_DAY)
    assert site.commanders[HERE].problem is outcome


def test_a_key_that_was_paired_meanwhile_is_tried_when_the_car_is_plugged_in_again() -> (
    None
):
    site = place(CommandOutcome.NOT_ALLOWED, drawing=True)
    assert request(site, VehicleRequest.STOP, 7200) == [VehicleCommand.STOP]
    # It is not reported that the owner allowed the key in the vehicle's app, or put its file there.
    site.plug(LEFT, None)
    assert request(site, VehicleRequest.STOP) == []
    site.plug(LEFT, HERE)
    site.outlets[LEFT].drawing = True
    assert request(site, VehicleRequest.STOP) == [VehicleCommand.STOP]
    assert site.commanders[HERE].can_command(FIRST_DAY)
    assert site.commanders[HERE].problem is None


def test_a_new_token_is_awaited_however_often_the_car_is_plugged_in() -> None:
    site = place(CommandOutcome.REAUTH, drawing=True)
    assert request(site, VehicleRequest.STOP) == [VehicleCommand.STOP]
    site.plug(LEFT, None)
    assert request(site, VehicleRequest.STOP) == []
    site.plug(LEFT, HERE)
    site.outlets[LEFT].drawing = True
    assert request(site, VehicleRequest.STOP, 7200) == []
    assert site.commanders[HERE].problem is CommandOutcome.REAUTH


def test_a_result_that_never_comes_is_not_awaited() -> None:
    site = place(drawing=True)
    site.delay = 1000.0
    request(site, VehicleRequest.STOP, 900)
    assert site.commanders[HERE].last is not None
    assert times(site) == [180, 240, 360]
    # What comes late changes nothing.
    site.commanders[HERE].record_result(
        site.now, CommandResult(CommandOutcome.TRANSIENT)
    )
    last = site.commanders[HERE].last
    site.commanders[HERE].record_result(site.now, CommandResult(CommandOutcome.REAUTH))
    assert site.commanders[HERE].last == last


def test_a_sleeping_car_is_woken_by_the_offer_and_else_by_us() -> None:
    site = place(asleep=True)
    assert request(site, VehicleRequest.STOP) == []
    site.offer(LEFT, on=False)
    request(site, VehicleRequest.CHARGE)
    site.offer(LEFT, on=True)
    assert request(site, VehicleRequest.CHARGE, 175) == []
    assert request(site, VehicleRequest.CHARGE, 100) == [
        VehicleCommand.WAKE,
        VehicleCommand.START,
    ]
    assert site.outlets[LEFT].drawing
    assert site.commanders[HERE].daily_usage == DailyUsage(site_day(site), 0, 1)


def site_day(site: Driveway) -> date:
    return date.fromordinal(FIRST_DAY.toordinal() + int(site.now // 86400))


def test_a_car_is_woken_twice_an_hour_and_six_times_a_day_at_most() -> None:
    site = place(asleep=True)
    site.obeys = False
    site.now = 86400.0 * 5 + 10
    request(site, VehicleRequest.CHARGE, 4 * 3600)
    assert site.count(VehicleCommand.WAKE) == 6
    gaps = [item.at for item in site.asked if item.command is VehicleCommand.WAKE]
    assert min(b - a for a, b in pairwise(gaps)) >= 1800
    assert request(site, VehicleRequest.CHARGE, 3600) == []
    request(site, VehicleRequest.CHARGE, 20 * 3600)
    assert site.count(VehicleCommand.WAKE) > 6


def test_a_car_that_does_not_answer_is_taken_for_asleep() -> None:
    site = place(CommandOutcome.UNREACHABLE, CommandOutcome.UNREACHABLE)
    assert request(site, VehicleRequest.CHARGE) == [
        VehicleCommand.START,
        VehicleCommand.START,
        VehicleCommand.WAKE,
        VehicleCommand.START,
    ]


def test_a_car_that_is_woken_by_its_commands_only_is_commanded_as_rarely() -> None:
    site = place(asleep=True, can_wake=False, location_updates=LocationUpdates.NEVER)
    site.obeys = False
    request(site, VehicleRequest.CHARGE, 2 * 3600)
    assert site.count(VehicleCommand.START) <= 8
    assert site.commanders[HERE].daily_usage.wakes == 4


def test_a_cars_own_schedule_is_respected_unless_its_owner_says_otherwise() -> None:
    site = place(scheduled=True)
    assert request(site, VehicleRequest.CHARGE) == []
    site.override = True
    assert request(site, VehicleRequest.CHARGE) == [VehicleCommand.START]

    # One that was never stopped by us waits for its own time too.
    site = place(scheduled=True)
    assert request(site, None) == []
    site.outlets[LEFT].charge_now = True
    assert request(site, None) == [VehicleCommand.START]


def test_a_schedule_that_is_not_reported_is_read_once_an_offer() -> None:
    site = place(scheduled=None)
    site.schedule = True
    assert request(site, VehicleRequest.CHARGE) == [VehicleCommand.READ_STATE]
    # What was read is not known for long, but it holds until the offer ends.
    site.change(HERE, scheduled=None)
    assert request(site, VehicleRequest.CHARGE, 6 * 3600) == []
    site.offer(LEFT, on=False)
    site.wait(60)
    site.offer(LEFT, on=True)
    site.schedule = False
    assert request(site, VehicleRequest.CHARGE) == [
        VehicleCommand.READ_STATE,
        VehicleCommand.START,
    ]


def test_no_read_is_paid_for_where_a_schedule_may_be_overridden() -> None:
    site = place(scheduled=None)
    site.override = True
    assert request(site, VehicleRequest.CHARGE) == [VehicleCommand.START]


def test_charge_now_finds_out_why_a_car_does_not_begin() -> None:
    site = place(scheduled=None)
    site.schedule = True
    site.outlets[LEFT].charge_now = True
    offered_since = site.outlets[LEFT].offered_since
    assert offered_since is not None
    assert request(site, None) == [VehicleCommand.READ_STATE, VehicleCommand.START]
    # Most cars begin by themselves.
    assert site.asked[0].at - offered_since >= 60


def test_a_sleeping_car_is_read_once_it_is_awake() -> None:
    site = place(scheduled=None, asleep=True)
    site.schedule = False
    assert request(site, VehicleRequest.CHARGE) == [
        VehicleCommand.WAKE,
        VehicleCommand.READ_STATE,
        VehicleCommand.START,
    ]


def test_a_car_stopped_by_its_owner_is_started_by_charge_now_once() -> None:
    site = place(charging=STOPPED)
    site.override = True
    assert request(site, None) == []
    site.outlets[LEFT].charge_now = True
    assert request(site, None) == [VehicleCommand.START]
    site.outlets[LEFT].drawing = False
    assert request(site, None) == []
    assert request(site, VehicleRequest.CHARGE) == [VehicleCommand.START]


def test_a_car_is_located_before_it_is_commanded() -> None:
    site = place(drawing=True)
    site.outlets[LEFT].reads_vin = False
    site.assignments = {LEFT: HERE}
    assert request(site, None) == []
    assert request(site, VehicleRequest.STOP) == [
        VehicleCommand.READ_STATE,
        VehicleCommand.STOP,
    ]
    assert calls(site) == 0
    site.wait(600)
    assert request(site, VehicleRequest.CHARGE) == [
        VehicleCommand.READ_STATE,
        VehicleCommand.START,
    ]


@pytest.mark.parametrize("assignments", [{}, {LEFT: HERE}])
def test_a_car_that_left_is_not_commanded_for_the_one_that_came(
    assignments: dict[int, str],
) -> None:
    site = place(drawing=True)
    site.assignments = assignments
    site.outlets[LEFT].reads_vin = False
    assert request(site, VehicleRequest.STOP, 60) == [
        VehicleCommand.READ_STATE,
        VehicleCommand.STOP,
    ]
    site.plug(LEFT, None)
    site.gone = True
    site.wait(30)
    # It was at home a moment ago, but that was before this one came.
    site.plug(LEFT, STRANGER)
    site.outlets[LEFT].drawing = True
    assert set(request(site, VehicleRequest.STOP, 600)) == {VehicleCommand.READ_STATE}


def test_a_car_that_is_elsewhere_is_located_ever_less_often() -> None:
    site = Driveway(answers())
    site.add(van())
    site.assignments = {LEFT: AWAY}
    site.plug(LEFT, STRANGER)
    site.offer(LEFT, on=True)
    site.outlets[LEFT].drawing = True
    asked = request(site, VehicleRequest.STOP, 12 * 3600)
    assert set(asked) == {VehicleCommand.READ_STATE}
    assert len(asked) <= 40
    assert times(site)[0] == 310
    assert times(site)[4] > 600
    assert times(site)[-1] >= 4500


def test_the_days_calls_last_until_midnight() -> None:
    site = place(then=CommandOutcome.TRANSIENT, drawing=True)
    site.now = 86400.0 * 5
    request(site, VehicleRequest.STOP, 86000)
    assert 36 <= len(site.asked) <= 40
    assert site.asked[-1].at - 86400 * 5 > 80000
    # A new day begins with new hope.
    request(site, VehicleRequest.STOP, 3600)
    assert site.asked[-1].day == 6


def test_spent_calls_are_restored_after_a_restart() -> None:
    daily_usage = DailyUsage(date(2026, 6, 2), 40, 6)
    kept = DailyUsage.from_dict(json.loads(json.dumps(daily_usage.as_dict())))
    assert kept == daily_usage
    commander = VehicleCommander(HERE, kept)
    assert not commander.can_command(date(2026, 6, 2))
    assert commander.can_command(date(2026, 6, 3))


def test_a_car_that_sleeps_does_not_keep_another_from_being_commanded() -> None:
    """The location is only known once the car is awake, which may be tomorrow."""
    site = place(drawing=True)
    site.outlets[LEFT].reads_vin = False
    site.add(van(asleep=True))
    assert request(site, VehicleRequest.STOP, 300) == [
        VehicleCommand.READ_STATE,
        VehicleCommand.STOP,
    ]
    assert {item.vehicle_id for item in site.asked} == {HERE}


def again(site: Driveway) -> None:
    """Replace the commander, as after a change of the vehicle's settings."""
    before = site.commanders[HERE]
    site.commanders[HERE] = VehicleCommander(HERE, before.daily_usage, before.waits)


def test_the_rate_is_kept_by_the_next_commander() -> None:
    site = place(drawing=True)
    request(site, VehicleRequest.STOP, 10)
    again(site)
    request(site, VehicleRequest.CHARGE, 120)
    assert times(site) == [60]

    site = place(CommandOutcome.RATE_LIMITED, drawing=True)
    site.answers = iter(
        [CommandResult(CommandOutcome.RATE_LIMITED, 900.0), *repeat(DONE, 9)]
    )
    request(site, VehicleRequest.STOP, 10)
    again(site)
    request(site, VehicleRequest.STOP, 960)
    assert times(site) == [905]


@pytest.mark.parametrize("anew", [False, True])
def test_no_command_waits_until_a_car_may_be_located_again(anew: bool) -> None:
    site = place(drawing=True)
    site.outlets[LEFT].reads_vin = False
    site.gone = True
    site.plug(LEFT, STRANGER)
    site.outlets[LEFT].drawing = True
    assert set(request(site, VehicleRequest.STOP, 3000)) == {VehicleCommand.READ_STATE}
    looked = site.asked[-1].at
    if anew:
        again(site)
    assert request(site, VehicleRequest.STOP, looked + 500 - site.now) == []
    # It is back, and its connector reads its VIN.
    site.gone = False
    site.plug(LEFT, HERE)
    site.outlets[LEFT].reads_vin = True
    site.outlets[LEFT].drawing = True
    assert request(site, VehicleRequest.STOP, 10) == [VehicleCommand.STOP]


def test_a_car_is_not_woken_again_by_the_next_commander() -> None:
    site = place(CommandOutcome.UNREACHABLE, asleep=True, can_wake=True)
    request(site, VehicleRequest.CHARGE, 600)
    assert site.count(VehicleCommand.WAKE) == 1
    again(site)
    request(site, VehicleRequest.CHARGE, 900)
    assert site.count(VehicleCommand.WAKE) == 1


def test_the_soft_limit_is_kept_by_the_next_commander() -> None:
    site = place(then=CommandOutcome.TRANSIENT, drawing=True)
    site.now = 86400.0 * 5
    request(site, VehicleRequest.STOP, 20000)
    before = len(site.asked)
    assert before > 24
    site.now = site.asked[-1].at + 700
    again(site)
    request(site, VehicleRequest.STOP, 3000)
    assert len(site.asked) == before


def test_stored_times_are_moved_to_another_clock() -> None:
    waits = StoredWaits(last_call_at=100.0, command_ready_at=160.0, last_wake_at=50.0)
    kept = StoredWaits.from_dict(json.loads(json.dumps(waits.moved(1e9).as_dict())))
    assert kept.moved(-1e9) == waits
    assert kept.as_of(1e9 + 100) == kept
    # A clock that was set back knows of nothing that is yet to come.
    assert kept.as_of(1e9) == StoredWaits()
    assert StoredWaits().moved(5.0).as_of(0.0) == StoredWaits()


@pytest.mark.parametrize("spoilt", [nan, inf, "soon", True, 1e30])
def test_an_invalid_time_is_not_restored(spoilt: Any) -> None:
    assert StoredWaits.from_dict(
        {"last_call_at": spoilt, "command_ready_at": 5.0}
    ) == StoredWaits(command_ready_at=5.0)


def test_a_healthy_day_is_not_cut_short() -> None:
    site = place(drawing=True)
    site.now = 86400.0 * 5
    for _ in range(40):
        request(site, VehicleRequest.STOP, 900)
        request(site, VehicleRequest.CHARGE, 900)
    assert site.count(*COMMANDS) == 80
    assert calls(site) == 0


def test_with_nothing_plugged_in_no_call_is_made() -> None:
    site = place(then=CommandOutcome.TRANSIENT, scheduled=True, charging=STOPPED)
    site.plug(LEFT, None)
    site.assignments = {LEFT: HERE}
    site.override = site.outlets[LEFT].charge_now = True
    for wanted in (VehicleRequest.CHARGE, VehicleRequest.STOP, None):
        assert request(site, wanted, 7200) == []


def test_another_car_at_the_connector_begins_anew() -> None:
    site = place(then=CommandOutcome.TRANSIENT, drawing=True)
    request(site, VehicleRequest.STOP, 3000)
    site.plug(LEFT, None)
    site.wait(60)
    site.plug(LEFT, HERE)
    site.outlets[LEFT].drawing = True
    before = len(site.asked)
    request(site, VehicleRequest.STOP, 1200)
    assert times(site)[before : before + 2] == [65, 125]


def test_a_commander_commands_no_other_car() -> None:
    site = place(drawing=True)
    site.commanders[HERE] = VehicleCommander("another")
    assert request(site, VehicleRequest.STOP) == []
    site = place(drawing=True)
    site.outlets[LEFT].reads_vin = False
    site.change(HERE, at_home=False)
    site.fixes[HERE] = site.now
    site.assignments = {LEFT: HERE}
    assert request(site, VehicleRequest.STOP, 200) == []


def test_a_connector_without_a_car_commands_none_whatever_was_matched() -> None:
    facts = ConnectorFacts(LEFT, 2, plugged=False, drawing=True, offered_since=0.0)
    proven = Match(HERE, MatchReason.VIN, proven_here=True)
    for wanted in VehicleRequest:
        context = CommandContext(wanted, facts, sedan(), proven)
        assert (
            VehicleCommander(HERE).decide(1000.0, FIRST_DAY, context).command
            is VehicleCommand.NOTHING
        )
