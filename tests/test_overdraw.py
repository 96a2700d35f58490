"""What an owner sees, and what flows, when connectors draw more than they are offered."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from simulator import Bus, WallConnector
from simulator.safety import Peak

from .helpers import quick_car
from .scene import NEW, OLD, Builder, Scene


class Meters:
    """Makes connectors draw other amps than their cars' and report them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.more: dict[int, float] = {}
        """By how many A each draws more than its offer allows."""
        self.fixed: dict[int, float] = {}
        """What each draws whatever it is offered."""
        usual = WallConnector.drawn.fget
        assert usual is not None

        def drawn(twc: WallConnector) -> float:
            amps = float(usual(twc))
            if amps > 1 and twc.id in self.fixed:
                return self.fixed[twc.id]
            return amps + self.more.get(twc.id, 0.0) if amps > 1 else amps

        monkeypatch.setattr(WallConnector, "drawn", property(drawn))


@pytest.fixture
def meters(monkeypatch: pytest.MonkeyPatch) -> Meters:
    return Meters(monkeypatch)


@pytest.fixture
async def set_up(set_up: Builder, bus: Bus) -> AsyncGenerator[Builder]:
    """Judge what was offered; the draw breaks the limit because the tests have it so."""
    yield set_up
    bus.safety.drawn = bus.safety.possible = Peak()


async def _two_charging(
    set_up: Builder, bus: Bus
) -> tuple[Scene, WallConnector, WallConnector]:
    scene = await set_up(
        (OLD, quick_car(onboard_limit=48)), (NEW, quick_car(onboard_limit=48))
    )
    old, new = (next(c for c in bus.connectors if c.id == key) for key in (OLD, NEW))
    await scene.until(lambda: min(old.drawn, new.drawn) > 20)
    await asyncio.sleep(20)
    bus.safety.limit = None
    return scene, old, new


def _text(scene: Scene, problem: str) -> str:
    issue = scene.problem(problem)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.translation_placeholders is not None
    return str(dict(issue.translation_placeholders))


async def test_cars_that_draw_4_a_more_are_lowered_and_an_issue_reports_it(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    scene, old, new = await _two_charging(set_up, bus)
    meters.more = {OLD: 4.0, NEW: 4.0}
    await scene.until(lambda: scene.problem("over_limit") is not None, 60)
    text = _text(scene, "over_limit")
    assert "032E" in text
    assert "1839" in text
    assert "'limit': '48'" in text
    await asyncio.sleep(90)
    assert old.drawn + new.drawn < 48.5
    meters.more = {}
    await scene.until(lambda: scene.problem("over_limit") is None, 600)


async def test_one_that_jumps_to_40_a_is_reported_and_leaves_the_rest_to_the_other(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    scene, old, new = await _two_charging(set_up, bus)
    meters.fixed = {NEW: 40.0}
    await scene.until(lambda: scene.problem("does_not_obey") is not None, 60)
    text = _text(scene, "does_not_obey")
    assert "1839 | 40.0 A" in text
    assert "032E" not in text
    await asyncio.sleep(30)
    assert old.drawn + new.drawn < 48.5
    assert scene.why(OLD) == "other_disobeys"
    assert scene.why(NEW) == "cannot_stop"
    assert scene.why() == "disobeys"
    new.unplug()
    await scene.until(lambda: scene.problem("does_not_obey") is None, 60)
    await scene.until(lambda: old.drawn > 38, 120)
    assert scene.why() != "disobeys"


async def test_one_that_jumps_is_stopped_by_its_contactor_and_stays_stopped(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    scene = await set_up(
        (OLD, quick_car(onboard_limit=48)),
        (NEW, quick_car(onboard_limit=48)),
        contactor_1839=True,
    )
    old, new = (next(c for c in bus.connectors if c.id == key) for key in (OLD, NEW))
    await scene.until(lambda: min(old.drawn, new.drawn) > 20)
    bus.safety.limit = None
    meters.fixed = {NEW: 40.0}
    await scene.until(lambda: new.drawn < 1, 60)
    await scene.until(lambda: scene.why(NEW) == "disobeys", 60)
    await scene.until(lambda: old.drawn > 38, 120)
    assert "1839 | 40.0 A" in _text(scene, "does_not_obey")
    await asyncio.sleep(600)
    assert new.drawn == 0


async def test_cars_that_obey_are_never_reported(
    hass: HomeAssistant, set_up: Builder, bus: Bus
) -> None:
    scene, old, _ = await _two_charging(set_up, bus)
    bus.safety.limit = 48
    for amps in (24, 12, 30, 48):
        await scene.choose("number.total_current_limit", amps)
        await asyncio.sleep(45)
    old.unplug()
    await asyncio.sleep(20)
    old.plug_in(quick_car(onboard_limit=16, ramp=0.2))
    await asyncio.sleep(120)
    assert not ir.async_get(hass).issues
    bus.safety.assert_clean(limit=48)
