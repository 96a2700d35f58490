"""The rules and a commander together: a vehicle is stopped and started by its account."""

from itertools import pairwise

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging.control.commander import VehicleCommander
from custom_components.twc_manager.charging.control.commands import (
    CommandContext,
    CommandOutcome,
    CommandResult,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.matching import match
from custom_components.twc_manager.charging.control.stop_methods import StopMethod
from custom_components.twc_manager.charging.control.vehicle_facts import LocationUpdates
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import ActiveRule, Rule
from tests.charging.driveway import FIRST_DAY, HERE, sedan
from tests.charging.world import ONE, Twc, World

OFF = {ONE: ActiveRule(Rule.OFF)}


class Account:
    """A car's cloud between the rules and a simulated connector."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.car = sedan(location_updates=LocationUpdates.NEVER)
        self.commander = VehicleCommander(HERE)
        self.broken = False
        self.asked: list[tuple[float, VehicleCommand]] = []
        self._due: tuple[float, VehicleCommand] | None = None
        world.twcs[ONE].obeys = False

    def run(self, seconds: int) -> None:
        """Let time pass, as Home Assistant would."""
        for _ in range(seconds):
            self.world.tick()
            self._answer()
            self._decide()

    def _decide(self) -> None:
        decision = self.world.decision.connectors[ONE]
        assert decision.facts is not None
        found = match([decision.facts], {ONE: HERE}, [self.car])[ONE]
        now = self.world.now
        context = CommandContext(decision.request, decision.facts, self.car, found)
        next_command = self.commander.decide(now, FIRST_DAY, context)
        if next_command.command is not VehicleCommand.NOTHING:
            self.asked.append((now, next_command.command))
            self._due = (now + 4, next_command.command)
        can_command = found.vehicle_id is not None and self.commander.can_command(
            FIRST_DAY
        )
        declined_charging = self.commander.declined_charging
        self.world.set(
            commandable=frozenset({ONE} if can_command else ()),
            declined_charging=frozenset({ONE} if declined_charging else ()),
        )

    def _answer(self) -> None:
        if self._due is None or self.world.now < self._due[0]:
            return
        command, self._due = self._due[1], None
        if not self.broken:
            self.world.twcs[ONE].stopped = command is VehicleCommand.STOP
        outcome = CommandOutcome.TRANSIENT if self.broken else CommandOutcome.DONE
        self.commander.record_result(self.world.now, CommandResult(outcome))

    @property
    def asks(self) -> list[VehicleCommand]:
        return [command for _, command in self.asked]


def charging() -> tuple[World, Account]:
    world = World(Twc(ONE))
    world.settings(plug_in_charge=False)
    world.twcs[ONE].plug()
    account = Account(world)
    account.run(120)
    assert world.twcs[ONE].drawn > 30
    assert account.asked == []
    return world, account


def test_the_rules_stop_and_start_a_car_by_its_account() -> None:
    world, account = charging()
    world.set(active_rules=OFF)
    account.run(20)
    assert world.twcs[ONE].drawn == 0
    account.run(600)
    world.engine = Engine(world.wiring, stored=world.engine.stored)
    account.commander = VehicleCommander(HERE, account.commander.daily_usage)
    account.run(60)
    world.set(active_rules={})
    account.run(30)
    assert world.twcs[ONE].drawn > 30
    assert account.asks == [VehicleCommand.STOP, VehicleCommand.START]
    account.run(3600)
    assert len(account.asks) == 2
    assert account.commander.daily_usage.calls == 0


def test_a_cloud_that_comes_back_gets_what_is_still_requested() -> None:
    world, account = charging()
    account.broken = True
    world.set(active_rules=OFF)
    account.run(3600)
    assert world.decision.connectors[ONE].stop_method is StopMethod.HOLD
    assert world.offers[ONE] == 6
    account.broken = False
    account.run(700)
    assert (world.twcs[ONE].drawn, world.offers[ONE]) == (0, 0)
    stops = len(account.asks)

    account.broken = True
    world.set(active_rules={})
    account.run(3600)
    assert world.twcs[ONE].drawn == 0
    account.broken = False
    account.run(700)
    assert world.twcs[ONE].drawn > 30
    assert set(account.asks[:stops]) == {VehicleCommand.STOP}
    assert set(account.asks[stops:]) == {VehicleCommand.START}
    assert stops < 12 > len(account.asks) - stops


type Turn = tuple[bool, bool, int]
"""Whether the rules say off, whether the account is broken, and for how many seconds."""

turns = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.integers(1, 400)), max_size=12
)


def check_what_the_car_does_in_the_end(turns: list[Turn]) -> None:
    world, account = charging()
    for off, account.broken, seconds in turns:
        world.set(active_rules=OFF if off else {})
        account.run(seconds)
    account.broken = False
    world.set(active_rules=OFF)
    account.run(1500)
    assert world.twcs[ONE].drawn == 0
    world.set(active_rules={})
    account.run(1500)
    assert world.twcs[ONE].drawn > 30
    assert all(b - a >= 60 for (a, _), (b, _) in pairwise(account.asked))


@settings(max_examples=8)
@given(turns)
def test_the_car_follows_the_rules_once_random_faults_have_ended(
    turns: list[Turn],
) -> None:
    check_what_the_car_does_in_the_end(turns)


@pytest.mark.slow
@settings(max_examples=50)
@given(turns)
def test_the_car_follows_the_rules_once_long_random_faults_have_ended(
    turns: list[Turn],
) -> None:
    check_what_the_car_does_in_the_end(turns)
