"""The instructions to a connector, given its reports."""

import pytest

from custom_components.twc_manager.twc.connector import Instruction, LinkedConnector
from custom_components.twc_manager.twc.messages import (
    Command,
    Heartbeat,
    PlugReport,
    PlugState,
    Query,
    State,
)
from custom_components.twc_manager.twc.queries import MAX_TRIES
from custom_components.twc_manager.twc.state import KnownConnector

TWC, MASTER = 0x032E, 0x7777
NOW = 100.0


def linked(protocol: int = 2) -> LinkedConnector:
    return LinkedConnector(KnownConnector(TWC, protocol, 80.0), NOW, restored=False)


def report(
    connector: LinkedConnector,
    state: int = State.READY,
    offered: float = 0.0,
    drawn: float = 0.0,
) -> None:
    connector.take_heartbeat(Heartbeat(TWC, MASTER, state, offered, drawn), NOW)


def send(connector: LinkedConnector, offer: float, standing: float) -> Command:
    instruction = connector.instruct(offer, standing)
    connector.heartbeat_sent(instruction.offer)
    return instruction.command


@pytest.mark.parametrize("protocol", [1, 2])
def test_nothing_is_changed_before_a_report_or_without_an_opinion(
    protocol: int,
) -> None:
    connector = linked(protocol)
    nothing = Instruction(Command.NO_CHANGE, None)
    assert connector.instruct(16.0, 0.0) == nothing
    report(connector)
    assert connector.instruct(None, 0.0) == nothing


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("offer", [0.0, 6.0, 16.0])
def test_protocol_1_gets_its_limit_in_every_state(state: State, offer: float) -> None:
    connector = linked(1)
    report(connector, state, offer, offer)
    assert connector.instruct(offer, offer) == Instruction(Command.LIMIT, offer)


@pytest.mark.parametrize(
    ("state", "offered", "drawn", "command"),
    [
        (State.READY, 0.0, 0.0, Command.LIMIT),
        (State.READY, 6.0, 0.25, Command.LIMIT),
        (State.WANTS_POWER, 0.0, 0.0, Command.LIMIT),
        (State.STARTING, 0.0, 0.0, Command.LIMIT),
        (State.NOT_CHARGING, 6.0, 0.0, Command.LIMIT),
        (State.STARTING, 6.0, 0.0, Command.LIMIT_WHILE_CHARGING),
        (State.STARTING, 20.0, 3.5, Command.LIMIT_WHILE_CHARGING),
        (State.CHARGING, 6.0, 0.0, Command.LIMIT_WHILE_CHARGING),
        (State.LIMITING, 6.0, 0.0, Command.LIMIT_WHILE_CHARGING),
        (State.ADJUSTED, 6.0, 0.0, Command.LIMIT_WHILE_CHARGING),
        (State.ERROR, 20.0, 16.86, Command.LIMIT_WHILE_CHARGING),
        (0x77, 20.0, 16.0, Command.LIMIT_WHILE_CHARGING),
    ],
)
def test_protocol_2_gets_the_command_for_its_state(
    state: int, offered: float, drawn: float, command: Command
) -> None:
    connector = linked()
    report(connector, state, offered, drawn)
    assert send(connector, 16.0, offered) is command


def test_protocol_2_that_echoes_the_offer_is_sent_nothing() -> None:
    connector = linked()
    report(connector, State.CHARGING, 16.0, 15.0)
    assert send(connector, 16.0, 16.0) is Command.NO_CHANGE


def test_protocol_2_that_echoes_something_else_is_sent_it_again() -> None:
    connector = linked()
    report(connector, State.CHARGING, 16.0, 15.0)
    assert send(connector, 20.0, 16.0) is Command.LIMIT_WHILE_CHARGING
    report(connector, State.CHARGING, 16.0, 15.0)
    assert send(connector, 20.0, 20.0) is Command.LIMIT_WHILE_CHARGING


def test_protocol_2_that_takes_no_limit_is_given_the_other_command_in_turn() -> None:
    connector = linked()
    commands = []
    for _ in range(8):
        report(connector, State.READY, 6.0)
        commands.append(send(connector, 16.0, 16.0))
    limit, while_charging = Command.LIMIT, Command.LIMIT_WHILE_CHARGING
    assert (
        commands
        == [limit] * 2 + [while_charging] * 2 + [limit] * 2 + [while_charging] * 2
    )
    # As soon as it takes one, the usual command is the first choice again.
    report(connector, State.READY, 16.0)
    assert send(connector, 10.0, 16.0) is limit


def test_limits_that_nobody_answered_are_not_taken_for_ignored() -> None:
    connector = linked()
    report(connector, State.READY, 6.0)
    for _ in range(10):
        assert send(connector, 16.0, 16.0) is Command.LIMIT


@pytest.mark.parametrize(
    ("state", "drawn", "plugged_in"),
    [
        (State.READY, 0.0, False),
        (State.READY, 0.25, False),
        (State.ERROR, 0.0, False),
        (State.ERROR, 16.86, True),
        (State.CHARGING, 0.0, True),
        (State.NOT_CHARGING, 0.0, True),
        (State.WANTS_POWER, 0.0, True),
        (State.STARTING, 0.0, True),
        (0x77, 0.0, False),
    ],
)
def test_a_car_is_known_by_the_state_where_the_plug_does_not_show_it(
    state: int, drawn: float, plugged_in: bool
) -> None:
    connector = linked()
    assert not connector.plugged_in()
    for _ in range(2):
        report(connector, state, 6.0, drawn)
    assert connector.plugged_in() == plugged_in


@pytest.mark.parametrize(("plug", "plugged_in"), [(0, False), (2, True), (3, True)])
def test_a_car_is_known_by_the_plug_where_that_shows_it(
    plug: int, plugged_in: bool
) -> None:
    connector = linked()
    for _ in range(2):
        report(connector, State.WANTS_POWER)
        connector.take_answer(PlugReport(TWC, plug), NOW)
    assert connector.plugged_in() == plugged_in


def without_plug_report() -> LinkedConnector:
    """Return one that was asked for its plug as often as it may be."""
    connector = linked()
    for _ in range(MAX_TRIES):
        connector.queries.unanswered(Query.PLUG_STATE, NOW)
    return connector


@pytest.mark.parametrize("state", State)
def test_only_ready_shows_that_no_car_is_there_where_the_plug_is_not_reported(
    state: State,
) -> None:
    """BUSY counted as such, and what a car draws beyond its offers was forgotten while it was plugged in."""
    connector = without_plug_report()
    for _ in range(2):
        report(connector, state)
    assert connector.unplugged() == (state is State.READY)


def test_ready_does_not_show_that_no_car_is_there_before_the_plug_is_reported() -> None:
    connector = linked()
    for _ in range(3):
        report(connector)
    assert not connector.unplugged()
    for _ in range(2):
        connector.take_answer(PlugReport(TWC, PlugState.UNPLUGGED), NOW)
    assert connector.unplugged()
