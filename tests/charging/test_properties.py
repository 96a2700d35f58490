"""Properties of the engine over random sequences of cars, plugs, settings, rules and sensors.

Without wires, so that hours pass in milliseconds; `test_closed_loop_random` has them.
"""

from typing import Any

from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
import pytest

from custom_components.twc_manager.charging.allocation.queue import FIRST_WAIT
from custom_components.twc_manager.charging.control.stop_methods import (
    OpenContactor,
    StoredStop,
)
from custom_components.twc_manager.charging.control.stopping import STEADY_SECONDS
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import (
    ActiveRule,
    GreenBudget,
    LimitReason,
    Rule,
)
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.wiring import Wiring

from .world import ONE, THREE, TWO, Twc, World

IDS = st.sampled_from((ONE, TWO, THREE))
PASSING = {
    LimitReason.STOPPING,
    LimitReason.MINIMUM_CHARGING_TIME,
    LimitReason.CANNOT_STOP,
    LimitReason.PLUG_IN_CHARGE,
}
"""Reasons of an offer that no rule allows: a car that cannot be stopped yet, or one that gets its plug-in charge."""

SERVED_SECONDS = STEADY_SECONDS + FIRST_WAIT + 10
"""A car that was stopped for want of room pauses first, and then there has to be room for as long; at last it begins."""

ORDERS = (
    ActiveRule(Rule.FIXED),
    ActiveRule(Rule.FIXED, 10),
    ActiveRule(Rule.OFF),
    ActiveRule(Rule.GREEN, green=True),
    ActiveRule(Rule.CHARGE_NOW),
    ActiveRule(Rule.CHARGE_NOW, 16),
    ActiveRule(Rule.SCHEDULE, 14, name="night"),
    ActiveRule(Rule.SCHEDULE, 0, name="day"),
    ActiveRule(Rule.SCHEDULE, None, green=True, name="sun"),
)


