"""Sessions: from plug to unplug, across restarts, with their green energy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from math import inf, nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.energy_sources import (
    PowerSources,
    SourceShares,
)
from custom_components.twc_manager.charging.metering.sample import Sample
from custom_components.twc_manager.charging.metering.session_log import SessionLog
from custom_components.twc_manager.charging.metering.session_tracker import (
    GONE_SECONDS,
    RETURN_SECONDS,
    SessionTracker,
)
from custom_components.twc_manager.charging.metering.sessions import Session, SessionEnd

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
VIN, OTHER_VIN = "5YJ3E1EA0KF000001", "5YJ3E1EA0KF000002"
GONE = Sample(plugged_in=False)


class Cable:
    """A connector's cable, sampled every second."""

    def __init__(self, stored: Any = None) -> None:
        self.now = 100.0
        self.clock = BEGIN
        self.restart(stored)

    def restart(self, stored: Any) -> None:
        self.tracker = SessionTracker(7, stored)

    def run(self, seconds: int, sample: Sample) -> list[Session]:
        ended = []
        for _ in range(seconds):
            self.now += 1
            at = self.clock + timedelta(seconds=self.now)
            session = self.tracker.update(self.now, at, sample)
            if session is not None:
                ended.append(session)
        return ended

    @property
    def session(self) -> Session:
        assert self.tracker.session is not None
        return self.tracker.session


def charging(amps: float = 16.0, **values: Any) -> Sample:
    defaults: dict[str, Any] = {
        "offer": 16,
        "energy_kwh": 0.001,
        "shares": SourceShares(0.75),
    }
    return Sample(plugged_in=True, drawn=amps, **defaults | values)


def test_a_session_from_plug_to_unplug() -> None:
    cable = Cable()
    cable.run(10, Sample(plugged_in=True, offer=16))
    cable.run(1000, charging(vin=VIN))
    cable.run(20, charging(31.5, energy_kwh=0.0))
    assert cable.session.energy_kwh == pytest.approx(1)

    ended = cable.run(60, GONE)

    assert len(ended) == 1
    session = ended[0]
    assert session.started == BEGIN + timedelta(seconds=101)
    assert session.seen == BEGIN + timedelta(seconds=100 + 1030)
    assert session.energy_kwh == pytest.approx(1)
    assert session.amounts.green_kwh == pytest.approx(0.75)
    assert session.amounts.grid_kwh == pytest.approx(0.25)
    assert session.amounts.green_share == pytest.approx(0.75)
    assert session.charging_s == pytest.approx(1020, abs=2)
    assert (session.peak_amps, session.vin) == (31.5, VIN)
    assert session.end is SessionEnd.UNPLUGGED
    assert cable.tracker.session is None and cable.tracker.stored is None


@pytest.mark.parametrize(
    ("before", "last", "end"),
    [
        (charging(), Sample(plugged_in=True, offer=16), SessionEnd.COMPLETE),
        (charging(), Sample(plugged_in=True, offer=0), SessionEnd.PAUSED),
        (charging(), charging(), SessionEnd.UNPLUGGED),
        (
            Sample(plugged_in=True),
            Sample(plugged_in=True, offer=12),
            SessionEnd.NEVER_CHARGED,
        ),
    ],
)
def test_why_it_ended(before: Sample, last: Sample, end: SessionEnd) -> None:
    cable = Cable()
    cable.run(100, before)
    cable.run(100, last)

    assert [session.end for session in cable.run(60, GONE)] == [end]


def test_the_first_current_begins_a_session_where_no_plug_is_reported() -> None:
    cable = Cable()
    assert cable.run(10, GONE) == [] and cable.tracker.session is None

    cable.run(1, Sample(plugged_in=False, drawn=5))

    assert cable.session.peak_amps == 5


def test_a_single_report_of_no_car_is_noise() -> None:
    cable = Cable()
    cable.run(10, charging())

    assert cable.run(int(GONE_SECONDS) - 1, GONE) == []
    assert cable.run(10, charging()) == []
    assert cable.session.energy_kwh == pytest.approx(0.020)


@pytest.mark.parametrize("drawn", [0.0, 550.4])
def test_a_report_or_two_of_a_car_that_never_was_there_are_no_session(
    drawn: float,
) -> None:
    cable = Cable()
    cable.run(10, GONE)
    for seconds in (1, 3):
        assert cable.run(seconds, Sample(plugged_in=True, drawn=drawn)) == []
        assert cable.run(60, GONE) == []
        assert cable.tracker.session is None


def test_a_short_visit_is_a_session_as_soon_as_it_lasts_or_takes_energy() -> None:
    cable = Cable()
    cable.run(int(GONE_SECONDS) + 1, Sample(plugged_in=True))
    assert len(cable.run(60, GONE)) == 1
    cable.run(2, charging(energy_kwh=0.01))
    assert len(cable.run(60, GONE)) == 1


def test_another_car_is_another_session() -> None:
    cable = Cable()
    cable.run(60, charging(vin=VIN))
    assert cable.run(3, charging(vin=OTHER_VIN)) == []
    assert cable.run(60, charging(vin=VIN)) == []

    ended = cable.run(60, charging(vin=OTHER_VIN))

    assert [(item.vin, item.end) for item in ended] == [(VIN, SessionEnd.OTHER_VEHICLE)]
    assert cable.session.vin == OTHER_VIN


def test_energy_of_unknown_origin_is_neither_green_nor_from_the_grid() -> None:
    cable = Cable()
    cable.run(100, charging(shares=None))

    assert cable.session.energy_kwh == pytest.approx(0.1)
    assert cable.session.amounts.green_kwh == cable.session.amounts.grid_kwh == 0
    assert cable.session.amounts.green_share is None


