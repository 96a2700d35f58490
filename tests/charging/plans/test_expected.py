"""Vehicles that have a plan but are not plugged in yet: the others leave room to them."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.planning.goals import Goal
from custom_components.twc_manager.charging.plans.battery import BatteryState
from custom_components.twc_manager.charging.plans.inputs import PlanInputsOfBus
from custom_components.twc_manager.charging.plans.need import ENOUGH_KWH
from custom_components.twc_manager.charging.plans.request import (
    EnergyGoal,
    PercentGoal,
    PlanGoal,
)
from custom_components.twc_manager.charging.plans.settings import PlanSettings
from custom_components.twc_manager.charging.settings import ConnectorSettings

from .home import WIRING, Car, Home, at, prices_by_hour, work

LATE_CHEAP = prices_by_hour([0.40] * 7 + [0.10] * 6 + [0.40] * 37)
"""Cheap from 1:00 to 7:00, when a vehicle that comes at 1:00 needs all the current."""

NARROW = replace(WIRING, max_current=16)
OTHER = work(EnergyGoal(50.0), plan_id="other", connector_id=2)


def home_with(other: PlanGoal | None = None, **plans: object) -> Home:
    """Return a house in which one vehicle is plugged in, and another one comes at 1:00 and needs four and a half hours."""
    requests = (work(EnergyGoal(22.0)),)
    if other is not None:
        requests += (replace(OTHER, goal=other, vehicle_id="red"),)
    home = Home(
        {1: Car(), 2: Car(level=10.0, plugged=False)},
        requests,
        LATE_CHEAP,
        wiring=NARROW,
        plans=PlanInputsOfBus(**plans),  # type: ignore[arg-type]
    )
    home.run(at("0:55"))
    return home


def charged_early(home: Home) -> float:
    """Return what the vehicle that is there has charged before the other one comes, in kWh."""
    return home.cars[1].kwh


def test_without_another_plan_a_vehicle_waits_for_the_cheap_hours() -> None:
    assert charged_early(home_with()) == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("goal", "away"),
    [
        (EnergyGoal(50.0), {}),
        (PercentGoal(70), {"red": BatteryState(10.0, 60.0, 75.0, 0.9)}),
    ],
)
def test_a_vehicle_that_comes_late_is_ready_in_time(
    goal: PlanGoal, away: dict[str, BatteryState]
) -> None:
    home = home_with(goal, away=away)
    assert charged_early(home) > 4
    home.cars[2].plugged = True
    home.plans = replace(home.plans, vehicles={2: "red"})
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 22 - ENOUGH_KWH
    assert home.cars[2].kwh >= 50 - 2 * ENOUGH_KWH


@pytest.mark.parametrize(
    ("goal", "plans"),
    [
        pytest.param(
            PercentGoal(80), {"away": {"red": BatteryState(90.0)}}, id="full enough"
        ),
        pytest.param(EnergyGoal(50.0), {"vehicles": {3: "red"}}, id="elsewhere"),
    ],
)
def test_nothing_is_kept_for_a_vehicle_that_needs_nothing_here(
    goal: PlanGoal, plans: dict[str, object]
) -> None:
    assert charged_early(home_with(goal, **plans)) == 0


def kept_for(goal: PlanGoal, **plans: object) -> list[Goal]:
    """Return what room is kept for at the end."""
    home = home_with(goal, **plans)
    made = home.rules.plans.made
    assert made is not None
    return list(made.inputs.expected)


def test_the_drive_home_is_taken_off_what_a_vehicle_has_reported() -> None:
    battery = BatteryState(40.0, 60.0, 75.0, 0.9)
    (goal,) = kept_for(PercentGoal(70), away={"red": battery})
    # From 30 % on, in whole steps of 2 kWh.
    assert goal.kwh == pytest.approx(75 * 0.4 / 0.9, abs=2.0)
    assert goal.kwh > 75 * 0.4 / 0.9
    # It never comes with less than nothing.
    (goal,) = kept_for(PercentGoal(70), away={"red": replace(battery, level=4.0)})
    assert goal.kwh == pytest.approx(75 * 0.7 / 0.9, abs=2.0)


@pytest.mark.parametrize("level", [None, 101.0, float("nan")])
def test_a_vehicle_whose_level_is_not_known_is_taken_to_be_half_full(
    level: float | None,
) -> None:
    (goal,) = kept_for(
        PercentGoal(80), away={"red": BatteryState(level, 60.0, 60.0, 0.9)}
    )
    assert 20 <= goal.kwh <= 28


def test_nothing_is_kept_at_a_connector_that_is_switched_off() -> None:
    home = Home(
        {1: Car(), 2: Car(plugged=False)},
        (work(EnergyGoal(22.0)), OTHER),
        LATE_CHEAP,
        wiring=NARROW,
    )
    off = ConnectorSettings(enabled=False)
    home.settings = replace(home.settings, connectors={2: off})
    home.run(at("0:55"))
    assert charged_early(home) == 0


def test_nothing_is_kept_for_plans_that_are_skipped() -> None:
    skipped = PlanSettings(skipped={"other": at("8:00")})
    assert charged_early(home_with(EnergyGoal(50.0), settings=skipped)) == 0
