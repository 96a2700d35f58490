"""Adding and changing circuits, and other loads on them."""

from typing import Any, Final

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.config_flow import TwcManagerConfigFlow
from custom_components.twc_manager.const import DOMAIN
from tests.conftest import ENTRY_DATA
from tests.scene import OLD, Builder

from .clicks import SubentryClicks
from .steps import INFINITY, NAN, add_entity, shown_in
from .test_options import KEPT, OptionsFlow

PUMP: Final = "sensor.pump"
PHASES: Final = ("sensor.l1", "sensor.l2", "sensor.l3")


class CircuitFlow(SubentryClicks):
    """The flow of circuits."""

    kind = "circuit"
    first = "user"
    warning = ""
    sometimes = frozenset({"buses"})


class LoadFlow(SubentryClicks):
    """The flow of other loads."""

    kind = "load"
    first = "user"
    warning = ""


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN, title="Garage", data=ENTRY_DATA, options={"circuits": True}
    )
    entry.add_to_hass(hass)
    add_entity(hass, PUMP, 1.2, "kW")
    for entity_id in PHASES:
        add_entity(hass, entity_id, 4, "A")
    add_entity(hass, "sensor.temperature", 21, "°C")
    return entry


@pytest.fixture
def other(hass: HomeAssistant) -> MockConfigEntry:
    entry = MockConfigEntry(domain=DOMAIN, title="Carport", data=ENTRY_DATA)
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def load(hass: HomeAssistant, entry: MockConfigEntry) -> LoadFlow:
    circuit = CircuitFlow(hass, entry)
    await circuit.begin()
    await circuit.enter(name="Panel", amps=32)
    return LoadFlow(hass, entry)


def kinds(entry: MockConfigEntry) -> set[str]:
    return set(TwcManagerConfigFlow.async_get_supported_subentry_types(entry))


async def test_a_new_owner_sees_no_circuits_before_asking(
    hass: HomeAssistant,
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_DEVICE: "/dev/null", **ENTRY_DATA}, options=KEPT
    )
    entry.add_to_hass(hass)
    assert not kinds(entry) & {"circuit", "load"}
    options = OptionsFlow(hass, entry)
    await options.begin("house", "circuits")
    await options.enter(circuits=True)
    await hass.async_block_till_done()
    assert options.saved() == {"circuits": True}
    assert kinds(entry) >= {"circuit", "load"}


async def test_circuits_can_be_added_at_once_after_they_were_offered(
    set_up: Builder,
) -> None:
    """Home Assistant keeps the list of what can be added, and shows a button for each."""
    scene = await set_up((OLD, None))
    assert not set(scene.entry.supported_subentry_types) & {"circuit", "load"}
    for offered in (True, False):
        options = OptionsFlow(scene.hass, scene.entry)
        await options.begin("house", "circuits")
        await options.enter(circuits=offered)
        await scene.hass.async_block_till_done()
        found = set(scene.entry.supported_subentry_types) & {"circuit", "load"}
        assert found == ({"circuit", "load"} if offered else set())


async def test_what_exists_can_be_changed_whatever_the_option_is(
    hass: HomeAssistant, load: LoadFlow
) -> None:
    hass.config_entries.async_update_entry(load.entry, options={})
    assert "circuit" in kinds(load.entry)


async def test_a_circuit_of_several_buses(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    flow = CircuitFlow(hass, entry)
    result = await flow.begin()
    assert shown_in(result) == {}
    result = await flow.enter(name=" Panel ", amps=40.0, buses=[other.entry_id])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.stored() == {"Panel": {"amps": 40, "buses": [other.entry_id]}}
    result = await flow.begin(change="Panel")
    assert shown_in(result) == {
        "name": "Panel",
        "amps": 40,
        "buses": [other.entry_id],
    }
    await flow.enter(name="Sub-panel", amps=32, buses=[])
    assert flow.stored() == {"Sub-panel": {"amps": 32, "buses": []}}


@pytest.mark.parametrize("amps", [5, 401, 16.5, NAN, INFINITY])
async def test_a_circuit_carries_whole_amps_within_limits(
    hass: HomeAssistant, entry: MockConfigEntry, amps: float
) -> None:
    flow = CircuitFlow(hass, entry)
    await flow.begin()
    result = await flow.enter(name="Panel", amps=amps)
    assert result["errors"] == {"amps": "circuit_amps_range"}


async def test_two_circuits_do_not_have_one_name(
    hass: HomeAssistant, load: LoadFlow
) -> None:
    flow = CircuitFlow(hass, load.entry)
    await flow.begin()
    result = await flow.enter(name="panel", amps=32)
    assert result["errors"] == {"name": "name_used"}


async def test_a_load_needs_a_circuit(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await LoadFlow(hass, entry).begin()
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_circuit"


def entered(load: LoadFlow, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Heat pump",
        "circuit": load.id_of("Panel"),
        "maximum": 16,
        "phases": "3",
        "silent_seconds": 300,
        **changes,
    }


async def test_a_load_with_a_power_sensor(load: LoadFlow) -> None:
    result = await load.begin()
    circuit = load.id_of("Panel")
    assert shown_in(result) == {
        "circuit": circuit,
        "phases": "1",
        "silent_seconds": 300,
    }
    await load.enter(**entered(load, power=PUMP))
    assert load.stored() == {
        "Heat pump": {
            "circuit": circuit,
            "maximum": 16,
            "power": PUMP,
            "phases": "3",
            "silent_seconds": 300,
        }
    }
    result = await load.begin(change="Heat pump")
    assert shown_in(result)["power"] == PUMP


async def test_a_load_with_currents(load: LoadFlow) -> None:
    await load.begin()
    currents = {f"current_l{n}": item for n, item in enumerate(PHASES, 1)}
    await load.enter(**entered(load, **currents))
    assert load.stored()["Heat pump"].items() >= currents.items()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, {"power": "choose_load_sensor"}),
        ({"power": "sensor.gone"}, {"power": "entity_missing"}),
        ({"power": "sensor.temperature"}, {"power": "not_power"}),
        ({"current_l1": PUMP}, {"current_l1": "not_current"}),
        ({"power": PUMP, "current_l2": PHASES[1]}, {"current_l2": "power_or_current"}),
        (
            {"current_l1": PHASES[0], "current_l3": PHASES[0]},
            {"current_l3": "same_sensor"},
        ),
        ({"power": PUMP, "maximum": 0}, {"maximum": "load_maximum_range"}),
        ({"power": PUMP, "maximum": NAN}, {"maximum": "load_maximum_range"}),
        (
            {"power": PUMP, "silent_seconds": 5},
            {"silent_seconds": "silent_seconds_range"},
        ),
        ({"power": PUMP, "name": " "}, {"name": "name_missing"}),
    ],
)
async def test_nonsense_is_refused(
    load: LoadFlow, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    await load.begin()
    result = await load.enter(**entered(load, **changes))
    assert result["errors"] == errors
    assert load.stored() == {}
