"""The capacity of a battery, learned from a session: what it changes in a plan that an owner sees."""

from homeassistant.core import HomeAssistant
import pytest

from tests.helpers import quick_car
from tests.scene import OLD, Builder, Scene
from tests.vehicles.test_levels import RED, report_level

CAPACITY = 8.0
"""In kWh: small, so that the level rises soon."""
EFFICIENCY = 0.88
START = 40

pytestmark = pytest.mark.long


async def planned_kwh(scene: Scene) -> tuple[float, list[str]]:
    """Return what a plan for 90 % has the vehicle charge, and what it assumes."""
    await scene.act("set_plan", level=90, time="07:00")
    await scene.until(lambda: bool(scene.entry.runtime_data.data.plans))

    def slots() -> list[object]:
        plans = scene.entry.runtime_data.data.plans
        return [slot for plan in plans.values() for slot in plan.slots]

    await scene.until(lambda: bool(slots()))
    (connector,) = (await scene.act("get_plan"))["connectors"]
    (plan,) = connector["plans"]
    await scene.act("cancel_plan")
    return sum(slot["energy_kwh"] for slot in plan["slots"]), plan["assumed"]


async def test_a_capacity_is_learned_and_plans_go_by_it_also_after_a_restart(
    hass: HomeAssistant, set_up: Builder
) -> None:
    hass.states.async_set("switch.red", "on")
    report_level(hass, START)
    scene = await set_up((OLD, quick_car()), subentries=[RED])
    (old,) = scene.bus.connectors
    kwh, assumed = await planned_kwh(scene)
    assert "capacity_unknown" in assumed
    # 75 kWh are assumed.
    assert kwh == pytest.approx(0.5 * 75 / EFFICIENCY, rel=0.05)

    level = START
    while level < START + 20:
        level += 1
        gain = (level - START) / 100 * CAPACITY / EFFICIENCY
        await scene.until(lambda kwh=gain: old.delivered_kwh >= kwh)
        report_level(hass, level)
    kwh, assumed = await planned_kwh(scene)
    assert "capacity_unknown" not in assumed
    assert kwh == pytest.approx(0.3 * CAPACITY / EFFICIENCY, rel=0.1)

    await scene.reload()
    await scene.until(lambda: OLD in scene.entry.runtime_data.data.connectors)
    kwh, assumed = await planned_kwh(scene)
    assert "capacity_unknown" not in assumed
