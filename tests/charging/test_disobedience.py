"""What the rules do about a connector that does not obey, about an excess, and about what the guard holds back."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.control.stop_methods import (
    OpenContactor,
    VehicleRequest,
)
from custom_components.twc_manager.charging.decision import AllocationInputs, Decision
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.settings import (
    ChargingParameters,
    ConnectorSettings,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import ConnectorState, Obedience, PlugState

from .states import bus, charging, idle

ONE, TWO, THREE = 1, 2, 3
WIRING = Wiring(40, 40, 6, 240, 1)


class Bench:
    """An engine that is fed what connectors report, every second."""

    def __init__(self, wiring: Wiring = WIRING, **settings: object) -> None:
        self.engine = Engine(wiring)
        self.inputs = AllocationInputs(
            1000.0, bus(), ChargingParameters(plug_in_charge=False)
        )
        self.now = 1000.0
        self.decision = Decision({}, {})
        self.commands: list[object] = []

    def run(
        self, seconds: int, *connectors: ConnectorState, **guard: float
    ) -> Decision:
        """Feed reports for so long, with what the guard says of the bus."""
        for _ in range(seconds):
            self.now += 1
            snapshot = replace(bus(*connectors), **guard)
            self.inputs = replace(self.inputs, now=self.now, snapshot=snapshot)
            self.decision = self.engine.decide(self.inputs)
            self.commands += self.decision.commands
        return self.decision

    def reason(self, connector_id: int) -> LimitReason:
        return self.decision.connectors[connector_id].reason

    def allow_contactor(self, connector_id: int) -> None:
        settings = {connector_id: ConnectorSettings(contactor=True)}
        parameters = replace(self.inputs.settings, connectors=settings)
        self.inputs = replace(self.inputs, settings=parameters)


def _disobeying(amps: float = 30.0, connector_id: int = ONE) -> ConnectorState:
    return charging(
        connector_id,
        amps,
        20,
        sent=20.0,
        possible=amps,
        obedience=Obedience.DISOBEYS,
    )


def _obeying(amps: float = 19.5, connector_id: int = TWO) -> ConnectorState:
    return charging(connector_id, amps, 20, sent=20.0, possible=20.0)


def _both_charging() -> Bench:
    bench = Bench()
    bench.run(120, _obeying(connector_id=ONE), _obeying())
    assert bench.decision.offers == {ONE: 20, TWO: 20}
    return bench


def test_the_others_share_what_is_really_left_and_the_reason_is_shown() -> None:
    bench = _both_charging()
    bench.run(1, _disobeying(30), _obeying())
    assert bench.decision.offers[TWO] == 10
    assert bench.reason(TWO) is LimitReason.OTHER_DISOBEYS


def test_the_others_are_stopped_where_less_than_the_minimum_is_left() -> None:
    bench = _both_charging()
    two = replace(_obeying(), protocol=1)
    bench.run(1, _disobeying(36), two)
    assert bench.decision.offers[TWO] == 0
    bench.run(20, _disobeying(36), replace(two, drawn=0.0, offered=0.0, sent=0.0))
    assert bench.reason(TWO) is LimitReason.OTHER_DISOBEYS


def test_it_is_stopped_by_vehicle_and_contactor_at_once() -> None:
    bench = _both_charging()
    bench.allow_contactor(ONE)
    bench.inputs = replace(bench.inputs, commandable=frozenset({ONE}))
    decision = bench.run(1, _disobeying(), _obeying())
    assert bench.commands == [OpenContactor(ONE)]
    assert decision.connectors[ONE].request is VehicleRequest.STOP
    assert decision.offers[ONE] <= 6
    assert bench.reason(ONE) is LimitReason.STOPPING


def test_it_is_stopped_within_the_minute_after_its_start() -> None:
    bench = Bench()
    bench.inputs = replace(bench.inputs, commandable=frozenset({ONE}))
    bench.run(30, idle(ONE, plug=PlugState.UNPLUGGED), _obeying())
    bench.run(5, _obeying(connector_id=ONE), _obeying())
    decision = bench.run(1, _disobeying(), _obeying())
    assert decision.connectors[ONE].request is VehicleRequest.STOP


def test_only_what_the_owner_allowed_is_used() -> None:
    bench = _both_charging()
    decision = bench.run(5, _disobeying(), _obeying())
    assert bench.commands == []
    assert decision.connectors[ONE].request is None
    assert decision.offers[ONE] <= 6
    assert bench.reason(ONE) is LimitReason.CANNOT_STOP


def test_it_stays_stopped_until_it_is_unplugged() -> None:
    bench = _both_charging()
    bench.inputs = replace(bench.inputs, commandable=frozenset({ONE}))
    bench.run(3, _disobeying(), _obeying())
    stopped = charging(ONE, 0.0, 0, sent=0.0, plug=PlugState.PLUGGED_IN)
    bench.run(300, stopped, _obeying())
    assert bench.decision.offers[ONE] == 0
    assert bench.reason(ONE) is LimitReason.DISOBEYS
    bench.run(10, idle(ONE, plug=PlugState.UNPLUGGED), _obeying())
    bench.run(90, replace(stopped, state=4), _obeying())
    assert bench.decision.offers == {ONE: 20, TWO: 20}


def test_it_may_try_again_after_it_has_obeyed_for_a_quarter_of_an_hour() -> None:
    bench = _both_charging()
    bench.run(3, _disobeying(), _obeying())
    bench.run(880, _obeying(6, ONE), _obeying())
    assert bench.decision.offers[ONE] <= 6
    bench.run(60, _obeying(6, ONE), _obeying())
    assert bench.decision.offers[ONE] > 6


def test_one_that_cannot_break_a_limit_goes_on() -> None:
    bench = Bench(Wiring(80, 40, 6, 240, 1))
    one = replace(_disobeying(30), rating=32.0)
    two = replace(_obeying(), rating=32.0)
    bench.run(120, one, two)
    assert bench.decision.offers == {ONE: 32, TWO: 32}
    assert bench.reason(TWO) is not LimitReason.OTHER_DISOBEYS


@pytest.mark.parametrize("obedience", [Obedience.OBEYS, Obedience.EXCEEDS])
def test_one_that_obeys_is_never_stopped(obedience: Obedience) -> None:
    bench = Bench()
    bench.allow_contactor(ONE)
    one = replace(_obeying(24, ONE), obedience=obedience)
    bench.run(300, one, _obeying())
    assert bench.commands == []
    assert bench.decision.connectors[ONE].stop_method is None
    assert bench.decision.offers == {ONE: 20, TWO: 20}


def test_an_excess_is_left_out_of_what_is_shared() -> None:
    bench = Bench()
    one, two = (
        replace(_obeying(connector_id=key), obedience=Obedience.EXCEEDS, excess=1.0)
        for key in (ONE, TWO)
    )
    bench.run(120, one, two)
    assert bench.decision.offers == {ONE: 19, TWO: 19}


def test_what_the_guard_holds_back_is_shown_as_the_wiring() -> None:
    bench = _both_charging()
    assert bench.reason(TWO) is LimitReason.SHARED
    held = replace(_obeying(), sent=12.0, offered=12.0, drawn=11.5)
    bench.run(5, _obeying(connector_id=ONE), held)
    assert bench.reason(TWO) is LimitReason.SHARED
    bench.run(10, _obeying(connector_id=ONE), held)
    assert bench.reason(TWO) is LimitReason.WIRING
    assert bench.reason(ONE) is LimitReason.SHARED
    bench.run(1, _obeying(connector_id=ONE), _obeying())
    assert bench.reason(TWO) is LimitReason.SHARED


def test_what_the_guard_keeps_for_connectors_out_of_reach_is_not_shared() -> None:
    """The guard would lower one of them anyway, and it was given as a reason that others have the rest."""
    bench = _both_charging()
    one, two = _obeying(connector_id=ONE), _obeying()
    bench.run(1, one, two, reserved=6)
    assert bench.decision.offers == {ONE: 17, TWO: 17}
    assert bench.reason(ONE) is bench.reason(TWO) is LimitReason.WIRING
    assert bench.decision.withheld
    bench.run(10, one, two)
    assert bench.decision.offers == {ONE: 20, TWO: 20}
    assert bench.reason(ONE) is LimitReason.SHARED
    assert not bench.decision.withheld


def test_what_is_kept_is_shared_by_turns_where_it_is_not_enough_for_all() -> None:
    """Three cars at 6 A of 18 A: the guard stopped one of them permanently, unknown to the rules."""
    bench = Bench(Wiring(18, 18, 6, 240, 1))
    cars = [charging(key, 5.5, 6, protocol=1, sent=6.0) for key in (ONE, TWO, THREE)]
    bench.run(120, *cars)
    assert set(bench.decision.offers.values()) == {6}
    bench.run(5, *cars, reserved=6)
    assert sorted(bench.decision.offers.values()) == [0, 6, 6]
    assert bench.decision.withheld


def test_what_a_measured_sum_takes_is_shown_at_once_and_lowered_by_the_guard() -> None:
    bench = _both_charging()
    one, two = (
        replace(_obeying(connector_id=key), sent=19.0, offered=19.0)
        for key in (ONE, TWO)
    )
    bench.run(1, one, two, ceiling=38.0)
    assert bench.decision.offers == {ONE: 20, TWO: 20}
    assert bench.reason(ONE) is bench.reason(TWO) is LimitReason.WIRING
    assert bench.decision.withheld


def test_a_measured_sum_that_leaves_too_little_for_all_makes_them_take_turns() -> None:
    bench = Bench(Wiring(12, 12, 6, 240, 1))
    cars = [charging(key, 6.8, 6, protocol=1, sent=6.0) for key in (ONE, TWO)]
    bench.run(120, *cars)
    assert set(bench.decision.offers.values()) == {6}
    bench.run(5, *cars, ceiling=10.0)
    assert sorted(bench.decision.offers.values()) == [0, 10]
    assert bench.decision.withheld
