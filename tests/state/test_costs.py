"""What is shown of the cost of charging: by session, month and year, of connectors and vehicles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.metering.amounts import Amounts, Cost
from custom_components.twc_manager.charging.metering.sessions import (
    MonthAmounts,
    Session,
    SessionEnd,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.state.costs import Costs, CostView, PeriodCost
from custom_components.twc_manager.state.counters import BusCounters
from custom_components.twc_manager.state.store import StoredBus, StoredConnector
from custom_components.twc_manager.twc import KnownConnector

HOME: Final = ZoneInfo("Europe/Helsinki")
NOW: Final = datetime(2026, 11, 29, 12, tzinfo=HOME)
NOVEMBER: Final = datetime(2026, 11, 1, tzinfo=HOME)
YEAR: Final = datetime(2026, 1, 1, tzinfo=HOME)


def amounts(kwh: float, price: float | None = 0.3, currency: str = "EUR") -> Amounts:
    cost = None if price is None else Cost(kwh * price, kwh, currency, "fixed")
    return Amounts(kwh, kwh / 2, 0.0, kwh / 2, cost)


def session(
    kwh: float,
    day: int = 1,
    month: str = "2026-11",
    price: float | None = 0.3,
    *,
    currency: str = "EUR",
    connector_id: int = 7,
) -> Session:
    started = datetime.fromisoformat(f"{month}-{day:02}T08:00:00+00:00")
    return Session(
        connector_id,
        started,
        started + timedelta(hours=1),
        (MonthAmounts(month, amounts(kwh, price, currency)),),
        vehicle_id="red",
        end=SessionEnd.COMPLETE,
    )


class Shown:
    """What is shown of a bus with one connector."""

    def __init__(self, *finished: Session, running: Session | None = None) -> None:
        connector = StoredConnector(KnownConnector(7, 2, 32.0))
        if running is not None:
            running = replace(running, end=None)
            connector = replace(connector, session=running.as_dict())
        stored = StoredBus(
            connectors={7: connector},
            sessions=tuple(item.as_dict() for item in finished),
        )
        self.counters = BusCounters(Wiring(48, 40, 12, 240, 1), stored, 0.0)
        self.view = CostView()

    def at(self, now: float = 0.0, local: datetime = NOW) -> Costs:
        return self.view.read(self.counters, [7], ["red", "blue"], now=now, local=local)


def test_the_session_the_month_and_the_year() -> None:
    shown = Shown(
        session(10, month="2025-12"),
        session(20, month="2026-10"),
        session(5, 20),
        running=session(2, 29),
    )

    costs = shown.at()

    reading = costs.connectors[7]
    started = datetime(2026, 11, 29, 8, tzinfo=UTC)
    assert reading.session == PeriodCost(started, 0.6, "EUR")
    assert reading.month == PeriodCost(NOVEMBER, 2.1, "EUR")
    assert reading.year == PeriodCost(YEAR, 8.1, "EUR")
    assert costs.vehicles["red"] == reading
    energy = costs.energy[7]
    assert (energy.green, energy.battery, energy.grid) == (18.5, 0, 18.5)


def test_between_sessions_the_last_one_is_shown() -> None:
    reading = Shown(session(5, 20), session(3, 21)).at().connectors[7]
    assert reading.session.amount == pytest.approx(0.9)
    assert reading.session.started == datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_a_vehicle_that_never_charged_has_cost_nothing() -> None:
    reading = Shown(session(5)).at().vehicles["blue"]
    assert reading.session == PeriodCost()
    assert reading.month == PeriodCost(NOVEMBER, 0.0)


def test_energy_without_a_price_costs_nobody_knows_what() -> None:
    reading = Shown(session(5, price=None)).at().connectors[7]
    assert reading.session.amount is None
    assert reading.month.amount is None


@pytest.mark.parametrize(("old", "new"), [(7, 8), (8, 7)])
def test_a_vehicle_that_charged_in_two_currencies_has_cost_what_it_paid_in_the_last(
    old: int, new: int
) -> None:
    shown = Shown(
        session(100, 1, connector_id=new, currency="SEK"),
        session(10, 2, connector_id=old, currency="EUR"),
        session(50, 3, connector_id=new, currency="SEK"),
        session(5, 4, connector_id=new, price=None),
    )
    red = shown.at().vehicles["red"]
    assert red.month == PeriodCost(NOVEMBER, 45, "SEK")
    assert red.year == PeriodCost(YEAR, 45, "SEK")
    old_one = shown.at().connectors[7]
    assert old_one.month.currency == ("EUR" if old == 7 else "SEK")


def test_the_currency_of_a_session_that_runs_is_that_of_the_month() -> None:
    shown = Shown(
        session(10, 1, currency="EUR"), running=session(2, 29, currency="SEK")
    )
    assert shown.at().connectors[7].month == PeriodCost(NOVEMBER, 0.6, "SEK")


def test_a_new_month_begins_at_local_midnight_and_is_shown_at_once() -> None:
    shown = Shown(session(10))
    night = datetime(2026, 11, 30, 23, 59, 59, tzinfo=HOME)
    assert shown.at(0, night).connectors[7].month == PeriodCost(NOVEMBER, 3.0, "EUR")

    shown.counters.sessions.add(
        replace(session(0.3, 30), months=(MonthAmounts("2026-12", amounts(0.3)),))
    )
    costs = shown.at(1, night + timedelta(seconds=1))

    december = datetime(2026, 12, 1, tzinfo=HOME)
    assert costs.connectors[7].month == PeriodCost(december, 0.09, "EUR")
    assert costs.connectors[7].year.started == YEAR


def test_each_cent_is_no_new_state() -> None:
    shown, states = Shown(), set()
    for second in range(0, 3600, 5):
        # 11 kW at 0.30: a cent every 11 s.
        shown.counters.sessions.add(session(second / 3600 * 11))
        states.add(shown.at(second).connectors[7])
    assert len(states) < 75
    assert shown.at(9999).connectors[7].month.amount == pytest.approx(3.3, abs=0.01)
