"""What owners of two lines on one circuit see: two buses, each with its own port, connector and car."""

import asyncio
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.twc_manager.charging.away import STOPPED_SECONDS
from custom_components.twc_manager.charging.circuits.loads import LoadConfig
from custom_components.twc_manager.charging.planning.result import Plan
from custom_components.twc_manager.const import CONF_KEEPER_LIMIT, CONF_MAX_CURRENT
from custom_components.twc_manager.diagnostics import async_get_config_entry_diagnostics
from custom_components.twc_manager.inputs.circuits import LoadOptions
from custom_components.twc_manager.inputs.liveness import Liveness

from .scene import OLD, OTHER
from .two_lines import Lines, LinesBuilder

PUMP: Final = "sensor.pump"


def subentry(kind: str, subentry_id: str, **data: Any) -> ConfigSubentry:
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_id=subentry_id,
        subentry_type=kind,
        title=subentry_id.capitalize(),
        unique_id=None,
    )


def says(hass: HomeAssistant, watts: float | str) -> None:
    hass.states.async_set(PUMP, str(watts), {"unit_of_measurement": "W"})


@pytest.fixture
async def lines(hass: HomeAssistant, two_lines: LinesBuilder) -> Lines:
    """Both lines on a circuit of 32 A, with a heat pump that is off."""
    says(hass, 0)
    circuit = subentry("circuit", "panel", amps=32, buses=[two_lines.entry.entry_id])
    pump = subentry("load", "pump", circuit="panel", maximum=20, power=PUMP, phases="1")
    both = await two_lines(subentries=[circuit, pump])
    await both.one.until(lambda: both.offered == (16, 16), 300)
    return both


async def test_two_lines_share_a_circuit(lines: Lines) -> None:
    await lines.one.until(lambda: lines.drawn > 30, 60)
    for scene in (lines.one, lines.two):
        await scene.until(lambda scene=scene: scene.why() == "circuit", 60)  # type: ignore[misc]
    assert "circuit leaves 16 A" in str(
        lines.one.hass.states.get(lines.one.id("sensor.limited_by", OLD)).attributes  # type: ignore[union-attr]
    )


async def test_when_one_car_leaves_the_other_has_all(lines: Lines) -> None:
    lines.two.bus.connectors[0].unplug()
    await lines.one.until(lambda: lines.offered[0] == 32, 120)


async def test_another_load_lowers_both_lines(
    hass: HomeAssistant, lines: Lines
) -> None:
    says(hass, 12 * 240)
    await lines.one.until(lambda: sum(lines.offered) <= 20, 8)
    await lines.one.until(lambda: lines.drawn <= 20, 8)
    assert min(lines.offered) >= 6


async def test_a_silent_load_counts_with_its_maximum_and_is_reported(
    hass: HomeAssistant, lines: Lines
) -> None:
    says(hass, "unavailable")
    await lines.one.until(lambda: sum(lines.offered) == 12, 30)
    for scene in (lines.one, lines.two):
        await scene.until(
            lambda scene=scene: scene.problem("load_sensor_stale") is not None,  # type: ignore[misc]
            120,
        )
    says(hass, 0)
    await lines.one.until(lambda: sum(lines.offered) == 32, 60)
    assert lines.one.problem("load_sensor_stale") is None


async def test_a_line_whose_port_is_lost_counts_until_its_car_must_have_stopped(
    lines: Lines,
) -> None:
    loop = lines.one.hass.loop
    lost_at = loop.time()
    lines.adapter.unplug()
    await lines.one.until(lambda: lines.offered[0] > 16, 300)
    assert loop.time() - lost_at >= STOPPED_SECONDS
    assert lines.two.bus.connectors[0].drawn == 0
    lines.adapter.replug()
    await lines.one.until(lambda: lines.offered == (16, 16), 300)


async def test_a_line_with_a_keeper_counts_for_as_long_as_it_is_away(
    hass: HomeAssistant, lines: Lines
) -> None:
    """Whether the key of the keeper is known or not: it goes on."""
    data = {**lines.two.entry.data, CONF_MAX_CURRENT: 20, CONF_KEEPER_LIMIT: 24.0}
    hass.config_entries.async_update_entry(lines.two.entry, data=data)
    await lines.two.reload()
    await lines.one.until(lambda: lines.offered == (16, 16), 300)
    lines.adapter.unplug()
    await asyncio.sleep(2 * STOPPED_SECONDS)
    # Once what was left with it is over, the keeper goes on up to its own limit.
    assert lines.offered[0] == 32 - 24
    lines.adapter.replug()
    await lines.one.until(lambda: lines.offered == (16, 16), 300)


async def test_reloading_one_line_stops_no_car_of_the_other(lines: Lines) -> None:
    lowest = 16.0

    def note() -> None:
        nonlocal lowest
        lowest = min(lowest, lines.offered[0])

    lines.one.bus.change_listeners.append(note)
    await lines.two.reload()
    await lines.one.until(lambda: lines.offered == (16, 16), 300)
    assert lowest == 16


async def test_a_smaller_circuit_holds_at_once(
    hass: HomeAssistant, lines: Lines
) -> None:
    entry = lines.one.entry
    (circuit,) = entry.get_subentries_of_type("circuit")
    hass.config_entries.async_update_subentry(
        entry, circuit, data={**circuit.data, "amps": 20}
    )
    await lines.one.until(lambda: sum(lines.offered) <= 20, 8)