def test_it_goes_on_after_a_restart() -> None:
    cable = Cable()
    cable.run(100, charging(vin=VIN))
    kept = json.loads(json.dumps(cable.tracker.stored))

    cable.restart(kept)
    # Just linked: the plug is not known yet, nor is the VIN.
    assert cable.run(int(RETURN_SECONDS) - 5, GONE) == []
    cable.run(100, charging())

    assert cable.session.energy_kwh == pytest.approx(0.2)
    assert cable.session.started == BEGIN + timedelta(seconds=101)


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_that_is_set_moves_the_dates_of_a_session_that_began_before(
    days: int,
) -> None:
    cable = Cable()
    cable.run(100, charging())
    cable.clock += timedelta(days)
    (session,) = cable.run(10, charging()) + cable.run(60, GONE)
    assert session.started == cable.clock + timedelta(seconds=101)
    assert session.seen == cable.clock + timedelta(seconds=210)
    assert session.charging_s == pytest.approx(109, abs=1)


def test_a_clock_that_is_set_does_not_move_the_start_from_before_a_restart() -> None:
    cable = Cable()
    cable.run(100, charging())
    cable.restart(json.loads(json.dumps(cable.tracker.stored)))
    cable.run(10, charging())
    cable.clock += timedelta(hours=1)
    cable.run(10, charging())
    assert cable.session.started == BEGIN + timedelta(seconds=101)


def test_it_ends_after_a_restart_in_which_the_car_left_or_was_replaced() -> None:
    cable = Cable()
    cable.run(100, charging(vin=VIN))
    kept = cable.tracker.stored

    cable.restart(kept)
    gone = cable.run(60, GONE)
    cable.restart(kept)
    replaced = cable.run(60, charging(vin=OTHER_VIN))

    assert [item.end for item in gone] == [SessionEnd.UNPLUGGED]
    assert [item.end for item in replaced] == [SessionEnd.OTHER_VEHICLE]
    assert gone[0].seen == BEGIN + timedelta(seconds=200)


@pytest.mark.parametrize(
    "stored", [None, {}, [], "x", {"connector_id": 7}, {"connector_id": 8}]
)
def test_what_cannot_be_read_is_dropped(stored: Any) -> None:
    assert SessionTracker(7, stored).session is None


@pytest.mark.parametrize(
    "change", [{"connector_id": 8}, {"end": "complete"}, {"peak_amps": -1}]
)
def test_what_does_not_run_here_is_dropped(change: dict[str, Any]) -> None:
    stored = Session(7, BEGIN, BEGIN).as_dict()

    assert SessionTracker(7, stored).session is not None
    assert SessionTracker(7, stored | change).session is None


def test_a_lost_connector_ends_its_session() -> None:
    cable = Cable()
    cable.run(10, charging())

    lost = cable.tracker.close()

    assert lost is not None and lost.end is SessionEnd.LOST
    assert cable.tracker.close() is None


numbers = st.one_of(st.floats(), st.sampled_from([nan, inf, -inf, -1.0, 1e300]))


@given(drawn=numbers, energy=numbers, green_w=numbers)
def test_numbers_that_cannot_be_count_for_nothing(
    drawn: float, energy: float, green_w: float
) -> None:
    cable = Cable()
    cable.run(2, charging())
    shares = PowerSources(green_w).shares(2000)
    cable.run(3, Sample(True, drawn, 16, energy, shares))

    amounts = cable.session.amounts
    assert 0 <= amounts.known_kwh <= amounts.energy_kwh + 1e-9
    assert amounts.energy_kwh <= 31 and cable.session.peak_amps <= 100
    # What is kept must be read again.
    assert SessionTracker(7, cable.tracker.stored).session is not None


def finished(hour: int, connector_id: int = 7) -> Session:
    begin = BEGIN + timedelta(hours=hour)
    return Session(
        connector_id, begin, begin + timedelta(minutes=30), end=SessionEnd.COMPLETE
    )


def test_the_log_finds_by_time_and_connector() -> None:
    log = SessionLog()
    sessions = [finished(1), finished(2, 8), finished(3)]
    for session in sessions:
        log.add(session)

    assert log.find() == sessions
    assert log.find(connector_id=8) == [sessions[1]]
    assert log.find(begin=BEGIN + timedelta(hours=2, minutes=10)) == sessions[1:]
    assert log.find(end=BEGIN + timedelta(hours=3)) == sessions[:2]


def test_a_session_that_ends_once_more_after_a_crash_is_logged_once() -> None:
    log = SessionLog()
    first, again, other = (
        Session(1, BEGIN, BEGIN + timedelta(minutes=minutes), end=SessionEnd.UNPLUGGED)
        for minutes in (60, 61, 0)
    )
    for session in (first, again, replace(other, connector_id=2)):
        log.add(session)
    assert log.find() == [again, replace(other, connector_id=2)]


def test_the_log_is_bounded_and_survives_a_restart() -> None:
    log = SessionLog(length=3)
    for hour in range(5):
        log.add(finished(hour))
    kept = json.loads(json.dumps(log.stored))

    again = SessionLog([*kept, {"x": 1}, None], length=3)

    assert again.find() == log.find() == [finished(2), finished(3), finished(4)]


def test_a_session_that_ended_is_the_same_after_a_restart() -> None:
    tracker = SessionTracker(0x1839)
    for second in range(30):
        at = datetime(2026, 6, 1, 12, 0, second, tzinfo=UTC)
        sample = Sample(
            plugged_in=True,
            drawn=39.24567,
            energy_kwh=0.000333,
            shares=SourceShares(0.5),
        )
        tracker.update(float(second), at, sample)
    session = tracker.close()
    assert session is not None

    log = SessionLog()
    log.add(session)

    assert SessionLog(log.stored).find() == [session]
