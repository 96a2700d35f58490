"""Plans in closed loop: the real master, guard and rules over the simulator's bus and cars, for the hours of a short night."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scripts.benchmark_lib.plan.cars import CarSpec
from scripts.benchmark_lib.plan.closed import run_closed
from scripts.benchmark_lib.plan.nights import Event, Night
from scripts.benchmark_lib.plan.optimum import find_optimum
from scripts.benchmark_lib.plan.prices import QUARTER, Price, Shape

pytestmark = pytest.mark.long

ORIGIN = datetime(2026, 11, 10, 20, tzinfo=UTC)
# Needs half an hour at 16 A on three phases.
CAR = CarSpec(
    capacity=50, efficiency=0.9, level=50, target=59, knee=100, phases=3, max_amps=16,
    protocol=1, stoppable=True, arrives=5, ready=150, leaves=150,
)  # fmt: skip
PRICES = (0.4, 0.4, 0.3, 0.3, 0.1, 0.1, 0.4, 0.4, 0.4, 0.4)
"""Cheap from 60 to 90 min."""


def night(*cars: CarSpec, limit: int = 32, prices: Sequence[float] = PRICES) -> Night:
    """Return a night of two and a half hours."""
    made = tuple(Price(ORIGIN + at * QUARTER, price) for at, price in enumerate(prices))
    return Night(
        number=0, shape=Shape.QUARTERS, event=Event.USUAL, origin=ORIGIN, prices=made, first=0,
        known=len(made), published=None, cars=cars, limit=limit, room=(limit,) * len(made),
        sun_w=(0.0,) * len(made), forecast_w=(0.0,) * len(made), green=False,
    )  # fmt: skip


def test_a_car_charges_in_the_cheap_half_hour() -> None:
    short = night(CAR)
    outcome, best = run_closed(short), find_optimum(short)

    assert outcome.missing_kwh == (0.0,)
    # The level is known in whole % only.
    assert outcome.cost(short) <= 1.25 * best.cost(short)
    assert outcome.starts <= 2


def test_two_cars_share_the_wiring_and_are_both_ready() -> None:
    # At protocol 2 a car stops by a command.
    other = replace(CAR, protocol=2, arrives=15)
    short = night(CAR, other, limit=20)
    outcome = run_closed(short)

    assert outcome.missing_kwh == (0.0, 0.0)
    assert outcome.starts <= 4


def test_a_car_that_cannot_be_stopped_and_a_load_that_takes_the_fuse() -> None:
    stubborn = replace(CAR, protocol=2, stoppable=False)
    short = night(stubborn, replace(CAR, ready=140))
    taken = tuple(10 if at in {4, 5} else 32 for at in range(len(short.room)))
    outcome = run_closed(replace(short, event=Event.INTERRUPTED, room=taken))

    assert outcome.missing_kwh == (0.0, 0.0)
