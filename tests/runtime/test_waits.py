"""How often the rules decide while nothing happens: rarely enough to cost little, often enough to miss nothing."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from custom_components.twc_manager.runtime.rules_runner import RulesRunner
from custom_components.twc_manager.runtime.waits import BUSY_SECONDS, STEADY_SECONDS
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, NEW, OLD, Builder


@pytest.fixture
def decided_at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the times of the decisions, which are filled in as they happen."""
    times: list[float] = []
    decide = RulesRunner.decide

    def noted(self: RulesRunner, *args: Any) -> Any:
        times.append(asyncio.get_running_loop().time())
        return decide(self, *args)

    monkeypatch.setattr(RulesRunner, "decide", noted)
    return times


def waits(decided_at: list[float]) -> set[float]:
    """Return the times between decisions, in whole s."""
    return {round(after - before) for before, after in pairwise(decided_at)}


async def test_decides_less_often_once_cars_charge_steadily(
    set_up: Builder, decided_at: list[float]
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await scene.until(lambda: all(item.drawn > 10 for item in scene.bus.connectors))
    decided_at.clear()
    await asyncio.sleep(60)
    decided_at.clear()
    await asyncio.sleep(120)

    # Beside the regular ones there is one for each kWh that a connector has counted.
    assert max(waits(decided_at)) == STEADY_SECONDS
    assert len(decided_at) <= 120 / STEADY_SECONDS + 6

    scene.bus.connectors[0].unplug()
    await asyncio.sleep(10)
    scene.bus.connectors[0].plug_in(quick_car())
    await scene.until(lambda: scene.bus.connectors[0].drawn > 10)
    decided_at.clear()
    await asyncio.sleep(25)

    assert max(waits(decided_at)) <= BUSY_SECONDS


async def test_decides_as_often_as_ever_where_the_house_counts(
    set_up: Builder, decided_at: list[float]
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    await scene.until(lambda: scene.bus.connectors[0].drawn > 10)
    await asyncio.sleep(60)
    decided_at.clear()
    await asyncio.sleep(60)

    assert max(waits(decided_at)) <= BUSY_SECONDS
