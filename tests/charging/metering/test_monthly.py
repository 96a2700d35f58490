"""What a month and a year of charging cost, by connector and vehicle."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.energy_sources import SourceShares
from custom_components.twc_manager.charging.metering.amounts import Amounts, Cost
from custom_components.twc_manager.charging.metering.monthly import MonthlyTotals
from custom_components.twc_manager.charging.metering.sample import Sample
from custom_components.twc_manager.charging.metering.session_log import SessionLog
from custom_components.twc_manager.charging.metering.session_tracker import (
    SessionTracker,
)
from custom_components.twc_manager.charging.metering.sessions import (
    MonthAmounts,
    Session,
    SessionEnd,
)

from .prices import flat

HELSINKI = ZoneInfo("Europe/Helsinki")
BEGIN = datetime(2026, 11, 1, 12, tzinfo=UTC)


def session(
    month: str,
    kwh: float,
    *,
    day: int = 1,
    connector_id: int = 7,
    vehicle: str = "red",
    currency: str = "EUR",
) -> Session:
    begin = datetime.fromisoformat(f"{month}-{day:02}T12:00:00+00:00")
    cost = Cost(kwh * 0.3, kwh, currency, "fixed") if currency else None
    amounts = Amounts(kwh, grid_kwh=kwh, cost=cost)
    return Session(
        connector_id,
        begin,
        begin + timedelta(hours=3),
        (MonthAmounts(month, amounts),),
        vehicle_id=vehicle or None,
        end=SessionEnd.COMPLETE,
    )


def test_a_session_over_the_end_of_a_month_counts_in_both() -> None:
    tracker = SessionTracker(7)
    # Midnight is at 22:00 UTC.
    at = datetime(2026, 11, 30, 23, 59, 50, tzinfo=HELSINKI)
    for second in range(30):
        sample = Sample(True, 16, 16, energy_kwh=0.1, shares=SourceShares())
        moment = at + timedelta(seconds=second)
        tracker.update(float(second), moment, sample, flat(0.30))
    ended = tracker.close()

    assert ended is not None
    assert [item.month for item in ended.months] == ["2026-11", "2026-12"]
    november, december = (item.amounts for item in ended.months)
    assert november.energy_kwh == pytest.approx(1.0)
    assert december.paid == pytest.approx(2.0 * 0.30)
    assert ended.amounts.paid == pytest.approx(3.0 * 0.30)


def test_sums_by_month_year_connector_and_vehicle() -> None:
    totals = MonthlyTotals().with_sessions(
        [
            session("2025-12", 1),
            session("2026-01", 2),
            session("2026-01", 4, day=2),
            session("2026-02", 8, connector_id=8),
            session("2026-02", 16, connector_id=8, vehicle=""),
        ]
    )
    assert totals.of("2026-01").energy_kwh == 6
    assert totals.of("2026").energy_kwh == 30
    assert totals.of("2026", connector_id=7).energy_kwh == 6
    assert totals.of("2026-02", vehicle_id="red").energy_kwh == 8
    assert totals.of("2026", vehicle_id="blue") == Amounts()
    assert totals.of(currency="EUR").paid == pytest.approx(31 * 0.3)


def test_a_month_in_two_currencies_has_a_sum_for_each() -> None:
    totals = MonthlyTotals().with_sessions(
        [
            session("2026-01", 1, currency=""),
            session("2026-01", 2, day=2, currency="EUR"),
            session("2026-01", 4, day=3, currency="SEK"),
            session("2026-01", 8, day=4, currency="EUR"),
        ]
    )
    euros, crowns = (amounts for _, amounts in totals.rows)
    assert (euros.energy_kwh, euros.cost) == (11, Cost(3.0, 10, "EUR", "fixed"))
    assert crowns.energy_kwh == 4
    assert totals.of("2026", currency="EUR").paid == pytest.approx(3.0)
    assert totals.of("2026", currency="SEK").paid == pytest.approx(1.2)
    assert totals.of("2026", currency="SEK").energy_kwh == 15
    assert MonthlyTotals.read(json.loads(json.dumps(totals.stored))) == totals


@given(st.lists(st.integers(1, 12), max_size=30), st.integers(1, 5))
def test_what_the_log_no_longer_holds_still_counts(
    months: list[int], length: int
) -> None:
    short, long = SessionLog(length=length), SessionLog()
    for at, month in enumerate(months):
        item = session(f"2026-{month:02}", at + 1.0, day=at % 28 + 1)
        short.add(item)
        long.add(item)
    restarted = SessionLog(
        json.loads(json.dumps(short.stored)),
        json.loads(json.dumps(short.earlier)),
        length,
    )
    for log in (short, restarted):
        assert len(log.find()) == min(len(months), length)
        for period in ("2026", *(f"2026-{month:02}" for month in months)):
            found = log.months.of(period, currency="EUR")
            whole = long.months.of(period, currency="EUR")
            assert found.energy_kwh == pytest.approx(whole.energy_kwh)
            assert found.paid == (
                None if whole.paid is None else pytest.approx(whole.paid, abs=1e-3)
            )


def test_a_session_that_ends_once_more_after_a_crash_costs_once() -> None:
    log = SessionLog()
    log.add(session("2026-11", 10))
    log.add(session("2026-11", 11))
    assert log.months.of("2026-11").energy_kwh == 11


@pytest.mark.parametrize(
    "change",
    [
        {"month": "2026-13"},
        {"month": "2026-1"},
        {"month": 202611},
        {"energy_kwh": -1},
        {"energy_kwh": "many"},
        {"connector_id": None},
        {"cost": {"amount": 1}},
        {"cost": {"amount": float("nan"), "kwh": 1, "currency": "EUR", "source": ""}},
        {"cost": {"amount": 1, "kwh": 1, "currency": 7, "source": ""}},
    ],
)
def test_rows_that_cannot_be_are_dropped(change: dict[str, Any]) -> None:
    good = MonthlyTotals().with_sessions([session("2026-11", 10)]).stored
    assert MonthlyTotals.read(good).stored == good
    assert MonthlyTotals.read([{**good[0], **change}, None, *good]).stored == good


def test_fewer_phases_than_assumed_cost_less() -> None:
    counted = session("2026-11", 9)
    counted = replace(counted, unproven_kwh=6.0, end=None)
    corrected = counted.with_phases(1, 1 / 3)
    assert corrected.energy_kwh == pytest.approx(5)
    assert corrected.amounts.paid == pytest.approx(5 * 0.30)
    assert corrected.unproven_kwh == pytest.approx(2)
