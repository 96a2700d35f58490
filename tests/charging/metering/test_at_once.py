"""What a session would have cost if the vehicle had charged at once."""

from datetime import timedelta
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.energy_sources import PowerSources
from custom_components.twc_manager.charging.metering.at_once import MAX_QUARTERS
from custom_components.twc_manager.charging.metering.circumstances import Circumstances
from custom_components.twc_manager.charging.metering.sample import Sample
from custom_components.twc_manager.charging.metering.session_tracker import (
    SessionTracker,
)
from custom_components.twc_manager.charging.metering.sessions import Session
from custom_components.twc_manager.charging.planning.tariff import EMPTY, Tariff

from .prices import BEGIN, QUARTER, flat, tariff

WATTS_PER_AMP = 690.0
STEP = timedelta(seconds=15)
FULL = 32.0


class Vehicle:
    """A vehicle that is plugged in at `BEGIN` at a connector of 32 A on three phases."""

    def __init__(
        self, prices: Tariff, sources: PowerSources | None = None, others_w: float = 0
    ) -> None:
        self.prices = prices
        self.sources = sources
        self.others_w = others_w
        self.at = BEGIN
        self.tracker = SessionTracker(7)
        self.run(0)

    def run(self, quarters: float, drawn: float = 0.0, offer: float = FULL) -> None:
        until = self.at + quarters * QUARTER
        self._report(drawn, offer, timedelta())
        while self.at < until:
            self._report(drawn, offer, min(STEP, until - self.at))

    def _report(self, drawn: float, offer: float, passed: timedelta) -> None:
        self.at += passed
        watts = drawn * WATTS_PER_AMP
        now = Circumstances(
            self.sources,
            watts + self.others_w,
            self.prices,
            {7: FULL},
        )
        sample = Sample(
            plugged_in=True,
            drawn=drawn,
            offer=offer,
            energy_kwh=watts * passed.total_seconds() / 3.6e6,
            shares=now.shares,
            chance=now.chance(7, drawn, WATTS_PER_AMP),
        )
        self.tracker.update(
            (self.at - BEGIN).total_seconds(), self.at, sample, self.prices
        )

    def restart(self) -> None:
        """Restart Home Assistant."""
        stored = json.loads(json.dumps(self.tracker.stored))
        self.tracker = SessionTracker(7, stored)

    def leave(self) -> Session:
        session = self.tracker.close()
        assert session is not None
        return session


def kwh(quarters: float, amps: float = FULL) -> float:
    return quarters * amps * WATTS_PER_AMP / 4000


def test_a_vehicle_that_waited_for_low_prices_shows_what_it_saved() -> None:
    vehicle = Vehicle(tariff(0.40, 0.30, 0.10, 0.20))
    vehicle.run(2, offer=0)
    vehicle.run(1, FULL)

    session = vehicle.leave()

    assert session.amounts.paid == pytest.approx(kwh(1) * 0.10, abs=1e-3)
    assert session.at_once.total == pytest.approx(kwh(1) * 0.40, abs=1e-3)


def test_one_that_charged_at_once_saved_nothing() -> None:
    vehicle = Vehicle(tariff(0.40, 0.30, 0.10, 0.20))
    vehicle.run(2.5, FULL)
    vehicle.run(1)
    session = vehicle.leave()
    assert session.at_once.total == pytest.approx(session.amounts.paid, abs=2e-3)


def test_one_that_charged_slowly_would_have_been_ready_sooner() -> None:
    vehicle = Vehicle(tariff(0.40, 0.30, 0.20, 0.10))
    vehicle.run(4, 8.0, offer=8.0)
    assert vehicle.leave().at_once.total == pytest.approx(kwh(1) * 0.40, abs=2e-3)


def test_a_vehicle_that_takes_16_a_could_not_have_had_more() -> None:
    vehicle = Vehicle(tariff(0.40, 0.30, 0.10, 0.10))
    vehicle.run(2, offer=0)
    vehicle.run(2, 16.0)
    expected = kwh(1, 16) * (0.40 + 0.30)
    assert vehicle.leave().at_once.total == pytest.approx(expected, abs=2e-3)


def test_the_sun_that_it_would_have_had_is_no_more_expensive_at_once() -> None:
    prices = tariff(0.40, 0.40, 0.10, feed_in=[0.08] * 3)
    vehicle = Vehicle(prices, PowerSources(FULL * WATTS_PER_AMP / 2))
    vehicle.run(2, offer=0)
    vehicle.sources = PowerSources(0)
    vehicle.run(1, FULL)
    session = vehicle.leave()
    assert session.amounts.paid == pytest.approx(kwh(1) * 0.10, abs=1e-3)
    expected = kwh(1) * (0.40 + 0.08) / 2
    assert session.at_once.total == pytest.approx(expected, abs=1e-3)


