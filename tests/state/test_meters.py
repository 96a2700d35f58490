"""What is shown of a connector, and what is counted of its measurements."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.twc_manager.charging.metering.circumstances import Circumstances
from custom_components.twc_manager.charging.metering.status import Status
from custom_components.twc_manager.charging.metering.stored_energy import StoredEnergy
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.state.meters import ConnectorMeters
from custom_components.twc_manager.twc import ConnectorState, PlugState, State

AT = datetime(2026, 6, 1, tzinfo=UTC)
ANY_TIME = Circumstances()
IDLE = ConnectorState(1, 1, 80.0, state=State.READY)


def test_a_busy_connector_shows_no_car_that_was_not_there_and_hides_none_that_was() -> (
    None
):
    meters = ConnectorMeters(Wiring(48, 40, 12, 240, 1), 1, 80.0)
    busy = replace(IDLE, state=State.BUSY)
    plugged = replace(IDLE, state=State.WANTS_POWER, offered=12.0)
    shown = []
    for now, connector in enumerate((IDLE, busy, IDLE, plugged, busy, plugged, IDLE)):
        meters.count(connector, ANY_TIME, float(now), AT)
        reading = meters.read(connector, float(now))
        shown.append((reading.plugged_in, meters.has_session))
        assert reading.status in {Status.READY, Status.CONNECTED, Status.PAUSED}
    without_car, with_car = (None, False), (True, True)
    assert shown == [*[without_car] * 3, *[with_car] * 3, (None, True)]


def test_what_an_idle_connector_reports_to_draw_is_no_energy() -> None:
    meters = ConnectorMeters(Wiring(48, 40, 12, 240, 1), 1, 80.0)
    for now in range(0, 7200, 10):
        meters.count(replace(IDLE, drawn=0.25), ANY_TIME, float(now), AT)
    assert meters.read(IDLE, 7200.0).lifetime_energy == 0
    charging = replace(IDLE, state=State.CHARGING, offered=6.0, drawn=5.0)
    for now in range(7200, 10_800, 10):
        meters.count(charging, ANY_TIME, float(now), AT)
    energy = meters.read(charging, 10_800.0).lifetime_energy
    assert energy == pytest.approx(1.2, abs=0.02)


def test_energy_is_bridged_from_what_was_kept_until_the_first_report() -> None:
    wiring = Wiring(48, 40, 12, 240, 1)
    kept = StoredEnergy(kwh=7.0, settled=True, power=2400)
    meters = ConnectorMeters(wiring, 1, 80.0, kept, away_s=30, at=100.0)
    charging = replace(IDLE, state=State.CHARGING, offered=11.0, drawn=10.0)
    meters.count(charging, ANY_TIME, 220.0, AT)
    assert meters.stored_energy.kwh == pytest.approx(7.1)


def test_a_silent_connector_draws_nothing_that_is_counted_and_ends_no_session() -> None:
    meters = ConnectorMeters(Wiring(48, 40, 12, 240, 1), 1, 80.0)
    charging = replace(IDLE, state=State.CHARGING, offered=11.0, drawn=10.0)
    now = 0.0

    def hear(connector: ConnectorState, seconds: int, *, silent: bool = False) -> None:
        nonlocal now
        heard_at = now
        for _ in range(seconds):
            now += 1
            heard_at = heard_at if silent else now
            meters.count(replace(connector, heard_at=heard_at), ANY_TIME, now, AT)

    hear(charging, 60)
    before = meters.stored_energy.kwh + meters.stored_energy.pending
    hear(charging, 25, silent=True)
    silence = meters.stored_energy.kwh + meters.stored_energy.pending - before
    assert silence == 0
    hear(charging, 10)
    # One report without a car, and then nothing.
    hear(replace(IDLE, plug=PlugState.UNPLUGGED), 1)
    hear(IDLE, 24, silent=True)
    assert meters.has_session
    hear(charging, 10)
    assert meters.has_session
