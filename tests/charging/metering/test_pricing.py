"""What energy cost at the prices of the time at which it was taken."""

from datetime import datetime, timedelta
from itertools import pairwise
from math import fsum
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.energy_sources import SourceShares
from custom_components.twc_manager.charging.metering.amounts import Amounts, Cost, total
from custom_components.twc_manager.charging.metering.pricing import priced
from custom_components.twc_manager.charging.planning.tariff import EMPTY, Tariff

from .prices import BEGIN, QUARTER, flat, tariff

ALL_GRID = SourceShares()
HALF = SourceShares(green=0.3, battery=0.2)

prices = st.floats(-1, 2)
energies = st.floats(0, 50)
moments = st.floats(-0.5, 9).map(lambda quarters: BEGIN + quarters * QUARTER)
shares = st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)).map(
    lambda parts: SourceShares(parts[0], (1 - parts[0]) * parts[1])
)
tariffs = st.builds(
    lambda values, earned: tariff(*values, feed_in=earned),
    st.lists(st.none() | prices, max_size=8),
    st.lists(st.none() | prices, max_size=8),
)


def paid(amounts: Amounts) -> float:
    return 0.0 if amounts.cost is None else amounts.cost.amount


def known(amounts: Amounts) -> float:
    return 0.0 if amounts.cost is None else amounts.cost.kwh


def test_each_quarter_counts_at_its_own_price() -> None:
    prices_ = tariff(0.10, 0.40, 0.20)
    start, end = BEGIN + QUARTER / 2, BEGIN + 2.5 * QUARTER

    taken = priced(8.0, ALL_GRID, start, end, prices_)

    assert taken.cost == Cost(
        pytest.approx(2 * 0.10 + 4 * 0.40 + 2 * 0.20), 8.0, "EUR", "Nord Pool"
    )
    assert taken.grid_kwh == 8


def test_own_energy_costs_what_it_would_have_earned() -> None:
    prices_ = tariff(0.30, feed_in=[0.08])
    taken = priced(10.0, HALF, BEGIN, BEGIN + QUARTER, prices_)
    assert paid(taken) == pytest.approx(5 * 0.30 + 5 * 0.08)
    assert (taken.green_kwh, taken.battery_kwh) == pytest.approx((3, 2))
    assert taken.grid_kwh == pytest.approx(5)


def test_own_energy_is_free_where_nothing_is_paid_for_it() -> None:
    taken = priced(10.0, HALF, BEGIN, BEGIN + QUARTER, tariff(0.30))
    assert paid(taken) == pytest.approx(5 * 0.30)
    assert known(taken) == pytest.approx(10)


def test_energy_of_an_unknown_source_costs_as_much_as_from_the_grid() -> None:
    taken = priced(10.0, None, BEGIN, BEGIN + QUARTER, tariff(0.30, feed_in=[0.08]))
    assert paid(taken) == pytest.approx(3)
    assert taken.known_kwh == 0
    assert taken.unknown_kwh == 10


def test_without_prices_there_is_no_cost() -> None:
    taken = priced(10.0, ALL_GRID, BEGIN, BEGIN + QUARTER, EMPTY)
    assert taken.cost is None
    assert taken.paid is None
    assert taken.priced_share == 0


@pytest.mark.parametrize(
    ("prices_", "amount", "kwh"),
    [
        (tariff(0.10, None, 0.20), 4 * 0.10 + 4 * 0.20, 8),
        # The price for feeding in is known only for the first of them, and half of the energy is own.
        (tariff(0.10, 0.10, 0.10, feed_in=[0.04]), 12 * 0.05 + 2 * 0.04, 8),
        (tariff(None, None, None, 0.5), 0, 0),
    ],
)
def test_energy_without_a_price_has_no_part_in_the_cost(
    prices_: Tariff, amount: float, kwh: float
) -> None:
    sources = HALF if prices_.feed_in.pieces else ALL_GRID
    taken = priced(12.0, sources, BEGIN, BEGIN + 3 * QUARTER, prices_)
    assert (paid(taken), known(taken)) == (pytest.approx(amount), pytest.approx(kwh))
    assert taken.priced_share == pytest.approx(kwh / 12)
    assert taken.paid == (None if kwh == 0 else pytest.approx(amount))


def test_energy_of_a_single_moment_has_the_price_of_that_moment() -> None:
    at = BEGIN + QUARTER
    for end in (at, at - timedelta(seconds=1)):
        taken = priced(2.0, ALL_GRID, at, end, tariff(0.10, -0.05))
        assert taken.cost == Cost(pytest.approx(-0.10), 2.0, "EUR", "Nord Pool")


def test_a_price_below_zero_earns_money() -> None:
    assert priced(5.0, ALL_GRID, BEGIN, BEGIN + QUARTER, tariff(-0.2)).paid == -1


@given(energies, shares, moments, moments, tariffs)
def test_the_sources_together_are_the_energy(
    kwh: float, sources: Any, start: datetime, end: datetime, prices_: Tariff
) -> None:
    taken = priced(kwh, sources, start, end, prices_)
    parts = (taken.green_kwh, taken.battery_kwh, taken.grid_kwh, taken.unknown_kwh)
    assert taken.energy_kwh == kwh
    assert all(part >= 0 for part in parts)
    assert fsum(parts) == pytest.approx(kwh)
    assert -1e-9 <= known(taken) <= kwh * (1 + 1e-9)


@given(energies, shares, moments, moments, prices)
def test_at_a_constant_price_the_cost_is_energy_times_price(
    kwh: float, sources: Any, start: datetime, end: datetime, price: float
) -> None:
    taken = priced(kwh, sources, start, end, flat(price, price))
    assert paid(taken) == pytest.approx(kwh * price)
    assert taken.priced_share == (pytest.approx(1) if kwh > 0 else None)


@given(
    energies,
    shares,
    st.tuples(moments, moments).map(sorted),
    st.lists(st.floats(0, 1), max_size=6),
    tariffs,
)
def test_smaller_steps_of_time_change_nothing(
    kwh: float,
    sources: Any,
    span: list[datetime],
    cuts: list[float],
    prices_: Tariff,
) -> None:
    start, end = span
    edges = [start, *sorted(start + (end - start) * cut for cut in cuts), end]
    whole = priced(kwh, sources, start, end, prices_)

    steps = [
        priced(kwh * ((late - early) / (end - start)), sources, early, late, prices_)
        for early, late in pairwise(edges)
        if late > early
    ]

    if steps:
        split = total(steps)
        assert paid(split) == pytest.approx(paid(whole), abs=1e-6)
        assert known(split) == pytest.approx(known(whole), abs=1e-6)
        assert split.grid_kwh == pytest.approx(whole.grid_kwh, abs=1e-9)


def test_costs_of_two_currencies_are_not_added() -> None:
    lev = Amounts(10, grid_kwh=10, cost=Cost(3, 10, "BGN"))
    euro = Amounts(5, grid_kwh=5, cost=Cost(1, 5, "EUR"))
    both = lev + euro
    assert both.cost == Cost(1, 5, "EUR")
    assert both.energy_kwh == 15
    assert both.priced_share == pytest.approx(1 / 3)


def test_energy_without_a_cost_does_not_take_the_cost_of_other_energy() -> None:
    known_, unknown = Amounts(10, cost=Cost(3, 10, "EUR")), Amounts(10)
    for both in (known_ + unknown, unknown + known_):
        assert both.paid == 3
        assert both.priced_share == 0.5