def test_the_sun_is_shared_with_another_vehicle_that_charges() -> None:
    power = FULL * WATTS_PER_AMP
    prices = tariff(0.40, 0.10, feed_in=[0.08] * 2)
    vehicle = Vehicle(prices, PowerSources(power / 2), others_w=power)
    vehicle.run(1, offer=0)
    vehicle.run(1, FULL)
    expected = kwh(1) * (0.75 * 0.40 + 0.25 * 0.08)
    assert vehicle.leave().at_once.total == pytest.approx(expected, abs=1e-3)


def test_a_restart_in_the_middle_forgets_nothing() -> None:
    vehicle = Vehicle(tariff(0.40, 0.30, 0.10, 0.20))
    vehicle.run(2, offer=0)
    vehicle.restart()
    vehicle.run(0.5, FULL)
    vehicle.restart()
    vehicle.run(0.5, FULL)
    session = vehicle.leave()
    assert session.amounts.paid == pytest.approx(kwh(1) * 0.10, abs=1e-3)
    assert session.at_once.total == pytest.approx(kwh(1) * 0.40, abs=2e-3)


@pytest.mark.parametrize(
    "prices",
    [
        pytest.param(EMPTY, id="no prices"),
        pytest.param(tariff(None, 0.3, 0.1), id="none when it was plugged in"),
        pytest.param(tariff(0.4, 0.3, None), id="none for the energy itself"),
    ],
)
def test_without_the_prices_of_that_time_nothing_is_compared(prices: Tariff) -> None:
    vehicle = Vehicle(prices)
    vehicle.run(2, offer=0)
    vehicle.run(1, FULL)
    assert vehicle.leave().at_once.total is None


def test_prices_of_another_currency_are_not_compared() -> None:
    vehicle = Vehicle(flat(0.40))
    vehicle.run(2, offer=0)
    vehicle.prices = flat(0.10, currency="SEK")
    vehicle.run(1, FULL)
    session = vehicle.leave()
    assert session.at_once.total is None
    assert session.amounts.cost is not None
    assert session.amounts.cost.currency == "SEK"


def test_a_vehicle_that_never_charged_has_nothing_to_compare() -> None:
    vehicle = Vehicle(flat(0.40))
    vehicle.run(2)
    session = vehicle.leave()
    assert session.at_once.total is None
    assert session.amounts.paid == 0


def test_no_more_than_two_days_are_kept() -> None:
    vehicle = Vehicle(flat(0.40, hours=24 * 9))
    for _ in range(5 * 96):
        vehicle.at += QUARTER - STEP
        vehicle.run(0.01)
    stored = vehicle.tracker.stored
    assert stored is not None
    assert len(stored["at_once"]["quarters"]) == MAX_QUARTERS
    assert len(json.dumps(stored)) < 12_000


def test_without_prices_hardly_anything_is_kept() -> None:
    vehicle = Vehicle(EMPTY)
    vehicle.run(40)
    stored = vehicle.tracker.stored
    assert stored is not None
    assert len(stored["at_once"]["quarters"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"quarters": 7},
        {"quarters": [[1, 2]]},
        {"quarters": [[1, 900, -32, 0, 0.1, 0.1]]},
        {"quarters": [[1, 900, 32, 0, float("nan"), 0.1]]},
        {"peak_offer": None},
        {"watts_per_amp": float("inf")},
        {"total": "much"},
    ],
)
def test_a_session_with_content_that_cannot_be_is_dropped(
    change: dict[str, Any],
) -> None:
    vehicle = Vehicle(flat(0.40))
    vehicle.run(1, FULL)
    stored = vehicle.tracker.stored
    assert stored is not None
    assert SessionTracker(7, stored).session is not None
    at_once = stored["at_once"] | change
    assert SessionTracker(7, stored | {"at_once": at_once}).session is None


@given(
    st.lists(st.floats(-0.5, 1), min_size=8, max_size=8),
    st.lists(st.sampled_from([0.0, 6.0, 11.5, 32.0]), min_size=8, max_size=8),
)
def test_at_once_is_what_the_first_quarters_cost_at_full_power(
    prices: list[float], amps: list[float]
) -> None:
    vehicle = Vehicle(tariff(*prices))
    for drawn in amps:
        vehicle.run(1, drawn, offer=drawn)
    session = vehicle.leave()
    left, expected = sum(kwh(1, drawn) for drawn in amps), 0.0
    for price in prices:
        taken = min(left, kwh(1))
        expected, left = expected + taken * price, left - taken
    if session.energy_kwh > 0:
        assert session.at_once.total == pytest.approx(expected, abs=0.02)
