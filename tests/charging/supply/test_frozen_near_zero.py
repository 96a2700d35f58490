"""A meter whose value stands while a car charges: it may be frozen, or an inverter or a house battery regulates the grid.

Where the rules hold the grid near 0 W, no step of our own distinguishes these; the sun does, once it is down.
"""

from dataclasses import replace
from random import Random
from typing import Final, override

import pytest

from custom_components.twc_manager.charging.rules import Rules, RulesResult
from custom_components.twc_manager.charging.supply.surplus import Fault, Source
from scripts.benchmark_lib import replay
from scripts.benchmark_lib.contestants import Ours, Site, View
from simulator.days import make_day

from .home import KINDS, DrivenHome

HOUR: Final = 3600
SUNSET: Final = 21 * HOUR

AS_HELD: Final = None
EXPORT: Final = -1500.0


class FrozenMeters(replay._Meters):
    """A meter that repeats its value from a moment in the afternoon on, as a gateway does that polls a dead meter."""

    kept_w: float | None = AS_HELD
    resolution: float | None = None
    frozen_w: float | None = None

    @override
    def update(self, now: int, charging_w: float, view: View) -> None:
        super().update(now, charging_w, view)
        if self.resolution is not None:
            view.grid_w = round(view.grid_w / self.resolution) * self.resolution
        is_held = -200 < view.grid_w < 0 or self.kept_w == EXPORT
        if now >= 15 * HOUR and self.frozen_w is None and is_held:
            self.frozen_w = view.grid_w if self.kept_w is None else self.kept_w
        if self.frozen_w is not None:
            view.grid_w = self.frozen_w


@pytest.fixture
def reported_at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return when the meter at the grid was reported as frozen."""
    seen: list[float] = []
    decide = Rules.decide

    def noted(rules: Rules, now: float, *args: object) -> RulesResult:
        result = decide(rules, now, *args)  # type: ignore[arg-type]
        faults = () if result.surplus is None else result.surplus.faults
        if (Source.GRID, Fault.FROZEN) in faults:
            seen.append(now)
        return result

    monkeypatch.setattr(Rules, "decide", noted)
    return seen


@pytest.mark.parametrize(
    ("kept_w", "resolution", "cost_kwh"),
    [
        (AS_HELD, None, 2),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in ((AS_HELD, 100, 2), (0.0, None, 2), (-180.0, None, 2))
        ),
    ],
)
@pytest.mark.long
def test_a_meter_that_freezes_near_zero_does_not_feed_the_car_all_night(
    kept_w: float | None,
    resolution: float | None,
    cost_kwh: float,
    monkeypatch: pytest.MonkeyPatch,
    reported_at: list[float],
) -> None:
    """48 kWh came from the grid until midnight, and nothing reported it."""
    monkeypatch.setattr(FrozenMeters, "kept_w", kept_w)
    monkeypatch.setattr(FrozenMeters, "resolution", resolution)
    monkeypatch.setattr(replay, "_Meters", FrozenMeters)
    site = Site(1, min_amps=6)

    result = replay.replay(make_day("clear-summer-1", 0), site, "ours", Ours(site))

    assert result.grid_kwh < cost_kwh
    # Until the sun is down, an inverter may be what keeps the grid there.
    assert SUNSET <= reported_at[0] < SUNSET + 120
    assert reported_at[-1] == 24 * HOUR - 5


@pytest.mark.long
def test_a_meter_that_freezes_at_a_constant_export_is_found_out_by_a_step(
    monkeypatch: pytest.MonkeyPatch, reported_at: list[float]
) -> None:
    """The car had all that it can take, so that nothing was raised any more that the meter would have had to show."""
    monkeypatch.setattr(FrozenMeters, "kept_w", EXPORT)
    monkeypatch.setattr(replay, "_Meters", FrozenMeters)
    site = Site(1, max_amps=16, min_amps=6)

    result = replay.replay(make_day("clear-summer-1", 0), site, "ours", Ours(site))

    assert 15 * HOUR + 300 <= reported_at[0] < 15 * HOUR + 420
    assert result.grid_kwh < 8


# What must not set it off

REGULATED: Final = "hidden battery"


def driven(kind: str, days: int, every: int = 5) -> DrivenHome:
    home = DrivenHome(kind, Random(kind))
    home.drive(days * 24 * HOUR, every)
    return home


@pytest.mark.parametrize("kind", [*KINDS, REGULATED])
@pytest.mark.long
def test_a_car_that_charges_under_an_honest_meter_is_no_alarm(kind: str) -> None:
    assert not driven(kind, 1).faults & {Fault.FROZEN, Fault.INVERTED}


@pytest.mark.long
def test_a_coarse_meter_that_stands_at_night_stops_no_car_that_may_take_from_the_grid() -> (
    None
):
    """Its owner gives it 1.8 kW more than there is, and the house takes the same for an hour at a time."""
    home = DrivenHome("steady at night", Random(1))
    home.config = replace(home.config, reserved_w=-1800.0)
    home.drive(20 * HOUR)
    starts, drew = 0, home.draw
    assert home.is_dark and drew > 0
    for _ in range(4 * HOUR // 5):
        home.drive(5)
        starts += drew == 0 < home.draw
        drew = home.draw
    assert (starts, home.draw) == (0, 6)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", [*KINDS, REGULATED])
def test_a_car_that_charges_for_100_days_under_an_honest_meter_is_no_alarm(
    kind: str,
) -> None:
    assert not driven(kind, 100, every=10).faults & {Fault.FROZEN, Fault.INVERTED}