class Machine(RuleBasedStateMachine):
    """Three connectors, random settings of the owner, and the weather."""

    fuse: FuseConfig | None = None

    @initialize(
        protocols=st.tuples(*[st.sampled_from((1, 2))] * 3),
        total=st.sampled_from((20, 32, 48, 80)),
        minimum=st.sampled_from((6, 8, 12)),
    )
    def begin(self, protocols: tuple[int, ...], total: int, minimum: int) -> None:
        twcs = [
            Twc(item, protocol)
            for item, protocol in zip((ONE, TWO, THREE), protocols, strict=True)
        ]
        wiring = Wiring(total, min(total, 40), minimum, 240, 1)
        self.world = World(*twcs, wiring=wiring, engine=Engine(wiring, self.fuse))
        self.load = 10.0
        self.silent = False
        self.over = 0
        self.hungry = dict.fromkeys((ONE, TWO, THREE), 0)
        self.opened = dict.fromkeys((ONE, TWO, THREE), 0)
        self.excused: dict[int, float] = {}
        """When a car began or ended charging for a reason of its own."""
        self.world.tick()

    @rule(key=IDS, onboard=st.sampled_from((48.0, 32.0, 16.0, 10.0)))
    def plug(self, key: int, onboard: float) -> None:
        if not self.world.twcs[key].plugged:
            self.world.twcs[key].plug(onboard)
            self.opened[key] = 0
            self.excused[key] = self.world.now

    @rule(key=IDS)
    def unplug(self, key: int) -> None:
        self.world.twcs[key].unplug()
        # Long enough to be seen where the plug does not show it.
        self.wait(10)

    @rule(key=IDS, onboard=st.sampled_from((0.0, 48.0, 16.0)))
    def fill(self, key: int, onboard: float) -> None:
        self.world.twcs[key].onboard = onboard
        self.excused[key] = self.world.now

    @rule(key=IDS, limit=st.sampled_from((None, 4, 6, 9, 16, 40, 99)))
    def slide(self, key: int, limit: int | None) -> None:
        self.world.limit(key, limit=limit)

    @rule(key=IDS, enabled=st.booleans(), priority=st.integers(0, 2))
    def set_connector(self, key: int, enabled: bool, priority: int) -> None:
        self.world.limit(key, enabled=enabled, priority=priority)

    @rule(key=IDS, contactor=st.booleans(), obeys=st.booleans())
    def set_means(self, key: int, contactor: bool, obeys: bool) -> None:
        self.world.limit(key, contactor=contactor)
        self.world.twcs[key].obeys = obeys

    @rule(current=st.sampled_from((None, 5, 6, 8, 13, 20, 48)))
    def set_current(self, current: int | None) -> None:
        self.world.settings(current=current)

    @rule(key=IDS, active_rule=st.sampled_from(ORDERS))
    def active_rule(self, key: int, active_rule: ActiveRule) -> None:
        self.world.set(
            active_rules={**self.world.inputs.active_rules, key: active_rule}
        )

    @rule()
    def leave_it_to_the_defaults(self) -> None:
        self.world.set(active_rules={})
        self.world.settings(current=None, connectors={})
        self.load, self.silent = 10.0, False
        self.wait(200)

    @rule(amps=st.integers(0, 50), known=st.booleans())
    def shine(self, amps: int, known: bool) -> None:
        self.world.set(green=GreenBudget(amps) if known else None)

    @rule(commandable=st.frozensets(IDS))
    def reach(self, commandable: frozenset[int]) -> None:
        self.world.set(commandable=commandable)

    @rule(key=IDS)
    def trap(self, key: int) -> None:
        self.world.twcs[key].trapped = not self.world.twcs[key].trapped

    @precondition(lambda self: self.fuse is not None)
    @rule(load=st.floats(0, 70), silent=st.booleans())
    def use(self, load: float, silent: bool) -> None:
        self.load, self.silent = load, silent

    @rule()
    def restart(self) -> None:
        kept = {
            key: StoredStop.from_dict(item.as_dict())
            for key, item in self.world.engine.stored.items()
        }
        self.world.engine = Engine(self.world.wiring, self.fuse, kept)
        for key in self.world.twcs:
            self.excused[key] = self.world.now

    @rule(seconds=st.sampled_from((1, 3, 10, 60, 150, 400, 1200)))
    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self._read()
            before = len(self.world.commands)
            self.world.tick()
            for command in self.world.commands[before:]:
                if isinstance(command, OpenContactor):
                    self.opened[command.connector_id] += 1
            self._check()

    @rule(minutes=st.integers(1, 10))
    def wait_on(self, minutes: int) -> None:
        self.wait(60 * minutes)

    @rule(seconds=st.integers(1, 100))
    def wait_a_little(self, seconds: int) -> None:
        self.wait(seconds)

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "world"):
            self.world.decide()
            self._check_offers()

    def _read(self) -> None:
        if self.fuse is not None and not self.silent:
            drawn = sum(twc.drawn for twc in self.world.twcs.values())
            reading = FuseReading(self.world.now, (self.load + drawn,))
            self.world.fuse = reading

    def _check(self) -> None:
        self._check_offers()
        self._check_steady()
        self._check_served()
        self._check_fuse()
        assert max(self.opened.values()) <= 3

    def _check_offers(self) -> None:
        world = self.world
        wiring = world.wiring
        assert sum(world.offers.values()) <= wiring.max_current
        for key, decision in world.decision.connectors.items():
            twc = world.twcs[key]
            assert decision.offer == world.offers[key]
            assert 0 <= decision.offer <= wiring.connector_maximum(twc.rating)
            assert decision.offer == 0 or decision.offer >= 6
            if decision.reason is LimitReason.NO_VEHICLE:
                assert decision.offer == 0
            limit = world.inputs.settings.connector(key).limit
            if limit is not None and decision.reason not in PASSING:
                assert decision.offer <= limit
        self._check_groups()

    def _check_groups(self) -> None:
        """Check that no connector gets more of the green energy, or of a set limit, than there is."""
        decisions = self.world.decision.connectors.values()
        plain = [
            item
            for item in decisions
            if item.reason not in {*PASSING, LimitReason.SIX_AMP_RECOVERY}
        ]
        recovering = any(
            item.reason is LimitReason.SIX_AMP_RECOVERY for item in decisions
        )
        green = self.world.inputs.green
        sunny = sum(item.offer for item in plain if item.active_rule.green)
        assert sunny <= (0 if green is None else green.amps) or recovering
        for active_rule in {item.active_rule for item in plain}:
            together = sum(
                item.offer for item in plain if item.active_rule == active_rule
            )
            assert active_rule.amps is None or together <= active_rule.amps
        fixed = [item for item in plain if item.active_rule.rule is Rule.FIXED]
        current = self.world.inputs.settings.current
        if current is not None:
            assert sum(item.offer for item in fixed) <= current

    def _check_steady(self) -> None:
        """Check that the engine does not stop a car just after its start, nor start it just after its stop."""
        if self.fuse is not None:
            return
        for key, twc in self.world.twcs.items():
            began, ended = twc.began[-1:], twc.ended[-1:]
            since = self.excused.get(key, 0)
            if not began or not ended or min(began[0], ended[0]) <= since + 70:
                continue
            # A car takes some seconds to ramp.
            assert abs(began[0] - ended[0]) >= 55

    def _check_served(self) -> None:
        """Check that a car that may charge does so within two minutes and the seconds it takes to begin."""
        world = self.world
        decisions = world.decision.connectors
        defaults = (
            not world.inputs.active_rules and world.inputs.settings.current is None
        )
        calm = defaults and not world.inputs.settings.connectors
        room = world.wiring.max_current >= 3 * world.wiring.min_current
        for key, twc in world.twcs.items():
            gave_way = world.engine._queue._entries.get(key)
            patient = gave_way is not None and gave_way.gave_way > 3
            # A car that was stopped by command has to be reachable to be started.
            may = calm and room and twc.willing and not patient and self.fuse is None
            self.hungry[key] = self.hungry[key] + 1 if may and twc.drawn == 0 else 0
            assert self.hungry[key] <= SERVED_SECONDS, decisions[key]

    def _check_fuse(self) -> None:
        if self.fuse is None:
            return
        drawn = {key: twc.drawn for key, twc in self.world.twcs.items()}
        held = sum(
            min(drawn[key], 6)
            for key, twc in self.world.twcs.items()
            if twc.protocol == 2
        )
        room = self.fuse.size - self.load
        over = sum(drawn.values()) > max(room, held) + 0.01
        self.over = self.over + 1 if over and not self.silent else 0
        # A second to read, 4 s for a car to come down from 40 A.
        assert self.over <= 9


class FuseMachine(Machine):
    """The same in a house with a main fuse."""

    fuse = FuseConfig(63)


class LongMachine(Machine):
    """The same with more examples."""


class LongFuseMachine(FuseMachine):
    """The same with more examples."""


def case_of(machine: type[Machine], examples: int) -> Any:
    """Return the test case of a machine."""
    case = machine.TestCase
    case.settings = settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        # Shrinking hours of charging takes hours.
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    return case


TestRules = case_of(Machine, 10)
TestRulesWithFuse = case_of(FuseMachine, 10)
TestRulesAtLength = pytest.mark.slow(case_of(LongMachine, 50))
TestRulesWithFuseAtLength = pytest.mark.slow(case_of(LongFuseMachine, 50))
