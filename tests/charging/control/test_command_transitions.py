"""Every transition of the vehicle commander, each proven necessary."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.twc_manager.charging.control import commander as module
from custom_components.twc_manager.charging.control.command_log import CommandLog
from custom_components.twc_manager.charging.control.command_states import (
    CommandFacts,
    Commanding,
    CommandState,
    Declined,
    Doubted,
    Idle,
    Pending,
    Proving,
)
from custom_components.twc_manager.charging.control.command_transitions import (
    COMMAND_TRANSITIONS,
)
from custom_components.twc_manager.charging.control.commander import VehicleCommander
from custom_components.twc_manager.charging.control.commands import (
    CommandContext,
    CommandOutcome,
    CommandResult,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.matching import Match, MatchReason
from custom_components.twc_manager.charging.control.stop_effect import NoStop
from custom_components.twc_manager.charging.control.stop_methods import VehicleRequest
from custom_components.twc_manager.charging.control.vehicle_facts import (
    ConnectorFacts,
    VehicleCharging,
)
from tests.charging.driveway import FIRST_DAY, HERE, LEFT, sedan
from tests.charging.tables import Scenarios, check_row, check_table, name_of

NOTHING = VehicleCommand.NOTHING
START = VehicleCommand.START
STOP = VehicleCommand.STOP
DRAWING = ConnectorFacts(
    LEFT, 2, plugged=True, drawing=True, plugged_since=0.0, offered_since=0.0
)
"""A connector whose vehicle draws."""
QUIET = replace(DRAWING, drawing=False)
ASSIGNED = Match(HERE, MatchReason.ASSIGNED)
ELSEWHERE = Match(None, MatchReason.CHARGES_ELSEWHERE)


class Site:
    """A vehicle at a connector, and its commander."""

    def __init__(self, request: VehicleRequest, connector: ConnectorFacts) -> None:
        self.now = 10_000.0
        self.commander = VehicleCommander(HERE)
        self.context = CommandContext(
            request,
            connector,
            sedan(charge_limit=80.0),
            Match(HERE, MatchReason.VIN, proven_here=True),
        )

    def connector(self, **changes: Any) -> None:
        connector = replace(self.context.connector, **changes)
        self.context = replace(self.context, connector=connector)

    def vehicle(self, **changes: Any) -> None:
        vehicle = replace(self.context.vehicle, **changes)
        self.context = replace(self.context, vehicle=vehicle)

    def located(self, *, needs_location: bool) -> None:
        """Set whether the location of the vehicle is needed, and its location."""
        match = replace(self.context.match, needs_location=needs_location)
        self.context = replace(self.context, match=match)

    def replug(self) -> None:
        self.connector(plugged_since=self.now)

    def decide(self, after: float = 1.0) -> VehicleCommand:
        self.now += after
        return self.commander.decide(self.now, FIRST_DAY, self.context).command

    def result(
        self,
        outcome: CommandOutcome,
        retry_after: float | None = None,
        after: float = 1.0,
    ) -> None:
        self.now += after
        self.commander.record_result(self.now, CommandResult(outcome, retry_after))

    @property
    def calls(self) -> int:
        return self.commander.daily_usage.calls


def stop_sent() -> Site:
    """Return a vehicle that draws and was just commanded to stop."""
    site = Site(VehicleRequest.STOP, DRAWING)
    assert site.decide() is STOP
    return site


def start_sent() -> Site:
    site = Site(VehicleRequest.CHARGE, QUIET)
    assert site.decide() is START
    return site


def read_sent() -> Site:
    """Return a vehicle whose location is just being read."""
    site = Site(VehicleRequest.STOP, DRAWING)
    site.located(needs_location=True)
    assert site.decide() is VehicleCommand.READ_STATE
    return site


def stop_accepted() -> Site:
    site = stop_sent()
    site.result(CommandOutcome.DONE)
    return site


def stop_unproven() -> Site:
    """Return a vehicle without a VIN whose accepted stop has not shown in time."""
    site = Site(VehicleRequest.STOP, DRAWING)
    site.context = replace(site.context, match=ASSIGNED)
    assert site.decide() is STOP
    site.result(CommandOutcome.DONE)
    assert site.decide(after=90) is NOTHING
    return site


def the_result_of_a_command_is_awaited() -> None:
    site = stop_sent()
    # Much later than the rate of the commands would allow.
    assert site.decide(after=100) is NOTHING
    site.result(CommandOutcome.REFUSED)
    assert site.commander.problem is CommandOutcome.REFUSED


def a_command_before_the_last_one_showed_makes_both_count() -> None:
    site = stop_accepted()
    site.located(needs_location=True)
    assert site.decide() is VehicleCommand.READ_STATE
    site.result(CommandOutcome.DONE)
    site.located(needs_location=False)
    assert site.decide(after=200) is STOP
    site.result(CommandOutcome.DONE)
    site.connector(drawing=False)
    site.decide()
    # The read and the second command worked, the first command is counted.
    assert site.calls == 1


def a_rate_limit_lasts_as_long_as_the_cloud_says() -> None:
    site = stop_sent()
    site.result(CommandOutcome.RATE_LIMITED, 1800.0)
    assert site.decide(after=1799) is NOTHING
    assert site.decide() is STOP


def a_vehicle_whose_owner_has_to_act_is_not_commanded() -> None:
    site = stop_sent()
    site.result(CommandOutcome.REAUTH)
    assert site.decide(after=7200) is NOTHING
    assert not site.commander.can_command(FIRST_DAY)
    assert site.commander.problem is CommandOutcome.REAUTH


def a_read_has_worked_only_once_a_command_follows() -> None:
    site = read_sent()
    site.result(CommandOutcome.DONE)
    assert site.decide(after=59) is NOTHING
    assert site.decide() is VehicleCommand.READ_STATE
    # What was read is a result of its own: it does not have to show in the measured draw.
    site.result(CommandOutcome.DONE)
    site.located(needs_location=False)
    assert site.decide() is STOP


def a_vehicle_that_woke_up_is_commanded_at_once() -> None:
    site = Site(VehicleRequest.CHARGE, QUIET)
    site.vehicle(asleep=True)
    assert site.decide() is VehicleCommand.WAKE
    site.result(CommandOutcome.DONE)
    # Its state has not been read since, and still says that it is asleep.
    assert site.decide() is START


def a_vehicle_that_is_waking_up_is_commanded_again_soon() -> None:
    site = start_sent()
    site.result(CommandOutcome.BUSY)
    assert site.decide(after=4) is NOTHING
    assert site.decide() is START


def a_vehicle_at_no_connector_is_started_without_a_proof() -> None:
    site = stop_unproven()
    site.context = replace(site.context, match=ELSEWHERE)
    site.now += 1
    following = site.commander.undo(site.now, FIRST_DAY, site.context)
    assert following.command is START
    site.result(CommandOutcome.COMPLETE)
    assert site.commander.effect == NoStop()
    # Its answer says nothing about the connector that it is matched to next.
    site.context = replace(
        site.context, request=VehicleRequest.CHARGE, match=ASSIGNED, connector=QUIET
    )
    assert site.decide(after=70) is START


def what_was_accepted_costs_nothing_once_it_shows() -> None:
    site = stop_sent()
    site.result(CommandOutcome.DONE)
    assert site.calls == 1
    site.connector(drawing=False)
    site.decide()
    assert site.calls == 0


def declined() -> Site:
    """Return a vehicle that answered once more than doubts allow that it is full."""
    site = start_sent()
    site.result(CommandOutcome.COMPLETE)
    for _ in range(2):
        assert site.decide(after=600) is START
        site.result(CommandOutcome.COMPLETE)
    return site


def a_vehicle_that_declined_to_charge_is_left_alone() -> None:
    site = declined()
    assert site.commander.declined_charging
    assert site.decide(after=7200) is NOTHING
    # One that reports the same is believed at once.
    for outcome, report in (
        (CommandOutcome.COMPLETE, {"charging": VehicleCharging.COMPLETE}),
        (CommandOutcome.COMPLETE, {"battery": 80.0}),
        (CommandOutcome.NO_POWER, {"charging": VehicleCharging.NO_POWER}),
        (CommandOutcome.DISCONNECTED, {"plugged": False}),
    ):
        site = Site(VehicleRequest.CHARGE, QUIET)
        site.vehicle(**report)
        assert site.decide() is START
        site.result(outcome)
        assert site.commander.declined_charging


def one_answer_that_it_will_not_charge_is_doubted() -> None:
    for outcome in (
        CommandOutcome.COMPLETE,
        CommandOutcome.NO_POWER,
        CommandOutcome.DISCONNECTED,
    ):
        site = start_sent()
        site.result(outcome)
        assert not site.commander.declined_charging
        assert site.commander.can_command(FIRST_DAY)
        assert site.commander.problem is None
        assert site.decide(after=179) is NOTHING
        assert site.decide() is START


def a_doubted_answer_is_asked_for_again() -> None:
    site = start_sent()
    site.result(CommandOutcome.COMPLETE)
    assert site.decide(after=600) is START
    # Another answer is not the same one repeated.
    site.result(CommandOutcome.NO_POWER)
    for _ in range(2):
        assert not site.commander.declined_charging
        assert site.decide(after=600) is START
        site.result(CommandOutcome.NO_POWER)
    assert site.commander.declined_charging


def a_vehicle_that_draws_after_all_was_wrong() -> None:
    site = start_sent()
    site.result(CommandOutcome.DISCONNECTED)
    for _ in range(3):
        site.connector(drawing=True)
        assert site.decide(after=600) is NOTHING
        site.connector(drawing=False)
        assert site.decide() is START
        site.result(CommandOutcome.DISCONNECTED)
        assert not site.commander.declined_charging


def the_next_session_begins_without_doubts() -> None:
    site = start_sent()
    site.result(CommandOutcome.COMPLETE)
    for _ in range(3):
        site.replug()
        assert site.decide(after=600) is START
        site.result(CommandOutcome.COMPLETE)
        assert not site.commander.declined_charging


def a_command_that_failed_is_repeated_later() -> None:
    site = stop_sent()
    site.result(CommandOutcome.REFUSED)
    assert site.decide(after=59) is NOTHING
    assert site.decide() is STOP


def a_proof_lets_the_opposite_be_commanded_a_minute_after_the_command() -> None:
    site = stop_accepted()
    site.connector(drawing=False)
    assert site.decide() is NOTHING
    site.context = replace(site.context, request=VehicleRequest.CHARGE)
    # The command was sent 2 s ago.
    assert site.decide(after=57) is NOTHING
    assert site.decide() is START
    assert site.calls == 1


def what_shows_too_late_is_no_proof() -> None:
    site = stop_accepted()
    site.context = replace(site.context, request=None)
    site.decide(after=90)
    site.connector(drawing=False)
    site.decide()
    assert site.calls == 1


def what_shows_in_another_session_is_no_proof() -> None:
    site = stop_accepted()
    site.replug()
    site.connector(drawing=False)
    site.decide()
    assert site.calls == 1


def a_vehicle_with_a_higher_limit_is_started_again() -> None:
    site = declined()
    site.vehicle(charge_limit=90.0)
    assert site.decide(after=600) is START
    assert not site.commander.declined_charging


def a_missing_key_is_tried_again_in_the_next_session() -> None:
    site = stop_sent()
    site.result(CommandOutcome.NOT_ALLOWED)
    assert site.decide(after=600) is NOTHING
    site.replug()
    assert site.decide(after=600) is STOP


COMMANDS: Scenarios = {
    "idle, send, always: pending": the_result_of_a_command_is_awaited,
    "proving, send, always: pending": a_command_before_the_last_one_showed_makes_both_count,
    "pending, result, rate_limited: idle": a_rate_limit_lasts_as_long_as_the_cloud_says,
    "pending, result, blocked: blocked": a_vehicle_whose_owner_has_to_act_is_not_commanded,
    "pending, result, state_read: idle": a_read_has_worked_only_once_a_command_follows,
    "pending, result, woken: idle": a_vehicle_that_woke_up_is_commanded_at_once,
    "pending, result, waking_up: idle": a_vehicle_that_is_waking_up_is_commanded_again_soon,
    "pending, result, undone: idle": a_vehicle_at_no_connector_is_started_without_a_proof,
    "pending, result, accepted: proving": what_was_accepted_costs_nothing_once_it_shows,
    "pending, result, declined_for_certain: declined": a_vehicle_that_declined_to_charge_is_left_alone,
    "pending, result, declined: doubted": one_answer_that_it_will_not_charge_is_doubted,
    "doubted, send, always: pending": a_doubted_answer_is_asked_for_again,
    "doubted, update, draw_changed: idle": a_vehicle_that_draws_after_all_was_wrong,
    "doubted, end_session, always: idle": the_next_session_begins_without_doubts,
    "pending, result, always: idle": a_command_that_failed_is_repeated_later,
    "proving, update, proven: idle": a_proof_lets_the_opposite_be_commanded_a_minute_after_the_command,
    "proving, update, proof_overdue: idle": what_shows_too_late_is_no_proof,
    "proving, end_session, always: idle": what_shows_in_another_session_is_no_proof,
    "declined, update, something_changed: idle": a_vehicle_with_a_higher_limit_is_started_again,
    "blocked, end_session, key_may_be_paired: idle": a_missing_key_is_tried_again_in_the_next_session,
}


def test_every_row_of_the_table_has_its_scenario() -> None:
    check_table(COMMAND_TRANSITIONS, COMMANDS)


@pytest.mark.parametrize("name", [name_of(row) for row in COMMAND_TRANSITIONS])
def test_no_row_of_the_table_can_be_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_row(monkeypatch, module, "COMMAND_TRANSITIONS", name, COMMANDS)


def test_a_row_enters_the_state_it_names() -> None:
    context = Site(VehicleRequest.STOP, DRAWING).context
    before: dict[CommandState, Commanding] = {
        CommandState.IDLE: Idle(),
        CommandState.PENDING: Pending(STOP, 0.0, context),
        CommandState.PROVING: Proving(STOP, 0.0, CommandOutcome.DONE),
        CommandState.DOUBTED: Doubted(CommandOutcome.COMPLETE, 1, False),
        CommandState.DECLINED: Declined(CommandOutcome.COMPLETE, None, None, None),
        CommandState.BLOCKED: Idle(),
    }
    result = CommandResult(CommandOutcome.COMPLETE)
    for row in COMMAND_TRANSITIONS:
        facts = CommandFacts(0.0, before[row.source], context, result=result)
        assert row.action(facts, CommandLog(None, None)).state is row.target
