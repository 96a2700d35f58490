"""What is reported of the sensors at the main fuse, and when it is reported no more."""

from custom_components.twc_manager.charging.supply.fuse_meter import FuseMeter
from custom_components.twc_manager.charging.supply.response_votes import MeterState
from custom_components.twc_manager.state.fuse_report import (
    FUSE_SENSOR_FROZEN,
    FUSE_SENSOR_INCOMPLETE,
    FUSE_SENSOR_INVERTED,
    FUSE_SENSOR_STILL,
    FuseReport,
)

SENSORS = ("sensor.l1", "sensor.l2", "sensor.l3", "sensor.voltage")
FINE = FuseMeter()


def test_a_meter_that_is_disproved_is_reported_at_once() -> None:
    report = FuseReport()
    frozen = FuseMeter(MeterState.FROZEN)
    inverted = FuseMeter(MeterState.INVERTED)
    assert report.problems(frozen, SENSORS, 0) == {FUSE_SENSOR_FROZEN: SENSORS}
    assert report.problems(inverted, SENSORS, 1) == {FUSE_SENSOR_INVERTED: SENSORS}
    assert report.problems(FINE, SENSORS, 2) == {}


def test_a_sensor_that_stands_still_is_named_after_ten_minutes() -> None:
    report = FuseReport()
    still = FuseMeter(still=frozenset({1, 2}))
    assert report.problems(FuseMeter(still=frozenset({2})), SENSORS, 0) == {}
    assert report.problems(still, SENSORS, 300) == {}
    assert report.problems(still, SENSORS, 599) == {}
    named = {FUSE_SENSOR_STILL: ("sensor.l3",)}
    assert report.problems(still, SENSORS, 600) == named
    assert report.problems(FINE, SENSORS, 601) == {}
    # It begins anew.
    assert report.problems(still, SENSORS, 602) == {}


def test_a_meter_that_misses_vehicles_is_reported_until_no_test_says_so() -> None:
    report = FuseReport()
    missing = FuseMeter(misses_vehicles=True)
    reported = {FUSE_SENSOR_INCOMPLETE: SENSORS}
    assert report.problems(missing, SENSORS, 0) == reported
    # After five minutes it is tested again.
    assert report.problems(FINE, SENSORS, 300) == reported
    assert report.problems(missing, SENSORS, 400) == reported
    assert report.problems(FINE, SENSORS, 1300) == reported
    assert report.problems(FINE, SENSORS, 1301) == {}
