"""Vehicles that take less than their connector offers, since they are asked to, under all rules together."""

from dataclasses import replace
from typing import Final

from custom_components.twc_manager.charging.modes.active_rule import Mode
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.rules import Inputs, RulesResult
from custom_components.twc_manager.charging.supply.green_demand import (
    GreenDemand,
    demand_of_all,
)
from custom_components.twc_manager.charging.vehicle_current import VehicleCurrent
from custom_components.twc_manager.twc import ConnectorState, State

from .states import asking, charging
from .test_rules import GREEN, WIRING, Site

AMP_W: Final = 240.0
MAY_BE_ASKED: Final = VehicleCurrent(lowest=2)
PROVEN: Final = VehicleCurrent(lowest=2, proven=3)


class Driveway(Site):
    """A site whose cars take what they are asked for, as soon as they are."""

    def __init__(self, *connectors: ConnectorState) -> None:
        super().__init__(*connectors)
        self.currents: dict[int, VehicleCurrent] = {}

    def look(self) -> RulesResult:
        self.house = replace(self.house, currents=self.currents)
        ruling = super().look()
        for connector_id, item in ruling.decision.connectors.items():
            current = self.currents.get(connector_id)
            if current is None:
                continue
            amps = item.vehicle_amps
            self.currents[connector_id] = replace(
                current, asked=amps, is_followed=amps is not None
            )
            before = self.connectors[connector_id]
            drawn = before.drawn if amps is None else min(before.drawn, float(amps))
            self.connectors[connector_id] = replace(
                before,
                drawn=drawn,
                state=State.CHARGING if drawn else before.state,
            )
        return ruling


def _lowered(*others: ConnectorState) -> Driveway:
    """Return a driveway on which a car follows 3.5 A of sun."""
    site = Driveway(charging(1, protocol=1), *others)
    site.currents = {1: MAY_BE_ASKED}
    site.sun_w = 20 * AMP_W
    site.run(120)
    site.sun_w = 3.5 * AMP_W
    site.run(600)
    return site


def test_a_car_follows_the_sun_below_what_its_connector_can_offer() -> None:
    site = _lowered()
    assert site.ruling is not None
    decision = site.ruling.decision.connectors[1]
    assert (decision.offer, decision.vehicle_amps) == (6, 3)
    assert decision.reason is LimitReason.THROUGH_VEHICLE
    site.sun_w = 20 * AMP_W
    decision = site.run(300).decision.connectors[1]
    assert decision.offer > 15
    assert decision.vehicle_amps is None


def test_below_the_minimum_it_takes_it_is_stopped_after_the_usual_delay() -> None:
    site = _lowered()
    site.sun_w = 1.0 * AMP_W
    assert site.run(100).decision.offers == {1: 6}
    assert site.run(300).decision.offers == {1: 0}


def test_only_what_a_car_has_taken_before_is_enough_to_start_it() -> None:
    for current, offer in (MAY_BE_ASKED, 0), (PROVEN, 6):
        site = Driveway(asking(1, protocol=1))
        site.currents = {1: current}
        site.sun_w = 4.5 * AMP_W
        assert site.run(300).decision.offers == {1: offer}


def test_a_second_car_that_wants_power_keeps_both_at_what_connectors_offer() -> None:
    site = Driveway(charging(1, protocol=1), charging(2, protocol=1))
    site.currents = {1: PROVEN, 2: PROVEN}
    site.sun_w = 4.5 * AMP_W
    for _ in range(600):
        decision = site.run(1).decision
        assert all(item.vehicle_amps is None for item in decision.connectors.values())


def test_of_several_buses_one_that_wants_power_alone_goes_below_its_connectors() -> (
    None
):
    low = GreenDemand(True, 2, 30, AMP_W, connector_minimum=6)
    usual = GreenDemand(True, 6, 30, AMP_W)
    assert demand_of_all([low, replace(usual, wanted=False)]).minimum == 2
    assert demand_of_all([low, usual]).minimum == 6
    assert demand_of_all([low, low]).minimum == 6
    assert demand_of_all([low, low]).offered_minimum == 6


def test_a_car_that_may_not_be_asked_is_stopped_as_ever() -> None:
    site = Driveway(charging(1, protocol=1))
    site.currents = {1: VehicleCurrent()}
    site.sun_w = 4.5 * AMP_W
    assert site.run(600).decision.offers == {1: 0}


def test_no_car_is_asked_for_less_by_a_surplus_that_is_not_known() -> None:
    site = _lowered()
    site.sun_w = None
    for _ in range(900):
        site.now += 1
        ruling = site.look()
    assert ruling.decision.connectors[1].vehicle_amps is None


def test_the_wiring_counts_what_is_offered_and_not_what_was_asked_for() -> None:
    site = Driveway(charging(1, protocol=1), charging(2), charging(3))
    site.currents = {1: PROVEN}
    site.user_settings = replace(GREEN, overrides={2: Mode.FIXED, 3: Mode.FIXED})
    site.sun_w = 44 * AMP_W
    decision = site.run(600).decision
    assert decision.connectors[1].vehicle_amps == 3
    assert decision.offers == {1: 6, 2: 21, 3: 21}
    assert sum(decision.offers.values()) == WIRING.max_current


def test_what_a_car_takes_when_asked_is_not_learned_as_its_own_limit() -> None:
    site = _lowered()
    site.house = Inputs()
    site.user_settings = replace(GREEN, mode=Mode.FIXED)
    ruling = site.run(30)
    assert ruling.decision.connectors[1].reason is not LimitReason.VEHICLE_LIMIT
    assert site.connectors[1].drawn > 30


def test_a_car_that_takes_little_when_asked_is_not_stuck() -> None:
    site = _lowered()
    reasons = {site.run(1).decision.connectors[1].reason for _ in range(120)}
    assert LimitReason.SIX_AMP_RECOVERY not in reasons
