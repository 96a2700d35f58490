"""The benchmark of the peak budget: its world distinguishes a budget that is kept from one that is not."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.twc_manager.charging.house_limits import LimitInputs
from scripts.benchmark_lib.peak.world import Case, Year

CASE = Case("flanders", 3, 6.5)


@pytest.mark.long
def test_a_budget_that_is_kept_raises_no_peak_and_the_car_gets_its_energy() -> None:
    row = Year(CASE, 0).run(2)
    assert row["intervals"] == 2 * 96 - 1
    assert row["peak_exceeded_by_us"] == 0
    assert row["delivered"] > 0.9
    assert row["starts"] >= 1


@pytest.mark.long
def test_a_world_without_the_budget_is_seen_to_raise_peaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none(self: LimitInputs, *_: Any) -> LimitInputs:
        return replace(self, peak=None)

    monkeypatch.setattr(LimitInputs, "at", none)
    assert Year(CASE, 0).run(2)["peak_exceeded_by_us"] > 0
