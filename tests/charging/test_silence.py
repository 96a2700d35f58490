"""A silent connector: its last report is no draw that goes on, and nothing is learned from the time without reports."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.allocation.demand import Demand
from custom_components.twc_manager.charging.candidate import ConnectorRuntime
from custom_components.twc_manager.charging.control.stop_methods import (
    StopCapabilities,
    StopMethod,
    StoredStop,
)
from custom_components.twc_manager.charging.decision import AllocationInputs
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.report_clock import ReportClock, Reporting
from custom_components.twc_manager.charging.settings import ChargingParameters
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import (
    BusStatus,
    ConnectorState,
    PlugState,
    Snapshot,
    State,
)

IDS = (0x032E, 0x1839, 0x2431)
CAR = StopCapabilities(protocol=2, vehicle=True)


def report(connector_id: int = IDS[1], **changes: object) -> ConnectorState:
    state = ConnectorState(
        connector_id,
        2,
        40.0,
        state=State.CHARGING,
        offered=13.0,
        drawn=12.5,
        plug=PlugState.PLUGGED_IN,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


class Line:
    """One connector; decisions are made every second, as they are at least every 5 s in Home Assistant."""

    def __init__(self, stored: StoredStop | None = None) -> None:
        self.now = 1000.0
        self.runtime = ConnectorRuntime(IDS[1], stored)
        self.state = report()

    def hear(self, seconds: float, **changes: object) -> None:
        """Report every second for a time."""
        for _ in range(round(seconds)):
            self.now += 1
            self.state = replace(self.state, heard_at=self.now, **changes)  # type: ignore[arg-type]
            self.runtime.observe(self.state, self.now)

    def silence(self, seconds: float) -> None:
        """Go on for a time with the last report."""
        for _ in range(round(seconds)):
            self.now += 1
            self.runtime.observe(self.state, self.now)

    def away(self, seconds: float) -> None:
        """Be missing from the bus."""
        self.now += seconds


def outage(line: Line) -> None:
    """Have a network adapter lost: silent until the connector counts as gone, then gone, then back."""
    line.silence(25)
    line.away(40)
    line.hear(2)


def test_a_silence_begins_and_ends() -> None:
    clock = ReportClock()
    assert clock.update(0.0, None) is Reporting.HEARD
    assert clock.update(10.0, 9.0) is Reporting.HEARD
    assert clock.update(14.0, 9.0) is Reporting.HEARD
    assert clock.update(14.1, 9.0) is Reporting.SILENT
    assert clock.heard_since > 1e9
    assert clock.update(15.0, 15.0) is Reporting.RESUMED
    assert clock.heard_since == 15.0
    assert clock.update(20.0, 19.0) is Reporting.HEARD
    assert clock.heard_since == 15.0
    # One that was missing.
    assert clock.update(60.0, 60.0) is Reporting.RESUMED


def test_a_car_that_ramps_up_when_the_line_is_lost_has_no_limit() -> None:
    line = Line()
    line.hear(60, offered=6.0, drawn=5.5)
    line.hear(2, offered=16.0, drawn=8.0)
    outage(line)
    assert line.runtime.usable_current.usable is None
    line.hear(60, drawn=15.5)
    assert line.runtime.usable_current.usable is None
    # Fresh reports show it.
    line.hear(30, drawn=8.0)
    assert line.runtime.usable_current.usable == 11


def test_a_car_that_was_quiet_for_a_moment_is_no_car_that_has_enough() -> None:
    line = Line()
    line.hear(60)
    line.hear(2, drawn=0.0)
    outage(line)
    assert line.runtime.demand_tracker.demand is Demand.WANTED
    line.hear(25)
    assert line.runtime.demand_tracker.demand is Demand.STANDBY


@pytest.mark.parametrize("lost", [True, False])
def test_one_report_without_a_car_is_no_unplugged_car(lost: bool) -> None:
    line = Line()
    line.state = report(plug=None)
    line.hear(60)
    line.hear(1, state=State.READY, drawn=0.0)
    line.silence(20)
    if lost:
        line.away(60)
    assert line.runtime.demand_tracker.present
    line.hear(1)
    assert line.runtime.demand_tracker.present
    line.hear(6)
    assert not line.runtime.demand_tracker.present


def test_one_report_without_a_draw_is_no_proof_of_a_stop() -> None:
    line = Line()
    line.hear(120)
    line.runtime.record_offer(6, line.now)
    stop = line.runtime.stop_controller
    assert stop.stop(line.now, CAR).hold
    line.hear(1, drawn=0.0)
    line.silence(20)
    assert stop.stop(line.now, CAR).hold
    line.hear(5)
    assert not stop.stop(line.now, CAR).hold


def test_a_car_that_could_not_be_seen_to_start_has_not_refused_to() -> None:
    line = Line(StoredStop(stop_command_sent=True))
    line.hear(120, drawn=0.0, state=State.WANTS_POWER)
    stop = line.runtime.stop_controller
    line.runtime.record_offer(13, line.now)
    stop.allow_charging(line.now, CAR)
    assert stop.about_to_charge(line.now)
    line.silence(25)
    line.away(400)
    line.hear(1)
    stop.allow_charging(line.now, CAR)
    assert stop.about_to_charge(line.now)
    line.hear(361)
    stop.allow_charging(line.now, CAR)
    assert not stop.about_to_charge(line.now)


def test_a_car_is_not_stuck_at_6_amps_by_silence() -> None:
    line = Line()
    line.hear(5, offered=13.0, drawn=5.5)
    recovery = line.runtime.recovery
    assert recovery.update(line.now, offered=13.0, drawn=5.5, boost=21) is None
    outage(line)
    assert recovery.update(line.now, offered=13.0, drawn=5.5, boost=21) is None


def test_after_an_outage_cars_share_as_before() -> None:
    """Two of three cars ramp up when the line is lost: their shares were 11 A and 10 A, and 19 A for the third."""
    wiring = Wiring(40, 32, 6, 230, 3)
    engine = Engine(wiring)
    now = 1000.0
    drawn = dict.fromkeys(IDS, 0.0)
    offers = dict.fromkeys(IDS, 0)

    def decide(heard_at: float, *, lost: bool = False) -> None:
        states = tuple(
            report(
                key,
                rating=32.0,
                offered=float(offers[key]),
                drawn=drawn[key],
                heard_at=heard_at,
            )
            for key in IDS
        )
        snapshot = Snapshot(BusStatus.RUNNING, () if lost else states)
        decision = engine.decide(
            AllocationInputs(now, snapshot, settings=ChargingParameters(current=40))
        )
        offers.update(decision.offers)

    for _ in range(60):
        now += 1
        for key in IDS:
            drawn[key] = max(offers[key] - 0.5, 0.0)
        decide(now)
    assert sorted(offers.values()) == [13, 13, 14]
    drawn[IDS[1]], drawn[IDS[2]] = 8.0, 7.0
    now += 1
    decide(now)
    heard_at = now
    for _ in range(25):
        now += 1
        decide(heard_at)
    for _ in range(40):
        now += 1
        decide(heard_at, lost=True)
    for _ in range(5):
        now += 1
        decide(now)
    assert sorted(offers.values()) == [13, 13, 14]


def test_a_stop_that_could_not_be_seen_is_no_failure() -> None:
    """The bus was lost for two minutes just after 0 A were sent; the car had stopped."""
    line = Line()
    one = StopCapabilities(protocol=1)
    stop = line.runtime.stop_controller
    line.runtime.record_offer(13, line.now)
    line.hear(120)
    stop.stop(line.now, one)
    line.runtime.record_offer(0, line.now)
    line.hear(1, offered=0.0)
    outage(line)
    line.away(60)
    for _ in range(6):
        line.hear(1, drawn=0.0)
        stop.stop(line.now, one)
    assert not stop.stored.zero.failed
    assert stop.stored.zero.agreed == 1


def test_a_stop_that_is_seen_to_have_failed_after_a_silence_goes_on_by_the_next_method() -> (
    None
):
    line = Line()
    both = StopCapabilities(protocol=1, vehicle=True)
    stop = line.runtime.stop_controller
    line.runtime.record_offer(13, line.now)
    line.hear(120)
    stop.stop(line.now, both)
    line.runtime.record_offer(0, line.now)
    line.hear(1, offered=0.0)
    line.silence(25)
    line.away(120)
    for _ in range(15):
        line.hear(1)
        stop.stop(line.now, both)
    assert stop.stop_method is StopMethod.VEHICLE
    # What the connector was sent in that time is not known.
    assert not stop.stored.zero.failed
