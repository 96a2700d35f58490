"""What refutes a match: reports that contradict the measurement, with their times; and what does not."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from custom_components.twc_manager.charging.control.match_evidence import MatchEvidence
from custom_components.twc_manager.charging.control.matching import Match, MatchReason
from custom_components.twc_manager.charging.control.vehicle_facts import (
    ConnectorFacts,
    PlugIn,
    Vehicle,
    VehicleCharging,
)

ONE, TWO = 0x032E, 0x1839
CHARGING, STOPPED = VehicleCharging.CHARGING, VehicleCharging.STOPPED
HERE = Match("a", MatchReason.ASSIGNED)
ELSEWHERE = Match(None, MatchReason.CHARGES_ELSEWHERE)
VIN = "5YJ3E1EA7KF000316"


class Site:
    """Two connectors and a vehicle that is assigned to the first one; times are in s."""

    def __init__(self) -> None:
        self.now = 10_000.0
        self.evidence = MatchEvidence()
        self.connectors = {item: ConnectorFacts(item, 2, False) for item in (ONE, TWO)}
        self.vehicle = Vehicle("a", "A", VIN)
        self.changed_at: float | None = None
        self.reported_at: float | None = None
        self.match()

    def set(self, connector_id: int = ONE, **changes: Any) -> None:
        self.connectors[connector_id] = replace(
            self.connectors[connector_id], **changes
        )

    def plug(self, connector_id: int = ONE, *, drawing: bool = True) -> None:
        self.set(connector_id, plugged=True, plugged_since=self.now, drawing=drawing)
        self.match()

    def unplug(self, connector_id: int = ONE) -> None:
        self.set(connector_id, plugged=False, plugged_since=None, drawing=False)
        self.match()

    def report(self, charging: VehicleCharging, *, seen: bool = True) -> None:
        self.vehicle = replace(self.vehicle, charging=charging)
        self.changed_at = self.now if seen else None
        self.reported_at = self.now

    def wait(self, seconds: float = 0.0) -> Match:
        for _ in range(int(seconds // 5)):
            self.now += 5
            self.match()
        return self.match()

    def match(self) -> Match:
        vehicle = replace(
            self.vehicle,
            charging_changed_age=None
            if self.changed_at is None
            else self.now - self.changed_at,
            charging_report_age=None
            if self.reported_at is None
            else self.now - self.reported_at,
        )
        connectors = list(self.connectors.values())
        return self.evidence.match(self.now, connectors, {ONE: "a"}, [vehicle])[ONE]


def stopped_while_drawing(drew: float = 300.0, since: float = 90.0) -> Site:
    """Return a site whose connector drew for a time before and after the vehicle stopped."""
    site = Site()
    site.plug()
    site.report(CHARGING, seen=False)
    site.wait(drew)
    site.report(STOPPED)
    site.wait(since)
    return site


def charged_before(quiet: float = 300.0, before: float = 60.0) -> Site:
    """Return a site at which a vehicle is plugged in while the known one charges."""
    site = Site()
    site.wait(quiet)
    site.report(CHARGING)
    site.wait(before)
    site.plug()
    site.wait(60)
    return site


def test_a_vehicle_that_stopped_is_not_the_one_that_draws_on() -> None:
    assert stopped_while_drawing(since=85).match() == HERE
    site = stopped_while_drawing()
    assert site.match() == ELSEWHERE
    assert site.evidence.refuted == {(ONE, "a")}


@pytest.mark.parametrize("drew", [0.0, 60.0, 295.0])
def test_a_stop_that_is_reported_late_refutes_nothing(drew: float) -> None:
    """The vehicle started again before its cloud reported that it had stopped."""
    assert stopped_while_drawing(drew, since=3600).match() == HERE


def test_a_state_whose_beginning_was_not_seen_refutes_nothing() -> None:
    site = Site()
    site.plug()
    site.wait(600)
    site.report(STOPPED, seen=False)
    assert site.wait(3600) == HERE


def test_a_draw_that_paused_refutes_nothing() -> None:
    site = stopped_while_drawing(since=60)
    site.set(drawing=False)
    site.wait(5)
    site.set(drawing=True)
    assert site.wait(3600) == HERE


def test_a_vehicle_that_charged_before_the_plug_in_is_not_the_one_here() -> None:
    site = charged_before()
    assert site.match() == HERE
    # It has to say so again, since that may have ended before.
    site.reported_at = site.now
    assert site.match() == ELSEWHERE


@pytest.mark.parametrize(("quiet", "before"), [(295.0, 60.0), (300.0, 55.0)])
def test_a_charge_that_may_have_been_here_refutes_nothing(
    quiet: float, before: float
) -> None:
    site = charged_before(quiet, before)
    site.wait(60)
    site.reported_at = site.now
    assert site.wait(3600) == HERE


def test_a_vehicle_that_charged_at_the_other_connector_may_have_moved() -> None:
    """Both were unplugged and swapped, and the cloud reports nothing of it."""
    site = Site()
    site.wait(600)
    site.plug(TWO)
    site.report(CHARGING)
    site.wait(1200)
    site.unplug(TWO)
    site.wait(60)
    site.plug(ONE)
    site.plug(TWO)
    site.wait(120)
    site.reported_at = site.now
    assert site.wait(3600) == HERE


def test_a_vehicle_here_before_the_connector_was_heard_may_be_any() -> None:
    site = Site()
    site.wait(600)
    site.report(CHARGING)
    site.wait(600)
    site.set(plugged=True, drawing=True)
    site.wait(120)
    site.reported_at = site.now
    assert site.wait(3600) == HERE


def test_a_refutation_lasts_until_the_vehicle_here_is_unplugged() -> None:
    site = stopped_while_drawing()
    site.report(CHARGING)
    assert site.wait(3600) == ELSEWHERE
    # A lost bus is no unplugged vehicle.
    site.evidence.match(site.now, [], {}, [])
    assert site.wait(60) == ELSEWHERE
    site.unplug()
    site.wait(5)
    assert site.evidence.refuted == frozenset()
    site.plug()
    assert site.wait(5) == HERE


def test_a_replug_that_no_report_shows_ends_a_refutation_too() -> None:
    site = stopped_while_drawing()
    site.set(plugged_since=site.now)
    assert site.match() == HERE


def test_a_vin_outweighs_what_is_reported() -> None:
    site = stopped_while_drawing()
    site.set(vin=VIN)
    proven = Match("a", MatchReason.VIN, proven_here=True)
    assert site.match() == proven
    assert site.wait(3600) == proven


def test_a_vehicle_that_obeyed_a_command_here_is_believed() -> None:
    site = Site()
    site.plug()
    site.wait(600)
    site.evidence.confirm(PlugIn(ONE, 10_000.0), "a")
    site.report(STOPPED)
    assert site.wait(3600) == HERE


def test_an_unassigned_vehicle_that_is_elsewhere_leaves_the_connector_to_the_other() -> (
    None
):
    evidence = MatchEvidence()
    here = ConnectorFacts(ONE, 2, True, drawing=True, plugged_since=0.0)
    home: dict[str, Any] = {"at_home": True, "location_age": 1.0}
    a, b = Vehicle("a", "A", **home), Vehicle("b", "B", **home)
    assert evidence.match(0.0, [here], {}, [a])[ONE].vehicle_id == "a"
    evidence.refute(here.plug_in, "a")
    assert evidence.match(1.0, [here], {}, [a])[ONE] == ELSEWHERE
    other = evidence.match(2.0, [here], {}, [a, b])[ONE]
    assert other == Match("b", MatchReason.ONLY_ONE_HOME)
    evidence.refute(here.plug_in, "b")
    assert evidence.match(3.0, [here], {}, [a, b])[ONE] == ELSEWHERE


def test_a_draw_that_was_not_heard_refutes_nothing() -> None:
    site = stopped_while_drawing(drew=600, since=60)
    site.set(heard_since=inf)
    site.wait(20)
    site.set(heard_since=site.now)
    assert site.wait(3600) == HERE
    site = Site()
    site.wait(600)
    site.set(TWO, heard_since=inf)
    site.wait(5)
    site.set(TWO, heard_since=site.now)
    site.report(CHARGING)
    site.wait(60)
    site.plug()
    site.wait(60)
    site.reported_at = site.now
    assert site.wait(3600) == HERE