@pytest.mark.parametrize(
    ("amps", "counted"), [((2, 9, 4), 9), ((-0.3, 0, 0), 0), ((-16, 2, 3), None)]
)
async def test_a_load_counts_with_its_worst_phase_if_all_are_plausible(
    hass: HomeAssistant, amps: tuple[float, ...], counted: float | None
) -> None:
    sensors = tuple(f"sensor.l{phase}" for phase in (1, 2, 3))
    for sensor, value in zip(sensors, amps, strict=True):
        hass.states.async_set(sensor, str(value), {"unit_of_measurement": "A"})
    liveness = Liveness(hass)
    liveness.async_choose(sensors)
    now = hass.loop.time()
    config = LoadConfig("pump", 16)
    reading = LoadOptions(config, sensors).reading(liveness, now)
    usable = reading.is_usable(now, config.max_age)
    assert (reading.amps if usable else None) == counted


async def test_a_circuit_outlives_the_bus_that_it_belonged_to(
    hass: HomeAssistant, lines: Lines
) -> None:
    await hass.config_entries.async_remove(lines.one.entry.entry_id)
    await hass.async_block_till_done()
    kinds = {item.title: item for item in lines.two.entry.subentries.values()}
    assert set(kinds) == {"Panel", "Pump"}
    assert kinds["Panel"].data == {"amps": 32, "buses": []}
    says(hass, 20 * 240)
    await lines.two.until(lambda: lines.two.bus.connectors[0].offered <= 12, 8)


async def test_a_line_whose_rules_fail_keeps_nothing_from_the_other(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines.let_rules_of_second_fail(monkeypatch)
    await lines.one.until(lambda: lines.offered == (32, 0), 300)
    assert lines.two.bus.connectors[0].drawn == 0


async def test_diagnostics_show_the_circuit(hass: HomeAssistant, lines: Lines) -> None:
    diagnostics = await async_get_config_entry_diagnostics(hass, lines.one.entry)
    (circuit,) = diagnostics["circuits"]
    assert circuit["name"] == "Panel"
    assert circuit["amps"] == 32
    assert circuit["loads_amps"] == 0
    assert circuit["buses"] == [16, 16]


async def test_a_load_counts_on_the_circuit_above_as_well(
    hass: HomeAssistant, lines: Lines
) -> None:
    """The garage has the pump and the first line only; the panel feeds it and the second line."""
    entry = lines.one.entry
    for load in entry.get_subentries_of_type("load"):
        hass.config_entries.async_remove_subentry(entry, load.subentry_id)
    await lines.one.until(lambda: sum(lines.offered) == 32, 60)
    garage = subentry("circuit", "garage", amps=25, buses=[])
    pump = subentry(
        "load", "pump2", circuit="garage", maximum=20, power=PUMP, phases="1"
    )
    for item in (garage, pump):
        hass.config_entries.async_add_subentry(entry, item)
    says(hass, 12 * 240)
    await lines.one.until(lambda: sum(lines.offered) <= 20, 60)
    says(hass, "unavailable")
    await lines.one.until(lambda: sum(lines.offered) <= 12, 60)
    diagnostics = await async_get_config_entry_diagnostics(hass, lines.two.entry)
    assert [item["loads_amps"] for item in diagnostics["circuits"]] == [20]


async def test_a_plan_counts_on_what_the_plan_of_the_other_line_leaves(
    hass: HomeAssistant, lines: Lines
) -> None:
    one, two = (scene.entry.runtime_data.plans for scene in (lines.one, lines.two))
    now = dt_util.utcnow()
    assert one.inputs().caps.at(now) == 32
    await lines.one.act(
        "set_plan",
        device_id=lines.one.device(OLD),
        energy=200,
        time="06:00",
    )
    soon = timedelta(minutes=2)
    await lines.two.until(lambda: two.inputs().left.at(now + soon) == 0, 30)
    assert one.inputs().left.at(now + soon) == 32
    await hass.config_entries.async_unload(lines.one.entry.entry_id)
    assert two.inputs().left.at(now + soon) == 32


def made(lines: Lines) -> list[Plan]:
    """Return the plans that both lines follow, as each gets that of the other."""
    return [
        part.made.plan
        for scene in (lines.one, lines.two)
        for part in scene.entry.runtime_data.plans.inputs().shared.partners
        if part.made is not None
    ]


def highest(plans: list[Plan]) -> int:
    """Return the highest A of all plans at one time."""
    times = {slot.start for plan in plans for car in plan.vehicles.values() for slot in car.slots}  # fmt: skip
    return max(sum(plan.amps_at(at) for plan in plans) for at in times)


async def test_two_lines_make_one_plan_for_what_both_need(
    hass: HomeAssistant, lines: Lines
) -> None:
    for scene, connector in ((lines.one, OLD), (lines.two, OTHER)):
        await scene.act(
            "set_plan", device_id=scene.device(connector), energy=30, time="06:00"
        )
    # The second one makes a plan for both, and the first one follows its part.
    await lines.two.until(lambda: len(made(lines)) == 2, 30)
    first, second = made(lines)
    assert first.made == second.made
    assert highest([first, second]) <= 32
    assert first.missing_kwh == second.missing_kwh == 0
    # What is left of one line goes on.
    await hass.config_entries.async_unload(lines.one.entry.entry_id)
    assert not lines.two.entry.runtime_data.plans.inputs().shared.partners
