"""Inputs of plans for the tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from custom_components.twc_manager.charging.planning.goals import (
    Goal,
    Strategy,
    TaperStep,
)
from custom_components.twc_manager.charging.planning.result import Plan, VehiclePlan
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.slots import QUARTER, PlanInputs

NOW = datetime(2026, 11, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def series(
    values: Sequence[float], step: timedelta = QUARTER, start: datetime = NOW
) -> Series:
    """Return values one after another."""
    return Series.read(
        Piece(start + at * step, start + (at + 1) * step, value)
        for at, value in enumerate(values)
    )


def goal(kwh: float, hours: float, **changes: object) -> Goal:
    """Return the goal of a car on one phase with 16 A: 3.68 kW."""
    values: dict[str, object] = {
        "connector_id": 1, "kwh": kwh, "ready": NOW + hours * HOUR, "max_amps": 16, "phases": 1,
    }  # fmt: skip
    return Goal(**(values | changes))  # type: ignore[arg-type]


def inputs(
    prices: Sequence[float], *goals: Goal, limit: int = 32, **changes: object
) -> PlanInputs:
    """Return inputs with prices by the hour."""
    values: dict[str, object] = {
        "now": NOW, "goals": goals, "limit": limit, "prices": series(prices, HOUR), "start_cost": 0.05,
    }  # fmt: skip
    return PlanInputs(**(values | changes))  # type: ignore[arg-type]


def hours(car: VehiclePlan) -> dict[int, float]:
    """Return the kWh of a plan in each hour from now on."""
    found: dict[int, float] = {}
    for slot in car.slots:
        hour = (slot.start - NOW) // HOUR
        found[hour] = round(found.get(hour, 0.0) + slot.kwh, 3)
    return found


def amps_at(plan: Plan, at: datetime) -> int:
    """Return the A of all cars together at an instant."""
    slots = [car.slot_at(at) for car in plan.vehicles.values()]
    return sum(slot.amps for slot in slots if slot is not None)


def instants(plan: Plan) -> list[datetime]:
    """Return the times at which anything changes in a plan."""
    return sorted(
        {
            time
            for car in plan.vehicles.values()
            for slot in car.slots
            for time in (slot.start, slot.end - timedelta(seconds=1))
        }
    )


def random_inputs(dice: Random, *, slots: int = 40) -> PlanInputs:
    """Return inputs of any kind: one to three cars, noisy, equal or negative prices, gaps, sun, caps."""
    start = NOW + timedelta(minutes=dice.choice((0, 7, 14)))
    level = dice.choice((0.3, 0.3, -0.1))
    noise = dice.choice((0.0, 0.05, 0.2))
    prices = [round(level + dice.uniform(-noise, noise), 3) for _ in range(slots)]
    known = dice.choice((slots, slots, slots // 2, 0))
    goals = tuple(
        Goal(
            connector_id=number,
            kwh=round(dice.uniform(0, 25), 2),
            ready=NOW + timedelta(minutes=dice.randrange(-30, 15 * slots)),
            max_amps=dice.choice((6, 16, 32)),
            phases=dice.choice((1, 3)),
            stoppable=dice.random() < 0.8,
            running=dice.random() < 0.3,
            strategy=dice.choice((*Strategy, Strategy.CHEAPEST, Strategy.CHEAPEST)),
            keep=timedelta(minutes=dice.choice((0, 0, 20))),
            priority=dice.choice((0, 0, 1)),
            taper=dice.choice(((), (), (TaperStep(6, 14), TaperStep(2, 7)))),
        )
        for number in range(1, dice.randint(1, 3) + 1)
    )
    sun = [max(0.0, dice.uniform(-4000, 6000)) for _ in range(slots // 4)]
    caps = [float(dice.choice((0, 10, 20, 80))) for _ in range(slots // 4)]
    return PlanInputs(
        now=start,
        goals=goals,
        limit=dice.choice((20, 32, 48)),
        prices=series(prices[:known]),
        sun_w=series(sun, HOUR) if dice.random() < 0.5 else Series(),
        feed_in=0.08,
        caps=series(caps, HOUR) if dice.random() < 0.3 else Series(),
        start_cost=dice.choice((None, 0.0, 0.05)),
    )
